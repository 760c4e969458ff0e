"""What the numbers of the Regsosek 2022 questionnaire (REGSOSEK22.K) mean in our code lists.

Our lists are Dukcapil's and the registry's; BPS asks more finely in some places and more coarsely
in others. Where its answer is no answer of ours, only the answer as given is kept.
"""

from dataclasses import dataclass, field

from django.db.models import IntegerChoices

from households import codes


@dataclass(frozen=True)
class Answers:
    """The answers to one question.

    `exact`: the same answer in our list. `wider`: ours says less, so the answer is kept beside it.
    `kept`: none of ours; only kept. `asked`: several of ours; the officer writes one of the words.
    """

    choices: type[IntegerChoices]
    exact: dict[int, int]
    wider: dict[int, int] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    asked: dict[int, str] = field(default_factory=dict)


def _same(choices: type[IntegerChoices], last: int) -> dict[int, int]:
    return {number: choices(number).value for number in range(1, last + 1)}


TENURE = Answers(codes.Tenure, _same(codes.Tenure, 5))
LAND_TITLE = Answers(codes.LandTitle, _same(codes.LandTitle, 6))
FLOOR = Answers(
    codes.FloorMaterial,
    exact={
        1: codes.FloorMaterial.MARBLE,
        2: codes.FloorMaterial.CERAMIC,
        4: codes.FloorMaterial.TILE,
        5: codes.FloorMaterial.WOOD,
        6: codes.FloorMaterial.CEMENT,
        8: codes.FloorMaterial.EARTH,
        9: codes.FloorMaterial.OTHER,
    },
    # Parquet or vinyl; bamboo.
    wider={3: codes.FloorMaterial.OTHER, 7: codes.FloorMaterial.OTHER},
)
WALL = Answers(
    codes.WallMaterial,
    exact={
        1: codes.WallMaterial.BRICK,
        2: codes.WallMaterial.PLASTERED_BAMBOO,
        4: codes.WallMaterial.WOVEN_BAMBOO,
        6: codes.WallMaterial.BAMBOO,
        7: codes.WallMaterial.OTHER,
    },
    # Boards and gypsum share a number; logs have one of their own.
    wider={5: codes.WallMaterial.WOOD},
    kept=frozenset({3}),
)
ROOF = Answers(
    codes.RoofMaterial,
    exact={
        1: codes.RoofMaterial.CONCRETE,
        4: codes.RoofMaterial.ASBESTOS,
        6: codes.RoofMaterial.BAMBOO,
        8: codes.RoofMaterial.OTHER,
    },
    wider={
        3: codes.RoofMaterial.OTHER,
        5: codes.RoofMaterial.OTHER,
        7: codes.RoofMaterial.OTHER,
    },
    # A tile, ceramic or of clay.
    kept=frozenset({2}),
)
WATER = Answers(codes.DrinkingWater, _same(codes.DrinkingWater, 11))
LIGHTING = Answers(codes.Lighting, _same(codes.Lighting, 4))
POWER = Answers(
    codes.PowerVA,
    exact={
        1: codes.PowerVA.VA_450,
        2: codes.PowerVA.VA_900,
        3: codes.PowerVA.VA_1300,
        4: codes.PowerVA.VA_2200,
    },
    wider={5: codes.PowerVA.VA_2200},
)
FUEL = Answers(
    codes.CookingFuel,
    exact={
        1: codes.CookingFuel.ELECTRICITY,
        4: codes.CookingFuel.GAS_3KG,
        8: codes.CookingFuel.BRIQUETTE,
        9: codes.CookingFuel.CHARCOAL,
        10: codes.CookingFuel.FIREWOOD,
        12: codes.CookingFuel.NO_COOKING,
    },
    wider={2: codes.CookingFuel.GAS_LARGE, 3: codes.CookingFuel.GAS_LARGE},
    # Town gas, biogas, kerosene, other.
    kept=frozenset({5, 6, 7, 11}),
)
TOILET = Answers(
    codes.Toilet,
    exact={
        1: codes.Toilet.OWN,
        2: codes.Toilet.SHARED,
        4: codes.Toilet.PUBLIC,
        6: codes.Toilet.NONE,
    },
    # A communal one; one that the family does not use.
    kept=frozenset({3, 5}),
)
CLOSET = Answers(
    codes.Closet,
    exact={1: codes.Closet.WATER_SEAL, 4: codes.Closet.PIT},
    wider={2: codes.Closet.PLENGSENGAN, 3: codes.Closet.PLENGSENGAN},
)
PRESENCE = Answers(
    codes.BasicStatus,
    exact={1: codes.BasicStatus.LIVING, 2: codes.BasicStatus.DEAD},
    wider={
        3: codes.BasicStatus.MOVED,
        4: codes.BasicStatus.MOVED,
        5: codes.BasicStatus.LIVING,
    },
    asked={6: "Hidup, Pindah, Hilang"},
)
SEX = Answers(codes.Sex, _same(codes.Sex, 2))
MARITAL = Answers(codes.MaritalStatus, _same(codes.MaritalStatus, 4))
RELATION = Answers(
    codes.Relation,
    exact={
        1: codes.Relation.HEAD,
        3: codes.Relation.CHILD,
        4: codes.Relation.CHILD_IN_LAW,
        5: codes.Relation.GRANDCHILD,
    },
    wider={7: codes.Relation.HOUSEHOLD_HELP},
    asked={
        2: "Istri, Suami",
        6: "Orang tua, Mertua",
        8: "Famili lain, Lainnya",
    },
)
PREGNANT = Answers(codes.YesNo, _same(codes.YesNo, 2))
_SCHOOLS = {
    **dict.fromkeys((2, 3, 4, 5), codes.Education.PRIMARY),
    **dict.fromkeys((7, 8, 9, 10), codes.Education.JUNIOR),
    **dict.fromkeys((12, 13, 14, 15, 16, 17), codes.Education.SENIOR),
}
DIPLOMA = Answers(
    codes.Education,
    exact={21: codes.Education.MASTER, 22: codes.Education.DOCTOR},
    wider={
        **_SCHOOLS,
        1: codes.Education.PRIMARY,
        6: codes.Education.JUNIOR,
        11: codes.Education.SENIOR,
        19: codes.Education.BACHELOR,
    },
    # Diploma I to III in one; a profession; none at all, whether ever at school or not.
    kept=frozenset({18, 20, 23}),
)
ILLNESSES = {
    1: "Tidak ada",
    2: "Hipertensi",
    3: "Rematik",
    4: "Asma",
    5: "Masalah jantung",
    6: "Diabetes",
    7: "Tuberkulosis",
    8: "Stroke",
    9: "Kanker atau tumor ganas",
    10: "Gagal ginjal",
    11: "Hemofilia",
    12: "HIV/AIDS",
    13: "Kolesterol",
    14: "Sirosis hati",
    15: "Talasemia",
    16: "Leukemia",
    17: "Alzheimer",
    18: "Lainnya",
}
# Question 431a adds up its answers; only a single one is a kind of insurance of ours.
INSURANCES = {
    1: "PBI/JKN",
    2: "JKN Mandiri",
    4: "JKN Pemberi Kerja",
    8: "Jamkes lainnya",
}
PROGRAMMES = {
    "501a": "Sembako/BPNT",
    "501b": "PKH",
    "501c": "BLT Dana Desa",
    "501d": "Subsidi Listrik",
    "501e": "Bantuan Pemerintah Daerah",
    "501f": "Subsidi Pupuk",
    "501g": "Subsidi LPG",
}
