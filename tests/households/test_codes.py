import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from households import codes
from households.code_parsing import UnknownCodeError, loses_meaning, parse_code, words
from households.code_words import WORDS

SIZES = {
    codes.Relation: 11,
    codes.Sex: 2,
    codes.Religion: 7,
    codes.Education: 10,
    codes.EducationCurrent: 18,
    codes.Work: 89,
    codes.MaritalStatus: 4,
    codes.Citizenship: 3,
    codes.BloodType: 13,
    codes.Disability: 7,
    codes.RecordingStatus: 8,
    codes.Tenure: 6,
    codes.LandTitle: 6,
    codes.FloorMaterial: 7,
    codes.WallMaterial: 6,
    codes.RoofMaterial: 6,
    codes.DrinkingWater: 11,
    codes.Toilet: 4,
    codes.Closet: 4,
    codes.Lighting: 4,
    codes.CookingFuel: 7,
    codes.MainActivity: 4,
}


@pytest.mark.parametrize("choices", SIZES, ids=lambda choices: choices.__name__)
def test_a_list_runs_from_one_to_its_published_size(choices):
    assert choices.values == list(range(1, SIZES[choices] + 1))


def test_lists_with_gaps_have_the_published_codes():
    assert codes.BasicStatus.values == [1, 2, 3, 4, 6, 9]
    assert codes.Contraception.values == [*range(1, 9), 99]
    assert codes.PowerVA.values == [450, 900, 1300, 2200]


@pytest.mark.parametrize("choices", WORDS, ids=lambda choices: choices.__name__)
def test_every_code_has_a_word_and_no_word_means_two_codes(choices):
    assert set(words(choices).values()) == set(choices.values)
    for code, spellings in WORDS[choices].items():
        for spelling in spellings.split(" | "):
            assert parse_code(choices, spelling) == code
            assert parse_code(choices, f" {spelling.upper()} ") == code
            assert parse_code(choices, str(code)) == code


@pytest.mark.parametrize(
    ("choices", "text", "code"),
    [
        (codes.Sex, "L", 1),
        (codes.Sex, "LK", 1),
        (codes.Sex, "Laki - Laki", 1),
        (codes.Sex, "Pria", 1),
        (codes.Sex, "pr", 2),
        (codes.Sex, "WANITA", 2),
        (codes.Relation, "KEPALA KELUARGA", 1),
        (codes.Relation, "kk", 1),
        (codes.Relation, "KRT", 1),
        (codes.Relation, "Isteri", 3),
        (codes.Relation, "ORANGTUA", 7),
        (codes.MaritalStatus, "BK", 1),
        (codes.MaritalStatus, "K", 2),
        (codes.MaritalStatus, "CH", 3),
        (codes.MaritalStatus, "Cerai_Mati", 4),
        (codes.Education, "SLTA / SEDERAJAT", 5),
        (codes.Education, "D-IV", 8),
        (codes.Education, "S1", 8),
        (codes.Education, "SD", 3),
        (codes.Education, "Tdk Tamat SD", 2),
        (codes.Work, "BURUH HARIAN LEPAS", 19),
        (codes.Work, "Mengurus Rumah Tangga", 2),
        (codes.Work, "Wiraswasta", 88),
        (codes.Work, "089", 89),
        (codes.Citizenship, "wni", 1),
        (codes.BloodType, "AB+", 9),
        (codes.BloodType, "o -", 12),
        (codes.BloodType, "O−", 12),
        (codes.BloodType, "O", 4),
        (codes.Religion, "ISLAM", 1),
        (codes.Religion, "Katholik", 3),
        (codes.BasicStatus, "MATI", 2),
    ],
)
def test_words_of_the_offices_are_understood(choices, text, code):
    assert parse_code(choices, text) == code


@pytest.mark.parametrize("text", ["3", "0", "X", "Laki-laki/Perempuan", "1,5", "-1", "१"])
def test_what_is_not_in_the_list_is_refused_with_examples(text):
    with pytest.raises(UnknownCodeError, match="1 = "):
        parse_code(codes.Sex, text)


def test_a_source_may_number_the_answers_otherwise():
    numbers = {1: codes.YesNo.NO, 2: codes.YesNo.YES}
    assert parse_code(codes.YesNo, "1", numbers=numbers) == codes.YesNo.NO
    assert parse_code(codes.YesNo, "KTP-EL", numbers=numbers) == codes.YesNo.YES
    with pytest.raises(UnknownCodeError):
        parse_code(codes.YesNo, "3", numbers=numbers)


def test_a_word_that_says_more_than_its_code_is_known_as_such():
    assert loses_meaning(codes.BasicStatus, "Pindah Luar Negeri")
    assert not loses_meaning(codes.BasicStatus, "PINDAH")


@settings(deadline=None)
@given(st.text(), st.sampled_from(list(WORDS)))
def test_any_text_gives_a_code_of_the_list_or_a_refusal(text, choices):
    with contextlib.suppress(UnknownCodeError):
        assert parse_code(choices, text) in choices.values
