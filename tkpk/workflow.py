"""The workflow table: the only writer of a status.

A process is declared once, as rows of a table. The row says from which statuses a move is open,
to which it leads, which roles may make it, and what must hold. Buttons and refusals both come from
it, so they cannot disagree.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tkpk import rights, trail
from tkpk.models import Mandate, Territory, User
from tkpk.models.territory import within
from tkpk.models.tracked import Row
from tkpk.roles import NEEDS_IDENTITY, NEEDS_ORGANISATION, Role

Text = str | Promise
Guard = Callable[[Any], None]
# Rows that one statement names: SQLite takes a thousand values at most.
CHUNK = 500


def _not_open(row: Any) -> ValidationError:
    return ValidationError(
        _("This step is not open any more: the status is now “%(status)s”."),
        code="not_open",
        params={"status": row.get_status_display()},
    )


@dataclass(frozen=True)
class Move:
    """One row of a table. A guard raises ValidationError with what is missing."""

    label: Text
    sources: AbstractSet[str]
    target: str
    roles: AbstractSet[Role]
    guard: Guard | None = None
    needs_reason: bool = False
    four_eyes: bool = False
    # Asked once, in words, before a move that cannot simply be taken back.
    warning: Text = ""


@dataclass(frozen=True)
class OpenMove:
    """A move that this person may make now; `blocked` says what its guard still misses."""

    name: str
    move: Move
    blocked: list[str]


@dataclass(frozen=True)
class Workflow(Generic[Row]):
    """The table of one process.

    `conflicts(row, user)` lists in words why this person must not act on this row (own family,
    own group, declared relation); a table without it does not load. `organisation` gives the id of
    the organisation whose mandate is needed, where a row has one. `makers` gives the ids of those
    who made the row, whom a four-eyes move refuses.
    """

    process: str
    title: Text
    model: type[Row]
    moves: Mapping[str, Move]
    conflicts: Callable[[Row, User], list[str]]
    sealed_fields: tuple[str, ...]
    schema: int = 1
    status_field: str = field(default="status", init=False)
    territory_path: str = "kelurahan"
    # The field that names the kelurahan in whose chain its moves are written.
    chain: str = "kelurahan"
    organisation: Callable[[Row], int | None] = lambda row: None
    makers: Callable[[Row], set[int]] = lambda row: {row.created_by_id}
    # The moves that wait for somebody, and so stand in the inbox; None for all of them. A register
    # has none: that a person may be recorded as moved is nobody's work to do.
    duties: frozenset[str] | None = None

    def __post_init__(self) -> None:
        status: Any = self.model._meta.get_field("status")
        known = {value for value, _label in status.choices}
        for name, move in self.moves.items():
            unknown = ({move.target} | set(move.sources)) - known
            if unknown or not move.roles:
                raise ValueError(f"{self.process}.{name}: unknown status {unknown} or no role")

    def digest(self, row: Row) -> str:
        """The seal of a row as it stands."""
        return trail.seal_row(row, self.sealed_fields, schema=self.schema)

    def note(  # noqa: PLR0913 - one entry has that many facts
        self,
        row: Row,
        act: str,
        *,
        by: User,
        mandate: Mandate | None = None,
        from_status: str = "",
        reason: str = "",
        at: datetime.datetime | None = None,
    ) -> None:
        """Write a move, or an act that is none, into the chain of its row, with the row's seal."""
        noted: Any = row
        trail.record(
            chain=getattr(row, self.chain),
            by=by,
            mandate=mandate,
            process=self.process,
            move=act,
            row=row,
            from_status=from_status,
            to_status=noted.status,
            reason=reason,
            digest=self.digest(row),
            schema=self.schema,
            at=at,
        )

    def place(self, row: Row) -> Territory:
        """The territory at which a role must be held."""
        found: Any = row
        for part in self.territory_path.split("__"):
            found = getattr(found, part)
        return found

    # --- asking -------------------------------------------------------------------------------
    def open_to(self, user: User, row: Row) -> list[OpenMove]:
        """The moves that this person may make on this row now, in the order of the table."""
        return [
            OpenMove(name, move, self._missing(move, row)) for name, move in self._open(user, row)
        ]

    def _open(self, user: User, row: Row) -> Iterator[tuple[str, Move]]:
        status = getattr(row, self.status_field)
        for name, move in self.moves.items():
            if status in move.sources and not self._refusal(move, row, user):
                yield name, move

    def left_to_a_second(self, user: User, row: Row) -> list[OpenMove]:
        """The moves that this person may not make only because they made the row themselves."""
        if user.pk not in self.makers(row) or self.conflicts(row, user):
            return []
        status = getattr(row, self.status_field)
        return [
            OpenMove(name, move, self._missing(move, row))
            for name, move in self.moves.items()
            if move.four_eyes and status in move.sources and self._mandate(move, row, user)
        ]

    def waiting_for(self, user: User, row: Row) -> list[OpenMove]:
        """The open moves that are this person's work to do.

        Their guards are not asked, which cost queries: this is for lists of many rows.
        """
        found = self._open(user, row)
        return [OpenMove(name, move, []) for name, move in found if self._is_duty(name)]

    def _is_duty(self, name: str) -> bool:
        return self.duties is None or name in self.duties

    def rows_open_to(self, user: User) -> models.QuerySet[Row]:
        """Rows that may wait for this person; `waiting_for` has the last word on each."""
        condition = models.Q(pk__in=[])
        for name, move in self.moves.items():
            if not self._is_duty(name):
                continue
            codes = rights.scopes(user, move.roles)
            if codes:
                condition |= models.Q(status__in=list(move.sources)) & within(
                    f"{self.territory_path}__code", *codes
                )
        rows = self.model._default_manager.filter(condition)
        return rows.select_related(self.territory_path)

    def missing(self, name: str, row: Row) -> list[str]:
        """What a move still lacks on this row, in words; whoever asks."""
        return self._missing(self.moves[name], row)

    def _missing(self, move: Move, row: Row) -> list[str]:
        if move.guard is None:
            return []
        try:
            move.guard(row)
        except ValidationError as error:
            return error.messages
        return []

    def _mandate(self, move: Move, row: Row, user: User) -> Mandate | None:
        code, organisation = self.place(row).code, self.organisation(row)
        for mandate in rights.mandates(user):
            if mandate.role not in move.roles or not mandate.territory.covers(code):
                continue
            bound = mandate.role in NEEDS_ORGANISATION and organisation is not None
            if bound and mandate.organisation_id != organisation:
                continue
            return mandate
        return None

    def _refusal(self, move: Move, row: Row, user: User) -> Text | None:
        """Why this person may not make this move on this row; None if they may."""
        mandate = self._mandate(move, row, user)
        if mandate is None:
            return _("No mandate of yours that is valid today allows this step here.")
        if mandate.role in NEEDS_IDENTITY and not user.nik_index:
            return _(
                "Your NIK is not recorded, so the portal cannot tell whether this concerns your "
                "own family. Ask the administrator to record it."
            )
        if move.four_eyes and user.pk in self.makers(row):
            return _("You made this yourself: a second person has to take this step.")
        reasons = self.conflicts(row, user)
        return "; ".join(reasons) if reasons else None

    # --- acting -------------------------------------------------------------------------------
    def apply(
        self,
        name: str,
        row: Row,
        *,
        by: User,
        reason: str = "",
        at: datetime.datetime | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Row:
        """Make a move: lock, check, save and record, all in one transaction. Returns the row.

        `changes` are fields that the same act sets; they are saved with the status and sealed.
        `at` is the moment of an act that is recorded later (riwayat, from paper, demo).
        Raises PermissionDenied (not this person) or ValidationError (not now, not so).
        """
        move = self.moves[name]
        with transaction.atomic():
            rows = self.model._default_manager.select_for_update(of=("self",))
            locked: Any = rows.get(pk=row.pk)
            rights.fresh_mandates(by)
            self._check(move, locked, by=by, reason=reason)
            before = locked.status
            for field_name, value in (changes or {}).items():
                setattr(locked, field_name, value)
            locked.status = move.target
            locked.updated_by = by
            locked.version += 1
            locked.save()
            mandate = self._mandate(move, locked, by)
            self.note(
                locked, name, by=by, mandate=mandate, from_status=before, reason=reason, at=at
            )
        return locked

    def apply_to_all(
        self,
        name: str,
        rows: models.QuerySet[Row],
        *,
        by: User,
        reason: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> int:
        """Make a move on many rows of one place that follow a decision on the whole of them.

        Status and mandate are asked of each; guard, four eyes and conflicts were asked of what
        decides on the whole, and are not asked again. Each row gets its own entry in the trail.
        Raises as `apply` does; nothing is written then. Returns how many rows were moved.
        """
        move = self.moves[name]
        with transaction.atomic():
            found: list[Any] = list(rows.select_for_update(of=("self",)).order_by("pk"))
            rights.fresh_mandates(by)
            places = {getattr(row, f"{self.chain}_id"): row for row in found}
            mandates = {pk: self._mandate(move, row, by) for pk, row in places.items()}
            if len(places) > 1 or None in mandates.values():
                raise PermissionDenied(
                    str(_("No mandate of yours that is valid today allows this step here."))
                )
            before = [row.status for row in found]
            self._move_all(move, found, by=by, changes=changes or {})
            for chain_id, mandate in mandates.items():
                trail.record_all(
                    [
                        trail.Subject(row, old, row.status, self.digest(row))
                        for row, old in zip(found, before, strict=True)
                    ],
                    chain=getattr(places[chain_id], self.chain),
                    by=by,
                    mandate=mandate,
                    process=self.process,
                    move=name,
                    reason=reason,
                    schema=self.schema,
                )
        return len(found)

    def _move_all(
        self, move: Move, rows: list[Any], *, by: User, changes: Mapping[str, Any]
    ) -> None:
        """Write status and changes of all rows, and what they look like now into the history."""
        now = timezone.now()
        values = {**changes, "status": move.target, "updated_by": by, "updated_at": now}
        for row in rows:
            if row.status not in move.sources:
                raise _not_open(row)
            for field_name, value in values.items():
                setattr(row, field_name, value)
            row.version += 1
        keys = [row.pk for row in rows]
        for start in range(0, len(keys), CHUNK):
            some = self.model._default_manager.filter(pk__in=keys[start : start + CHUNK])
            some.update(**values, version=models.F("version") + 1)
        history = getattr(self.model, "history", None)
        if history is not None:
            history.bulk_history_create(rows, batch_size=CHUNK, update=True, default_user=by)

    def _check(self, move: Move, row: Any, *, by: User, reason: str) -> None:
        if row.status not in move.sources:
            raise _not_open(row)
        refusal = self._refusal(move, row, by)
        if refusal:
            raise PermissionDenied(str(refusal))
        if move.needs_reason and not reason.strip():
            raise ValidationError(
                {"reason": _("Write the reason in one sentence.")}, code="reason_missing"
            )
        trail.refuse_identifiers(reason)
        if move.guard:
            move.guard(row)
