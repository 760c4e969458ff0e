"""Surveys at the door: what a family answered under one version of an instrument.

The answers tell of income and health, so they are sealed; the digest in the trail is salted with
the row's own random key and says nothing about them.
"""

import hashlib
import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from households.models.checks import no_identifier
from households.models.household import Household
from households.models.instrument import InstrumentVersion
from tkpk import trail
from tkpk.encryption import EncryptedTextField, seal, unseal
from tkpk.models import Tracked, User
from tkpk.models.territory import within, within_kelurahan
from tkpk.rights import scopes
from tkpk.roles import Role

# Answers are seen by the office alone; heads of RW and RT see how far a survey is, no more.
SURVEY_READERS = frozenset({Role.STAFF, Role.LURAH})
STATUS_READERS = SURVEY_READERS | {Role.RW_HEAD, Role.RT_HEAD}
COUNT_READERS = STATUS_READERS | {Role.KEMANTREN}


def _living_within(*codes: str) -> Q:
    return within("household__territory__code", *codes)


class SurveyStatus(models.TextChoices):
    """From the door to the check by a second person."""

    DRAFT = "DRAFT", _("Being filled in")
    SENT = "SENT", _("Waits for the check")
    RETURNED = "RETURNED", _("Sent back")
    CHECKED = "CHECKED", _("Checked")
    VOID = "VOID", _("Cancelled")


class SurveyResult(models.IntegerChoices):
    """How a visit ended. The numbers are those of the questionnaires."""

    COMPLETE = 1, _("complete")
    INCOMPLETE = 2, _("not complete")
    NOBODY = 3, _("nobody who could answer")
    REFUSED = 4, _("refused by the family")
    MOVED = 5, _("moved away or not found")


ANSWERED = frozenset({SurveyResult.COMPLETE, SurveyResult.INCOMPLETE})


class SurveySource(models.TextChoices):
    """How the answers came in."""

    PAGE = "PAGE", _("typed at the door")
    DEVICE = "DEVICE", _("sent from a phone that was away from the network")
    PAPER = "PAPER", _("typed from the paper form")


class ConsentText(Tracked):
    """What is read out before the first question. A changed text is a new row."""

    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    text = models.TextField(_("text"), validators=[no_identifier])
    text_en = models.TextField(_("text in English"), blank=True, validators=[no_identifier])
    valid_from = models.DateField(_("holds from"))

    class Meta:
        ordering = ["-number"]
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(fields=["kelurahan", "number"], name="consenttext_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def said(self) -> str:
        """The text in the language spoken now; Indonesian where there is no other."""
        return self.text_en if get_language() == "en" and self.text_en else self.text


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Adjectives for surveys."""

    def visible_to(self, user: User) -> "SurveyQuerySet":
        """The surveys whose answers this person may read."""
        return self.filter(within_kelurahan(*scopes(user, SURVEY_READERS), place=_living_within))

    def status_visible_to(self, user: User) -> "SurveyQuerySet":
        """The surveys of which this person may know how far they are."""
        return self.filter(within_kelurahan(*scopes(user, STATUS_READERS), place=_living_within))

    def standing(self) -> "SurveyQuerySet":
        return self.exclude(status=SurveyStatus.VOID)

    def checked(self) -> "SurveyQuerySet":
        return self.filter(status=SurveyStatus.CHECKED)

    def of_year(self, year: int) -> "SurveyQuerySet":
        return self.filter(year=year)


class Survey(Tracked):
    """One visit of one year under one version. Once checked it is a dated snapshot."""

    Status = SurveyStatus
    Result = SurveyResult

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="surveys", verbose_name=_("family")
    )
    # Not called `version`: that is the counter of every tracked row.
    instrument_version = models.ForeignKey(
        InstrumentVersion, models.PROTECT, related_name="surveys", verbose_name=_("questionnaire")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SurveyStatus.choices,
        default=SurveyStatus.DRAFT,
        editable=False,
    )
    result = models.PositiveSmallIntegerField(
        _("result"), choices=SurveyResult.choices, null=True, blank=True
    )
    surveyed_on = models.DateField(_("date of the visit"))
    surveyor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("surveyor"))
    respondent = EncryptedTextField(
        _("who answered"), context="survey.respondent", blank=True, default=""
    )
    answers = models.BinaryField(editable=False)
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", verbose_name=_("consent text")
    )
    consent_at = models.DateTimeField(_("consent given at"), null=True, blank=True)
    source = models.CharField(
        _("came in as"), max_length=10, choices=SurveySource.choices, default=SurveySource.PAGE
    )
    # Made by the phone or the page that began it: sent twice, it is one survey.
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    remark = models.CharField(
        _("why it was sent back"), max_length=500, blank=True, validators=[no_identifier]
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("checked by"),
    )
    # When the family's current facts were brought up to date from it.
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "instrument_version", "year"],
                condition=~Q(status=SurveyStatus.VOID),
                name="survey_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SurveyStatus.values), name="survey_status_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=SurveySource.values), name="survey_source_known"
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True) | Q(result__in=SurveyResult.values),
                name="survey_result_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[SurveyStatus.DRAFT, SurveyStatus.RETURNED, SurveyStatus.VOID]
                )
                | Q(result__isnull=False, sent_at__isnull=False),
                name="survey_sent_has_result",
            ),
            models.CheckConstraint(
                condition=Q(consent_at__isnull=True) | Q(consent_text__isnull=False),
                name="survey_consent_has_text",
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True)
                | ~Q(result__in=sorted(ANSWERED))
                | Q(consent_at__isnull=False),
                name="survey_answers_need_consent",
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="survey_checked_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=SurveyStatus.CHECKED) | Q(checked_at__isnull=False),
                name="survey_checked_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["kelurahan", "year", "status"], name="survey_worklist"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The name of the row on the screen: it says nothing about the family."""
        return f"SRV-{self.pk:06d}" if self.pk else "SRV-baru"

    @property
    def answers_context(self) -> str:
        """What the blob is bound to: it cannot be read under another survey."""
        return f"survey.answers.{self.client_key.hex}"

    def write_answers(self, answers: dict[str, Any]) -> None:
        """Seal the answers: codes of options and numbers as text."""
        self.answers = seal(json.dumps(answers).encode(), context=self.answers_context)

    def read_answers(self) -> dict[str, Any]:
        """The answers by code of parameter or question; {} while there are none."""
        if not self.answers:
            return {}
        found: dict[str, Any] = json.loads(
            unseal(bytes(self.answers), context=self.answers_context)
        )
        return found

    @property
    def answers_digest(self) -> str:
        """SHA-256 of the answers, salted with the row's random key. Sealed in the trail."""
        content = {"salt": self.client_key, "answers": self.read_answers()}
        return hashlib.sha256(trail.canonical(content)).hexdigest()

    @property
    def answered(self) -> bool:
        return self.result in ANSWERED
