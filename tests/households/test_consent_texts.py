"""What is read out at the door: written anew by an officer, and never rewritten."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from households.models import ConsentText, Survey
from households.surveys import consent, paper
from tests import factories
from tests.households.surveying import begun, bps, sent
from tkpk import trail
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:households_consenttext_changelist", "admin:households_consenttext_add"
CHANGE = "admin:households_consenttext_change"
NEW = (
    "Kelurahan menanyakan keadaan keluarga Anda untuk bantuan. Jawaban dirahasiakan, dan Anda "
    "boleh menolak atau berhenti kapan saja. Bersediakah Anda?"
)


def typed(**changed):
    day = timezone.localdate().isoformat()
    return {"text": NEW, "text_en": "", "valid_from": day, **changed}


def written(officer, **changed):
    return officer.post(reverse(ADD), typed(**changed))


def test_an_officer_writes_a_new_text_and_the_shipped_one_stays_number_1(officer, kelurahan, staff):
    page = officer.get(reverse(ADD))
    assert page.context["adminform"].form.initial["text"] == consent.SHIPPED
    assert written(officer).status_code == 302
    first, new = ConsentText.objects.order_by("number")
    assert (first.number, first.text, new.number, new.text) == (1, consent.SHIPPED, 2, NEW)
    assert (new.kelurahan, new.created_by) == (kelurahan, staff)
    assert consent.current(kelurahan) == new
    entry = TrailEntry.objects.get(process="consent_text")
    assert (entry.by, entry.role, entry.subject_id) == (staff, "STAFF", new.pk)
    assert trail.check_trail() == []


def test_a_survey_keeps_the_text_that_was_read_out(officer, kelurahan, household, staff):
    before = sent(household, bps(kelurahan), by=staff)
    written(officer)
    assert before.consent_text.number == 1
    page = officer.get(reverse("survey_detail", args=[before.pk]))
    assert consent.SHIPPED in page.content.decode()
    # The next one is asked with the new words.
    other = factories.make_family(household.territory, by=staff)
    asked = officer.get(reverse("survey_begin", args=[other.pk, bps(kelurahan).pk]))
    assert NEW in asked.content.decode()
    assert paper.form_data(bps(kelurahan))["consent_number"] == "2"


def test_a_text_is_never_changed_or_deleted_and_can_be_read(officer, kelurahan, staff, client):
    written(officer)
    row = ConsentText.objects.get(number=1)
    url = reverse(CHANGE, args=[row.pk])
    page = officer.get(url)
    assert consent.SHIPPED[:60] in page.content.decode()
    assert 'name="text"' not in page.content.decode()
    assert officer.post(url, typed(text=NEW + " Lagi.")).status_code == 403
    row.refresh_from_db()
    assert row.text == consent.SHIPPED
    assert officer.get(
        reverse("admin:households_consenttext_delete", args=[row.pk])
    ).status_code in {302, 403}
    assert ConsentText.objects.count() == 2
    listed = officer.get(reverse(LIST)).content.decode()
    assert url in listed
    client.force_login(factories.make_user("lurah", Role.LURAH, kelurahan))
    assert client.get(url).status_code == 200
    assert client.get(reverse(ADD)).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "Terlalu pendek"),
        ("text", f"{NEW} Hubungi 3471041705800000."),
        ("text_en", "Call 3471041705800000."),
        ("valid_from", "2020-01-01"),
        ("valid_from", ""),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(officer, field, value):
    page = written(officer, **{field: value})
    assert page.status_code == 200
    form = page.context["adminform"].form
    assert set(form.errors) == {field}
    assert form["text"].value() == typed(**{field: value})["text"]
    assert ConsentText.objects.count() == 0


def test_a_text_of_a_later_day_is_read_out_from_that_day_on(officer, kelurahan):
    later = timezone.localdate() + datetime.timedelta(days=7)
    written(officer, valid_from=later.isoformat())
    assert consent.current(kelurahan).number == 1
    assert consent.current(kelurahan, day=later).number == 2
    assert consent.on_paper(kelurahan) == [1]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH}))
def test_other_roles_neither_read_nor_write_texts(client, kelurahan, role):
    user = factories.make_user("lain", role, kelurahan)
    client.force_login(user)
    assert client.get(reverse(LIST)).status_code in {302, 403}
    assert client.post(reverse(ADD), typed()).status_code in {302, 403}
    text = ConsentText(kelurahan=kelurahan, text=NEW, valid_from=timezone.localdate())
    with pytest.raises(PermissionDenied):
        consent.add(text, by=user)
    assert ConsentText.objects.count() == 0


def test_another_kelurahan_neither_sees_the_text_nor_shares_its_numbers(client, kelurahan, staff):
    row = consent.add(
        ConsentText(kelurahan=kelurahan, text=NEW, valid_from=timezone.localdate()), by=staff
    )
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("jauh", Role.STAFF, other))
    assert client.get(reverse(CHANGE, args=[row.pk])).status_code == 302
    written(client)
    assert list(ConsentText.objects.filter(kelurahan=other).values_list("number", flat=True)) == [
        2,
        1,
    ]


def test_a_paper_is_typed_in_under_the_text_that_it_bears(officer, kelurahan, household, staff):
    version = bps(kelurahan)
    url = reverse("survey_type", args=[household.pk, version.pk])
    # While there is one text nobody is asked for its number.
    assert officer.get(url).context["form"]["text_number"].is_hidden
    written(officer)
    form = officer.get(url).context["form"]
    assert not form["text_number"].is_hidden
    assert form["text_number"].value() == 2
    refused = {"consent": "2", "result": "4", "surveyed_on": timezone.localdate().isoformat()}
    wrong = officer.post(url, {**refused, "text_number": "7"})
    assert set(wrong.context["form"].errors) == {"text_number"}
    officer.post(url, {**refused, "text_number": "1"})
    assert Survey.objects.get().consent_text.number == 1


def test_the_work_list_leads_to_the_texts_for_who_may_read_them(
    officer, kelurahan, household, staff, client
):
    begun(household, bps(kelurahan), by=staff)
    assert reverse(LIST) in officer.get(reverse("survey_list")).content.decode()
    rt_head = factories.make_user("rt12", Role.RT_HEAD, household.territory)
    client.force_login(rt_head)
    assert reverse(LIST) not in client.get(reverse("survey_list")).content.decode()
