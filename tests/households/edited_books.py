"""A downloaded workbook that tests edit and bring back, as an officer does."""

import io

import openpyxl

from households.exporting.edit_workbook import edit_workbook
from households.exporting.editable import columns_of
from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.layout import fold
from households.imports.staging import staged_content, start_batch
from households.models import Household
from households.workflows.importing import IMPORT_FLOW


def exported(families=None, **options):
    rows = Household.objects.all() if families is None else families
    return b"".join(edit_workbook(rows, **options))


class Book:
    """A downloaded workbook that can be edited as an officer does."""

    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book["Data"]

    def place(self, label):
        known = {column.key: column for column in columns_of()}
        wanted = fold(known[label].header)
        return next(c.column for c in self.sheet[1] if c.value and fold(c.value) == wanted)

    def row_of(self, member):
        codes = self.sheet.iter_rows(min_row=2)
        return next(row[0].row for row in codes if row[0].value.startswith(member.code))

    def write(self, member, label, value):
        self.sheet.cell(self.row_of(member), self.place(label)).value = value

    def read(self, member, label):
        return self.sheet.cell(self.row_of(member), self.place(label)).value

    def bytes(self):
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def brought(data, by, kelurahan):
    batch = start_batch(data, name="diedit.xlsx", kelurahan=kelurahan, by=by)
    return check_batch(batch, by=by)


def saved(batch, by):
    return apply_batch(IMPORT_FLOW.apply("confirm", batch, by=by), by=by)


def errors(batch):
    return [
        finding["code"]
        for row in batch.rows.order_by("position")
        for finding in staged_content(row)["findings"]
        if finding["level"] == "error"
    ]
