"""The import at the command line."""

import json

import pytest
from django.core.management import CommandError, call_command

from households.models import ColumnMapping, Household, ImportBatch, Member
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.importing import OTHER_KK
from tkpk.console import console_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return console_user(place)


@pytest.fixture
def on_disk(tmp_path):
    def write(*people):
        path = tmp_path / "daftar.xlsx"
        path.write_bytes(file.xlsx(file.grid(people)))
        return str(path)

    return write


def ran(capsys, *args):
    code = 0
    try:
        call_command(*args)
    except SystemExit as stop:
        code = stop.code
    except CommandError as error:
        code = error.returncode
    return code, capsys.readouterr().out


def test_the_command_previews_saves_and_undoes(place, on_disk, capsys):
    path = on_disk(file.person(), file.wife())
    code, out = ran(capsys, "import_households", path, "--json")
    report = json.loads(out)
    assert (code, report["new"], report["families"]) == (0, 2, 1)
    assert not ImportBatch.objects.exists()
    code, out = ran(capsys, "import_households", path, "--json", "--commit")
    batch = json.loads(out)["batch"]
    assert (code, Member.objects.count()) == (0, 2)
    code, out = ran(capsys, "import_households", path, "--json", "--commit")
    assert json.loads(out)["unchanged"] == 2
    code, _out = ran(capsys, "undo_import", batch)
    assert (code, Member.objects.count()) == (0, 0)


def test_the_command_ends_with_2_when_a_row_is_refused(place, on_disk, capsys):
    path = on_disk(file.person(rw="009"))
    code, out = ran(capsys, "import_households", path, "--json")
    report = json.loads(out)
    assert code == 2
    assert report["errors"][0]["code"] == "area_unknown"
    assert set(report["errors"][0]) == {"sheet", "row", "column", "code", "message"}
    area = f"JUMINAHAN/009/012={place.code}"
    assert ran(capsys, "import_households", path, "--map-area", area)[0] == 0
    assert ran(capsys, "import_households", path, "--territory", place.code)[0] == 0


def test_the_command_ends_with_1_when_it_fails(place, tmp_path, capsys):
    path = tmp_path / "catatan.xlsx"
    path.write_bytes(b"PK\x03\x04")
    assert ran(capsys, "import_households", str(path), "--json")[0] == 1
    assert ran(capsys, "import_households", str(tmp_path / "tiada.xlsx"))[0] == 1
    assert ran(capsys, "undo_import", "I-2020-0001")[0] == 1


def test_the_command_says_that_nobody_has_the_name(place, on_disk, capsys):
    path = on_disk(file.person())
    for more in ([], ["--commit"]):
        code, out = ran(capsys, "import_households", path, "--json", "--by", "tiada", *more)
        assert (code, json.loads(out)["errors"][0]["code"]) == (1, "no_user")
    assert ran(capsys, "undo_import", "\N{SUPERSCRIPT TWO}")[0] == 1


def test_a_stranger_leaves_no_import_behind(place, on_disk, capsys):
    make.make_user("tamu")
    code, _out = ran(
        capsys, "import_households", on_disk(file.person()), "--by", "tamu", "--commit"
    )
    assert (code, ImportBatch.objects.count(), Member.objects.count()) == (1, 0, 0)


def test_all_or_nothing_at_the_command_saves_nothing(place, on_disk, capsys):
    path = on_disk(file.person(), file.person(no_kk=OTHER_KK, nik="1"))
    code, _out = ran(capsys, "import_households", path, "--commit", "--all-or-nothing")
    assert (code, Member.objects.count()) == (2, 0)
    code, _out = ran(capsys, "import_households", path, "--commit")
    assert (code, Member.objects.count()) == (2, 1)


# --- other lists --------------------------------------------------------------------------------
@pytest.fixture
def decile_file(tmp_path, place, officer):
    lists.known_family(place, officer)
    path = tmp_path / "desil.xlsx"
    path.write_bytes(lists.decile_list())
    return str(path)


COLUMNS = [f"--map-column={header}={field}" for header, field in lists.DECILE_COLUMNS.items()]
SOURCE = ["--set", "registry_source=DTSEN", "--set", "decile_as_of=2026-10-01"]


def test_columns_are_said_once_at_the_command_line_and_remembered(decile_file, capsys):
    known = ["import_households", decile_file, "--json"]
    code, out = ran(capsys, *known)
    assert (code, json.loads(out)["errors"][0]["code"]) == (1, "unknown_layout")
    code, out = ran(capsys, *known, *COLUMNS, *SOURCE, "--purpose", "known")
    assert (code, json.loads(out)["changed"]) == (0, 1)
    assert not ColumnMapping.objects.exists()
    code, out = ran(capsys, *known, *COLUMNS, *SOURCE, "--purpose", "known", "--commit")
    assert (code, json.loads(out)["layout"]) == (0, "mapped")
    assert Household.objects.get().decile == 2
    # The headers are known now; the date of the next list has to be said.
    code, out = ran(capsys, *known)
    assert (code, json.loads(out)["errors"][0]["code"]) == (1, "columns_needed")
    code, out = ran(capsys, *known, "--set", "decile_as_of=2026-10-01")
    assert (code, json.loads(out)["unchanged"]) == (0, 1)


def test_a_column_that_is_not_there_or_no_field_fails(decile_file, capsys):
    wrong = {"Umur=nik": "map_column", "NIK=umur": "columns", "NIK": "map_column"}
    for typed, expected in wrong.items():
        code, out = ran(capsys, "import_households", decile_file, "--json", f"--map-column={typed}")
        assert (code, json.loads(out)["errors"][0]["code"]) == (1, expected), typed


def test_an_unknown_layout_leaves_no_open_batch_behind(decile_file, capsys):
    code, out = ran(capsys, "import_households", decile_file, "--json", "--commit")
    assert (code, json.loads(out)["errors"][0]["code"]) == (1, "unknown_layout")
    assert not ImportBatch.objects.exclude(status="DISCARDED").exists()
