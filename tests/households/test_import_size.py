"""Imports of a whole kelurahan: what a page and a job cost, however many the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.imports import jobs, preview
from households.imports.sealing import sealed_json, unsealed_json
from households.models import BatchStatus, FindingCode, HealthFinding, ImportRow, Member
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import pressing, uploading
from tkpk.keyring import keyring, using
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


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


def people(*rows):
    return file.xlsx(file.grid(rows))


def save(press, batch):
    press(batch, "import_step", "confirm", version=batch.version)
    assert batch.status == BatchStatus.APPLIED


MANY = 40_000


def test_a_preview_of_forty_thousand_rows_asks_the_same_and_shows_one_page(
    client, upload, monkeypatch
):
    def asked(address):
        with CaptureQueriesContext(connection) as found:
            answer = client.get(address)
        return len(found), answer.content.decode()

    batch = upload(people(file.person()))
    address = reverse("import_detail", args=[batch.pk])
    client.get(address)  # the first page of a session asks more
    first = asked(address)[0]
    _stage_again(batch, MANY)
    opened = []
    unsealed = preview.staged_content
    monkeypatch.setattr(preview, "staged_content", lambda row: opened.append(1) or unsealed(row))
    for query in ("", f"?lihat=baru&sesudah={MANY // 2}", f"?lihat=semua&sebelum={MANY}"):
        opened.clear()
        queries, shown = asked(address + query)
        assert queries == first
        assert len(opened) == preview.PAGE
        assert shown.count("PAK CONTOH") == preview.PAGE
        assert len(shown) < 200_000


def _stage_again(batch, count):
    """Its one row, so many times."""
    row = batch.rows.get()
    content = unsealed_json(row.blob, context=row.blob_context)
    fields = {
        field.attname: getattr(row, field.attname)
        for field in ImportRow._meta.concrete_fields
        if field.name not in {"id", "position", "blob"}
    }
    with using(keyring()):
        rows = [
            ImportRow(
                **fields,
                position=position,
                blob=sealed_json(content, context=ImportRow.context_of(batch.pk, position)),
            )
            for position in range(2, count + 1)
        ]
    ImportRow.objects.bulk_create(rows, batch_size=1_000)
    batch.counts = batch.counts | {"rows": count, "new": count}
    batch.save()


def test_whom_an_import_wrote_has_remarks_right_after_it(upload, press):
    batch = upload(people(file.person(), file.wife(tanggallahir="1972-03-02")))
    assert not HealthFinding.objects.exists()
    save(press, batch)
    [remark] = HealthFinding.objects.all()
    assert remark.code == FindingCode.NIK_BIRTH
    assert Member.objects.get(pk=remark.member_id).name == "BU CONTOH"
    save(press, upload(people(file.person(), file.wife())))
    assert not HealthFinding.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_remarks_after_an_import_cost_a_fixed_number_of_queries(
    upload, press, count, django_assert_num_queries
):
    batch = upload(people(*[file.person(), file.wife(), file.child()][:count]))
    save(press, batch)
    job = jobs.ask_for_remarks(batch, by=None)
    # The persons, what is kept about them, and a savepoint around its renewal.
    with django_assert_num_queries(4):
        jobs.check_imported(job)
