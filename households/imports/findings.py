"""What a check has to say about one cell, one row or one sheet."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

ERROR = "error"
WARNING = "warning"

_HINT_LENGTH = 40
# Ten digits and more, so that dates stay legible: a damaged NIK still points at one person.
_LONG_NUMBER = re.compile(r"[0-9](?:[\s.'\-\u00a0]{0,2}[0-9]){9,}")


class CellError(ValueError):
    """A cell that cannot be taken over: what is wrong, and how to mend it."""

    def __init__(self, code: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.cure = cure


@dataclass(frozen=True)
class Finding:
    """One remark: where, what, how to mend it. `code` is stable; texts are for people.

    `row` is the number the spreadsheet program shows (0: the sheet as a whole). `column` is the
    header as the file writes it, `field` our name for it. Texts never hold a whole NIK or KK number
    and never propose a value for a fact about a person.
    """

    sheet: str
    row: int
    column: str
    code: str
    message: str
    cure: str = ""
    value_hint: str = ""
    level: str = ERROR
    field: str = ""

    @property
    def is_error(self) -> bool:
        return self.level == ERROR

    def moved(self, **changes: Any) -> "Finding":
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def hint(value: object) -> str:
    """The cell's value, short, without its identifiers: safe to print and to store."""
    text = _LONG_NUMBER.sub(_area_of, " ".join(str(value).split()))
    return text if len(text) <= _HINT_LENGTH else text[: _HINT_LENGTH - 1] + "…"


def _area_of(run: re.Match[str]) -> str:
    return re.sub(r"[^0-9]", "", run[0])[:4] + "…"
