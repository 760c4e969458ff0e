"""Undo of an import: what it created goes, what it changed gets its old values back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from households.codes import Relation
from households.imports import bulk
from households.imports.checking import close_batch
from households.imports.given_away import holders_of
from households.imports.heads import set_aside
from households.imports.known import chunks
from households.imports.sealing import unsealed_json
from households.models import (
    AidReceipt,
    BatchStatus,
    Household,
    HouseholdStatus,
    ImportBatch,
    ImportChange,
    Member,
)
from households.workflows.registering import MEMBER_FLOW, moves_between
from tkpk.keyring import keyring, using
from tkpk.models import KelurahanOffice, User

NAMED = 10
# What an import writes; a later one may point to an earlier one.
LABELS = {model._meta.label_lower: model for model in (Household, Member, AidReceipt)}
# Columns that are not given back as they are: a state has its workflow.
_NOT_WRITTEN = {"status", "status_on", "version"}


class BuiltUpon(Exception):
    """Later work stands on rows of the batch; `codes` names the rows."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(f"{len(codes)} rows")
        self.codes = codes

    @property
    def message(self) -> str:
        shown = ", ".join(self.codes[:NAMED])
        more = len(self.codes) - NAMED
        if more > 0:
            shown = _("%(codes)s and %(n)d more") % {"codes": shown, "n": more}
        return _("This import cannot be undone: later work stands on %(codes)s.") % {"codes": shown}


def undo_batch(batch: ImportBatch, *, by: User, reason: str) -> ImportBatch:
    """APPLIED → UNDONE. Raises BuiltUpon and changes nothing when later work touched its rows.

    Also PermissionDenied and ValidationError as `Workflow.apply` does.
    """
    with transaction.atomic(), using(keyring()):
        KelurahanOffice.objects.select_for_update().get(territory=batch.kelurahan_id)
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status == BatchStatus.APPLIED:
            _refuse_built_upon(locked)
            changed = _changed(locked)
            why = _("Import %(code)s undone") % {"code": batch.code}
            try:
                with transaction.atomic():
                    _take_back(locked, changed, by=by, reason=why)
            except (IntegrityError, ValidationError) as error:
                # A NIK or the place of head was given away meanwhile.
                people = [(c.pk, c.old) for c in changed if c.model is Member]
                holders = holders_of(locked, people)
                if isinstance(error, ValidationError) and not holders:
                    raise
                raise BuiltUpon(holders or [batch.code]) from error
            locked.changes.all().delete()
            _reopen_earlier(changed)
        return close_batch("undo", locked, by=by, reason=reason)


# --- what stands in the way ---------------------------------------------------------------------


def _refuse_built_upon(batch: ImportBatch) -> None:
    codes: set[str] = set()
    for label, model in LABELS.items():
        codes |= {model(pk=pk).code for pk in _changed_since(batch, label, model)}
        codes |= {model(pk=pk).code for pk in _used_elsewhere(batch, label, model)}
    codes |= {household.code for household in _closed_since(batch)}
    if codes:
        raise BuiltUpon(sorted(codes))


def _changed_since(batch: ImportBatch, label: str, model: Any) -> list[int]:
    """Rows whose version is not the one that the batch left; all of them stay locked."""
    after = batch.changes.filter(label=label, object_pk=models.OuterRef("pk"))
    rows = model._base_manager.filter(
        kelurahan_id=batch.kelurahan_id, pk__in=_pks(batch, label)
    ).annotate(version_after=models.Subquery(after.values("version_after")[:1]))
    locked = rows.select_for_update(of=("self",)).values_list("pk", "version", "version_after")
    return [pk for pk, version, expected in locked.iterator(bulk.CHUNK) if version != expected]


def _used_elsewhere(batch: ImportBatch, label: str, model: Any) -> set[int]:
    """Created rows that rows from elsewhere point to, whatever app they are of."""
    used: set[int] = set()
    for relation in _relations_to(model):
        related = relation.related_model
        created = _pks(batch, label, kind=ImportChange.Kind.CREATED)
        rows = related._base_manager.filter(**{f"{relation.field.name}__in": created})
        own = related._meta.label_lower
        if related is Member:
            # A person who moved into a created family by this batch moves out again with its undo.
            rows = rows.exclude(pk__in=_pks(batch, own))
        elif own in LABELS:
            rows = rows.exclude(pk__in=_pks(batch, own, kind=ImportChange.Kind.CREATED))
        used |= set(rows.order_by().values_list(relation.field.attname, flat=True).distinct())
    return used


