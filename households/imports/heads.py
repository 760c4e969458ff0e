"""Heads of families who change places: the place is free for a moment, then taken again."""

from collections.abc import Iterable

from households.codes import Relation
from households.imports.known import chunks
from households.models import Member, MemberStatus


def set_aside(pks: Iterable[int]) -> dict[int, dict[str, int]]:
    """Take the place of head from those who hold it; returns what gives it back, by person.

    Two heads who swap homes would each find the other one there, whoever moves first. In the
    caller's transaction, which writes the returned columns together with the new home.
    """
    aside: dict[int, dict[str, int]] = {}
    for part in chunks(sorted(set(pks))):
        heads = Member.objects.filter(
            pk__in=part, relation=Relation.HEAD, status=MemberStatus.ACTIVE
        )
        pks_of_heads = list(heads.values_list("pk", flat=True))
        aside |= {pk: {"relation": Relation.HEAD.value} for pk in pks_of_heads}
        # No version and no history: nobody ever sees the state between.
        heads.update(relation=Relation.OTHER)
    return aside
