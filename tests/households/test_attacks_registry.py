"""What somebody tried against the registry once, and what it answers now."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households import assistance, life_events, statements, transfers
from households.codes import Relation
from households.exporting import submissions
from households.exporting.shipped import add_shipped_layouts
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.models import (
    AidProgramme,
    BatchStatus,
    ExportLayout,
    Household,
    LifeEvent,
)
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.duplicates import pair_of
from tests.households.eventful import DAY, newcomer, told
from tests.households.sending import brought
from tests.tkpk.test_urls_closed import patterns, writing
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40
SECRET = "Nyisworo"  # a word that only rows of the other kelurahan hold


# --- what an officer types or uploads ----------------------------------------------------------
def test_a_scan_named_after_the_person_leaves_neither_name_nor_nik_in_clear(
    officer, household, staff, child
):
    event = life_events.record("DEATH", household, told(people=[child.pk]), by=staff)
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
        return life_events.record("BIRTH", household, told(newcomers=[baby]), by=staff)

    born()
    with pytest.raises(ValidationError) as caught:
        born()
    assert caught.value.error_dict["name"][0].code == "here_already"
    assert LifeEvent.objects.count() == 1
    assert household.members.count() == 3


def test_an_arrival_without_a_nik_sent_twice_is_one_person(household, staff):
    def arrived():
        said = told(newcomers=[newcomer(nik="")])
        return life_events.record("MOVE_IN", household, said, by=staff)

    arrived()
    with pytest.raises(ValidationError) as caught:
        arrived()
    assert caught.value.error_dict["newcomer_0"][0].code == "here_already"
    assert household.members.count() == 3


def test_nobody_becomes_oneself_by_a_correction(household, staff, child):
    said = told(people=[child.pk], document_kind="OTHER", identity={"nik": staff.nik})
    with pytest.raises(PermissionDenied):
        life_events.record("CORRECTION", household, said, by=staff)
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
def elsewhere():
    """One row of everything in another kelurahan, by the start of the names of its addresses."""
    make.make_installation()
    place = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    third = make.make_kelurahan("34.71.04.1003", "Bausasran")
    by, rt = make.make_user("sebelah", Role.STAFF, place), make.make_rt(place, 5, 1)
    make.make_rt(place, 6, 1)
    family = make.make_family(rt, by=by, head=f"Kepala {SECRET}", others=2, address=SECRET)
    head, first, second = family.members.order_by("relation", "pk")
    event = life_events.record("MOVE_OUT", family, told(people=[first.pk]), by=by)
    release = transfers.Release(family, [second.pk], DAY, "MOVE")
    pair = pair_of(rt, by)
    programme = AidProgramme.objects.create(
        kelurahan=place, name=f"PKH {SECRET}", target="FAMILY", created_by=by, updated_by=by
    )
    receipt = assistance.record(programme, family, by=by, period_from=datetime.date(2026, 1, 1))
    add_shipped_layouts(place, by)
    layout = ExportLayout.objects.get(kelurahan=place, shipped="dtsen")
    sent = submissions.create_submission(
        name=SECRET, kind="PROPOSAL", layout=layout, kelurahan=place, by=by
    )
    submissions.add_rows(sent, Household.objects.filter(pk=family.pk), by=by)
    sent = submissions.send(sent, by=by, sent_on=datetime.date(2026, 11, 2))
    paper = statements.give(head, by=by, purpose="AID")
    batch = start_batch(lists.decile_list(), name=f"{SECRET}.xlsx", kelurahan=place, by=by)
    return {
        "place": place, "family": family, "head": head, "event": event, "receipt": receipt,
        "transfer_": transfers.offer(release, destination=third, by=by), "duplicate_": pair,
        "layout_": layout, "column_": layout, "submission_": sent, "answer_new": sent,
        "answer_": brought(sent, by, [head.nik, head.name, "diterima", SECRET]),
        "statement_page": paper, "document_": paper.document, "import_": check_batch(batch, by=by),
    }  # fmt: skip


def _addresses(rows):
    """Every address of the registry that names a row, with rows of the other kelurahan."""
    steps = {"submission_step": "discard", "answer_step": "confirm", "import_step": "undo"}
    for name, route, entry in patterns():
        names = list(getattr(entry.pattern, "converters", {}))
        if "pk" not in names or not (route.startswith("kerja/") or name == "document_download"):
            continue
        starts = [start for start in rows if "_" in start and name.startswith(start)]
        found = rows[starts[0]] if starts else None
        row = rows["family"] if found is None or name == "transfer_offer" else found
        values = {
            "pk": row.pk, "member_pk": rows["head"].pk, "event_pk": rows["event"].pk,
            "receipt_pk": rows["receipt"].pk, "place": 0, "kind": "DEATH", "step": "decline",
            "code": "tanpa-desil", "move": steps.get(name, "record_missing"),
        }  # fmt: skip
        yield name, reverse(name, kwargs={part: values[part] for part in names})


def _everything_a_form_could_ask(rows):
    return {
        "version": "1", "reason": "alasan", "words": "kata", "choice": "OTHER", "confirm": "1",
        "kept": "low", "low_version": "1", "high_version": "1", "on": "2026-03-06",
        "document_kind": "MOVE", "people": rows["head"].pk, "sent_on": "2026-11-02", "item": "1",
        "family": rows["family"].code, "household": rows["family"].code, "decile": "1",
        "registry_source": "DTSEN", "decile_as_of": "2026-01-01", "act": "remove", "place": "0",
    }  # fmt: skip


def _codes_of_strangers():
    return [
        (Role.STAFF, make.TEGALPANGGUNG),
        (Role.LURAH, make.TEGALPANGGUNG),
        (Role.ADMIN, make.SURYATMAJAN),
        (Role.TKPK_SECRETARY, make.SURYATMAJAN),
        (Role.RW_HEAD, f"{make.SURYATMAJAN}.006"),
        (Role.RT_HEAD, f"{make.SURYATMAJAN}.006.001"),
    ]


@pytest.mark.parametrize(("role", "code"), _codes_of_strangers())
def test_no_row_of_another_place_opens_moves_or_shows_to_a_stranger(client, elsewhere, role, code):
    make.make_rt(make.make_kelurahan())
    territory = type(elsewhere["place"]).objects.get(code=code)
    client.force_login(make.make_user("asing", role, territory), BACKEND)
    visited = 0
    for name, url in _addresses(elsewhere):
        with writing() as found:
            answers = [client.get(url), client.post(url, _everything_a_form_could_ask(elsewhere))]
        assert found == [], name
        for answer in answers:
            assert answer.status_code in {403, 404, 405}, (name, answer.status_code)
            assert SECRET not in answer.content.decode(), name
        visited += 1
    assert visited > 50


def test_the_officer_of_the_place_opens_the_very_same_rows(client, elsewhere):
    """Else the test above would hold for addresses that lead nowhere."""
    client.force_login(elsewhere["event"].created_by, BACKEND)
    opened = [name for name, url in _addresses(elsewhere) if client.get(url).status_code == 200]
    assert {
        *("event_detail", "transfer_detail", "duplicate_pair", "layout_edit", "answer_detail"),
        *("submission_detail", "statement_page", "aid_edit", "household_file"),
    } <= set(opened)


def test_no_member_of_another_family_slips_into_a_split(household, rt, kelurahan, staff):
    other = make.make_family(rt, by=staff, head="Harjo")
    stranger = other.members.get(relation=Relation.CHILD)
    founded = life_events.Household(territory=rt, kelurahan=kelurahan)
    founded.set_kk_number(make.make_kk_number())
    said = told(people=[stranger.pk], relations={stranger.pk: Relation.HEAD}, new_family=founded)
    with pytest.raises(ValidationError):
        life_events.record("SPLIT", household, said, by=staff)
    stranger.refresh_from_db()
    assert stranger.household_id == other.pk
