"""A workbook written row by row into the answer: memory stays the same however long the list is.

Nothing touches the disk, where the rows would lie in clear. Every cell is text (format `@`), so a
NIK keeps its digits and nothing is a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from households.imports.layout import letters
from tkpk.exports import plain_cell

CHUNK_BYTES = 64 * 1024
ROWS_AT_ONCE = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN = re.compile(r"[\w .,/()'-]*")
PLAIN, HEADER, LOCKED, TITLE, BOXED, BOXED_HEADER = range(6)
LAST_ROW = 1_048_576


@dataclass(frozen=True)
class Choice:
    """A drop-down on one column: its answers stand in a column of the sheet of lists."""

    column: int
    answers: Sequence[str]


@dataclass
class Sheet:
    """One sheet. `rows` may be a generator; it is read once, while the sheet is written.

    `header_row` is the number of the row that is frozen with all above it; 0 for none. `locked`
    are columns in grey, which are not to be changed.
    """

    name: str
    rows: Iterable[Sequence[object]]
    widths: Sequence[int] = ()
    header_row: int = 1
    choices: Sequence[Choice] = ()
    locked: frozenset[int] = frozenset()
    printed: bool = False
    hidden: bool = False
    lists: list[tuple[int, str]] = field(default_factory=list)


def stream(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """The bytes of the workbook, in pieces, as the rows come."""
    every = [*sheets, *_sheet_of_lists(sheets)]
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for name, text in _parts(every):
            archive.writestr(name, _DECLARATION + text)
        for number, sheet in enumerate(every, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as out:
                for text in _sheet_xml(sheet):
                    out.write(text.encode())
                    if pipe.size >= CHUNK_BYTES:
                        yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """What the archive writes, until it is taken; it cannot be sought in."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        found, self.parts, self.size = b"".join(self.parts), [], 0
        return found


def _sheet_of_lists(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The answers of all drop-downs, one list a column, on a sheet that is not shown."""
    columns: list[Sequence[str]] = []
    for sheet in sheets:
        for choice in sheet.choices:
            place = letters(len(columns))
            reference = f"Daftar!${place}$1:${place}${len(choice.answers)}"
            sheet.lists.append((choice.column, reference))
            columns.append(choice.answers)
    if not columns:
        return []
    longest = max(len(column) for column in columns)
    rows = [[column[at] if at < len(column) else "" for column in columns] for at in range(longest)]
    return [Sheet("Daftar", rows, header_row=0, hidden=True)]


# --- the sheet -------------------------------------------------------------------------------
def _sheet_xml(sheet: Sheet) -> Iterator[str]:
    yield f'{_DECLARATION}<worksheet xmlns="{_MAIN}">'
    if sheet.printed:
        yield '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield _view(sheet)
    if sheet.widths:
        yield "<cols>" + "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1" style="{PLAIN}"/>'
            for at, width in enumerate(sheet.widths, 1)
        )
        yield "</cols>"
    yield "<sheetData>"
    gathered: list[str] = []
    for number, row in enumerate(sheet.rows, 1):
        gathered.append(_row_xml(sheet, number, row))
        if len(gathered) >= ROWS_AT_ONCE:
            yield "".join(gathered)
            gathered = []
    yield "".join(gathered) + "</sheetData>"
    yield _validations(sheet)
    if sheet.printed:
        yield '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" '
        yield 'footer="0.3"/><pageSetup paperSize="9" orientation="portrait" fitToHeight="0"/>'
    yield "</worksheet>"


def _view(sheet: Sheet) -> str:
    if not sheet.header_row:
        return ""
    below = sheet.header_row + 1
    return (
        '<sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{sheet.header_row}" topLeftCell="A{below}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
    )


def _row_xml(sheet: Sheet, number: int, row: Sequence[object]) -> str:
    if number < sheet.header_row:
        style = TITLE
    elif number == sheet.header_row:
        style = BOXED_HEADER if sheet.printed else HEADER
    else:
        style = BOXED if sheet.printed else PLAIN
    cells = []
    for place, value in enumerate(row):
        text = plain_cell(value)
        if not text and style != BOXED:
            continue
        kind = LOCKED if style == PLAIN and place in sheet.locked else style
        cells.append(_cell_xml(f"{letters(place)}{number}", text, kind))
    high = ' ht="30" customHeight="1"' if style == BOXED else ""
    return f'<row r="{number}"{high}>{"".join(cells)}</row>'


def _cell_xml(reference: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{reference}" s="{style}"/>'
    # Cells come by the million, and most hold nothing that XML would mind.
    written = text if _PLAIN.fullmatch(text) else escape(_UNWRITABLE.sub("", text))
    return (
        f'<c r="{reference}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{written}</t></is></c>'
    )


def _validations(sheet: Sheet) -> str:
    if not sheet.lists:
        return ""
    first = sheet.header_row + 1
    # A warning, not a stop: words of other lists are understood too, and "(kosong)" empties.
    found = "".join(
        '<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f'sqref="{letters(column)}{first}:{letters(column)}{LAST_ROW}">'
        f"<formula1>{reference}</formula1></dataValidation>"
        for column, reference in sheet.lists
    )
    return f'<dataValidations count="{len(sheet.lists)}">{found}</dataValidations>'


# --- what surrounds it -----------------------------------------------------------------------
def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield "xl/workbook.xml", _workbook_xml(sheets)
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}<Relationship Id="rIdS" '
        f'Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _styles_xml()


def _workbook_xml(sheets: Sequence[Sheet]) -> str:
    listed, titles = [], []
    for number, sheet in enumerate(sheets, 1):
        state = ' state="hidden"' if sheet.hidden else ""
        name = escape(sheet.name, {'"': "&quot;"})
        listed.append(f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>')
        if sheet.printed:
            quoted = escape("'" + sheet.name.replace("'", "''") + "'")
            titles.append(
                f'<definedName name="_xlnm.Print_Titles" localSheetId="{number - 1}">'
                f"{quoted}!$1:${sheet.header_row}</definedName>"
            )
    names = f"<definedNames>{''.join(titles)}</definedNames>" if titles else ""
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{"".join(listed)}</sheets>'
        f"{names}</workbook>"
    )


def _styles_xml() -> str:
    """The six styles, in the order of their numbers; 49 is the built-in format Text."""
    text = 'numFmtId="49" applyNumberFormat="1"'
    wrap = 'applyAlignment="1"><alignment wrapText="1" vertical="center"/></xf>'
    box = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="3">'
        '<font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font>'
        '<font><sz val="11"/><color rgb="FF52615F"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
        '<fgColor rgb="FFE6F2EF"/></patternFill></fill></fills>'
        f'<borders count="2"><border/><border>{box}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6">'
        f'<xf {text}/><xf {text} fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
        f'<xf {text} fontId="2" applyFont="1"/><xf {text} fontId="1" applyFont="1"/>'
        f'<xf {text} borderId="1" applyBorder="1" {wrap}'
        f'<xf {text} fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" '
        f'applyBorder="1" {wrap}</cellXfs><cellStyles count="1">'
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
