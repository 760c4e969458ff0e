"""Rows that say whose they are, who wrote them and how often they were changed."""

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tkpk.models.territory import Territory
from tkpk.models.user import User


class StaleRow(Exception):
    """Somebody else saved the row first. `current` is the row as it stands now."""

    def __init__(self, current: "Tracked") -> None:
        super().__init__("changed by somebody else")
        self.current = current


class Tracked(models.Model):
    """Base of every top-level row."""

    kelurahan = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", editable=False, verbose_name=_("kelurahan")
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    updated_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("changed by")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def tracked_history(**options: Any) -> HistoricalRecords:
    """History whose author is the row's own `updated_by`, never a thread-local."""
    return HistoricalRecords(get_user=lambda instance, **_kwargs: instance.updated_by, **options)


Row = TypeVar("Row", bound=Tracked)


def save_edit(row: Row, *, by: User, expected_version: int) -> Row:
    """Save an edit if nobody saved the row since `expected_version` was read.

    Raises StaleRow with the row as it stands now; nothing is written then.
    """
    with transaction.atomic():
        current = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if current.version != expected_version:
            raise StaleRow(current)
        row.version = expected_version + 1
        row.updated_by = by
        row.save()
    return row
