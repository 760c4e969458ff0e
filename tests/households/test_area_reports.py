"""The page on which a head of RT or RW nominates, or objects to, a family of the own area."""

import pytest
from django.urls import reverse

from households.models import Nomination
from tests import factories as make
from tests.households.sending_in import TEXT
from tkpk.models import Submission
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(kelurahan, rt):
    return make.make_user("ketua", Role.RT_HEAD, rt)


def test_a_head_of_rt_nominates_a_family_of_the_own_area(client, head, household):
    client.force_login(head)
    assert household.code in client.get(reverse("area_report")).content.decode()
    data = {"kind": "NOMINATION", "household": household.pk, "ground": "", "text": TEXT}
    assert client.post(reverse("area_report"), data).status_code == 302
    report = Nomination.objects.get()
    assert (report.household, report.matched_by, report.created_by) == (household, head, head)
    assert report.submission.channel == "RT_RW"
    assert report.submission.ticket in client.get(reverse("area_report")).content.decode()


def test_a_head_of_rt_says_nothing_of_families_elsewhere_or_the_own(
    client, kelurahan, head, household, staff
):
    client.force_login(head)
    far = make.make_family(make.make_rt(kelurahan, rw=9, rt=1), by=staff)
    head.set_nik(household.members.first().nik)
    head.save()
    for family in (far, household):
        data = {"kind": "NOMINATION", "household": family.pk, "ground": "", "text": TEXT}
        answer = client.post(reverse("area_report"), data)
        assert answer.status_code == 422
        assert TEXT in answer.content.decode()
    objection = {"kind": "OBJECTION", "household": far.pk, "ground": "MOVED", "text": TEXT}
    assert client.post(reverse("area_report"), objection).status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RT_HEAD, Role.RW_HEAD}))
def test_nobody_else_has_that_page(client, kelurahan, role):
    client.force_login(make.make_user("lain", role, kelurahan))
    assert client.get(reverse("area_report")).status_code == 403
