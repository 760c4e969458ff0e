"""Scores of all checked surveys of a version and year: a job that shows how far it is."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from households import scores, scoring
from households.instruments.assessed import checked_surveys
from households.models import InstrumentVersion, Survey
from households.workflows.registering import own_family
from tkpk import jobs, trail
from tkpk.models import Job, User

KIND = "households.compute_scores"
# A chunk holds the write lock of SQLite for well under a second.
CHUNK = 50


def _prefix(version: InstrumentVersion, year: int) -> str:
    return f"scores.{version.pk}.{year}."


def last_job(version: InstrumentVersion, year: int) -> Job | None:
    rows = Job.objects.filter(key__startswith=_prefix(version, year))
    return rows.order_by("-pk").first()


def ask_to_compute(version: InstrumentVersion, *, year: int, by: User) -> Job:
    """Compute the scores of a whole year: a named act, in the trail when it is asked for.

    While such a job runs, it is the one that is given back. Raises PermissionDenied without a
    mandate, and ValidationError where nothing can be computed.
    """
    mandate = scores.mandate_to_compute(by, version.kelurahan)
    if mandate is None:
        raise PermissionDenied
    if not version.frozen:
        raise ValidationError(_("A draft has no scores: it has to be put into use first."))
    with transaction.atomic():
        # The lock keeps two clicks from making two jobs.
        InstrumentVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        running = last_job(version, year)
        if running and running.status in {Job.Status.QUEUED, Job.Status.RUNNING}:
            return running
        job = jobs.enqueue(
            KIND,
            key=f"{_prefix(version, year)}{uuid.uuid4().hex}",
            payload={"version": version.pk, "year": year},
            by=by,
        )
        trail.record(
            chain=version.kelurahan,
            by=by,
            mandate=mandate,
            process="score",
            move="compute_year",
            row=version,
            reason=str(year),
        )
    return job


@jobs.job_kind(KIND)
def compute_year(job: Job) -> None:
    """Safe to run again: a score that says the same is not written twice."""
    version = InstrumentVersion.objects.with_content().get(pk=job.payload["version"])
    by = job.created_by
    if by is None or scores.mandate_to_compute(by, version.kelurahan) is None:
        raise jobs.JobRefused("no_mandate")
    instrument = version.compiled()
    surveys = [survey.pk for survey in checked_surveys(version, job.payload["year"])]
    jobs.beat(job, done=0, total=len(surveys))
    for start in range(0, len(surveys), CHUNK):
        chunk = surveys[start : start + CHUNK]
        with transaction.atomic():
            rows = Survey.objects.select_for_update(of=("self",)).filter(pk__in=chunk)
            for survey in rows.select_related("household", "kelurahan").order_by("pk"):
                survey.instrument_version = version
                _store(survey, instrument, by=by)
        jobs.beat(job, done=start + len(chunk), total=len(surveys))


def _store(survey: Survey, instrument: scoring.Instrument, *, by: User) -> None:
    """One survey of many: what cannot be scored keeps the others from nothing."""
    if own_family(survey.household, by):
        return  # another officer computes it, one by one
    try:
        scores.store(survey, instrument, by=by)
    except ValidationError:
        return  # sent back or voided since, or an answer of another version
