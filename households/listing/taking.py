"""The list as a workbook for the city, written while it is sent."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.workbook import Sheet, stream
from households.listing.lines import require_keeper
from households.models import Listing, Member, MemberStatus, PoorList
from households.models.listing import STANDING
from tkpk import trail
from tkpk.models import User
from tkpk.nik import mask

CHUNK = 500
WIDTHS = (6, 14, 30, 20, 20, 18, 30, 20, 10, 22, 22)


def workbook(poor_list: PoorList, *, by: User, reason: str, numbers: bool) -> Iterator[bytes]:
    """Every family that still stands. Who took it, and why, is in the trail before the first byte.

    Raises PermissionDenied for who keeps no list here.
    """
    mandate = require_keeper(by, poor_list.kelurahan.code)
    with transaction.atomic():
        trail.record(
            chain=poor_list.kelurahan,
            by=by,
            mandate=mandate,
            process="list_paper" if not numbers else "export",
            move="export" if not numbers else "export_with_numbers",
            row=poor_list,
            reason=reason,
        )
    headers = [
        _("No."),
        _("Code"),
        _("Head of family"),
        _("NIK of the head"),
        _("KK number"),
        _("RT/RW"),
        _("Address"),
        _("Class"),
        _("Score"),
        _("Status"),
        _("Put on by"),
    ]
    rows = _rows(poor_list, numbers=numbers)
    return stream([Sheet(str(poor_list.year), [headers, *rows], widths=WIDTHS)])


def _rows(poor_list: PoorList, *, numbers: bool) -> Iterator[list[Any]]:
    lines = (
        poor_list.listings.filter(status__in=STANDING)
        .select_related("household__territory__parent", "score_class", "score")
        .defer("score__parts", "household__source_value")
        .order_by("household__territory__code", "pk")
    )
    heads = {
        head.household_id: head
        for head in Member.objects.filter(
            household__in=lines.order_by().values("household"),
            relation=Relation.HEAD,
            status=MemberStatus.ACTIVE,
        )
    }
    line: Listing
    for number, line in enumerate(lines.iterator(CHUNK), 1):
        head = heads.get(line.household_id)
        kk, nik = line.household.kk_number, head.nik if head else ""
        yield [
            number,
            line.code,
            head.name if head else line.household.code,
            nik if numbers else mask(nik),
            kk if numbers else mask(kk),
            line.household.territory.full_name,
            line.household.address,
            str(line.score_class) if line.score_class else "",
            "" if line.score is None or line.score.total is None else f"{line.score.total:f}",
            line.get_status_display(),
            line.get_origin_display(),
        ]
