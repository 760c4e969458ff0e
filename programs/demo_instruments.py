"""Instruments of the demo: the Lurah puts shipped ones into use; scores follow the surveys."""

import csv
from pathlib import Path

from households import scores
from households.models import InstrumentVersion, Score, Survey
from households.models.survey import ANSWERED
from households.workflows.instruments import INSTRUMENT_FLOW
from tkpk.models import Territory, User


def put_into_use(kelurahan: Territory, *, file: Path) -> None:
    """Replay the steps of the file; one that was made already is left."""
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            version = InstrumentVersion.objects.get(kelurahan=kelurahan, shipped=row["shipped"])
            if version.status in INSTRUMENT_FLOW.moves[row["move"]].sources:
                by = User.objects.get(username=row["username"])
                INSTRUMENT_FLOW.apply(row["move"], version, by=by)


def compute_scores(kelurahan: Territory, *, by: User) -> None:
    """The scores of all checked surveys that have none yet. Call it after the surveys."""
    surveys = Survey.objects.checked().filter(kelurahan=kelurahan, result__in=sorted(ANSWERED))
    known = Score.objects.current().values("survey")
    for survey in surveys.exclude(pk__in=known).order_by("pk"):
        scores.compute(survey, by=by)
