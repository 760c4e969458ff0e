"""The first set-up: a secret address, five pages, all or nothing, once."""

import stat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_kelurahan
from tkpk import presets, reference_data, setup_link
from tkpk.areas import Area, areas_of_csv, numbered_areas
from tkpk.forms.setup import AreasForm
from tkpk.logs import JsonFormatter, masked
from tkpk.models import (
    Installation,
    KelurahanOffice,
    Level,
    Mandate,
    Organisation,
    Territory,
    TrailEntry,
    User,
)
from tkpk.registry import registry
from tkpk.roles import Role

TEGALPANGGUNG = "34.71.04.1002"
PASSWORD = "empat kata yang panjang"
PLACE = {
    "kelurahan-known": TEGALPANGGUNG,
    "kelurahan-office_address": "Jl. Contoh 1",
    "kelurahan-phone": "0274 000000",
}
AREAS = {
    "areas-rw_count": "3",
    "areas-rt_counts": "2, 1, 3",
    "areas-numbering": "per_rw",
}
SMALL = {"preset-preset": "kecil"}
PEOPLE = {"people-petugas_name": "Siti Contoh", "people-petugas_username": "Siti"}
ADMIN = {
    "administrator-name": "Budi Contoh",
    "administrator-username": "Budi",
    "administrator-password1": PASSWORD,
    "administrator-password2": PASSWORD,
}
ALL = {**PLACE, **AREAS, **SMALL, **PEOPLE, **ADMIN}

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return setup_link.setup_url().removeprefix(settings.PUBLIC_URL)


def send(client, address, step: str, fields: dict, **more):
    return client.post(address, {"step": step, **fields, **more})


def finish(client, address, **changed):
    return send(client, address, "administrator", {**ALL, **changed})


# --- the address -----------------------------------------------------------------------------


def test_the_address_is_the_same_at_each_start_and_its_secret_is_private(address, settings):
    assert setup_link.setup_url() == settings.PUBLIC_URL + address
    file = settings.VAR_DIR / "setup-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_only_the_secret_address_answers(client, address):
    assert client.get(address).status_code == 200
    assert client.get(address[:-1] + "x/").status_code == 404
    assert client.get("/akun/pemasangan//").status_code == 404
    setup_link.close()
    assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_after_the_set_up_the_address_is_gone(client, address, settings):
    assert finish(client, address).headers["Location"] == "/akun/masuk/"
    assert not (settings.VAR_DIR / "setup-token").exists()
    assert client.get(address).status_code == 404
    # Even with the file back, an installation that is set up stays closed.
    setup_link.setup_url()
    assert not setup_link.is_open((settings.VAR_DIR / "setup-token").read_text().strip())


def test_the_log_never_holds_the_secret(client, address, caplog):
    token = address.split("/")[-2]
    assert token not in masked(f"GET {address}")
    assert masked("GET /akun/lupa-kata-sandi/1-abc-def/") == "GET /akun/lupa-kata-sandi/[secret]/"
    with caplog.at_level("INFO"):
        client.get(address)
    logged = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert "/akun/pemasangan/" in logged
    assert token not in logged


# --- the pages -------------------------------------------------------------------------------


def test_the_pages_follow_each_other_and_carry_what_was_typed(client, address):
    page = client.get(address)
    assert page.context["step"] == "kelurahan"
    assert "no-store" in page["Cache-Control"]
    sent: dict = {}
    for step, fields, following in [
        ("kelurahan", PLACE, "areas"),
        ("areas", AREAS, "preset"),
        ("preset", SMALL, "people"),
        ("people", PEOPLE, "administrator"),
    ]:
        sent.update(fields)
        page = send(client, address, step, sent)
        assert page.context["step"] == following
        carried = dict(page.context["hidden"])
        assert carried.items() >= sent.items()
    assert not Territory.objects.exists()
    assert not User.objects.exists()


def test_going_back_loses_nothing_and_complains_of_nothing(client, address):
    page = send(client, address, "areas", {**PLACE, "areas-rt_counts": "9, x"}, back="1")
    assert page.context["step"] == "kelurahan"
    assert page.context["form"].initial["known"] == TEGALPANGGUNG
    assert dict(page.context["hidden"])["areas-rt_counts"] == "9, x"
    assert "is-invalid" not in page.content.decode()
    again = send(client, address, "kelurahan", {**PLACE, "areas-rt_counts": "9, x"})
    assert 'value="9, x"' in again.content.decode()
    assert "is-invalid" not in again.content.decode()


