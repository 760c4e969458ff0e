"""Instruments: questionnaires that give scores, kept as versions. One in use never changes."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from households import scoring
from households.models.checks import no_identifier
from households.models.compiled import compiled, content
from tkpk import trail
from tkpk.models import Tracked, User
from tkpk.models.territory import within
from tkpk.models.tracked import tracked_history
from tkpk.rights import scopes
from tkpk.roles import TKPK_ROLES, Role

# An instrument says nothing about a person: whoever discusses scores may read it.
INSTRUMENT_READERS = frozenset({Role.STAFF, Role.LURAH, Role.KEMANTREN}) | TKPK_ROLES


class FrozenVersion(ValidationError):
    """Somebody tried to change a version that is no draft any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This version is in use or retired, so it stays as it is. Make a new version."),
            code="frozen",
        )


class Bilingual(models.Model):
    """A row whose text stands in Indonesian, and in English where somebody wrote it."""

    class Meta:
        abstract = True

    def said(self, field: str) -> str:
        """The text of a field in the language that is spoken now."""
        english = getattr(self, f"{field}_en") if get_language() == "en" else ""
        return english or getattr(self, field)


class VersionStatus(models.TextChoices):
    """From a draft to the archive."""

    DRAFT = "DRAFT", _("Draft")
    IN_USE = "IN_USE", _("In use")
    RETIRED = "RETIRED", _("Not used any more")


class ScoreMethod(models.TextChoices):
    """How the answers make a total."""

    SUM = scoring.Method.SUM.value, _("scores added")
    COUNT = scoring.Method.COUNT.value, _("criteria counted")


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Adjectives for instruments."""

    def visible_to(self, user: User) -> "InstrumentQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, INSTRUMENT_READERS)))


class Instrument(Bilingual, Tracked):
    """A questionnaire by its name, such as BPS-14; what it asks stands in its versions."""

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120, validators=[no_identifier])
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    source_note = models.TextField(_("source"), blank=True, validators=[no_identifier])

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "code"], name="instrument_code_once"),
        ]

    def __str__(self) -> str:
        return self.said("name")


# What a version is, besides the rows of its content. These never change after the draft.
CONTENT_FIELDS = [
    *("kelurahan_id", "instrument_id", "number", "label", "valid_from", "method"),
    *("weights_note", "source_note", "shipped"),
]
_LEADS_TO = {
    VersionStatus.DRAFT: set(VersionStatus),
    VersionStatus.IN_USE: {VersionStatus.IN_USE, VersionStatus.RETIRED},
    VersionStatus.RETIRED: {VersionStatus.RETIRED},
}


class InstrumentVersionQuerySet(models.QuerySet["InstrumentVersion"]):
    """Adjectives for versions; it writes to drafts alone."""

    def visible_to(self, user: User) -> "InstrumentVersionQuerySet":
        return self.filter(within("kelurahan__code", *scopes(user, INSTRUMENT_READERS)))

    def drafts(self) -> "InstrumentVersionQuerySet":
        return self.filter(status=VersionStatus.DRAFT)

    def in_use(self) -> "InstrumentVersionQuerySet":
        return self.filter(status=VersionStatus.IN_USE)

    def with_content(self) -> "InstrumentVersionQuerySet":
        """With all that `compiled` reads, in five queries."""
        return self.select_related("instrument").prefetch_related(
            "aspects__parameters__options", "questions", "classes"
        )

    def _refuse_frozen(self) -> None:
        if self.exclude(status=VersionStatus.DRAFT).exists():
            raise FrozenVersion

    def update(self, **values: Any) -> int:
        self._refuse_frozen()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        self.model._default_manager.filter(pk__in=[row.pk for row in rows])._refuse_frozen()
        return super().bulk_update(rows, *args, **kwargs)


class InstrumentVersion(Tracked):
    """What an instrument asks and how it counts, from a day on."""

    Status = VersionStatus
    Method = ScoreMethod

    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="versions", verbose_name=_("instrument")
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    label = models.CharField(
        _("called"), max_length=40, validators=[no_identifier], help_text=_("Such as 2018.")
    )
    valid_from = models.DateField(_("holds from"))
    method = models.CharField(
        _("how it counts"), max_length=10, choices=ScoreMethod.choices, default=ScoreMethod.SUM
    )
    weights_note = models.CharField(
        _("remark on the weights"),
        max_length=200,
        blank=True,
        validators=[no_identifier],
        help_text=_("Shown wherever a score is shown, such as: sample weights, not official ones."),
    )
    source_note = models.TextField(_("source"), blank=True, validators=[no_identifier])
    # The file of ours that it was made from; "" for one of the kelurahan's own.
    shipped = models.SlugField(max_length=40, blank=True, default="", editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=VersionStatus.choices,
        default=VersionStatus.DRAFT,
        editable=False,
    )

    objects = InstrumentVersionQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["instrument__name", "-number"]
        verbose_name = _("version of an instrument")
        verbose_name_plural = _("versions of instruments")
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"], name="instrumentversion_number_once"
            ),
            models.UniqueConstraint(
                fields=["instrument", "label"], name="instrumentversion_label_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=VersionStatus.values), name="instrumentversion_status_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=ScoreMethod.values), name="instrumentversion_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.label}"

    @property
    def frozen(self) -> bool:
        return self.status != VersionStatus.DRAFT

    def compiled(self) -> scoring.Instrument:
        """What `scoring.score` takes; labels in the language spoken now.

        A version that is no draft never changes, so the memory of the process keeps it.
        """
        if not self.frozen:
            return compiled(self)
        key = f"instrument.{self.pk}.{get_language()}"
        found: scoring.Instrument | None = caches["memory"].get(key)
        if found is None:
            found = compiled(self)
            caches["memory"].set(key, found)
        return found

    @property
    def content_digest(self) -> str:
        """SHA-256 of everything that it asks and counts; "" of a draft. Sealed in the trail."""
        if not self.frozen:
            return ""
        return hashlib.sha256(trail.canonical(content(self))).hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A version that is no draft keeps its content, whoever saves it."""
        with transaction.atomic():
            if self.pk:
                self._refuse_change()
            super().save(*args, **kwargs)

    def _refuse_change(self) -> None:
        rows = type(self)._default_manager.select_for_update(of=("self",))
        stored = rows.filter(pk=self.pk).first()
        if stored is None or not stored.frozen:
            return
        changed = any(getattr(self, name) != getattr(stored, name) for name in CONTENT_FIELDS)
        if changed or self.status not in _LEADS_TO[VersionStatus(stored.status)]:
            raise FrozenVersion

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        type(self)._default_manager.filter(pk=self.pk)._refuse_frozen()
        return super().delete(*args, **kwargs)
