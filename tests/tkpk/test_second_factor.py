"""The second step: set up, asked for, required outside a demo, its secrets never in clear."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lurah():
    make_installation(demo=False)
    return make_user("lurah", Role.LURAH, make_kelurahan())


def code_now(secret: str) -> str:
    """The code of the key now; a code used a moment ago may be used again in a test."""
    cache.clear()
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def switch_on(client: Client) -> str:
    """Set the codes of the phone up as a person does; the key."""
    page = client.get("/akun/langkah-kedua/aktifkan/")
    secret = page.context["form"].secret
    answer = client.post("/akun/langkah-kedua/aktifkan/", {"code": code_now(secret)})
    assert answer.headers["Location"] == reverse("mfa_index")
    return secret


def test_outside_a_demo_work_begins_with_the_second_step(client, lurah):
    sign_in(client, lurah)
    for path in ("/kerja/", "/kelola/", "/akun/kode/terbitkan/1/"):
        assert client.get(path).headers["Location"] == reverse("mfa_index")
    assert client.get("/akun/").status_code == 200
    switch_on(client)
    assert client.get("/kerja/gaya/").status_code == 200


def test_a_demo_does_without(client):
    make_installation(demo=True)
    officer = make_user("petugas", Role.STAFF, make_kelurahan())
    sign_in(client, officer)
    assert client.get("/kerja/gaya/").status_code == 200


def test_the_page_shows_picture_and_key_and_asks_for_a_first_code(client, lurah):
    sign_in(client, lurah)
    page = client.get("/akun/langkah-kedua/aktifkan/")
    text = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in text
    assert page.context["form"].secret[:4] in text
    wrong = client.post("/akun/langkah-kedua/aktifkan/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not Authenticator.objects.exists()


def test_the_password_alone_no_longer_opens(client, lurah):
    sign_in(client, lurah)
    secret = switch_on(client)
    other = Client()
    answer = sign_in(other, lurah)
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert SESSION_KEY not in other.session
    assert other.get("/kerja/").headers["Location"].startswith("/akun/masuk/")
    assert other.post("/akun/masuk/langkah-kedua/", {"code": "123"}).status_code == 200
    assert SESSION_KEY not in other.session
    other.post("/akun/masuk/langkah-kedua/", {"code": code_now(secret)})
    assert SESSION_KEY in other.session


def test_leaving_at_the_second_step_asks_about_surveys_kept_on_the_device(client, lurah):
    sign_in(client, lurah)
    switch_on(client)
    other = Client()
    sign_in(other, lurah)
    page = other.get("/akun/masuk/langkah-kedua/").content.decode()
    # The same words and scripts as wherever else one signs out: what is unsent is not lost unseen.
    assert f'action="{reverse("account_logout")}"' in page
    assert f'id="survei-keluar" data-action="{reverse("account_logout")}"' in page
    assert "js/survey-store" in page
    assert "js/survey-signout" in page


def test_recovery_codes_of_the_first_release_still_open_once(client, lurah):
    sign_in(client, lurah)
    switch_on(client)
    code = RecoveryCodes.activate(lurah).get_unused_codes()[0]
    first, second = Client(), Client()
    sign_in(first, lurah)
    first.post("/akun/masuk/langkah-kedua/", {"code": code})
    assert SESSION_KEY in first.session
    sign_in(second, lurah)
    second.post("/akun/masuk/langkah-kedua/", {"code": code})
    assert SESSION_KEY not in second.session


def test_the_second_step_page_needs_the_first(client, lurah):
    assert client.get("/akun/masuk/langkah-kedua/").headers["Location"] == "/akun/masuk/"


def grow_old(client: Client) -> None:
    """As if the sign-in of this session lay an hour back."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def test_security_pages_ask_again_who_it_is(client, lurah):
    sign_in(client, lurah)
    grow_old(client)
    page = client.get("/akun/langkah-kedua/aktifkan/")
    assert page.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_switching_off_needs_a_fresh_proof(client, lurah):
    sign_in(client, lurah)
    secret = switch_on(client)
    grow_old(client)
    off = "/akun/langkah-kedua/matikan/"
    assert client.post(off).headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(type="totp").exists()
    wrong = {"code": "000000", "next": off}
    assert client.post("/akun/konfirmasi/kode/", wrong).status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    # The act that was held up is carried out by the proof.
    client.post("/akun/konfirmasi/kode/", {**wrong, "code": code_now(secret)})
    assert not Authenticator.objects.exists()


def test_no_secret_lies_in_clear(client, lurah):
    sign_in(client, lurah)
    secret = switch_on(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = " ".join(str(row) for row in cursor.fetchall())
    assert "secret" in stored
    assert secret not in stored
    assert settings.SECRET_KEY not in stored


def test_tries_and_used_codes_are_counted_for_all_processes_together(client, lurah):
    """Two workers share the counters: they lie in the database, not in a process."""
    backend = settings.CACHES[DEFAULT_CACHE_ALIAS]["BACKEND"]
    assert backend == "django.core.cache.backends.db.DatabaseCache"
    sign_in(client, lurah)
    secret = switch_on(client)
    first, second = Client(), Client()
    sign_in(first, lurah)
    sign_in(second, lurah)
    code = code_now(secret)
    first.post("/akun/masuk/langkah-kedua/", {"code": code})
    assert SESSION_KEY in first.session
    table = settings.CACHES[DEFAULT_CACHE_ALIAS]["LOCATION"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own name
        assert cursor.fetchone()[0] > 0
    # A second worker with nothing in its memory.
    other = caches.create_connection(DEFAULT_CACHE_ALIAS)
    assert other.get(f"allauth.mfa.totp.used?user={lurah.pk}&code={code}") == "y"
    second.post("/akun/masuk/langkah-kedua/", {"code": code})
    assert SESSION_KEY not in second.session


def test_after_ten_wrong_codes_the_right_one_waits_too(client, lurah):
    sign_in(client, lurah)
    secret = switch_on(client)
    other = Client()
    sign_in(other, lurah)
    code = code_now(secret)
    for _try in range(10):
        other.post("/akun/masuk/langkah-kedua/", {"code": "123"})
    answer = other.post("/akun/masuk/langkah-kedua/", {"code": code})
    assert answer.status_code == 200
    assert SESSION_KEY not in other.session


def test_setting_up_and_switching_off_are_trailed(client, lurah):
    sign_in(client, lurah)
    switch_on(client)
    client.post("/akun/langkah-kedua/matikan/")
    acts = TrailEntry.objects.order_by("number").values_list("process", "move")
    assert list(acts) == [("account", "phone_on"), ("account", "phone_off")]
