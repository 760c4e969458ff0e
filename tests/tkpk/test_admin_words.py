"""Admin screens speak to people: no code names, and nothing that the security policy blocks."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from households.families import reveal_identifier
from programs.content_loader import load_profile
from programs.models import ProfileSection
from tests import factories
from tkpk.models import AccessLog, TrailEntry
from tkpk.registry import registry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def place(client):
    factories.make_installation()
    kelurahan = factories.make_kelurahan()
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    client.force_login(user, BACKEND)
    return kelurahan


def test_the_trail_and_the_access_log_name_rows_by_words(client, place):
    officer = factories.make_user("petugas", Role.STAFF, place)
    family = factories.make_family(factories.make_rt(place), by=officer)
    AccessLog.objects.create(
        kelurahan=place, by=officer, subject=family._meta.label_lower, subject_id=family.pk
    )
    for name in ("trailentry", "accesslog"):
        page = client.get(reverse(f"admin:tkpk_{name}_changelist")).content.decode()
        assert "households.household" not in page
    assert f">{family.pk}<" in page


def test_the_export_of_places_has_no_inline_script(client, place):
    address = reverse("admin:tkpk_territory_export")
    page = client.get(address).content.decode()
    assert "onchange=" not in page
    answer = client.post(address, {"format": "1", "resource": ""})
    assert place.code in answer.content.decode()


def test_a_file_of_places_is_previewed_without_inline_styles(client, place):
    lines = ["code,level,name,kampung", f"{place.code}.001,RW,RW 01,Tukangan"]
    answer = _upload(client, lines)
    assert "Tukangan" in answer
    assert "style=" not in answer.split("import-preview")[1].split("</table>")[0]


def test_an_unknown_level_is_explained(client, place):
    assert "KEMANTREN" in _upload(client, ["code,level,name", f"{place.code}.001,XX,RW 01"])


def _upload(client, lines):
    file = SimpleUploadedFile("wilayah.csv", "\n".join(lines).encode(), "text/csv")
    address = reverse("admin:tkpk_territory_import")
    return client.post(address, {"import_file": file, "format": "1"}).content.decode()


def test_the_history_of_a_section_says_no_none(client, place):
    officer = factories.make_user("petugas", Role.STAFF, place)
    with transaction.atomic():
        load_profile(place, by=officer)
    client.force_login(officer, BACKEND)
    section = ProfileSection.objects.first()
    page = client.get(reverse("admin:programs_profilesection_history", args=[section.pk]))
    assert "None" not in page.content.decode().split('id="change-history"')[1]


def test_every_act_that_the_code_records_has_words():
    recorded = set()
    for path in (settings.BASE_DIR / app for app in ("tkpk", "households", "units", "programs")):
        for source in path.rglob("*.py"):
            text = source.read_text(encoding="utf-8")
            recorded |= set(re.findall(r'process="(\w+)",\s+move="(\w+)"', text))
    assert len(recorded) >= 5
    unnamed = [
        (process, move)
        for process, move in recorded
        if (process, move) not in registry.act_words
        and move not in getattr(registry.workflows.get(process), "moves", {})
    ]
    assert unnamed == []


def test_an_entry_of_the_trail_reads_in_words_and_links_to_nobody(client, place):
    officer = factories.make_user("petugas", Role.STAFF, place)
    family = factories.make_family(factories.make_rt(place), by=officer)
    reveal_identifier(family, by=officer, reason="Dicocokkan dengan kartu")
    entry = TrailEntry.objects.get(process="identifier")
    page = client.get(reverse("admin:tkpk_trailentry_change", args=[entry.pk])).content.decode()
    for word in ("Nomor lengkap", "Nomor KK ditampilkan", officer.name, "Sidik"):
        assert word in page, word
    for code in ("reveal_kk", "identifier", "households.household", "Previous hash"):
        assert code not in page, code
    assert reverse("admin:tkpk_user_change", args=[officer.pk]) not in page


def test_the_trail_is_filtered_by_the_words_of_a_process(client, place):
    address = reverse("admin:tkpk_trailentry_changelist")
    assert client.get(address, {"process": "identifier"}).status_code == 200
    assert "Nomor lengkap" in client.get(address).content.decode()


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_says_so_on_every_surface(client, demo):
    factories.make_installation(demo=demo)
    kelurahan = factories.make_kelurahan()
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "tersegel"})
    client.force_login(user, BACKEND)
    for path in ("/", "/kerja/", "/kelola/", "/kelola/tkpk/mandate/", "/akun/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert ("demo-banner" in page.content.decode()) == demo, path
