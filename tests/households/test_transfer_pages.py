"""Pages of transfers between two kelurahan: each side sees its own part and no more."""

import pytest
from django.urls import reverse

from households.codes import Relation, Sex
from households.models import Household, Member, Transfer
from households.transfers import Release, ask, offer
from tests import factories as make
from tests.households.eventful import DAY, everything
from tests.households.pages import file_url, page_text
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
PAPER = {"on": str(DAY), "document_kind": "MOVE", "document_number": "SKPWNI/3404/1"}
SECRET = "Rahasiawati"


@pytest.fixture
def there(kelurahan):
    return make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")


@pytest.fixture
def receiver(there):
    return make.make_user("penerima", Role.STAFF, there)


@pytest.fixture
def household(rt, staff):
    family = make.make_family(rt, by=staff, head=f"Kepala {SECRET}", others=2)
    make.make_member(family, f"Sum {SECRET}", by=staff, relation=Relation.WIFE, sex=Sex.FEMALE)
    return family


@pytest.fixture
def home(there, receiver):
    return make.make_family(make.make_rt(there), by=receiver, head="Harjo", others=0)


@pytest.fixture
def offered(household, wife, there, staff):
    said = Release(household=household, people=[wife.pk], on=DAY, document_kind="MOVE")
    return offer(said, destination=there, by=staff)


@pytest.fixture
def requested(kelurahan, there, receiver, wife):
    return ask(
        origin=kelurahan, destination=there, nik=wife.nik, name="Sumiyati", on=DAY,
        document_kind="MOVE", by=receiver,
    )  # fmt: skip


def url(name, transfer, *more):
    return reverse(f"transfer_{name}", args=[transfer.pk, *more])


@pytest.fixture
def as_receiver(client, receiver):
    client.force_login(receiver)
    return client


def test_a_family_is_offered_from_its_file(officer, household, wife, there):
    page = reverse("transfer_offer", args=[household.pk])
    assert page in officer.get(reverse("event_choose", args=[household.pk])).content.decode()
    assert officer.get(page).status_code == 200
    data = {**PAPER, "people": [wife.pk], "destination_place": there.pk}
    assert officer.post(page, {**data, "on": ""}).context["form"].errors["on"]
    answer = officer.post(page, data)
    transfer = Transfer.objects.get()
    assert answer["Location"] == url("detail", transfer)
    assert (transfer.status, transfer.document_number) == ("OFFERED", "SKPWNI/3404/1")
    assert "PA-" in page_text(officer.get(answer["Location"]))
    assert url("detail", transfer) in officer.get(file_url(household)).content.decode()


def test_the_receiving_side_takes_them_into_a_family(as_receiver, offered, home, wife):
    page = url("accept", offered)
    assert as_receiver.get(page).status_code == 200
    relation = f"relation_{wife.pk}"
    wrong = as_receiver.post(page, {"household": "KLG-999999", relation: Relation.OTHER})
    assert wrong.context["form"].errors["household"]
    two_heads = as_receiver.post(page, {"household": home.code, relation: Relation.HEAD})
    assert two_heads.status_code == 200
    assert Transfer.objects.get().status == "OFFERED"
    answer = as_receiver.post(page, {"household": home.code, relation: Relation.OTHER})
    assert answer["Location"] == url("detail", offered)
    assert home.members.filter(name=wife.name).exists()
    assert Member.objects.get(pk=wife.pk).status == "MOVED"


def test_or_as_a_new_family(as_receiver, offered, there, wife):
    place = make.make_rt(there, 4, 5)
    data = {f"relation_{wife.pk}": Relation.HEAD, "baru-territory": place.pk}
    page = url("accept", offered)
    assert as_receiver.post(page, data).context["family"].errors["kk_number"]
    data["baru-kk_number"] = make.make_kk_number()
    assert as_receiver.post(page, data).status_code == 302
    assert Household.objects.get(territory=place).members.get().is_head


