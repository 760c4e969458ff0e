"""Writing the rows of a draft: from a shipped file, a workbook, or another version."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

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
    _save_all(_numbered(Question, content.get("questions", ()), version=version))
    aspects = _numbered(Aspect, _without("parameters", content["aspects"]), version=version)
    _save_all(aspects)
    asked, parameters = [], []
    for aspect, row in zip(aspects, content["aspects"], strict=True):
        asked += row["parameters"]
        parameters += _numbered(Parameter, _without("options", row["parameters"]), aspect=aspect)
    _save_all(parameters)
    options = []
    for parameter, row in zip(parameters, asked, strict=True):
        options += _numbered(Option, map(_exact, row["options"]), parameter=parameter)
    _save_all(options)
    _save_all(_numbered(ScoreClass, content.get("classes", ()), version=version))


def _numbered(model: type[Model], rows: Iterable[Mapping[str, Any]], **parent: Model) -> list[Any]:
    return [model(position=place, **parent, **row) for place, row in enumerate(rows, start=1)]


def _without(nested: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != nested} for row in rows]


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of a file are text there, so that nothing is rounded on the way."""
    made = dict(row)
    for name in ("score", "lower", "upper"):
        if made.get(name) is not None:
            made[name] = Decimal(made[name])
    return made


def _save_all(rows: list[Any]) -> None:
    """Rows of one model. The constraints are asked once, by writing; row by row only where they
    refuse, to say which row it is. Asked for each row they made a draft last a second."""
    if not rows:
        return
    # The rows above were written a moment ago.
    parent = next(field.name for field in rows[0]._meta.fields if field.many_to_one)
    for row in rows:
        row.full_clean(exclude=[parent], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            type(rows[0]).objects.bulk_create(rows)
    except IntegrityError:
        for row in rows:
            row.pk, row._state.adding = None, True
            row.full_clean()
            row.save()
