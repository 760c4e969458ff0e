"""My account: duties, language, and where I am signed in."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in, text_of
from tkpk.devices import device_words
from tkpk.roles import Role

DEVICES = "/akun/perangkat/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A035F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    make_installation()
    return make_user("petugas", Role.STAFF, make_kelurahan())


@pytest.fixture
def phone(officer):
    """A second session of the officer, on a telephone."""
    other = Client(headers={"user-agent": PHONE})
    sign_in(other, officer)
    return other


def is_in(client: Client) -> bool:
    return client.get("/akun/").status_code == 200


def test_the_account_page_says_who_i_am_and_what_i_may_do(client, officer):
    sign_in(client, officer)
    text = text_of(client.get("/akun/"))
    assert officer.name in text
    assert "Tegalpanggung" in text


def test_a_person_without_a_mandate_is_told_so(client, officer):
    sign_in(client, make_user("belum"))
    assert client.get("/akun/").context["duties"] == []


def test_the_language_is_kept_with_the_person_and_changes_staff_pages(client, officer):
    sign_in(client, officer)
    assert 'lang="id"' in client.get("/akun/").content.decode()
    client.post("/akun/bahasa/", {"language": "en"})
    assert 'lang="en"' in client.get("/akun/").content.decode()
    client.post("/akun/bahasa/", {"language": "xx"})
    officer.refresh_from_db()
    assert officer.language == "en"
    assert client.get("/akun/bahasa/").status_code == 405


def test_the_list_names_each_device_and_this_one(client, officer, phone):
    sign_in(client, officer)
    devices = client.get(DEVICES).context["devices"]
    assert {device.words for device in devices} == {"", "Chrome · Android"}
    assert [device.is_this for device in devices].count(True) == 1
    assert "127.0.0.1" in text_of(client.get(DEVICES))


def test_one_device_is_signed_out(client, officer, phone):
    sign_in(client, officer)
    devices = client.get(DEVICES).context["devices"]
    other = next(device.session.pk for device in devices if not device.is_this)
    assert client.get(f"{DEVICES}{other}/akhiri/").status_code == 405
    client.post(f"{DEVICES}{other}/akhiri/")
    assert not is_in(phone)
    assert is_in(client)


def test_a_device_of_somebody_else_is_not_found(client, officer, phone):
    pk = phone.get(DEVICES).context["devices"][0].session.pk
    sign_in(client, make_user("lain", Role.LURAH, make_kelurahan()))
    assert client.post(f"{DEVICES}{pk}/akhiri/").status_code == 404
    assert is_in(phone)


def test_all_others_or_all_are_signed_out(client, officer, phone):
    sign_in(client, officer)
    bystander = Client()
    sign_in(bystander, make_user("lain", Role.LURAH, make_kelurahan()))
    client.post(f"{DEVICES}akhiri/", {"scope": "others"})
    assert not is_in(phone)
    assert is_in(client)
    sign_in(phone, officer)
    client.post(f"{DEVICES}akhiri/", {"scope": "all"})
    assert not is_in(phone)
    assert not is_in(client)
    assert SESSION_KEY not in client.session
    assert is_in(bystander)


def test_reading_the_list_changes_nothing(client, officer, phone):
    sign_in(client, officer)
    phone.session.flush()
    before = client.get(DEVICES).context["devices"]
    assert len(before) == 1
    with_writes = [
        query
        for query in _queries(client)
        if query.split(" ", 1)[0] in {"INSERT", "UPDATE", "DELETE"}
    ]
    assert with_writes == []


def _queries(client: Client) -> list[str]:

    with CaptureQueriesContext(connection) as captured:
        client.get(DEVICES)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PHONE, "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604.1", "Safari · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_in_words(user_agent, words):
    assert device_words(user_agent) == words
