"""What a workbook that comes back may not change, and how each refusal is told."""

import io

import openpyxl
import pytest
from django.utils import translation

from households.codes import Relation
from households.exporting.row_codes import RowCode, code_of
from households.imports.error_workbook import refused_workbook
from households.imports.staging import staged_content
from households.models import Household, ImportBatch
from tests import factories
from tests.households.edited_books import Book, brought, errors, exported, saved
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


def test_a_row_changed_meanwhile_names_who_and_when(kelurahan, staff, household, head):
    book = Book(exported())
    book.write(head, "ethnicity", "Jawa")
    other = factories.make_user("lain", Role.STAFF, kelurahan, name="Bu Lain")
    head.updated_by, head.version, head.ethnicity = other, head.version + 1, "Sunda"
    head.save()
    batch = brought(book.bytes(), staff, kelurahan)
    assert errors(batch) == ["changed_meanwhile", "family_refused"]
    said = [finding for row in batch.rows.all() for finding in staged_content(row)["findings"]]
    assert "kk_number" not in [finding["column"] for finding in said]  # no such header here
    said = staged_content(batch.rows.get(position=1))["findings"][0]
    assert "Bu Lain" in said["message"]
    head.refresh_from_db()
    assert head.ethnicity == "Sunda"


def test_a_family_changed_meanwhile_refuses_its_facts_only(
    kelurahan, staff, household, head, child
):
    book = Book(exported())
    book.write(head, "family.hamlet", "Juminahan")
    Household.objects.filter(pk=household.pk).update(version=9)
    assert errors(brought(book.bytes(), staff, kelurahan))[0] == "changed_meanwhile"


@pytest.mark.parametrize("whose", ["other kelurahan", "never was", "typed anew", "gone"])
def test_every_row_that_cannot_be_found_is_unknown_alike(kelurahan, staff, household, head, whose):
    there = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_family(factories.make_rt(there), by=staff).members.first()
    code = {
        "other kelurahan": code_of(stranger),
        "never was": str(RowCode("ORG", 999_999, 1)),
        "typed anew": f"ORG-{head.pk:06d}/1-000000",
        "gone": "",
    }[whose]
    book = Book(exported(Household.objects.filter(pk=household.pk)))
    book.sheet.cell(book.row_of(head), 1).value = code
    batch = brought(book.bytes(), staff, kelurahan)
    found = [
        finding
        for row in batch.rows.order_by("position")
        for finding in staged_content(row)["findings"]
        if finding["code"] == "row_unknown"
    ]
    assert len(found) == 1
    assert found[0]["message"] == "No row that you may edit here has this code." or (
        found[0]["message"] == translation.gettext("No row that you may edit here has this code.")
    )
    assert batch.counts["refused"] == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("birth_date", "31/02/1990", "date_impossible"),
        ("birth_date", "17/05/2999", "date_future"),
        ("religion", "Pastafari", "unknown_code"),
        ("family.has_gold", "mungkin", "unknown_code"),
        ("family.monthly_income_idr", "banyak", "not_rupiah"),
        ("family.meals_per_day", "12", "not_valid"),
        ("family.floor_area_m2", "1.500", "number_ambiguous"),
        ("nik", "3471••••••••0000", "masked_number"),
        ("nik", "123", "length"),
        ("family.kk_number", "3471012345670000", "fixed_changed"),
        ("status", "Meninggal", "fixed_changed"),
        ("current_address", "dekat 3471012345670001", "identifier_in_text"),
        ("latitude", "-7,8", "coordinate_alone"),
        ("family.decile", "3", "decile_undated"),
        ("rt", "99", "area_unknown"),
        ("relation", "Anak", "no_head"),
    ],
)
def test_a_wrong_cell_is_told(kelurahan, staff, household, head, field, value, code):
    book = Book(exported())
    book.write(head, field, value)
    batch = brought(book.bytes(), staff, kelurahan)
    found = errors(batch)
    assert found[0] == code or (code == "length" and found), found
    assert batch.counts["refused"] == 2


def test_the_same_person_twice_two_heads_and_two_answers(kelurahan, staff, household, head, child):
    book = Book(exported())
    book.sheet.append([cell.value for cell in book.sheet[book.row_of(child)]])
    assert "person_repeated" in errors(brought(book.bytes(), staff, kelurahan))
    book = Book(exported())
    book.write(child, "relation", book.read(head, "relation"))
    assert "two_heads" in errors(brought(book.bytes(), staff, kelurahan))
    book = Book(exported())
    book.write(head, "family.hamlet", "Satu")
    book.write(child, "family.hamlet", "Dua")
    assert "family_differs" in errors(brought(book.bytes(), staff, kelurahan))


def test_heads_change_places(kelurahan, staff, household, head, child):
    book = Book(exported())
    was, is_child = book.read(head, "relation"), book.read(child, "relation")
    book.write(head, "relation", is_child)
    book.write(child, "relation", was)
    saved(brought(book.bytes(), staff, kelurahan), staff)
    child.refresh_from_db()
    assert child.relation == Relation.HEAD


def test_a_nik_of_somebody_else_is_refused(kelurahan, rt, staff, household, head, child):
    other = factories.make_family(rt, by=staff).members.first()
    book = Book(exported(Household.objects.filter(pk=household.pk)))
    book.write(head, "nik", other.nik)
    assert errors(brought(book.bytes(), staff, kelurahan))[0] == "nik_taken"
    book = Book(exported(Household.objects.filter(pk=household.pk)))
    fresh = factories.make_nik()
    book.write(head, "nik", fresh)
    book.write(child, "nik", fresh)
    assert errors(brought(book.bytes(), staff, kelurahan)) == ["nik_repeated", "nik_repeated"]


def test_the_own_family_is_left_to_another_officer(kelurahan, staff, household, head):
    head.set_nik(staff.nik)
    head.save()
    book = Book(exported())
    assert errors(brought(book.bytes(), staff, kelurahan)) == []
    book.write(head, "ethnicity", "Jawa")
    assert errors(brought(book.bytes(), staff, kelurahan))[0] == "own_family"


def test_a_header_that_stands_twice_refuses_the_sheet(kelurahan, staff, household, head):
    book = Book(exported())
    place = book.place("religion")
    book.sheet.cell(1, book.sheet.max_column + 1).value = book.sheet.cell(1, place).value
    batch = brought(book.bytes(), staff, kelurahan)
    assert batch.counts["refused"] == 2


def test_refused_rows_come_back_mended(kelurahan, staff, household, head):
    book = Book(exported())
    book.write(head, "birth_date", "31/02/1990")
    batch = brought(book.bytes(), staff, kelurahan)
    mended = openpyxl.load_workbook(io.BytesIO(refused_workbook(batch)))
    sheet = mended.active
    header = book.sheet.cell(1, book.place("birth_date")).value
    place = next(cell.column for cell in sheet[1] if cell.value == header)
    row = next(r[0].row for r in sheet.iter_rows(min_row=2) if r[0].value.startswith(head.code))
    assert sheet.cell(row, place).value == "31/02/1990"
    sheet.cell(row, place).value = "28/02/1990"
    out = io.BytesIO()
    mended.save(out)
    again = brought(out.getvalue(), staff, kelurahan)
    assert (errors(again), again.counts["changed"]) == ([], 1)
    assert ImportBatch.objects.count() == 2
