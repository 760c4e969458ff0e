"""Lists that are no population lists: what they mean for people who are registered already."""

import datetime

import pytest

from households.assistance import withdraw
from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.column_choice import Said, sealed_said
from households.imports.preview import lines_of
from households.imports.programmes import answer_programmes
from households.imports.staging import staged_content, start_batch
from households.imports.undoing import BuiltUpon, undo_batch
from households.models import AidProgramme, AidReceipt, BatchStatus, Household, Member, Outcome
from households.workflows.importing import IMPORT_FLOW
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    return make.make_kelurahan()


@pytest.fixture
def officer(place):
    return make.make_user("petugas", Role.STAFF, place)


@pytest.fixture
def family(place, officer):
    return lists.known_family(place, officer)


def checked(place, by, data, columns, constants, purpose, **options):
    batch = start_batch(data, name="daftar.xlsx", kelurahan=place, by=by, **options)
    said = Said("Sheet1", 1, "s", columns, purpose, constants, "Daftar")
    batch.columns, batch.layout = sealed_said(batch, said), "mapped"
    batch.save()
    return check_batch(batch, by=by)


def decile_batch(place, by, *rows, constants=lists.DECILE_CONSTANTS, columns=lists.DECILE_COLUMNS):
    data = lists.decile_list(*rows)
    return checked(place, by, data, columns, constants, "known")


def aid_batch(place, by, *rows, constants=lists.AID_CONSTANTS, columns=lists.AID_COLUMNS, **more):
    return checked(place, by, lists.aid_list(*rows), columns, constants, "recipients", **more)


def save(batch, by):
    batch = apply_batch(IMPORT_FLOW.apply("confirm", batch, by=by), by=by)
    assert batch.status == BatchStatus.APPLIED
    return batch


def said_by(batch, position=1):
    content = staged_content(batch.rows.get(position=position))
    return content, [finding["code"] for finding in content["findings"]]


def decile_of(household):
    household.refresh_from_db()
    return household.registry_source, household.decile, household.decile_as_of


def test_a_decile_list_changes_the_family_of_a_known_person_and_can_be_undone(
    place, officer, family
):
    batch = decile_batch(place, officer)
    assert batch.counts["changed"] == 1
    content, _codes = said_by(batch)
    assert content["family_changes"]["decile"] == [None, 2]
    assert content["changes"] == {}
    batch = save(batch, officer)
    assert decile_of(family) == ("DTSEN", 2, datetime.date(2026, 10, 1))
    assert decile_batch(place, officer).counts["unchanged"] == 1
    undo_batch(batch, by=officer, reason="Daftar yang salah")
    assert decile_of(family) == ("", None, None)


def test_what_is_kept_as_a_remark_is_shown_in_the_words_of_the_list(place, officer, family):
    headers = [*lists.DECILE_HEADERS, "Catatan petugas"]
    data = lists.table(headers, (file.HEAD_NIK, "PAK CONTOH", 2, f"dicek {file.WIFE_NIK}"))
    columns = {**lists.DECILE_COLUMNS, "Catatan petugas": "keep"}
    batch = checked(place, officer, data, columns, lists.DECILE_CONSTANTS, "known")
    [line] = lines_of(batch, list(batch.rows.all()))
    said = {each.label: (each.old, each.new) for each in line.differences}
    old, new = said["Catatan petugas"]
    assert (old, new[:6], file.WIFE_NIK in new) == ("", "dicek ", False)


def test_an_older_decile_is_left_out_with_a_warning(place, officer):
    family = lists.known_family(
        place, officer, registry_source="DTSEN", decile=4, decile_as_of=datetime.date(2026, 11, 1)
    )
    batch = decile_batch(place, officer)
    _content, codes = said_by(batch)
    assert codes == ["decile_older"]
    assert batch.counts["unchanged"] == 1
    assert decile_of(family)[1] == 4


def test_a_newer_decile_is_shown_old_and_new_before_it_is_saved(place, officer):
    lists.known_family(
        place, officer, registry_source="DTKS", decile=4, decile_as_of=datetime.date(2025, 1, 1)
    )
    content, _codes = said_by(decile_batch(place, officer))
    assert content["family_changes"] == {
        "registry_source": ["DTKS", "DTSEN"],
        "decile": [4, 2],
        "decile_as_of": [datetime.date(2025, 1, 1), datetime.date(2026, 10, 1)],
    }


def test_two_deciles_of_one_family_are_refused_both(place, officer, family):
    batch = decile_batch(
        place, officer, (file.HEAD_NIK, "PAK CONTOH", 2), (file.WIFE_NIK, "BU CONTOH", 3)
    )
    assert batch.counts["refused"] == 2
    assert said_by(batch, 1)[1] == said_by(batch, 2)[1] == ["family_differs"]