def _pks(batch: ImportBatch, label: str, **kind: str) -> Any:
    return ImportChange.objects.filter(batch=batch, label=label, **kind).values("object_pk")


def _relations_to(model: type[Any]) -> list[Any]:
    """Hidden ones too: a foreign key may have no name for its way back."""
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created
        and field.is_relation
        and not field.concrete
        and not hasattr(field.related_model, "history_object")
    ]


def _closed_since(batch: ImportBatch) -> Iterable[Household]:
    """Families that persons would return to and that were closed meanwhile."""
    old = [change.old for change in _changed(batch) if change.model is Member]
    homes = {values["household_id"] for values in old if values.get("household_id")}
    return [
        household
        for part in chunks(sorted(homes))
        for household in Household.objects.filter(pk__in=part).exclude(
            status=HouseholdStatus.ACTIVE
        )
    ]


# --- taking back --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Changed:
    """A row that the batch changed, and its values before."""

    model: Any
    pk: int
    old: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        return {name: old for name, old in self.old.items() if name not in _NOT_WRITTEN}


def _changed(batch: ImportBatch) -> list[_Changed]:
    return [
        _Changed(
            LABELS[change.label],
            change.object_pk,
            unsealed_json(change.blob, context=change.blob_context),
        )
        for change in batch.changes.filter(kind=ImportChange.Kind.CHANGED).iterator(bulk.CHUNK)
    ]


def _take_back(batch: ImportBatch, changed: list[_Changed], *, by: User, reason: str) -> None:
    """Created rows go first, so that NIK and head are free for the old values."""
    _delete(batch, AidReceipt)
    _delete(batch, Member)
    people = [change for change in changed if change.model is Member]
    leaving = [c for c in people if c.old.get("status") not in (None, "ACTIVE")]
    _restore_states(leaving, by=by, reason=reason)
    was_head = [c for c in people if c.old.get("relation") == Relation.HEAD]
    heads = {change.pk for change in was_head}
    aside = set_aside(c.pk for c in people if "household_id" in c.old and "relation" not in c.old)
    for group in ([c for c in people if c.pk not in heads], was_head):
        rows = [(c.pk, {**c.values, **aside.get(c.pk, {})}) for c in group]
        bulk.update_by_columns(Member, rows, user_pk=by.pk)
    for model in (Household, AidReceipt):
        rows = [(c.pk, c.values) for c in changed if c.model is model]
        bulk.update_by_columns(model, rows, user_pk=by.pk)
    returning = [c for c in people if c.old.get("status") == "ACTIVE"]
    _restore_states(returning, by=by, reason=reason)
    _delete(batch, Household)


def _restore_states(changes: list[_Changed], *, by: User, reason: str) -> None:
    for change in changes:
        row = Member.objects.get(pk=change.pk)
        for move in moves_between(row.status, change.old["status"]):
            row = MEMBER_FLOW.apply(
                move, row, by=by, reason=reason, changes={"status_on": change.old["status_on"]}
            )


def _delete(batch: ImportBatch, model: Any) -> None:
    """Created rows and their history. The trail keeps how many, and that they are gone."""
    created = _pks(batch, model._meta.label_lower, kind=ImportChange.Kind.CREATED)
    history = model.history.model._base_manager.filter(id__in=created)
    history._raw_delete(using="default")
    model._base_manager.filter(pk__in=created)._raw_delete(using="default")


def _reopen_earlier(changed: list[_Changed]) -> None:
    """The import before this one finds its rows as it left them, so it can be undone next.

    Not where a state was changed: the trail has sealed those rows, so they must stay.
    """
    before: dict[tuple[str, int, int], int] = {}
    by_model: dict[Any, dict[int, int]] = defaultdict(dict)
    for change in changed:
        if "version" in change.old and "status" not in change.old:
            by_model[change.model][change.pk] = change.old["version"]
    for model, versions in by_model.items():
        for part in chunks(sorted(versions)):
            now = model._base_manager.filter(pk__in=part).values_list("pk", "version")
            label = model._meta.label_lower
            before.update({(label, pk, versions[pk]): version for pk, version in now})
    for part in chunks(sorted({pk for _label, pk, _version in before})):
        found = ImportChange.objects.filter(object_pk__in=part)
        stale = [c for c in found if (c.label, c.object_pk, c.version_after) in before]
        for earlier in stale:
            earlier.version_after = before[earlier.label, earlier.object_pk, earlier.version_after]
        ImportChange.objects.bulk_update(stale, ["version_after"], batch_size=bulk.CHUNK)
