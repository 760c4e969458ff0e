"""Acts of an administrator on people."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, SURYATMAJAN, make_installation, make_kelurahan, make_user
from tkpk import people, reset_codes
from tkpk.models import ResetCode, TrailEntry, User
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
REASON = "Telepon hilang, orangnya datang ke kantor"


@pytest.fixture
def place():
    make_installation()
    return make_kelurahan()


@pytest.fixture
def administrator(place):
    return make_user("kepala", Role.ADMIN, place)


@pytest.fixture
def officer(place):
    person = make_user("petugas", Role.STAFF, place)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "tersegel"})
    return person


def signed_in(client, person):
    """With the password, as a page of security asks for it."""
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})


def page(person):
    return reverse("second_step_lift", args=[person.pk])


def test_adding_and_changing_a_person_is_trailed(client, administrator):
    client.force_login(administrator)
    form = {"username": "baru", "name": "Orang Baru", "language": "id", "is_active": "on"}
    client.post(reverse("admin:tkpk_user_add"), form)
    person = User.objects.get(username="baru")
    assert not person.has_usable_password()
    client.post(reverse("admin:tkpk_user_change", args=[person.pk]), form | {"name": "Lain"})
    acts = TrailEntry.objects.filter(process="person", subject_id=person.pk)
    assert list(acts.values_list("move", flat=True)) == ["add", "change"]


def test_an_administrator_lifts_a_lost_second_step_with_a_reason(client, administrator, officer):
    signed_in(client, administrator)
    assert client.get(page(officer)).status_code == 200
    assert client.post(page(officer), {"reason": " "}).status_code == 200
    assert Authenticator.objects.filter(user=officer).exists()
    response = client.post(page(officer), {"reason": REASON})
    assert response.status_code == 302
    assert not Authenticator.objects.filter(user=officer).exists()
    act = TrailEntry.objects.get(process="person", move="lift_second_step")
    assert (act.by, act.subject_id, act.reason) == (administrator, officer.pk, REASON)


def test_the_person_is_signed_out_everywhere(administrator, officer):
    theirs = Client()
    theirs.force_login(officer)
    theirs.get(reverse("account_home"))
    UserSession.objects.create(
        user=officer, session_key=theirs.session.session_key, ip="127.0.0.1", user_agent="uji"
    )
    people.lift_second_step(officer, by=administrator, reason=REASON)
    assert theirs.get(reverse("account_home")).status_code == 302


def test_a_reason_holds_no_nik(client, administrator, officer):
    signed_in(client, administrator)
    response = client.post(page(officer), {"reason": "NIK 3471 0415 0180 0000"})
    assert response.status_code == 200
    assert response.context["form"].errors["reason"]


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH, Role.TKPK_CHAIR])
def test_nobody_else_finds_the_page(client, place, officer, role):
    signed_in(client, make_user("lain", role, place))
    assert client.get(page(officer)).status_code == 404
    assert client.post(page(officer), {"reason": REASON}).status_code == 404


def test_an_administrator_of_another_kelurahan_does_not(client, officer):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    stranger = make_user("jauh", Role.ADMIN, other)
    signed_in(client, stranger)
    assert client.post(page(officer), {"reason": REASON}).status_code == 404
    with pytest.raises(PermissionDenied):
        people.lift_second_step(officer, by=stranger, reason=REASON)


def test_the_screen_of_a_person_sends_the_code_by_post(client, administrator, officer):
    client.force_login(administrator)
    html = client.get(reverse("admin:tkpk_user_change", args=[officer.pk])).content.decode()
    assert f'formaction="{reverse("reset_code_issue", args=[officer.pk])}"' in html


def test_the_console_lets_a_sole_administrator_in_again(client, administrator, capsys):
    Authenticator.objects.create(user=administrator, type="totp", data={"secret": "tersegel"})
    call_command("let_in", "kepala", reason=REASON)
    code = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert not Authenticator.objects.filter(user=administrator).exists()
    assert reset_codes.redeem("kepala", code, "empat kata yang panjang") == administrator
    acts = TrailEntry.objects.filter(by__username="konsol", subject_id=administrator.pk)
    assert {(act.move, act.reason) for act in acts} == {
        ("lift_second_step", REASON),
        ("issue_reset_code", REASON),
    }


@pytest.mark.parametrize(("name", "reason"), [("tidak-ada", REASON), ("kepala", " ")])
def test_the_console_says_why_it_lets_nobody_in(administrator, name, reason):
    Authenticator.objects.create(user=administrator, type="totp", data={"secret": "tersegel"})
    with pytest.raises(CommandError):
        call_command("let_in", name, reason=reason)
    assert Authenticator.objects.exists()
    assert not ResetCode.objects.exists()