def test_the_same_decile_for_two_of_a_family_is_written_once(place, officer, family):
    batch = decile_batch(
        place, officer, (file.HEAD_NIK, "PAK CONTOH", 2), (file.WIFE_NIK, "BU CONTOH", 2)
    )
    assert (batch.counts["changed"], batch.counts["unchanged"]) == (1, 1)
    assert batch.counts["families"] == 1
    save(batch, officer)
    assert decile_of(family)[1] == 2


def test_an_unknown_person_is_refused_and_nobody_is_created(place, officer, family):
    batch = decile_batch(place, officer, (file.CHILD_NIK, "MAS CONTOH", 2))
    assert batch.counts["refused"] == 1
    assert said_by(batch)[1] == ["unknown_person"]
    assert Member.objects.count() == 2


def test_a_name_that_is_not_like_the_registered_one_is_shown_beside_it_and_never_written(
    place, officer, family
):
    batch = decile_batch(place, officer, (file.HEAD_NIK, "ZULKIFLI HARAHAP", 2))
    content, codes = said_by(batch)
    assert codes == ["name_differs"]
    assert content["beside"]["name"] == ["Pak Contoh", "ZULKIFLI HARAHAP"]
    save(batch, officer)
    assert {member.name for member in Member.objects.all()} == {"Pak Contoh", "Bu Contoh"}


def test_a_name_in_other_letters_is_the_same_name(place, officer, family):
    assert said_by(decile_batch(place, officer, (file.HEAD_NIK, "CONTOH", 2)))[1] == []


def test_another_kk_number_makes_it_unclear_whose_decile_it_is(place, officer, family):
    columns = {"NIK": "nik", "Nama Lengkap": "kk_number", "Desil": "decile"}
    batch = decile_batch(place, officer, (file.HEAD_NIK, file.KK, 2), columns=columns)
    assert said_by(batch)[1] == ["other_family"]
    assert batch.counts["refused"] == 1


def test_the_officers_own_family_is_left_to_another_officer(place, officer, family):
    officer.set_nik(file.WIFE_NIK)
    officer.save()
    batch = decile_batch(place, officer)
    assert said_by(batch)[1] == ["own_family"]


def test_a_known_list_makes_nobody_head_beside_another_head(place, officer, family):
    columns = {"NIK": "nik", "Nama Lengkap": "name", "Desil": "relation"}
    batch = checked(
        place,
        officer,
        lists.decile_list((file.WIFE_NIK, "BU CONTOH", 1)),
        columns,
        {},
        "known",
    )
    assert said_by(batch)[1] == ["head_taken"]
    batch = checked(
        place,
        officer,
        lists.decile_list((file.WIFE_NIK, "BU CONTOH", 1), (file.HEAD_NIK, "PAK CONTOH", 2)),
        columns,
        {},
        "known",
    )
    assert batch.counts["changed"] == 2
    save(batch, officer)
    assert Member.objects.get(name="Bu Contoh").is_head


# --- recipients -------------------------------------------------------------------------------
def test_recipients_get_their_receipts_and_an_undo_takes_them_back(place, officer, family):
    programme = lists.programme(place, officer)
    batch = aid_batch(place, officer)
    assert (batch.counts["changed"], batch.counts["receipts"]) == (1, 1)
    assert not AidReceipt.objects.exists()
    batch = save(batch, officer)
    receipt = AidReceipt.objects.get()
    assert (receipt.programme, receipt.household, receipt.member) == (programme, family, None)
    assert (receipt.period_from, receipt.period_to) == (
        datetime.date(2026, 7, 1),
        datetime.date(2026, 9, 30),
    )
    assert (receipt.amount_idr, receipt.source_kind, receipt.source_code) == (
        750_000,
        "IMPORT",
        batch.code,
    )
    assert aid_batch(place, officer).counts["unchanged"] == 1
    undo_batch(batch, by=officer, reason="Daftar yang salah")
    assert not AidReceipt.objects.exists()
    assert not AidReceipt.history.exists()


def test_a_programme_for_persons_names_the_person(place, officer, family):
    lists.programme(place, officer, target="PERSON")
    save(aid_batch(place, officer), officer)
    assert AidReceipt.objects.get().member.name == "Pak Contoh"


def test_another_amount_for_the_same_period_is_a_change_that_an_undo_restores(
    place, officer, family
):
    lists.programme(place, officer)
    save(aid_batch(place, officer), officer)
    batch = aid_batch(place, officer, (file.HEAD_NIK, "PAK CONTOH", 600000))
    content, _codes = said_by(batch)
    assert content["receipts"][0]["old"]["amount_idr"] == 750_000
    batch = save(batch, officer)
    assert AidReceipt.objects.get().amount_idr == 600_000
    undo_batch(batch, by=officer, reason="Salah ketik")
    assert AidReceipt.objects.get().amount_idr == 750_000


