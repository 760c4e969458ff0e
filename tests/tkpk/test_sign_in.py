"""Signing in: by name or e-mail, one answer for every wrong pair, a lock that spares the office."""

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY, hashers
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from tests.factories import PASSWORD, make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in, text_of
from tkpk.adapters import lockout_name
from tkpk.roles import Role

LOGIN = "/akun/masuk/"
OFFICE, ELSEWHERE = "192.0.2.7", "198.51.100.9"

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan():
    make_installation()
    return make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return make_user("petugas", Role.STAFF, kelurahan, email="petugas@contoh.id")


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def attempt(client: Client, login: str, password: str, address: str = OFFICE):
    return client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address)


def test_the_page_opens_without_a_session(client, kelurahan):
    response = client.get(LOGIN)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("login", ["petugas", "PETUGAS", " petugas ", "petugas@contoh.id"])
def test_name_or_mail_and_password_open_the_workspace(client, officer, login):
    response = attempt(client, login, PASSWORD)
    assert response.headers["Location"] == reverse("work_home")
    assert is_in(client)


def test_every_wrong_pair_gets_the_same_answer(officer, kelurahan):
    make_user("pensiunan", Role.STAFF, kelurahan, is_active=False)
    answers = set()
    for login, password in [
        ("petugas", "salah-sekali"),
        ("petugas@contoh.id", "salah-sekali"),
        ("tidak-ada", "salah-sekali"),
        ("tidak@ada.id", "salah-sekali"),
        ("pensiunan", "salah-sekali"),
    ]:
        response = attempt(Client(), login, password)
        assert response.status_code == 200
        answers.add(text_of(response))
    assert len(answers) == 1


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(client, officer, monkeypatch):
    hashed = []
    hasher = type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda *args, **kw: hashed.append(1) or original(*args, **kw)
    )
    costs = {}
    for login in ("petugas", "petugas@contoh.id", "tidak-ada", "tidak@ada.id"):
        hashed.clear()
        attempt(client, login, "salah-sekali")
        costs[login] = len(hashed)
    assert set(costs.values()) == {1}


def test_a_person_without_a_password_cannot_sign_in(client, kelurahan):
    person = make_user("anggota", Role.TKPK_MEMBER, kelurahan)
    person.set_unusable_password()
    person.save()
    assert attempt(client, "anggota", "").status_code == 200
    assert attempt(client, "anggota", person.password).status_code == 200
    assert not is_in(client)


def test_five_failures_lock_the_name_at_this_address_and_say_how_long(client, officer):
    for _try in range(5):
        response = attempt(client, "petugas", "salah-sekali")
    assert response.status_code == 429
    right = attempt(client, "petugas", PASSWORD)
    assert right.status_code == 429
    assert "15" in text_of(right)
    assert reverse("reset_code_use") in right.content.decode()
    assert not is_in(client)


def test_the_lock_does_not_lock_the_office(officer, kelurahan):
    make_user("lurah", Role.LURAH, kelurahan)
    for _try in range(6):
        attempt(Client(), "petugas", "salah-sekali")
    colleague, same_person = Client(), Client()
    attempt(colleague, "lurah", PASSWORD)
    attempt(same_person, "petugas", PASSWORD, address=ELSEWHERE)
    assert is_in(colleague)
    assert is_in(same_person)


def test_a_forged_header_is_no_new_address(client, officer):
    for number in range(5):
        client.post(
            LOGIN,
            {"login": "petugas", "password": "salah-sekali"},
            headers={"x-forwarded-for": f"203.0.113.{number}", "x-real-ip": f"203.0.113.{number}"},
        )
    assert client.post(LOGIN, {"login": "petugas", "password": PASSWORD}).status_code == 429


def test_another_spelling_is_no_new_set_of_tries(client, officer):
    for login in ("petugas", "PETUGAS", "Petugas", " petugas", "pEtugas"):
        attempt(client, login, "salah-sekali")
    assert attempt(client, "petugas", PASSWORD).status_code == 429
    assert lockout_name(None, {"username": "kemantren"}) == lockout_name(
        None, {"username": "KEMANTREN "}
    )


def test_the_lock_ends_fifteen_minutes_after_the_fifth_failure(client, officer):
    for _try in range(5):
        attempt(client, "petugas", "salah-sekali")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=14))
    assert attempt(client, "petugas", PASSWORD).status_code == 429
    # The try a moment ago did not begin the quarter of an hour anew.
    newest = AccessAttempt.objects.latest("attempt_time").attempt_time
    assert newest < timezone.now() - timezone.timedelta(minutes=13)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=16))
    attempt(client, "petugas", PASSWORD)
    assert is_in(client)


def test_a_failure_stores_no_password_and_logs_no_name(client, officer, caplog):
    with caplog.at_level("INFO"):
        attempt(client, "petugas", "kata-yang-salah")
    stored = repr(list(AccessAttempt.objects.values()))
    assert "kata-yang-salah" not in stored
    assert "petugas" not in caplog.text
    assert OFFICE not in caplog.text


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/akun/perangkat/", "/akun/perangkat/"),
        ("https://jahat.example/", "/kerja/"),
        ("//jahat.example/", "/kerja/"),
        ("/\\jahat.example/", "/kerja/"),
        ("javascript:alert(1)", "/kerja/"),
    ],
)
def test_next_leads_inside_only(client, officer, wanted, led_to):
    response = client.post(LOGIN, {"login": "petugas", "password": PASSWORD, "next": wanted})
    assert response.headers["Location"] == led_to


def test_a_closed_page_leads_to_signing_in_and_back(client, officer):
    response = client.get("/akun/perangkat/")
    assert response.headers["Location"] == f"{LOGIN}?next=/akun/perangkat/"


def test_nobody_signs_up(client, kelurahan):
    for name in ("account_signup", "account_email", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/akun/daftar/").status_code == 404
    assert client.get("/akun/signup/").status_code == 404


def test_the_admin_screens_have_no_door_of_their_own(client, officer, kelurahan):
    page = client.get("/kelola/login/", follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)
    posted = client.post("/kelola/login/", {"username": "petugas", "password": PASSWORD})
    assert posted.status_code == 302
    assert not is_in(client)
    auditor = make_user("pengawas", Role.AUDITOR, kelurahan)
    sign_in(client, auditor)
    assert client.get("/kelola/login/").status_code == 403


def test_signing_out_asks_first_and_is_done_by_post(client, officer):
    sign_in(client, officer)
    assert client.get("/akun/keluar/").status_code == 200
    assert is_in(client)
    response = client.post("/akun/keluar/")
    assert response.status_code == 302
    assert not is_in(client)


def test_no_second_list_of_addresses_grows_beside_the_people(client, officer):
    attempt(client, "petugas@contoh.id", PASSWORD)
    Client().post("/akun/lupa-kata-sandi/", {"email": "petugas@contoh.id"})
    assert not EmailAddress.objects.exists()


OPEN_ACCOUNT_PAGES = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "reset_code_use",
    "setup",
}


def test_only_the_listed_account_pages_are_open():
    account = next(
        part for part in get_resolver().url_patterns if str(part.pattern).startswith("akun/")
    )
    open_pages = {
        page.name
        for page in account.url_patterns
        if not getattr(page.callback, "login_required", True)
    }
    assert open_pages == OPEN_ACCOUNT_PAGES
