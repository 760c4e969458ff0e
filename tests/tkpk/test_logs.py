"""What the logs keep, and what they never hold."""

import json
import logging
import sys

import pytest
import structlog
from django.test import RequestFactory

from tkpk import logs

NIK = "3471041708900000"


@pytest.fixture
def lines():
    """Loggers named `t` write here, one parsed line each."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(logs.JsonFormatter())
    logger = logging.getLogger("t")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logs.configure()
    yield written
    logger.removeHandler(handler)
    structlog.contextvars.clear_contextvars()


def fail_with_a_person(name: str) -> None:
    secret_local = f"local {name}"
    raise ValueError(f"DETAIL: Key (name)=({secret_local}) already exists")


def test_a_line_says_when_how_bad_where_and_what(lines):
    logging.getLogger("t").warning("disk %s is full", "A")
    assert lines[0]["level"] == "warning"
    assert lines[0]["logger"] == "t"
    assert lines[0]["event"] == "disk A is full"
    assert lines[0]["ts"].endswith("+00:00")


def test_the_request_id_bound_to_the_context_is_on_every_line(lines):
    structlog.contextvars.bind_contextvars(request_id="abc")
    logging.getLogger("t").info("plain")
    structlog.get_logger("t").info("structured")
    assert [line["request_id"] for line in lines] == ["abc", "abc"]


def test_an_exception_is_told_by_type_and_place_never_by_its_message(lines):
    try:
        fail_with_a_person("Sutarmi Wijaya")
    except ValueError:
        logging.getLogger("t").exception("saving failed")
    (error,) = lines[0]["exception"]
    assert error["type"] == "builtins.ValueError"
    assert error["frames"][-1].startswith("tests/tkpk/test_logs.py:")
    assert "Sutarmi" not in json.dumps(lines)


def test_causes_are_told_in_the_same_bare_way(lines):
    try:
        try:
            fail_with_a_person("Sutarmi Wijaya")
        except ValueError as cause:
            raise RuntimeError("Sutarmi again") from cause
    except RuntimeError:
        structlog.get_logger("t").exception("failed")
    assert [one["type"] for one in lines[0]["exception"]] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]
    assert "Sutarmi" not in json.dumps(lines)


def test_an_exception_as_argument_is_told_by_its_type(lines):
    logging.getLogger("t").error("failed: %s", ValueError("Sutarmi"))
    logging.getLogger("t").error(ValueError("Sutarmi"))
    assert [line["event"] for line in lines] == ["failed: ValueError", "ValueError"]


@pytest.mark.parametrize("text", [NIK, "3471.0417.0890.0000", "3471-04-170890-0000", f"x{NIK}y"])
def test_a_run_of_sixteen_digits_is_masked(lines, text):
    logging.getLogger("t").info("row %s refused", text)
    assert "[16 digits]" in lines[0]["event"]
    assert "3471" not in lines[0]["event"]


def test_longer_and_shorter_numbers_stay(lines):
    logging.getLogger("t").info("took 123456789012345 of 12")
    assert lines[0]["event"] == "took 123456789012345 of 12"


def test_bound_text_is_kept_under_known_names_only(lines):
    structlog.get_logger("t").info("done", job="import", person="Sutarmi", rows=97, nik=int(NIK))
    assert lines[0]["job"] == "import"
    assert lines[0]["rows"] == 97
    assert "person" not in lines[0]
    assert "nik" not in lines[0]


def test_what_was_searched_for_is_not_logged(lines):
    structlog.get_logger("t").info("request_started", request="GET /kerja/keluarga/?q=Sutarmi")
    assert lines[0]["request"] == "GET /kerja/keluarga/"


def test_the_error_report_shows_neither_input_nor_local_variables():
    request = RequestFactory().post("/", {"name": "Sutarmi Wijaya"})
    request.COOKIES["sessionid"] = "cookie-value"
    try:
        fail_with_a_person("Sutarmi Wijaya")
    except ValueError:
        reporter = logs.BareReporter(request, *sys.exc_info())
    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "ValueError" in report
        assert "test_logs.py" in report
        assert "Sutarmi" not in report
        assert "cookie-value" not in report
        assert "secret_local" not in report
