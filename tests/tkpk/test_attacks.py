"""What somebody tried against the portal once, and what it answers now."""

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.urls import reverse

from tests.factories import make_installation, make_kelurahan, make_mandate, make_rt, make_user
from tkpk.nik import find_identifiers
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
NIK = "3471042005700000"


@pytest.fixture
def place():
    make_installation()
    return make_kelurahan()


def test_a_password_alone_does_not_lift_another_ones_second_step(client):
    make_installation(demo=False)
    place = make_kelurahan()
    victim = make_user("petugas", Role.STAFF, place)
    Authenticator.objects.create(user=victim, type="totp", data={"secret": "tersegel"})
    client.force_login(make_user("kepala", Role.ADMIN, place))
    response = client.post(reverse("second_step_lift", args=[victim.pk]), {"reason": "Hilang"})
    assert response.headers["Location"] == reverse("mfa_index")
    assert Authenticator.objects.filter(user=victim).exists()


@pytest.mark.parametrize("field", ["password", "nik_index", "nik"])
def test_no_filter_in_the_address_spells_out_a_hash(client, place, field):
    client.force_login(make_user("kepala", Role.ADMIN, place))
    response = client.get(reverse("admin:tkpk_user_changelist"), {f"{field}__startswith": "a"})
    assert response.status_code == 400


def test_the_host_name_of_a_kelurahan_is_an_administrators_matter(client, place):
    url = reverse("admin:tkpk_kelurahanoffice_change", args=[place.office.pk])
    form = {"host": "testserver", "office_address": "Jl. Contoh 1"}
    client.force_login(make_user("petugas", Role.STAFF, place))
    client.post(url, form)
    place.office.refresh_from_db()
    assert (place.office.host, place.office.office_address) == ("", "Jl. Contoh 1")
    client.force_login(make_user("kepala", Role.ADMIN, place))
    client.post(url, form)
    place.office.refresh_from_db()
    assert place.office.host == "testserver"


def test_a_nik_typed_as_a_name_at_sign_in_is_not_kept_in_clear(client, place):
    client.post(reverse("account_login"), {"login": NIK, "password": "salah-sekali"})
    kept = [str(value) for row in AccessAttempt.objects.values_list() for value in row]
    assert kept
    assert not any(NIK in value for value in kept)


@pytest.mark.parametrize(
    "written",
    [
        NIK,
        "3471_0420_0570_0000",
        "".join(chr(0xFF10 + int(digit)) for digit in NIK),
        "34710420\u200b05700000",
    ],
)
def test_a_disguised_number_is_seen(written):
    assert find_identifiers(f"menurut {written} ya") == [NIK]


@pytest.mark.parametrize("text", ["²", "9" * 30, "9" * 5000, "-1", ""])
def test_odd_numbers_in_an_address_are_no_crash(client, place, text):
    client.force_login(make_user("petugas", Role.STAFF, place))
    assert client.get(reverse("import_list"), {"sebelum": text}).status_code == 200


def test_an_officer_with_a_second_mandate_elsewhere_still_imports(client, place):
    officer = make_user("petugas", Role.STAFF, place)
    other = make_kelurahan("34.71.04.1001", "Suryatmajan")
    make_mandate(officer, Role.RW_HEAD, make_rt(other, 1, 1).parent)
    client.force_login(officer)
    for name in ("import_list", "import_new", "statistics_publish"):
        assert client.get(reverse(name)).status_code == 200, name
