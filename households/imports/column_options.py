"""The columns of a list as the command line says them: `--map-column`, `--set`, `--purpose`."""

from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from households.imports.column_choice import MAPPED, Said, remembered
from households.imports.headers import fold
from households.imports.mapped import IGNORE, mapping_problems
from households.imports.probing import SheetProbe, probe
from tkpk.models import Territory


@dataclass(frozen=True)
class ColumnOptions:
    """What was typed: `HEADER=field` and `field=value`, and the purpose or ""."""

    columns: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    purpose: str = ""


def said_by(options: ColumnOptions, data: bytes, *, name: str, kelurahan: Territory) -> Said | None:
    """None where nothing was typed. Raises ValidationError and UnreadableFile.

    Columns that are typed are all that are taken over. Without them, what is remembered for the
    headers of the file is completed by the constants.
    """
    columns = dict(_pair(text) for text in options.columns)
    constants = dict(_pair(text) for text in options.constants)
    if not columns and not constants and not options.purpose:
        return None
    sheets = probe(data, name=name)
    if columns:
        said = _typed(columns, options.purpose or "population", sheets)
    else:
        said = _known(kelurahan, sheets)
        said = replace(said, purpose=options.purpose or said.purpose)
    said = replace(said, constants={**said.constants, **constants})
    problems = mapping_problems(said.columns, said.constants, purpose=said.purpose)
    if problems:
        raise ValidationError(" ".join(problem.message for problem in problems), code="columns")
    return said


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.rpartition("=")
    if not equals or not left.strip():
        raise ValidationError(
            _("Write a column as HEADER=field and a constant as field=value."), code="map_column"
        )
    return left.strip(), right.strip()


def _typed(columns: dict[str, str], purpose: str, sheets: list[SheetProbe]) -> Said:
    wanted = {fold(header): target for header, target in columns.items()}
    for sheet in sheets:
        headers = {fold(header) for header in sheet.headers}
        if headers >= wanted.keys():
            said = {header: wanted.get(fold(header), IGNORE) for header in sheet.headers if header}
            return Said(sheet.name, sheet.header_row, sheet.signature, said, purpose, name=MAPPED)
    raise ValidationError(_("No sheet of the file has all these headers."), code="map_column")


def _known(kelurahan: Territory, sheets: list[SheetProbe]) -> Said:
    said = remembered(kelurahan, sheets)
    if said is None:
        raise ValidationError(
            _("The headers of this file are not known yet: say them with --map-column."),
            code="map_column",
        )
    return said
