"""A person entered twice, for tests of the review."""

import datetime

from households.codes import Relation
from households.duplicates.search import search
from households.models import DuplicatePair
from tests.factories import make_family, make_member

TWICE = "Wiryo Kartosuwignyo"
AGAIN = "Wirjo Kartosuwignjo"
BORN = datetime.date(1956, 4, 9)


def entered_twice(rt, by, other_rt=None, *, others=1):
    """Two heads who are one man: the second row has no NIK and an old spelling."""
    rows = []
    for place, name in ((rt, TWICE), (other_rt or rt, AGAIN)):
        household = make_family(place, by=by, head=name, others=0)
        head = household.members.get(relation=Relation.HEAD)
        head.birth_date = BORN
        if rows:
            head.set_nik("")
            head.birth_place = "Bantul"
        head.save()
        rows.append(head)
    if others:
        make_member(
            rows[1].household, "Sulastri Handayani", by=by, relation=Relation.WIFE, sex=2,
            birth_date=datetime.date(1960, 7, 21),
        )  # fmt: skip
    return rows


def pair_of(rt, by, other_rt=None, **options):
    """The pair that the search finds of them."""
    low, _high = entered_twice(rt, by, other_rt, **options)
    search(low.kelurahan, by=by)
    return DuplicatePair.objects.get(low=low.pk)
