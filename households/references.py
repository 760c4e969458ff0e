"""Which rows point to a person, whatever app they are of, and who moves them in a merge."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from households.models import Household, Member, MergeRecord
from tkpk.models import Tracked, User
from tkpk.registry import registry

# (label, pk) → column → value
Snapshot = dict[tuple[str, int], dict[str, Any]]


def relations_to_people() -> list[Any]:
    """Every foreign key to a person, hidden ones too, but for history and the merges themselves."""
    return [
        field
        for field in Member._meta.get_fields(include_hidden=True)
        if field.auto_created
        and field.is_relation
        and not field.concrete
        and not hasattr(field.related_model, "history_object")
        and field.related_model is not MergeRecord
    ]


def without_handler() -> list[str]:
    """Models that point to persons and have not said what a merge does with their rows."""
    labels = {relation.related_model._meta.label for relation in relations_to_people()}
    return sorted(labels - set(registry.merge_handlers))


def _columns(model: type[models.Model]) -> list[str]:
    """The columns of a model that say whose a row is: person and family."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.related_model in (Member, Household)
    ]


def pointing_at(member: Member) -> Snapshot:
    """All rows that point at this person, with whose they are."""
    found: Snapshot = {}
    for relation in relations_to_people():
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: member})
        for values in rows.values("pk", *_columns(model)):
            found[model._meta.label, values.pop("pk")] = values
    return found


@dataclass(frozen=True)
class Moved:
    """One row that a merge handed over: whose it was and whose it is."""

    label: str
    pk: int
    before: dict[str, Any]
    after: dict[str, Any]

    def row(self) -> Any:
        """The row as it stands now; None if it is gone."""
        model: Any = _model(self.label)
        return model._base_manager.select_for_update().filter(pk=self.pk).first()

    def is_as_left(self, row: Any) -> bool:
        return row is not None and all(getattr(row, k) == v for k, v in self.after.items())

    def take_back(self, row: Any, *, by: User) -> None:
        for name, value in self.before.items():
            setattr(row, name, value)
        if isinstance(row, Tracked):
            row.version += 1
            row.updated_by = by
        row.save()


def _model(label: str) -> Any:
    return next(
        relation.related_model
        for relation in relations_to_people()
        if relation.related_model._meta.label == label
    )


def hand_over(kept: Member, merged: Member) -> list[Moved]:
    """Let every app move its rows from the merged person to the kept one.

    Raises ImproperlyConfigured when an app points to persons and has not registered a handler:
    better no merge than one that leaves something behind unseen.
    """
    if missing := without_handler():
        raise ImproperlyConfigured(f"no merge handler for {', '.join(missing)}")
    before = pointing_at(merged)
    for label in sorted({label for label, _pk in before}):
        registry.merge_handlers[label](kept, merged)
    moved = []
    for (label, pk), values in sorted(before.items()):
        model: Any = _model(label)
        now = model._base_manager.filter(pk=pk).values(*values).first()
        if now is None:
            raise ImproperlyConfigured(f"the merge handler for {label} deletes rows")
        if now != values:
            moved.append(Moved(label, pk, values, now))
    return moved
