"""The history of a family and its members: who changed which field, from what to what."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.dateparse import parse_datetime

from households.models import Household, Member
from households.sheet import label_of, shown
from tkpk.encryption import EncryptedTextField

PAGE_SIZE = 20
# Bookkeeping of the row itself, and shadows of fields that are shown.
_SILENT = {
    "id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "kk_index",
    "nik_index",
    "name_key",
    "source_value",
    "kelurahan",
}
_MODELS: list[Any] = [Household, Member]
# What is joined for the names of places, by model.
_PLACES: list[tuple[str, ...]] = [("territory__parent",), ()]
_MARK = re.compile(r"([0-9T:.+\-]{20,40})~([01])~([0-9]{1,12})")


@dataclass(frozen=True)
class FieldChange:
    """One field; a hidden one says only that it was changed."""

    label: str
    old: str
    new: str
    hidden: bool


@dataclass(frozen=True)
class Change:
    """One saving of one row."""

    at: datetime.datetime
    by: str
    subject: str
    created: bool
    fields: list[FieldChange]


def _history(number: int, household: Household) -> QuerySet[Any]:
    model = _MODELS[number]
    if model is Household:
        return model.history.filter(id=household.pk)
    return model.history.filter(id__in=Member.objects.filter(household=household).values("pk"))


def _older_than(mark: str, number: int) -> Q:
    """What comes after the mark `<moment>~<model>~<history id>` when read newest first."""
    match = _MARK.fullmatch(mark)
    at = parse_datetime(match[1]) if match else None
    if match is None or at is None:
        return Q()
    older = Q(history_date__lt=at)
    if number < int(match[2]):
        return older | Q(history_date=at)
    if number == int(match[2]):
        return older | Q(history_date=at, history_id__lt=int(match[3]))
    return older


def _with_previous(records: QuerySet[Any]) -> QuerySet[Any]:
    earlier = records.model.objects.filter(
        id=OuterRef("id"), history_id__lt=OuterRef("history_id")
    ).order_by("-history_id")
    return records.annotate(previous_id=Subquery(earlier.values("history_id")[:1]))


def changes_of(
    household: Household, *, before: str = "", limit: int = PAGE_SIZE
) -> tuple[list[Change], str]:
    """The changes, newest first, and the mark of the next page ("" at the end).

    A fixed number of queries, whatever the length of the history.
    """
    found: list[tuple[tuple[Any, int, int], Any]] = []
    for number in range(len(_MODELS)):
        rows = _with_previous(
            _history(number, household).filter(_older_than(before, number))
        ).select_related("history_user", *_PLACES[number])
        found += [
            ((row.history_date, number, row.history_id), row)
            for row in rows.order_by("-history_date", "-history_id")[: limit + 1]
        ]
    found.sort(key=lambda item: item[0], reverse=True)
    more, found = len(found) > limit, found[:limit]
    previous = _previous_records(found)
    places = _places([row for _key, row in found] + list(previous.values()))
    changes = [_change(key[1], row, previous, places) for key, row in found]
    if not more:
        return changes, ""
    at, number, key = found[-1][0]
    return changes, f"{at.isoformat()}~{number}~{key}"


def _previous_records(found: list[Any]) -> dict[tuple[int, int], Any]:
    kept: dict[tuple[int, int], Any] = {}
    for number, model in enumerate(_MODELS):
        wanted = [row.previous_id for key, row in found if key[1] == number and row.previous_id]
        for row in model.history.filter(history_id__in=wanted).select_related(*_PLACES[number]):
            kept[number, row.history_id] = row
    return kept


def _places(records: list[Any]) -> dict[int, str]:
    found = (row.territory for row in records if hasattr(row, "territory_id"))
    return {place.pk: place.full_name for place in found}


def _change(number: int, row: Any, previous: dict[Any, Any], places: dict[int, str]) -> Change:
    before = previous.get((number, row.previous_id))
    return Change(
        at=row.history_date,
        by=str(row.history_user or ""),
        subject=row.name if number else f"KLG-{row.id:06d}",
        created=before is None,
        fields=[] if before is None else _field_changes(_MODELS[number], before, row, places),
    )


def _field_changes(
    model: Any, before: Any, after: Any, places: dict[int, str]
) -> list[FieldChange]:
    changes = []
    for field in model._meta.concrete_fields:
        if field.name in _SILENT:
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new:
            continue
        label = label_of(model, field.name)
        if isinstance(field, EncryptedTextField):
            changes.append(FieldChange(label, "", "", hidden=True))
        elif field.name == "territory":
            changes.append(
                FieldChange(label, places.get(old, ""), places.get(new, ""), hidden=False)
            )
        elif field.name == "household":
            changes.append(FieldChange(label, f"KLG-{old:06d}", f"KLG-{new:06d}", hidden=False))
        else:
            old_text, new_text = shown(before, field.name), shown(after, field.name)
            changes.append(FieldChange(label, old_text, new_text, hidden=False))
    return changes
