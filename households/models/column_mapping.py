"""What an officer said about a source once: its columns, and its names of aid programmes.

Headers may hold names where the columns of a file are shifted, so nothing of them lies in clear.
"""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.models.aid import AidProgramme
from households.models.checks import no_identifier
from tkpk.encryption import EncryptedTextField, blind_index
from tkpk.models import Territory, Tracked, User

SIGNATURE_KIND, PROGRAMME_KIND = "columns", "programme"


class ListPurpose(models.TextChoices):
    """What a list may do; the values are those of the layouts."""

    POPULATION = "population", _("Population list: families and persons, new ones too")
    KNOWN = "known", _("Facts about people who are registered already")
    RECIPIENTS = "recipients", _("Recipients of aid who are registered already")


class ColumnMapping(Tracked):
    """The columns of a source, known by its headers: asked once, remembered.

    `content` is JSON: `sheet` (its name), `header_row`, `columns` (header → field) and `constants`
    (field → text, of what holds for every row and is the same next time).
    """

    name = models.CharField(_("name"), max_length=100, validators=[no_identifier])
    purpose = models.CharField(_("purpose"), max_length=10, choices=ListPurpose.choices)
    signature = EncryptedTextField(context="columns.signature", editable=False)
    signature_index = models.CharField(max_length=64, editable=False)
    content = EncryptedTextField(context="columns.content", editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("layout of a list")
        verbose_name_plural = _("layouts of lists")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "signature_index"], name="columnmapping_once"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=ListPurpose.values), name="columnmapping_purpose_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.content)

    def set_said(self, signature: str, said: dict[str, Any]) -> None:
        """Set the signature with its blind index, and what was said of the columns."""
        self.signature = signature
        self.signature_index = blind_index(SIGNATURE_KIND, signature)
        self.content = json.dumps(said, ensure_ascii=False, sort_keys=True)


class ProgrammeAlias(models.Model):
    """Which programme of the kelurahan a list means by its words: asked once, remembered."""

    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    words = EncryptedTextField(_("words of the list"), context="programme.words")
    programme_words_index = models.CharField(max_length=64)
    programme = models.ForeignKey(
        AidProgramme, models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("programme of a source")
        verbose_name_plural = _("programmes of sources")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "programme_words_index"], name="programmealias_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.programme)
