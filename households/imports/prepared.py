"""Values of a model's fields as the database is given them: looked up once a column, not a row."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, models
from django.utils import timezone

from tkpk.encryption import EncryptedTextField, seal_text

Prepare = Callable[[Any], Any]
Shadows = Mapping[str, tuple[str, Prepare]]


def columns_of(model: type[models.Model]) -> list[models.Field]:
    """The stored columns but for the key."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def preparer(field: models.Field) -> Prepare:
    """What turns a value of this field into what the database is given."""
    if isinstance(field, EncryptedTextField):
        context = field.context
        return lambda value: seal_text(value, context=context) if value else ""
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.DecimalField | models.DateTimeField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    return as_it_is


def as_it_is(value: Any) -> Any:
    return value


class RowMaker:
    """Makes prepared rows of a model from what differs from its defaults.

    `shadows`: column → the column that is computed from its value, and how.
    """

    def __init__(
        self, model: type[models.Model], shadows: Shadows | None = None, **constants: Any
    ) -> None:
        self.fields = columns_of(model)
        self._place = {field.attname: place for place, field in enumerate(self.fields)}
        self._prepare = [preparer(field) for field in self.fields]
        self._shadow = {
            name: (self._place[shadow], compute)
            for name, (shadow, compute) in (shadows or {}).items()
            if shadow in self._place
        }
        self._blank = [
            prepare(_default(field))
            for field, prepare in zip(self.fields, self._prepare)  # noqa: B905 - of one list
        ]
        for name, value in constants.items():
            self._blank[self._place[name]] = self._prepare[self._place[name]](value)

    def row(self, values: Iterable[tuple[str, Any]]) -> list[Any]:
        """Raises KeyError for a name that is no column."""
        made = self._blank.copy()
        for name, value in values:
            place = self._place[name]
            prepare = self._prepare[place]
            made[place] = value if prepare is as_it_is else prepare(value)
            if name in self._shadow:
                shadow, compute = self._shadow[name]
                made[shadow] = compute(value)
        return made


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()
