"""What the ground floor itself registers: its own menu entries."""

from django.utils.translation import gettext_lazy as _

from tkpk import (
    clashes,
    drafts,
    office_registrations,  # noqa: F401 - registers reports of residents and meetings
)
from tkpk.registry import MenuItem, registry

registry.menu += [
    MenuItem(_("Home"), "work_home", "house", lambda user: True, order=0),
    MenuItem(_("Admin screens"), "admin:index", "gear", lambda user: user.is_staff, order=900),
]
registry.sealed_blobs["tkpk.Draft", "blob"] = drafts.context
registry.home_panels["mandates"] = clashes.home_panel
