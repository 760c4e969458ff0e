"""The territory tree: city, kemantren, kelurahan, RW, RT, known by Kemendagri codes."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Length of the dotted code of each level: 34.71 / .04 / .1002 / .003 / .012
_WIDTHS = (2, 2, 2, 4, 3, 3)
_DIGITS_OF_LEVEL = {4: 2, 6: 3, 10: 4, 13: 5, 16: 6}


class Level(models.TextChoices):
    """Levels of the tree, from the widest."""

    CITY = "CITY", _("City")
    KEMANTREN = "KEMANTREN", _("Kemantren")
    KELURAHAN = "KELURAHAN", _("Kelurahan")
    RW = "RW", _("RW")
    RT = "RT", _("RT")


CODE_LENGTH = {Level.CITY: 5, Level.KEMANTREN: 8, Level.KELURAHAN: 13, Level.RW: 17, Level.RT: 21}


def normalise_code(text: str) -> str:
    """A territory code with its dots: "3471041002003012" -> "34.71.04.1002.003.012".

    Dots and spaces are optional in the input. Raises ValidationError for any other form.
    """
    digits = re.sub(r"[.\s]", "", text)
    parts = _DIGITS_OF_LEVEL.get(len(digits))
    if parts is None or not re.fullmatch(r"[0-9]+", digits):
        raise ValidationError(
            _("Write the territory code like 34.71.04.1002 (kelurahan) or 34.71.04.1002.003.012."),
            code="territory_code",
        )
    pieces, start = [], 0
    for width in _WIDTHS[:parts]:
        pieces.append(digits[start : start + width])
        start += width
    return ".".join(pieces)


class TerritoryQuerySet(models.QuerySet["Territory"]):
    """Adjectives for places."""

    def within(self, *codes: str) -> "TerritoryQuerySet":
        """The places with these codes and everything under them."""
        return self.filter(within("code", *codes))

    def kelurahan(self) -> "TerritoryQuerySet":
        return self.filter(level=Level.KELURAHAN)

    def served(self) -> "TerritoryQuerySet":
        """Kelurahan that use this installation."""
        return self.filter(level=Level.KELURAHAN, office__isnull=False)


def within(field: str, *codes: str) -> Q:
    """A condition: the code in `field` is one of `codes` or lies under one; no codes, no rows."""
    condition = Q(pk__in=[])
    for code in codes:
        condition |= Q(**{field: code}) | Q(**{f"{field}__startswith": f"{code}."})
    return condition


class Territory(models.Model):
    """A place of the tree. Scope is a prefix of the code."""

    code = models.CharField(_("code"), max_length=21, unique=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    kampung = models.CharField(_("kampung"), max_length=80, blank=True)
    bps_code = models.CharField(_("BPS code"), max_length=16, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="territory_level_known"
            ),
            models.CheckConstraint(
                condition=Q(level=Level.CITY, parent__isnull=True)
                | (~Q(level=Level.CITY) & Q(parent__isnull=False)),
                name="territory_has_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """RT and RW are always named together."""
        if self.level == Level.RT and self.parent:
            return f"{self.name} {self.parent.name}"
        return self.name

    @property
    def kelurahan_code(self) -> str:
        """The code of the kelurahan it lies in; "" above the kelurahan."""
        return self.code[:13] if len(self.code) >= 13 else ""

    def covers(self, code: str) -> bool:
        """Whether the place with this code is this one or lies under it."""
        return code == self.code or code.startswith(f"{self.code}.")

    def clean(self) -> None:
        self.code = normalise_code(self.code)
        errors: dict[str, Any] = {}
        if len(self.code) != CODE_LENGTH.get(Level(self.level), 0):
            errors["code"] = _("This code does not belong to the level chosen.")
        elif self.parent and not self.code.startswith(f"{self.parent.code}."):
            errors["parent"] = _("The code must begin with the code of the place it is part of.")
        if errors:
            raise ValidationError(errors)


def within_kelurahan(*codes: str, place: Callable[..., Q]) -> Q:
    """As `within`, for rows that carry their `kelurahan` too.

    A code that covers a whole kelurahan is answered by the row's own kelurahan, which an index
    finds; `place(*codes)` gives the condition for the narrower ones.
    """
    whole = [code for code in codes if len(code) <= CODE_LENGTH[Level.KELURAHAN]]
    parts = [code for code in codes if code not in whole]
    condition = place(*parts)
    if whole:
        condition |= Q(kelurahan__in=Territory.objects.filter(within("code", *whole)))
    return condition


class KelurahanOffice(models.Model):
    """A kelurahan that uses this installation: its host name and its office."""

    territory = models.OneToOneField(
        Territory, models.PROTECT, related_name="office", verbose_name=_("kelurahan")
    )
    host = models.CharField(
        _("host name"),
        max_length=200,
        blank=True,
        help_text=_("Address of its public pages, such as tegalpanggung.example.id; may be empty."),
    )
    office_address = models.CharField(_("office address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("kelurahan office")
        verbose_name_plural = _("kelurahan offices")
        constraints = [
            models.UniqueConstraint(
                fields=["host"], condition=~Q(host=""), name="kelurahanoffice_host_once"
            )
        ]

    def __str__(self) -> str:
        return self.territory.name
