"""The child process that sets one form: an order as JSON comes in, a PDF goes out."""

import datetime
import json
import re
import sys
import unicodedata
from typing import Any

import typst

# How Typst says that a character cannot be printed; it names one run of text at a time.
_MISSING = re.compile(r"(?:the text|disallowed codepoint) `(\".*?\")`", re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_JOINED = {"Mn", "Mc", "Me", "Cf"}
MOST_MISSING = 200


def _missing(message: str) -> set[str]:
    """The characters that Typst could not show, from its message."""
    match = _MISSING.search(message)
    if match is None:
        return set()
    said = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), match[1][1:-1])
    return {said} if len(said) == 1 else set(said) - {" "}


def _marked_text(text: str, missing: set[str], mark: str) -> str:
    """`text` with the mark for each missing letter, and for what was joined to it."""
    found: list[str] = []
    for letter in text:
        if letter in missing:
            found.append(mark)
        elif not (found and found[-1] == mark and unicodedata.category(letter) in _JOINED):
            found.append(letter)
    return "".join(found)


def _marked(value: Any, missing: set[str], mark: str) -> Any:
    if isinstance(value, str):
        return _marked_text(value, missing, mark)
    if isinstance(value, list):
        return [_marked(one, missing, mark) for one in value]
    if isinstance(value, dict):
        return {name: _marked(one, missing, mark) for name, one in value.items()}
    return value


def set_form(order: dict[str, Any]) -> bytes:
    """The PDF. Raises TypstError for a form that cannot be set at all."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    data = json.loads(order["data"])
    moment = datetime.datetime.fromtimestamp(order["moment"], tz=datetime.UTC)
    for _round in range(MOST_MISSING):
        try:
            return bytes(
                typst.compile(
                    order["form"],
                    root=order["root"],
                    font_paths=fonts,
                    ignore_system_fonts=True,
                    sys_inputs={"data": json.dumps(data)},
                    format="pdf",
                    pdf_standards=["ua-1"],
                    timestamp=moment,
                )
            )
        except typst.TypstError as error:
            missing = _missing(str(error))
            if not missing or order["mark"] in missing:
                raise
            data = _marked(data, missing, order["mark"])
    raise RuntimeError("too many characters without a font")


if __name__ == "__main__":
    sys.stdout.buffer.write(set_form(json.load(sys.stdin)))
