"""A quick look over the XML of a workbook part that is written as every spreadsheet program does.

Following each cell takes longer than parsing the workbook. Where all rows and cells begin with
their address, no cell can be far, hold a formula or an error unless these few patterns are found.
Anything unusual is left to the slow way, `extent`: this one only says "surely harmless" or not.
"""

import re
from collections.abc import Iterable

# A tag is never split: each piece ends where a tag begins.
_LONGEST_TAG = 2**20
_NOT_ASCII_FIRST = (b"\xff\xfe", b"\xfe\xff")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# Past column KN or past row 199,999; wherever it stands.
_FAR = re.compile(
    rb' r="(?:[A-Z]{3}|[L-Z][A-Z]|K[O-Z]|[A-Z]{0,2}(?:[2-9][0-9]{5}|[0-9]{7})|[^A-Z0-9])'
)
_PREFIXED = re.compile(rb":(?:c|row|f)[\s>/]")
_FORMULA = re.compile(rb"<f[\s>/]")
# A comment, a text block or a declaration; a null byte; a cell with an error.
_MARKS = (b"<!", b"\x00", b' t="e"')
# A tag that does not begin with the address: looked for only where the counts differ.
_ODD = {
    b"<c": (b'<c r="', re.compile(rb'<c(?:[>/\t\n\r]| (?!r="))')),
    b"<row": (b'<row r="', re.compile(rb'<row(?:[>/\t\n\r]| (?!r="))')),
}


def is_harmless(chunks: Iterable[bytes]) -> bool:
    """Whether the part surely has no far cell, no formula, no error and no type declaration."""
    rest, first = b"", True
    for chunk in chunks:
        piece = rest + chunk
        if first and not _is_plain_text(piece):
            return False
        first = False
        at = piece.rfind(b"<")
        piece, rest = (piece[:at], piece[at:]) if at > 0 else (b"", piece)
        if len(rest) > _LONGEST_TAG or not _is_clean(piece):
            return False
    return _is_clean(rest)


def _is_plain_text(piece: bytes) -> bool:
    found = _ENCODING.match(piece.removeprefix(b"\xef\xbb\xbf"))
    named = found is None or found[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    return named and not piece.startswith(_NOT_ASCII_FIRST)


def _is_clean(piece: bytes) -> bool:
    if any(mark in piece for mark in _MARKS):
        return False
    for tag, (usual, odd) in _ODD.items():
        if piece.count(tag) != piece.count(usual) and odd.search(piece):
            return False
    if b"<f" in piece and _FORMULA.search(piece):
        return False
    return not _FAR.search(piece) and not _PREFIXED.search(piece)
