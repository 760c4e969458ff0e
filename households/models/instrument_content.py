"""What a version of an instrument consists of. Writable while the version is a draft, never after.

The refusal stands in the way of every save, bulk writes included, and takes the lock of the
version: who puts a draft into use and who edits it at that moment cannot both succeed.
"""

from collections.abc import Iterable
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households import scoring
from households.models.checks import no_identifier
from households.models.instrument import Bilingual, FrozenVersion, InstrumentVersion

__all__ = ["Aspect", "Option", "Parameter", "Question", "ScoreClass"]


class AnswerKind(models.TextChoices):
    """How a parameter is answered."""

    CHOICE = scoring.Kind.CHOICE.value, _("one of its answers")
    NUMBER = scoring.Kind.NUMBER.value, _("a number")
    DERIVED = scoring.Kind.DERIVED.value, _("computed from questions")


class BandEdge(models.TextChoices):
    """Where the value on a bound belongs."""

    UP_TO = scoring.Edge.UP_TO.value, _("a bound belongs to the lower band (up to and with)")
    BELOW = scoring.Edge.BELOW.value, _("a bound belongs to the upper band (less than)")


class DerivedFrom(models.TextChoices):
    """The formulas there are."""

    INCOME_PER_HEAD = scoring.Formula.INCOME_PER_HEAD.value, _("income a month per member")
    FLOOR_AREA_PER_HEAD = scoring.Formula.FLOOR_AREA_PER_HEAD.value, _("floor area per member")
    ELECTRIC_BILL = scoring.Formula.ELECTRIC_BILL.value, _("electricity bill a month")
    POWER_VA = scoring.Formula.POWER_VA.value, _("power connection")


class QuestionKind(models.TextChoices):
    """What a question is answered with."""

    COUNT = "COUNT", _("a whole number")
    NUMBER = "NUMBER", _("a number")
    MONEY = "MONEY", _("rupiah")


class ContentQuerySet(models.QuerySet[Any]):
    """Writes to content of drafts alone."""

    def _refuse_frozen(self) -> None:
        path = f"{self.model.VERSION_PATH}__status"
        if self.exclude(**{path: InstrumentVersion.Status.DRAFT}).exists():
            raise FrozenVersion

    def update(self, **values: Any) -> int:
        self._refuse_frozen()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        versions = InstrumentVersion.objects.filter(pk__in={row.version_pk() for row in rows})
        if versions.exclude(status=InstrumentVersion.Status.DRAFT).exists():
            raise FrozenVersion
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        self.model._default_manager.filter(pk__in=[row.pk for row in rows])._refuse_frozen()
        return super().bulk_update(rows, *args, **kwargs)


class Content(Bilingual):
    """A row of a version."""

    VERSION_PATH = "version"

    position = models.PositiveSmallIntegerField(_("order"), default=0)
    code = models.SlugField(_("code"), max_length=40)

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    def version_pk(self) -> int:
        """The version that this row, as it is now, would belong to."""
        found: Any = self
        for step in self.VERSION_PATH.split("__")[:-1]:
            found = getattr(found, step)
        return int(found.version_id)

    def _lock_draft(self) -> None:
        """Hold the versions that this row belongs to, before and after; refuse a frozen one."""
        keys = {self.version_pk()}
        if self.pk:
            stored = type(self)._default_manager.filter(pk=self.pk)
            keys |= set(stored.values_list(self.VERSION_PATH, flat=True))
        rows = InstrumentVersion.objects.select_for_update(of=("self",)).filter(pk__in=keys)
        if any(version.frozen for version in rows.order_by("pk")):
            raise FrozenVersion

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self._lock_draft()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            self._lock_draft()
            return super().delete(*args, **kwargs)


class Aspect(Content):
    """A group of parameters, such as housing."""

    version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="aspects")
    name = models.CharField(_("name"), max_length=120, validators=[no_identifier])
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("aspect")
        verbose_name_plural = _("aspects")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="aspect_code_once"),
        ]

    def __str__(self) -> str:
        return self.said("name")


class Parameter(Content):
    """One criterion. NUMBER and DERIVED class a number into bands, which are its options."""

    VERSION_PATH = "aspect__version"
    Kind = AnswerKind

    aspect = models.ForeignKey(
        Aspect, models.PROTECT, related_name="parameters", verbose_name=_("aspect")
    )
    question = models.CharField(_("question"), max_length=300, validators=[no_identifier])
    question_en = models.CharField(_("question in English"), max_length=300, blank=True)
    help = models.CharField(_("hint"), max_length=300, blank=True, validators=[no_identifier])
    help_en = models.CharField(_("hint in English"), max_length=300, blank=True)
    kind = models.CharField(
        _("answered by"), max_length=10, choices=AnswerKind.choices, default=AnswerKind.CHOICE
    )
    formula = models.CharField(
        _("computed as"), max_length=30, choices=DerivedFrom.choices, blank=True
    )
    edge = models.CharField(
        _("bounds"), max_length=10, choices=BandEdge.choices, default=BandEdge.UP_TO
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        constraints = [
            models.UniqueConstraint(fields=["aspect", "code"], name="parameter_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=AnswerKind.values), name="parameter_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(edge__in=BandEdge.values), name="parameter_edge_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.DERIVED, formula__in=DerivedFrom.values)
                | (~Q(kind=AnswerKind.DERIVED) & Q(formula="")),
                name="parameter_derived_has_formula",
            ),
        ]

    def __str__(self) -> str:
        return self.said("question")


class Option(Content):
    """An answer with its score; of a number, the band from `lower` to `upper` (empty: no end)."""

    VERSION_PATH = "parameter__aspect__version"

    parameter = models.ForeignKey(Parameter, models.CASCADE, related_name="options")
    label = models.CharField(_("answer"), max_length=200, validators=[no_identifier])
    label_en = models.CharField(_("answer in English"), max_length=200, blank=True)
    score = models.DecimalField(
        _("score"), max_digits=8, decimal_places=4, validators=[MinValueValidator(0)]
    )
    lower = models.DecimalField(_("from"), max_digits=16, decimal_places=4, null=True, blank=True)
    upper = models.DecimalField(_("to"), max_digits=16, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("answer with its score")
        verbose_name_plural = _("answers with their scores")
        constraints = [
            models.UniqueConstraint(fields=["parameter", "code"], name="option_code_once"),
            models.CheckConstraint(condition=Q(score__gte=0), name="option_score_not_negative"),
            models.CheckConstraint(
                condition=Q(lower__isnull=True) | Q(upper__isnull=True) | Q(lower__lt=F("upper")),
                name="option_band_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.said("label")


class Question(Content):
    """A fact that formulas read."""

    version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="questions")
    text = models.CharField(_("question"), max_length=300, validators=[no_identifier])
    text_en = models.CharField(_("question in English"), max_length=300, blank=True)
    kind = models.CharField(
        _("answered by"), max_length=10, choices=QuestionKind.choices, default=QuestionKind.NUMBER
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question for a formula")
        verbose_name_plural = _("questions for formulas")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="question_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="question_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.said("text")


class ScoreClass(Content):
    """A class of totals; both bounds belong to it."""

    version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="classes")
    name = models.CharField(_("name"), max_length=80, validators=[no_identifier])
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    lower = models.PositiveIntegerField(_("from"))
    upper = models.PositiveIntegerField(_("up to and with"))
    needs_help = models.BooleanField(_("counts as poor"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="scoreclass_code_once"),
            models.CheckConstraint(
                condition=Q(lower__lte=F("upper")), name="scoreclass_bounds_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.said("name")
