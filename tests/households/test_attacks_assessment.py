"""What somebody tried against surveys, lists, reports and cards once, and what it answers now."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from households import access_reports, scores
from households.models import (
    CardNote,
    Commitment,
    Listing,
    Nomination,
    PoorList,
    Score,
    Survey,
)
from households.report_cards import writing as cards
from tests import factories as make
from tests.households import surveying
from tests.households.aided import establish
from tests.households.instruments import checked, draft, in_use, poor_answers
from tests.households.listing import line_on, opened
from tests.households.pages import file_url
from tests.households.sending_in import PAGES, received, send, typed
from tests.tkpk.test_urls_closed import writing
from tkpk import pdf
from tkpk.models import AccessLog, Meeting, SentKind, Submission
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
# Fields that no form offers; a browser may send them all the same.
SMUGGLED = {
    "status": "ESTABLISHED", "kelurahan": "1", "kelurahan_id": "1", "created_by": "1",
    "created_by_id": "1", "updated_by": "1", "score": "1", "score_class": "1", "current": "on",
    "verified_by": "1", "verified_at": "2026-01-01", "confirmed_by": "1", "signed_by": "1",
    "signed_at": "2026-01-01", "established_at": "2026-01-01", "checked_by": "1",
    "surveyor": "1", "applied_at": "2026-01-01", "matched_by": "1", "decided_by": "1",
    "household": "1", "listing": "1", "ticket": "S-AAAA-BBBB-CCCC", "due_on": "2030-01-01",
    "channel": "RT_RW", "minutes_number": "1", "minutes_code": "X", "least_attendance": "0",
    "closed_at": "2026-01-01", "outcome": "KEPT", "struck_at": "2026-01-01", "settled_at": "1",
}  # fmt: skip


@pytest.fixture
def version(kelurahan):
    return surveying.bps(kelurahan)


@pytest.fixture
def neighbour(kelurahan):
    """The family of another kelurahan, and its officer."""
    place = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    by = make.make_user("sebelah", Role.STAFF, place)
    return make.make_family(make.make_rt(place, 5, 1), by=by, head="Nyisworo")


@pytest.fixture
def _papers(monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda template, data: b"%PDF-1.7 uji")


def sign_in(client, name, role, place):
    user = make.make_user(name, role, place)
    client.force_login(user)
    return user


# --- fields that no form offers ----------------------------------------------------------------
def test_a_list_is_opened_with_what_its_form_offers_alone(officer, staff, kelurahan, neighbour):
    data = {**SMUGGLED, "year": YEAR, "basis": "REMBUG", "objection_days": "14"}
    officer.post(reverse("poor_list_new"), {**data, "kelurahan": neighbour.kelurahan_id})
    made = PoorList.objects.get()
    assert (made.kelurahan, made.status, made.created_by) == (kelurahan, "OPEN", staff)
    assert (made.signed_by, made.signed_at, made.established_at) == (None, None, None)


def test_a_list_keeps_its_stage_whatever_its_settings_are_sent_with(officer, staff, kelurahan):
    poor_list = opened(kelurahan, staff)
    data = {**SMUGGLED, "version": poor_list.version, "basis": "DECREE", "objection_days": "30",
            "objection_closes_on": "2020-01-01"}  # fmt: skip
    assert officer.post(reverse("poor_list_settings", args=[poor_list.pk]), data).status_code == 302
    poor_list.refresh_from_db()
    assert (poor_list.basis, poor_list.status, poor_list.signed_by) == ("DECREE", "OPEN", None)
    assert poor_list.objection_closes_on is None


def test_a_line_takes_no_score_and_no_verification_from_a_form(
    officer, staff, kelurahan, household
):
    poor_list = opened(kelurahan, staff)
    url = reverse("listing_add", args=[poor_list.pk, household.pk])
    officer.post(url, {**SMUGGLED, "origin": "CITY"})
    line = Listing.objects.get()
    assert (line.status, line.origin, line.created_by) == ("NOMINATED", "STAFF", staff)
    assert (line.score, line.verified_by, line.confirmed_by) == (None, None, None)


def test_a_survey_is_nobody_elses_and_not_checked_by_its_message(
    officer, staff, household, version
):
    other = make.make_user("lain")
    smuggled = {**SMUGGLED, "created_by": other.pk, "surveyor": other.pk, "status": "CHECKED"}
    said = surveying.message(household, version)
    post(officer, {**smuggled, **said, "source": "PAPER", "checked_at": "2026-01-01"})
    survey = surveying.only_survey()
    assert (survey.status, survey.created_by, survey.surveyor) == ("SENT", staff, staff)
    assert (survey.checked_by, survey.checked_at, survey.source) == (None, None, "DEVICE")
    assert not Score.objects.exists()


def test_a_meeting_is_planned_and_not_closed_by_its_form(officer, staff, kelurahan, neighbour):
    data = {
        **SMUGGLED, "kind": "UJI_PUBLIK_1", "title": "Uji publik", "place": "Balai",
        "starts_at": f"{YEAR}-12-01T19:30", "territory": kelurahan.pk, "version": "1",
        "kelurahan": neighbour.kelurahan_id, "listed_women": "500", "notes": "Sepakat",
    }  # fmt: skip
    officer.post(reverse("meeting_plan"), data)
    made = Meeting.objects.get()
    assert (made.status, made.kelurahan, made.created_by) == ("PLANNED", kelurahan, staff)
    assert (made.minutes_number, made.closed_at, made.least_attendance) == (None, None, None)
    assert (made.listed_women, made.notes) == (0, "")
    data["territory"] = neighbour.territory_id
    assert officer.post(reverse("meeting_plan"), data).status_code == 422


def test_what_is_written_on_a_card_is_the_officers_own(officer, staff, household, neighbour):
    card = cards.start(household, YEAR, by=staff)
    said = {**SMUGGLED, "card": "999", "author": "FAMILY", "text": "Kata keluarga",
            "side": "FAMILY", "what": "Sekolah", "due_on": f"{YEAR}-12-01"}  # fmt: skip
    for name in ("card_note", "card_promise"):
        assert officer.post(reverse(name, args=[household.pk, YEAR]), said).status_code == 302
    note, promise = CardNote.objects.get(), Commitment.objects.get()
    assert (note.card, note.created_by, note.struck_at) == (card, staff, None)
    assert (promise.card, promise.created_by, promise.outcome) == (card, staff, "")
    card.refresh_from_db()
    assert card.status == "DRAFT"


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_a_resident_writes_neither_the_status_nor_the_family_of_a_report(
    client, kelurahan, staff, household, neighbour, kind
):
    establish(household, staff, YEAR)
    PoorList.objects.update(
        status="OBJECTION_WINDOW", objection_closes_on=timezone.localdate(), signed_by=None,
        signed_at=None, established_at=None,
    )  # fmt: skip
    smuggled = {**SMUGGLED, "household": household.pk, "kelurahan": neighbour.kelurahan_id}
    send(client, kind, **{**smuggled, **typed(kind)})
    row = Submission.objects.get()
    report = getattr(row, {"SELF_REMOVAL": "removal_wish"}.get(kind, str(kind).lower()))
    assert (row.status, row.channel, row.kelurahan) == ("RECEIVED", "PORTAL", kelurahan)
    assert row.created_by is None
    assert row.ticket != SMUGGLED["ticket"]
    assert row.due_on.year < 2030
    assert (report.status, report.household, report.matched_by) == ("OPEN", None, None)


# --- heads of another RT -----------------------------------------------------------------------
@pytest.fixture
def other_head(client, kelurahan, household):
    """The head of an RT beside that of the family."""
    return sign_in(client, "rt-lain", Role.RT_HEAD, make.make_rt(kelurahan, 3, 13))


@pytest.mark.parametrize("kind", ["NOMINATION", "OBJECTION", "SELF_REMOVAL"])
def test_the_head_of_another_rt_reports_nothing_of_the_family(client, other_head, household, kind):
    data = {"kind": kind, "household": household.pk, "text": "Perlu dibantu", "ground": "NOT_POOR"}
    answer = client.post(reverse("area_report"), data)
    assert answer.status_code == 422
    assert "Wiryo" not in answer.content.decode()
    assert not Submission.objects.exists()


def test_the_head_of_another_rt_reads_no_status_of_the_family(
    client, other_head, staff, kelurahan, household, version
):
    surveying.sent(household, version, by=staff)
    poor_list = opened(kelurahan, staff, year=YEAR)
    line = line_on(poor_list, household, staff)
    row = received(kelurahan)
    place = household.territory.code
    for url in (
        *(reverse(name) for name in ("survey_list", "area_report", "aid_unserved", "aid_never")),
        *(f"{reverse('survey_list')}?keadaan=semua&rt={place}", reverse("poor_list_list")),
        reverse("listing_list", args=[poor_list.pk]),
        f"{reverse('listing_list', args=[poor_list.pk])}?rt={place}&kolom=score_class,decile",
    ):
        answer = client.get(url)
        page = answer.content.decode()
        assert answer.status_code == 200, url
        assert not any(word in page for word in ("Wiryo", household.code, line.code)), url
    for url in (
        *(reverse("listing_detail", args=[line.pk]), reverse("voice_detail", args=[row.pk])),
        *(reverse("report_card", args=[household.pk, YEAR]), file_url(household)),
    ):
        assert client.get(url).status_code in {403, 404}, url


# --- bodies that read classes and counts -------------------------------------------------------
@pytest.mark.parametrize("role", [Role.TKPK_MEMBER, Role.TKPK_CHAIR, Role.KEMANTREN, Role.AUDITOR])
def test_who_reads_classes_or_counts_reads_no_answer_income_or_name(
    client, role, kelurahan, staff, household
):
    scored = in_use("ksjps-2016", kelurahan)
    survey = checked(household, scored, poor_answers(scored), by=staff, year=YEAR)
    score = scores.compute(survey, by=staff)
    establish(household, staff, YEAR)
    line, poor_list = Listing.objects.get(), PoorList.objects.get()
    sign_in(client, "pembaca", role, kelurahan)
    for name in ("survey_detail", "survey_end", "survey_move", "survey_apply", "score_compute"):
        args = [survey.pk, "check"] if name == "survey_move" else [survey.pk]
        assert client.get(reverse(name, args=args)).status_code in {403, 404, 405}, name
    assert client.get(reverse("score_detail", args=[score.pk])).status_code == 404
    for url in (
        *(reverse(name) for name in ("survey_list", "poor_list_list", "dashboard", "aid_gaps")),
        *(reverse(name) for name in ("work_home", "aid_unserved", "voice_list")),
        *(reverse(name, args=[poor_list.pk]) for name in ("poor_list_detail", "listing_list")),
        *(reverse("report_card", args=[household.pk, YEAR]), file_url(household)),
        reverse("listing_detail", args=[line.pk]),
        reverse("instrument_what_if", args=[scored.pk]),
        reverse("instrument_sensitivity", args=[scored.pk]),
    ):
        page = client.get(url).content.decode()
        assert "1.250.000" not in page, url
        assert "Wiryo" not in page, url
    assert not AccessLog.objects.filter(by__username="pembaca").exists()


# --- the door of the phone ---------------------------------------------------------------------
def post(client, body, name="survey_receive"):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(reverse(name), text, content_type="application/json")


def test_a_family_of_another_kelurahan_is_like_one_that_is_not(officer, version, neighbour):
    replies = []
    for pk in (neighbour.pk, 2**31 - 1):
        with writing() as found:
            answer = post(officer, {**surveying.message(neighbour, version), "household": pk})
        assert found == []
        replies.append((answer.status_code, answer.json()))
    assert replies[0] == replies[1]
    assert "Nyisworo" not in str(replies)


def test_a_questionnaire_of_elsewhere_or_not_in_use_takes_no_answers(
    officer, household, neighbour, version
):
    other = surveying.bps(neighbour.kelurahan)
    for wrong in (other, draft("ksjps-2016", household.kelurahan)):
        answer = post(officer, {**surveying.message(household, version), "version": wrong.pk})
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 60_000, b"9" * 5_000, b"NaN",
        b'{"key": {}}', b'{"answers": []}', b'{"survey": {}}', b'{"rt": [], "version": []}',
        b'{"rt": {}, "version": {"a": 1}}', b" " * 70_000, b'{"a":' * 10_000,
    ],
    ids=lambda body: body[:12].decode(errors="replace"),
)  # fmt: skip
@pytest.mark.parametrize("name", ["survey_receive", "survey_pack"])
def test_what_is_no_message_is_refused_and_breaks_nothing(officer, version, name, body):
    assert 400 <= post(officer, body, name).status_code < 500
    assert not Survey.objects.exists()


def _odd_values():
    lone, zero = "\ud800", "\x00"
    early, late = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
    numbers = ("NaN", "1e999", "-1", "٣", "Infinity")
    return [
        *[{"respondent": value} for value in (lone, zero, [1], {"a": 1}, "x" * 50_000, 10**400)],
        *[{"key": value} for value in (lone, [], {}, "0" * 32 + "x", 1.5)],
        *[{"answers": {code: "ya"}} for code in (lone, zero, "__proto__", "status")],
        *[{"answers": {"jamban": value}} for value in (lone, zero, None, ["ya"], True, "²")],
        *[{"answers": {"floor_area_m2": value}} for value in numbers],
        *[{"consent_at": value} for value in (early, late, [], 5)],
        *[{"surveyed_on": value} for value in ("0001-01-01", "9999-12-31", lone, 20260101)],
        *[{"result": value} for value in (99, -1, True, "1", 2**31, 1.0)],
        *[{"consent_number": value} for value in (99, 2**31 - 1, "1", True)],
        *[{"household": value} for value in (0, -1, 2**63, "1", True, None, [1])],
    ]


@pytest.mark.parametrize("odd", _odd_values(), ids=lambda odd: ascii(odd)[:40])
def test_an_odd_value_in_a_message_is_refused_and_breaks_nothing(officer, household, version, odd):
    answer = post(officer, {**surveying.message(household, version), **odd})
    assert answer.status_code < 500
    kept = Survey.objects.first()
    assert kept is None or kept.status == "SENT"


# --- tickets -----------------------------------------------------------------------------------
def test_neighbours_of_a_ticket_say_nothing_and_are_stopped(client, kelurahan):
    cache.clear()
    row = received(kelurahan)
    for name in ("voice_settle", "voice_reopen"):
        for _number in range(40):
            answer = client.post(reverse(name, args=["S-AAAA-BBBB-CCCC"]), {"text": "Belum"})
            assert answer.status_code in {404, 429}
            assert row.ticket not in answer.content.decode()
    # Many wrong ones close every door behind which a ticket is tried.
    assert client.post(reverse("voice_settle", args=[row.ticket])).status_code == 429
    cache.clear()


@pytest.mark.parametrize(
    "odd",
    ["S-AAAA%0d%0aSet-Cookie:x=1", "%0d%0aLocation:%20//jahat.example", "//jahat.example",
     "%3Cscript%3Ealert(1)%3C/script%3E", "%27%20OR%201=1--", "{{7*7}}", "%25s%25s"],
)  # fmt: skip
def test_nothing_of_an_odd_ticket_reaches_a_header_or_runs(client, kelurahan, odd):
    cache.clear()
    for answer in (
        client.get(f"/suara/{odd}/"),
        client.post(f"/suara/{odd}/selesai/"),
        client.get(f"{reverse('voice_lookup')}?tiket={odd}"),
    ):
        assert answer.status_code in {200, 404}
        assert "jahat" not in str(answer.headers)
        assert "Set-Cookie" not in answer.headers
        assert "<script>alert" not in answer.content.decode()


def test_a_ticket_of_another_kelurahan_is_unknown_on_this_host(client, kelurahan, neighbour):
    cache.clear()
    place = neighbour.kelurahan
    type(place.office).objects.filter(pk=place.office.pk).update(host="sebelah.example")
    row = received(place)
    assert client.get(reverse("voice_ticket", args=[row.ticket])).status_code == 404
    assert Nomination.objects.get().status == "OPEN"
    assert row.kind == SentKind.NOMINATION


# --- papers ------------------------------------------------------------------------------------
@pytest.mark.usefixtures("_papers")
@pytest.mark.parametrize(
    ("role", "away"),
    [(Role.STAFF, True), (Role.LURAH, True), (Role.TKPK_SECRETARY, False), (Role.AUDITOR, False),
     (Role.RW_HEAD, False), (Role.RT_HEAD, False), (Role.ADMIN, False)],
)  # fmt: skip
def test_papers_about_a_family_are_for_its_own_officers(
    client, role, away, kelurahan, rt, staff, household, neighbour
):
    card = cards.start(household, YEAR, by=staff)
    cards.add_note(card, by=staff, author="FAMILY", text="Anak sudah bekerja")
    card.refresh_from_db()
    today = timezone.localdate()
    report = access_reports.give(
        household, by=staff, asked_by="Bu Wiryo", asked_on=today, first=today, last=today
    )
    papers = [cards.close(card, by=staff).document_id, report.document_id]
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    sign_in(client, "pengintip", role, neighbour.kelurahan if away else place)
    for paper in papers:
        answer = client.post(reverse("document_download", args=[paper]))
        assert answer.status_code in {403, 404}
        assert b"%PDF" not in answer.content
    assert client.get(reverse("access_report", args=[household.pk])).status_code in {403, 404}
    assert not AccessLog.objects.filter(by__username="pengintip").exists()


@pytest.mark.parametrize("year", [0, 1, 1999, 9999, 10_000, 2**31, 10**30])
@pytest.mark.parametrize("role", [Role.STAFF, Role.RT_HEAD, Role.TKPK_MEMBER])
def test_a_card_of_no_year_is_not_there(client, role, year, kelurahan, rt, household):
    sign_in(client, "penjelajah", role, rt if role == Role.RT_HEAD else kelurahan)
    for name in ("report_card", "card_note", "card_close"):
        url = reverse(name, args=[household.pk, year])
        for answer in (client.get(url), client.post(url, {"text": "x", "author": "FAMILY"})):
            assert answer.status_code < 500


@pytest.mark.parametrize("year", [0, 1, 9999, 10_000, 2**31, 10**30])
def test_statistics_of_no_year_are_not_there(client, kelurahan, year):
    assert client.get(reverse("statistics_year", args=[year])).status_code == 404
