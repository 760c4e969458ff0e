"""What a batch changed, kept for its undo: which rows it made, and old values, sealed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from households.imports import bulk
from households.imports.copying import copy_rows
from households.imports.known import chunks
from households.imports.sealing import sealed_json
from households.models import ImportBatch, ImportChange

_COLUMNS = ("batch_id", "label", "object_pk", "kind", "version_after", "blob")


@dataclass(slots=True)
class Old:
    """A row's values before the batch, by column; its version too, to which an undo leads back."""

    model: Any
    pk: int
    values: dict[str, Any]


def old_values(model: Any, rows: Iterable[tuple[int, tuple[str, ...]]]) -> list[Old]:
    """Read what is about to be overwritten; rows with the same columns in one query."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for pk, names in rows:
        groups[tuple(sorted(names))].append(pk)
    found = []
    for names, pks in groups.items():
        for part in chunks(sorted(pks)):
            values = model._base_manager.filter(pk__in=part).values("pk", "version", *names)
            found += [Old(model, row.pop("pk"), row) for row in values]
    return found


def note_created(rows: bulk.Waiting, batch: ImportBatch) -> None:
    bulk.run(
        f"INSERT INTO {ImportChange._meta.db_table} ({', '.join(_COLUMNS)})"  # noqa: S608 - own names
        f" SELECT %s, %s, id, %s, version, %s FROM {rows.name}",
        [batch.pk, rows.model._meta.label_lower, ImportChange.Kind.CREATED.value, b""],
    )


def note_changed(old: list[Old], batch: ImportBatch) -> None:
    """After the writing: each row with the version that the batch left it in."""
    copy_rows(ImportChange._meta.db_table, _COLUMNS, _changed(old, batch))


def _changed(old: list[Old], batch: ImportBatch) -> Iterator[tuple[Any, ...]]:
    for part in bulk.parts(old):
        now = _versions(part)
        for row in part:
            change = ImportChange(batch=batch, label=row.model._meta.label_lower, object_pk=row.pk)
            yield (
                batch.pk,
                change.label,
                row.pk,
                ImportChange.Kind.CHANGED.value,
                now[row.model, row.pk],
                sealed_json(row.values, context=change.blob_context),
            )


def _versions(rows: list[Old]) -> dict[tuple[Any, int], int]:
    found = {}
    for model in {row.model for row in rows}:
        pks = [row.pk for row in rows if row.model is model]
        versions = model._base_manager.filter(pk__in=pks).values_list("pk", "version")
        found.update({(model, pk): version for pk, version in versions})
    return found
