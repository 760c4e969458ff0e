"""Saved export layouts: keeping them, and writing a list by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from households.codes import Relation
from households.exporting.layout_columns import LayoutColumn, Line, cell_of
from households.exporting.shipped import add_shipped_layouts
from households.exporting.workbook import Sheet, stream
from households.models import LIVING, ExportLayout, Household, Member, MemberStatus
from households.searching import with_counts
from tkpk import rights, trail
from tkpk.formats import date_long
from tkpk.models import Mandate, Territory, User, save_edit
from tkpk.roles import Role

ROWS_AT_ONCE = 2_000
LONGEST = 40
_WIDTHS = {"number": 6, "rw": 6, "rt": 6, "age": 8, "living": 10, "blank": 24, "name": 30}
_WIDTHS |= {"head_name": 30, "address_and_place": 36, "nik": 20, "family.kk_number": 20}


# --- keeping ---------------------------------------------------------------------------------
def officer_mandate(user: User, kelurahan: Territory) -> Mandate:
    """The mandate by which layouts and lists are kept. Raises PermissionDenied without one."""
    rights.fresh_mandates(user)
    mandate = rights.mandate_at(user, {Role.STAFF}, code=kelurahan.code)
    if mandate is None:
        raise PermissionDenied
    return mandate


def name_taken() -> ValidationError:
    return ValidationError(_("Another layout has this name."), code="name_taken")


@contextmanager
def _told_when_taken() -> Iterator[None]:
    """Turn the constraint on names into a sentence: another officer may have been faster."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError({"name": name_taken()}) from error


def create_layout(layout: ExportLayout, *, kelurahan: Territory, by: User) -> ExportLayout:
    """Raises ValidationError at `name` where a layout in use has it."""
    mandate = officer_mandate(by, kelurahan)
    layout.kelurahan = kelurahan
    layout.created_by = layout.updated_by = by
    with _told_when_taken():
        layout.save()
        _note(layout, "create", by=by, mandate=mandate)
    return layout


def save_layout(layout: ExportLayout, *, by: User, expected_version: int) -> ExportLayout:
    """Raises StaleRow when somebody saved it first, ValidationError where the name is taken."""
    mandate = officer_mandate(by, layout.kelurahan)
    with _told_when_taken():
        save_edit(layout, by=by, expected_version=expected_version)
        _note(layout, "edit", by=by, mandate=mandate)
    return layout


def take_shipped_layouts(kelurahan: Territory, *, by: User) -> None:
    """Add the layouts of the portal that the kelurahan has not yet."""
    mandate = officer_mandate(by, kelurahan)
    with transaction.atomic():
        for layout in add_shipped_layouts(kelurahan, by):
            _note(layout, "create", by=by, mandate=mandate)


def _note(layout: ExportLayout, move: str, *, by: User, mandate: Mandate) -> None:
    trail.record(
        chain=layout.kelurahan,
        by=by,
        mandate=mandate,
        process="export_layout",
        move=move,
        row=layout,
    )


def columns_of_layout(layout: ExportLayout) -> list[LayoutColumn]:
    return [LayoutColumn.read(said) for said in layout.columns]


# --- writing ---------------------------------------------------------------------------------
def lines(layout: ExportLayout, families: QuerySet[Household]) -> Iterator[Line]:
    """The rows of a list, one query however long it is."""
    return (
        Line(number, household, member)
        for number, (household, member) in enumerate(
            _families(families) if layout.per_family else _people(families), 1
        )
    )


def _families(families: QuerySet[Household]) -> Iterator[tuple[Any, Member | None]]:
    """Each family with its head, who is None where none is known."""
    head = FilteredRelation(
        "members",
        condition=Q(members__relation=Relation.HEAD, members__status=MemberStatus.ACTIVE),
    )
    # Asked by key: joins of the filters would give a family twice.
    homes: Any = with_counts(Household.objects.filter(pk__in=families.order_by().values("pk")))
    rows = homes.annotate(head=head).select_related("head")
    row: Any
    for row in rows.order_by("territory__code", "pk").iterator(ROWS_AT_ONCE):
        yield row, getattr(row, "head", None)


def _people(families: QuerySet[Household]) -> Iterator[tuple[Any, Member]]:
    homes: Any = with_counts(Household.objects.filter(pk__in=families.order_by().values("pk")))
    rows = homes.annotate(
        person=FilteredRelation("members", condition=Q(members__status__in=sorted(LIVING)))
    ).filter(person__isnull=False)
    ordered = rows.select_related("person").order_by(
        "territory__code", "pk", F("person__relation"), F("person__birth_date"), "person__pk"
    )
    row: Any
    for row in ordered.iterator(ROWS_AT_ONCE):
        yield row, row.person


def written_rows(
    layout: ExportLayout, found: Iterator[Line], *, numbers: bool
) -> Iterator[list[Any]]:
    """The cells of each line, without the header."""
    cells = [cell_of(column, numbers=numbers) for column in columns_of_layout(layout)]
    return ([cell(line) for cell in cells] for line in found)


def layout_workbook(
    layout: ExportLayout, families: QuerySet[Household], *, numbers: bool
) -> Iterator[bytes]:
    """The list as a workbook, in pieces."""
    rows = written_rows(layout, lines(layout, families), numbers=numbers)
    headers = [column.header for column in columns_of_layout(layout)]
    return stream([sheet_of(layout, headers, rows)])


def sheet_of(layout: ExportLayout, headers: list[str], rows: Iterator[list[Any]]) -> Sheet:
    """Lines above the table, headers, rows; also for a list that was frozen when it was sent."""
    above = [[line] for line in header_lines(layout)]
    columns = columns_of_layout(layout)
    widths = [
        _WIDTHS.get(columns[at].source if at < len(columns) else "", min(40, len(header) + 6))
        for at, header in enumerate(headers)
    ]
    return Sheet(
        _("List"),
        chain(above, [headers], rows),
        widths=widths,
        header_row=len(above) + 1,
        printed=layout.printed,
    )


def header_lines(layout: ExportLayout) -> list[str]:
    """The lines above the table; [kelurahan] and [tanggal] are filled in."""
    today = date_long(timezone.localdate())
    return [
        str(line).replace("[kelurahan]", layout.kelurahan.name).replace("[tanggal]", today)
        for line in layout.header_rows
    ]
