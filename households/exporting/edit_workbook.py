"""Unduh untuk diedit: a filtered list of families as a workbook that comes back through the import.

One row a person who lives in one of the families, one query however many there are.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from households.exporting.editable import (
    EMPTY,
    FAMILY_CODE,
    ROW_CODE,
    EditColumn,
    columns_of,
    rw_and_rt,
    words_of,
    writer_of,
)
from households.exporting.row_codes import code_of
from households.exporting.workbook import Choice, Sheet, stream
from households.models import LIVING, Household, Member

GUIDE = "Petunjuk"
ROWS_AT_ONCE = 2_000
_WIDE = {"name": 28, "address": 28, "current_address": 28, ROW_CODE: 20, FAMILY_CODE: 20}

Cell = Callable[[Member], Any]


def people_of(families: QuerySet[Household]) -> QuerySet[Member]:
    """The living persons of the families, by place, family and relation."""
    rows = Member.objects.filter(
        household__in=families.order_by().values("pk"), status__in=sorted(LIVING)
    )
    return rows.select_related("household__territory").order_by(
        "household__territory__code", "household_id", "relation", "birth_date", "pk"
    )


def edit_workbook(
    families: QuerySet[Household], *, groups: list[str] | None = None, numbers: bool = False
) -> Iterator[bytes]:
    """The workbook in pieces. `numbers` writes NIK, KK and papers in full."""
    columns = columns_of(groups)
    data = Sheet(
        "Data",
        _rows(families, columns, numbers=numbers),
        widths=[_WIDE.get(column.name, 16) for column in columns],
        choices=_choices(columns),
        locked=frozenset(at for at, column in enumerate(columns) if column.name in _GREY),
    )
    return stream([data, Sheet(GUIDE, guide(numbers=numbers), widths=[100])])


_GREY = frozenset({ROW_CODE, FAMILY_CODE, "kk_number", "status"})


def _choices(columns: Sequence[EditColumn]) -> list[Choice]:
    return [
        Choice(at, [*words_of(column.field), EMPTY])
        for at, column in enumerate(columns)
        if not column.is_fixed and column.field.choices
    ]


def _rows(
    families: QuerySet[Household], columns: Sequence[EditColumn], *, numbers: bool
) -> Iterator[list[Any]]:
    # Made now: when the rows are written, the language of the request is not active any more.
    header = [column.header for column in columns]
    cells = [cell_of(column, numbers=numbers) for column in columns]
    people = people_of(families).iterator(ROWS_AT_ONCE)
    return chain([header], ([cell(member) for cell in cells] for member in people))


def cell_of(column: EditColumn, *, numbers: bool) -> Cell:
    """How a person's row is written under this column."""
    own: dict[str, Cell] = {
        ROW_CODE: code_of,
        FAMILY_CODE: lambda member: code_of(member.household),
        "rw": lambda member: rw_and_rt(member.household.territory)[0],
        "rt": lambda member: rw_and_rt(member.household.territory)[1],
    }
    if column.owner is None:
        return own[column.name]
    write, name = writer_of(column.field, numbers=numbers), column.name
    if column.owner is Household:
        return lambda member: write(getattr(member.household, name))
    return lambda member: write(getattr(member, name))


def guide(*, numbers: bool) -> list[list[Any]]:
    """What an officer has to know, one sentence a row."""
    lines = [
        _("How to edit this list"),
        _("1. Change the cells that are wrong or fill those that are empty. Leave the others."),
        _("2. An empty cell changes nothing. To erase what is known, write %(word)s in the cell.")
        % {"word": EMPTY},
        _("3. Choose the answers of the drop-down lists; other spellings may be refused."),
        _("4. Write dates as day, month and year: 20/05/1970."),
        _("5. Do not change the grey columns. Rows are found again by their row code."),
        _("6. You may delete columns and rows that you do not need, and sort the rows."),
        _("7. A family's facts stand in each of its rows: changing them in one row is enough."),
        _("8. New persons, deaths and moves have their own pages; they are not typed here."),
        _("9. Save the file, then bring it back on the page Import. You see every change first."),
        _("A row that somebody changed after you downloaded it is refused, with name and time."),
    ]
    if not numbers:
        lines.append(
            _("NIK, KK and paper numbers are hidden (••••). A hidden number stays as it is known.")
        )
    return [[line] for line in lines]
