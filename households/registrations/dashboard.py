"""The overview's entry in the menu."""

from django.utils.translation import gettext_lazy as _

from households.dashboard import READERS
from tkpk.registry import MenuItem, registry
from tkpk.rights import scopes

registry.menu.append(
    MenuItem(
        _("Overview"), "dashboard", "bar-chart", lambda user: bool(scopes(user, READERS)), order=5
    )
)
