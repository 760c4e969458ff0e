"""The first look at a file's sheets, kept sealed at the batch until the columns are said."""

from dataclasses import dataclass

from households.imports.column_choice import signatures_of
from households.imports.headers import fold
from households.imports.probing import SheetProbe
from households.imports.sealing import sealed_json, unsealed_json
from households.imports.suggesting import suggest
from households.models import ImportBatch
from tkpk.nik import mask_identifiers


@dataclass(frozen=True)
class ColumnNote:
    """One column as the page shows it. `field` and `why` are a suggestion, or empty."""

    place: int
    letters: str
    header: str
    samples: list[str]
    filled: int
    field: str
    why: str

    @property
    def shown_header(self) -> str:
        """In a list without headers the first person's NIK stands where a header should."""
        return mask_identifiers(self.header)

    @property
    def can_be_said(self) -> bool:
        """A column is known by its header; one without cannot be found again."""
        return bool(fold(self.header))


@dataclass(frozen=True)
class SheetNote:
    """One sheet. `signatures`: its own first, then without our own remarks."""

    name: str
    rows: int
    header_row: int
    header_rows: list[int]
    signatures: list[str]
    columns: list[ColumnNote]

    @property
    def shown_name(self) -> str:
        """A sheet a family may be named by its KK number."""
        return mask_identifiers(self.name)


def note_of(sheet: SheetProbe) -> SheetNote:
    suggested = suggest(sheet)
    columns = []
    for column in sheet.columns:
        offer = suggested.get(column.place)
        columns.append(
            ColumnNote(
                column.place,
                column.letters,
                column.header,
                list(column.samples),
                column.filled,
                offer.field if offer else "",
                str(offer.why) if offer else "",
            )
        )
    others = signatures_of(sheet) - {sheet.signature}
    return SheetNote(
        sheet.name,
        sheet.rows,
        sheet.header_row,
        list(sheet.header_rows),
        [sheet.signature, *others],
        columns,
    )


def sealed_columns(batch: ImportBatch, sheets: list[SheetProbe]) -> bytes:
    noted = [_plain(note_of(sheet)) for sheet in sheets]
    return sealed_json({"sheets": noted}, context=batch.notes_context)


def _plain(note: SheetNote) -> dict[str, object]:
    return {**vars(note), "columns": [vars(column) for column in note.columns]}


def sheets_of(batch: ImportBatch) -> list[SheetNote]:
    """Raises nothing: without notes there are no sheets."""
    content = unsealed_json(batch.notes, context=batch.notes_context) or {}
    return [
        SheetNote(**{**said, "columns": [ColumnNote(**column) for column in said["columns"]]})
        for said in content.get("sheets", [])
    ]
