"""Whatever is read from a row is exactly what its cells say, or the row is refused."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from households import codes
from households.code_words import WORDS
from households.imports.cells import (
    is_blank,
    parse_code_cell,
    parse_identifier,
    parse_name,
    parse_text,
)
from households.imports.findings import CellError
from households.imports.layout import recognise
from households.imports.opensid import LAYOUT
from households.imports.parsing import parse_rows
from households.imports.reading import Sheet
from tests.households import workbooks as make

TODAY = date(2026, 11, 24)
CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(-10, 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1800, 1, 1), date(2100, 1, 1)),
    st.booleans(),
)


def read_or_refused(parse, cell, **options):
    try:
        return parse(cell, **options)
    except CellError:
        return None


def plain(text: str) -> str:
    return " ".join(text.split())


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "P", "Zs"]), max_size=40))
def test_a_name_is_the_text_of_the_cell_or_refused(text):
    name = read_or_refused(parse_name, text, max_length=100)
    if name and text.isprintable():
        assert name == plain(text).lstrip("'’‘")


@given(CELLS)
def test_a_text_is_the_text_of_the_cell_or_refused(cell):
    text = read_or_refused(parse_text, cell, max_length=100)
    if not text:
        return
    if isinstance(cell, str) and cell.isprintable():
        assert text == plain(cell)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        assert float(text) == cell


@given(CELLS, st.sampled_from(["nik", "kk"]))
def test_a_number_has_the_digits_of_the_cell_or_is_refused(cell, kind):
    number = read_or_refused(parse_identifier, cell, kind=kind, demo=True)
    if number:
        # Only text keeps sixteen digits.
        assert isinstance(cell, str)
        assert number == re.sub(r"[^0-9]", "", cell)


@given(st.from_regex(r"\A[1-9][0-9]{15}\Z"))
def test_sixteen_digits_keep_their_value_through_every_decoration(digits):
    kept = read_or_refused(parse_identifier, digits, kind="kk", demo=True)
    for written in (f"'{digits}", f"{digits[:4]} {digits[4:]}", f"{digits[:6]}.{digits[6:]}"):
        assert read_or_refused(parse_identifier, written, kind="kk", demo=True) == kept
    assert kept in (digits, None)


def row_of(**changes):
    sheet = Sheet("A", make.grid([make.person(**changes)]))
    [parsed] = parse_rows(recognise([sheet], (LAYOUT,)), demo=True, today=TODAY)
    return parsed


@given(st.sampled_from(make.HEADERS), CELLS)
def test_one_changed_cell_changes_its_own_field_and_no_other(header, cell):
    column = next(one for one in LAYOUT.columns if header in one.headers)
    before, after = row_of(), row_of(**{header: cell})
    changed = {name for name in before.values if before.values[name] != after.values[name]}
    assert changed <= {column.field}
    value = after.values[column.field]
    faulty = any(f.is_error and f.field == column.field for f in after.findings)
    if not is_blank(cell) and value in (None, ""):
        # Nothing is read from a cell that says something: then it is told, or it says "none".
        assert faulty or _says_none(column, cell)


def _says_none(column, cell) -> bool:
    said = str(cell).strip(" '’.0-/_")
    return not said or column.field in ("rt", "rw") or not said.isprintable()


@given(st.sampled_from(sorted(WORDS, key=lambda choices: choices.__name__)), st.data())
def test_a_word_of_a_list_gives_its_own_code_in_any_case(choices, data):
    code = data.draw(st.sampled_from(sorted(WORDS[choices])))
    word = data.draw(st.sampled_from(WORDS[choices][code].split(" | ")))
    for written in (word, word.upper(), word.lower(), f"  {word} "):
        assert parse_code_cell(written, choices) == code


def test_the_two_numbers_of_a_list_that_counts_the_other_way_round_are_kept_apart():
    assert row_of(ktp_el="2").values["has_ektp"] == codes.YesNo.YES
    assert row_of(ktp_el="1").values["has_ektp"] == codes.YesNo.NO
