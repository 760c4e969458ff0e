"""What a head of RT or RW says of a family of the own area, with the family named at once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from households import intake
from households.forms.voices import AREA_HEADS
from households.models import Household
from households.voices import lists
from tkpk.models import Channel, SentKind, Submission, User
from tkpk.rights import fresh_mandates, holds
from tkpk.submissions import Incoming


def report(data: dict[str, Any], *, by: User) -> Submission:
    """Send a report about a family that is known. `data` is that of a valid form."""
    household: Household = data["household"]
    fresh_mandates(by)
    if not holds(by, AREA_HEADS, code=household.territory.code):
        raise PermissionDenied
    said = Incoming(
        kind=data["kind"],
        text=data["text"],
        contact={"contact_name": by.name},
        channel=Channel.RT_RW,
        language="en" if (get_language() or "").startswith("en") else "id",
    )
    more: dict[str, Any] = {
        "household": household,
        "matched_by": by,
        "matched_at": timezone.now(),
    }
    if data["kind"] == SentKind.OBJECTION:
        window = intake.objection_window(household.kelurahan)
        more |= {"ground": data["ground"], "poor_list_id": window.poor_list_id}
        more["listing"] = lists.line_of(window.poor_list_id, household)
    subject = intake.Subject(territory=household.territory)
    with transaction.atomic():
        return intake.send(said, subject, kelurahan=household.kelurahan, by=by, **more)
