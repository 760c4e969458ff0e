"""The named act that publishes figures: count, withhold the small ones, store, show."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from households.models import StatisticsSnapshot
from households.statistics.counting import count
from households.statistics.reading import PublishedStatistics, readable
from households.suppression import suppress, withhold
from tkpk import rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.public_pages import published
from tkpk.roles import Role

PUBLISHERS = frozenset({Role.STAFF, Role.LURAH})


def draft(kelurahan: Territory) -> PublishedStatistics:
    """What `publish` would publish now. Raises ValidationError as it does."""
    return readable(timezone.localdate(), suppressed(kelurahan))


def may_publish(user: User, kelurahan: Territory) -> bool:
    return _right(rights.mandates(user), kelurahan) is not None


def publish(kelurahan: Territory, *, by: User) -> StatisticsSnapshot:
    """Count, withhold, store and show the figures of today.

    Raises PermissionDenied unless `by` is an officer or the lurah here, and ValidationError when
    there are so few families that even their number must not be published.
    """
    with transaction.atomic():
        mandate = _right(rights.fresh_mandates(by), kelurahan)
        if mandate is None:
            raise PermissionDenied(_("Only an officer or the lurah publishes figures."))
        snapshot = StatisticsSnapshot.objects.create(
            kelurahan=kelurahan,
            as_of=timezone.localdate(),
            tables=suppressed(kelurahan),
            created_by=by,
            updated_by=by,
        )
        published()
        trail.record(
            chain=kelurahan,
            by=by,
            mandate=mandate,
            process="statistics",
            move="publish",
            row=snapshot,
            digest=trail.seal_row(snapshot, ("kelurahan_id", "as_of", "tables"), schema=1),
        )
    return snapshot


def _right(mandates: Iterable[Mandate], kelurahan: Territory) -> Mandate | None:
    for mandate in mandates:
        if mandate.role in PUBLISHERS and mandate.territory.covers(kelurahan.code):
            return mandate
    return None


def suppressed(kelurahan: Territory) -> dict[str, Any]:
    """The tables as they are stored. Raises ValidationError if there are fewer than 5 families."""
    counts = count(kelurahan)
    stored: dict[str, Any] = {}
    for key, line in counts.lines.items():
        try:
            shown = withhold([[number for _key, number in line]])
        except ValueError:
            continue  # its total is 1–4: the whole table stays unpublished
        cells = [[name, number] for (name, _raw), number in zip(line, shown.rows[0], strict=True)]
        stored[key] = {"total": shown.total, "cells": cells, **counts.about.get(key, {})}
    if "rw" not in stored:
        raise ValidationError(
            _("There are fewer than 5 families: their number cannot be published."),
            code="too_few",
        )
    for key, (rows, columns, table) in counts.crosses.items():
        shown_rows = _cross(table, _shown(stored["rw"]), _shown(stored[key.removeprefix("rw_")]))
        if shown_rows is not None:
            stored[key] = {"rows": rows, "columns": columns, "cells": shown_rows}
    return stored


def _shown(line: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(number for _name, number in line["cells"])


def _cross(
    table: list[list[int]], row_totals: tuple[int | None, ...], totals: tuple[int | None, ...]
) -> list[list[int | None]] | None:
    """The rows beside the totals that the two lines publish; None where they cannot be kept secret.

    The lines withhold small totals as `withhold` does. Where it would withhold more of them than
    the lines did, the cross is left out: what the lines say would give its cells away.
    """
    if None not in row_totals + totals:
        return suppress(table)
    shown = withhold(table)
    if (shown.row_totals, shown.column_totals) != (row_totals, totals):
        return None
    return [list(row) for row in shown.rows]
