"""Undo of an import: what it created goes, what it changed gets its old values back."""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from households.codes import Relation
from households.imports.checking import close_batch
from households.imports.known import chunks
from households.imports.sealing import unsealed_json
from households.imports.staging import CHUNK
from households.models import (
    BatchStatus,
    Household,
    HouseholdStatus,
    ImportBatch,
    ImportChange,
    Member,
)
from households.workflows.registering import MEMBER_FLOW, MOVE_TO
from tkpk.models import KelurahanOffice, User

NAMED = 10
LABELS = {model._meta.label_lower: model for model in (Member, Household)}


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
    with transaction.atomic():
        KelurahanOffice.objects.select_for_update().get(territory=batch.kelurahan_id)
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status == BatchStatus.APPLIED:
            changes = _loaded(locked)
            in_the_way = [change.row.code for change in changes if change.is_built_upon]
            in_the_way += _foreign_uses(changes)
            in_the_way += _closed_since(changes)
            if in_the_way:
                raise BuiltUpon(sorted(set(in_the_way)))
            why = _("Import %(code)s undone") % {"code": batch.code}
            try:
                with transaction.atomic():
                    _take_back(changes, by=by, reason=why)
            except IntegrityError as error:  # a NIK or the place of head was given away meanwhile
                raise BuiltUpon([batch.code]) from error
            locked.changes.all().delete()
            _reopen_earlier(changes)
        return close_batch("undo", locked, by=by, reason=reason)


class _Loaded:
    """A change with the row as it stands now."""

    def __init__(self, change: ImportChange, row: Any) -> None:
        self.change, self.row = change, row
        self.created = change.kind == ImportChange.Kind.CREATED

    @property
    def is_built_upon(self) -> bool:
        return self.row.version != self.change.version_after

    def old_values(self) -> dict[str, Any]:
        return unsealed_json(self.change.blob, context=self.change.blob_context)


def _loaded(batch: ImportBatch) -> list[_Loaded]:
    by_label: dict[str, dict[int, ImportChange]] = defaultdict(dict)
    for change in batch.changes.all():
        by_label[change.label][change.object_pk] = change
    loaded = []
    for label, changes in by_label.items():
        rows = LABELS[label]._default_manager.filter(kelurahan=batch.kelurahan)
        for part in chunks(sorted(changes)):
            found = rows.filter(pk__in=part).select_for_update(of=("self",))
            loaded += [_Loaded(changes[row.pk], row) for row in found]
    return loaded


def _closed_since(changes: list[_Loaded]) -> list[str]:
    """Codes of families that persons would return to and that were closed meanwhile."""
    old = [c.old_values() for c in changes if not c.created and isinstance(c.row, Member)]
    homes = {values["household_id"] for values in old if values.get("household_id")}
    closed = Household.objects.filter(pk__in=homes).exclude(status=HouseholdStatus.ACTIVE)
    return [household.code for household in closed]


def _foreign_uses(changes: list[_Loaded]) -> list[str]:
    """Codes of created rows that rows from elsewhere point to, whatever app they are of."""
    created: dict[Any, set[int]] = defaultdict(set)
    for change in changes:
        if change.created:
            created[type(change.row)].add(change.row.pk)
    codes = []
    for model, pks in created.items():
        for relation in _relations_to(model):
            rows = relation.related_model._base_manager.all()
            own = created.get(relation.related_model, set())
            for part in chunks(sorted(pks)):
                uses = rows.filter(**{f"{relation.field.name}__in": part})
                for used, user in uses.values_list(relation.field.attname, "pk"):
                    if user not in own and not _comes_back(relation, user, changes):
                        codes.append(model(pk=used).code)
    return codes


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


def _comes_back(relation: Any, user: int, changes: list[_Loaded]) -> bool:
    """A person who moved into a created family by this batch moves out again with its undo."""
    return relation.related_model is Member and any(
        isinstance(change.row, Member) and change.row.pk == user for change in changes
    )


def _take_back(changes: list[_Loaded], *, by: User, reason: str) -> None:
    """Created rows go first, so that NIK and head are free for the old values."""
    _delete([c.row for c in changes if c.created and isinstance(c.row, Member)], Member)
    restored = [change for change in changes if not change.created]
    people = [change for change in restored if isinstance(change.row, Member)]
    leaving = [c for c in people if c.old_values().get("status") not in (None, "ACTIVE")]
    _restore_states(leaving, by=by, reason=reason)
    was_head = [c for c in people if c.old_values().get("relation") == Relation.HEAD]
    _restore_values([c for c in people if c not in was_head], Member, by=by)
    _restore_values(was_head, Member, by=by)
    _restore_values([c for c in restored if c not in people], Household, by=by)
    _restore_states(
        [c for c in people if c.old_values().get("status") == "ACTIVE"], by=by, reason=reason
    )
    _delete([c.row for c in changes if c.created and isinstance(c.row, Household)], Household)


def _reopen_earlier(changes: list[_Loaded]) -> None:
    """The import before this one finds its rows as it left them, so it can be undone next.

    Not where a state was changed: the trail has sealed those rows, so they must stay.
    """
    now: dict[tuple[str, int, int], int] = {}
    for change in changes:
        old = {} if change.created else change.old_values()
        if "version" in old and "status" not in old:
            place = (change.change.label, change.row.pk, old["version"])
            now[place] = change.row.version
    for part in chunks(sorted({pk for _label, pk, _version in now})):
        found = ImportChange.objects.filter(object_pk__in=part)
        stale = [c for c in found if (c.label, c.object_pk, c.version_after) in now]
        for earlier in stale:
            earlier.version_after = now[earlier.label, earlier.object_pk, earlier.version_after]
        ImportChange.objects.bulk_update(stale, ["version_after"], batch_size=CHUNK)


def _restore_states(changes: list[_Loaded], *, by: User, reason: str) -> None:
    for change in changes:
        old = change.old_values()
        fresh = MEMBER_FLOW.apply(
            MOVE_TO[old["status"]],
            change.row,
            by=by,
            reason=reason,
            changes={"status_on": old["status_on"]},
        )
        change.row = fresh


def _restore_values(changes: list[_Loaded], model: type[Any], *, by: User) -> None:
    names: set[str] = set()
    now, rows = timezone.now(), []
    for change in changes:
        values = {
            name: value
            for name, value in change.old_values().items()
            if name not in {"status", "status_on", "version"}
        }
        for name, value in values.items():
            setattr(change.row, name, value)
        if values:
            change.row.updated_by, change.row.updated_at = by, now
            change.row.version += 1
            rows.append(change.row)
            names |= set(values)
    if rows:
        fields = [*sorted(names), "updated_by", "updated_at", "version"]
        bulk_update_with_history(rows, model, fields, batch_size=CHUNK, default_user=by)


def _delete(rows: list[Any], model: type[Any]) -> None:
    """Rows and their history. The trail keeps how many, and that they are gone."""
    history = apps.get_model(f"{model._meta.app_label}.Historical{model.__name__}")
    for part in chunks(sorted(row.pk for row in rows)):
        history._default_manager.filter(id__in=part).delete()
        model._base_manager.filter(pk__in=part)._raw_delete(using="default")
