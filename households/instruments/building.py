"""Writing the rows of a draft: from a shipped file, a workbook, or another version."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from households.models import (
    Aspect,
    Instrument,
    InstrumentVersion,
    Option,
    Parameter,
    Question,
    ScoreClass,
)
from tkpk import trail
from tkpk.models import Territory, User
from tkpk.rights import mandates
from tkpk.roles import Role

PROCESS = "instrument"
# Nested rows, as `households.models.compiled.content` gives them and the shipped files hold them.
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Heading:
    """What a version is called and how it counts."""

    label: str
    valid_from: datetime.date
    method: str
    weights_note: str = ""
    source_note: str = ""
    shipped: str = ""


def record(move: str, version: InstrumentVersion, *, by: User, reason: str = "") -> None:
    """An entry about a version, by the officer's mandate where there is one."""
    code = version.kelurahan.code
    held = [m for m in mandates(by) if m.role == Role.STAFF and m.territory.covers(code)]
    trail.record(
        chain=version.kelurahan,
        by=by,
        mandate=held[0] if held else None,
        process=PROCESS,
        move=move,
        row=version,
        to_status=version.status,
        reason=reason,
    )


def instrument_of(
    kelurahan: Territory, *, code: str, by: User, names: Mapping[str, str]
) -> Instrument:
    """The kelurahan's instrument of this code; made, with these names, where there is none."""
    found, _made = Instrument.objects.get_or_create(
        kelurahan=kelurahan,
        code=code,
        defaults={**names, "created_by": by, "updated_by": by},
    )
    return found


def write_draft(
    instrument: Instrument, heading: Heading, content: Content, *, by: User, move: str
) -> InstrumentVersion:
    """A new draft with all its rows, trailed as `move`. Raises ValidationError for a bad row."""
    with transaction.atomic():
        # The lock keeps two drafts from taking the same number.
        locked = Instrument.objects.select_for_update(of=("self",)).get(pk=instrument.pk)
        newest = locked.versions.order_by("-number").first()
        version = InstrumentVersion(
            kelurahan_id=locked.kelurahan_id,
            instrument=locked,
            number=newest.number + 1 if newest else 1,
            created_by=by,
            updated_by=by,
            **vars(heading),
        )
        version.full_clean(exclude=["kelurahan", "created_by", "updated_by"])
        version.save()
        _write_rows(version, content)
        record(move, version, by=by)
    return version


def _write_rows(version: InstrumentVersion, content: Content) -> None:
    for position, row in enumerate(content.get("questions", ()), start=1):
        _save(Question(version=version, position=position, **row))
    for position, row in enumerate(content["aspects"], start=1):
        facts = {name: value for name, value in row.items() if name != "parameters"}
        aspect = Aspect(version=version, position=position, **facts)
        _save(aspect)
        for place, parameter in enumerate(row["parameters"], start=1):
            _write_parameter(aspect, place, parameter)
    for position, row in enumerate(content.get("classes", ()), start=1):
        _save(ScoreClass(version=version, position=position, **row))


def _write_parameter(aspect: Aspect, position: int, row: Mapping[str, Any]) -> None:
    facts = {name: value for name, value in row.items() if name != "options"}
    parameter = Parameter(aspect=aspect, position=position, **facts)
    _save(parameter)
    options = [
        Option(parameter=parameter, position=place, **_exact(option))
        for place, option in enumerate(row["options"], start=1)
    ]
    for option in options:
        option.full_clean(exclude=["parameter"], validate_unique=False)
    Option.objects.bulk_create(options)


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of a file are text there, so that nothing is rounded on the way."""
    made = dict(row)
    for name in ("score", "lower", "upper"):
        if made.get(name) is not None:
            made[name] = Decimal(made[name])
    return made


def _save(row: Any) -> None:
    row.full_clean()
    row.save()