@pytest.mark.parametrize(
    ("step", "fields", "wrong"),
    [
        ("kelurahan", {"kelurahan-known": ""}, {"known"}),
        (
            "kelurahan",
            {"kelurahan-known": "", "kelurahan-code": "3402151003"},
            {"name", "kemantren", "city"},
        ),
        ("kelurahan", {"kelurahan-known": "", "kelurahan-code": "34.71"}, {"code", "name"}),
        ("kelurahan", {"kelurahan-known": "99.99.99.9999"}, {"known"}),
        ("kelurahan", {"kelurahan-code": "34.71.04.1001"}, {"code"}),
        ("areas", {"areas-rw_count": ""}, {"rw_count"}),
        ("areas", {"areas-rw_count": "120"}, {"rw_count"}),
        ("areas", {"areas-rt_counts": "2, 1"}, {"rt_counts"}),
        ("areas", {"areas-rt_counts": "2, 1, 0"}, {"rt_counts"}),
        ("preset", {"preset-preset": "sedang"}, {"preset"}),
        ("people", {"people-petugas_username": ""}, {"petugas_username"}),
        ("people", {"people-petugas_username": "siti contoh"}, {"petugas_username"}),
        ("administrator", {"administrator-password2": "lain"}, {"password2"}),
        ("administrator", {"administrator-password1": "pendek"}, {"password1", "password2"}),
        ("administrator", {"administrator-username": ""}, {"username"}),
    ],
)
def test_each_error_stands_at_its_field_and_nothing_typed_is_lost(
    client, address, step, fields, wrong
):
    page = send(client, address, step, {**ALL, **fields})
    assert page.context["step"] == step
    assert set(page.context["form"].errors) >= wrong
    kept = page.content.decode()
    assert "Jl. Contoh 1" in kept
    assert PASSWORD not in kept
    assert not Installation.objects.exists()


def test_a_page_made_wrong_afterwards_is_shown_again_at_the_end(client, address):
    page = finish(client, address, **{"areas-rw_count": "2"})
    assert page.context["step"] == "areas"
    assert not User.objects.exists()


# --- what it makes ---------------------------------------------------------------------------


def test_everything_is_made_at_once(client, address):
    finish(client, address)
    kelurahan = Territory.objects.get(code=TEGALPANGGUNG)
    assert kelurahan.parent.parent.level == Level.CITY
    assert KelurahanOffice.objects.get().postcode == "55212"
    codes = list(
        Territory.objects.within(TEGALPANGGUNG)
        .filter(level=Level.RT)
        .values_list("code", flat=True)
    )
    assert codes == [
        f"{TEGALPANGGUNG}.{tail}"
        for tail in ("001.001", "001.002", "002.001", "003.001", "003.002", "003.003")
    ]
    installation = Installation.current()
    assert (installation.set_up, installation.demo) == (True, False)
    held = {(m.user.username, m.role) for m in Mandate.objects.select_related("user")}
    assert held == {("budi", Role.ADMIN), ("siti", Role.STAFF)}
    assert User.objects.get(username="budi").check_password(PASSWORD)
    assert not User.objects.get(username="siti").has_usable_password()
    assert Organisation.objects.get().kind == "TKPK"
    assert TrailEntry.objects.filter(chain=kelurahan, process="installation").count() == 1
    assert client.post("/akun/masuk/", {"login": "budi", "password": PASSWORD}).status_code == 302


def test_a_kelurahan_elsewhere_is_typed(client, address):
    typed = {
        "kelurahan-known": "",
        "kelurahan-code": "3402151003",
        "kelurahan-name": "Contoh Lor",
        "kelurahan-kemantren": "Kapanewon Contoh",
        "kelurahan-city": "Kabupaten Contoh",
    }
    finish(client, address, **typed)
    kelurahan = Territory.objects.get(code="34.02.15.1003")
    assert [kelurahan.name, kelurahan.parent.name, kelurahan.parent.parent.name] == [
        "Contoh Lor",
        "Kapanewon Contoh",
        "Kabupaten Contoh",
    ]


def test_the_full_set_makes_its_bodies(client, address):
    people = {
        "preset-preset": "lengkap",
        "people-upk1_name": "Tri Contoh",
        "people-upk1_username": "tri",
        "people-kemantren_name": "Ani Contoh",
        "people-kemantren_username": "ani",
    }
    finish(client, address, **people)
    kinds = set(Organisation.objects.values_list("kind", flat=True))
    assert kinds == {"TKPK", "BKM", "UPK", "UPL", "UPS"}
    assert Mandate.objects.get(user__username="tri").organisation.kind == "UPK"
    assert Mandate.objects.get(user__username="ani").role == Role.KEMANTREN


def test_one_person_may_hold_two_duties_that_go_together(client, address):
    both = {"people-sekretaris_name": "Siti Contoh", "people-sekretaris_username": "siti"}
    finish(client, address, **both)
    roles = set(Mandate.objects.filter(user__username="siti").values_list("role", flat=True))
    assert roles == {Role.STAFF, Role.TKPK_SECRETARY}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (
            {"people-lurah_name": "Siti Contoh", "people-lurah_username": "siti"},
            "lurah_username",
        ),
        ({"people-lurah_name": "Orang Lain", "people-lurah_username": "siti"}, "lurah_username"),
    ],
)
def test_duties_that_clash_and_names_that_differ_are_refused(client, address, fields, field):
    page = send(client, address, "people", {**ALL, **fields})
    assert field in page.context["form"].errors


def test_the_administrator_may_not_take_a_seat_that_clashes(client, address):
    taken = {"people-lurah_name": "Budi Contoh", "people-lurah_username": "budi"}
    page = finish(client, address, **taken)
    assert page.context["step"] == "administrator"
    assert "username" in page.context["form"].errors
    assert not User.objects.exists()


