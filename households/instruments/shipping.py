"""The instruments that every kelurahan starts with, from the files in `shipped/`.

A file that was released is never edited, because some kelurahan holds its content already, in use
and frozen. A correction is a file of another name that says which one it `replaces`; a kelurahan
with the older one is offered it and gets it as a draft beside the version that it has.
"""

import tomllib
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction

from households.instruments.building import Heading, instrument_of, write_draft
from households.models import Instrument, InstrumentVersion
from tkpk.models import Territory, User

FOLDER = Path(__file__).resolve().parent / "shipped"


@cache
def shipped(name: str) -> dict[str, Any]:
    """One file, by its name without the ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def shipped_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def missing(kelurahan: Territory) -> list[str]:
    """The shipped versions that a kelurahan has not."""
    known = set(
        InstrumentVersion.objects.filter(kelurahan=kelurahan).values_list("shipped", flat=True)
    )
    return [name for name in shipped_names() if name not in known]


def named(name: str, kelurahan: Territory) -> str:
    """What a shipped version will be called there, such as “KSJPS Kota Yogyakarta 2018”."""
    file = shipped(name)
    label = file["version"]["label"]
    held = Instrument.objects.filter(kelurahan=kelurahan, code=file["instrument"]["code"]).first()
    if held is None:
        return f"{file['instrument']['name']} {label}"
    return f"{held.name} {_free_label(held, label)}"


def correction(version: InstrumentVersion) -> str:
    """The shipped version that corrects this one, by its name; "" where none does."""
    if not version.shipped:
        return ""
    names = shipped_names()
    return next((n for n in names if shipped(n).get("replaces") == version.shipped), "")


def add_shipped(kelurahan: Territory, by: User) -> None:
    """Add what is missing, as drafts: that one holds here is for the Lurah to say."""
    with transaction.atomic():
        for name in missing(kelurahan):
            add_one(name, kelurahan, by)


def add_one(name: str, kelurahan: Territory, by: User) -> None:
    """Add one shipped version, which the kelurahan has not yet, as a draft."""
    file = shipped(name)
    names = {key: value for key, value in file["instrument"].items() if key != "code"}
    with transaction.atomic():
        instrument = instrument_of(kelurahan, code=file["instrument"]["code"], by=by, names=names)
        label = _free_label(instrument, file["version"]["label"])
        heading = Heading(**{**file["version"], "label": label, "shipped": name})
        write_draft(instrument, heading, file, by=by, move="ship")


def _free_label(instrument: Instrument, label: str) -> str:
    """The label, numbered where the version it corrects, or an own one, is called that already."""
    taken = set(instrument.versions.values_list("label", flat=True))
    numbered = (f"{label} (revisi {number})" for number in count(2))
    return label if label not in taken else next(one for one in numbered if one not in taken)
