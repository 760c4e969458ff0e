"""The parts of a comparison in words, for the people who decide."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tkpk import formats

_WORDS = {
    ("birth", "same"): gettext_lazy("same birth date"),
    ("birth", "same_guessed"): gettext_lazy("same year, both on 1 January"),
    ("birth", "swapped"): gettext_lazy("day and month of birth swapped"),
    ("birth", "year"): gettext_lazy("year of birth one apart"),
    ("birth", "first_january"): gettext_lazy("same year of birth, one of them on 1 January"),
    ("birth", "digit"): gettext_lazy("birth dates differ in one digit"),
    ("birth", "in_nik"): gettext_lazy("birth date of the one stands in the NIK of the other"),
    ("birth", "same_year"): gettext_lazy("same year of birth, another day"),
    ("birth", "other"): gettext_lazy("birth dates differ"),
    ("nik", "same"): gettext_lazy("same NIK"),
    ("nik", "digit"): gettext_lazy("NIKs differ in one digit"),
    ("nik", "swapped"): gettext_lazy("two neighbouring digits of the NIK swapped"),
    ("nik", "other"): gettext_lazy("NIKs differ"),
    ("sex", "same"): gettext_lazy("same sex"),
    ("sex", "other"): gettext_lazy("sex differs"),
    ("birth_place", "same"): gettext_lazy("same place of birth"),
    ("birth_place", "other"): gettext_lazy("place of birth differs"),
    ("place", "same_family"): gettext_lazy("same family"),
    ("place", "same_rt"): gettext_lazy("same RT"),
    ("place", "same_rw"): gettext_lazy("same RW"),
    ("place", "other"): gettext_lazy("other RW"),
    ("twins", "likely"): gettext_lazy("could be twins"),
    ("family", "also"): gettext_lazy("another member of both families is alike too"),
}
_NAMES = {
    ("name", "same"): gettext_lazy("same name"),
    ("name", "alike"): gettext_lazy("name alike %(share)s"),
    ("name", "other"): gettext_lazy("name alike %(share)s only"),
    ("mother", "same"): gettext_lazy("same mother's name"),
    ("mother", "alike"): gettext_lazy("mother's name alike %(share)s"),
    ("mother", "other"): gettext_lazy("mother's name differs"),
    ("father", "same"): gettext_lazy("same father's name"),
    ("father", "alike"): gettext_lazy("father's name alike %(share)s"),
    ("father", "other"): gettext_lazy("father's name differs"),
}


@dataclass(frozen=True)
class Told:
    """One part in words, and whether it speaks for one person."""

    text: str
    supports: bool


def told(parts: list[dict[str, Any]]) -> list[Told]:
    """The parts, the weightiest first."""
    ordered = sorted(parts, key=lambda part: -abs(part["weight"]))
    return [Told(_text(part), part["weight"] > 0) for part in ordered]


def _text(part: dict[str, Any]) -> str:
    key = part["kind"], part["found"]
    if key in _NAMES:
        return str(_NAMES[key]) % {"share": score_text(part.get("share", 0))}
    return str(_WORDS.get(key, _("another sign")))


def score_text(score: float | Decimal) -> str:
    """0,93 as Indonesian has it."""
    language = "en" if (get_language() or "").startswith("en") else "id"
    return formats.number(Decimal(str(score)), places=2, language=language)
