"""The page on which an officer says the columns of a list."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from households.models import (
    AidProgramme,
    AidReceipt,
    BatchStatus,
    ColumnMapping,
    Household,
    ImportBatch,
    Member,
)
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.pages import page_text
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
DECILE_ANSWER = {
    "column0": "nik",
    "column1": "name",
    "column2": "decile",
    "purpose": "known",
    "registry_source": "DTSEN",
    "decile_as_of": "2026-10-01",
    "name": "Daftar desil dinas",
    "lembar": "0",
}
AID_ANSWER = {
    "column0": "nik",
    "column1": "name",
    "column2": "aid_amount_idr",
    "purpose": "recipients",
    "aid_programme": "new-family",
    "new_programme": "PKH",
    "aid_period_from": "2026-07-01",
    "name": "Penerima PKH",
    "lembar": "0",
}


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def family(place, officer):
    return lists.known_family(place, officer)


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    def send(data, name="daftar.xlsx"):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("import_new"), {"file": SimpleUploadedFile(name, data)})
        return ImportBatch.objects.latest("pk")

    return send


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    def send(batch, view, /, *args, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse(view, args=[batch.pk, *args]), data)
        batch.refresh_from_db()
        return answer

    return send


def columns_page(client, batch, query=""):
    answer = client.get(reverse("import_columns", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer


def chosen(page, name):
    """The value of the option that is selected in this select."""
    select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)"\s+selected', select)


def test_an_unknown_layout_asks_for_its_columns_and_shows_suggestions_with_their_reason(
    client, upload, family
):
    batch = upload(lists.decile_list())
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    answer = client.get(reverse("import_detail", args=[batch.pk]))
    assert answer.url == reverse("import_columns", args=[batch.pk])
    page = columns_page(client, batch).content.decode()
    assert chosen(page, "column0") == ["nik"]
    assert chosen(page, "column2") == ["decile"]
    assert "PAK CONTOH" in page  # samples as written
    assert file.HEAD_NIK not in page
    assert "id_column0_why" in page
    assert 'value="known"' in page
    # A suggestion is no answer: nothing is compared or written before the officer goes on.
    assert not batch.rows.exists()
    assert not ColumnMapping.objects.exists()


def test_a_decile_list_goes_from_the_file_to_the_registry_and_back(client, upload, press, family):
    batch = upload(lists.decile_list())
    answer = press(batch, "import_columns", **DECILE_ANSWER)
    assert answer.status_code == 302
    assert (batch.status, batch.layout) == (BatchStatus.CHECKED, "mapped")
    shown = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "Daftar desil dinas" in shown
    assert "DTSEN" in shown
    press(batch, "import_step", "confirm", version=batch.version)
    assert batch.status == BatchStatus.APPLIED
    family.refresh_from_db()
    assert (family.registry_source, family.decile) == ("DTSEN", 2)
    press(batch, "import_step", "undo", reason="salah berkas")
    family.refresh_from_db()
    assert (family.registry_source, family.decile) == ("", None)


def test_the_same_headers_are_known_next_month_and_only_the_date_is_asked(
    client, upload, press, family
):
    press(upload(lists.decile_list()), "import_columns", **DECILE_ANSWER)
    batch = upload(lists.decile_list((file.HEAD_NIK, "PAK CONTOH", 5)))
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    page = columns_page(client, batch).content.decode()
    assert "Daftar desil dinas" in page
    assert chosen(page, "registry_source") == ["DTSEN"]
    assert "2026-10-01" not in page  # the date of the last list is not the date of this one
    press(batch, "import_columns", **{**DECILE_ANSWER, "decile_as_of": "2026-11-01"})
    assert batch.status == BatchStatus.CHECKED
    assert ColumnMapping.objects.count() == 1


def test_a_known_layout_without_dates_goes_straight_through(client, upload, press, family):
    data = file.xlsx([["NIK", "Nama", "Kota lahir"], [file.HEAD_NIK, "PAK CONTOH", "BANTUL"]])
    answer = {"column0": "nik", "column1": "name", "column2": "birth_place", "purpose": "known"}
    press(upload(data), "import_columns", **answer, name="Tempat lahir", lembar="0")
    batch = upload(data)
    assert batch.status == BatchStatus.CHECKED
    assert batch.counts["changed"] == 1
    shown = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "Tempat lahir" in shown
    # It can still be changed.
    press(batch, "import_arrange")
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    assert chosen(columns_page(client, batch).content.decode(), "column2") == ["birth_place"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"column1": "nik"}, "column0"),
        ({"column0": "keep"}, "purpose"),
        ({"registry_source": ""}, "registry_source"),
        ({"decile_as_of": ""}, "decile_as_of"),
        ({"decile_as_of": "2999-01-01"}, "decile_as_of"),
        ({"purpose": "population"}, "purpose"),
        ({"purpose": "recipients"}, "aid_programme"),
        ({"purpose": "recipients"}, "aid_period_from"),
        ({"purpose": ""}, "purpose"),
        ({"column0": "umur"}, "column0"),
        ({"aid_programme": "new-family"}, "new_programme"),
        ({"new_programme": "Bantuan Contoh"}, "aid_programme"),
        ({"name": file.HEAD_NIK}, "name"),
    ],
)
def test_what_is_missing_is_said_at_its_place_and_nothing_goes_on(
    client, upload, press, family, change, field
):
    batch = upload(lists.decile_list())
    answer = press(batch, "import_columns", **{**DECILE_ANSWER, **change})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    assert not ColumnMapping.objects.exists()
    assert not AidProgramme.objects.exists()


def test_a_list_of_recipients_goes_from_the_file_to_receipts_and_back(
    client, upload, press, family
):
    batch = upload(lists.aid_list())
    assert press(batch, "import_columns", **AID_ANSWER).status_code == 302
    assert AidProgramme.objects.get().name == "PKH"
    assert TrailEntry.objects.filter(process="import", move="make_programme").exists()
    assert batch.counts["receipts"] == 1
    shown = page_text(client.get(reverse("import_detail", args=[batch.pk])))
    assert "PKH, 1 Juli 2026" in shown
    assert "Rp750.000" in shown
    press(batch, "import_step", "confirm", version=batch.version)
    assert AidReceipt.objects.get().household == family
    press(batch, "import_step", "undo", reason="salah berkas")
    assert not AidReceipt.objects.exists()


def test_a_programme_of_the_file_is_asked_for_like_an_area(client, upload, press, family):
    workbook = file.xlsx(
        [
            ["Nama Program", "BLT Contoh"],
            ["Sasaran Program", 1],
            ["Rentang Waktu (Awal)", "2026-04-01"],
            ["Rentang Waktu (Akhir)", "2026-12-31"],
            ["###"],
        ],
        [
            ["Peserta", "No. Peserta", "NIK", "Nama", "Tempat Lahir", "Tanggal Lahir", "Alamat"],
            [file.HEAD_NIK, "1", file.HEAD_NIK, "PAK CONTOH", "YOGYAKARTA", "1970-05-20", "RT 1"],
        ],
        names=["Program", "Peserta"],
    )
    batch = upload(workbook)
    assert batch.status == BatchStatus.NEEDS_AREAS
    shown = page_text(client.get(reverse("import_detail", args=[batch.pk])))
    assert "BLT Contoh" in shown
    assert "Aid programmes" in shown or "Program bantuan" in shown
    assert "Wilayah" not in shown.split("BLT Contoh")[0].split(batch.code)[-1]
    press(batch, "import_areas", programme0="new-person")
    assert (batch.status, batch.counts["receipts"]) == (BatchStatus.CHECKED, 1)
    press(batch, "import_step", "confirm", version=batch.version)
    assert AidReceipt.objects.get().member.name == "Pak Contoh"
    assert upload(workbook).counts["unchanged"] == 1


def test_refused_rows_of_a_mapped_list_come_back_clean_once_mended(client, upload, press, family):
    data = lists.decile_list(
        (file.CHILD_NIK, "MAS CONTOH", 2),
        (file.HEAD_NIK, "PAK CONTOH", 2),
    )
    batch = upload(data)
    press(batch, "import_columns", **DECILE_ANSWER)
    assert batch.counts["refused"] == 1
    book = press(batch, "import_refused").content
    lists.make.make_member(family, "Mas Contoh", by=batch.created_by, nik=file.CHILD_NIK)
    again = upload(book, name="ditolak.xlsx")
    assert again.status == BatchStatus.NEEDS_COLUMNS  # known headers, the date is asked
    assert "Daftar desil dinas" in columns_page(client, again).content.decode()
    place = again.kelurahan
    answer = {**DECILE_ANSWER}
    press(again, "import_columns", **answer)
    assert (again.counts["changed"], again.counts["refused"]) == (1, 0)
    assert place == family.kelurahan


def test_columns_may_be_set_by_hand_for_a_layout_that_was_recognised(client, upload, press, place):
    batch = upload(file.xlsx(file.grid([file.person()])))
    assert (batch.status, batch.layout) == (BatchStatus.CHECKED, "opensid")
    press(batch, "import_arrange")
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    page = columns_page(client, batch).content.decode()
    assert reverse("import_known_layout", args=[batch.pk]) in page
    press(batch, "import_known_layout")
    assert (batch.status, batch.layout) == (BatchStatus.CHECKED, "opensid")
    assert batch.counts["new"] == 1


def test_a_population_list_with_headers_of_its_own_makes_families(client, upload, press, place):
    rows = [
        ["Daftar warga RW 03"],
        ["Kartu", "Orang", "Kelamin", "Kedudukan", "Nomor induk", "R W", "R T"],
        [file.KK, "PAK CONTOH", "L", "Kepala Keluarga", file.HEAD_NIK, "3", "12"],
        [file.KK, "BU CONTOH", "P", "Istri", file.WIFE_NIK, "3", "12"],
    ]
    batch = upload(file.xlsx(rows))
    assert batch.status == BatchStatus.NEEDS_COLUMNS
    press(
        batch,
        "import_columns",
        column0="kk_number",
        column1="name",
        column2="sex",
        column3="relation",
        column4="nik",
        column5="rw",
        column6="rt",
        purpose="population",
        name="Daftar RW",
        lembar="0",
    )
    assert (batch.status, batch.counts["new"]) == (BatchStatus.CHECKED, 2)
    press(batch, "import_step", "confirm", version=batch.version)
    assert Household.objects.get().territory.code.endswith(".003.012")
    assert Member.objects.count() == 2
    # Straight through the next time.
    assert upload(file.xlsx(rows)).counts["unchanged"] == 2


def test_another_sheet_can_be_chosen_and_the_rest_is_left_out(client, upload, press, family):
    other = [["Nomor lama", "Arti"], [file.WIFE_NIK, "sangat miskin"], [file.CHILD_NIK, "miskin"]]
    sheet = [lists.DECILE_HEADERS, [file.HEAD_NIK, "PAK CONTOH", 2]]
    batch = upload(file.xlsx(other, sheet, names=["Kode", "Desil"]))
    page = columns_page(client, batch)
    assert page.context["sheet"].name == "Desil"  # the one that tells more fields comes first
    assert columns_page(client, batch, "?lembar=1").context["sheet"].name == "Kode"
    assert client.get(reverse("import_columns", args=[batch.pk]) + "?lembar=7").status_code == 404
    press(batch, "import_columns", **DECILE_ANSWER)
    assert batch.counts["changed"] == 1


def test_a_file_without_a_number_of_anybody_is_refused_with_its_reason(upload, family):
    batch = upload(file.xlsx([["Kode", "Arti"], ["1", "sangat miskin"], ["2", "miskin"]]))
    assert (batch.status, batch.problem_code) == (BatchStatus.REFUSED, "unknown_layout")


def test_another_row_can_be_taken_for_the_headers(client, upload, press, family):
    rows = [
        ["Nomor", "Orang", "Angka"],
        ["NIK", "Nama Lengkap", "Desil"],
        [file.HEAD_NIK, "PAK CONTOH", 2],
    ]
    batch = upload(file.xlsx(rows))
    assert columns_page(client, batch).context["sheet"].header_row == 2
    page = columns_page(client, batch, "?judul=1")
    assert [column.header for column in page.context["sheet"].columns] == rows[0]
    address = reverse("import_columns", args=[batch.pk])
    assert client.get(address + "?judul=9").status_code == 404
    answer = {**DECILE_ANSWER, "column2": "keep", "judul": "1"}
    press(batch, "import_columns", **answer)
    assert ColumnMapping.objects.get().said["columns"]["Orang"] == "name"


def test_what_was_said_of_headers_lies_nowhere_in_clear(upload, press, family):
    data = file.xlsx([["NIK", "SITI RAHASIA", "Desil"], [file.HEAD_NIK, "PAK CONTOH", 2]])
    press(upload(data), "import_columns", **DECILE_ANSWER)
    assert "SITI RAHASIA" in ColumnMapping.objects.get().content
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, signature FROM households_columnmapping")
        assert "RAHASIA" not in str(cursor.fetchall())


@pytest.mark.parametrize("name", ["import_arrange", "import_known_layout"])
def test_its_buttons_answer_to_post_alone(client, upload, family, name):
    batch = upload(lists.decile_list())
    assert client.get(reverse(name, args=[batch.pk])).status_code == 405


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF}))
def test_the_page_is_not_there_for_other_roles(client, upload, place, family, role):
    batch = upload(lists.decile_list())
    client.force_login(make.make_user("lain", role, place))
    for name in ("import_columns", "import_arrange", "import_known_layout"):
        assert client.post(reverse(name, args=[batch.pk]), {}).status_code in {403, 404}
    assert client.get(reverse("import_columns", args=[batch.pk])).status_code in {403, 404}
    batch.refresh_from_db()
    assert batch.status == BatchStatus.NEEDS_COLUMNS


def test_the_page_is_not_there_for_the_officer_of_another_kelurahan(client, upload, family):
    batch = upload(lists.decile_list())
    elsewhere = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    client.force_login(make.make_user("tetangga", Role.STAFF, elsewhere))
    assert client.get(reverse("import_columns", args=[batch.pk])).status_code == 404


def test_a_batch_that_asks_for_nothing_leads_to_its_own_page(client, upload, press, place):
    batch = upload(file.xlsx(file.grid([file.person()])))
    answer = client.get(reverse("import_columns", args=[batch.pk]))
    assert answer.url == reverse("import_detail", args=[batch.pk])
    press(batch, "import_known_layout")
    assert batch.status == BatchStatus.CHECKED
