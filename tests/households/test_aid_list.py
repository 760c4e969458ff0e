"""The list of recipients of one programme: two sheets, an end mark, notes below it."""

from datetime import date

import pytest

from households.imports.content import read_content
from households.imports.layout import Purpose
from households.imports.parsed import AidClaim
from households.imports.unreadable import UnreadableFile
from tests.households import workbooks as make

TODAY = date(2026, 11, 24)
HEADERS = ["Peserta", "No. Peserta", "NIK", "Nama", "Tempat Lahir", "Tanggal Lahir", "Alamat"]
HEAD = [make.HEAD_NIK, "12", make.HEAD_NIK, "PAK CONTOH", "YOGYAKARTA", "1970-05-20", "RT 012"]
END = [["###"], ["Catatan:"], ["1. Kolom Peserta (A) wajib diisi"]]


def programme(**changes: object) -> list[list[object]]:
    said = {
        "ID Program": "7",
        "Nama Program": "Bantuan Sosial Tunai",
        "Sasaran Program": 1.0,
        "Keterangan": "Kementerian Sosial",
        "Asal Dana": "Pusat",
        "Rentang Waktu (Awal)": "2026-04-01",
        "Rentang Waktu (Akhir)": "2026-12-31",
    }
    return [*([key, value] for key, value in (said | changes).items()), *END]


def read(*people: list[object], **changes: object):
    sheets = (programme(**changes), [HEADERS, *people, *END])
    data = make.xlsx(*sheets, names=["Program", "Peserta"])
    return read_content(data, name="p.xlsx", demo=True, today=TODAY)


def errors(found) -> list[tuple[str, int, str]]:
    rows = [f for row in found.rows for f in row.findings]
    return [(f.sheet, f.row, f.code) for f in [*found.notes, *rows] if f.is_error]


def test_every_recipient_carries_the_programme_of_the_other_sheet():
    found = read(HEAD)
    assert (found.layout, found.purpose) == ("aid_recipients", Purpose.RECIPIENTS)
    assert (found.notes, errors(found)) == ([], [])
    [row] = found.rows
    assert row.aid == [
        AidClaim("Bantuan Sosial Tunai", date(2026, 4, 1), date(2026, 12, 31), None, "", "person")
    ]
    assert (row.values["nik"], row.values["birth_date"]) == (make.HEAD_NIK, date(1970, 5, 20))
    assert (row.values["address"], row.source_values) == ("", {"No. Peserta": "12"})


def test_a_list_of_families_is_known_by_the_kk_number_in_the_first_column():
    found = read([make.KK, "1", None, "PAK CONTOH"], **{"Sasaran Program": "Keluarga"})
    [row] = found.rows
    assert (row.values["kk_number"], row.aid[0].recipient, errors(found)) == (make.KK, "family", [])
    assert found.families[0].key == make.KK


def test_a_list_of_groups_or_with_an_unreadable_day_is_refused_as_a_whole():
    groups = read(HEAD, **{"Sasaran Program": 4})
    assert errors(groups)[0] == ("Program", 3, "unknown_recipient")
    assert ("Peserta", 2, "sheet_refused") in errors(groups)
    day = read(HEAD, **{"Rentang Waktu (Awal)": "April"})
    assert errors(day)[0] == ("Program", 6, "date_unreadable")


def test_a_programme_without_name_or_days_refuses_each_row():
    found = read(HEAD, **{"Nama Program": None, "Rentang Waktu (Awal)": None})
    assert errors(found) == [
        ("Peserta", 2, "aid_without_programme"),
        ("Peserta", 2, "aid_without_period"),
    ]


def test_two_numbers_of_one_row_that_differ_name_nobody():
    found = read([make.WIFE_NIK, *HEAD[1:]])
    assert errors(found) == [("Peserta", 2, "recipient_differs")]
    assert read([make.HEAD_NIK, "1", None, "PAK CONTOH"]).rows[0].findings[0].code == "required"


def test_a_sheet_of_recipients_alone_is_no_list_of_this_kind():
    with pytest.raises(UnreadableFile):
        read_content(make.xlsx([HEADERS, HEAD]), name="p.xlsx", demo=True, today=TODAY)
