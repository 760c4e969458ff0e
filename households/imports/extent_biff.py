"""Which cells of an old workbook (.xls, BIFF) are filled, and which are broken."""

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from households.imports.ole import Container, DamagedContainer
from households.imports.unreadable import damaged, password

if TYPE_CHECKING:
    from households.imports.extent import Extent

WORKBOOKS = ("Workbook", "Book")
_FILEPASS, _SHEET, _BOF, _EOF = 0x2F, 0x85, 0x809, 0x0A
_FORMULA, _BOOL_OR_ERROR, _MANY_NUMBERS = 0x06, 0x205, 0xBD
_SINGLE = frozenset({0x203, 0xFD, 0x204, 0x27E, _BOOL_OR_ERROR, _FORMULA, 0xD6})
_BIFF8 = 0x600
_ERROR_RESULT = 0x02
_NO_NUMBER = b"\xff\xff"
_WORKSHEET = 0


def workbook_stream(container: Container) -> bytes:
    """Raises KeyError where there is none."""
    return container.stream(next(name for name in WORKBOOKS if name in container.names()))


def measure_xls(data: bytes, new: type["Extent"]) -> dict[str, "Extent"]:
    """The extent of each sheet by name; raises UnreadableFile."""
    try:
        return _measure(workbook_stream(Container(data)), new)
    except (DamagedContainer, StopIteration, KeyError, struct.error) as error:
        raise damaged() from error


def _measure(stream: bytes, new: type["Extent"]) -> dict[str, "Extent"]:
    names: dict[int, str] = {}
    extents: dict[str, Extent] = {}
    current: Extent | None = None
    biff = _BIFF8
    for at, kind, body in _records(stream):
        if kind == _FILEPASS:
            raise password()
        if kind == _BOF:
            biff = struct.unpack_from("<H", body)[0] if at == 0 else biff
            current = extents.setdefault(names[at], new()) if at in names else current
        elif kind == _SHEET:
            offset, sheet_kind = struct.unpack_from("<IxB", body)
            if sheet_kind == _WORKSHEET:
                names[offset] = _name(body, biff)
        elif current is not None:
            _follow(current, kind, body)
    return extents


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 0 and length == 0:  # padding after the last record
            return
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _name(body: bytes, biff: int) -> str:
    length = body[6]
    if biff < _BIFF8:
        return body[7 : 7 + length].decode("cp1252", "replace")
    if body[7] & 1:
        return body[8 : 8 + 2 * length].decode("utf-16-le", "replace")
    return body[8 : 8 + length].decode("latin-1")


def _follow(extent: "Extent", kind: int, body: bytes) -> None:
    if kind in _SINGLE:
        row, column = struct.unpack_from("<HH", body)
        extent.reach(row + 1, column + 1)
        if _is_broken(kind, body):
            extent.broken.append((row + 1, column + 1))
    elif kind == _MANY_NUMBERS:
        row = struct.unpack_from("<H", body)[0]
        last = struct.unpack_from("<H", body, len(body) - 2)[0]
        extent.reach(row + 1, last + 1)


def _is_broken(kind: int, body: bytes) -> bool:
    """The formula gave an error. An empty text as its result is what the cell says."""
    if kind == _BOOL_OR_ERROR:
        return body[7] == 1
    return kind == _FORMULA and body[12:14] == _NO_NUMBER and body[6] == _ERROR_RESULT
