"""What undo takes back, and what lies on the disk."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from households.imports.checking import close_batch
from households.imports.jobs import forget_imports
from households.imports.undoing import BuiltUpon, undo_batch
from households.models import (
    BatchStatus,
    Household,
    ImportChange,
    ImportRow,
    Member,
)
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import OTHER_KK, applied, checked, everything
from tkpk.console import console_user
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return console_user(place)


def test_undo_of_new_people_leaves_nothing(place, officer):
    batch = applied(place, officer, file.person(), file.wife())
    undone = undo_batch(batch, by=officer, reason="salah berkas")
    assert undone.status == BatchStatus.UNDONE
    models = (Member, Household, Member.history, Household.history, ImportRow, ImportChange)
    counts = [getattr(model, "objects", model).count() for model in models]
    assert counts == [0] * 6
    assert check_trail() == []


def test_undo_gives_every_old_value_back(place, officer):
    applied(place, officer, file.person(akta_lahir="AL-1", alamat="Jl. Satu"), file.child())
    before = everything(Member), everything(Household)
    batch = applied(
        place,
        officer,
        file.person(akta_lahir="AL-2", nama="PAK BARU", alamat="Jl. Dua", kk_level="2"),
        file.wife(kk_level="1"),
        file.child(status_dasar="2"),
    )
    assert (everything(Member), everything(Household)) != before
    undo_batch(batch, by=officer, reason="salah berkas")
    assert (everything(Member), everything(Household)) == before
    assert check_trail() == []


def test_undo_refuses_when_a_row_was_edited_later_and_names_its_code(place, officer):
    batch = applied(place, officer, file.person())
    member = Member.objects.get()
    member.version += 1
    member.save()
    with pytest.raises(BuiltUpon) as caught:
        undo_batch(batch, by=officer, reason="salah berkas")
    assert member.code in caught.value.message
    assert member.name not in caught.value.message
    assert Member.objects.count() == 1


def test_two_imports_are_undone_one_after_the_other_the_last_one_first(place, officer):
    first = applied(place, officer, file.person(), file.wife())
    second = applied(place, officer, file.person(nama="PAK LAIN"), file.wife(), file.child())
    with pytest.raises(BuiltUpon):
        undo_batch(first, by=officer, reason="salah berkas")
    undo_batch(second, by=officer, reason="salah berkas")
    undo_batch(first, by=officer, reason="salah berkas")
    assert not Member.objects.exists()
    assert check_trail() == []


def test_a_person_whose_state_the_trail_has_sealed_is_not_deleted_by_an_undo(place, officer):
    first = applied(place, officer, file.person(), file.child())
    second = applied(place, officer, file.person(), file.child(status_dasar="2"))
    undo_batch(second, by=officer, reason="salah berkas")
    with pytest.raises(BuiltUpon):
        undo_batch(first, by=officer, reason="salah berkas")
    assert check_trail() == []


def test_undo_refuses_when_something_else_points_to_a_created_row(place, officer):
    batch = applied(place, officer, file.person())
    family = Household.objects.get()
    make.make_member(family, "ANAK BARU", by=officer)
    with pytest.raises(BuiltUpon) as caught:
        undo_batch(batch, by=officer, reason="salah berkas")
    assert caught.value.codes == [family.code]


# --- files and secrecy -------------------------------------------------------------------------


def test_source_and_staged_rows_go_thirty_days_after_closing(place, officer):
    batch = applied(place, officer, file.person())
    forget_imports(timezone.now() + datetime.timedelta(days=29))
    assert ImportRow.objects.exists()
    forget_imports(timezone.now() + datetime.timedelta(days=31))
    batch.source.refresh_from_db()
    assert batch.source.removed_at is not None
    assert not ImportRow.objects.exists()
    assert len(batch.source_sha256) == 64


@pytest.mark.django_db(transaction=True)
def test_no_number_of_a_person_lies_in_clear_under_var(place, officer):
    numbers = [file.HEAD_NIK, file.WIFE_NIK, file.KK]
    applied(place, officer, file.person(dusun=f"KAMPUNG {file.HEAD_NIK}"[:20]))
    checked(place, officer, file.wife(no_kk=OTHER_KK, kk_level="1", tanggallahir="31/02/1972"))
    checked(place, officer, file.person(dusun=file.WIFE_NIK, rw="-", rt="-"))
    close_batch("discard", checked(place, officer, file.person(sex="9")), by=officer)
    if connection.vendor == "sqlite":
        files = [path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()]
        assert any(path.name.startswith("test.sqlite3") for path in files)
        for path in files:
            content = path.read_bytes()
            assert [n for n in numbers if n.encode() in content] == [], path.name
