"""What was typed when the session had ended comes back to its writer, and to nobody else."""

from urllib.parse import quote

import pytest
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template import engines
from django.test import Client
from django.urls import path, reverse

from tests.factories import make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in
from tkpk import drafts
from tkpk.models import Draft
from tkpk.roles import Role
from tkpk.urls import urlpatterns as real_urls

FORM = "/kerja/uji-isian/"
NIK = "3471044107800000"
handler400 = "tkpk.views.errors.bad_request"


class NoteForm(forms.Form):
    """A form as staff pages have them."""

    nik = forms.CharField()
    note = forms.CharField()


def note_page(request):
    """A staff page: gives a draft back, and saves nothing in this test."""
    if request.method not in {"GET", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method == "POST":
        return HttpResponse("tersimpan")
    form = NoteForm(drafts.restore(request))
    template = engines["django"].from_string(
        "{% load drafts %}{% include 'parts/messages.html' %}<form>{% draft_token %}{{ form }}"
    )
    return HttpResponse(template.render({"form": form}, request))


urlpatterns = [path(FORM[1:], login_required(note_page)), *real_urls]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def officer():
    make_installation()
    return make_user("petugas", Role.STAFF, make_kelurahan())


def token_of(page) -> str:
    return page.content.decode().split(f'name="{drafts.FIELD}" value="')[1].split('"')[0]


def typed(token: str, **fields) -> dict:
    return {"nik": NIK, "note": "Rumah kontrak", drafts.FIELD: token, **fields}


@pytest.fixture
def opened(client, officer):
    """The token of a form that the officer has open, in a session that then ends."""
    sign_in(client, officer)
    token = token_of(client.get(FORM))
    client.session.flush()
    return token


def test_what_was_typed_without_a_session_comes_back_once(client, officer, opened):
    away = client.post(FORM, typed(opened))
    assert away.headers["Location"] == f"/akun/masuk/?next={quote(FORM)}"
    page = client.get(away.headers["Location"])
    assert page.context["messages"]
    sign_in(client, officer)
    back = client.get(FORM)
    assert NIK in back.content.decode()
    assert "Rumah kontrak" in back.content.decode()
    assert not Draft.objects.exists()
    assert NIK not in client.get(FORM).content.decode()


def test_another_person_never_gets_it(client, officer, opened):
    client.post(FORM, typed(opened))
    other = make_user("lain", Role.STAFF, make_kelurahan())
    sign_in(client, other)
    assert NIK not in client.get(FORM).content.decode()
    assert Draft.objects.get().user == officer


def test_it_lies_encrypted(client, officer, opened):
    client.post(FORM, typed(opened))
    with connection.cursor() as cursor:
        cursor.execute("SELECT blob FROM tkpk_draft")
        blob = bytes(cursor.fetchone()[0])
    assert NIK.encode() not in blob
    assert b"Rumah" not in blob


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_installation_hold_no_typed_nik(client, officer, opened, settings):
    client.post(FORM, typed(opened))
    assert Draft.objects.exists()
    files = [file for file in settings.VAR_DIR.rglob("*") if file.is_file()]
    if connection.vendor == "sqlite":
        assert any(".sqlite3" in file.name for file in files)  # xdist adds a suffix
    for file in files:
        assert NIK.encode() not in file.read_bytes(), file


def test_passwords_tokens_and_files_are_not_kept(client, officer, opened):
    file = SimpleUploadedFile("kk.csv", b"3471000000000000")
    client.post(FORM, typed(opened, password="rahasia", csrfmiddlewaretoken="x", berkas=file))
    draft = Draft.objects.get()
    kept = drafts.unseal(bytes(draft.blob), context=drafts.context(draft)).decode()
    assert "note" in kept
    for word in ("rahasia", "csrf", drafts.FIELD, "berkas"):
        assert word not in kept


def test_only_the_last_one_of_a_form_is_kept(client, officer, opened):
    client.post(FORM, typed(opened))
    client.post(FORM, typed(opened, note="Rumah sendiri"))
    assert Draft.objects.count() == 1
    sign_in(client, officer)
    assert "Rumah sendiri" in client.get(FORM).content.decode()


def test_without_a_valid_token_nothing_is_kept(client, officer, opened):
    other_path = signing.dumps({"user": officer.pk, "path": "/kerja/"}, salt=drafts.SALT)
    other_salt = signing.dumps({"user": officer.pk, "path": FORM}, salt="lain")
    body, _colon, signature = opened.rpartition(":")
    altered = f"{body}:{signature[::-1]}"  # always another one, whatever it ends in
    for token in ("", "x", altered, other_path, other_salt):
        client.post(FORM, typed(token))
    assert not Draft.objects.exists()


def test_a_flood_is_not_kept(client, officer, opened):
    client.post(FORM, typed(opened, note="x" * (drafts.LIMIT_BYTES + 1)))
    assert not Draft.objects.exists()


def test_a_form_from_before_the_sign_in_comes_back_filled(officer):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(officer)
    token = token_of(careful.get(FORM))
    answer = careful.post(FORM, typed(token, csrfmiddlewaretoken="alt" * 20))
    assert answer.headers["Location"] == FORM
    back = careful.get(FORM)
    assert "Rumah kontrak" in back.content.decode()
    assert NIK in back.content.decode()


def test_a_form_of_somebody_else_is_neither_sent_nor_shown(officer):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(officer)
    token = token_of(careful.get(FORM))
    other = make_user("lain", Role.STAFF, make_kelurahan())
    careful.force_login(other)
    answer = careful.post(FORM, typed(token, csrfmiddlewaretoken="alt" * 20))
    assert answer.headers["Location"] == reverse("work_home")
    assert NIK not in careful.get(FORM).content.decode()
    assert Draft.objects.get().user == officer


def test_without_a_token_a_stale_form_is_refused_with_a_page(officer):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(officer)
    answer = careful.post(FORM, {"nik": NIK})
    assert answer.status_code == 403
    assert NIK not in answer.content.decode()


def test_a_stranger_gets_no_token(rf):
    request = rf.get(FORM)
    request.user = AnonymousUser()
    shown = engines["django"].from_string("{% load drafts %}{% draft_token %}").render({}, request)
    assert shown == ""
