"""The family of the officer who saves an import, who may be another than who had it checked."""

from django.db import connection

from households.imports.plan import Plan
from households.models import Member
from tkpk.models import User


class OwnFamily(Exception):
    """The import would change the family of the officer who saves it."""


def refuse_own_family(plan: Plan, *, kelurahan_pk: int, by: User) -> None:
    """Raise OwnFamily where a row that would be written is of the officer's own family."""
    if not by.nik_index:
        return
    known = Member.objects.filter(kelurahan_id=kelurahan_pk)
    homes = set(known.filter(nik_index=by.nik_index).values_list("household_id", flat=True))
    relatives = set(known.filter(household_id__in=homes).values_list("pk", flat=True))
    if (
        any(family.pk in homes for family in plan.families)
        or any(member.pk in relatives for member in plan.members)
        or _is_new(plan, by)
    ):
        raise OwnFamily


def _is_new(plan: Plan, by: User) -> bool:
    with connection.cursor() as cursor:
        table = plan.new_members.name
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE nik_index = %s LIMIT 1",  # noqa: S608 - own name
            [by.nik_index],
        )
        return cursor.fetchone() is not None
