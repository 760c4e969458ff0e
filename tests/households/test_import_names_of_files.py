"""People name files and sheets by somebody's number: it reaches no log, address, trail or page."""

import logging
from pathlib import Path

import pytest
from django.urls import reverse

from households.models import BatchStatus, ColumnMapping
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.importing import pressing, uploading
from tkpk.models import Document, Job, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
KK = "3471040101150000"
WRITTEN = [KK, "3471 0401 0115 0000", "3471.0401.0115.0000", "3471-0401-0115-0000"]
DECILES = {
    "column0": "nik", "column1": "name", "column2": "decile", "purpose": "known",
    "registry_source": "DTSEN", "decile_as_of": "2026-10-01", "name": "Desil", "lembar": "0",
}  # fmt: skip


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    return uploading(client, django_capture_on_commit_callbacks)


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    return pressing(client, django_capture_on_commit_callbacks)


def kept_in_clear():
    """Whatever of an import lies in the database as plain text."""
    rows = [*Document.objects.values(), *TrailEntry.objects.values(), *Job.objects.values()]
    return repr(rows)


def shown(client, batch):
    pages = [
        reverse("import_list"),
        reverse("import_detail", args=[batch.pk]),
        reverse("work_home"),
    ]
    if batch.status == BatchStatus.NEEDS_COLUMNS:
        pages.append(reverse("import_columns", args=[batch.pk]))
    answers = [client.get(page, follow=True) for page in pages]
    addresses = repr([answer.redirect_chain for answer in answers])
    return addresses + "".join(answer.content.decode() for answer in answers)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("rows", ["population", "deciles", "no table"])
def test_a_number_in_the_name_of_a_file_or_of_its_sheet_goes_nowhere(
    client, upload, press, caplog, written, rows
):
    caplog.set_level(logging.DEBUG)
    data = {
        "population": file.xlsx(file.grid([file.person()]), names=[f"KK {written}"]),
        "deciles": file.xlsx(
            [lists.DECILE_HEADERS, [file.HEAD_NIK, "PAK CONTOH", 22]],
            [["catatan"], ["lain"]],
            names=[f"KK {written}", f"lain {written}"[:31]],
        ),
        "no table": b"\x89PNG",
    }[rows]
    batch = upload(data, f"keluarga {written}.xlsx")
    seen = shown(client, batch)
    if batch.status == BatchStatus.NEEDS_COLUMNS:
        press(batch, "import_columns", **DECILES)
        seen += shown(client, batch)
        assert written not in repr(ColumnMapping.objects.values("name", "signature_index"))
    assert "3471••••" in seen
    for text in (seen, kept_in_clear(), caplog.text, batch.problem, batch.file_name):
        assert written not in text
        assert KK not in text
    assert Path(Document.objects.get().name).stem == batch.code
