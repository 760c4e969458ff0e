"""Lists that are sent: drawn up from families, frozen at sending, taken out again."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from households.exporting.layout_columns import cell_of, stored_fields
from households.exporting.layouts import (
    columns_of_layout,
    lines,
    officer_mandate,
    sheet_of,
    written_rows,
)
from households.exporting.workbook import stream
from households.imports.known import chunks
from households.imports.sealing import sealed_json, unsealed_json
from households.models import (
    Answer,
    ExportLayout,
    Household,
    SubmissionItem,
    SubmissionList,
    SubmissionStatus,
)
from households.sheet import hidden_number
from households.workflows.submissions import SUBMISSION_FLOW
from tkpk import trail
from tkpk.encryption import blind_index
from tkpk.models import KelurahanOffice, Territory, User

LIMIT = 5_000
CHUNK = 500


def create_submission(
    *, name: str, kind: str, layout: ExportLayout, kelurahan: Territory, by: User
) -> SubmissionList:
    """An empty list. Raises PermissionDenied for who is no officer there.

    A form that is sent twice means one list: the same person's with the same name, kind and layout
    is given again while it is being drawn up.
    """
    mandate = officer_mandate(by, kelurahan)
    with transaction.atomic():
        # The second sending waits here for the first.
        KelurahanOffice.objects.select_for_update().get(territory=kelurahan)
        twin = SubmissionList.objects.filter(
            name=name,
            kind=kind,
            layout=layout,
            kelurahan=kelurahan,
            created_by=by,
            status=SubmissionStatus.DRAFT,
        ).first()
        if twin is not None:
            return twin
        submission = SubmissionList.objects.create(
            name=name, kind=kind, layout=layout, kelurahan=kelurahan, created_by=by, updated_by=by
        )
        trail.record(
            chain=kelurahan,
            by=by,
            mandate=mandate,
            process="submission",
            move="draw_up",
            row=submission,
            to_status=submission.status,
        )
    return submission


def add_rows(submission: SubmissionList, families: QuerySet[Household], *, by: User) -> int:
    """Put families, or the persons living in them, on a list that is being drawn up."""
    officer_mandate(by, submission.kelurahan)
    with transaction.atomic():
        locked = SubmissionList.objects.select_for_update().get(pk=submission.pk)
        if locked.status != SubmissionStatus.DRAFT:
            return 0
        known = set(locked.items.values_list("household_id", "member_id"))
        last = locked.items.aggregate(last=Max("position"))["last"] or 0
        fresh = []
        inside = families.filter(kelurahan_id=locked.kelurahan_id)
        for line in lines(submission.layout, inside):
            member = None if submission.layout.per_family else line.member
            if (line.household.pk, member.pk if member else None) not in known:
                last += 1
                fresh.append(
                    SubmissionItem(
                        submission=locked, household=line.household, member=member, position=last
                    )
                )
        SubmissionItem.objects.bulk_create(fresh, batch_size=CHUNK)
    return len(fresh)


def remove_rows(submission: SubmissionList, pks: Iterable[int], *, by: User) -> int:
    officer_mandate(by, submission.kelurahan)
    with transaction.atomic():
        locked = SubmissionList.objects.select_for_update().get(pk=submission.pk)
        if locked.status != SubmissionStatus.DRAFT:
            return 0
        return locked.items.filter(pk__in=list(pks)).delete()[0]


def send(submission: SubmissionList, *, by: User, sent_on: datetime.date) -> SubmissionList:
    """DRAFT → SENT: every row keeps its cells and numbers as they stand now."""
    with transaction.atomic():
        headers = _freeze(submission)
        return SUBMISSION_FLOW.apply(
            "send", submission, by=by, changes={"sent_on": sent_on, "sent_headers": headers}
        )


def _freeze(submission: SubmissionList) -> list[dict[str, Any]]:
    """Write the cells onto the items; returns what stands above them."""
    SubmissionList.objects.select_for_update().get(pk=submission.pk)
    fields = stored_fields()
    columns = columns_of_layout(submission.layout)
    for part in chunks(submission.items.values_list("pk", flat=True)):
        items = {item.pk: item for item in submission.items.filter(pk__in=part)}
        for pk, line, cells in _live(submission, part):
            item = items[pk]
            item.blob = sealed_json([str(cell) for cell in cells], context=item.blob_context)
            item.nik = line.member.nik if line.member else ""
            item.nik_index = blind_index("nik", item.nik)
            item.kk_number = line.household.kk_number
            item.kk_index = blind_index("kk", item.kk_number)
        names = ["blob", "nik", "nik_index", "kk_number", "kk_index"]
        SubmissionItem.objects.bulk_update(items.values(), names, batch_size=CHUNK)
    return [
        {
            "header": column.header,
            "secret": column.source in fields and fields[column.source].is_secret,
            "number": column.source == "number",
        }
        for column in columns
    ]


def _live(submission: SubmissionList, pks: Iterable[int]) -> Iterator[tuple[int, Any, list[Any]]]:
    """Items with their line and full cells, as the registry has them now."""
    items = submission.items.filter(pk__in=list(pks))
    by_place = {(item.household_id, item.member_id): item for item in items}
    homes = Household.objects.filter(pk__in={place[0] for place in by_place})
    cells = [cell_of(column, numbers=True) for column in columns_of_layout(submission.layout)]
    for line in lines(submission.layout, homes):
        member = None if submission.layout.per_family else line.member
        item = by_place.get((line.household.pk, member.pk if member else None))
        if item is not None:
            yield item.pk, line, [cell(line) for cell in cells]


def submission_workbook(
    submission: SubmissionList, items: QuerySet[SubmissionItem], *, numbers: bool
) -> Iterator[bytes]:
    """The rows as they were sent; of a list being drawn up as they are now."""
    layout = submission.layout
    if submission.status == SubmissionStatus.DRAFT:
        headers = [column.header for column in columns_of_layout(layout)]
        homes = Household.objects.filter(pk__in=items.order_by().values("household_id"))
        chosen = set(items.values_list("household_id", "member_id"))
        found = (
            line
            for line in lines(layout, homes)
            if (line.household.pk, None if layout.per_family else getattr(line.member, "pk", None))
            in chosen
        )
        return stream([sheet_of(layout, headers, written_rows(layout, found, numbers=numbers))])
    return _sent_workbook(submission, items, numbers=numbers)


def _sent_workbook(
    submission: SubmissionList, items: QuerySet[SubmissionItem], *, numbers: bool
) -> Iterator[bytes]:
    above: list[dict[str, Any]] = submission.sent_headers
    headers = [said["header"] for said in above] + [_("Answer"), _("Reason given")]

    def rows() -> Iterator[list[Any]]:
        for number, item in enumerate(items.order_by("position").iterator(CHUNK), 1):
            cells = unsealed_json(item.blob, context=item.blob_context) or []
            shown = [
                number
                if said["number"]
                else hidden_number(cell)
                if said["secret"] and not numbers
                else cell
                for said, cell in zip(above, cells, strict=False)
            ]
            shown += [""] * (len(above) - len(shown))
            yield [*shown, answer_words[item.answer], item.answer_reason]

    answer_words = {code: str(word) for code, word in Answer.choices}
    return stream([sheet_of(submission.layout, headers, rows())])


def answer_counts(submission: SubmissionList) -> dict[str, int]:
    """Rows by answer; every answer is there."""
    counted = submission.items.order_by().values_list("answer").annotate(n=Count("pk"))
    found = dict(counted)
    return {str(answer): found.get(answer, 0) for answer in Answer.values}
