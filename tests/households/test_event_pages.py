"""Pages of life events: form, what follows, recorded; and who may open which."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.codes import Relation, Sex
from households.events.recording import record
from households.models import EventKind, Household, LifeEvent, Member
from households.slugs import EVENTS, MOVES, TRANSFER_STEPS
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW
from tests import factories as make
from tests.households.eventful import DAY, everything, member_of, told
from tests.households.pages import file_url, page_text
from tkpk import files
from tkpk.drafts import FIELD
from tkpk.models import Document, Draft, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
PAPER = {"on": str(DAY), "document_kind": "RT_LETTER", "document_number": "474/12"}
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40


@pytest.fixture
def household(couple_with_children):
    return couple_with_children


def add_url(household, kind):
    return reverse("event_add", args=[household.pk, kind])


def person(number=0, **fields):
    """The fields of a newcomer as the browser sends them."""
    data = {
        "name": "Tumini Sastro",
        "new_nik": "",
        "sex": Sex.FEMALE,
        "relation": Relation.CHILD,
        "birth_date": "2001-02-03",
        **fields,
    }
    return {f"orang{number}-{name}": value for name, value in data.items()}


def place(rt):
    return {"territory": rt.pk, "kk_number": make.make_kk_number()}


# One way through each kind: what is posted, and what stands afterwards.
WAYS = {
    "BIRTH": (
        lambda f: {**person(name="Bayu"), "mother": f["wife"].pk},
        lambda f: Member.objects.get(name="Bayu").birth_date == DAY,
    ),
    "DEATH": (
        lambda f: {"people": f["head"].pk, "new_head": f["wife"].pk},
        lambda f: Member.objects.get(pk=f["wife"].pk).is_head,
    ),
    "MOVE_OUT": (
        lambda f: {"people": [f["child"].pk], "destination": "Sleman"},
        lambda f: Member.objects.get(pk=f["child"].pk).status == "MOVED",
    ),
    "MOVE_IN": (
        lambda f: {**person(), "count": "1", "destination": "Bantul"},
        lambda f: Member.objects.filter(name="Tumini Sastro", household=f["family"]).exists(),
    ),
    "SPLIT": (
        lambda f: {"people": [f["child"].pk], "founder": f["child"].pk, **place(f["rt"])},
        lambda f: Member.objects.get(pk=f["child"].pk).is_head,
    ),
    "JOIN": (
        lambda f: {
            "people": [f["child"].pk],
            "other_family": f["other"].code,
            f"relation_{f['child'].pk}": Relation.OTHER_KIN,
        },
        lambda f: Member.objects.get(pk=f["child"].pk).household == f["other"],
    ),
    "HEAD": (
        lambda f: {"new_head": f["wife"].pk, f"relation_{f['head'].pk}": Relation.HUSBAND},
        lambda f: Member.objects.get(pk=f["wife"].pk).is_head,
    ),
    "CORRECTION": (
        lambda f: {"people": f["child"].pk, "name": "Bagus", "new_nik": make.make_nik()},
        lambda f: Member.objects.get(pk=f["child"].pk).name == "Bagus",
    ),
    "RETURN": (
        lambda f: {"people": f["gone"].pk},
        lambda f: Member.objects.get(pk=f["gone"].pk).status == "ACTIVE",
    ),
}


@pytest.fixture
def cast(household, head, wife, child, rt, staff):
    gone = make.make_member(household, "Lama Hilang", by=staff, status="MISSING")
    other = make.make_family(rt, by=staff, head="Harjo", others=0)
    return {
        "family": household, "head": head, "wife": wife, "child": child, "rt": rt,
        "gone": gone, "other": other,
    }  # fmt: skip


def test_every_kind_has_a_way_and_an_address():
    assert set(WAYS) == set(EVENTS) == set(EventKind.values)


@pytest.mark.parametrize("kind", sorted(WAYS))
def test_each_kind_goes_from_form_to_consequences_to_the_registry(officer, cast, kind):
    said, stands = WAYS[kind]
    url = add_url(cast["family"], kind)
    asked = f"{url}?orang={cast['child'].pk}"
    assert officer.get(asked).status_code == 200
    data = {**PAPER, **said(cast)}
    before = everything()
    shown = officer.post(url, data)
    assert shown.status_code == 200
    assert shown.context["plan"].consequences
    assert everything() == before
    assert not LifeEvent.objects.exists()
    back = officer.post(url, {**data, "again": "1"})
    assert "entry" in back.context
    answer = officer.post(url, {**data, "confirm": shown.context["plan"].mark})
    event = LifeEvent.objects.get()
    assert answer["Location"] == reverse("event_detail", args=[event.household_id, event.pk])
    assert (event.kind, event.document_number) == (kind, "474/12")
    assert stands(cast)
    assert officer.get(answer["Location"]).status_code == 200


def test_a_family_moves_in_with_several_persons(officer, rt, kelurahan):
    url = reverse("family_arrival")
    assert url in officer.get(reverse("household_add")).content.decode()
    data = {
        **PAPER, **place(rt), **person(relation=Relation.HEAD), "count": "1", "destination": "Solo"
    }  # fmt: skip
    more = officer.post(url, {**data, "more": "1"})
    assert more.context["entry"].count == 2
    data |= {**person(1, name="Anak Tumini"), "count": "2"}
    plan = officer.post(url, data).context["plan"]
    assert len(plan.consequences) == 3
    officer.post(url, {**data, "confirm": plan.mark})
    household = Household.objects.get()
    assert household.kelurahan == kelurahan
    assert household.members.count() == 2


def test_errors_stand_beside_their_field_and_nothing_is_written(officer, cast):
    head, wife = cast["head"], cast["wife"]
    url = add_url(cast["family"], "DEATH")
    answer = officer.post(url, {**PAPER, "people": head.pk, "confirm": "1"})
    assert answer.context["entry"].main.errors["new_head"]
    answer = officer.post(url, {**PAPER, "on": "", "people": wife.pk, "confirm": "1"})
    assert answer.context["entry"].main.errors["on"]
    url = add_url(cast["family"], "BIRTH")
    data = {**PAPER, **person(new_nik=head.nik), "confirm": "1"}
    assert officer.post(url, data).context["entry"].persons[0].errors["new_nik"]
    url = add_url(cast["family"], "SPLIT")
    data = {**PAPER, "people": [wife.pk], "founder": wife.pk, "territory": cast["rt"].pk}
    data["kk_number"] = "123"
    assert officer.post(url, data).context["entry"].family.errors["kk_number"]
    assert not LifeEvent.objects.exists()


def test_all_that_is_wrong_is_said_at_once_in_one_box(officer, cast):
    data = {**PAPER, **person(name=""), "on": "2999-01-01", "confirm": "1"}
    answer = officer.post(add_url(cast["family"], "BIRTH"), data)
    entry = answer.context["entry"]
    assert entry.main.errors["on"]
    assert entry.persons[0].errors["name"]
    page = answer.content.decode()
    assert page.count("form-errors") == 1
    for field in ("id_on", "id_orang0-name"):
        assert f'href="#div_{field}"' in page


def test_an_unknown_family_is_not_joined(officer, cast, kelurahan):
    away = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    foreign = make.make_family(make.make_rt(away), by=cast["head"].created_by)
    url = add_url(cast["family"], "JOIN")
    for named in ("KLG-999999", foreign.code, foreign.kk_number, "bukan kode"):
        data = {**PAPER, "people": [cast["child"].pk], "other_family": named}
        assert officer.post(url, data).context["entry"].main.errors["other_family"]
    data["other_family"] = cast["other"].kk_number
    data[f"relation_{cast['child'].pk}"] = Relation.OTHER_KIN
    assert officer.post(url, data).context["plan"]


def test_two_officers_at_once_one_wins_and_the_other_is_told_why(officer, cast):
    child = cast["child"]
    death, move = (add_url(cast["family"], kind) for kind in ("DEATH", "MOVE_OUT"))
    shown = officer.post(death, {**PAPER, "people": child.pk}).context["plan"]
    also = officer.post(move, {**PAPER, "people": [child.pk]}).context["plan"]
    officer.post(move, {**PAPER, "people": [child.pk], "confirm": also.mark})
    late = officer.post(death, {**PAPER, "people": child.pk, "confirm": shown.mark})
    assert late.status_code == 200
    assert late.context["entry"].main.errors["people"]
    assert Member.objects.get(pk=child.pk).status == "MOVED"
    assert LifeEvent.objects.count() == 1


def test_where_other_things_would_follow_than_were_seen_they_are_shown_first(officer, cast, staff):
    lone = cast["other"].members.get()
    url, data = add_url(cast["other"], "DEATH"), {**PAPER, "people": lone.pk}
    seen = officer.post(url, data).context["plan"]
    assert cast["other"].code in seen.consequences[-1]
    make.make_member(cast["other"], "Baru Datang", by=staff, status="AWAY")
    answer = officer.post(url, {**data, "confirm": seen.mark})
    assert not LifeEvent.objects.exists()
    plan = answer.context["plan"]
    assert cast["other"].code not in plan.consequences[-1]
    assert officer.post(url, {**data, "confirm": plan.mark}).status_code == 302
    assert Household.objects.get(pk=cast["other"].pk).status == "ACTIVE"


def test_what_was_typed_before_the_session_ended_comes_back(client, officer, cast, staff):
    url = add_url(cast["family"], "MOVE_OUT")
    page = officer.get(url).content.decode()
    token = page.split(f'name="{FIELD}" value="')[1].split('"')[0]
    officer.logout()
    officer.post(url, {**PAPER, "people": [cast["child"].pk], "destination": "Wates", FIELD: token})
    assert Draft.objects.count() == 1
    officer.force_login(staff)
    entry = officer.get(url).context["entry"]
    assert entry.main["destination"].value() == "Wates"
    assert entry.main["people"].value() == [str(cast["child"].pk)]


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_pages_open_to_whom_they_are_for(client, role, kelurahan, rt, household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    where = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make.make_user("seseorang", role, where))
    reading = [
        reverse("event_list", args=[household.pk]),
        reverse("event_detail", args=[household.pk, event.pk]),
    ]
    writing = [
        reverse("event_choose", args=[household.pk]),
        *(add_url(household, kind) for kind in EVENTS),
    ]
    denied = 403 if role in {Role.LURAH, Role.RW_HEAD, Role.RT_HEAD} else 404
    for url in reading:
        right = 200 if role in {Role.STAFF, Role.LURAH} else denied
        assert client.get(url).status_code == right, url
    for url in writing:
        assert client.get(url).status_code == (200 if role == Role.STAFF else denied), url
    cancel = reverse("event_cancel", args=[household.pk, event.pk])
    answer = client.post(cancel, {"reason": "Salah"})
    assert LifeEvent.objects.get().status == ("CANCELLED" if role == Role.STAFF else "RECORDED")
    assert answer.status_code in {302, denied}


def test_a_stranger_finds_no_event(client, household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    away = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    client.force_login(make.make_user("sebelah", Role.STAFF, away))
    own = make.make_family(make.make_rt(away), by=staff)
    for url in (
        reverse("event_list", args=[household.pk]),
        reverse("event_detail", args=[household.pk, event.pk]),
        reverse("event_detail", args=[own.pk, event.pk]),
        add_url(household, "DEATH"),
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(add_url(household, "DEATH"), {**PAPER}).status_code == 404


def test_the_number_of_the_paper_is_not_for_everybody(client, officer, household, child, staff, rt):
    said = told(people=[child.pk], document_number="AM-998877")
    event = record("DEATH", household, said, by=staff)
    url = reverse("event_detail", args=[household.pk, event.pk])
    assert "AM-998877" in page_text(officer.get(url))
    client.force_login(make.make_user("ketua", Role.RT_HEAD, rt))
    assert "AM-998877" not in client.get(file_url(household)).content.decode()


def test_an_event_is_taken_back_on_its_page(officer, household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    url = reverse("event_cancel", args=[household.pk, event.pk])
    assert officer.get(url).status_code == 200
    assert officer.post(url, {"reason": " "}).context["form"].errors["reason"]
    assert officer.post(url, {"reason": "Salah orang"}).status_code == 302
    assert Member.objects.get(pk=child.pk).status == "ACTIVE"
    assert officer.get(url).status_code == 302


# --- the file and its moves ------------------------------------------------------------------
def test_the_familys_file_shows_its_events_newest_first(officer, household, child, wife, staff):
    record("DEATH", household, told(people=[child.pk]), by=staff)
    said = told(new_head=wife.pk)
    said.relations = {member_of(household, Relation.HEAD).pk: Relation.HUSBAND}
    record("HEAD", household, said, by=staff)
    panel = dict(officer.get(file_url(household)).context["panels"])["staff/events/_panel.html"]
    assert [event.kind for event in panel["events"]] == ["HEAD", "DEATH"]


def test_the_list_costs_the_same_for_one_event_and_for_many(
    officer, household, staff, django_assert_max_num_queries
):
    children = household.members.filter(relation=Relation.CHILD)
    first, second = children
    url = reverse("event_list", args=[household.pk])
    record("DEATH", household, told(people=[first.pk]), by=staff)
    with django_assert_max_num_queries(12) as one:
        officer.get(url)
    record("MOVE_OUT", household, told(people=[second.pk]), by=staff)
    record("RETURN", household, told(people=[second.pk]), by=staff)
    with django_assert_max_num_queries(12) as many:
        officer.get(url)
    assert len(one) == len(many)


@pytest.mark.parametrize(
    ("move", "status", "kind"),
    [
        ("record_death", "ACTIVE", "DEATH"),
        ("record_move", "ACTIVE", "MOVE_OUT"),
        ("restore", "MISSING", "RETURN"),
        ("restore", "MOVED", "RETURN"),
        ("restore", "DECEASED", ""),
        ("record_death", "MISSING", "DEATH"),
        ("record_death", "MOVED", ""),
        ("record_missing", "ACTIVE", ""),
    ],
)
def test_a_change_of_state_leads_to_its_event(officer, household, child, move, status, kind):
    Member.objects.filter(pk=child.pk).update(status=status)
    url = reverse("member_move", args=[household.pk, child.pk, move])
    assert MOVES[move] in url
    answer = officer.get(url)
    if not kind:
        assert answer.status_code == 200
        return
    for given in (answer, officer.post(url, {"on": str(DAY), "reason": "Tanpa peristiwa"})):
        assert given["Location"] == f"{add_url(household, kind)}?orang={child.pk}"
    form = officer.get(answer["Location"]).context["entry"].main
    assert form["people"].initial in (child.pk, [child.pk])
    assert Member.objects.get(pk=child.pk).status == status


def test_addresses_are_indonesian_and_complete(officer, household, child):
    assert set(MOVES) == {*MEMBER_FLOW.moves, *HOUSEHOLD_FLOW.moves}
    for words in (MOVES, EVENTS, TRANSFER_STEPS):
        assert len(set(words.values())) == len(words)
    member = reverse("member_file", args=[household.pk, child.pk])
    assert officer.get(f"{member}langkah/record_missing/").status_code == 404
    assert officer.get(f"{member}langkah/melompat/").status_code == 404
    assert officer.get(f"{file_url(household)}peristiwa/catat/DEATH/").status_code == 404


# --- scans -----------------------------------------------------------------------------------
def test_a_scan_is_kept_encrypted_and_handed_to_those_who_see_papers(
    client, officer, household, child, staff, kelurahan, rt
):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    url = reverse("event_scan", args=[household.pk, event.pk])
    officer.post(url, {"scan": SimpleUploadedFile("akta.jpg", JPEG)})
    first = Document.objects.get()
    assert files.load(first) == JPEG
    assert TrailEntry.objects.latest("number").move == "attach_scan"
    officer.post(url, {"scan": SimpleUploadedFile("akta2.pdf", b"%PDF-1.7 isi")})
    event.refresh_from_db()
    assert event.scan.content_type == "application/pdf"
    first.refresh_from_db()
    assert first.removed_at is not None
    download = reverse("document_download", args=[event.scan_id])
    assert officer.post(download).content == b"%PDF-1.7 isi"
    for role, where, answer in ((Role.LURAH, kelurahan, 200), (Role.RT_HEAD, rt, 404)):
        client.force_login(make.make_user(f"p{role}".lower(), role, where))
        assert client.post(download).status_code == answer


def test_what_is_no_scan_is_refused(officer, household, child, staff):
    event = record("DEATH", household, told(people=[child.pk]), by=staff)
    url = reverse("event_scan", args=[household.pk, event.pk])
    officer.post(url, {"scan": SimpleUploadedFile("akta.jpg", b"<html>")})
    officer.post(url, {})
    assert not Document.objects.exists()
    assert officer.get(url).status_code == 405
