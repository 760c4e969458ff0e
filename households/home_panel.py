"""The registry's piece of the first page: search, and the figures of my area."""

from typing import Any

from django.db.models import Count, Q

from households.families import EDITORS
from households.forms.transfers import several_kelurahan
from households.models import Household, Member
from households.models.household import READERS
from households.visibility import Column, scopes_seeing
from tkpk.models import Level, User
from tkpk.rights import scopes

TEMPLATE = "staff/households/_home_panel.html"


def home_panel(user: User) -> tuple[str, dict[str, Any]] | None:
    """Template and figures for who may open families; None for everybody else."""
    if not scopes(user, READERS):
        return None
    families = Household.objects.visible_to(user).active()
    counts = families.aggregate(
        families=Count("pk"), without_rt=Count("pk", filter=~Q(territory__level=Level.RT))
    )
    return TEMPLATE, {
        **counts,
        "persons": Member.objects.visible_to(user).active().count(),
        "transfers": bool(scopes(user, EDITORS)) and several_kelurahan(),
        "sees_facts": bool(scopes_seeing(user, Column.FACTS)),
    }
