"""Streams of an OLE container: what an old workbook, or an encrypted new one, lies in."""

import struct
from collections.abc import Iterator

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
_END = 0xFFFFFFFA  # this and larger: end of a chain, free, or a table's own sector
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_IN_HEADER = 109


class DamagedContainer(ValueError):
    """Chains that lead nowhere or in a circle, or a header that cannot be."""


class Container:
    """A container by its bytes; raises DamagedContainer. Memory: its tables and asked streams."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise DamagedContainer
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise DamagedContainer
        self.size, self.mini_size = 1 << shift, 1 << mini_shift
        directory, self.cutoff, mini_table = struct.unpack_from("<I4xII", data, 48)
        self.table = self._table()
        self.entries = dict(self._entries(self._chain(directory)))
        root = self.entries.get("", (0, 0))
        self.mini_table = _numbers(self._chain(mini_table)) if mini_table < _END else ()
        self.mini = self._chain(root[0])[: root[1]] if root[1] else b""

    def names(self) -> set[str]:
        return set(self.entries) - {""}

    def stream(self, name: str) -> bytes:
        """Raises KeyError for a name that is not there."""
        start, size = self.entries[name]
        if size >= self.cutoff:
            return self._chain(start)[:size]
        return b"".join(self._mini_chain(start))[:size]

    def _table(self) -> tuple[int, ...]:
        """The file allocation table: for each sector the next one of its chain."""
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self.data, 76))
        following, count = struct.unpack_from("<II", self.data, 68)
        limit = len(self.data) // self.size + 1
        if count > limit:
            raise DamagedContainer
        for _ in range(count):
            if following >= _END:
                break
            more = _numbers(self._sector(following))
            sectors += more[:-1]
            following = more[-1]
        used = [sector for sector in sectors if sector < _END]
        if len(used) > limit:
            raise DamagedContainer
        return _numbers(b"".join(self._sector(sector) for sector in used))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        found = self.data[start : start + self.size]
        if not found:
            raise DamagedContainer
        return found.ljust(self.size, b"\0")

    def _chain(self, start: int) -> bytes:
        parts: list[bytes] = []
        sector = start
        while sector < _END:
            if sector >= len(self.table) or len(parts) > len(self.table):
                raise DamagedContainer
            parts.append(self._sector(sector))
            sector = self.table[sector]
        return b"".join(parts)

    def _mini_chain(self, start: int) -> Iterator[bytes]:
        sector, steps = start, 0
        while sector < _END:
            if sector >= len(self.mini_table) or steps > len(self.mini_table):
                raise DamagedContainer
            yield self.mini[sector * self.mini_size : (sector + 1) * self.mini_size]
            sector, steps = self.mini_table[sector], steps + 1

    def _entries(self, directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            if kind == _ROOT:
                yield "", (start, size)
            elif kind == _STREAM and 2 <= length <= 64:
                name = directory[at : at + length - 2].decode("utf-16-le", "replace")
                yield name, (start, size)


def _numbers(block: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(block) // 4}I", block)
