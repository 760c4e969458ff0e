"""Published figures: dated snapshots of counts, with small ones already withheld."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tkpk.models import Tracked
from tkpk.models.tracked import tracked_history


class StatisticsSnapshot(Tracked):
    """What was published of a kelurahan on a day. Withheld counts are not stored at all."""

    as_of = models.DateField(_("as of"))
    # {table: {"total": 412, "cells": [[key, count or null], …]}}
    tables = models.JSONField(_("tables"))

    history = tracked_history()

    class Meta:
        ordering = ["-pk"]
        get_latest_by = "pk"
        verbose_name = _("published figures")
        verbose_name_plural = _("published figures")
        indexes = [models.Index(fields=["kelurahan", "-id"], name="statistics_latest")]

    def __str__(self) -> str:
        return f"{self.kelurahan_id} · {self.as_of.isoformat()}"
