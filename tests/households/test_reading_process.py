"""The parser starts before its file was looked over: that must never harm, and leave nothing."""

import contextlib
import datetime
import io
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.imports import child, child_process, extent, reading
from households.imports.child_process import ChildProcess
from households.imports.reading import read_file
from households.imports.unreadable import UnreadableFile, damaged
from tests.households import workbooks as make
from tests.households.test_reading import TABLE, refusal, rows_of

BUSY = "import time; time.sleep(60)"
FAR = make.with_sheet_xml(
    '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)


@pytest.fixture
def started(monkeypatch) -> Iterator[list[ChildProcess]]:
    """Every child that was started; at the end none may be alive or left as a zombie."""
    children: list[ChildProcess] = []

    class Watched(ChildProcess):
        def __enter__(self) -> "Watched":
            children.append(self)
            super().__enter__()
            return self

    monkeypatch.setattr(reading, "ChildProcess", Watched)
    yield children
    for one in children:
        assert one.process.returncode is not None
        assert not one.feeder.is_alive()
        assert one.process.stdin.closed
        assert one.process.stdout.closed
        with pytest.raises(ChildProcessError):
            os.waitpid(one.process.pid, os.WNOHANG)


def child_that(script: str, path: Path, monkeypatch) -> None:
    file = path / "child.py"
    file.write_text(script)
    monkeypatch.setattr(reading, "CHILD", file)


def test_what_the_look_refuses_is_refused_while_the_child_is_still_busy(
    started, tmp_path, monkeypatch
):
    child_that(BUSY, tmp_path, monkeypatch)
    before = time.monotonic()
    assert refusal(FAR).code == "too_large"
    assert time.monotonic() - before < 10
    assert len(started) == 1


def test_what_the_look_refuses_is_refused_although_the_child_read_it(
    started, tmp_path, monkeypatch
):
    child_that(
        'print(\'{"sheet": "A", "merged": []}\\n[["aman"]]\', flush=True)', tmp_path, monkeypatch
    )
    measure = extent.measure

    def late(data: bytes, *, kind: str) -> object:
        started[0].process.wait()
        return measure(data, kind=kind)

    monkeypatch.setattr(extent, "measure", late)
    assert refusal(FAR).code == "too_large"


def test_a_far_cell_never_makes_the_real_child_a_danger(started):
    assert refusal(FAR).code == "too_large"
    assert rows_of(make.xlsx(TABLE)) == TABLE
    assert len(started) == 2


def test_what_the_container_tells_already_starts_no_child(started):
    bomb = make.with_sheet_xml(f"<worksheet><sheetData/></worksheet><!--{' ' * 30_000_000}-->")
    assert refusal(bomb).code == "unzips_too_large"
    assert started == []


@pytest.mark.parametrize("member", ["mimetype", "META-INF/manifest.xml"])
def test_no_part_is_unpacked_whole_before_the_sizes_are_looked_at(member, monkeypatch):
    target = io.BytesIO(make.xlsx(TABLE))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(member, b" " * 30_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    assert refusal(target.getvalue()).code == "unzips_too_large"


def test_a_million_empty_rows_are_passed_over(started):
    empty = "".join(f'<row r="{n}"/>' for n in range(2, 1_000_001))
    one = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    data = make.with_sheet_xml(f"<worksheet><sheetData>{one}{empty}</sheetData></worksheet>")
    assert rows_of(data) == [["x"]]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, SystemExit])
def test_a_worker_that_is_interrupted_leaves_no_child(error, started, tmp_path, monkeypatch):
    child_that(BUSY, tmp_path, monkeypatch)

    def interrupted(_data: bytes, *, kind: str) -> None:
        raise error

    monkeypatch.setattr(extent, "measure", interrupted)
    with pytest.raises(error):
        read_file(make.xlsx(TABLE), name="d.xlsx")
    assert len(started) == 1


