"""What the registry registers: its transition tables and its menu entries."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.models.household import READERS
from households.workflows.registering import HOUSEHOLD_FLOW, MEMBER_FLOW
from tkpk.registry import MenuItem, register_workflow, registry
from tkpk.rights import scopes

register_workflow(
    HOUSEHOLD_FLOW, url=lambda household: reverse("household_file", args=[household.pk])
)
register_workflow(
    MEMBER_FLOW, url=lambda member: reverse("household_file", args=[member.household_id])
)
registry.menu += [
    MenuItem(
        _("Families"),
        "household_list",
        "people",
        lambda user: bool(scopes(user, READERS)),
        order=10,
    ),
]
