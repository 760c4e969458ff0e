"""A worker or a web server that is killed in the middle of an import: nothing is half done."""

import datetime
import random
import time

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from households.imports import jobs as import_jobs
from households.imports.staging import start_batch
from households.imports.undoing import undo_batch
from households.models import (
    BatchStatus,
    Household,
    ImportBatch,
    ImportChange,
    ImportRow,
    Member,
)
from households.workflows.importing import IMPORT_FLOW
from tests import factories as make
from tests.households.faulty_process import killed_after
from tests.households.population import people, workbook
from tkpk import files, jobs
from tkpk.console import console_user
from tkpk.models import Document, Job
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 20_260
WRITTEN = (Household, Member, Household.history, Member.history, ImportChange)
OWN = {"id", "household_id", "created_at", "updated_at", "territory_id", "nik", "kk_number"}


@pytest.fixture(autouse=True)
def _nobody_takes_the_jobs(monkeypatch):
    monkeypatch.setattr(jobs, "_hand_over", lambda _pk: None)


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    for rw in range(1, 9):
        for rt in range(1, 6):
            make.make_rt(kelurahan, rw, rt)
    return kelurahan


@pytest.fixture
def officer(place):
    return console_user(place)


def counts():
    """In one statement: PostgreSQL may yet be committing for a worker that is dead already."""
    tables = [getattr(model, "objects", model).model._meta.db_table for model in WRITTEN]
    asked = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return list(cursor.fetchone())


def content():
    """All that the registry says, whatever the keys of its rows are."""
    rows = Member.objects.order_by("nik_index").values("household__kk_index")
    names = [field.attname for field in Member._meta.concrete_fields if field.attname not in OWN]
    return list(rows.values(*names, "household__kk_index", "household__address"))


def uploaded(data, place, officer):
    batch = start_batch(data, name="data.xlsx", kelurahan=place, by=officer)
    return batch, import_jobs.ask_to_read(batch, by=officer)


def confirmed(batch, officer):
    batch.refresh_from_db()
    assert batch.status == BatchStatus.CHECKED
    batch = IMPORT_FLOW.apply("confirm", batch, by=officer)
    return batch, import_jobs.ask_to_apply(batch, by=officer)


def timed(job):
    start = time.perf_counter()
    jobs.run_job.func(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error_code
    return time.perf_counter() - start


def resumed(job):
    """What the next round of the worker does when a minute has passed without a sign of life."""
    job.refresh_from_db()
    if job.status != Job.Status.DONE:
        now = timezone.now()
        long_ago = now - 2 * jobs.STALE_AFTER
        Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago, created_at=long_ago)
        # What the import asks for afterwards, a search for people entered twice, may wait too.
        assert jobs.resume_stale(now) >= 1
        jobs.run_job.func(job.pk)
        job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error_code


def undone(batch, officer):
    batch.refresh_from_db()
    undo_batch(batch, by=officer, reason="salah berkas")
    assert counts() == [0] * len(WRITTEN)
    assert not ImportRow.objects.exists()


def undisturbed(data, place, officer):
    """The seconds of reading and of saving, and what the registry says in the end."""
    batch, job = uploaded(data, place, officer)
    reading = timed(job)
    batch, job = confirmed(batch, officer)
    saving = timed(job)
    said, sizes = content(), counts()
    undone(batch, officer)
    return reading, saving, (said, sizes)


def kill_one_import(data, place, officer, *, moments, expected):
    """Kill the worker once while it reads and once while it saves, resume, compare, undo."""
    batch, job = uploaded(data, place, officer)
    hit = [killed_after(moments[0], "job", job.pk)]
    assert counts() == [0] * len(WRITTEN), "reading writes nothing into the registry"
    resumed(job)
    batch, job = confirmed(batch, officer)
    hit.append(killed_after(moments[1], "job", job.pk))
    assert counts() in ([0] * len(WRITTEN), expected[1]), "all of it, or nothing"
    resumed(job)
    assert (content(), counts()) == expected
    undone(batch, officer)
    return hit


def kill_imports(place, officer, *, persons, rounds, seed):
    chance = random.Random(seed)
    data = workbook(list(people(persons)))
    reading, saving, expected = undisturbed(data, place, officer)
    hits = []
    for _round in range(rounds):
        moments = chance.uniform(0, reading), chance.uniform(0, saving)
        hits += kill_one_import(data, place, officer, moments=moments, expected=expected)
    assert check_trail() == []
    assert any(hits), "no process was killed at work"


def test_a_worker_that_is_killed_leaves_nothing_half_done_and_its_import_is_finished(
    place, officer
):
    kill_imports(place, officer, persons=200, rounds=2, seed=SEED)


@pytest.mark.drill
def test_twenty_workers_are_killed_at_random_moments_of_an_import(place, officer):
    kill_imports(place, officer, persons=3_000, rounds=10, seed=SEED + 1)


def kill_uploads(place, tmp_path, *, moments):
    staff = make.make_user("petugas", Role.STAFF, place)
    path = tmp_path / "data.xlsx"
    path.write_bytes(workbook(list(people(40))))
    for seconds in moments:
        killed_after(seconds, "upload", staff.pk, path)
        for batch in ImportBatch.objects.all():
            assert files.load(batch.source) == path.read_bytes()
            assert import_jobs.job_of(batch), "a batch that nobody would read"
    # A file without its row is nobody's: it goes, and those of the batches stay.
    files.remove_strays(timezone.now() + datetime.timedelta(days=2))
    kept = {file.name for file in settings.FILES_DIR.iterdir() if file.is_file()}
    documents = Document.objects.filter(removed_at__isnull=True)
    assert kept == {document.pk.hex for document in documents}


def test_a_web_server_that_is_killed_during_an_upload_leaves_a_whole_import_or_none(
    place, tmp_path
):
    kill_uploads(place, tmp_path, moments=[0.1])


@pytest.mark.drill
def test_ten_web_servers_are_killed_during_uploads(place, tmp_path):
    chance = random.Random(SEED)
    kill_uploads(place, tmp_path, moments=[chance.uniform(0, 1) for _round in range(10)])
