"""Lists of poor families at any stage, for tests."""

import datetime
import itertools

from django.utils import timezone

from households.listing import keeping
from households.models import Listing, PoorList
from tests import factories
from tkpk.models import Meeting

_minutes = itertools.count(1)
YEAR = 2026
WINDOW = datetime.date(2026, 11, 1)
BEFORE_WINDOW = {"OPEN", "REVIEW_1", "REVIEW_2"}
SENT = {"SUBMITTED", "ESTABLISHED"}


def opened(kelurahan, by, **fields):
    """A list that has just been opened."""
    poor_list = PoorList(**{"kelurahan": kelurahan, "year": YEAR, "basis": "REMBUG", **fields})
    return keeping.open_list(poor_list, by=by)


def held(kelurahan, kind, by, *, women=3, men=2, days_ago=2, status="CLOSED"):
    """A meeting that was held, with so many on its paper list."""
    begun = timezone.now() - datetime.timedelta(days=days_ago)
    closed = status == "CLOSED"
    return Meeting.objects.create(
        kelurahan=kelurahan, territory=kelurahan, kind=kind, title=f"Rapat {kind}",
        place="Balai warga", starts_at=begun, status=status, opened_at=begun,
        closed_at=begun if closed else None, least_attendance=1, notes="Disepakati",
        listed_women=women, listed_men=men, minutes_year=2026 if closed else None,
        minutes_number=next(_minutes) if closed else None, minutes_code="BA/TKPK",
        created_by=by, updated_by=by,
    )  # fmt: skip


def brought_to(poor_list, status, by, **fields):
    """The same list as it stands at a stage, with what its constraints ask, past its guards."""
    values = {"status": status, **fields}
    if status not in BEFORE_WINDOW:
        values.setdefault("objection_opened_on", WINDOW)
        values.setdefault("objection_closes_on", WINDOW + datetime.timedelta(days=14))
    if status in SENT:
        values |= {"signed_by": by, "signed_at": timezone.now()}
    if status == "ESTABLISHED":
        meeting = held(poor_list.kelurahan, "REMBUG", by)
        values |= {"established_at": timezone.now(), "rembug": meeting, "basis": "REMBUG"}
    PoorList.objects.filter(pk=poor_list.pk).update(**values)
    return PoorList.objects.select_related("kelurahan").get(pk=poor_list.pk)


def line_on(poor_list, household, by, *, status="NOMINATED", **fields):
    """A family's line as it stands at a status, past the guards."""
    values = {"origin": "STAFF", **fields}
    if status != "NOMINATED":
        verifier = fields.get("verified_by") or by
        values |= {"verified_by": verifier, "verified_at": timezone.now()}
        values.setdefault("exception", "Dilihat langsung")
    if status == "GRADUATED":
        today = timezone.localdate()
        values |= {
            "graduation_ground": "OWN_REQUEST", "graduated_on": today,
            "monitored_until": today + datetime.timedelta(days=365), "visit_due_on": today,
            "graduation_meeting": held(poor_list.kelurahan, "UJI_PUBLIK_1", by),
        }  # fmt: skip
    return Listing.objects.create(
        kelurahan=poor_list.kelurahan, poor_list=poor_list, household=household, status=status,
        created_by=by, updated_by=by, **values,
    )  # fmt: skip


def families(rt, by, count):
    return [factories.make_family(rt, by=by, head=f"Kepala {n}", others=0) for n in range(count)]
