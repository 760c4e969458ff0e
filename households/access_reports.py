"""Telling a family who opened its file: a paper given at the family's own request.

Views come from the access log, which is kept two years; full numbers, statements and acts on the
family's rows come from the trail. Exports of lists are told by the lists that the family was in
only where the trail names the family; else as exports of the kelurahan, which may have held it.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from households import families
from households.models import AccessReport, Household, Member, ReportCard, Statement
from tkpk import files, formats, pdf, rights, trail
from tkpk.letterhead import office_of
from tkpk.models import AccessLog, Mandate, TrailEntry, User
from tkpk.nik import find_identifiers
from tkpk.registry import registry
from tkpk.roles import Role

KEPT = datetime.timedelta(days=730)  # as long as the access log is kept
MOST = 400  # lines on the paper
GIVERS = frozenset({Role.STAFF})
TITLE = "Riwayat Pembukaan Data Keluarga"


@dataclass(frozen=True)
class Line:
    """One look at the family's data."""

    at: datetime.datetime
    who: str
    role: str
    what: str


def lines(household: Household, *, first: datetime.date, last: datetime.date) -> list[Line]:
    """Who looked at the family's data in these days, newest first; a fixed number of queries."""
    zone = timezone.get_current_timezone()
    start = datetime.datetime.combine(first, datetime.time.min, zone)
    end = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time.min, zone)
    views = list(
        AccessLog.objects.filter(
            subject="households.household", subject_id=household.pk, at__gte=start, at__lt=end
        ).select_related("by")
    )
    roles = _roles({view.by_id for view in views})
    found = [
        Line(view.at, view.by.name, roles.get(view.by_id, ""), _("opened the family's file"))
        for view in views
    ]
    found += [
        Line(
            entry.acted_at,
            entry.by.name,
            str(entry.get_role_display()) if entry.role else "",
            _act_words(entry),
        )
        for entry in _acts(household, start, end)
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _roles(people: set[int]) -> dict[int, str]:
    """What each of them is or last was here, in words."""
    rows = Mandate.objects.filter(user__in=people).order_by("starts_on", "pk")
    return {row.user_id: str(row.get_role_display()) for row in rows}


def _acts(household: Household, start: Any, end: Any) -> Any:
    """The entries of the trail about the family's rows, and exports of its kelurahan."""
    of = {
        "households.household": [household.pk],
        "households.member": list(
            Member.objects.filter(household=household).values_list("pk", flat=True)
        ),
        "households.statement": list(
            Statement.objects.filter(household=household).values_list("pk", flat=True)
        ),
        "households.reportcard": list(
            ReportCard.objects.filter(household=household).values_list("pk", flat=True)
        ),
        "households.accessreport": list(
            AccessReport.objects.filter(household=household).values_list("pk", flat=True)
        ),
    }
    about = Q(process="export")
    for subject, keys in of.items():
        about |= Q(subject=subject, subject_id__in=keys)
    rows = TrailEntry.objects.filter(
        about, chain_id=household.kelurahan_id, acted_at__gte=start, acted_at__lt=end
    )
    return rows.select_related("by").order_by("-number")


def _act_words(entry: TrailEntry) -> str:
    known = registry.act_words.get((entry.process, entry.move))
    if known:
        words = str(known[1])
    elif flow := registry.workflows.get(entry.process):
        label = flow.moves[entry.move].label if entry.move in flow.moves else entry.move
        words = f"{flow.title}: {label}"
    else:
        words = f"{entry.process}: {entry.move}"
    if entry.process == "export":
        return _("%(act)s of a list of the kelurahan that may have held this family") % {
            "act": words
        }
    return words


def giver_mandate(user: User, household: Household) -> Mandate | None:
    held = (m for m in rights.mandates(user) if m.role in GIVERS)
    return next((m for m in held if m.territory.covers(household.territory.code)), None)


def give(
    household: Household,
    *,
    by: User,
    asked_by: str,
    asked_on: datetime.date,
    first: datetime.date,
    last: datetime.date,
) -> AccessReport:
    """Make the paper, keep its bytes and note the act. Raises PermissionDenied, ValidationError
    (by field) or PdfFailed.
    """
    rights.fresh_mandates(by)
    if refusals := families.edit_refusals(by, household):
        raise PermissionDenied("; ".join(refusals))
    _check(asked_by=asked_by, asked_on=asked_on, first=first, last=last)
    report = AccessReport(
        kelurahan=household.kelurahan,
        household=household,
        asked_by=asked_by.strip(),
        asked_on=asked_on,
        first_day=first,
        last_day=last,
        created_by=by,
        updated_by=by,
    )
    with translation.override("id"):
        paper = pdf.render("access_log", paper_data(report, by=by))
    with transaction.atomic():
        report.document = files.store(
            paper,
            name=f"riwayat-akses-{timezone.localdate():%Y%m%d}.pdf",
            content_type="application/pdf",
            kelurahan=household.kelurahan,
            by=by,
        )
        report.save()
        trail.record(
            chain=household.kelurahan,
            by=by,
            mandate=giver_mandate(by, household),
            process="access_report",
            move="give",
            row=report,
            reason=f"{first.isoformat()} – {last.isoformat()}",
            digest=report.document.sha256,
        )
    return report


def _check(*, asked_by: str, asked_on: datetime.date, first: datetime.date, last: Any) -> None:
    today, errors = timezone.localdate(), {}
    if not asked_by.strip():
        errors["asked_by"] = _("Write who of the family asks.")
    elif find_identifiers(asked_by):
        errors["asked_by"] = _("Write the name without NIK or KK number.")
    if asked_on > today:
        errors["asked_on"] = _("This day lies in the future.")
    if last > today:
        errors["last"] = _("This day lies in the future.")
    if first > last:
        errors["first"] = _("The first day comes after the last.")
    elif first < today - KEPT:
        errors["first"] = _("Views are kept for two years; choose a later day.")
    if errors:
        raise ValidationError(errors)


def paper_data(report: AccessReport, *, by: User) -> dict[str, Any]:
    """The data of the form `access_log`: words only."""
    household = report.household
    found = lines(household, first=report.first_day, last=report.last_day)
    today = formats.date_long(timezone.localdate())
    return {
        "title": TITLE,
        "foot": f"Riwayat akses · {household.code}",
        "office": office_of(household.kelurahan),
        "facts": [
            ["Keluarga", f"{household.code}, {household.territory.full_name}"],
            ["Diminta oleh", report.asked_by],
            ["Tanggal permintaan", formats.date_long(report.asked_on)],
            [
                "Masa",
                f"{formats.date_long(report.first_day)} – {formats.date_long(report.last_day)}",
            ],
            ["Dibuat oleh", by.name],
        ],
        "rows": [
            [formats.moment(line.at), line.who, line.role or "–", line.what]
            for line in found[:MOST]
        ],
        "more": f"dan {formats.number(len(found) - MOST)} baris lebih lama."
        if len(found) > MOST
        else "",
        "signature": {
            "place": household.kelurahan.name,
            "day": today,
            "role": "Petugas kelurahan",
            "name": by.name,
        },
    }
