"""Unduh untuk diedit: what leaves comes back, and only what was changed changes."""

import datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.codes import Religion
from households.exporting.editable import EMPTY, columns_of, headers
from households.exporting.row_codes import RowCode, code_of, read_code
from households.imports.layout import fold
from households.imports.undoing import undo_batch
from households.models import Household, Member
from tests import factories
from tests.households.edited_books import Book, brought, errors, exported, saved
from tests.households.importing import everything

pytestmark = pytest.mark.django_db


# --- the workbook ----------------------------------------------------------------------------
def test_numbers_are_hidden_unless_asked_for(household, head):
    hidden = Book(exported())
    assert hidden.read(head, "nik") == f"{head.nik[:4]}••••••••••••"
    assert hidden.read(head, "family.kk_number") == f"{household.kk_number[:4]}••••••••••••"
    full = Book(exported(numbers=True))
    assert full.read(head, "nik") == head.nik
    assert full.read(head, "family.kk_number") == household.kk_number


def test_every_cell_is_text_and_none_a_formula(household, head):
    household.address = "=1+1"
    household.save()
    sheet = Book(exported(numbers=True)).sheet
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert "'=1+1" in {cell.value for cell in cells}
    assert sheet.freeze_panes == "A2"


def test_code_lists_are_drop_downs_in_words(household, head):
    book = Book(exported())
    lists = {str(v.sqref): v.formula1 for v in book.sheet.data_validations.dataValidation}
    letter = openpyxl.utils.get_column_letter(book.place("religion"))
    column = lists[f"{letter}2:{letter}1048576"].split("!")[1].split("$")[1]
    answers = [cell.value for cell in book.book["Daftar"][column] if cell.value]
    assert answers == [*map(str, Religion.labels), EMPTY]
    assert book.book["Daftar"].sheet_state == "hidden"
    assert "Petunjuk" in book.book.sheetnames


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_two_columns_have_the_same_header(language):
    with translation.override(language):
        folded = [fold(column.header) for column in columns_of()]
    assert len(set(folded)) == len(folded)
    assert set(folded) <= set(headers())


@pytest.mark.parametrize("families", [1, 3])
def test_a_download_asks_the_database_once(
    rt, staff, families, django_assert_num_queries, household
):
    for _number in range(families - 1):
        factories.make_family(rt, by=staff)
    with django_assert_num_queries(1):
        exported()


def test_only_those_who_live_are_in_it(household, child):
    Member.objects.filter(pk=child.pk).update(status="MOVED")
    assert Book(exported()).sheet.max_row == 2


# --- row codes -------------------------------------------------------------------------------
def test_a_row_code_is_read_back(head):
    assert read_code(code_of(head), kind="ORG") == RowCode("ORG", head.pk, head.version)


def test_a_row_code_that_was_typed_anew_is_none(head):
    said = code_of(head)
    other = said.replace(f"{head.pk:06d}", f"{head.pk + 1:06d}")
    assert read_code(other, kind="ORG") is None
    assert read_code(said, kind="KLG") is None
    assert read_code("ORG-000001", kind="ORG") is None


# --- there and back --------------------------------------------------------------------------
def test_an_unchanged_workbook_changes_nothing(kelurahan, staff, household):
    for numbers in (False, True):
        batch = brought(exported(numbers=numbers), staff, kelurahan)
        assert batch.layout == "diedit"
        assert (batch.counts["rows"], batch.counts["unchanged"]) == (2, 2), errors(batch)


def test_a_workbook_written_in_english_is_read_in_indonesian(kelurahan, staff, household, head):
    head.religion = Religion.ISLAM
    head.save()
    with translation.override("en"):
        data = exported()
    assert brought(data, staff, kelurahan).counts["unchanged"] == 2


TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from("=+-@'#"),
    max_size=40,
).filter(lambda text: text.strip() == text and not any(c.isdigit() for c in text))


