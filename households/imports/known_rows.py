"""Rows of the registry as an import compares them: light, and decrypted only when asked.

They answer to the model's attribute names. A model's instance costs ten times the memory, and
opens every sealed column whether or not the file says anything of it.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models

from households.codes import Relation
from households.models import Household, Member
from households.models.household import HouseholdStatus
from households.models.member import MemberStatus

# Persons whose columns are read at once, and how many such blocks are kept.
BLOCK, KEPT = 500, 4
UNUSED = {"kelurahan", "created_at", "created_by", "updated_at", "updated_by"}


class Columns:
    """The columns of a model that are read, and how a stored value becomes Python's."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in UNUSED]
        self.names = [field.attname for field in fields]
        self.places = {name: place for place, name in enumerate(self.names)}
        self.places["pk"] = self.places["id"]
        self._converters = [_converters(field) for field in fields]

    def read(self, rows: models.QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
        """As they are stored: sealed, and without the model's converters."""
        statement, values = rows.order_by().values_list(*self.names).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            while part := cursor.fetchmany(BLOCK):
                yield from part

    def values(self, row: tuple[Any, ...], names: list[str]) -> list[Any]:
        """Several columns of one row, in one go: the comparison asks for some million of them."""
        places, every = self.places, self._converters
        found = []
        for name in names:
            place = places[name]
            value = row[place]
            if every[place] and value is not None:
                for convert, expression in every[place]:
                    value = convert(value, expression, connection)
            found.append(value)
        return found

    def value(self, row: tuple[Any, ...], name: str) -> Any:
        """Raises AttributeError for a name that is no column of these."""
        place = self.places.get(name)
        if place is None:
            raise AttributeError(name)
        value = row[place]
        converters = self._converters[place]
        if converters and value is not None:  # most columns have none
            for convert, expression in converters:
                value = convert(value, expression, connection)
        return value


def _converters(field: models.Field) -> list[tuple[Any, Any]]:
    column = field.get_col(field.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
    return [(convert, column) for convert in found]


class KnownHousehold:
    """Stands for a Household. What every row of the file asks for is at hand."""

    __slots__ = ("_columns", "_row", "pk", "status", "version")

    def __init__(self, columns: Columns, row: tuple[Any, ...]) -> None:
        self._columns, self._row = columns, row
        places = columns.places
        self.pk, self.version = row[places["pk"]], row[places["version"]]
        self.status = row[places["status"]]

    def __getattr__(self, name: str) -> Any:
        return self._columns.value(self._row, name)

    @property
    def code(self) -> str:
        return Household(pk=self.pk).code

    def get_status_display(self) -> str:
        return str(HouseholdStatus(self.status).label)


class KnownMember:
    """Stands for a Member. What tells persons apart is here; other columns are read in blocks."""

    __slots__ = (
        *("pk", "version", "household", "status", "relation", "nik_index", "name_key"),
        *("birth_date", "_facts", "place"),
    )
    CORE = ("pk", "version", "status", "relation", "nik_index", "name_key", "birth_date")

    def __init__(self, facts: "Facts", household: KnownHousehold, values: tuple[Any, ...]) -> None:
        self._facts, self.household, self.place = facts, household, -1
        (
            self.pk,
            self.version,
            self.status,
            self.relation,
            self.nik_index,
            self.name_key,
            self.birth_date,
        ) = values

    def __getattr__(self, name: str) -> Any:
        return self._facts.columns.value(self._row, name)

    @property
    def _row(self) -> tuple[Any, ...]:
        facts, number = self._facts, self.place // BLOCK
        return (facts.blocks.get(number) or facts.read(number))[self.pk]

    def old_values(self, names: list[str]) -> list[Any]:
        """What is known under these names, in their order."""
        return self._facts.columns.values(self._row, names)

    @property
    def household_id(self) -> int:
        return self.household.pk

    @property
    def code(self) -> str:
        return Member(pk=self.pk).code

    @property
    def is_head(self) -> bool:
        return self.relation == Relation.HEAD and self.status == MemberStatus.ACTIVE

    def get_status_display(self) -> str:
        return str(MemberStatus(self.status).label)


class Facts:
    """Other columns of known persons, read in blocks in the order in which the file names them."""

    def __init__(self) -> None:
        self.columns = Columns(Member)
        self.blocks: dict[int, dict[int, tuple[Any, ...]]] = {}
        self._order: list[KnownMember] = []

    def put_in_order(self, members: Iterator[KnownMember]) -> None:
        self._order = list(members)
        for place, member in enumerate(self._order):
            member.place = place

    def read(self, number: int) -> dict[int, tuple[Any, ...]]:
        """A block by its number; the one that was read longest ago makes room."""
        if len(self.blocks) >= KEPT:
            del self.blocks[next(iter(self.blocks))]
        pks = [member.pk for member in self._order[number * BLOCK : (number + 1) * BLOCK]]
        key = self.columns.places["pk"]
        rows = self.columns.read(Member.objects.filter(pk__in=pks))
        block = self.blocks[number] = {row[key]: row for row in rows}
        return block