def test_a_failure_on_the_way_leaves_nothing(client, address, monkeypatch):
    def fail(kelurahan, administrator):
        raise RuntimeError

    monkeypatch.setattr(registry, "on_kelurahan_created", [fail])
    with pytest.raises(RuntimeError):
        finish(client, address)
    assert not User.objects.exists()
    assert not Installation.objects.exists()
    assert client.get(address).status_code == 200


def test_the_apps_above_prepare_their_part(client, address, monkeypatch):
    asked = []
    monkeypatch.setattr(
        registry,
        "on_kelurahan_created",
        [lambda place, by: asked.append((place.code, by.username))],
    )
    finish(client, address)
    assert asked == [(TEGALPANGGUNG, "budi")]


# --- RW and RT -------------------------------------------------------------------------------


def test_rt_are_numbered_in_each_rw_or_on_and_on():
    assert numbered_areas([2, 1], continuous=False) == [Area(1, 1), Area(1, 2), Area(2, 1)]
    assert numbered_areas([2, 1], continuous=True) == [Area(1, 1), Area(1, 2), Area(2, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "code,name,kampung\n34.71.04.1002.003,RW 03,\n34.71.04.1002.003.012,RT 12,Ledok\n",
        "kode;nama;kampung\r\n003;RW 03;\r\n003.012;RT 12;Ledok\r\n\r\n",
        "003012,RT 12,Ledok",
    ],
)
def test_a_csv_of_excel_is_read(text):
    found = areas_of_csv(text, kelurahan_code=TEGALPANGGUNG)
    assert found[-1] == Area(3, 12, "Ledok")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("code,name\n003.012,RT 12\n3.1,RT 1", "3"),
        ("code,name\n34.71.04.1001.003.012,RT 12", "2"),
        ("003.000,RT 0", "1"),
    ],
)
def test_a_wrong_line_is_named(client, address, text, line):
    file = SimpleUploadedFile("rt.csv", text.encode())
    fields = {**PLACE, "areas-numbering": "per_rw", "areas-file": file}
    page = send(client, address, "areas", fields)
    assert line in str(page.context["form"].errors["file"])


def test_a_csv_travels_on_as_text_and_is_used_at_the_end(client, address):
    file = SimpleUploadedFile("rt.csv", "﻿kode,nama,kampung\n003.012,RT 12,Ledok\n".encode())
    fields = {**PLACE, "areas-numbering": "per_rw"}
    page = send(client, address, "areas", {**fields, "areas-file": file})
    assert page.context["step"] == "preset"
    hidden = dict(page.context["hidden"])
    finish(
        client,
        address,
        **{"areas-rw_count": "", "areas-rt_counts": "", "areas-csv_text": hidden["areas-csv_text"]},
    )
    rt = Territory.objects.get(level=Level.RT)
    assert (rt.code, rt.kampung) == (f"{TEGALPANGGUNG}.003.012", "Ledok")


# --- reference data and presets ----------------------------------------------------------------


def test_the_reference_has_the_city_and_loads_once():
    make_kelurahan()
    Territory.objects.filter(code=TEGALPANGGUNG).update(name="Tegal Panggung")
    assert reference_data.load_reference() == 14 + 45 + 1 - 3
    assert reference_data.load_reference() == 0
    assert Territory.objects.filter(level=Level.KEMANTREN).count() == 14
    assert Territory.objects.filter(level=Level.KELURAHAN).count() == 45
    # What an administrator changed stays.
    assert Territory.objects.get(code=TEGALPANGGUNG).name == "Tegal Panggung"


def test_the_small_set_is_the_five_duties():
    roles = {seat.role for seat in presets.PRESETS["kecil"].seats} | {Role.ADMIN}
    assert roles == {Role.ADMIN, Role.STAFF, Role.TKPK_SECRETARY, Role.LURAH, Role.AUDITOR}


@pytest.mark.parametrize(
    ("roles", "refused"),
    [
        ({Role.STAFF, Role.TKPK_SECRETARY}, False),
        ({Role.STAFF, Role.ADMIN}, False),
        ({Role.STAFF, Role.LURAH}, True),
        ({Role.BKM_MEMBER, Role.BKM_SECRETARY}, True),
        ({Role.UPK_OFFICER, Role.BKM_MEMBER}, True),
        ({Role.AUDITOR, Role.ADMIN}, True),
        ({Role.ADMIN, Role.TKPK_MEMBER}, True),
    ],
)
def test_which_duties_clash(roles, refused):
    assert bool(presets.clashes(roles)) is refused


def test_nobody_is_found_twice(client, address):
    # Two browsers on the last page: the second finds the door shut.
    finish(client, address)
    assert finish(client, address).status_code == 404
    assert User.objects.filter(username="budi").count() == 1


@pytest.mark.parametrize("typed", ["4,x", "2, 1, tiga", "4.5"])
def test_numbers_of_rt_that_cannot_be_read_are_refused(typed):
    form = AreasForm({"rw_count": "3", "rt_counts": typed, "numbering": "per_rw"})
    assert not form.is_valid()
    assert "rt_counts" in form.errors