def test_an_interruption_while_the_answer_is_read_leaves_no_child(started, tmp_path, monkeypatch):
    child_that(BUSY, tmp_path, monkeypatch)

    def interrupted(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "_decoded", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_file(make.xlsx(TABLE), name="d.xlsx")
    assert len(started) == 1


@pytest.mark.parametrize("order", ["speaks first", "never listens", "both ways"])
def test_no_pipe_gets_stuck_with_much_to_say_in_both_directions(
    order, started, tmp_path, monkeypatch
):
    speak = "sys.stdout.write(('[[\"' + 'x' * 1000 + '\"]]\\n') * 8000);"
    scripts = {
        "speaks first": f"{speak} sys.stdin.buffer.read()",
        "never listens": speak,
        "both ways": "[print('[[\"' + 'x' * 1000 + '\"]]', len(sys.stdin.buffer.read(500)) * ' ')"
        " for n in range(8000)]",
    }
    head = 'import sys; print(\'{"sheet": "A"}\');'
    child_that(head + scripts[order], tmp_path, monkeypatch)
    data = b"x;y\n" * 1_000_000
    assert len(rows_of(data, "d.csv")) == 8000


def test_a_child_that_dies_in_the_middle_of_a_line_is_a_clear_error(started, tmp_path, monkeypatch):
    child_that(
        'import os, sys; sys.stdout.write(\'{"sheet": "A"}\\n[["se\'); sys.stdout.flush();'
        "os.abort()",
        tmp_path,
        monkeypatch,
    )
    assert refusal(make.xlsx(TABLE)).code == "reader_died"


@pytest.mark.parametrize(
    "said",
    ["no json", '[["without a sheet"]]', "7", "[" * 100_000, '{"d": "no day"}', '"\\u00e9', "é"],
)
def test_a_child_that_talks_nonsense_is_a_clear_error(said, started, tmp_path, monkeypatch):
    child_that(
        f"import sys; sys.stdout.buffer.write({said!r}.encode() + b'\\n')", tmp_path, monkeypatch
    )
    assert refusal(make.xlsx(TABLE)).code == "reader_died"


def test_a_child_that_never_stops_talking_is_stopped(started, tmp_path, monkeypatch):
    child_that("while True: print('[[1]]' * 1)", tmp_path, monkeypatch)
    monkeypatch.setattr(child_process, "MAX_OUTPUT", 200_000)
    monkeypatch.setattr(reading, "_decoded", lambda lines, **_: (list(lines), {}))
    assert refusal(make.xlsx(TABLE)).code == "too_much"


def test_a_child_that_closes_its_output_and_stays_is_stopped(started, tmp_path, monkeypatch):
    child_that("import os, time; os.close(1); time.sleep(60)", tmp_path, monkeypatch)
    monkeypatch.setattr(child_process, "SECONDS", 0.5)
    assert refusal(make.xlsx(TABLE)).code == "reader_timeout"


def test_lines_are_whole_however_the_pieces_fall(tmp_path, monkeypatch):
    monkeypatch.setattr(child_process, "PIECE", 3)
    script = tmp_path / "child.py"
    script.write_text("print('satu'); print(); print('dua' * 5); print('tanpa akhir', end='')")
    with ChildProcess(script, "csv", b"") as one:
        assert list(one.lines()) == [b"satu", b"", b"dua" * 5]


def test_two_readers_at_once_do_not_disturb_each_other(started):
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(ChildProcess(reading.CHILD, "csv", b"a;b\n" * 100_000))
        assert rows_of(make.xlsx(TABLE)) == TABLE


def test_a_damaged_file_is_said_to_be_so_by_the_look(started, monkeypatch):
    def broken(_data: bytes, *, kind: str) -> None:
        raise damaged()

    monkeypatch.setattr(extent, "measure", broken)
    with pytest.raises(UnreadableFile) as caught:
        read_file(make.xlsx(TABLE), name="d.xlsx")
    assert caught.value.code == "damaged"


cells = st.one_of(
    st.just(""),
    st.text(max_size=8),
    st.sampled_from(['"', '""', ', ""', '[""', "\\", '\\"', ', "', "null", ", null", '", "']),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@given(st.lists(st.lists(cells, max_size=6), max_size=4))
def test_what_the_child_writes_the_parent_reads_cell_by_cell(rows):
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child.sys, "stdout", said)
        patch.setattr(child, "ROWS_A_LINE", 2)
        child.write([("A", rows, [])])
    [sheet], refused = reading._decoded(said.getvalue().encode("ascii").splitlines(), kind="csv")
    assert refused == {}
    assert sheet.rows == [as_read(row) for row in rows]


def as_read(row: list) -> list:
    """Without empty cells at the end; a moment is its day, an empty text nothing."""
    full = [cell.date() if isinstance(cell, datetime.datetime) else cell for cell in row]
    full = [None if cell == "" else cell for cell in full]
    while full and full[-1] is None:
        full.pop()
    return full


def test_a_table_that_begins_lower_and_further_right_keeps_its_places():
    rows = [[], [], [None, None, "mulai", "x"], [None, "isi"]]
    assert rows_of(make.xlsx(rows)) == rows_of(make.ods(rows), "d.ods") == rows
