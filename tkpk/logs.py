"""Logs that an operator can read and nobody else can learn from.

One JSON object a line. What may hold personal data never reaches it: messages of exceptions
(a database error quotes the row), local variables, query strings, addresses of visitors.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

# A NIK or KK number, also with dots, blanks or dashes between its groups.
_SIXTEEN_DIGITS = re.compile(r"(?<!\d)(?:\d[ .\-]?){15}\d")
_MASK = "[16 digits]"
# Whoever reads the log must not set the portal up, nor choose somebody's new password.
_SECRET_ADDRESS = re.compile(r"(/akun/(?:pemasangan|lupa-kata-sandi)/)[^/\s\"?]+")
# Text is logged from these names only; any other name a caller binds may carry a person.
TEXT_FIELDS = {"request_id", "request", "path", "job", "kind", "task", "move", "error", "place"}


def masked(text: str) -> str:
    """The text without sixteen digits in a row and without the secret of an address.

    The last line of defence, not the first.
    """
    return _SECRET_ADDRESS.sub(r"\1[secret]", _SIXTEEN_DIGITS.sub(_MASK, text))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        suppressed = current.__suppress_context__
        current = current.__cause__ or (None if suppressed else current.__context__)


def bare_traceback(error: BaseException) -> list[dict[str, Any]]:
    """Each exception's type and its frames as `file:line function`, innermost last."""
    return [
        {
            "type": f"{type(one).__module__}.{type(one).__qualname__}",
            "frames": [
                f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
                # Without looking lines up, no source line is read that could quote a value.
                for frame in traceback.StackSummary.extract(
                    traceback.walk_tb(one.__traceback__), lookup_lines=False
                )
            ],
        }
        for one in chain(error)
    ]


def bare_text(error: BaseException) -> str:
    """`bare_traceback` as lines, for places that keep text."""
    return "\n".join(
        line
        for one in bare_traceback(error)
        for line in (one["type"], *(f"  {frame}" for frame in one["frames"]))
    )


def place_of(error: BaseException) -> str:
    """`file:line` where the error was raised, or nothing."""
    frames = bare_traceback(error)[0]["frames"]
    return frames[-1].split(" ")[0] if frames else ""


def _short(filename: str) -> str:
    """The last three parts: enough to find the file, nothing of the machine it lies on."""
    return "/".join(Path(filename).parts[-3:])


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": masked(_message(record)),
            **_fields({**structlog.contextvars.get_contextvars(), **_bound(record)}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["exception"] = bare_traceback(error)
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def _message(record: logging.LogRecord) -> str:
    """An exception passed as an argument is told by its type: its text may quote a row."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__qualname__
    if isinstance(record.args, tuple) and any(isinstance(a, BaseException) for a in record.args):
        record.args = tuple(
            type(a).__qualname__ if isinstance(a, BaseException) else a for a in record.args
        )
    return record.getMessage()


def _bound(record: logging.LogRecord) -> dict[str, Any]:
    return getattr(record, "fields", {})


def _fields(bound: MutableMapping[str, Any]) -> dict[str, Any]:
    """What may be logged: small numbers under any name, text under the known names."""
    kept: dict[str, Any] = {}
    for name, value in bound.items():
        if isinstance(value, bool | int | float) and abs(value) < 10**12:
            kept[name] = value
        elif name in TEXT_FIELDS:
            # People are searched by name: what follows the question mark is theirs.
            kept[name] = masked(str(value).partition("?")[0])
    return kept


def _hand_to_logging(
    logger: Any, method: str, event_dict: MutableMapping[str, Any]
) -> tuple[tuple[str, Any], dict[str, Any]]:
    """structlog's last step: event as message, the rest under one name for JsonFormatter."""
    event = event_dict.pop("event", "")
    error = event_dict.pop("exc_info", None)
    return ("%s", event), {"exc_info": error, "extra": {"fields": event_dict}}


def configure() -> None:
    """Send structlog through the standard library's logging; called once, from the settings."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            _hand_to_logging,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class BareReporter(ExceptionReporter):
    """Django's error report without what it shows by default: locals, POST, cookies, settings."""

    def get_traceback_data(self) -> dict[str, Any]:
        return {}

    def get_traceback_text(self) -> str:  # type: ignore[override]  # plain text
        error = self.exc_value
        return bare_text(error) if error is not None else "No exception"

    def get_traceback_html(self) -> SafeString:
        return format_html(
            "<!doctype html><title>Error</title><pre>{}</pre>", self.get_traceback_text()
        )
