"""Many rows at once, past the ORM: temporary tables, COPY, INSERT … SELECT, UPDATE … FROM.

A temporary table is filled before the lock is taken. What is left to do under it is copied by the
database itself, the history together with the rows, so that other writers wait for a moment only.
Constraints, triggers and foreign keys are the database's and hold as ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg2.extras import execute_values

from households.imports.copying import copy_rows
from households.imports.prepared import columns_of, preparer

# Rows that are prepared before the database takes them: memory against calls.
CHUNK = 1_000


class Waiting:
    """A temporary table of rows that wait to become rows of a model.

    Beside the model's columns it has `n`, a number that the caller gives, `id` and `family`, the
    number of a waiting family.
    """

    def __init__(self, model: type[models.Model], name: str) -> None:
        self.model, self.name = model, f"waiting_{name}"
        self.table = model._meta.db_table
        self.columns = [quoted(str(field.column)) for field in columns_of(model)]
        self.drop()
        columns = ", ".join(["CAST(0 AS bigint) AS n", "id", "id AS family", *self.columns])
        # `AS SELECT` gives the columns the types of the model's.
        run(
            f"CREATE TEMPORARY TABLE {self.name} AS SELECT {columns}"  # noqa: S608 - own names
            f" FROM {self.table} WHERE 1 = 0"
        )
        if connection.vendor == "postgresql":
            # A sequence gives its numbers before the lock; what is not saved leaves a gap.
            run(
                f"ALTER TABLE {self.name} ALTER id SET DEFAULT"
                f" nextval(pg_get_serial_sequence('{self.table}', 'id'))"
            )

    def drop(self) -> None:
        run(f"DROP TABLE IF EXISTS {self.name}")

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """Each row: n, family, and the columns in the model's order."""
        copy_rows(self.name, ["n", "family", *self.columns], rows)

    def index(self, column: str) -> None:
        run(f"CREATE INDEX {self.name}_{column} ON {self.name} ({column})")
        run(f"ANALYZE {self.name}")

    def give_ids(self) -> None:
        """Under the lock: SQLite has no sequence that could have given them before."""
        if connection.vendor == "sqlite":
            run(
                f"UPDATE {self.name} SET id = n + (SELECT max("  # noqa: S608 - own names
                " coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0),"
                f" coalesce((SELECT max(id) FROM {self.table}), 0)))",
                [self.table],
            )

    def ids(self) -> dict[int, int]:
        return dict(fetched(f"SELECT n, id FROM {self.name}"))  # noqa: S608 - own names


def insert_families(families: Waiting, *, user_pk: int) -> None:
    _insert(families, {}, "", user_pk=user_pk)


def insert_members(members: Waiting, families: Waiting, *, user_pk: int) -> None:
    """Those of waiting families learn the key that their family has been given."""
    _insert(
        members,
        {'"household_id"': "coalesce(w.household_id, f.id)"},
        f"LEFT JOIN {families.name} f ON f.n = w.family",
        user_pk=user_pk,
    )


def _insert(waiting: Waiting, instead: dict[str, str], join: str, *, user_pk: int) -> None:
    said = ", ".join(instead.get(column, f"w.{column}") for column in waiting.columns)
    names = ", ".join(waiting.columns)
    source = f"FROM {waiting.name} w {join}"
    run(f"INSERT INTO {waiting.table} (id, {names}) SELECT w.id, {said} {source}")
    _write_history(waiting.model, f"w.id, {said}", source, [], kind="+", user_pk=user_pk)


def write_history(model: type[models.Model], pks: Iterable[int], *, user_pk: int) -> None:
    """One record of each row as it stands now, changed by this user."""
    names = ", ".join(f"w.{quoted(str(field.column))}" for field in columns_of(model))
    for part in parts(pks):
        holes = ", ".join(["%s"] * len(part))
        source = f"FROM {model._meta.db_table} w WHERE w.id IN ({holes})"
        _write_history(model, f"w.id, {names}", source, part, kind="~", user_pk=user_pk)


def _write_history(
    model: type[models.Model],
    said: str,
    source: str,
    values: Sequence[Any],
    *,
    kind: str,
    user_pk: int,
) -> None:
    history = model.history.model  # type: ignore[attr-defined]  # every Tracked model has one
    names = ", ".join(quoted(str(field.column)) for field in columns_of(model))
    now = _prepared_now(history._meta.get_field("history_date"))
    run(
        f"INSERT INTO {history._meta.db_table} (id, {names}, history_date, history_type,"
        f" history_change_reason, history_user_id) SELECT {said}, %s, %s, NULL, %s {source}",
        [now, kind, user_pk, *values],
    )


def update_rows(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, user_pk: int
) -> None:
    """Set these columns (by attname) to new values, with author, moment and version.

    Each row: the key and its values, not prepared. The history is the caller's to write.
    """
    fields = [field for field in columns_of(model) if field.attname in set(names)]
    order = [names.index(field.attname) + 1 for field in fields]
    prepare = [preparer(field) for field in fields]
    ready = [
        [row[0], *(make(row[place]) for make, place in zip(prepare, order, strict=True))]
        for row in rows
    ]
    now = _prepared_now(model._meta.get_field("updated_at"))
    common = "updated_by_id = %s, updated_at = %s, version = t.version + 1"
    _update(model, fields, ready, common, [user_pk, now])


def update_by_columns(
    model: type[models.Model], rows: Iterable[tuple[int, dict[str, Any]]], *, user_pk: int
) -> None:
    """Key and new values of each row; rows with the same columns are written together."""
    groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for pk, values in rows:
        if values:
            groups[tuple(sorted(values))].append([pk, *(values[name] for name in sorted(values))])
    for names, group in groups.items():
        update_rows(model, names, group, user_pk=user_pk)
    write_history(model, (row[0] for group in groups.values() for row in group), user_pk=user_pk)


def _update(
    model: type[models.Model],
    fields: list[models.Field],
    rows: list[list[Any]],
    common: str,
    shared: list[Any],
) -> None:
    table, columns = model._meta.db_table, [quoted(str(field.column)) for field in fields]
    # The driver is called past Django's cursor: its errors become Django's here.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            head = cursor.mogrify(common, shared).decode()
            pairs = zip(columns, fields, strict=True)
            said = [f"{name} = v.{name}::{_cast(field)}" for name, field in pairs]
            said.append(head.replace("%", "%%"))
            statement = f"UPDATE {table} t SET {', '.join(said)}"  # noqa: S608 - own names
            source = f" FROM (VALUES %s) v ({', '.join(['id', *columns])}) WHERE t.id = v.id"
            execute_values(cursor.cursor, statement + source, rows, page_size=CHUNK)
        else:
            said = [f"{name} = %s" for name in columns]
            statement = f"UPDATE {table} AS t SET {', '.join([*said, common])} WHERE id = %s"  # noqa: S608 - own names
            cursor.executemany(statement, [[*row[1:], *shared, row[0]] for row in rows])


def _cast(field: models.Field) -> str:
    # A cast to varchar(n) would cut the text; as text, one that is too long is refused.
    kind = str(field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind


def _prepared_now(field: Any) -> Any:
    return field.get_db_prep_save(timezone.now(), connection)


@contextmanager
def gathered() -> Iterator[None]:
    """Fills of temporary tables in one transaction that locks nothing of the database."""
    alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    if not alone:
        yield
        return
    run("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        run("ROLLBACK")
        raise
    run("COMMIT")


def parts(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    source = iter(values)
    while part := list(islice(source, size)):
        yield part


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def run(statement: str, values: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def fetched(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
