"""The review of possible duplicates in the browser: the queue, a pair, and what is decided."""

import re
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from households.assistance import record
from households.duplicates import review
from households.duplicates.search import KIND
from households.events import recording
from households.merging import MergePlan
from households.models import AidProgramme, DuplicatePair, Household, Member, PairStatus
from households.workflows.duplicates import DUPLICATE_FLOW
from tests.factories import (
    make_family,
    make_kelurahan,
    make_mandate,
    make_member,
    make_rt,
    make_user,
)
from tests.households.duplicates import AGAIN, TWICE, entered_twice, pair_of
from tests.households.eventful import told
from tests.households.pages import page_text
from tests.rounds import undone
from tkpk.models import AccessLog, Job, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LIST = reverse("duplicate_list")


@pytest.fixture
def pair(rt, kelurahan, staff):
    return pair_of(rt, staff, make_rt(kelurahan, 5, 2))


def url(pair, what="pair"):
    return reverse(f"duplicate_{what}", args=[pair.pk])


def choice(client, pair, **other):
    """The form of the page as it is proposed, with what is chosen otherwise."""
    page = client.get(url(pair)).content.decode()
    form = page[page.index(url(pair, "merge")) :]
    form = form[: form.index("</form>")]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and value and ("checked" in tag or 'type="hidden"' in tag):
            data[name[1]] = value[1]
    return {**data, **other}


# --- the queue -------------------------------------------------------------------------------
def test_the_queue_shows_pairs_with_what_agrees(officer, pair):
    text = page_text(officer.get(LIST))
    assert TWICE in text
    assert AGAIN in text
    assert "mirip" in text or "alike" in text
    assert pair.code in text


@pytest.mark.parametrize("role", list(Role))
def test_only_officers_see_the_queue_and_its_pairs(client, pair, kelurahan, role):
    client.force_login(make_user("seseorang", role, kelurahan))
    wanted = (200, 200) if role == Role.STAFF else (403, 404)
    assert (client.get(LIST).status_code, client.get(url(pair)).status_code) == wanted
    allowed = role == Role.STAFF
    assert client.post(reverse("duplicate_search")).status_code == (302 if allowed else 403)
    assert client.get(reverse("same_kk_list")).status_code == (200 if allowed else 403)


@pytest.mark.parametrize("what", ["merge", "dismiss", "reopen", "undo"])
def test_a_stranger_gets_404_and_a_get_405(client, officer, pair, what):
    assert officer.get(url(pair, what)).status_code == 405
    client.force_login(make_user("ketua", Role.LURAH, pair.kelurahan))
    assert client.post(url(pair, what)).status_code == 404


def test_an_officer_of_another_kelurahan_sees_nothing_of_it(client, pair):
    other = make_kelurahan("34.71.04.1001", "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    assert TWICE not in page_text(client.get(LIST))
    assert client.get(url(pair)).status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?jenis=EXACT", False),
        ("?jenis=PROBABLE", True),
        ("?tampil=MERGED", False),
        ("?nilai=0.99", False),
        ("?rw=34.71.04.1002.005", True),
        ("?rw=34.71.04.1002.099", True),  # no such place: as if not chosen
        ("?hal=x", True),
        ("?tampil=apa&jenis=%00", True),
    ],
)
def test_the_queue_is_filtered(officer, pair, query, shown):
    DuplicatePair.objects.update(score="0.9")
    answer = officer.get(LIST + query)
    assert answer.status_code == 200
    assert (pair.code in page_text(answer)) == shown


def test_a_filter_on_another_rw_hides_the_pair(officer, pair, kelurahan):
    make_rt(kelurahan, 8, 1)
    assert pair.code not in page_text(officer.get(f"{LIST}?rw=34.71.04.1002.008"))


@pytest.mark.parametrize("pairs", [1, 3])
def test_the_queue_costs_the_same_queries_however_long(
    officer, rt, staff, kelurahan, pairs, django_assert_max_num_queries
):
    for number in range(pairs):
        entered_twice(make_rt(kelurahan, 1, number + 1), staff)
    officer.post(reverse("duplicate_search"))
    with django_assert_max_num_queries(12):
        answer = officer.get(LIST)
    assert answer.status_code == 200


def test_pages_of_a_long_queue_keep_the_filters(officer, rt, staff, kelurahan):
    rows = [make_family(rt, by=staff, others=0).members.get() for _number in range(28)]
    for high in rows[1:]:
        DuplicatePair.objects.create(
            kelurahan=kelurahan, low=rows[0].pk, high=high.pk, kind="PROBABLE", score="0.9",
            created_by=staff, updated_by=staff,
        )  # fmt: skip
    first = officer.get(f"{LIST}?jenis=PROBABLE").content.decode()
    assert "?jenis=PROBABLE&amp;hal=2" in first
    assert officer.get(f"{LIST}?jenis=PROBABLE&hal=2").status_code == 200


