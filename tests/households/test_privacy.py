"""Texts that are about to be published are searched for people."""

import pytest

from households.privacy import IDENTIFIER, NAME, findings
from tests import factories
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def family(kelurahan):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    household = factories.make_family(factories.make_rt(kelurahan), by=officer, others=0)
    for name in ("Ma'ruf Hadi-Suwito", "Lestari", "Sri"):
        factories.make_member(household, name, by=officer)
    return household


def kinds(text, kelurahan):
    return [(finding.kind, finding.line) for finding in findings(text, kelurahan)]


@pytest.mark.parametrize(
    "number", ["3471040101900000", "3471 0401 0190 0000", "3471.0401.0190.0000"]
)
def test_a_number_of_16_digits_is_found_however_it_is_written(kelurahan, number):
    assert kinds(f"Baris satu\nNIK {number} di sini", kelurahan) == [(IDENTIFIER, 2)]


def test_other_numbers_are_not(kelurahan):
    assert kinds("Telepon 0274 123456, tahun 2026, Rp24.500.000", kelurahan) == []


@pytest.mark.parametrize(
    "text",
    [
        "Bantuan bagi Wiryo Kartosuwignyo.",
        "bagi WIRYO KARTOSUWIGNYO, RT 12",
        "bagi **Wiryo** _Kartosuwignyo_",
        "bagi Wiryo\nKartosuwignyo",
        "keluarga Maruf Hadisuwito",
        "keluarga Ma'ruf Hadi-Suwito",
        "keluarga Lestari pindah",
    ],
)
def test_the_full_name_of_a_registered_person_is_found(kelurahan, family, text):
    assert [kind for kind, _line in kinds(text, kelurahan)] == [NAME]


@pytest.mark.parametrize(
    "text",
    [
        "Wiryo saja",
        "Kartosuwignyo Wiryo",
        "Wiryo dan Kartosuwignyo",
        "Wiryono Kartosuwignyo",
        "lingkungan yang lestari",
        "Sri adalah nama yang sering",
    ],
)
def test_parts_of_names_and_words_of_the_language_are_not(kelurahan, family, text):
    assert kinds(text, kelurahan) == []


def test_the_finding_says_where_and_quotes_only_the_first_word(kelurahan, family):
    (finding,) = findings("Satu\nDua\nUntuk Wiryo Kartosuwignyo", kelurahan)
    assert (finding.line, finding.quote) == (3, "Wiryo")
    assert "3" in finding.message
    assert "Kartosuwignyo" not in finding.message


def test_a_person_of_another_kelurahan_is_not_looked_for(family):
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    assert kinds("Wiryo Kartosuwignyo", neighbour) == []


def test_a_long_text_costs_one_query(kelurahan, family, django_assert_num_queries):
    with django_assert_num_queries(1):
        findings("Wiryo pergi ke pasar. " * 2000, kelurahan)
