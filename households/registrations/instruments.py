"""What instruments and scores register: table, menu, acts, sealed column, panel, shipped ones."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from households.instruments import computing as computing  # registers the job kind
from households.instruments.panel import score_panel
from households.instruments.shipping import add_shipped
from households.models.instrument import INSTRUMENT_READERS
from households.workflows.instruments import INSTRUMENT_FLOW
from tkpk.registry import MenuItem, register_workflow, registry
from tkpk.rights import scopes

register_workflow(
    INSTRUMENT_FLOW, url=lambda version: reverse("instrument_version", args=[version.pk])
)
registry.menu.append(
    MenuItem(
        _("Instruments"),
        "instrument_list",
        "clipboard-data",
        lambda user: bool(scopes(user, INSTRUMENT_READERS)),
        order=30,
    )
)
registry.act_words |= {
    ("instrument", "ship"): (_("Instrument"), _("Added with the portal")),
    ("instrument", "create"): (_("Instrument"), _("Draft begun")),
    ("instrument", "copy"): (_("Instrument"), _("Draft copied from a version")),
    ("instrument", "import"): (_("Instrument"), _("Draft made from a workbook")),
    ("instrument", "edit"): (_("Instrument"), _("Draft changed")),
    ("score", "compute"): (_("Score"), _("Score computed")),
    ("score", "compute_year"): (_("Score"), _("Scores of a year computed")),
}
registry.sealed_blobs |= {("households.Score", "parts"): lambda score: score.parts_context}
registry.on_kelurahan_created.append(add_shipped)
registry.file_panels["scores"] = score_panel
