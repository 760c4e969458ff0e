"""Duties that do not go together: shown before, refused with the way out, listed afterwards."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.tkpk.signing_in import text_of
from tkpk import clashes, mandates, people
from tkpk.models import Mandate, TrailEntry, User
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAY = datetime.timedelta(days=1)
ADD = "admin:tkpk_mandate_add"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def admin(client, kelurahan):
    user = factories.make_user("admin", Role.ADMIN, kelurahan)
    client.force_login(user, BACKEND)
    return user


def new(user, role, territory, **facts):
    facts.setdefault("starts_on", timezone.localdate())
    return Mandate(user=user, role=role, territory=territory, **facts)


def posted(user, role, territory, **facts):
    return {
        "user": user.pk, "role": role, "territory": territory.pk, "reason": "",
        "starts_on": timezone.localdate().isoformat(),
    } | facts  # fmt: skip


def moves():
    return list(TrailEntry.objects.order_by("number").values_list("move", "reason"))


# --- before and while a mandate is given ------------------------------------------------------


def test_the_form_shows_what_the_person_holds_and_what_that_rules_out(client, admin, kelurahan):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan, name="Siti Petugas")
    page = client.get(reverse(ADD), {"user": officer.pk})
    held = page.context["held"]
    assert [row.role for row, _words in held] == ["STAFF"]
    closed = {str(one.role) for one in page.context["closed"]}
    assert closed == {str(Role.LURAH.label), str(Role.AUDITOR.label)}
    assert reverse("admin:tkpk_mandate_change", args=[officer.mandates.get().pk]) in (
        page.content.decode()
    )


def test_a_person_of_another_kelurahan_or_no_number_shows_nothing(client, admin):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_user("tetangga", Role.STAFF, other, name="Tetangga Jauh")
    for given in (stranger.pk, "abc", "²"):
        page = client.get(reverse(ADD), {"user": given})
        assert page.status_code == 200
        assert page.context["person"] is None
        assert "Tetangga Jauh" not in page.content.decode()


def test_the_refusal_names_the_other_mandate_its_days_and_the_way_out(client, admin, kelurahan):
    officer = factories.make_user("ketua", name="Budi Ketua")
    body = factories.make_organisation(kelurahan, "BKM")
    factories.make_mandate(
        officer, Role.BKM_MEMBER, kelurahan,
        starts_on=datetime.date(2026, 1, 5), ends_on=datetime.date(2098, 12, 31),
    )  # fmt: skip
    data = posted(officer, Role.BKM_SECRETARY, kelurahan, organisation=body.pk)
    page = client.post(reverse(ADD), data)
    (error,) = page.context["adminform"].form.errors["role"]
    for word in ("BKM Contoh", "5 Januari 2026", "31 Desember 2098"):
        assert word in error
    assert page.context["person"] == officer
    assert officer.mandates.count() == 1


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [(0, None, True), (0, 29, False), (0, 30, True), (40, 50, True), (61, None, False)],
)
def test_mandates_of_the_future_count_by_their_days(kelurahan, admin, starts, ends, refused):
    """Held from day 30 to day 60."""
    today = timezone.localdate()
    officer = factories.make_user("petugas")
    factories.make_mandate(
        officer, Role.STAFF, kelurahan, starts_on=today + 30 * DAY, ends_on=today + 60 * DAY
    )
    wanted = new(
        officer, Role.LURAH, kelurahan,
        starts_on=today + starts * DAY, ends_on=None if ends is None else today + ends * DAY,
    )  # fmt: skip
    if refused:
        with pytest.raises(ValidationError):
            mandates.grant(wanted, by=admin)
    else:
        mandates.grant(wanted, by=admin)


def test_a_mandate_that_clashes_already_can_still_be_ended(client, admin, kelurahan):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    second = factories.make_mandate(officer, Role.LURAH, kelurahan)
    mandates.end(second, last_day=timezone.localdate(), by=admin, reason="Berbenturan")
    assert moves() == [("amend", "Berbenturan")]


# --- on the administrator's first page --------------------------------------------------------


def test_clashes_of_older_data_are_listed_with_their_repair(client, admin, kelurahan):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan, name="Siti Petugas")
    second = factories.make_mandate(officer, Role.LURAH, kelurahan)
    page = client.get("/kerja/")
    assert "Siti Petugas" in text_of(page)
    assert reverse("admin:tkpk_mandate_change", args=[second.pk]) in page.content.decode()
    Mandate.objects.filter(pk=second.pk).update(
        ends_on=timezone.localdate() - DAY, starts_on="2026-01-01"
    )
    assert "Siti Petugas" not in text_of(client.get("/kerja/"))


def test_what_ends_within_thirty_days_is_listed(client, admin, kelurahan):
    today = timezone.localdate()
    for name, days in (("Segera Habis", 30), ("Masih Lama", 31)):
        person = factories.make_user(name=name)
        factories.make_mandate(person, Role.STAFF, kelurahan, ends_on=today + days * DAY)
    page = text_of(client.get("/kerja/"))
    assert "Segera Habis" in page
    assert "Masih Lama" not in page


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH, Role.AUDITOR])
def test_the_list_is_the_administrators_own(client, kelurahan, role):
    officer = factories.make_user("dua", Role.STAFF, kelurahan, name="Dua Tugas")
    factories.make_mandate(officer, Role.LURAH, kelurahan)
    client.force_login(factories.make_user("lain", role, kelurahan), BACKEND)
    assert "Dua Tugas" not in text_of(client.get("/kerja/"))


def test_another_kelurahan_is_not_listed(client, admin):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    officer = factories.make_user("dua", Role.STAFF, other, name="Dua Tugas")
    factories.make_mandate(officer, Role.LURAH, other)
    assert clashes.for_administrator(admin).conflicts == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_one_query(admin, kelurahan, django_assert_num_queries, number):
    for _one in range(number):
        officer = factories.make_user(role=Role.STAFF, territory=kelurahan)
        factories.make_mandate(officer, Role.LURAH, kelurahan)
    mandates.rights.fresh_mandates(admin)
    with django_assert_num_queries(1):
        found = clashes.for_administrator(admin)
        assert [clashes.described(one.first) for one in found.conflicts]
    assert len(found.conflicts) == number


# --- an administrator's own mandate -----------------------------------------------------------


def test_a_mandate_of_ones_own_is_entered_by_the_other_administrator(client, admin, kelurahan):
    other = factories.make_user("admin2", Role.ADMIN, kelurahan, name="Rini Rekan")
    with pytest.raises(ValidationError, match="Rini Rekan"):
        mandates.grant(new(admin, Role.STAFF, kelurahan), by=admin, reason="Sibuk")
    page = client.post(reverse(ADD), posted(admin, Role.STAFF, kelurahan, reason="Sibuk"))
    assert page.status_code == 200
    assert "Rini Rekan" in str(page.context["adminform"].form.non_field_errors())
    assert moves() == []
    mandates.grant(new(admin, Role.STAFF, kelurahan), by=other)
    assert moves() == [("grant", "")]


@pytest.mark.parametrize("why_not", ["no_password", "inactive", "ended", "elsewhere"])
def test_a_colleague_who_cannot_act_is_none(kelurahan, admin, why_not):
    other = factories.make_user("admin2", Role.ADMIN, kelurahan)
    if why_not == "no_password":
        other.set_unusable_password()
    other.is_active = why_not != "inactive"
    other.save()
    today = timezone.localdate()
    if why_not == "ended":
        other.mandates.update(starts_on=today - 9 * DAY, ends_on=today - DAY)
    if why_not == "elsewhere":
        other.mandates.update(
            territory=factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
        )
    mandates.grant(new(admin, Role.STAFF, kelurahan), by=admin, reason="Sendirian di kantor")


def test_the_only_administrator_says_why_and_everybody_can_see_it(client, admin, kelurahan):
    page = client.post(reverse(ADD), posted(admin, Role.STAFF, kelurahan))
    assert "reason" in page.context["adminform"].form.errors
    assert not Mandate.objects.filter(role=Role.STAFF).exists()
    data = posted(admin, Role.STAFF, kelurahan, reason="Petugas cuti, tidak ada administrator lain")
    assert client.post(reverse(ADD), data).status_code == 302
    assert moves() == [("grant_own", "Petugas cuti, tidak ada administrator lain")]
    row = Mandate.objects.get(role=Role.STAFF)
    assert clashes.for_administrator(admin).own == [row]
    listed = client.get(reverse("admin:tkpk_mandate_changelist")).content.decode()
    assert listed.count("<strong>") >= 1
    assert reverse("admin:tkpk_mandate_change", args=[row.pk]) in (
        client.get("/kerja/").content.decode()
    )


def test_a_number_of_a_person_does_not_enter_the_reason(client, admin, kelurahan):
    data = posted(admin, Role.STAFF, kelurahan, reason="Untuk 3471041705800000")
    assert "reason" in client.post(reverse(ADD), data).context["adminform"].form.errors
    assert moves() == []


def test_extending_ones_own_mandate_is_the_same_matter_and_ending_it_is_not(kelurahan, admin):
    today = timezone.localdate()
    given = mandates.grant(
        new(admin, Role.STAFF, kelurahan, ends_on=today), by=admin, reason="Sehari saja"
    )
    given.ends_on = None
    with pytest.raises(ValidationError):
        mandates.amend(given, by=admin)
    mandates.amend(given, by=admin, reason="Masih cuti")
    mandates.end(given, last_day=today, by=admin, reason="")
    assert [move for move, _reason in moves()] == ["grant_own", "amend_own", "amend"]


def test_the_screen_of_an_own_mandate_refuses_an_extension_in_silence(client, admin, kelurahan):
    own = factories.make_mandate(
        admin, Role.STAFF, kelurahan, ends_on=timezone.localdate(), created_by=admin
    )
    url = reverse("admin:tkpk_mandate_change", args=[own.pk])
    data = {"starts_on": own.starts_on.isoformat(), "ends_on": "", "reason": ""}
    assert "reason" in client.post(url, data).context["adminform"].form.errors
    assert client.post(url, data | {"reason": "Masih cuti"}).status_code == 302


def test_who_only_reads_mandates_is_asked_for_no_reason(client, admin, kelurahan):
    reader = factories.make_user("petugas", Role.STAFF, kelurahan)
    client.force_login(reader, BACKEND)
    url = reverse("admin:tkpk_mandate_change", args=[admin.mandates.get().pk])
    page = client.get(url)
    assert page.status_code == 200
    assert 'name="reason"' not in page.content.decode()


# --- people without a mandate -----------------------------------------------------------------


def test_who_has_no_mandate_yet_belongs_to_the_administrator_who_added_them(
    client, admin, kelurahan
):
    place = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    other = factories.make_user("admin_lain", Role.ADMIN, place)
    wide = factories.make_user("admin_kota", Role.ADMIN, kelurahan.parent.parent)
    person = people.save_person(User(username="baru", name="Orang Baru"), by=admin, new=True)
    url = reverse("admin:tkpk_user_change", args=[person.pk])
    for user, found in ((admin, True), (wide, True), (other, False)):
        client.force_login(user, BACKEND)
        assert (client.get(url).status_code == 200) == found
        listed = client.get(reverse("admin:tkpk_user_changelist")).content.decode()
        assert ("Orang Baru" in listed) == found
        assert ("Orang Baru" in client.get(reverse(ADD)).content.decode()) == found


def test_the_page_of_a_person_lists_the_mandates(client, admin, kelurahan):
    officer = factories.make_user("petugas", Role.STAFF, kelurahan)
    page = client.get(reverse("admin:tkpk_user_change", args=[officer.pk])).content.decode()
    assert reverse("admin:tkpk_mandate_change", args=[officer.mandates.get().pk]) in page
    assert f"{reverse(ADD)}?user={officer.pk}" in page
    assert reverse("card_hand_out", args=[officer.pk]) in page
