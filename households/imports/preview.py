"""Staged rows as the preview page shows them: old → new in words, identifiers masked."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.imports.findings import Finding
from households.imports.layout import letters
from households.imports.staging import notes_of, staged_content
from households.models import Household, ImportBatch, ImportRow, Member, Outcome
from tkpk.encryption import EncryptedTextField
from tkpk.formats import date_long, rupiah
from tkpk.models import Territory
from tkpk.nik import mask, mask_identifiers

PAGE = 50
TABS = {
    "semua": gettext_lazy("All"),
    "baru": gettext_lazy("New"),
    "berubah": gettext_lazy("Changed"),
    "ditolak": gettext_lazy("Refused"),
    "ganda": gettext_lazy("Possible duplicates"),
}
_OUTCOME_OF_TAB = {
    "baru": Outcome.NEW,
    "berubah": Outcome.CHANGED,
    "ditolak": Outcome.REFUSED,
}
TONES = {
    Outcome.NEW: "done",
    Outcome.CHANGED: "running",
    Outcome.UNCHANGED: "neutral",
    Outcome.REFUSED: "danger",
}


@dataclass(frozen=True)
class Difference:
    """One cell, old → new, as a person reads it."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Remark:
    """One finding with the place that the spreadsheet program shows."""

    finding: Finding
    place: str


@dataclass(frozen=True)
class Receipt:
    """One receipt of aid that would be written: its facts, old → new."""

    programme: str
    period: str
    old: str
    new: str


@dataclass(frozen=True)
class RowName:
    """What names a row on the page: its place in the file and the person's name."""

    position: int
    sheet: str
    number: int
    name: str
    area: str
    outcome: str
    awaits_confirmation: bool


@dataclass(frozen=True)
class Line:
    """One row of the preview."""

    row: RowName
    tone: str
    differences: list[Difference]
    remarks: list[Remark]
    receipts: list[Receipt]
    # What the registry and the list say and what stays as it is.
    beside: list[Difference]


def rows_of_tab(batch: ImportBatch, tab: str) -> QuerySet[ImportRow]:
    rows = batch.rows.order_by("position")
    if tab == "ganda":
        return rows.filter(possible_duplicate=True)
    return rows.filter(outcome=_OUTCOME_OF_TAB[tab]) if tab in _OUTCOME_OF_TAB else rows


@dataclass(frozen=True)
class Page:
    """A keyset page; `after` and `before` are positions."""

    rows: list[ImportRow]
    previous: int | None
    following: int | None


def keyset_page(
    rows: QuerySet[ImportRow], *, after: int = 0, before: int = 0, size: int = PAGE
) -> Page:
    """The rows after a position, or those before one. Two queries at most."""
    if before:
        found = list(rows.filter(position__lt=before).order_by("-position")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Page(
            found,
            found[0].position if more and found else None,
            found[-1].position if found else None,
        )
    found = list(rows.filter(position__gt=after)[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        found[0].position if after and found else None,
        found[-1].position if more and found else None,
    )


def lines_of(batch: ImportBatch, rows: list[ImportRow]) -> list[Line]:
    """Unseal one page of rows. One query for the names of places."""
    contents = [staged_content(row) for row in rows]
    places = _places(contents)
    columns = notes_of(batch)["columns"]
    return [
        _line(row, content, places, columns.get(content["sheet"], {}))
        for row, content in zip(rows, contents, strict=True)
    ]


def _places(contents: list[dict[str, Any]]) -> dict[int, str]:
    pks = {
        pk for content in contents for pk in content["family_changes"].get("territory_id", []) if pk
    }
    found = Territory.objects.select_related("parent").filter(pk__in=pks)
    return {place.pk: place.full_name for place in found}


def _line(
    row: ImportRow, content: dict[str, Any], places: dict[int, str], columns: dict[str, int]
) -> Line:
    differences = []
    if row.outcome == Outcome.CHANGED:
        differences = [
            *_differences(Member, content["changes"], places),
            *_differences(Household, content["family_changes"], places),
        ]
        if content["moves_family"]:
            differences.append(Difference(_("Family"), _("another KK"), mask(content["kk_number"])))
    named = RowName(
        row.position,
        mask_identifiers(content["sheet"]),
        row.row_number,
        content["name"] or "",
        _area_words(content["area"]),
        row.get_outcome_display(),
        row.awaits_confirmation,
    )
    remarks = [remark(Finding(**said), columns) for said in content["findings"]]
    receipts = []
    if row.outcome != Outcome.REFUSED:
        receipts = [_receipt(said) for said in content.get("receipts", [])]
    beside = {name: list(pair) for name, pair in content.get("beside", {}).items()}
    return Line(
        named,
        TONES[Outcome(row.outcome)],
        differences,
        remarks,
        receipts,
        _differences(Member, beside, places),
    )


def _area_words(key: str) -> str:
    """`LEDOK TUKANGAN/001/012` as `RT 12 RW 01 · Ledok Tukangan`; what is not named is left out."""
    hamlet, rw, rt = key.rsplit("/", 2)
    units = [
        f"{unit} {int(said):02d}" if said.isdecimal() else f"{unit} {said}"
        for unit, said in (("RT", rt), ("RW", rw))
        if said != "-"
    ]
    named = [] if hamlet == "-" else [hamlet.title()]
    return " · ".join([*([" ".join(units)] if units else []), *named])


def _receipt(said: dict[str, Any]) -> Receipt:
    return Receipt(
        said["programme_name"],
        date_long(said["period_from"]),
        _facts(said["old"]),
        _facts(said["new"]) or _("received"),
    )


def _facts(values: dict[str, Any]) -> str:
    """`until 31 Desember 2026 · Rp600.000 · beras`"""
    words = []
    if values.get("period_to"):
        words.append(_("until %(day)s") % {"day": date_long(values["period_to"])})
    if values.get("amount_idr") is not None:
        words.append(rupiah(values["amount_idr"]))
    if values.get("goods"):
        words.append(values["goods"])
    return " · ".join(words)


def remark(finding: Finding, columns: dict[str, int]) -> Remark:
    """With the column's letter where the column is known: `D · tanggallahir`.

    A sheet may be named, and a column headed, by a number.
    """
    place = columns.get(finding.field)
    parts = [letters(place)] if place is not None else []
    header = mask_identifiers(finding.column)
    shown = finding.moved(
        sheet=mask_identifiers(finding.sheet),
        column=header,
        message=mask_identifiers(finding.message),
    )
    return Remark(shown, " · ".join([*parts, *([header] if header else [])]))


def _differences(
    model: Any, changes: dict[str, list[Any]], places: dict[int, str]
) -> list[Difference]:
    found = []
    for name, (old, new) in changes.items():
        if name == "source_value":
            found += _words_of_the_file(old or {}, new or {})
            continue
        field = model._meta.get_field(name)
        shown = [_in_words(field, value, places) for value in (old, new)]
        found.append(Difference(str(field.verbose_name), *shown))
    return found


def _words_of_the_file(old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    """What is kept as it stands in the list, under the header of its column."""
    return [
        Difference(header, _as_words(old.get(header)), _as_words(said))
        for header, said in sorted(new.items())
        if said != old.get(header)
    ]


def _as_words(said: Any) -> str:
    return "" if said is None else mask_identifiers(str(said))


def _in_words(field: Field, value: Any, places: dict[int, str]) -> str:
    if value in (None, ""):
        return ""
    if isinstance(field, EncryptedTextField):
        return mask(value) if len(value) == 16 and value.isdigit() else "•" * 8
    if field.name == "territory":
        return places.get(value, "")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return date_long(value) if hasattr(value, "isoformat") else str(value)
