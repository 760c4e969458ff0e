"""The trail: who did which act by what right. Never changed, never deleted, each entry chained.

One chain per kelurahan (or wider place, for acts above a kelurahan). The database itself refuses
UPDATE, DELETE and TRUNCATE on the entries; `tkpk.trail` writes and checks them.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tkpk.models.mandate import Mandate
from tkpk.models.territory import Territory
from tkpk.models.user import User
from tkpk.roles import Role

TABLE = "tkpk_trailentry"
GENESIS = "0" * 64
_REFUSAL = "the trail is never changed or deleted"


class TrailHead(models.Model):
    """The end of a chain: how many entries it has, and the hash of the last. Locked to append."""

    territory = models.OneToOneField(Territory, models.PROTECT, related_name="trail_head")
    count = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return f"{self.territory_id}: {self.count}"


class TrailEntry(models.Model):
    """One act."""

    chain = models.ForeignKey(Territory, models.PROTECT, related_name="trail_entries")
    number = models.PositiveIntegerField(_("entry number"))
    recorded_at = models.DateTimeField(_("recorded at"))
    acted_at = models.DateTimeField(_("done at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="acts", verbose_name=_("by"))
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, related_name="+", verbose_name=_("mandate")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    process = models.CharField(_("process"), max_length=40)
    move = models.CharField(_("act"), max_length=40)
    subject = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    from_status = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=30, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    schema = models.PositiveSmallIntegerField(default=1)
    digest = models.CharField(_("seal of the row"), max_length=64, blank=True)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    hash = models.CharField(_("hash of this entry"), max_length=64)

    class Meta:
        ordering = ["chain_id", "number"]
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="trailentry_number_once")
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="trailentry_subject")]

    def __str__(self) -> str:
        return gettext("Entry %(number)s") % {"number": self.number}


def install_guards(connection: Any) -> None:
    """Make the database refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE of trail entries."""
    with connection.cursor() as cursor:
        for statement in _guard_statements(connection.vendor):
            cursor.execute(statement)


def remove_guards(connection: Any) -> None:
    """Take the guards away: for the flush of a test database, and for nothing else."""
    with connection.cursor() as cursor:
        for name in ("trail_no_update", "trail_no_delete", "trail_no_truncate"):
            on_table = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def _guard_statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS trail_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    per = {"UPDATE": "ROW", "DELETE": "ROW", "TRUNCATE": "STATEMENT"}
    return [function] + [
        f"CREATE OR REPLACE TRIGGER trail_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"FOR EACH {each} EXECUTE FUNCTION trail_refuse()"
        for verb, each in per.items()
    ]
