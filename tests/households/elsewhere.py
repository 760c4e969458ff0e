"""One row of everything in another kelurahan, and every address that names one of them."""

import datetime
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone

from households import access_reports, assistance, scores, statements, transfers
from households.events import recording
from households.exporting import submissions
from households.exporting.shipped import add_shipped_layouts
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.intake import Subject
from households.listing import decree as answering
from households.models import ExportLayout, Household
from households.report_cards import writing as cards
from tests import factories as make
from tests.households import lists, surveying
from tests.households.aided import make_programme
from tests.households.duplicates import pair_of
from tests.households.eventful import DAY, told
from tests.households.instruments import checked, in_use, poor_answers
from tests.households.listing import brought_to, held, line_on, opened
from tests.households.sending import brought
from tests.households.sending_in import received
from tests.households.workbooks import xlsx
from tests.tkpk.test_urls_closed import patterns
from tkpk.models import Attendance, Document, Meeting
from tkpk.roles import Role

SECRET = "Nyisworo"  # a word that only families of the other kelurahan hold
LOCAL = "Kanggowargo"  # one of what all its bodies may read, and no other kelurahan
YEAR = timezone.localdate().year
# What a word of an address stands for; numbers of rows are added for each place.
WORDS = {
    "place": 0, "kind": "DEATH", "step": "decline", "code": "tanpa-desil", "screen": 1,
    "year": YEAR, "act": "check", "voice_step": "take_up", "meeting_step": "open",
    "report_step": "decline", "instrument_move": "use", "list_step": "start_review_1",
    "listing_step": "verify", "list_paper": "review_sheet", "decree_step": "discard",
}  # fmt: skip
STEPS = {"submission_step": "discard", "answer_step": "confirm", "import_step": "undo"}


def one_of_everything():
    """Rows by the start of the names of the addresses that name them, the longest start first."""
    place = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    by, rt = make.make_user("sebelah", Role.STAFF, place), make.make_rt(place, 5, 1)
    make.make_rt(place, 6, 1)
    family = make.make_family(rt, by=by, head=f"Kepala {SECRET}", others=2, address=SECRET)
    head, *children = family.members.order_by("relation", "pk")
    made = SimpleNamespace(place=place, by=by, rt=rt, family=family, head=head)
    return {
        "place": place, "by": by, "family": family, "head": head,
        **_of_the_registry(made, children), **_of_surveys(made), **_of_lists(made),
        **_of_reports(made),
    }  # fmt: skip


def _of_the_registry(made, children):
    place, by, family = made.place, made.by, made.family
    third = make.make_kelurahan("34.71.04.1003", "Bausasran")
    event = recording.record("MOVE_OUT", family, told(people=[children[0].pk]), by=by)
    release = transfers.Release(family, [children[1].pk], DAY, "MOVE")
    programme = make_programme(place, by, name=f"PKH {LOCAL}")
    receipt = assistance.record(programme, family, by=by, period_from=datetime.date(YEAR, 1, 1))
    add_shipped_layouts(place, by)
    layout = ExportLayout.objects.get(kelurahan=place, shipped="dtsen")
    sent = submissions.create_submission(
        name=SECRET, kind="PROPOSAL", layout=layout, kelurahan=place, by=by
    )
    submissions.add_rows(sent, Household.objects.filter(pk=family.pk), by=by)
    sent = submissions.send(sent, by=by, sent_on=datetime.date(2026, 11, 2))
    batch = start_batch(lists.decile_list(), name=f"{SECRET}.xlsx", kelurahan=place, by=by)
    return {
        "event": event, "receipt": receipt, "programme": programme,
        "other_programme": make_programme(place, by, name=f"BPNT {LOCAL}"),
        "transfer_offer": family,
        "transfer_": transfers.offer(release, destination=third, by=by),
        "duplicate_": pair_of(made.rt, by), "layout_": layout, "column_": layout,
        "submission_": sent, "answer_new": sent,
        "answer_": brought(sent, by, [made.head.nik, made.head.name, "diterima", SECRET]),
        "statement_page": statements.give(made.head, by=by, purpose="AID"),
        "import_": check_batch(batch, by=by),
        "aid_stop_many": programme, "aid_programme": programme, "aid_export": programme,
        "aid_both": programme,
    }  # fmt: skip


def _of_surveys(made):
    """A survey that was sent, one that is still written, a score, and their questionnaire."""
    version, scored = surveying.bps(made.place), in_use("ksjps-2016", made.place)
    visit = surveying.visit(made.family, version, respondent=SECRET)
    sent = surveying.acts.send(visit, by=made.by)
    other = make.make_family(made.rt, by=made.by, head=f"Bu {SECRET}")
    written = surveying.begun(other, version, by=made.by)
    done = checked(made.family, scored, poor_answers(scored), by=made.by, year=YEAR)
    score = scores.compute(done, by=made.by)
    return {
        "version": version, "survey_begin": made.family, "survey_type": made.family,
        "survey_step": written, "survey_end": written, "survey_": sent,
        "score_detail": score, "score_compute": done, "scores_compute": version,
        "instrument_": version,
    }  # fmt: skip


