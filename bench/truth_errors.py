"""What goes wrong when a person is entered a second time: names, dates and numbers as typed."""

import datetime
from collections.abc import Callable
from random import Random

from bench.truth_names import FEMALE, MALE

_TITLES = {MALE: ["H.", "Drs.", "Alm."], FEMALE: ["Hj.", "Dra.", "Almh."]}
_DEGREES = ["S.Pd", "S.E.", "SH", "A.Md"]
_MUHAMMAD = ["Muhammad", "Muhamad", "Mohammad", "Mohamad", "Mochamad", "Moh.", "Muh.", "M."]
# Old and new spelling, and letters that sound alike; either side may have been written.
_ALIKE = [("j", "dj"), ("y", "j"), ("u", "oe"), ("c", "tj"), ("sy", "sj"), ("kh", "ch"),
          ("ni", "nie"), ("y", "i"), ("f", "v"), ("f", "p"), ("z", "s"), ("t", "th"), ("d", "dh"),
          ("ti", "tie"), ("w", "wh"), ("k", "q")]  # fmt: skip
_NEAR = {
    "a": "sq", "e": "rw", "i": "ou", "o": "ip", "u": "yi", "n": "mb", "m": "n", "r": "te",
    "t": "ry", "s": "ad", "d": "sf", "k": "jl", "g": "fh", "h": "gj", "p": "o", "y": "tu",
}  # fmt: skip


def _title(name: str, sex: int, draw: Random) -> str:
    if draw.random() < 0.7:
        return f"{draw.choice(_TITLES[sex])} {name}"
    return f"{name}, {draw.choice(_DEGREES)}"


def _muhammad(name: str, sex: int, draw: Random) -> str:
    parts = name.split()
    if parts[0] in _MUHAMMAD and len(parts) > 1:
        if draw.random() < 0.2:
            return " ".join(parts[1:])
        return " ".join([draw.choice(_MUHAMMAD), *parts[1:]])
    if sex == MALE and draw.random() < 0.3:
        return f"{draw.choice(_MUHAMMAD)} {name}"
    return _spelling(name, sex, draw)


def _spelling(name: str, sex: int, draw: Random) -> str:
    lower = name.lower()
    pairs = [*_ALIKE, *((old, new) for new, old in _ALIKE)]
    possible = [(old, new) for old, new in pairs if old in lower]
    if not possible:
        return _double(name, sex, draw)
    old, new = draw.choice(possible)
    at = draw.choice([i for i in range(len(lower)) if lower.startswith(old, i)])
    return (lower[:at] + new + lower[at + len(old) :]).title()


def _double(name: str, _sex: int, draw: Random) -> str:
    for at in range(1, len(name)):
        if name[at] == name[at - 1]:
            return name[:at] + name[at + 1 :]
    at = draw.randrange(1, len(name))
    return name[:at] + name[at].lower() + name[at:] if name[at] != " " else name.replace(" ", "", 1)


def _last_h(name: str, sex: int, draw: Random) -> str:
    if name.endswith("h"):
        return name[:-1]
    return name + "h" if name[-1] in "aiu" else _typo(name, sex, draw)


def _drop_part(name: str, sex: int, draw: Random) -> str:
    parts = name.split()
    if len(parts) < 2:
        return _typo(name, sex, draw)
    if len(parts) > 2 and draw.random() < 0.3:
        return " ".join([parts[0], *parts[2:]])
    return " ".join(parts[:-1])


def _shorten(name: str, sex: int, draw: Random) -> str:
    parts = name.split()
    if len(parts) < 2:
        return _title(name, sex, draw)
    return " ".join([*parts[:-1], f"{parts[-1][0]}."])


def _add_part(name: str, sex: int, draw: Random) -> str:
    return (
        f"{name} {draw.choice(['Wibowo', 'Hadi', 'Utomo'] if sex == MALE else ['Ningsih', 'Dewi'])}"
    )


def _swap_parts(name: str, sex: int, draw: Random) -> str:
    parts = name.split()
    return " ".join([*parts[1:], parts[0]]) if len(parts) > 1 else _typo(name, sex, draw)


def _join_parts(name: str, sex: int, draw: Random) -> str:
    if " " in name:
        first, *rest = name.split()
        return " ".join([first + rest[0].lower(), *rest[1:]])
    if len(name) > 6 and name.startswith("Su"):
        return f"Su {name[2:].title()}"
    return _double(name, sex, draw)


def _typo(name: str, _sex: int, draw: Random) -> str:
    at = draw.randrange(1, len(name))
    letter, kind = name[at].lower(), draw.randrange(4)
    if kind == 0:
        return name[:at] + draw.choice(_NEAR.get(letter, "aeinr")) + name[at + 1 :]
    if kind == 1 and len(name) > 4:
        return name[:at] + name[at + 1 :]
    if kind == 2:
        return name[:at] + draw.choice("aeinrst") + name[at:]
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


_NAME_ERRORS: list[tuple[int, Callable[[str, int, Random], str]]] = [
    (13, _title), (10, _muhammad), (20, _spelling), (11, _double), (5, _last_h), (8, _drop_part),
    (5, _shorten), (4, _add_part), (4, _swap_parts), (5, _join_parts), (15, _typo),
]  # fmt: skip


def wrong_name(name: str, sex: int, draw: Random) -> str:
    """The name as a second officer heard, spelled or abbreviated it: none to three errors."""
    weights, errors = zip(*_NAME_ERRORS, strict=True)
    for _count in range(draw.choices([0, 1, 2, 3], [38, 42, 16, 4])[0]):
        name = draw.choices(errors, weights)[0](name, sex, draw)
    name = " ".join(name.split())
    return name.upper() if draw.random() < 0.4 else name


def wrong_date(born: datetime.date, draw: Random) -> datetime.date | None:
    """The birth date as it was taken down: swapped, guessed, mistyped or left out."""
    kind = draw.choices(
        ["same", "swapped", "year", "first_january", "digit", "missing"], [62, 8, 8, 6, 8, 8]
    )[0]
    if kind == "missing":
        return None
    if kind == "first_january":
        return datetime.date(born.year, 1, 1)
    if kind == "year":
        return _dated(born.year + draw.choice([-1, 1]), born.month, born.day) or born
    if kind == "swapped":
        return _dated(born.year, born.day, born.month) or born
    if kind == "digit":
        return _one_digit(born, draw)
    return born


def _one_digit(born: datetime.date, draw: Random) -> datetime.date:
    text = f"{born:%d%m%Y}"
    for _attempt in range(20):
        at = draw.randrange(8)
        typed = text[:at] + str(draw.randrange(10)) + text[at + 1 :]
        found = _dated(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
        if found and found != born and 1900 < found.year < 2027:
            return found
    return born


def _dated(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def wrong_nik(nik: str, others: list[str], draw: Random) -> str:
    """The NIK on the second row: left out, mistyped, the same, or taken from somebody else."""
    kind = draw.choices(["missing", "same", "digit", "swap", "other"], [48, 27, 15, 7, 3])[0]
    if not nik or kind == "missing":
        return ""
    if kind == "digit":
        at = draw.randrange(12)
        return nik[:at] + str((int(nik[at]) + draw.randrange(1, 10)) % 10) + nik[at + 1 :]
    if kind == "swap":
        at = draw.randrange(11)
        return nik[:at] + nik[at + 1] + nik[at] + nik[at + 2 :]
    return draw.choice(others) if kind == "other" else nik
