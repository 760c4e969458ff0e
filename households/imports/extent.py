"""How large does a workbook really get? Asked before anything that was parsed is believed.

A workbook of 5 KB with one far cell makes a parser ask for gigabytes, so the sheet XML is streamed
first. The same pass notes the cells whose formula gave an error or was never calculated: the parser
would show them as empty.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

from households.imports.extent_biff import measure_xls
from households.imports.extent_cells import OdsCells, XlsxCells
from households.imports.extent_scan import is_harmless
from households.imports.unreadable import UnreadableFile, damaged, password

MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_UNZIPPED = 400 * 2**20
MAX_RATIO = 400
RATIO_FLOOR = 20 * 2**20
MAX_MEMBERS = 5_000
MAX_MANIFEST = 2**20
CHUNK = 2**18

# Everything that a hostile or half-copied container makes zipfile, zlib and expat raise.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass
class Extent:
    """What a sheet really holds: its last filled row and column, 1-based, and its broken cells."""

    rows: int = 0
    columns: int = 0
    broken: list[tuple[int, int]] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        if self.rows > MAX_ROWS or self.columns > MAX_COLUMNS:
            raise too_large(row=row, column=column)


def too_large(*, row: int, column: int) -> UnreadableFile:
    return UnreadableFile(
        "too_large",
        _(
            "The sheet reaches row %(row)d and column %(column)d. At most %(rows)d rows and "
            "%(columns)d columns are read. Delete what lies far below or to the right of "
            "the table, or copy the table into a new file."
        )
        % {"row": row, "column": column, "rows": MAX_ROWS, "columns": MAX_COLUMNS},
    )


def measure(data: bytes, *, kind: str) -> dict[str, Extent]:
    """The extent of each sheet of a workbook, by sheet name; raises `UnreadableFile`.

    A sheet that is surely within the limits and has no broken cell may be given as empty.

    One pass over all XML of the container, with memory for one chunk and the broken cells. The
    container was checked before (`check_container`).
    """
    if kind == "xls":
        return measure_xls(data, Extent)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if kind == "ods":
                return _measure_ods(archive)
            return _measure_xlsx(archive)
    except UnreadableFile:
        raise
    except _DAMAGE as error:
        raise damaged() from error


def check_container(data: bytes, *, kind: str) -> None:
    """Refuses what needs no look inside: passwords, bombs, parts of one name. Some milliseconds."""
    if kind in ("csv", "xls"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive, packed=len(data))
    except UnreadableFile:
        raise
    except _DAMAGE as error:
        raise damaged() from error


def _check_members(archive: zipfile.ZipFile, *, packed: int) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 0x1 for member in members):
        raise password()
    if len({member.filename for member in members}) != len(members):
        # Two parts of one name: which of them a reader takes is anybody's guess.
        raise damaged()
    unzipped = sum(member.file_size for member in members)
    bomb = unzipped > RATIO_FLOOR and unzipped > packed * MAX_RATIO
    if unzipped > MAX_UNZIPPED or bomb or len(members) > MAX_MEMBERS:
        raise UnreadableFile(
            "unzips_too_large",
            _(
                "Unpacked, the file is too large to be a population list. Copy the table alone "
                "into a new file."
            ),
        )
    if "META-INF/manifest.xml" in archive.namelist() and _says_encrypted(archive):
        raise password()


def _says_encrypted(archive: zipfile.ZipFile) -> bool:
    with archive.open("META-INF/manifest.xml") as manifest:
        return b"encryption-data" in manifest.read(MAX_MANIFEST)


def _measure_xlsx(archive: zipfile.ZipFile) -> dict[str, Extent]:
    sheets = _sheet_parts(archive)
    extents: dict[str, Extent] = {}
    for member in archive.namelist():
        if not member.startswith("xl/") or not member.endswith(".xml"):
            continue
        extent = Extent()
        # Every XML part is looked at: one outside worksheets/ can be a sheet all the same.
        if not is_harmless(_chunks(archive, member)):
            _stream(archive, member, XlsxCells(extent).attach)
        if member in sheets:
            extents[sheets[member]] = extent
    return extents


def _measure_ods(archive: zipfile.ZipFile) -> dict[str, Extent]:
    extents: dict[str, Extent] = {}
    _stream(archive, "content.xml", OdsCells(extents, Extent).attach)
    return extents


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Archive member → sheet name."""
    names: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            names[_attribute(attributes, "id")] = attributes.get("name", "")

    def relationship(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            path = posixpath.join("/xl", attributes.get("Target", ""))
            targets[attributes.get("Id", "")] = posixpath.normpath(path).lstrip("/")

    _stream(archive, "xl/workbook.xml", _on_start(sheet))
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        _stream(archive, "xl/_rels/workbook.xml.rels", _on_start(relationship))
    return {targets[key]: name for key, name in names.items() if key in targets}


def _attribute(attributes: dict[str, str], local: str) -> str:
    """The namespaced attribute `…:local`, under whatever prefix the writer chose."""
    return next((v for key, v in attributes.items() if key.endswith(":" + local)), "")


Attach = Callable[[expat.XMLParserType], None]


def _on_start(handler: Callable[[str, dict[str, str]], None]) -> Attach:
    def attach(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = lambda tag, found: handler(tag.rpartition(":")[2], found)

    return attach


def _stream(archive: zipfile.ZipFile, member: str, attach: Attach) -> None:
    parser = expat.ParserCreate()
    attach(parser)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    for chunk in _chunks(archive, member):
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _chunks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def _refuse_doctype(*_declaration: object) -> None:
    # No spreadsheet program writes a DTD; one is there only to blow up or to fetch something.
    raise UnreadableFile("doctype", _("The file holds a document type declaration and is refused."))
