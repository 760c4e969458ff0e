"""Which layout a file is read with: ours, one that was said once, or one to be asked for.

What was said of a file's columns (`Said`) lies sealed at the batch and, without what is only true
of this one list, at the kelurahan's `ColumnMapping`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction

from households.imports.content import REMARKS
from households.imports.headers import fold
from households.imports.layout import Layout
from households.imports.mapped import mapped_layout, mapping_problems
from households.imports.probing import SheetProbe, probe, signature
from households.imports.sealing import sealed_json, unsealed_json
from households.imports.suggesting import suggest
from households.models import ColumnMapping, ImportBatch
from households.models.column_mapping import SIGNATURE_KIND
from tkpk.encryption import blind_index
from tkpk.models import Territory, User

MAPPED = "mapped"
# True of one list and not of the next: asked for each time.
OF_ONE_LIST = frozenset({"decile_as_of", "aid_period", "aid_period_from", "aid_period_to"})


class ColumnsNeeded(Exception):
    """Nobody has said yet what the columns mean; `sheets` is the first look at them."""

    def __init__(self, sheets: list[SheetProbe]) -> None:
        super().__init__("columns are asked for")
        self.sheets = sheets


@dataclass(frozen=True)
class Said:
    """What an officer said of a sheet. `columns`: header → field; `constants`: field → text.

    `header_row` is 0 for a list without headers: its columns are said by their letters.
    """

    sheet: str
    header_row: int
    signature: str
    columns: Mapping[str, str]
    purpose: str
    constants: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def layout(self) -> Layout:
        """Raises MappingError."""
        return mapped_layout(
            self.columns,
            self.constants,
            purpose=self.purpose,
            name=MAPPED,
            bare_sheet="" if self.header_row else self.sheet,
        )

    @property
    def is_complete(self) -> bool:
        return not mapping_problems(self.columns, self.constants, purpose=self.purpose)


def said_of(batch: ImportBatch) -> Said | None:
    content = unsealed_json(batch.columns, context=batch.columns_context)
    return Said(**content) if content else None


def sealed_said(batch: ImportBatch, said: Said | None) -> bytes:
    return sealed_json(asdict(said), context=batch.columns_context) if said else b""


def layout_of(batch: ImportBatch) -> Layout | str:
    """What the batch was read with, to read it again."""
    said = said_of(batch)
    return said.layout() if said else batch.layout


def choose(
    data: bytes, *, name: str, kelurahan: Territory, said: Said | None = None, ask: bool = False
) -> Said | None:
    """What is said of this file's columns, now or before; None: one of our own layouts may fit.

    Costs a look at the file where something is remembered. Raises ColumnsNeeded where the officer
    wants to say it himself (`ask`), or what is remembered lacks what is true of this list alone.
    """
    if ask:
        sheets = probe(data, name=name)
        raise ColumnsNeeded(_worth_asking(sheets) or sheets)
    if said is not None or not ColumnMapping.objects.filter(kelurahan=kelurahan).exists():
        return said
    sheets = probe(data, name=name)
    found = remembered(kelurahan, sheets)
    if found and not found.is_complete:
        raise ColumnsNeeded(_worth_asking(sheets))
    return found


def ask_for_columns(data: bytes, *, name: str) -> ColumnsNeeded | None:
    """For a file that no layout fits; None where no sheet holds people."""
    sheets = _worth_asking(probe(data, name=name))
    return ColumnsNeeded(sheets) if sheets else None


def _worth_asking(sheets: list[SheetProbe]) -> list[SheetProbe]:
    """Sheets that may hold people: rows under headers, and a number of a person or a family.

    Those that tell of more fields come first.
    """
    found = []
    for sheet in sheets:
        fields = {suggestion.field for suggestion in suggest(sheet).values()}
        numbers = any(column.signs.identifier > 0 for column in sheet.columns)
        if sheet.rows and (numbers or fields & {"nik", "kk_number"}):
            found.append((len(fields), sheet))
    return [sheet for _count, sheet in sorted(found, key=lambda one: -one[0])]


def signatures_of(sheet: SheetProbe) -> set[str]:
    """Its own, and without the remarks that our workbook of refused rows brings."""
    own = [header for header in sheet.headers if fold(header) != fold(REMARKS)]
    return {sheet.signature, signature(own)}


def remembered(kelurahan: Territory, sheets: Iterable[SheetProbe]) -> Said | None:
    """What was said of a file with the same headers, for the first sheet that has them.

    Letters say nothing of what stands under them: what was said of a list without headers is only
    offered on the page. Our workbook of its refused rows has the letters as headers.
    """
    for sheet in sheets:
        if sheet.header_row and (found := remembered_for(kelurahan, signatures_of(sheet))):
            return replace(found, header_row=found.header_row or sheet.header_row)
    return None


def remembered_for(kelurahan: Territory, signatures: Iterable[str]) -> Said | None:
    indexes = [blind_index(SIGNATURE_KIND, one) for one in signatures]
    row = ColumnMapping.objects.filter(kelurahan=kelurahan, signature_index__in=indexes).first()
    if row is None:
        return None
    content = row.said
    return Said(
        sheet=content["sheet"],
        header_row=content["header_row"],
        signature=row.signature,
        columns=content["columns"],
        constants=content["constants"],
        purpose=row.purpose,
        name=row.name,
    )


def remember_columns(kelurahan: Territory, said: Said, *, by: User) -> None:
    """Keep it for the next list with the same headers."""
    mapping = _mapping(kelurahan, said, by=by)
    try:
        with transaction.atomic():
            mapping.save()
    except IntegrityError:  # another officer said the same headers in this moment
        _mapping(kelurahan, said, by=by).save()


def _mapping(kelurahan: Territory, said: Said, *, by: User) -> ColumnMapping:
    index = blind_index(SIGNATURE_KIND, said.signature)
    row = ColumnMapping.objects.filter(kelurahan=kelurahan, signature_index=index).first()
    if row is None:
        row = ColumnMapping(kelurahan=kelurahan, created_by=by, version=0)
    row.name, row.purpose, row.updated_by = said.name, said.purpose, by
    row.version += 1
    lasting = {name: text for name, text in said.constants.items() if name not in OF_ONE_LIST}
    content: dict[str, Any] = {"columns": dict(said.columns), "constants": lasting}
    content |= {"sheet": said.sheet, "header_row": said.header_row}
    row.set_said(said.signature, content)
    return row
