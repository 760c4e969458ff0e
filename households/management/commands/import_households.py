"""Preview a population list, or save it with --commit."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from households.imports.applying import apply_batch
from households.imports.areas import answer_of, place_of, remember
from households.imports.checking import check_batch, close_batch, examine_file
from households.imports.column_choice import (
    MAPPED,
    ColumnsNeeded,
    Said,
    choose,
    remember_columns,
    sealed_said,
)
from households.imports.column_options import ColumnOptions, said_by
from households.imports.content import LAYOUTS
from households.imports.findings import Finding
from households.imports.staging import notes_of, staged_content, start_batch
from households.imports.unreadable import UnreadableFile
from households.models import BatchStatus, ImportBatch, ListPurpose
from households.workflows.importing import IMPORT_FLOW
from tkpk import rights
from tkpk.console import console_user, officer_named
from tkpk.models import Territory, User
from tkpk.roles import Role

CLEAN, FAILED, REFUSED_ROWS = 0, 1, 2
COUNTS = ("rows", "new", "changed", "unchanged", "refused", "duplicates", "families")


class Command(BaseCommand):
    """Exit code 0: clean; 2: something was refused; 1: failed."""

    help = "Import a list (.xlsx, .xls, .ods, .csv). Without --commit nothing is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--layout", default="", choices=[layout.name for layout in LAYOUTS])
        parser.add_argument("--map-column", action="append", default=[], metavar="HEADER=FIELD")
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
        parser.add_argument("--purpose", default="", choices=ListPurpose.values)
        parser.add_argument("--territory", default="", help="place of rows without a known area")
        parser.add_argument("--map-area", action="append", default=[], metavar="HAMLET/RW/RT=CODE")
        parser.add_argument("--commit", action="store_true", help="save; without it, preview")
        parser.add_argument("--all-or-nothing", action="store_true")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--by", default="", help="user name of the officer who acts")

    def handle(self, **options: Any) -> None:
        try:
            report = run(options)
        except (OSError, UnreadableFile, ValidationError, PermissionDenied) as error:
            code, message = _told(error, options["file"])
            if options["json"]:
                self.stdout.write(json.dumps(_failure(options, code, message), ensure_ascii=False))
            raise CommandError(message, returncode=FAILED) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report)
        if report["refused"] or report["errors"]:
            sys.exit(REFUSED_ROWS)

    def _print(self, report: dict[str, Any]) -> None:
        self.stdout.write(" · ".join(f"{name} {report[name]}" for name in COUNTS))
        for error in report["errors"]:
            self.stdout.write("{sheet} {row} {column}: {message} [{code}]".format(**error))
        if report["batch"]:
            self.stdout.write(report["batch"])


def _told(error: Exception, path: Path) -> tuple[str, str]:
    if isinstance(error, OSError):
        return "no_file", f"{path}: {error.strerror}"
    if isinstance(error, ValidationError):
        return error.code or "invalid", " ".join(error.messages)
    return getattr(error, "code", "refused"), str(error)


def _failure(options: dict[str, Any], code: str, message: str) -> dict[str, Any]:
    where = {"sheet": "", "row": 0, "column": ""}
    return {
        "layout": options["layout"],
        **dict.fromkeys(COUNTS, 0),
        "batch": "",
        "errors": [{**where, "code": code, "message": message}],
        "warnings": [],
    }


def run(options: dict[str, Any]) -> dict[str, Any]:
    """The report as `--json` prints it."""
    data = options["file"].read_bytes()
    fallback = place_of(options["territory"]) if options["territory"] else None
    kelurahan = _kelurahan(fallback)
    answers = dict(_answers(options["map_area"], kelurahan))
    by = officer_named(options["by"])
    said = _columns(data, kelurahan, options)
    if options["commit"]:
        chosen = _Chosen(kelurahan, fallback, answers, said)
        return _commit(data, chosen, options, by)
    found = examine_file(
        data,
        name=options["file"].name,
        kelurahan=kelurahan,
        layout=said.layout() if said else options["layout"],
        fallback=fallback,
        answers=answers,
        refuse_unknown=True,
        acting_nik_index=by.nik_index if by else "",
    )
    return _report(found.layout, found.counts, found.findings)


def _kelurahan(place: Territory | None) -> Territory:
    served = Territory.objects.served()
    code = place.kelurahan_code if place else settings.DEFAULT_KELURAHAN
    found = list(served.filter(code=code) if code else served[:2])
    if len(found) != 1:
        raise ValidationError(
            _("Name the kelurahan with --territory CODE or DEFAULT_KELURAHAN."),
            code="no_kelurahan",
        )
    return found[0]


def _answers(texts: list[str], kelurahan: Territory) -> list[tuple[str, Territory]]:
    found = []
    for text in texts:
        key, code = answer_of(text)
        place = place_of(code)
        if not kelurahan.covers(place.code):
            raise ValidationError(
                _("%(code)s lies in another kelurahan.") % {"code": place.code}, code="elsewhere"
            )
        found.append((key, place))
    return found


@dataclass(frozen=True)
class _Chosen:
    """What the options say of this file."""

    kelurahan: Territory
    fallback: Territory | None
    answers: dict[str, Territory]
    said: Said | None


def _columns(data: bytes, kelurahan: Territory, options: dict[str, Any]) -> Said | None:
    """What is typed or remembered of the file's columns. Raises ValidationError."""
    typed = ColumnOptions(options["map_column"], options["set"], options["purpose"])
    name = options["file"].name
    said = said_by(typed, data, name=name, kelurahan=kelurahan)
    if said or options["layout"]:
        return said
    try:
        return choose(data, name=name, kelurahan=kelurahan)
    except ColumnsNeeded as error:
        raise ValidationError(
            _("Say with --set what is true of this list alone: its date or its period."),
            code="columns_needed",
        ) from error