def test_a_search_is_asked_for_once_and_trailed(officer, kelurahan):
    officer.post(reverse("duplicate_search"))
    assert Job.objects.filter(kind=KIND).exists()
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move) == ("duplicate", "search")


def test_a_search_is_trailed_by_the_mandate_of_the_kelurahan_searched(client, kelurahan):
    elsewhere = make_kelurahan("34.71.03.1001", "Ngampilan").parent
    officer = make_user("petugas", Role.STAFF, elsewhere)
    own = make_mandate(officer, Role.STAFF, kelurahan)
    client.force_login(officer)
    client.post(reverse("duplicate_search"))
    entry = TrailEntry.objects.get()
    assert (entry.chain, entry.mandate) == (kelurahan, own)


# --- a pair ----------------------------------------------------------------------------------
def test_the_two_rows_stand_side_by_side_with_numbers_hidden(officer, pair):
    low = Member.objects.get(pk=pair.low)
    page = officer.get(url(pair)).content.decode()
    assert low.nik not in page
    assert low.nik_masked in page
    assert page.count('name="take-name"') == 2
    assert 'name="take-sex"' not in page  # both say the same
    assert AccessLog.objects.count() == 2


def test_masks_that_look_alike_are_told_apart_in_words(officer, pair):
    low, high = Member.objects.get(pk=pair.low), Member.objects.get(pk=pair.high)
    high.set_nik(f"{low.nik[:5]}{(int(low.nik[5]) + 1) % 10}{low.nik[6:]}")
    high.save()
    text = page_text(officer.get(url(pair)))
    assert "satu angka" in text or "one digit" in text


@pytest.mark.parametrize("relatives", [1, 4])
def test_a_pair_costs_the_same_queries_however_large_the_families(
    officer, rt, kelurahan, staff, relatives, django_assert_max_num_queries
):
    pair = pair_of(rt, staff, make_rt(kelurahan, 5, 2))
    home = Member.objects.get(pk=pair.high).household
    for number in range(relatives):
        make_member(home, f"Anak {'ABCDE'[number]}", by=staff)
    with django_assert_max_num_queries(20):
        officer.get(url(pair))


def test_a_merge_first_says_what_it_will_do(officer, pair):
    answer = officer.post(url(pair, "merge"), choice(officer, pair))
    text = page_text(answer)
    assert answer.status_code == 200
    assert Member.objects.get(pk=pair.high).code in text
    assert not Member.objects.filter(status=Member.Status.DUPLICATE).exists()


def test_papers_are_named_only_where_there_are_some(pair, staff):
    members = review.members_of([pair])
    plan = MergePlan(members[pair.low], members[pair.high])
    before = review.consequences(plan)
    gone = plan.merged
    Member.objects.filter(pk=gone.pk).update(status="MISSING")
    recording.record("RETURN", gone.household, told(people=[gone.pk]), by=staff)
    after = review.consequences(plan)
    assert [text for text in after if text.startswith("1 ")]
    assert len(after) == len(before) + 1


def test_a_confirmed_merge_is_made_and_can_be_undone_on_the_page(officer, pair, staff, kelurahan):
    programme = AidProgramme.objects.create(
        kelurahan=kelurahan, name="PKH", target="PERSON", created_by=staff, updated_by=staff
    )
    high = Member.objects.get(pk=pair.high)
    record(programme, high.household, by=staff, member=high, period_from=high.birth_date)
    data = choice(officer, pair, **{"take-birth_place": "high", "confirm": "1"})
    assert officer.post(url(pair, "merge"), data).status_code == 302
    high.refresh_from_db()
    assert high.status == Member.Status.DUPLICATE
    assert Member.objects.get(pk=pair.low).birth_place == "Bantul"
    assert high.code in page_text(officer.get(url(pair)))
    assert pair.code not in page_text(officer.get(LIST))
    assert pair.code in page_text(officer.get(f"{LIST}?tampil=MERGED"))
    officer.post(url(pair, "undo"), {"words": "Ternyata dua orang"})
    high.refresh_from_db()
    assert high.status == Member.Status.ACTIVE


@pytest.mark.parametrize(
    "wrong",
    [
        {"kept": ""},
        {"kept": "third"},
        {"take-name": "third"},
        {"low_version": "x"},
        {"take-nik": ""},
    ],
)
def test_an_incomplete_choice_is_refused(officer, pair, wrong):
    answer = officer.post(url(pair, "merge"), choice(officer, pair, confirm="1", **wrong))
    assert answer.status_code == 422
    assert not TrailEntry.objects.exists()


def test_a_choice_on_old_rows_is_refused(officer, pair):
    data = choice(officer, pair, confirm="1")
    Member.objects.filter(pk=pair.low).update(version=9)
    assert officer.post(url(pair, "merge"), data).status_code == 422
    assert DuplicatePair.objects.get().status == PairStatus.OPEN


