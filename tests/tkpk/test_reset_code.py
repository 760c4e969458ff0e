"""A new password: by an administrator's one-time code, or by a link in a mail."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from tests.factories import (
    PASSWORD,
    SURYATMAJAN,
    make_installation,
    make_kelurahan,
    make_user,
)
from tests.tkpk.signing_in import sign_in, text_of
from tkpk import reset_codes
from tkpk.models import Mandate, OutgoingMail, ResetCode, TrailEntry
from tkpk.roles import Role

NEW = "empat kata yang panjang"
USE = "/akun/kode/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    make_installation()
    return make_kelurahan()


@pytest.fixture(autouse=True)
def _real_outbox(settings):
    settings.EMAIL_BACKEND = "tkpk.outbox.OutboxBackend"


@pytest.fixture
def admin(kelurahan):
    return make_user("admin", Role.ADMIN, kelurahan)


@pytest.fixture
def officer(kelurahan):
    return make_user("petugas", Role.STAFF, kelurahan, email="petugas@contoh.id")


def use(code: str, name: str = "petugas", first: str = NEW, second: str = NEW, client=None):
    fields = {"username": name, "code": code, "password1": first, "password2": second}
    return (client or Client()).post(USE, fields)


# --- issuing ---------------------------------------------------------------------------------


def test_a_code_is_readable_aloud_stored_as_a_hash_and_trailed(admin, officer):
    code = reset_codes.issue(officer, by=admin)
    assert re.fullmatch("[A-HJ-NP-Z2-9]{10}", code)
    row = ResetCode.objects.get()
    assert code not in row.code_hash
    assert row.expires_at - row.issued_at <= timezone.timedelta(minutes=15)
    entry = TrailEntry.objects.get(process="account", move="issue_reset_code")
    assert (entry.by, entry.subject_id) == (admin, officer.pk)
    assert entry.role == Role.ADMIN


def test_only_an_administrator_of_all_their_places_issues(admin, officer, kelurahan):
    elsewhere = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    stranger = make_user("adminlain", Role.ADMIN, elsewhere)
    above = make_user("kemantren", Role.KEMANTREN, kelurahan.parent)
    nobody = make_user("belum")
    for person, by in [
        (officer, officer),
        (officer, make_user("lurah", Role.LURAH, kelurahan)),
        (officer, stranger),
        (above, admin),
        (nobody, admin),
        (admin, admin),
    ]:
        with pytest.raises(PermissionDenied):
            reset_codes.issue(person, by=by)
    yesterday = timezone.localdate() - timezone.timedelta(1)
    Mandate.objects.filter(user=admin).update(ends_on=yesterday)
    with pytest.raises(PermissionDenied):
        reset_codes.issue(officer, by=admin)


def test_the_page_shows_the_code_once_by_post_only(client, admin, officer):
    sign_in(client, admin)
    path = f"{USE}terbitkan/{officer.pk}/"
    assert client.get(path).status_code == 405
    page = client.post(path)
    code = re.search("[A-HJ-NP-Z2-9]{5}-[A-HJ-NP-Z2-9]{5}", page.content.decode()).group()
    assert "no-store" in page["Cache-Control"]
    assert use(code.lower()).status_code == 302


def test_the_page_is_not_there_for_others(client, admin, officer, kelurahan):
    lurah = make_user("lurah", Role.LURAH, kelurahan)
    sign_in(client, lurah)
    assert client.post(f"{USE}terbitkan/{officer.pk}/").status_code == 404
    assert not ResetCode.objects.exists()


def test_issuing_asks_again_who_it_is_after_a_while(client, admin, officer):
    sign_in(client, admin)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    page = client.post(f"{USE}terbitkan/{officer.pk}/")
    assert page.headers["Location"].startswith("/akun/konfirmasi/")
    assert not ResetCode.objects.exists()


# --- using -----------------------------------------------------------------------------------


def test_the_code_sets_the_password_once_and_ends_every_session(client, admin, officer):
    sign_in(client, officer)
    code = reset_codes.issue(officer, by=admin)
    assert use(code).headers["Location"] == "/akun/masuk/"
    assert client.get("/akun/").status_code == 302
    fresh = Client()
    sign_in(fresh, officer, NEW)
    assert SESSION_KEY in fresh.session
    assert TrailEntry.objects.filter(move="use_reset_code", by=officer).count() == 1
    assert use(code).status_code == 200


def test_a_code_gives_a_first_password_too(admin, kelurahan):
    person = make_user("baru", Role.STAFF, kelurahan)
    person.set_unusable_password()
    person.save()
    assert use(reset_codes.issue(person, by=admin), "baru").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_every_wrong_combination_gets_the_same_answer(admin, officer, kelurahan):
    other = make_user("lurah", Role.LURAH, kelurahan)
    code = reset_codes.issue(officer, by=admin)
    reset_codes.issue(other, by=admin)
    answers = set()
    for name, tried in [("petugas", "AAAAAAAAAA"), ("bukanorang", code), ("lurah", code)]:
        response = use(tried, name)
        assert response.status_code == 200
        answers.add(text_of(response))
    assert len(answers) == 1


def test_a_new_code_voids_the_older(admin, officer):
    old = reset_codes.issue(officer, by=admin)
    new = reset_codes.issue(officer, by=admin)
    assert reset_codes.redeem("petugas", old, NEW) is None
    assert reset_codes.redeem("petugas", new, NEW) == officer
    assert reset_codes.redeem("petugas", old, NEW) is None


def test_a_code_dies_after_fifteen_minutes(admin, officer):
    code = reset_codes.issue(officer, by=admin)
    ResetCode.objects.update(expires_at=timezone.now())
    assert reset_codes.redeem("petugas", code, NEW) is None


def test_a_code_bears_five_tries(admin, officer):
    code = reset_codes.issue(officer, by=admin)
    for _try in range(5):
        assert reset_codes.redeem("petugas", "AAAAAAAAAA", NEW) is None
    assert reset_codes.redeem("petugas", code, NEW) is None


def test_a_closed_account_stays_closed(admin, officer):
    code = reset_codes.issue(officer, by=admin)
    officer.is_active = False
    officer.save()
    assert reset_codes.redeem("petugas", code, NEW) is None


def test_a_weak_or_mistyped_password_keeps_the_code_good(admin, officer):
    code = reset_codes.issue(officer, by=admin)
    assert use(code, first="pendek", second="pendek").status_code == 200
    assert use(code, second="lain sama sekali").status_code == 200
    with pytest.raises(ValidationError):
        reset_codes.redeem("petugas", code, "petugas@contoh.id")
    assert use(code).status_code == 302


def test_the_page_slows_a_guesser_down(client, officer):
    answers = [use("AAAAAAAAAA", client=client).status_code for _try in range(32)]
    assert answers[0] == 200
    assert answers[-1] == 429


# --- by mail ---------------------------------------------------------------------------------


def ask(client: Client, email: str):
    return client.post("/akun/lupa-kata-sandi/", {"email": email}, follow=True)


def link_in(mail: OutgoingMail) -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/akun/\S+)", mail.body).group(1)


def test_the_answer_never_says_whether_the_address_is_known(officer):
    known, unknown = ask(Client(), "petugas@contoh.id"), ask(Client(), "tidak@ada.id")
    assert known.redirect_chain == unknown.redirect_chain
    assert text_of(known) == text_of(unknown)
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["petugas@contoh.id"]


def test_the_mail_names_nobody_in_its_subject_and_leads_to_our_own_address(officer, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    Client().post(
        "/akun/lupa-kata-sandi/", {"email": "PETUGAS@contoh.id"}, headers={"host": "localhost"}
    )
    mail = OutgoingMail.objects.get()
    assert officer.name not in mail.subject
    assert "contoh.id" not in mail.subject
    assert link_in(mail)
    assert "&#" not in mail.body


def test_a_request_under_another_name_of_host_is_refused_with_a_page(client, officer):
    page = client.get("/akun/masuk/", headers={"host": "jahat.example"})
    assert page.status_code == 400
    assert "Portal TKPK" in page.content.decode()


def test_the_link_sets_the_password_once_and_ends_every_session(client, officer):
    sign_in(client, officer)
    ask(Client(), "petugas@contoh.id")
    link = link_in(OutgoingMail.objects.get())
    visitor = Client()
    page = visitor.get(link)
    form_page = page.headers["Location"]
    # The secret does not stay in the address, where it could leak.
    assert link.rsplit("-", 1)[1] not in form_page
    assert visitor.get(form_page).status_code == 200
    done = visitor.post(form_page, {"password1": NEW, "password2": NEW}, follow=True)
    assert done.status_code == 200
    assert client.get("/akun/").status_code == 302
    fresh = Client()
    sign_in(fresh, officer, NEW)
    assert SESSION_KEY in fresh.session
    used = Client().get(link)
    assert used.status_code == 200
    assert "password1" not in used.content.decode()


def test_a_holder_without_a_login_gets_no_link(kelurahan):
    person = make_user("anggota", Role.TKPK_MEMBER, kelurahan, email="anggota@contoh.id")
    person.set_unusable_password()
    person.save()
    ask(Client(), "anggota@contoh.id")
    assert not OutgoingMail.objects.exists()


def test_the_old_password_is_asked_for_a_change(client, officer):
    sign_in(client, officer)
    wrong = {"oldpassword": "salah", "password1": NEW, "password2": NEW}
    assert client.post("/akun/kata-sandi/", wrong).status_code == 200
    other = Client()
    sign_in(other, officer)
    client.post("/akun/kata-sandi/", {**wrong, "oldpassword": PASSWORD})
    assert client.get("/akun/").status_code == 200
    assert other.get("/akun/").status_code == 302
