"""A form that arrives twice acts once."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.exporting.shipped import add_shipped_layouts
from households.models import (
    AidProgramme,
    AidReceipt,
    AidTarget,
    ExportLayout,
    ImportBatch,
    PoorList,
    SubmissionList,
    Transfer,
)
from tests import factories as make
from tests.households import workbooks as file
from tkpk.models import Submission
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
DAY = "2026-03-02"


@pytest.fixture(autouse=True)
def _no_marks():
    cache.clear()


@pytest.fixture
def place():
    make.make_installation()
    return make.make_kelurahan()


@pytest.fixture
def there(place):
    return make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def family(place, officer):
    return make.make_family(make.make_rt(place), by=officer, others=1)


def token(client, url, data=None):
    """The hidden field of the form as it is opened now."""
    page = client.get(url) if data is None else client.post(url, data)
    assert page.status_code == 200
    return re.search(r'name="_draft" value="([^"]+)"', page.content.decode())[1]


def pressed_twice(client, url, data, *, opened=None):
    """Both answers to the same form."""
    said = {**data, "_draft": opened or token(client, url)}
    return [client.post(url, said), client.post(url, said)]


def leads_to_the_same(answers):
    first, second = answers
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


def asked(place):
    return {
        "origin": place.pk, "name": "Sumiyati", "on": DAY, "document_kind": "MOVE",
        "document_number": "SKPWNI/3404/1", "nik": "3404015005800000",
    }  # fmt: skip


def test_a_transfer_is_asked_for_once(client, officer, there):
    answers = pressed_twice(client, reverse("transfer_request"), asked(there))
    leads_to_the_same(answers)
    assert Transfer.objects.count() == 1


def test_whoever_types_something_else_is_heard(client, officer, there):
    url = reverse("transfer_request")
    said = {**asked(there), "_draft": token(client, url)}
    client.post(url, said)
    client.post(url, {**said, "name": "Harjono", "nik": "3404015005810000"})
    assert Transfer.objects.count() == 2


def test_the_same_said_on_a_page_opened_anew_is_a_second_one(client, officer):
    url, data = reverse("import_new"), file.xlsx(file.grid([file.person()]))
    for _time in range(2):
        said = {"file": SimpleUploadedFile("d.xlsx", data), "_draft": token(client, url)}
        client.post(url, said)
    assert ImportBatch.objects.count() == 2


def test_a_refused_form_may_be_sent_again(client, officer, there):
    url = reverse("transfer_request")
    opened = token(client, url)
    for _time in range(2):
        answer = client.post(url, {**asked(there), "on": "", "_draft": opened})
        assert answer.context["form"].errors["on"]
    client.post(url, {**asked(there), "_draft": opened})
    assert Transfer.objects.count() == 1


def test_the_second_press_is_told(client, officer, there):
    answers = pressed_twice(client, reverse("transfer_request"), asked(there))
    page = client.get(answers[1]["Location"]).content.decode()
    assert "alert-info" in page


def test_a_file_is_brought_once(client, officer):
    url = reverse("import_new")
    opened, data = token(client, url), file.xlsx(file.grid([file.person()]))
    answers = [
        client.post(url, {"file": SimpleUploadedFile("d.xlsx", data), "_draft": opened})
        for _time in range(2)
    ]
    leads_to_the_same(answers)
    assert ImportBatch.objects.count() == 1
    other = SimpleUploadedFile("d.xlsx", data + b" ")
    client.post(url, {"file": other, "_draft": opened})
    assert ImportBatch.objects.count() == 2


def test_a_list_of_the_year_is_opened_once_and_the_second_press_is_no_error(client, officer):
    url = reverse("poor_list_new")
    form = client.get(url).context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    said["basis"] = next(key for key, _word in form.fields["basis"].choices if key)
    leads_to_the_same(pressed_twice(client, url, said))
    assert PoorList.objects.count() == 1


def test_aid_is_recorded_once(client, officer, family, place):
    programme = AidProgramme.objects.create(
        kelurahan=place, name="Sembako", provider="Kementerian Sosial",
        target=AidTarget.FAMILY, created_by=officer, updated_by=officer,
    )  # fmt: skip
    said = {"programme": programme.pk, "period_from": DAY, "amount_idr": "150000"}
    leads_to_the_same(pressed_twice(client, reverse("aid_add", args=[family.pk]), said))
    assert AidReceipt.objects.count() == 1


def test_a_list_to_be_handed_in_is_made_once(client, officer, family, place):
    add_shipped_layouts(place, officer)
    url = reverse("submission_new")
    chosen = {"family": family.pk}
    opened = token(client, url, chosen)
    layout = ExportLayout.objects.filter(kelurahan=place).first()
    said = {"name": "Usulan", "kind": "PROPOSAL", "layout": layout.pk, "step": "save", **chosen}
    leads_to_the_same(pressed_twice(client, url, said, opened=opened))
    assert SubmissionList.objects.count() == 1


def test_what_a_resident_says_at_the_counter_is_written_down_once(client, officer):
    url = reverse("nomination_record")
    form = client.get(url).context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    said |= {
        "subject_name": "Karto Wirono", "subject_address": "Gang Melati", "text": "Atapnya bocor.",
        "channel": form.fields["channel"].choices[-1][0], "consent": "on",
    }  # fmt: skip
    answers = pressed_twice(client, url, said)
    assert answers[0].status_code == 302, answers[0].context["form"].errors
    leads_to_the_same(answers)
    assert Submission.objects.count() == 1
