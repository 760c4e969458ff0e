from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lokal.nik import is_valid_nik
from stdnum.id import nik as stdnum_nik

from tkpk import nik

TODAY = date(2026, 11, 24)
MAN = "3471042005700001"
WOMAN = "3471046005700001"

# Near-misses rather than noise: random digits are hardly ever a date.
near_niks = st.builds(
    lambda area, day, month, year, serial: f"{area}{day:02d}{month:02d}{year:02d}{serial:04d}",
    st.sampled_from(["347104", "520114", "327301", "990101", "540101"]),
    st.integers(0, 99),
    st.integers(0, 14),
    st.integers(0, 99),
    st.integers(0, 9999),
)


def code_of(text: str, *, demo: bool = False) -> str:
    with pytest.raises(nik.IdentifierError) as caught:
        nik.check_nik(text, demo=demo)
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        "3471042005700001",
        "'3471042005700001",
        "’3471042005700001",
        "3471 0420 0570 0001",
        "34.7104.200570.0001",
        "34.71.04.20.05.70.0001",
        "\u00a03471042005700001\u200b",
    ],
)
def test_decoration_around_the_digits_does_not_count(written):
    assert nik.check_nik(written, demo=False) == MAN


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "not_16_digits"),
        ("347104200570000", "not_16_digits"),
        ("34710420057000011", "not_16_digits"),
        ("347104200570000A", "not_digits"),
        ("3471042005700001,0", "not_digits"),
        ("3,47104E+15", "not_digits"),
        ("٣٤٧١٠٤٢٠٠٥٧٠٠٠٠١", "not_digits"),
        ("３４７１０４２００５７００００１", "not_digits"),
        ("3471040005700001", "nik_day"),
        ("3471043205700001", "nik_day"),
        ("3471044005700001", "nik_day"),
        ("3471047205700001", "nik_day"),
        ("3471048105700001", "nik_day"),
        ("3471042000700001", "nik_month"),
        ("3471042013700001", "nik_month"),
        ("3471043102700001", "nik_date"),
        ("3471042902010001", "nik_date"),
        ("3471046902010001", "nik_date"),
        ("1111111111111111", "same_digits"),
        ("3471042005700000", "serial_0000"),
    ],
)
def test_an_impossible_nik_is_refused_with_its_reason(written, code):
    assert code_of(written) == code


def test_leap_day_is_taken_when_either_century_has_it():
    assert nik.check_nik("3471042902000001", demo=False)


def test_serial_0000_is_taken_in_a_demo_only():
    assert nik.check_nik("3471042005700000", demo=True) == "3471042005700000"
    assert nik.check_kk("3471040101150000", demo=True)
    with pytest.raises(nik.IdentifierError, match="0000"):
        nik.check_kk("3471040101150000", demo=False)


def test_a_kk_number_has_no_birth_date_to_check():
    assert nik.check_kk("3471049999990001", demo=False)
    for wrong in ("347104010115", "2222222222222222", "34710401011500X1"):
        with pytest.raises(nik.IdentifierError):
            nik.check_kk(wrong, demo=False)


def test_an_error_never_repeats_the_number():
    with pytest.raises(nik.IdentifierError) as caught:
        nik.check_nik("3471049905700001", demo=False)
    assert "34710499" not in str(caught.value)


def warned(number: str, **facts) -> list[str]:
    known = {"sex": None, "birth_date": None, "today": TODAY} | facts
    return [warning.code for warning in nik.nik_warnings(number, **known)]


def test_disagreement_with_known_facts_is_a_warning():
    assert warned(MAN, sex=nik.MALE, birth_date=date(1970, 5, 20)) == []
    assert warned(WOMAN, sex=nik.FEMALE, birth_date=date(1970, 5, 20)) == []
    assert warned(MAN, sex=nik.FEMALE) == ["nik_sex"]
    assert warned(WOMAN, sex=nik.MALE) == ["nik_sex"]
    assert warned(MAN, birth_date=date(1970, 5, 21)) == ["nik_birth_date"]
    assert warned(MAN, birth_date=date(1971, 5, 20)) == ["nik_birth_year"]
    assert warned("9971042005700001") == ["nik_province"]


def test_an_area_of_first_issue_elsewhere_is_no_warning():
    assert warned("5471042005700001") == []
    assert warned("5201142005700001") == []


def test_both_centuries_are_tried_before_a_birth_is_called_future():
    assert warned("3471042005700001") == []
    assert warned("3471042005990001") == []


def test_the_mask_shows_the_area_and_nothing_else():
    assert nik.mask(MAN) == "3471••••••••••••"


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3471042005700001 salah",
        "3471 0420 0570 0001",
        "34.7104.200570.0001.",
        "3471-0420-0570-0001",
        "(3471042005700001)",
    ],
)
def test_identifiers_are_found_however_the_digits_are_parted(text):
    assert nik.find_identifiers(text) == [MAN]
    assert not nik.find_identifiers(nik.mask_identifiers(text))


@pytest.mark.parametrize("text", ["", "Rp24.500.000", "34710420057000011", "20/05/1970 s.d. 2026"])
def test_other_numbers_are_no_identifiers(text):
    assert nik.find_identifiers(text) == []


@settings(deadline=None)
@given(st.text())
def test_checking_any_text_gives_16_ascii_digits_or_a_refusal(text):
    try:
        number = nik.check_nik(text, demo=False)
    except nik.IdentifierError:
        return
    assert len(number) == 16
    assert number.isascii()
    assert number.isdigit()


@settings(deadline=None)
@given(st.dates(date(1927, 1, 1), date(2026, 1, 1)), st.booleans(), st.integers(1, 9999))
def test_a_nik_made_from_a_birth_date_passes_without_warning(born, female, serial):
    day = born.day + 40 * female
    number = f"347104{day:02d}{born:%m%y}{serial:04d}"
    assert nik.check_nik(number, demo=False) == number
    sex = nik.FEMALE if female else nik.MALE
    assert warned(number, sex=sex, birth_date=born) == []


@settings(deadline=None)
@given(near_niks)
def test_two_other_libraries_agree_but_for_known_differences(number):
    try:
        nik.check_nik(number, demo=False)
        ours = True
    except nik.IdentifierError:
        ours = False
    # Known: both refuse a province they do not list; for us that is a warning.
    if number[:2] in ("99", "54"):
        assert not is_valid_nik(number)
        assert not stdnum_nik.is_valid(number)
        return
    # Known: lokal-id does not look whether the day exists in its month.
    assert is_valid_nik(number) or not ours
    # Known: stdnum takes impossible days above 71 and the serial 0000.
    if not number.endswith("0000") and int(number[6:8]) <= 71:
        assert stdnum_nik.is_valid(number) == ours