def _commit(
    data: bytes, chosen: _Chosen, options: dict[str, Any], by: User | None
) -> dict[str, Any]:
    kelurahan, said = chosen.kelurahan, chosen.said
    by = by or console_user(kelurahan)
    # Before anything is stored: a stranger's file would stay behind as a batch that never ends.
    if not rights.holds(by, {Role.STAFF}, code=kelurahan.code):
        raise PermissionDenied(_("Only an officer of this kelurahan imports its list."))
    layout = MAPPED if said else options["layout"]
    with transaction.atomic():
        remember(kelurahan, layout or LAYOUTS[0].name, chosen.answers, by=by)
        batch = start_batch(
            data,
            name=options["file"].name,
            kelurahan=kelurahan,
            by=by,
            fallback=chosen.fallback,
            all_or_nothing=options["all_or_nothing"],
            layout=layout,
            # There is nobody to ask: what has no answer is refused.
            areas_asked=True,
        )
        if said:
            batch.columns = sealed_said(batch, said)
            batch.save(update_fields=["columns"])
            remember_columns(kelurahan, said, by=by)
    batch = check_batch(batch, by=by)
    if batch.status == BatchStatus.REFUSED:
        raise UnreadableFile(batch.problem_code, batch.problem)
    if batch.status == BatchStatus.NEEDS_COLUMNS:
        close_batch("discard", batch, by=by)
        raise ValidationError(
            _("No layout fits this file: say its columns with --map-column."),
            code="unknown_layout",
        )
    findings = _kept_findings(batch)
    batch = _saved(batch, by)
    return {**_report(batch.layout, batch.counts, findings), "batch": batch.code}


def _saved(batch: ImportBatch, by: User) -> ImportBatch:
    """Save what may be saved. With refused rows alone it stays open, for their workbook."""
    moves = {found.name: found for found in IMPORT_FLOW.open_to(by, batch)}
    if "confirm" in moves and not moves["confirm"].blocked:
        batch = IMPORT_FLOW.apply("confirm", batch, by=by)
        batch = apply_batch(batch, by=by)
        if batch.status != BatchStatus.APPLIED:
            raise ValidationError(
                _("The registry changed meanwhile. Run the command again."),
                code="changed_meanwhile",
            )
    elif not batch.counts["refused"]:
        batch = close_batch("discard", batch, by=by)
    return batch


def _kept_findings(batch: ImportBatch) -> list[Finding]:
    said = list(notes_of(batch)["findings"])
    for row in batch.rows.iterator(500):
        said += staged_content(row)["findings"]
    return [Finding(**finding) for finding in said]


def _report(layout: str, counts: dict[str, int], findings: list[Finding]) -> dict[str, Any]:
    def shown(finding: Finding) -> dict[str, Any]:
        names = ("sheet", "row", "column", "code", "message")
        return {name: getattr(finding, name) for name in names}

    return {
        "layout": layout,
        **{name: counts[name] for name in COUNTS},
        "batch": "",
        "errors": [shown(finding) for finding in findings if finding.is_error],
        "warnings": [shown(finding) for finding in findings if not finding.is_error],
    }
