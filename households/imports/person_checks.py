"""Checks across the cells of one person's row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from households.imports.findings import WARNING, Finding
from households.imports.layout import Purpose, Table
from households.imports.parsed import ParsedRow
from tkpk import nik

_COORDINATES = ("latitude", "longitude")
_NUMBERS = ("nik", "kk_number")
_DATED = ("decile_as_of", "registry_source")


def row_findings(
    parsed: ParsedRow, table: Table, *, purpose: Purpose = Purpose.POPULATION, today: date
) -> Iterator[Finding]:
    values = parsed.values
    here = Finding(parsed.sheet, parsed.row_number, "", "", "")
    if table.sheet.kind == "csv" and len(parsed.cells) > len(table.headers):
        yield replace(
            here,
            code="extra_cells",
            message=_("The row has more values than the table has columns."),
            cure=_("A value with the separator in it must stand in quotation marks."),
        )
    if values["nik"]:
        yield from _nik_findings(parsed, table, here, today)
    if purpose == Purpose.POPULATION:
        yield from _birth_findings(parsed, table, here)
    elif purpose == Purpose.RECIPIENTS and not any(_said(parsed, name) for name in _NUMBERS):
        yield replace(
            here,
            column=table.header_of("nik"),
            field="nik",
            code="not_identified",
            message=_("Without NIK and without KK number the recipient is not known."),
            cure=_("Fill at least one of the two."),
        )
    yield from _decile_findings(parsed, table, here)
    yield from _coordinate_findings(parsed, here)


def _nik_findings(parsed: ParsedRow, table: Table, here: Finding, today: date) -> Iterator[Finding]:
    values = parsed.values
    warnings = nik.nik_warnings(
        values["nik"], sex=values["sex"], birth_date=values["birth_date"], today=today
    )
    if not warnings and values["nik"] != values["kk_number"]:
        return
    at_nik = replace(here, column=table.header_of("nik"), field="nik", level=WARNING)
    for said in warnings:
        yield replace(at_nik, code=said.code, message=said.message)
    if values["nik"] == values["kk_number"]:
        yield replace(
            at_nik,
            level=here.level,
            code="nik_is_kk",
            message=_("NIK and KK number are the same."),
            cure=_("Type each from its own document."),
        )


def _said(parsed: ParsedRow, name: str) -> bool:
    """Something stands in the cell, readable or not."""
    return bool(parsed.values[name]) or any(f.field == name for f in parsed.findings)


def _decile_findings(parsed: ParsedRow, table: Table, here: Finding) -> Iterator[Finding]:
    if "decile" not in parsed.family_values:
        return
    for name in _DATED:
        faulty = any(f.field == name for f in parsed.findings)
        if name not in parsed.family_values and not faulty:
            yield replace(
                here,
                column=table.header_of(name),
                field=name,
                code="decile_undated",
                message=_("A decile needs the registry it comes from and its date."),
                cure=_("Fill both in, or say them once for the whole list."),
            )


def _birth_findings(parsed: ParsedRow, table: Table, here: Finding) -> Iterator[Finding]:
    if parsed.values["birth_date"] or any(f.field == "birth_date" for f in parsed.findings):
        return
    at_birth = replace(here, column=table.header_of("birth_date"), field="birth_date")
    if parsed.values["nik"] or any(f.field == "nik" for f in parsed.findings):
        yield replace(
            at_birth, code="birth_date_empty", message=_("The birth date is empty."), level=WARNING
        )
    else:
        yield replace(
            at_birth,
            code="not_identified",
            message=_("Without NIK and without birth date the person cannot be told from others."),
            cure=_("Fill at least one of the two."),
        )


def _coordinate_findings(parsed: ParsedRow, here: Finding) -> Iterator[Finding]:
    missing = [name for name in _COORDINATES if parsed.values[name] is None]
    if len(missing) == 1 and not any(
        f.field in _COORDINATES and f.is_error for f in parsed.findings
    ):
        yield replace(
            here,
            column=parsed.header_of(missing[0]),
            field=missing[0],
            code="coordinate_alone",
            message=_("Latitude and longitude belong together; one of them is missing."),
            cure=_("Fill both or neither."),
        )
