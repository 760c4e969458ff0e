"""Passkeys without a browser: where they work, and answers that no honest browser sends.

The ceremony itself is walked through in tests/browser/test_sign_in.py.
"""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory

from tests.factories import PASSWORD, make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in, text_of
from tkpk import second_steps
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LOGIN = "/akun/masuk/kunci-sandi/"
ADD = "/akun/langkah-kedua/kunci-sandi/tambah/"
NONSENSE = [
    "", "null", "[]", '"x"', "1", "{", "{}", '{"response": null}',
    '{"response": {"userHandle": 1}}',
    '{"response": {"userHandle": "!!!"}, "rawId": "AA", "id": "AA", "type": "public-key"}',
    json.dumps(
        {
            "type": "public-key", "id": "AA", "rawId": "AA", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA",
                "attestationObject": "AA", "userHandle": "MQ",
            },
        }
    ),
]  # fmt: skip


@pytest.fixture
def lurah():
    make_installation(demo=False)
    return make_user("lurah", Role.LURAH, make_kelurahan())


@pytest.mark.parametrize(
    ("public_url", "host", "secure", "works"),
    [
        ("https://tkpk.contoh.id", "tkpk.contoh.id", True, True),
        ("https://tkpk.contoh.id", "tegalpanggung.tkpk.contoh.id", True, True),
        ("https://tkpk.contoh.id", "tkpk.contoh.id", False, False),
        ("https://tkpk.contoh.id", "lain.contoh.id", True, False),
        ("https://192.168.1.5", "192.168.1.5", True, False),
        ("http://192.168.1.5:8000", "192.168.1.5:8000", False, False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False, False),
        ("http://127.0.0.1:8000", "localhost:8000", False, True),
    ],
)
def test_passkeys_need_a_name_with_https_or_the_same_computer(
    settings, public_url, host, secure, works
):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public_url, ["*"]
    request = RequestFactory().get("/", HTTP_HOST=host, secure=secure)
    assert second_steps.passkeys_work_at(request) == works


def test_where_they_cannot_work_the_page_says_so_and_offers_the_card(client, lurah, settings):
    settings.ALLOWED_HOSTS = ["192.168.1.5"]
    client.post("/akun/masuk/", {"login": "lurah", "password": PASSWORD}, HTTP_HOST="192.168.1.5")
    for path in ("/akun/langkah-kedua/", ADD):
        page = client.get(path, HTTP_HOST="192.168.1.5")
        text = page.content.decode()
        assert "HTTPS" in text_of(page)
        assert "/akun/langkah-kedua/kartu/baru/" in text
        assert "data-passkey hidden" not in text
    assert (
        "data-passkey" not in Client().get("/akun/masuk/", HTTP_HOST="192.168.1.5").content.decode()
    )


def test_the_order_is_passkey_card_phone(client, lurah):
    sign_in(client, lurah)
    page = client.get("/akun/langkah-kedua/", HTTP_HOST="localhost").content.decode()
    places = [page.index(path) for path in (ADD, "/kartu/baru/", "/langkah-kedua/aktifkan/")]
    assert places == sorted(places)


def test_a_new_passkey_must_be_unlocked_by_its_owner_and_be_findable(client, lurah):
    sign_in(client, lurah)
    options = client.get(ADD, HTTP_HOST="localhost").context["js_data"]["creation_options"]
    asked = options["publicKey"]["authenticatorSelection"]
    assert asked["userVerification"] == "required"
    assert asked["residentKey"] == "required"
    assert options["publicKey"]["rp"]["id"] == "localhost"


def test_the_portals_own_name_is_asked_for_whatever_host_is_named(client, lurah, settings):
    settings.PUBLIC_URL = "https://tkpk.contoh.id"
    settings.ALLOWED_HOSTS = ["lain.contoh.id"]
    answer = client.get(LOGIN, HTTP_HOST="lain.contoh.id", HTTP_ACCEPT="application/json")
    assert answer.json()["request_options"]["publicKey"]["rpId"] == "tkpk.contoh.id"


def test_signing_in_without_a_password_asks_for_finger_or_pin(client, lurah):
    answer = client.get(LOGIN, HTTP_ACCEPT="application/json", HTTP_HOST="localhost").json()
    assert answer["request_options"]["publicKey"]["userVerification"] == "required"
    # Nothing in it tells who has a passkey.
    assert not answer["request_options"]["publicKey"].get("allowCredentials")


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_instead_of_an_answer_opens_nothing(client, lurah, sent):
    client.get(LOGIN, HTTP_ACCEPT="application/json")
    answer = client.post(LOGIN, {"credential": sent})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/akun/masuk/"
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_adds_nothing(client, lurah, sent):
    sign_in(client, lurah)
    client.get(ADD)
    assert client.post(ADD, {"credential": sent, "name": "x"}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_is_no_second_step(client, lurah, sent):
    Authenticator.objects.create(user=lurah, type="totp", data={"secret": "tersegel"})
    sign_in(client, lurah)
    answer = client.post("/akun/masuk/langkah-kedua/", {"credential": sent})
    assert answer.status_code == 200
    assert SESSION_KEY not in client.session


def test_nobody_removes_the_passkey_of_another(client, lurah):
    other = make_user("lain", Role.STAFF, make_kelurahan())
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x"})
    sign_in(client, lurah)
    assert client.post(f"/akun/langkah-kedua/kunci-sandi/{key.pk}/hapus/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
