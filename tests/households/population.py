"""A kelurahan's population list, made up: the same list for the same seed.

Names, numbers and papers are fictional; NIK and KK numbers end in 0000, which is never issued.
"""

import datetime
import random
from collections.abc import Iterator
from typing import Any

from tests.households.workbooks import grid, person, xlsx

BORN_FROM = datetime.date(1945, 1, 1)
GIVEN = [
    "AGUS",
    "BUDI",
    "CAHYO",
    "DWI",
    "EKO",
    "FITRI",
    "GITO",
    "HARTO",
    "INDAH",
    "JOKO",
    "KARTI",
    "LASTRI",
    "MARNI",
    "NGATNO",
]
FAMILY = [
    "PRAYITNO",
    "RAHARJO",
    "SUDARSO",
    "TRIYONO",
    "UTOMO",
    "WIBOWO",
    "YUWONO",
    "SANTOSO",
    "LEGOWO",
    "KUNCORO",
]
PLACES = ["YOGYAKARTA", "SLEMAN", "BANTUL", "KLATEN", "MAGELANG", "WONOSARI", "WATES", "PURWOREJO"]
STREETS = ["Juminahan", "Tukangan", "Ledok", "Mas-Suharto", "Hayam-Wuruk", "Gajah-Mada"]
HEAD, SPOUSE, CHILD = "1", "3", "4"
SIZES = (3, 4, 4, 5)


class Numbers:
    """NIK and KK numbers that are given once."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.given: set[str] = set()

    def _once(self, number: str) -> bool:
        fresh = number not in self.given
        self.given.add(number)
        return fresh

    def kk(self) -> str:
        while True:
            number = f"3471{self.random.randrange(10**8):08d}0000"
            if self._once(number):
                return number

    def nik(self, born: datetime.date, sex: str) -> str:
        day = born.day + (40 if sex == "2" else 0)
        while True:
            area = f"34{self.random.randrange(10**4):04d}"
            number = f"{area}{day:02d}{born:%m%y}0000"
            if self._once(number):
                return number


def people(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """So many persons in families of four on average, as rows of the population sheet."""
    chance, numbers = random.Random(seed), Numbers(seed)
    left, number = count, 0
    while left > 0:
        size = min(SIZES[number % len(SIZES)], left)
        yield from _family(size, number, chance, numbers)
        left, number = left - size, number + 1


def _family(
    size: int, number: int, chance: random.Random, numbers: Numbers
) -> Iterator[dict[str, Any]]:
    family = {
        "no_kk": numbers.kk(),
        "alamat": f"Jl. {chance.choice(STREETS)} {number % 300 + 1}",
        "rw": f"{number % 8 + 1:03d}",
        "rt": f"{number % 5 + 1:03d}",
    }
    surname = chance.choice(FAMILY)
    father, mother = (_parent(relation, surname, chance, numbers) for relation in (HEAD, SPOUSE))
    for relation, parent in ((HEAD, father), (SPOUSE, mother)):
        if relation == HEAD or size > 1:
            yield person(**family, **parent, kk_level=relation, status_kawin="2")
    for place in range(size - 2):
        yield person(**family, **_child(place, father, mother, surname, chance, numbers))


def _parent(relation: str, surname: str, chance: random.Random, numbers: Numbers) -> dict[str, Any]:
    born = BORN_FROM + datetime.timedelta(days=chance.randrange(45 * 365))
    sex = "1" if relation == HEAD else "2"
    return {
        **_person(born, sex, surname, chance, numbers),
        "nama_ayah": f"{chance.choice(GIVEN)} {surname}",
        "nama_ibu": chance.choice(GIVEN),
        "pendidikan_kk_id": str(chance.randrange(3, 9)),
        "pekerjaan_id": str(chance.randrange(1, 89)),
    }


def _child(
    place: int,
    father: dict[str, Any],
    mother: dict[str, Any],
    surname: str,
    chance: random.Random,
    numbers: Numbers,
) -> dict[str, Any]:
    born = datetime.date(1996, 1, 1) + datetime.timedelta(days=chance.randrange(28 * 365))
    return {
        **_person(born, str(1 + (place + born.day) % 2), surname, chance, numbers),
        "ayah_nik": father["nik"],
        "nama_ayah": father["nama"],
        "ibu_nik": mother["nik"],
        "nama_ibu": mother["nama"],
        "akta_lahir": f"3471-LT-{born:%d%m%Y}-{chance.randrange(10**4):04d}",
        "kk_level": CHILD,
        "status_kawin": "1",
    }


def _person(
    born: datetime.date, sex: str, surname: str, chance: random.Random, numbers: Numbers
) -> dict[str, Any]:
    return {
        "nama": f"{chance.choice(GIVEN)} {chance.choice(GIVEN)} {surname}",
        "nik": numbers.nik(born, sex),
        "sex": sex,
        "tempatlahir": chance.choice(PLACES),
        "tanggallahir": born.isoformat(),
        "agama_id": str(chance.choice((1, 1, 1, 2, 3))),
        "golongan_darah_id": str(chance.randrange(1, 5)),
        "suku": "JAWA",
    }


def with_changes(
    rows: list[dict[str, Any]], *, share: float, seed: int = 2
) -> list[dict[str, Any]]:
    """The list of a later month: this share of the persons has new facts."""
    chance = random.Random(seed)
    changed = set(chance.sample(range(len(rows)), round(len(rows) * share)))
    return [_later(row, chance) if place in changed else row for place, row in enumerate(rows)]


def _later(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    facts = (
        {"pekerjaan_id": "88" if row["pekerjaan_id"] != "88" else "1"},
        {"pendidikan_kk_id": "9" if row["pendidikan_kk_id"] != "9" else "8"},
        {"tempatlahir": "GUNUNGKIDUL"},
        {"akta_lahir": f"3471-LU-{chance.randrange(10**6):06d}"},
        {"alamat_sekarang": f"Jl. Baru {chance.randrange(300)}"},
    )
    return {**row, **chance.choice(facts)}


def workbook(rows: list[dict[str, Any]]) -> bytes:
    return xlsx(grid(rows))
