"""Sections of the public profile, written by kelurahan staff."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tkpk.models import Tracked
from tkpk.models.tracked import tracked_history
from tkpk.text_checks import no_identifier


class ProfileSection(Tracked):
    """One section, in Markdown, in Indonesian and (if written) in English."""

    slug = models.SlugField(_("short name in the address"), max_length=60)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=100)
    title = models.CharField(_("title"), max_length=120, validators=[no_identifier])
    body = models.TextField(_("text"), validators=[no_identifier])
    title_en = models.CharField(
        _("title in English"), max_length=120, blank=True, validators=[no_identifier]
    )
    body_en = models.TextField(_("text in English"), blank=True, validators=[no_identifier])
    is_published = models.BooleanField(_("shown to the public"), default=True)

    history = tracked_history()

    class Meta:
        ordering = ["kelurahan_id", "position", "pk"]
        verbose_name = _("profile section")
        verbose_name_plural = _("profile sections")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "slug"], name="profilesection_slug_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_translated(self) -> bool:
        return bool(self.title_en and self.body_en)

    @property
    def shown_language(self) -> str:
        """The language in which this section is shown now: English only where it was written."""
        return "en" if get_language() == "en" and self.is_translated else "id"

    @property
    def shown_title(self) -> str:
        return self.title_en if self.shown_language == "en" else self.title

    @property
    def shown_body(self) -> str:
        return self.body_en if self.shown_language == "en" else self.body
