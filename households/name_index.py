"""The index of names: a search by a part of a name stays quick in a large registry.

PostgreSQL has a trigram index (pg_trgm) that its own LIKE uses; SQLite has a full-text table of
trigrams (FTS5) beside the table of persons, kept in step by triggers. Both hold what the column
`name_key` holds and nothing else. They are made after every migration, since a migration that
rebuilds a table in SQLite drops its triggers. Where a database can have neither, a search still
finds everybody, only more slowly.
"""

import logging
import sqlite3
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connections, models, router, transaction
from django.db.models.expressions import RawSQL

logger = logging.getLogger(__name__)

PEOPLE = "households_member"
# A trigram needs three letters: shorter words are compared without the index.
SHORTEST = 3
_TABLE = """
CREATE VIRTUAL TABLE IF NOT EXISTS households_member_names USING fts5(
    name_key, content='households_member', content_rowid='id', tokenize='trigram'
)
"""
_TRIGGERS = {
    "households_member_names_insert": """
        CREATE TRIGGER IF NOT EXISTS households_member_names_insert
        AFTER INSERT ON households_member BEGIN
            INSERT INTO households_member_names(rowid, name_key) VALUES (new.id, new.name_key);
        END
    """,
    "households_member_names_delete": """
        CREATE TRIGGER IF NOT EXISTS households_member_names_delete
        AFTER DELETE ON households_member BEGIN
            INSERT INTO households_member_names(households_member_names, rowid, name_key)
            VALUES ('delete', old.id, old.name_key);
        END
    """,
    "households_member_names_update": """
        CREATE TRIGGER IF NOT EXISTS households_member_names_update
        AFTER UPDATE OF name_key ON households_member
        WHEN old.name_key <> new.name_key BEGIN
            INSERT INTO households_member_names(households_member_names, rowid, name_key)
            VALUES ('delete', old.id, old.name_key);
            INSERT INTO households_member_names(rowid, name_key) VALUES (new.id, new.name_key);
        END
    """,
}
_REBUILD = "INSERT INTO households_member_names(households_member_names) VALUES ('rebuild')"
_FIND = "SELECT rowid FROM households_member_names WHERE households_member_names MATCH %s"
_POSTGRESQL = """
CREATE INDEX IF NOT EXISTS households_member_names
ON households_member USING gin (name_key gin_trgm_ops)
"""

Rows = TypeVar("Rows", bound=models.QuerySet[Any])


@cache
def sqlite_has_trigrams() -> bool:
    """Whether this Python's SQLite knows FTS5 with trigrams (3.34 and newer, where built in)."""
    with sqlite3.connect(":memory:") as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE probe USING fts5(x, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def restrict(rows: Rows, words: list[str]) -> Rows:
    """Those of `rows` that the index of names has under every long word. `words` are name keys.

    The caller compares the words too: the index only spares the reading of all persons.
    """
    long = [word for word in words if len(word) >= SHORTEST]
    vendor = connections[router.db_for_read(rows.model)].vendor
    if not long or vendor != "sqlite" or not sqlite_has_trigrams():
        return rows
    wanted = " ".join(f'"{word}"' for word in long)
    # The one SQL of ours that Django has no words for; the text goes in as a parameter.
    return rows.filter(pk__in=RawSQL(_FIND, [wanted]))  # noqa: S611


def ensure(using: str, **_signal: Any) -> None:
    """Make the index, and fill it, where it is missing. Called after every migration."""
    connection = connections[using]
    if PEOPLE not in connection.introspection.table_names():
        return
    if connection.vendor == "sqlite" and sqlite_has_trigrams():
        _ensure_sqlite(connection)
    elif connection.vendor == "postgresql":
        _ensure_postgresql(using)


def _ensure_sqlite(connection: Any) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE tbl_name = %s AND type = 'trigger'", [PEOPLE]
        )
        present = {name for (name,) in cursor.fetchall()}
        if present >= set(_TRIGGERS):
            return
        for statement in (_TABLE, *_TRIGGERS.values()):
            cursor.execute(statement)
        # Rows may have changed while there was no trigger.
        cursor.execute(_REBUILD)


def _ensure_postgresql(using: str) -> None:
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(_POSTGRESQL)
    except DatabaseError as error:
        # No right to make the extension: a search reads all names.
        logger.warning("name_index_missing error=%s", type(error).__name__)
