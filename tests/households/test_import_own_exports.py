"""What the registry writes out, it reads back: in either language, by itself and when mapped."""

import pytest
from django.utils import translation

from households.imports.column_choice import ask_for_columns
from households.imports.sheet_notes import note_of
from households.models import BatchStatus, Household, Member
from households.resources import FamilyResource, PersonResource
from tests import factories as make
from tests.households.importing import uploading
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LANGUAGES = ["id", "en"]


@pytest.fixture
def place():
    make.make_installation()
    return make.make_kelurahan()


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def families(place, officer):
    for head in ("PAK CONTOH", "BU CONTOH"):
        make.make_family(make.make_rt(place), by=officer, head=head, others=2)
    for member, name in zip(Member.objects.order_by("pk"), "ABCDEF", strict=True):
        Member.objects.filter(pk=member.pk).update(name=f"ORANG {name}")
    return Household.objects.all()


def taken_out(resource, families, language):
    with translation.override(language):
        return b"".join(resource(numbers=True).stream(families))


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    return uploading(client, django_capture_on_commit_callbacks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_persons_taken_out_come_back_by_themselves_and_change_nothing(upload, families, language):
    batch = upload(taken_out(PersonResource, families, language), "orang.xlsx")
    assert (batch.status, batch.problem) == (BatchStatus.CHECKED, "")
    assert batch.counts["refused"] == 0
    assert batch.counts["unchanged"] == batch.counts["rows"] == Member.objects.count() == 6


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("resource", [FamilyResource, PersonResource])
def test_the_columns_of_an_export_are_offered_by_their_own_names(families, resource, language):
    asked = ask_for_columns(taken_out(resource, families, language), name="ekspor.xlsx")
    offered = {column.header: column.field for column in note_of(asked.sheets[0]).columns}
    with translation.override(language):
        fields = {str(f.verbose_name): f.name for f in resource._meta.model._meta.fields}
    wrong = {
        header: field
        for header, field in offered.items()
        if field and fields.get(header[:1].lower() + header[1:], field) != field
    }
    assert not wrong
    lost = {"status", "status_on"}
    left = [
        header
        for header, field in offered.items()
        if not field and fields.get(header[:1].lower() + header[1:], "status") not in lost
    ]
    assert left == []