@given(
    address=TEXTS,
    illness=TEXTS,
    born=st.none() | st.dates(datetime.date(1900, 1, 1), datetime.date(2020, 1, 1)),
    religion=st.none() | st.sampled_from(Religion.values),
    area=st.none() | st.decimals(0, 99999, places=2),
    north=st.none() | st.decimals(-90, 90, places=6),
    income=st.none() | st.integers(0, 10**12),
    savings=st.none() | st.booleans(),
    numbers=st.booleans(),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_export_and_import_is_the_identity(
    kelurahan, staff, household, address, illness, born, religion, area, north, income, savings,
    numbers,
):  # fmt: skip
    Household.objects.filter(pk=household.pk).update(
        address=address, floor_area_m2=area, latitude=north, monthly_income_idr=income,
        longitude=None if north is None else Decimal("110.365800"), has_savings=savings,
    )  # fmt: skip
    Member.objects.filter(household=household).update(
        chronic_illness=illness, birth_date=born, religion=religion
    )
    before = everything(Member), everything(Household)
    data = exported(numbers=numbers)
    batch = brought(data, staff, kelurahan)
    assert batch.counts["unchanged"] == 2, errors(batch)
    assert (everything(Member), everything(Household)) == before
    assert exported(numbers=numbers) is not None


def test_what_was_changed_is_saved_and_the_second_export_says_it(
    kelurahan, staff, household, head, child
):
    book = Book(exported())
    book.write(head, "religion", str(Religion.HINDU.label))
    book.write(head, "birth_date", "17/05/1981")
    book.write(child, "family.address", "Jl. Juminahan 7")
    book.write(child, "family.monthly_income_idr", "1.500.000")
    batch = brought(book.bytes(), staff, kelurahan)
    assert batch.counts["changed"] == 2, errors(batch)
    batch = saved(batch, staff)
    assert batch.status == "APPLIED"
    head.refresh_from_db()
    household.refresh_from_db()
    assert (head.religion, head.birth_date) == (4, datetime.date(1981, 5, 17))
    assert (household.address, household.monthly_income_idr) == ("Jl. Juminahan 7", 1_500_000)
    again = Book(exported())
    assert again.read(head, "religion") == str(Religion.HINDU.label)
    assert again.read(head, "family.monthly_income_idr") == "1500000"
    assert brought(again.bytes(), staff, kelurahan).counts["unchanged"] == 2


def test_the_same_file_twice_changes_nothing(kelurahan, staff, household, head):
    book = Book(exported())
    book.write(head, "ethnicity", "Jawa")
    saved(brought(book.bytes(), staff, kelurahan), staff)
    again = brought(book.bytes(), staff, kelurahan)
    assert (again.counts["unchanged"], errors(again)) == (2, [])


def test_an_undo_gives_back_every_value(kelurahan, staff, household, head, child):
    before = everything(Member), everything(Household)
    book = Book(exported(numbers=True))
    book.write(head, "name", "Wiryo Baru")
    book.write(head, "nik", factories.make_nik())
    book.write(child, "family.address", "Jl. Lain 1")
    batch = saved(brought(book.bytes(), staff, kelurahan), staff)
    assert (everything(Member), everything(Household)) != before
    undo_batch(batch, by=staff, reason="Salah ketik")
    assert (everything(Member), everything(Household)) == before


def test_deleted_columns_and_rows_say_nothing(kelurahan, staff, household, head, child):
    head.religion, head.ethnicity = Religion.ISLAM, "Jawa"
    head.save()
    book = Book(exported())
    book.write(head, "ethnicity", "Sunda")
    book.sheet.delete_cols(book.place("religion"))
    book.sheet.delete_rows(book.row_of(child))
    batch = brought(book.bytes(), staff, kelurahan)
    assert (batch.counts["rows"], batch.counts["changed"]) == (1, 1), errors(batch)
    saved(batch, staff)
    head.refresh_from_db()
    assert (head.religion, head.ethnicity) == (Religion.ISLAM, "Sunda")


def test_an_empty_cell_keeps_and_the_word_erases(kelurahan, staff, household, head):
    head.religion, head.ethnicity = Religion.ISLAM, "Jawa"
    head.save()
    book = Book(exported())
    book.write(head, "religion", None)
    book.write(head, "ethnicity", "(KOSONG)")
    saved(brought(book.bytes(), staff, kelurahan), staff)
    head.refresh_from_db()
    assert (head.religion, head.ethnicity) == (Religion.ISLAM, "")


@pytest.mark.parametrize("field", ["name", "sex", "relation"])
def test_what_everybody_has_is_not_erased(kelurahan, staff, household, head, field):
    book = Book(exported())
    book.write(head, field, EMPTY)
    assert errors(brought(book.bytes(), staff, kelurahan))[0] == "required_erased"


def test_a_family_moves_to_another_rt(kelurahan, staff, household, head):
    other = factories.make_rt(kelurahan, rw=3, rt=13)
    book = Book(exported())
    book.write(head, "rt", "13")
    saved(brought(book.bytes(), staff, kelurahan), staff)
    household.refresh_from_db()
    assert household.territory == other
