"""A list and its lines for tests of what residents say about them."""

import datetime

from django.utils import timezone

from households.models import Listing, PoorList

TODAY = timezone.localdate


def make_poor_list(kelurahan, *, by, status="OPEN", days=14, **fields):
    """A list in a stage; its window, if it has one, opened yesterday and closes in `days`."""
    windowed = status in {"OBJECTION_WINDOW", "SUBMITTED", "ESTABLISHED"}
    closes = TODAY() + datetime.timedelta(days=days)
    facts = {
        "year": TODAY().year,
        "basis": "DECREE",
        "objection_opened_on": closes - datetime.timedelta(days=14) if windowed else None,
        "objection_closes_on": closes if windowed else None,
        **fields,
    }
    return PoorList.objects.create(
        kelurahan=kelurahan, status=status, created_by=by, updated_by=by, **facts
    )


def make_listing(poor_list, household, *, by, **fields):
    fields.setdefault("origin", "STAFF")
    return Listing.objects.create(
        kelurahan=poor_list.kelurahan,
        poor_list=poor_list,
        household=household,
        created_by=by,
        updated_by=by,
        **fields,
    )