def _of_lists(made):
    place, by = made.place, made.by
    poor_list = opened(place, by, basis="DECREE", year=YEAR)
    line = line_on(poor_list, made.family, by, status="SUBMITTED")
    poor_list = brought_to(poor_list, "SUBMITTED", by, basis="DECREE")
    said = [["NIK", "Nama", "Hasil"], [made.head.nik, made.head.name, "Diterima"]]
    decree = answering.start(poor_list, xlsx(said), name=f"{SECRET}.xlsx", by=by)
    return {
        "list_paper": poor_list, "poor_list_": poor_list, "listing_add": poor_list,
        "listing_list": poor_list, "listing_bulk": poor_list, "listing_": line,
        "decree_new": poor_list, "decree_": decree,
    }  # fmt: skip


def _of_reports(made):
    """A nomination, a meeting with its list, the report cards and the access report."""
    place, by = made.place, made.by
    meeting = held(place, "UJI_PUBLIK_1", by, status="OPEN")
    Meeting.objects.filter(pk=meeting.pk).update(title=LOCAL)
    attendance = Attendance.objects.create(
        meeting=meeting, name=LOCAL, sex="P", present_at=timezone.now(), created_by=by
    )
    for year in (YEAR - 1, YEAR):
        card = cards.start(made.family, year, by=by)
        cards.add_note(card, by=by, author="FAMILY", text=f"Kata {SECRET}")
        day = datetime.date(YEAR, 12, 1)
        promise = cards.promise(card, by=by, side="KELURAHAN", what=SECRET, due_on=day)
        if year < YEAR:
            card.refresh_from_db()
            cards.close(card, by=by)
    today = timezone.localdate()
    access_reports.give(
        made.family, by=by, asked_by=SECRET, asked_on=today, first=today, last=today
    )
    return {
        "voice_": received(place, subject=Subject(name=SECRET)), "meeting_": meeting,
        "attendance_": meeting, "attendance": attendance, "commitment": promise,
    }  # fmt: skip


def addresses(rows):
    """Every address of officers that names a row, with rows of the other kelurahan."""
    keys = {
        "member_pk": rows["head"], "event_pk": rows["event"], "receipt_pk": rows["receipt"],
        "household_pk": rows["family"], "version_pk": rows["version"],
        "other_pk": rows["other_programme"], "attendance_pk": rows["attendance"],
        "commitment_pk": rows["commitment"],
    }  # fmt: skip
    for name, route, entry in patterns():
        names = list(getattr(entry.pattern, "converters", {}))
        if not route.startswith("kerja/") or not any(part.endswith("pk") for part in names):
            continue
        if name == "document_download":
            for paper in Document.objects.filter(kelurahan=rows["place"]):
                yield name, reverse(name, args=[paper.pk])
            continue
        starts = (start for start in rows if "_" in start and name.startswith(start))
        row = rows[next(starts, "family")]
        values = {**WORDS, "move": STEPS.get(name, "record_missing"), "pk": row.pk}
        values |= {part: key.pk for part, key in keys.items()}
        yield name, reverse(name, kwargs={part: values[part] for part in names})


def everything_a_form_could_ask(rows):
    today = timezone.localdate().isoformat()
    family, poor_list = rows["family"], rows["poor_list_"]
    return {
        "version": "1", "reason": "alasan", "words": "kata", "choice": "OTHER", "confirm": "1",
        "kept": "low", "low_version": "1", "high_version": "1", "on": "2026-03-06",
        "document_kind": "MOVE", "people": rows["head"].pk, "sent_on": "2026-11-02", "item": "1",
        "family": family.code, "household": family.code, "decile": "1",
        "registry_source": "DTSEN", "decile_as_of": "2026-01-01", "act": "remove", "place": "0",
        "consent": "agreed", "result": "1", "surveyed_on": today, "respondent": "Wiryo",
        "field": "floor_area_m2", "label": "2027", "valid_from": "2027-01-01", "year": YEAR,
        "basis": "DECREE", "objection_days": "14", "decree_number": "1/CONTOH", "mark": "x",
        "numbers": "on", "line": rows["listing_"].pk, "step": "delist", "ground": "OWN_REQUEST",
        "meeting": rows["meeting_"].pk, "visited_on": today, "note": "catatan",
        "answer": "Sudah diperiksa", "text": rows["head"].nik, "confirmed_how": "VISIT",
        "confirmed_on": today, "name": "Bu Harjo", "sex": "P", "title": "Rapat", "kind": "REMBUG",
        "starts_at": "2026-12-01T19:30", "territory": rows["place"].pk, "notes": "Sepakat",
        "listed_women": "3", "listed_men": "2", "author": "FAMILY", "side": "FAMILY",
        "what": "Sekolah", "due_on": "2026-12-01", "commitment": rows["commitment"].pk,
        "outcome": "KEPT", "remark": "beres", "aside-reason": "alasan", "asked_by": "Bu Wiryo",
        "asked_on": today, "first": today, "last": today, "stopped_on": today,
        "list": poor_list.pk, "query": "a=1",
    }  # fmt: skip
