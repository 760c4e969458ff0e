"""The instruments that every kelurahan starts with, from the files in `shipped/`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from households.instruments.building import Heading, instrument_of, write_draft
from households.models import InstrumentVersion
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
        heading = Heading(**{**file["version"], "shipped": name})
        write_draft(instrument, heading, file, by=by, move="ship")
