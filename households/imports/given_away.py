"""What an undo would need back and somebody else holds by now: a NIK, or the place of head."""

from typing import Any

from households.codes import Relation
from households.imports.known import chunks
from households.models import LIVING, ImportBatch, ImportChange, Member, MemberStatus


def holders_of(batch: ImportBatch, people: list[tuple[int, dict[str, Any]]]) -> list[str]:
    """Codes of the families that hold them. `people`: key and old values of changed persons."""
    own = {pk for pk, _old in people} | _created(batch)
    return sorted({*_with_nik(batch, people, own), *_with_head(people, own)})


def _created(batch: ImportBatch) -> set[int]:
    made = batch.changes.filter(label=Member._meta.label_lower, kind=ImportChange.Kind.CREATED)
    return set(made.values_list("object_pk", flat=True))


def _with_nik(
    batch: ImportBatch, people: list[tuple[int, dict[str, Any]]], own: set[int]
) -> set[str]:
    """A person who lives here again needs the NIK, too."""
    wanted = {old["nik_index"] for _pk, old in people if old.get("nik_index")}
    returning = [pk for pk, old in people if old.get("status") in LIVING]
    for part in chunks(sorted(returning)):
        wanted |= set(Member.objects.filter(pk__in=part).values_list("nik_index", flat=True))
    codes: set[str] = set()
    for part in chunks(sorted(wanted - {""})):
        rows = Member.objects.filter(
            kelurahan_id=batch.kelurahan_id, nik_index__in=part, status__in=sorted(LIVING)
        )
        codes |= {row.household.code for row in _others(rows, own)}
    return codes


def _with_head(people: list[tuple[int, dict[str, Any]]], own: set[int]) -> set[str]:
    rows: dict[int, Member] = {}
    for part in chunks(sorted(pk for pk, _old in people)):
        rows |= {row.pk: row for row in Member.objects.filter(pk__in=part)}
    homes = {
        old.get("household_id", rows[pk].household_id)
        for pk, old in people
        if old.get("relation", rows[pk].relation) == Relation.HEAD
        and old.get("status", rows[pk].status) == MemberStatus.ACTIVE
    }
    codes: set[str] = set()
    for part in chunks(sorted(homes)):
        heads = Member.objects.filter(
            household_id__in=part, relation=Relation.HEAD, status=MemberStatus.ACTIVE
        )
        codes |= {row.household.code for row in _others(heads, own)}
    return codes


def _others(rows: Any, own: set[int]) -> list[Member]:
    return [row for row in rows.select_related("household") if row.pk not in own]
