"""How a list leaves for another system: which columns, under which headers, in which words."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from tkpk.models import Tracked, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role

TAKERS = frozenset({Role.STAFF, Role.LURAH})


class RowUnit(models.TextChoices):
    """What one row of the workbook is."""

    PERSON = "PERSON", _("a person")
    FAMILY = "FAMILY", _("a family")


class CodeFormat(models.TextChoices):
    """How the answers of a code list are written."""

    WORDS = "WORDS", _("words")
    CODES = "CODES", _("code numbers")
    MAP = "MAP", _("words of the receiver")


class ExportLayoutQuerySet(models.QuerySet["ExportLayout"]):
    """Adjectives for layouts."""

    def visible_to(self, user: User) -> "ExportLayoutQuerySet":
        """The layouts of the kelurahan whose files this person may take out."""
        return self.filter(within("kelurahan__code", *scopes(user, TAKERS)))


class ExportLayout(Tracked):
    """A saved layout. `shipped` names one that came with the portal; "" for an own one.

    `columns`: in order, `{"source", "header", "codes", "map"}`; see `exporting.columns`.
    `header_rows`: lines of text above the table. `chosen`: filters of the list of families.
    """

    name = models.CharField(_("name"), max_length=80, validators=[no_identifier])
    shipped = models.SlugField(max_length=40, blank=True, default="", editable=False)
    row_unit = models.CharField(
        _("one row is"), max_length=10, choices=RowUnit.choices, default=RowUnit.PERSON
    )
    header_rows = models.JSONField(_("lines above the table"), default=list, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    chosen = models.JSONField(_("filters"), default=dict, blank=True)
    printed = models.BooleanField(
        _("for printing"),
        default=False,
        help_text=_("Lines around the cells, high rows, the header on every page."),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = ExportLayoutQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("export layout")
        verbose_name_plural = _("export layouts")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "name"],
                condition=Q(active=True),
                name="exportlayout_name_once",
            ),
            models.UniqueConstraint(
                fields=["kelurahan", "shipped"],
                condition=~Q(shipped=""),
                name="exportlayout_shipped_once",
            ),
            models.CheckConstraint(
                condition=Q(row_unit__in=RowUnit.values), name="exportlayout_unit_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def per_family(self) -> bool:
        return self.row_unit == RowUnit.FAMILY
