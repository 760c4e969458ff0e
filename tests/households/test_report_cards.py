"""Rapor keluarga: who sees what of it, what is written on it, and that a closed one is sealed."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from households import access_reports, scores
from households.models import AccessReport, CardNote, Commitment, ReportCard
from households.report_cards import reading, writing
from households.workflows.report_cards import REPORT_CARD_FLOW
from tests.factories import SURYATMAJAN, make_family, make_kelurahan, make_user
from tests.households.aided import establish, give, make_programme
from tests.households.instruments import checked, in_use, poor_answers
from tests.households.pages import file_url, page_text
from tkpk import files, pdf
from tkpk.models import AccessLog, TrailEntry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
DUE = f"{YEAR}-12-31"


@pytest.fixture
def card(household, staff):
    return writing.start(household, YEAR, by=staff)


@pytest.fixture
def written(card, staff):
    writing.add_note(card, by=staff, author="FAMILY", text="Anak pertama sudah bekerja.")
    day = datetime.date(YEAR, 12, 31)
    writing.promise(card, by=staff, side="KELURAHAN", what="Membantu akta lahir", due_on=day)
    card.refresh_from_db()
    return card


@pytest.fixture
def paper(monkeypatch):
    """What the paper was made of, without making it."""
    made = []

    def render(template, data):
        made.append((template, data))
        return b"%PDF-1.7 uji"

    monkeypatch.setattr(pdf, "render", render)
    return made


def url_of(name, household, *more):
    return reverse(name, args=[household.pk, YEAR, *more])


# --- who -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_part_of_the_card(
    client, role, kelurahan, rt, staff, household, written
):
    give(make_programme(kelurahan, staff), household, staff, datetime.date(YEAR, 1, 1),
         amount_idr=77_000)  # fmt: skip
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    answer = client.get(url_of("report_card", household))
    if role in {Role.STAFF, Role.LURAH}:
        page = page_text(answer)
        assert "Anak pertama sudah bekerja." in page
        assert "Rp77.000" in page
    elif role in {Role.RW_HEAD, Role.RT_HEAD}:
        page = page_text(answer)
        assert "Sembako" in page
        assert "Rp77.000" not in page
        assert "Anak pertama" not in page
        assert "akta" not in page
    else:
        assert answer.status_code == 404


def test_the_tkpk_sees_the_class_of_a_listed_family_without_its_name(
    client, kelurahan, staff, household, written
):
    client.force_login(make_user("tkpk", Role.TKPK_MEMBER, kelurahan))
    assert client.get(url_of("report_card", household)).status_code == 404
    establish(household, staff, YEAR)
    page = page_text(client.get(url_of("report_card", household)))
    assert household.code in page
    assert "Wiryo" not in page
    assert "Anak pertama" not in page
    assert client.get(reverse("report_cards", args=[household.pk])).status_code == 404


def test_another_kelurahan_does_not_exist(client, household, written):
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    assert client.get(url_of("report_card", household)).status_code == 404
    for name in ("card_note", "card_promise", "card_strike", "card_close", "card_set_aside"):
        assert client.post(url_of(name, household)).status_code == 404
    one = Commitment.objects.get()
    assert client.get(url_of("commitment_settle", household, one.pk)).status_code == 404
    assert client.get(reverse("access_report", args=[household.pk])).status_code == 404


@pytest.mark.parametrize(("role", "tells"), [(Role.STAFF, True), (Role.LURAH, False)])
def test_the_file_leads_to_who_opened_it_for_who_may_tell_the_family(
    client, role, tells, kelurahan, household
):
    client.force_login(make_user("pembaca", role, kelurahan))
    address = reverse("access_report", args=[household.pk])
    assert (address in client.get(file_url(household)).content.decode()) is tells
    assert (client.get(address).status_code == 200) is tells


@pytest.mark.parametrize("role", [Role.LURAH, Role.RW_HEAD, Role.RT_HEAD])
def test_readers_write_nothing(client, role, kelurahan, rt, household, written):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("pembaca", role, place))
    for name in ("card_note", "card_promise", "card_strike", "card_close", "card_set_aside"):
        assert client.post(url_of(name, household)).status_code == 403
    start = reverse("report_card_start", args=[household.pk])
    assert client.post(start, {"year": YEAR}).status_code == 403
    assert client.get(reverse("access_report", args=[household.pk])).status_code == 403


def test_nobody_writes_the_card_of_the_own_family(officer, staff, household, written):
    member = household.members.first()
    member.set_nik(staff.nik)
    member.save()
    assert officer.post(url_of("card_close", household)).status_code == 403
    with pytest.raises(PermissionDenied):
        writing.add_note(written, by=staff, author="OFFICER", text="Bagus")


@pytest.mark.parametrize(
    "name", ["card_note", "card_promise", "card_strike", "card_close", "card_set_aside"]
)
def test_a_card_changes_by_post_only(officer, household, written, name):
    assert officer.get(url_of(name, household)).status_code == 405


# --- writing ---------------------------------------------------------------------------------
def test_a_card_is_begun_once_a_year(officer, household):
    url = reverse("report_card_start", args=[household.pk])
    for _ in range(2):
        assert officer.post(url, {"year": YEAR}).url == url_of("report_card", household)
    assert ReportCard.objects.count() == 1
    officer.post(url, {"year": YEAR + 1})
    officer.post(url, {"year": "x"})
    assert ReportCard.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "said", "form", "field"),
    [
        ("card_note", {"author": "FAMILY", "text": " "}, "note_form", "text"),
        ("card_note", {"author": "FAMILY", "text": "3471012345670000"}, "note_form", "text"),
        ("card_note", {"author": "X", "text": "Baik"}, "note_form", "author"),
        ("card_promise", {"side": "FAMILY", "what": "Menabung"}, "promise_form", "due_on"),
        ("card_promise", {"side": "X", "what": "Menabung", "due_on": DUE}, "promise_form", "side"),
        (
            "card_promise",
            {"side": "FAMILY", "what": "Menabung", "due_on": "2001-01-01"},
            "promise_form",
            "due_on",
        ),
    ],
)
def test_bad_input_is_refused_at_the_field(officer, household, card, name, said, form, field):
    answer = officer.post(url_of(name, household), said)
    assert answer.status_code == 422
    assert answer.context[form].errors[field]
    assert not CardNote.objects.exists()
    assert not Commitment.objects.exists()


def test_notes_and_commitments_are_written_struck_out_and_lie_encrypted(officer, household, card):
    officer.post(url_of("card_note", household), {"author": "FAMILY", "text": "Terima kasih"})
    said = {"side": "FAMILY", "what": "Menabung tiap minggu", "due_on": DUE}
    officer.post(url_of("card_promise", household), said)
    page = page_text(officer.get(url_of("report_card", household)))
    assert "Terima kasih" in page
    assert "Menabung tiap minggu" in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM households_cardnote")
        assert "Terima" not in cursor.fetchone()[0]
        cursor.execute("SELECT what FROM households_commitment")
        assert "Menabung" not in cursor.fetchone()[0]
    officer.post(url_of("card_strike", household), {"note": CardNote.objects.get().pk})
    assert "Terima kasih" not in page_text(officer.get(url_of("report_card", household)))
    assert officer.post(url_of("card_strike", household), {"note": "x"}).status_code == 404
    assert officer.post(url_of("card_strike", household), {"commitment": "999"}).status_code == 404


def test_an_empty_card_is_not_closed(officer, household, card, paper):
    officer.post(url_of("card_close", household))
    card.refresh_from_db()
    assert card.status == "DRAFT"
    assert not paper


def test_a_closed_card_is_sealed(officer, household, written, paper, staff, kelurahan):
    assert officer.post(url_of("card_close", household)).status_code == 302
    written.refresh_from_db()
    assert written.status == "CLOSED"
    assert files.load(written.document) == b"%PDF-1.7 uji"
    (template, data), = paper  # fmt: skip
    assert template == "report_card"
    assert [text for _who, text in data["notes"]] == ["Anak pertama sudah bekerja."]
    # What happens afterwards is not on it any more: neither on the page nor in the bytes.
    give(make_programme(kelurahan, staff, "Lupa"), household, staff, datetime.date(YEAR, 1, 1))
    assert "Lupa" not in page_text(officer.get(url_of("report_card", household)))
    assert len(paper) == 1
    for name in ("card_note", "card_promise", "card_strike", "card_close", "card_set_aside"):
        assert officer.post(url_of(name, household)).status_code == 404
    with pytest.raises(ValidationError):
        writing.close(written, by=staff)
    assert check_trail() == []
    download = officer.post(reverse("document_download", args=[written.document_id]))
    assert download.status_code == 200


def test_a_score_on_the_card_says_what_measured_it_and_of_sample_weights(
    officer, household, written, staff, kelurahan, paper
):
    version = in_use("ksjps-2016", kelurahan)
    survey = checked(household, version, poor_answers(version), by=staff, year=YEAR)
    scores.compute(survey, by=make_user(role=Role.LURAH, territory=kelurahan))
    words = "KSJPS Kota Yogyakarta 2016. Bobot contoh, bukan bobot resmi."
    assert words in page_text(officer.get(url_of("report_card", household)))
    writing.close(written, by=staff)
    assert paper[0][1]["measured"] == words
    assert words in page_text(officer.get(url_of("report_card", household)))


def test_the_paper_is_for_its_readers_only(client, household, written, staff, rt, kelurahan, paper):
    card = writing.close(written, by=staff)
    url = reverse("document_download", args=[card.document_id])
    for role, place in ((Role.RT_HEAD, rt), (Role.TKPK_MEMBER, kelurahan)):
        client.force_login(make_user(role=role, territory=place))
        assert client.post(url).status_code in {403, 404}
    client.force_login(make_user(role=Role.LURAH, territory=kelurahan))
    assert client.post(url).status_code == 200


def test_a_card_that_somebody_wrote_on_meanwhile_is_not_closed(written, staff, paper):
    ReportCard.objects.filter(pk=written.pk).update(version=99)
    with pytest.raises(ValidationError):
        writing.close(written, by=staff)
    written.refresh_from_db()
    assert written.status == "DRAFT"


def test_a_paper_that_cannot_be_made_leaves_the_card_open(officer, household, written, monkeypatch):
    def fail(*_args):
        raise pdf.PdfFailed("not_set")

    monkeypatch.setattr(pdf, "render", fail)
    officer.post(url_of("card_close", household))
    written.refresh_from_db()
    assert written.status == "DRAFT"


def test_a_mistake_after_closing_is_mended_in_a_new_edition(household, written, staff, paper):
    first = writing.close(written, by=staff)
    second = writing.start(household, YEAR, by=staff)
    assert (second.edition, second.status) == (2, "DRAFT")
    first.refresh_from_db()
    assert first.status == "CLOSED"


def test_a_commitment_is_settled_after_closing_and_shown_the_year_after(
    officer, household, staff, paper
):
    earlier = writing.start(household, YEAR - 1, by=staff)
    day = datetime.date(YEAR - 1, 6, 1)
    one = writing.promise(earlier, by=staff, side="FAMILY", what="Ikut kursus", due_on=day)
    earlier.refresh_from_db()
    writing.close(earlier, by=staff)
    url = reverse("commitment_settle", args=[household.pk, YEAR - 1, one.pk])
    assert officer.post(url, {"outcome": ""}).context["form"].errors["outcome"]
    assert officer.post(url, {"outcome": "KEPT", "remark": "3471012345670000"}).status_code == 200
    assert officer.post(url, {"outcome": "KEPT", "remark": "Lulus"}).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.settled_by) == ("KEPT", staff)
    assert TrailEntry.objects.get(process="commitment").to_status == "KEPT"
    now = writing.start(household, YEAR, by=staff)
    assert [row[1] for row in reading.content(now)["earlier"]] == ["Ikut kursus"]


def test_a_card_is_set_aside_with_a_reason(officer, household, written):
    url = url_of("card_set_aside", household)
    assert officer.post(url, {"aside-reason": ""}).status_code == 422
    assert officer.post(url, {"aside-reason": "Keluarga keliru"}).status_code == 302
    written.refresh_from_db()
    assert written.status == "SET_ASIDE"
    assert officer.get(url_of("report_card", household)).status_code == 404


@pytest.mark.parametrize("status", ["DRAFT", "CLOSED", "SET_ASIDE"])
@pytest.mark.parametrize("role", list(Role))
def test_the_table_of_moves_is_as_the_procedure_says(status, role, kelurahan, household, written):
    """Only an officer closes or sets aside, and only what is being written."""
    written.status = status
    user = make_user(role=role, territory=kelurahan)
    found = {move.name for move in REPORT_CARD_FLOW.open_to(user, written)}
    may = status == "DRAFT" and role == Role.STAFF
    assert found == ({"close", "set_aside"} if may else set())


@pytest.mark.parametrize(
    "spoilt", [{"status": "CLOSED"}, {"edition": 0}, {"year": 1900}, {"status": "LOST"}]
)
def test_the_database_refuses_what_is_no_card(card, spoilt):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportCard.objects.filter(pk=card.pk).update(**spoilt)


def test_two_drafts_of_a_year_cannot_stand_beside_each_other(card, staff):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportCard.objects.create(
            kelurahan=card.kelurahan, household=card.household, year=YEAR, edition=2,
            created_by=staff, updated_by=staff,
        )  # fmt: skip


def test_the_real_papers_are_one_page_and_say_nothing_of_numbers(written, staff, household):
    card = writing.close(written, by=staff)
    data = files.load(card.document)
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type/Page\n") + data.count(b"/Type /Page\n") <= 1
    said = writing.paper_data(card, writing.sealed_content(card), by=staff)
    assert household.kk_number not in str(said)
    assert household.members.first().nik not in str(said)


# --- who opened the file ---------------------------------------------------------------------
def asked(**said):
    today = timezone.localdate().isoformat()
    return {"asked_by": "Wiryo", "asked_on": today, "first": today, "last": today, **said}


def test_a_family_hears_who_opened_its_file(officer, client, household, rt, staff, paper):
    officer.get(file_url(household))
    reveal = reverse("kk_reveal", args=[household.pk])
    officer.post(reveal, {"choice": "OTHER_SYSTEM", "words": "Diminta keluarga"})
    client.force_login(make_user("rt12", Role.RT_HEAD, rt, name="Pak RT Dua Belas"))
    client.get(file_url(household))
    client.force_login(staff)
    other = make_family(rt, by=staff)
    client.get(file_url(other))
    answer = client.post(reverse("access_report", args=[household.pk]), asked())
    assert answer.status_code == 302
    report = AccessReport.objects.get()
    (template, data), = paper  # fmt: skip
    assert template == "access_log"
    whos = {(row[1], row[2]) for row in data["rows"]}
    assert "Pak RT Dua Belas" in {name for name, _role in whos}
    assert all(role != "–" for _name, role in whos)
    views = AccessLog.objects.filter(subject_id=household.pk).count()
    reveals = TrailEntry.objects.filter(process="identifier").count()
    assert reveals == 1
    assert len(data["rows"]) == views + reveals
    entry = TrailEntry.objects.get(process="access_report")
    assert (entry.move, entry.subject_id) == ("give", report.pk)
    assert "Wiryo" not in entry.reason
    assert client.post(reverse("document_download", args=[report.document_id])).status_code == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"asked_by": " "}, "asked_by"),
        ({"asked_by": "3471012345670000"}, "asked_by"),
        ({"asked_on": "2999-01-01"}, "asked_on"),
        ({"last": "2999-01-01"}, "last"),
        ({"first": "2001-01-01"}, "first"),
        ({"first": "x"}, "first"),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_the_field(officer, household, paper, said, field):
    answer = officer.post(reverse("access_report", args=[household.pk]), asked(**said))
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert not AccessReport.objects.exists()


def test_only_an_officer_gives_the_paper(household, kelurahan, paper):
    lurah = make_user("lurah", Role.LURAH, kelurahan)
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        access_reports.give(
            household, by=lurah, asked_by="Wiryo", asked_on=today, first=today, last=today
        )