def test_a_request_goes_there_and_back(client, receiver, staff, household, wife, kelurahan):
    client.force_login(receiver)
    page = reverse("transfer_request")
    data = {**PAPER, "origin": kelurahan.pk, "name": "Sumiyati", "nik": wife.nik}
    assert client.post(page, {**data, "nik": "12"}).context["form"].errors["nik"]
    answer = client.post(page, data)
    transfer = Transfer.objects.get()
    assert answer["Location"] == url("detail", transfer)
    client.force_login(staff)
    form = client.get(url("release", transfer)).context["form"]
    assert form["people"].initial == [wife.pk]
    assert {name: str(form[name].value()) for name in PAPER} == PAPER
    client.post(url("release", transfer), {**PAPER, "people": [wife.pk]})
    assert Transfer.objects.get().status == "OFFERED"


def test_a_family_that_the_nik_does_not_find_is_named(officer, household, wife, requested):
    Member.objects.filter(pk=wife.pk).update(nik="", nik_index="")
    page = url("release", requested)
    assert "form" not in officer.get(page).context
    find = url("find", requested)
    assert officer.get(find).status_code == 405
    assert officer.post(find, {"family": "KLG-999999"})["Location"] == page
    answer = officer.post(find, {"family": household.kk_number})
    assert answer["Location"] == f"{page}?keluarga={household.pk}"
    officer.post(answer["Location"], {**PAPER, "people": [wife.pk]})
    assert Transfer.objects.get().status == "OFFERED"


def test_steps_ask_for_a_reason(officer, requested):
    page = url("step", requested, "refuse")
    assert officer.get(page).status_code == 200
    assert officer.post(page, {"reason": ""}).context["form"].errors["reason"]
    assert officer.post(page, {"reason": "Tidak dikenal di sini"}).status_code == 302
    assert Transfer.objects.get().status == "REFUSED"
    assert officer.get(page).status_code == 302
    assert officer.post(url("step", requested, "decline"), {"reason": "x"}).status_code in {
        200,
        403,
    }
    assert Transfer.objects.get().status == "REFUSED"


# --- who sees what ---------------------------------------------------------------------------
def test_a_stranger_gets_404(client, offered):
    third = make.make_kelurahan("34.71.04.1003", "Bausasran")
    client.force_login(make.make_user("asing", Role.STAFF, third))
    assert client.get(url("detail", offered)).status_code == 404
    for name in ("release", "accept"):
        assert client.get(url(name, offered)).status_code == 404
        assert client.post(url(name, offered), {}).status_code == 404
    assert client.post(url("step", offered, "decline"), {"reason": "x"}).status_code == 404
    assert offered.code not in client.get(reverse("transfer_list")).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.STAFF])
def test_other_roles_have_no_transfers(client, offered, kelurahan, role):
    client.force_login(make.make_user("lain", role, kelurahan))
    assert client.get(url("detail", offered)).status_code == 404
    assert client.get(reverse("transfer_list")).status_code == 403
    assert client.get(reverse("transfer_request")).status_code == 403


def test_a_request_shows_the_asking_side_nothing_of_the_families(as_receiver, requested, household):
    page = as_receiver.get(url("detail", requested)).content.decode()
    assert SECRET not in page
    assert household.code not in page
    assert as_receiver.get(url("release", requested)).status_code == 302
    assert as_receiver.post(url("release", requested), {**PAPER}).status_code in {200, 302, 403}
    assert Transfer.objects.get().status == "REQUESTED"


def test_an_offer_shows_the_names_of_those_who_go_and_no_other(
    as_receiver, offered, household, wife
):
    for name in ("detail", "accept"):
        page = as_receiver.get(url(name, offered)).content.decode()
        assert wife.name in page
        assert f"Kepala {SECRET}" not in page
        assert household.code not in page
        assert wife.nik not in page
    assert as_receiver.get(file_url(household)).status_code == 404
    as_receiver.post(url("step", offered, "decline"), {"reason": "Salah alamat"})
    assert Transfer.objects.get().status == "DECLINED"
    assert SECRET not in as_receiver.get(url("detail", offered)).content.decode()


def test_an_offer_that_was_withdrawn_shows_no_name(client, offered, staff, receiver, wife):
    client.force_login(staff)
    client.post(url("step", offered, "withdraw_offer"), {"reason": "Batal pindah"})
    assert wife.name in client.get(url("detail", offered)).content.decode()
    client.force_login(receiver)
    assert wife.name not in client.get(url("detail", offered)).content.decode()
    assert client.get(url("accept", offered)).status_code == 302
    before = everything()
    assert client.post(url("accept", offered), {}).status_code in {302, 403}
    assert everything() == before


