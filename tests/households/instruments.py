"""Instruments for tests: the shipped ones as plain values, in the database, and in use."""

import tomllib
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from households import scoring
from households.instruments.shipping import FOLDER, add_one
from households.models import ConsentText, Household, InstrumentVersion, Survey
from households.workflows.instruments import INSTRUMENT_FLOW
from tests import factories
from tkpk.models import Territory, User
from tkpk.roles import Role

SHIPPED = ["bps14", "kepmensos262", "ksjps-2016", "ksjps-2018-r2"]


@cache
def plain(name: str) -> scoring.Instrument:
    """A shipped file as it is computed with, read here anew and not through the database."""
    file = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return scoring.Instrument(
        code=file["instrument"]["code"],
        version=file["version"]["label"],
        method=scoring.Method(file["version"]["method"]),
        valid_from=file["version"]["valid_from"],
        parameters=tuple(
            parameter(aspect, row) for aspect in file["aspects"] for row in aspect["parameters"]
        ),
        questions=tuple(
            scoring.Question(row["code"], label=row["text"], whole=row["kind"] == "COUNT")
            for row in file["questions"]
        ),
        classes=tuple(
            scoring.ScoreClass(
                row["code"], row["lower"], row["upper"], row["needs_help"], row["name"]
            )
            for row in file.get("classes", [])
        ),
    )


def parameter(aspect: dict[str, Any], row: dict[str, Any]) -> scoring.Parameter:
    return scoring.Parameter(
        code=row["code"],
        aspect=aspect["code"],
        aspect_label=aspect["name"],
        kind=scoring.Kind(row.get("kind", "CHOICE")),
        options=tuple(
            scoring.Option(
                option["code"],
                Decimal(option["score"]),
                _amount(option, "lower"),
                _amount(option, "upper"),
                option["label"],
            )
            for option in row["options"]
        ),
        formula=scoring.Formula(row["formula"]) if "formula" in row else None,
        edge=scoring.Edge(row.get("edge", "UP_TO")),
        label=row["question"],
    )


def _amount(row: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(row[name]) if name in row else None


def yes(instrument: scoring.Instrument, *fulfilled: str, **facts: Any) -> dict[str, Any]:
    """Answers: "ya" for these parameters, "tidak" for every other choice, and the facts."""
    chosen = {
        one.code: "ya" if one.code in fulfilled else "tidak"
        for one in instrument.parameters
        if one.kind == scoring.Kind.CHOICE
    }
    return {**chosen, **facts}


def draft(name: str, kelurahan: Territory, *, by: User | None = None) -> InstrumentVersion:
    """A shipped version in the database, as a draft."""
    if not InstrumentVersion.objects.filter(kelurahan=kelurahan, shipped=name).exists():
        officer = by or factories.make_user(role=Role.STAFF, territory=kelurahan)
        # With the other versions of its instrument; all instruments would take a second.
        for one in SHIPPED:
            if one.partition("-")[0] == name.partition("-")[0]:
                add_one(one, kelurahan, officer)
    return InstrumentVersion.objects.get(kelurahan=kelurahan, shipped=name)


def in_use(name: str, kelurahan: Territory) -> InstrumentVersion:
    """A shipped version that the Lurah put into use."""
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    return INSTRUMENT_FLOW.apply("use", draft(name, kelurahan), by=lurah)


def checked(
    household: Household,
    version: InstrumentVersion,
    answers: dict[str, Any],
    *,
    by: User,
    year: int = 2026,
    status: str = "CHECKED",
) -> Survey:
    """A survey with these answers, as the check of a second officer leaves it."""
    now = timezone.now()
    consent = ConsentText.objects.get_or_create(
        kelurahan_id=household.kelurahan_id,
        number=1,
        defaults={"text": "Setuju", "valid_from": now.date(), "created_by": by, "updated_by": by},
    )[0]
    survey = Survey(
        kelurahan_id=household.kelurahan_id,
        household=household,
        instrument_version=version,
        year=year,
        status=status,
        result=1,
        surveyed_on=now.date(),
        surveyor=by,
        consent_text=consent,
        consent_at=now,
        sent_at=now,
        checked_at=now if status == "CHECKED" else None,
        checked_by=by if status == "CHECKED" else None,
        created_by=by,
        updated_by=by,
    )
    survey.write_answers(answers)
    survey.save()
    return survey


def poor_answers(version: InstrumentVersion) -> dict[str, Any]:
    """Answers that reach the highest score."""
    return _answers(version, best=max)


def well_off_answers(version: InstrumentVersion) -> dict[str, Any]:
    """Answers that reach the lowest score."""
    return _answers(version, best=min)


def _answers(version: InstrumentVersion, *, best: Any) -> dict[str, Any]:
    compiled = version.compiled()
    number = "1" if best is max else "9000000"
    answers: dict[str, Any] = dict.fromkeys((q.code for q in compiled.questions), number)
    if "members_count" in answers:
        answers["members_count"] = 1
    for one in compiled.parameters:
        if one.kind == scoring.Kind.CHOICE:
            answers[one.code] = best(one.options, key=lambda option: option.score).code
    return answers