@pytest.mark.parametrize("reason", ["TWINS", "NAMESAKE", "PARENT"])
def test_two_persons_is_said_with_one_tap_and_can_be_taken_back(officer, pair, reason):
    assert officer.post(url(pair, "dismiss"), {"choice": reason}).status_code == 302
    pair.refresh_from_db()
    assert (pair.status, pair.dismissed_as) == (PairStatus.DISMISSED, reason)
    assert TrailEntry.objects.get().reason
    assert officer.post(url(pair, "dismiss"), {"choice": reason}).status_code == 422
    officer.post(url(pair, "reopen"))
    pair.refresh_from_db()
    assert (pair.status, pair.dismissed_as) == (PairStatus.OPEN, "")


@pytest.mark.parametrize(
    "data",
    [{}, {"choice": "X"}, {"choice": "OTHER"}, {"choice": "OTHER", "words": "3471012345670000"}],
)
def test_without_a_reason_or_with_a_number_in_it_nothing_is_decided(officer, pair, data):
    answer = officer.post(url(pair, "dismiss"), data)
    assert answer.status_code == 422
    assert f'value="{data.get("words", "")}"' in answer.content.decode()  # as it was typed
    assert not TrailEntry.objects.exists()


def test_an_undo_that_cannot_be_made_names_what_stands_in_the_way(officer, pair):
    officer.post(url(pair, "merge"), choice(officer, pair, confirm="1"))
    Member.objects.filter(pk=pair.low).update(version=50)
    answer = officer.post(url(pair, "undo"), {"words": "Keliru"})
    assert answer.status_code == 422
    assert Member.objects.get(pk=pair.low).code in page_text(answer)
    assert 'value="Keliru"' in answer.content.decode()
    assert officer.post(url(pair, "undo"), {"words": ""}).status_code == 422


def test_ones_own_family_is_shown_but_not_decided_on(client, pair, kelurahan, staff):
    own = make_member(Member.objects.get(pk=pair.low).household, "Saudara", by=staff)
    client.force_login(make_user("kerabat", Role.STAFF, kelurahan, nik=own.nik))
    page = client.get(url(pair)).content.decode()
    assert 'name="kept"' not in page
    assert client.post(url(pair, "dismiss"), {"choice": "TWINS"}).status_code == 403


# --- the table -------------------------------------------------------------------------------
OPEN_FROM = {  # as the procedure has it
    "merge": {"OPEN"},
    "dismiss": {"OPEN"},
    "reopen": {"DISMISSED"},
    "undo_merge": {"MERGED"},
}


@pytest.mark.parametrize("status", list(PairStatus))
@pytest.mark.parametrize("move", list(OPEN_FROM))
def test_the_table_is_as_the_procedure_has_it(rt, staff, kelurahan, status, move):
    low, high = entered_twice(rt, staff, others=0)
    pair = DuplicatePair.objects.create(
        kelurahan=kelurahan, low=low.pk, high=high.pk, kind="PROBABLE", score=1, status=status,
        created_by=staff, updated_by=staff,
    )  # fmt: skip
    # Merging a pair that was marked as two persons needs no reopening; nothing else is skipped.
    may = status in OPEN_FROM[move] or (move == "merge" and status == PairStatus.DISMISSED)
    done = set()
    for role in Role:
        with undone():
            user = make_user("orang", role, kelurahan)
            pair.refresh_from_db()
            with suppress(PermissionDenied, ValidationError):
                DUPLICATE_FLOW.apply(move, pair, by=user, reason="Sudah dibandingkan")
                done.add(role)
    assert done == ({Role.STAFF} if may else set())


# --- one KK twice ----------------------------------------------------------------------------
def test_families_with_one_kk_number_stand_in_a_list_with_the_way_to_join(
    officer, rt, kelurahan, staff
):
    closed = make_family(rt, by=staff, head="Wagino Tua")
    living = make_family(make_rt(kelurahan, 5, 2), by=staff, head="Wagino Baru")
    Household.objects.filter(pk=closed.pk).update(status="CLOSED")
    living.set_kk_number(closed.kk_number)
    living.save()
    answer = officer.get(reverse("same_kk_list"))
    page = answer.content.decode()
    assert closed.kk_number not in page
    assert closed.code in page
    assert living.code in page
    assert reverse("event_add", args=[closed.pk, "JOIN"]) in page


@pytest.mark.parametrize("groups", [1, 3])
def test_the_list_of_kk_numbers_costs_the_same_queries(
    officer, rt, staff, groups, django_assert_max_num_queries
):
    for _number in range(groups):
        first, second = (make_family(rt, by=staff, others=0) for _side in "ab")
        Household.objects.filter(pk=first.pk).update(status="CLOSED")
        second.set_kk_number(first.kk_number)
        second.save()
    with django_assert_max_num_queries(11):
        officer.get(reverse("same_kk_list"))
