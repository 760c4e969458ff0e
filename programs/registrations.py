"""What the programmes register: the first public pages and their texts in a new kelurahan."""

from django.utils.translation import gettext_lazy as _

from programs.content_loader import on_kelurahan_created
from tkpk.registry import PublicLink, registry

registry.on_kelurahan_created.append(on_kelurahan_created)
registry.public_menu += [
    PublicLink(_("Home"), "home", "house", order=0),
    PublicLink(_("Profile"), "profile", "people", order=10),
    PublicLink(_("Figures"), "statistics", "bar-chart", order=40),
]