def test_the_list_costs_the_same_for_one_transfer_and_for_many(
    officer, household, offered, there, staff, django_assert_max_num_queries
):
    page = reverse("transfer_list")
    with django_assert_max_num_queries(12) as one:
        assert offered.code in officer.get(page).content.decode()
    child = household.members.filter(relation=Relation.CHILD).first()
    said = Release(household=household, people=[child.pk], on=DAY, document_kind="MOVE")
    offer(said, destination=there, by=staff)
    with django_assert_max_num_queries(12) as many:
        officer.get(page)
    assert len(one) == len(many)


def test_the_list_is_filtered_by_status(as_receiver, offered, requested):
    page = reverse("transfer_list")
    shown = as_receiver.get(page, {"status": "REQUESTED"}).content.decode()
    assert requested.code in shown
    assert offered.code not in shown
    nobody = as_receiver.get(page, {"status": "REFUSED"}).content.decode()
    assert "<form" in nobody  # the way back to the others
    for wrong in ("", "LAIN"):
        every = as_receiver.get(page, {"status": wrong}).content.decode()
        assert requested.code in every
        assert offered.code in every


def test_older_transfers_are_on_the_next_page(as_receiver, offered, requested, monkeypatch):
    monkeypatch.setattr("households.views.transfers.PAGE_SIZE", 1)
    page = reverse("transfer_list")
    newest = as_receiver.get(page).content.decode()
    assert requested.code in newest
    assert offered.code not in newest
    assert 'href="?hal=2"' in newest
    assert offered.code in as_receiver.get(page, {"hal": "2"}).content.decode()
    filtered = as_receiver.get(page, {"status": "OFFERED"}).content.decode()
    assert "hal=" not in filtered


def test_a_request_posted_twice_is_one(as_receiver, kelurahan, wife):
    said = {"origin": kelurahan.pk, "name": "Sumiyati", "nik": wife.nik, **PAPER}
    for _press in range(2):
        answer = as_receiver.post(reverse("transfer_request"), said)
        assert answer.status_code == 302
    assert answer.url == url("detail", Transfer.objects.get())


# --- one kelurahan alone, and nobody to come back ---------------------------------------------
def test_who_is_alone_on_the_portal_is_offered_no_transfer(officer, household):
    choose = reverse("event_choose", args=[household.pk])
    offer_page, requesting = reverse("transfer_offer", args=[household.pk]), "transfer_request"
    assert offer_page not in officer.get(choose).content.decode()
    for page in (offer_page, reverse(requesting)):
        assert officer.get(page).context["several_kelurahan"] is False
        assert 'name="on"' not in officer.get(page).content.decode()
    instead = reverse("event_add", args=[household.pk, "MOVE_OUT"])
    assert instead in officer.get(offer_page).content.decode()
    for name in ("family_arrival", "household_add", "transfer_list"):
        assert reverse(requesting) not in officer.get(reverse(name)).content.decode()
    assert reverse("transfer_list") not in officer.get(reverse("work_home")).content.decode()


def test_the_ways_to_a_transfer_are_where_somebody_looks_for_them(
    officer, client, rt, household, there
):
    for name in ("family_arrival", "household_add", "transfer_list"):
        assert reverse("transfer_request") in officer.get(reverse(name)).content.decode()
    assert reverse("transfer_list") in officer.get(reverse("work_home")).content.decode()
    client.force_login(make.make_user("rt12", Role.RT_HEAD, rt))
    assert reverse("transfer_list") not in client.get(reverse("work_home")).content.decode()


def test_a_return_is_offered_only_where_somebody_has_left(officer, household, wife):
    choose = reverse("event_choose", args=[household.pk])
    page = reverse("event_add", args=[household.pk, "RETURN"])
    assert page not in officer.get(choose).content.decode()
    answer = officer.get(page)
    assert answer.context["entry"].main.nobody
    assert 'name="people"' not in answer.content.decode()
    Member.objects.filter(pk=wife.pk).update(status="MOVED")
    assert page in officer.get(choose).content.decode()
    assert 'name="people"' in officer.get(page).content.decode()