def test_a_receipt_that_was_edited_after_the_import_stands_in_the_way_of_its_undo(
    place, officer, family
):
    lists.programme(place, officer)
    batch = save(aid_batch(place, officer), officer)
    receipt = AidReceipt.objects.get()
    receipt.version += 1
    receipt.save()
    with pytest.raises(BuiltUpon) as caught:
        undo_batch(batch, by=officer, reason="Daftar yang salah")
    assert caught.value.codes == [receipt.code]


def test_an_unknown_programme_is_asked_for_and_never_made_aside(place, officer, family):
    batch = aid_batch(place, officer)
    assert batch.status == BatchStatus.NEEDS_AREAS
    assert not AidProgramme.objects.exists()
    answer_programmes(place, {"PKH": "new-family"}, by=officer)
    batch = check_batch(
        IMPORT_FLOW.apply("map_areas", batch, by=officer, changes={"areas_asked": True}),
        by=officer,
    )
    assert batch.counts["receipts"] == 1
    assert AidProgramme.objects.get().target == "FAMILY"


def test_a_programme_without_an_answer_refuses_its_recipients(place, officer, family):
    batch = aid_batch(place, officer, areas_asked=True)
    assert said_by(batch)[1] == ["programme_unknown"]
    assert batch.counts["refused"] == 1


def test_another_word_for_a_programme_is_remembered(place, officer, family):
    known = lists.programme(place, officer, name="Program Keluarga Harapan")
    answer_programmes(place, {"pkh": known}, by=officer)
    assert aid_batch(place, officer).counts["receipts"] == 1


def test_a_receipt_that_was_withdrawn_is_not_the_one_of_the_list(place, officer, family):
    lists.programme(place, officer)
    save(aid_batch(place, officer), officer)
    assert aid_batch(place, officer).counts["unchanged"] == 1
    receipt = AidReceipt.objects.get()
    withdraw(receipt, by=officer, reason="Salah catat", expected_version=receipt.version)
    batch = aid_batch(place, officer)
    assert batch.counts["receipts"] == 1
    save(batch, officer)
    assert AidReceipt.objects.standing().count() == 1
    receipt.refresh_from_db()
    assert receipt.withdrawn_at is not None


def test_two_members_of_a_family_are_one_receipt_of_a_family_programme(place, officer, family):
    lists.programme(place, officer)
    batch = aid_batch(
        place, officer, (file.HEAD_NIK, "PAK CONTOH", 1), (file.WIFE_NIK, "BU CONTOH", 1)
    )
    assert batch.counts["receipts"] == 1
    assert said_by(batch, 2)[1] == ["receipt_of_family_repeated"]
    save(batch, officer)
    assert AidReceipt.objects.count() == 1


def test_a_family_named_by_its_kk_number_receives_what_families_receive(place, officer, family):
    lists.programme(place, officer)
    columns = {"NIK Penerima": "kk_number", "Nama": "name", "Nominal": "aid_amount_idr"}
    batch = aid_batch(place, officer, (family.kk_number, "PAK CONTOH", 5000), columns=columns)
    assert batch.counts["receipts"] == 1
    save(batch, officer)
    assert AidReceipt.objects.get().household == family


def test_a_receipt_recorded_meanwhile_makes_the_preview_anew(place, officer, family):
    programme = lists.programme(place, officer)
    batch = IMPORT_FLOW.apply("confirm", aid_batch(place, officer), by=officer)
    AidReceipt.objects.create(
        kelurahan=place,
        programme=programme,
        household=family,
        period_from=datetime.date(2026, 7, 1),
        source_kind="ENTRY",
        created_by=officer,
        updated_by=officer,
    )
    assert apply_batch(batch, by=officer).status == BatchStatus.READING
    assert AidReceipt.objects.count() == 1


def test_the_dead_on_a_list_of_recipients_are_named(place, officer, family):
    lists.programme(place, officer)
    Member.objects.filter(name="Pak Contoh").update(
        status="DECEASED", status_on=datetime.date(2026, 1, 5)
    )
    assert "not_living_here" in said_by(aid_batch(place, officer))[1]


def test_recipients_of_the_officers_own_family_are_left_to_another_officer(place, officer, family):
    lists.programme(place, officer)
    officer.set_nik(file.WIFE_NIK)
    officer.save()
    batch = aid_batch(place, officer)
    assert said_by(batch)[1] == ["own_family"]
    assert batch.rows.get().outcome == Outcome.REFUSED
    assert Household.objects.count() == 1
