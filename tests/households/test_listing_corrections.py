"""A wrong step of a family or of the whole list is corrected by name, before it is established."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from households.listing import delist, keeping, lines
from households.models import Listing, PoorList
from households.voices import matching
from households.workflows.listings import LISTING_FLOW
from tests import factories
from tests.households.listing import brought_to, families, held, line_on, opened
from tests.households.sending_in import received, taken_up
from tkpk import trail
from tkpk.models import Installation, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(kelurahan):
    return factories.make_user("petugas2", Role.STAFF, kelurahan)


@pytest.fixture
def lurah(kelurahan):
    return factories.make_user("lurah", Role.LURAH, kelurahan)


@pytest.fixture
def poor_list(kelurahan, staff):
    return opened(kelurahan, staff)


def code_of(refused):
    return refused.value.error_list[0].code


def correct(name, line, by, reason="Salah tekan"):
    return LISTING_FLOW.apply(name, line, by=by, reason=reason)


# --- one family ------------------------------------------------------------------------------
def test_who_was_taken_off_by_mistake_stands_again_by_a_second_person(
    poor_list, household, staff, second
):
    line = delist(line_on(poor_list, household, staff), by=staff, reason="Salah keluarga")
    with pytest.raises(PermissionDenied):
        correct("correct_nominated", line, staff)
    with pytest.raises(ValidationError) as refused:
        correct("correct_nominated", line, second, reason="")
    assert "reason" in refused.value.error_dict
    assert correct("correct_nominated", line, second).status == "NOMINATED"
    moves = TrailEntry.objects.filter(subject="households.listing").order_by("number")
    assert list(moves.values_list("move", flat=True)) == ["delist", "correct_nominated"]
    assert trail.check_trail() == []


@pytest.mark.parametrize(
    ("stage", "name", "target"),
    [
        ("REVIEW_2", "correct_public_review_2", "PUBLIC_REVIEW_2"),
        ("OBJECTION_WINDOW", "correct_public_review_2", "PUBLIC_REVIEW_2"),
        ("SUBMITTED", "correct_submitted", "SUBMITTED"),
    ],
)
def test_it_stands_where_the_list_stands_and_only_if_it_was_verified(
    poor_list, rt, staff, second, stage, name, target
):
    one, two = families(rt, staff, 2)
    verified = line_on(poor_list, one, staff, status="DELISTED")
    never = Listing.objects.create(
        kelurahan=poor_list.kelurahan, poor_list=poor_list, household=two, origin="STAFF",
        status="DELISTED", created_by=staff, updated_by=staff,
    )  # fmt: skip
    brought_to(poor_list, stage, staff)
    with pytest.raises(ValidationError) as refused:
        correct("correct_nominated", verified, second)
    assert code_of(refused) == "list_elsewhere"
    with pytest.raises(ValidationError) as refused:
        correct(name, never, second)
    assert code_of(refused) == "not_verified"
    assert correct(name, verified, second).status == target


def test_nothing_is_corrected_once_the_list_is_established(poor_list, household, staff, second):
    line = line_on(poor_list, household, staff, status="DELISTED")
    brought_to(poor_list, "ESTABLISHED", staff)
    for name in ("correct_nominated", "correct_public_review_2", "correct_submitted"):
        with pytest.raises(ValidationError) as refused:
            correct(name, line, second)
        assert code_of(refused) == "list_elsewhere"


def test_what_was_decided_on_an_objection_is_no_mistake_to_correct(
    kelurahan, poor_list, household, staff, second, lurah
):
    line = line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    brought_to(poor_list, "OBJECTION_WINDOW", staff)
    about = {"ground": "NOT_POOR", "poor_list_id": poor_list.pk}
    sent = taken_up(kelurahan, staff, "OBJECTION", **about)
    report = matching.match(matching.report_of(sent), household, by=staff)
    matching.decide(report, "uphold", by=lurah, reason="Sudah mampu")
    line.refresh_from_db()
    assert line.status == "DELISTED"
    with pytest.raises(ValidationError) as refused:
        correct("correct_public_review_2", line, second)
    assert code_of(refused) == "decided"


def test_a_wrong_verification_is_corrected_in_round_1_by_a_second_person(
    poor_list, household, staff, second
):
    line = line_on(poor_list, household, staff, status="PUBLIC_REVIEW_1")
    brought_to(poor_list, "REVIEW_1", staff)
    with pytest.raises(PermissionDenied):
        lines.correct_verification(line, by=staff, reason="Skor keluarga lain")
    done = lines.correct_verification(line, by=second, reason="Skor keluarga lain")
    assert (done.status, done.verified_by, done.exception) == ("NOMINATED", None, "")


def test_the_page_of_the_family_offers_the_correction_that_is_possible(
    client, poor_list, household, staff, second
):
    line = delist(line_on(poor_list, household, staff), by=staff, reason="Salah keluarga")
    client.force_login(second)
    page = client.get(reverse("listing_detail", args=[line.pk]))
    names = {found.name for found in page.context["moves"]}
    assert names == {"correct_nominated"}
    url = reverse("listing_step", args=[line.pk, "correct_nominated"])
    assert url in page.content.decode()
    empty = client.post(url, {"reason": ""})
    assert "reason" in empty.context["form"].errors
    client.post(url, {"reason": "Salah tekan"})
    line.refresh_from_db()
    assert line.status == "NOMINATED"
    # Who made the mistake finds no button.
    client.force_login(staff)
    line = delist(line, by=staff, reason="Lagi")
    page = client.get(reverse("listing_detail", args=[line.pk]))
    assert page.context["moves"] == []


# --- the whole list --------------------------------------------------------------------------
def test_a_round_begun_too_early_is_taken_back_with_its_families(
    poor_list, household, staff, lurah
):
    line = line_on(poor_list, household, staff, status="FIELD_VERIFIED")
    poor_list = keeping.advance(poor_list, "start_review_1", by=staff)
    first = held(poor_list.kelurahan, "UJI_PUBLIK_1", staff, days_ago=3)
    poor_list = brought_to(poor_list, "REVIEW_1", staff, review_1=first)
    poor_list = keeping.advance(poor_list, "start_review_2", by=staff)

    def steps():
        line.refresh_from_db()
        return PoorList.objects.get().status, line.status

    assert steps() == ("REVIEW_2", "PUBLIC_REVIEW_2")
    with pytest.raises(PermissionDenied):
        keeping.advance(poor_list, "correct_review_2", by=staff, reason="Terlalu cepat")
    keeping.advance(poor_list, "correct_review_2", by=lurah, reason="Terlalu cepat")
    assert steps() == ("REVIEW_1", "PUBLIC_REVIEW_1")
    keeping.advance(poor_list, "correct_review_1", by=lurah, reason="Terlalu cepat")
    assert steps() == ("OPEN", "FIELD_VERIFIED")
    assert trail.check_trail()[1:] == []  # the list itself was put where it stood past its moves


def test_the_window_is_taken_back_only_while_nobody_objected(
    client, kelurahan, poor_list, household, staff, lurah
):
    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    brought_to(poor_list, "OBJECTION_WINDOW", staff)
    client.force_login(lurah)
    url = reverse("poor_list_step", args=[poor_list.pk, "correct_window"])
    assert url in client.get(reverse("poor_list_detail", args=[poor_list.pk])).content.decode()
    empty = client.post(url, {"reason": ""})
    assert "reason" in empty.context["form"].errors
    sent = received(kelurahan, "OBJECTION", ground="NOT_POOR", poor_list_id=poor_list.pk)
    kept = client.post(url, {"reason": "Rapat belum selesai"})
    assert kept.context["form"].non_field_errors()
    assert kept.context["form"]["reason"].value() == "Rapat belum selesai"
    sent.objection.delete()
    client.post(url, {"reason": "Rapat belum selesai"})
    poor_list.refresh_from_db()
    assert poor_list.status == "REVIEW_2"
    assert poor_list.objection_closes_on is None


# --- what the public reads -------------------------------------------------------------------
def test_opening_and_closing_the_window_builds_the_public_pages_anew(
    poor_list, household, staff, lurah
):
    def version():
        return Installation.objects.values_list("data_version", flat=True).get()

    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    first = held(poor_list.kelurahan, "UJI_PUBLIK_1", staff, days_ago=9)
    last = held(poor_list.kelurahan, "UJI_PUBLIK_2", staff)
    poor_list = brought_to(poor_list, "REVIEW_2", staff, review_1=first, review_2=last)
    before = version()
    keeping.advance(poor_list, "open_window", by=staff)
    assert version() == before + 1
    brought_to(poor_list, "OBJECTION_WINDOW", staff)  # its last day is past
    keeping.advance(poor_list, "send", by=lurah)
    assert version() == before + 2


def test_a_list_with_an_open_objection_is_not_sent_and_says_what_to_do(
    client, kelurahan, poor_list, household, staff, lurah
):
    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_2")
    brought_to(poor_list, "OBJECTION_WINDOW", staff)
    received(kelurahan, "OBJECTION", ground="NOT_POOR", poor_list_id=poor_list.pk)
    client.force_login(lurah)
    url = reverse("poor_list_step", args=[poor_list.pk, "send"])
    (missing,) = client.get(url).context["missing"]
    assert "1" in missing
    refused = client.post(url)
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors() == [missing]
    assert missing in refused.content.decode().replace("&quot;", '"')
    poor_list.refresh_from_db()
    assert poor_list.status == "OBJECTION_WINDOW"


def test_a_list_with_an_open_objection_is_not_established_and_says_what_to_do(
    client, kelurahan, poor_list, household, staff, lurah
):
    line = line_on(poor_list, household, staff, status="SUBMITTED")
    rembug = held(kelurahan, "REMBUG", staff)
    brought_to(poor_list, "SUBMITTED", staff, rembug=rembug)
    received(kelurahan, "OBJECTION", ground="NOT_POOR", poor_list_id=poor_list.pk)
    client.force_login(lurah)
    refused = client.post(reverse("poor_list_step", args=[poor_list.pk, "establish"]))
    assert len(refused.context["form"].non_field_errors()) == 1
    line.refresh_from_db()
    assert line.status == "SUBMITTED"
