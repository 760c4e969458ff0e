"""What somebody tried against the registry once, and what it answers now."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.codes import Relation
from households.events import recording
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.models import (
    BatchStatus,
    ExportLayout,
    Household,
    LifeEvent,
)
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.elsewhere import (
    LOCAL,
    SECRET,
    addresses,
    everything_a_form_could_ask,
    one_of_everything,
)
from tests.households.eventful import DAY, newcomer, told
from tests.tkpk.test_urls_closed import writing
from tkpk import pdf
from tkpk.models import AccessLog, Territory, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40


# --- what an officer types or uploads ----------------------------------------------------------
def test_a_scan_named_after_the_person_leaves_neither_name_nor_nik_in_clear(
    officer, household, staff, child
):
    event = recording.record("DEATH", household, told(people=[child.pk]), by=staff)
    photo = SimpleUploadedFile(f"KTP {SECRET} {child.nik}.jpg", JPEG)
    officer.post(reverse("event_scan", args=[household.pk, event.pk]), {"scan": photo})
    event.refresh_from_db()
    assert event.scan.name == f"{event.code}-dokumen.jpeg"
    answer = officer.post(reverse("document_download", args=[event.scan_id]))
    assert answer.content == JPEG
    said = [*TrailEntry.objects.values_list("reason", flat=True), str(answer.headers)]
    assert not any(SECRET in text or child.nik in text for text in said)


def test_a_birth_sent_twice_is_one_child(household, staff):
    def born():
        baby = newcomer("Bayi Sastro", nik="", birth_date=DAY)
        return recording.record("BIRTH", household, told(newcomers=[baby]), by=staff)

    born()
    with pytest.raises(ValidationError) as caught:
        born()
    assert caught.value.error_dict["name"][0].code == "here_already"
    assert LifeEvent.objects.count() == 1
    assert household.members.count() == 3


def test_an_arrival_without_a_nik_sent_twice_is_one_person(household, staff):
    def arrived():
        said = told(newcomers=[newcomer(nik="")])
        return recording.record("MOVE_IN", household, said, by=staff)

    arrived()
    with pytest.raises(ValidationError) as caught:
        arrived()
    assert caught.value.error_dict["newcomer_0"][0].code == "here_already"
    assert household.members.count() == 3


def test_nobody_becomes_oneself_by_a_correction(household, staff, child):
    said = told(people=[child.pk], document_kind="OTHER", identity={"nik": staff.nik})
    with pytest.raises(PermissionDenied):
        recording.record("CORRECTION", household, said, by=staff)
    assert not household.members.filter(nik_index=staff.nik_index).exists()


@pytest.mark.parametrize("cell", ["²", "٣", "9" * 5000, 1e300, -1, True])
def test_odd_digits_in_a_list_are_asked_about_like_any_column(officer, staff, kelurahan, cell):
    rows = (file.HEAD_NIK, "PAK CONTOH", cell), (file.WIFE_NIK, "BU CONTOH", cell)
    data = file.xlsx([["Nomor", "Siapa", "Berapa"], *map(list, rows)])
    batch = check_batch(start_batch(data, name="d.xlsx", kelurahan=kelurahan, by=staff), by=staff)
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    assert officer.get(reverse("import_columns", args=[batch.pk])).status_code == 200


def test_sixteen_raised_digits_are_no_number_to_look_for(officer, household, head):
    url = reverse("member_check", args=[household.pk])
    answer = officer.post(url, {"new_nik": "²" * 16, "name": head.name})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "²", "-1", ""])
def test_odd_numbers_in_a_form_of_lists_are_no_crash(officer, drawn_up, layouts, number):
    layout, said = layouts["dtsen"], {"version": number, "place": number, "act": "remove"}
    odd = [
        ("household_bulk", [], {"family": number}),
        ("submission_new", [], {"family": number}),
        ("submission_rows", [drawn_up.pk], {"item": number}),
        ("layout_column", [layout.pk], said),
        ("layout_use", [layout.pk], said),
        ("column_edit", [layout.pk, 0], said),
    ]
    for name, args, data in odd:
        assert officer.post(reverse(name, args=args), data).status_code < 500, name
    assert ExportLayout.objects.get(pk=layout.pk).columns == layout.columns


def test_an_answer_about_areas_that_comes_too_late_is_told_and_no_crash(officer, staff, kelurahan):
    batch = start_batch(lists.decile_list(), name="d.xlsx", kelurahan=kelurahan, by=staff)
    for waiting in (batch, check_batch(batch, by=staff)):
        url = reverse("import_areas", args=[waiting.pk])
        assert officer.post(url, {"area0": "x"}).status_code == 302
        waiting.refresh_from_db()
        assert not waiting.areas_asked


def test_a_nik_as_header_or_file_name_is_masked_on_the_pages_of_the_import(
    officer, staff, kelurahan
):
    data = file.xlsx([[file.HEAD_NIK, "Siapa"], [file.WIFE_NIK, "BU"], [file.CHILD_NIK, "MAS"]])
    name = f"{file.HEAD_NIK} pak contoh.xlsx"
    batch = check_batch(start_batch(data, name=name, kelurahan=kelurahan, by=staff), by=staff)
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    for url in (reverse("import_columns", args=[batch.pk]), reverse("import_list")):
        shown = officer.get(url).content.decode()
        assert file.HEAD_NIK not in shown
        assert f"{file.HEAD_NIK[:4]}••••••••••••" in shown


# --- strangers ---------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(monkeypatch):
    """One row of everything in another kelurahan; its papers are made of nothing."""
    monkeypatch.setattr(pdf, "render", lambda template, data: b"%PDF-1.7 uji")
    make.make_installation()
    return one_of_everything()


# What bodies of the same kelurahan may open, though no family of it: counts of the list, the
# questionnaires, and meetings, which the secretary keeps too.
MEETINGS = {
    *("meeting_detail", "meeting_edit", "meeting_notes", "meeting_move"),
    *("attendance_add", "attendance_strike", "attendance_scan"),
}
TEAM = MEETINGS | {
    *("poor_list_detail", "poor_list_step", "report_card", "instrument_version"),
    *("instrument_step", "instrument_what_if", "instrument_sensitivity", "scores_compute"),
}
# Heads print the sheet of their own area too: the names of their own families, no other's.
AREA = {"poor_list_detail", "poor_list_step", "listing_list", "aid_programme", "aid_both"} | {
    "list_paper"
}
NEIGHBOURS = [
    (Role.ADMIN, make.SURYATMAJAN, set()),
    (Role.TKPK_SECRETARY, make.SURYATMAJAN, TEAM),
    (Role.RW_HEAD, f"{make.SURYATMAJAN}.006", AREA),
    (Role.RT_HEAD, f"{make.SURYATMAJAN}.006.001", AREA),
]
STRANGERS = [
    (role, make.TEGALPANGGUNG, set())
    for role in (Role.STAFF, Role.LURAH, Role.TKPK_SECRETARY, Role.AUDITOR)
]


def _sign_in(client, role, code):
    make.make_rt(make.make_kelurahan())
    place = Territory.objects.get(code=code)
    client.force_login(make.make_user("asing", role, place), BACKEND)


@pytest.mark.parametrize(("role", "code", "theirs"), [*NEIGHBOURS, *STRANGERS])
def test_no_row_of_another_place_opens_moves_or_shows_to_a_stranger(
    client, elsewhere, role, code, theirs
):
    _sign_in(client, role, code)
    hidden = {SECRET} if code.startswith(make.SURYATMAJAN) else {SECRET, LOCAL}
    full, visited = everything_a_form_could_ask(elsewhere), 0
    for name, url in addresses(elsewhere):
        if name in theirs:
            continue
        with writing() as found:
            answers = [client.get(url), client.post(url, full)]
        assert found == [], name
        for answer in answers:
            assert answer.status_code in {403, 404, 405}, (name, answer.status_code)
            assert not any(word in answer.content.decode() for word in hidden), name
        visited += 1
    assert visited > 100
    assert not AccessLog.objects.filter(by__username="asing").exists()


@pytest.mark.parametrize(("role", "code", "theirs"), NEIGHBOURS[1:])
def test_what_a_body_of_the_same_kelurahan_opens_holds_no_family_of_it(
    client, elsewhere, role, code, theirs
):
    """The lines of another RT, names and answers; and it moves nothing but the own meetings."""
    _sign_in(client, role, code)
    full, opened = everything_a_form_could_ask(elsewhere), set()
    for name, url in addresses(elsewhere):
        if name not in theirs:
            continue
        with writing() as found:
            answers = [client.get(url)]
            answers += [] if name in MEETINGS else [client.post(url, full)]
        assert found == [], name
        assert not any(SECRET in answer.content.decode() for answer in answers), name
        opened |= {name} if answers[0].status_code == 200 else set()
    assert theirs - opened <= {
        *("poor_list_step", "instrument_step", "scores_compute"),
        *("attendance_add", "attendance_strike", "attendance_scan"),
    }


def test_the_officer_of_the_place_opens_the_very_same_rows(client, elsewhere):
    """Else the tests above would hold for addresses that lead nowhere."""
    client.force_login(elsewhere["by"], BACKEND)
    answers = [(name, client.get(url)) for name, url in addresses(elsewhere)]
    by_code = {name: answer.status_code for name, answer in answers}
    opened = {name for name, code in by_code.items() if code == 200}
    assert {
        *("event_detail", "transfer_detail", "duplicate_pair", "layout_edit", "answer_detail"),
        *("submission_detail", "statement_page", "aid_edit", "household_file", "aid_stop"),
        *("survey_detail", "survey_step", "survey_end", "survey_form_pdf", "score_detail"),
        *("instrument_version", "instrument_what_if", "instrument_sensitivity", "list_paper"),
        *("poor_list_detail", "poor_list_carry_over", "poor_list_export", "listing_list"),
        *("listing_detail", "listing_meeting", "decree_new", "decree_detail", "meeting_detail"),
        *("meeting_edit", "meeting_notes", "meeting_move", "voice_detail", "voice_answer"),
        *("voice_move", "voice_match", "voice_decide", "aid_programme", "aid_export", "aid_both"),
        *("report_cards", "report_card", "commitment_settle", "access_report"),
    } <= opened
    # Every other is asked by POST, leads on to the row's own page, or has nothing to do here.
    rest = {name for name, code in by_code.items() if code not in {200, 302, 405}}
    assert rest == {"aid_resume", "household_move"}
    shown = {name for name, answer in answers if SECRET in answer.content.decode()}
    assert {"survey_detail", "listing_detail", "decree_detail", "voice_detail"} <= shown
    assert {"report_card", "access_report", "listing_list", "aid_programme"} <= shown


def test_no_member_of_another_family_slips_into_a_split(household, rt, kelurahan, staff):
    other = make.make_family(rt, by=staff, head="Harjo")
    stranger = other.members.get(relation=Relation.CHILD)
    founded = Household(territory=rt, kelurahan=kelurahan)
    founded.set_kk_number(make.make_kk_number())
    said = told(people=[stranger.pk], relations={stranger.pk: Relation.HEAD}, new_family=founded)
    with pytest.raises(ValidationError):
        recording.record("SPLIT", household, said, by=staff)
    stranger.refresh_from_db()
    assert stranger.household_id == other.pk
