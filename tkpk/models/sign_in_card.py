"""The printed card of one-time codes: a second step for who has no smartphone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models.user import User

CARD_CODES = 20


class SignInCard(models.Model):
    """The one card that a person holds; a new one takes its place."""

    user = models.OneToOneField(User, models.CASCADE, related_name="card")
    # Printed on it, so that the owner knows which of two sheets is the good one.
    label = models.CharField(_("card mark"), max_length=4)
    salt = models.CharField(max_length=32)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("card of codes")
        verbose_name_plural = _("cards of codes")

    def __str__(self) -> str:
        return self.label


class CardCode(models.Model):
    """One code of a card, as a hash alone."""

    card = models.ForeignKey(SignInCard, models.CASCADE, related_name="codes")
    number = models.PositiveSmallIntegerField(_("number"))
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("code of a card")
        verbose_name_plural = _("codes of a card")
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="card_code_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=CARD_CODES), name="card_code_number_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.number}"
