"""Signing in and the first set-up, on a phone and on a desktop, as people do it."""

import base64
import hashlib
import hmac
import struct
import time

import pytest

from tests.factories import PASSWORD, make_installation, make_kelurahan, make_user
from tkpk import reset_codes, setup_link
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "empat kata yang panjang"


def press(page):
    page.locator(".form-actions button.btn-primary").click()


def code_now(secret: str) -> str:
    """The six digits of an authenticator app, by RFC 6238 and not by the code under test."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(page, name: str, password: str):
    page.goto("/akun/masuk/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    press(page)


@pytest.mark.parametrize(
    "path",
    [
        "/akun/masuk/",
        "/akun/kode/",
        "/akun/lupa-kata-sandi/",
        "/akun/lupa-kata-sandi/terkirim/",
        "/akun/lupa-kata-sandi/selesai/",
        "/akun/lupa-kata-sandi/1-abc/",
        "/akun/masuk/nonaktif/",
    ],
)
def test_the_pages_before_signing_in_are_accessible(page_at, assert_accessible, path):
    make_installation()
    make_kelurahan()
    page_at.goto(path)
    assert_accessible(page_at)


def test_the_pages_of_the_own_account_are_accessible(page_at, assert_accessible):
    make_installation()
    make_user("petugas", Role.STAFF, make_kelurahan())
    sign_in(page_at, "petugas", "salah-sekali")
    assert_accessible(page_at)
    sign_in(page_at, "petugas", PASSWORD)
    for path in ("", "perangkat/", "kata-sandi/", "langkah-kedua/", "keluar/", "konfirmasi/"):
        page_at.goto(f"/akun/{path}")
        assert_accessible(page_at)


def test_the_second_step_is_set_up_and_asked_for(page_at, assert_accessible):
    make_installation(demo=False)
    make_user("petugas", Role.STAFF, make_kelurahan())
    sign_in(page_at, "petugas", PASSWORD)
    page_at.wait_for_url("**/akun/langkah-kedua/")
    page_at.goto("/akun/langkah-kedua/aktifkan/")
    assert_accessible(page_at)
    secret = page_at.inner_text(".key-groups")
    page_at.fill("[name=code]", code_now(secret))
    press(page_at)
    page_at.wait_for_url("**/akun/langkah-kedua/")
    assert_accessible(page_at)
    page_at.goto("/akun/langkah-kedua/matikan/")
    assert_accessible(page_at)
    page_at.goto("/akun/keluar/")
    press(page_at)
    # What surveys left on the phone is wiped first.
    page_at.wait_for_url(lambda url: "/akun/keluar/" not in url)
    sign_in(page_at, "petugas", PASSWORD)
    page_at.wait_for_url("**/masuk/langkah-kedua/")
    assert_accessible(page_at)


def test_a_code_from_the_administrator_lets_in(phone, assert_accessible):
    make_installation()
    kelurahan = make_kelurahan()
    admin = make_user("admin", Role.ADMIN, kelurahan)
    officer = make_user("petugas", Role.STAFF, kelurahan)
    code = reset_codes.issue(officer, by=admin)
    phone.goto("/akun/kode/")
    for value in ("AAAAA-AAAAA", f" {code[:5].lower()}-{code[5:]}"):
        phone.fill("[name=username]", "petugas")
        phone.fill("[name=code]", value)
        phone.fill("[name=password1]", NEW)
        phone.fill("[name=password2]", NEW)
        press(phone)
        assert_accessible(phone)
    sign_in(phone, "petugas", NEW)
    phone.wait_for_url("**/kerja/")


def test_the_set_up_is_walked_through(page_at, assert_accessible, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    page_at.goto(setup_link.setup_url().removeprefix(settings.PUBLIC_URL))
    press(page_at)
    assert_accessible(page_at)
    page_at.select_option("[name=kelurahan-known]", "34.71.04.1002")
    press(page_at)
    assert_accessible(page_at)
    page_at.fill("[name=areas-rw_count]", "3")
    page_at.fill("[name=areas-rt_counts]", "4")
    # The Enter key goes on, not back.
    page_at.keyboard.press("Enter")
    page_at.wait_for_selector("[name=preset-preset]")
    assert_accessible(page_at)
    press(page_at)
    page_at.fill("[name=people-petugas_name]", "Siti Contoh")
    assert_accessible(page_at)
    page_at.locator("button[name=back]").click()
    press(page_at)
    assert page_at.input_value("[name=people-petugas_name]") == "Siti Contoh"
    page_at.fill("[name=people-petugas_username]", "siti")
    press(page_at)
    page_at.fill("[name=administrator-name]", "Budi Contoh")
    page_at.fill("[name=administrator-username]", "budi")
    for number in (1, 2):
        page_at.fill(f"[name=administrator-password{number}]", NEW)
    assert_accessible(page_at)
    press(page_at)
    page_at.wait_for_url("**/akun/masuk/")
    sign_in(page_at, "budi", NEW)
    page_at.wait_for_url("**/akun/langkah-kedua/")
