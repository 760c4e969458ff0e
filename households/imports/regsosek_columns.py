"""The questions of the Regsosek workbook that we have a field for, by the number above them."""

from dataclasses import dataclass

from households.imports import regsosek_codes as answers
from households.imports.layout import Column
from households.imports.regsosek_codes import Answers

KK = "no kartu keluarga"
KK_COLUMN = Column("kk_number", (KK, "nomor kartu keluarga", "no kk"), "kk", required=True)


@dataclass(frozen=True)
class Question:
    """One column: its number, our field, and how its cells are read.

    `answers` for a coded question, `words` for one whose answer is stored as a word, else `column`
    says how.
    """

    number: str
    field: str
    column: Column
    answers: Answers | None = None
    words: dict[int, str] | None = None


def _plain(number: str, field: str, kind: str, *, required: bool = False) -> Question:
    return Question(number, field, Column(field, (number,), kind, required=required))


def _coded(number: str, field: str, of: Answers, *, required: bool = False) -> Question:
    return Question(number, field, Column(field, (number,), "code", required=required), of)


def _worded(number: str, field: str, words: dict[int, str]) -> Question:
    return Question(number, field, Column(field, (number,)), words=words)


MEMBER_QUESTIONS: tuple[Question, ...] = (
    _plain("402 nama", "name", "name", required=True),
    _plain("403 nik", "nik", "nik"),
    _coded("404", "basic_status", answers.PRESENCE),
    _coded("405", "sex", answers.SEX, required=True),
    _plain("406", "birth_date", "past_date"),
    _coded("408", "marital_status", answers.MARITAL),
    _coded("409", "relation", answers.RELATION, required=True),
    _coded("410", "pregnant", answers.PREGNANT),
    _coded("415", "education", answers.DIPLOMA),
    _worded("430", "chronic_illness", answers.ILLNESSES),
    _worded("431a", "insurance_kind", answers.INSURANCES),
)
# Counted anew in every list, or said elsewhere: not kept beside the person.
MEMBER_SKIPPED = frozenset({"401", "407"})
HOUSING_QUESTIONS: tuple[Question, ...] = (
    _coded("301a", "tenure", answers.TENURE),
    _coded("301b", "land_title", answers.LAND_TITLE),
    Question(
        "302",
        "floor_area_m2",
        Column("floor_area_m2", ("302",), "decimal", scope="family", high=99_999),
    ),
    _coded("303", "floor_material", answers.FLOOR),
    _coded("304", "wall_material", answers.WALL),
    _coded("305", "roof_material", answers.ROOF),
    _coded("306a", "drinking_water", answers.WATER),
    _coded("307a", "lighting", answers.LIGHTING),
    _coded("307b1", "power_va", answers.POWER),
    _coded("308", "cooking_fuel", answers.FUEL),
    _coded("309a", "toilet", answers.TOILET),
    _coded("309b", "closet", answers.CLOSET),
)
# A second or third meter: then no single number is the family's power.
MORE_METERS = ("307b2", "307b3")
ASSETS = {"502g": "has_gold", "502i": "has_motorbike"}
LIVESTOCK = ("504a", "504b", "504c", "504d", "504e")
