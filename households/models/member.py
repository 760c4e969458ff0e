"""A person of a family. Moved, dead and duplicate persons are states, never deletions."""

import re

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households import name_index
from households.codes import Relation, Sex
from households.models.checks import known_codes, no_identifier
from households.models.household import READERS, Household, living_within
from households.models.person_facts import PERSON_LISTS, PersonFacts
from tkpk.encryption import EncryptedTextField, blind_index
from tkpk.models import Tracked, User
from tkpk.models.territory import within_kelurahan
from tkpk.models.tracked import tracked_history
from tkpk.nik import mask
from tkpk.rights import scopes


class MemberStatus(models.TextChoices):
    """OpenSID's basic status by name, and our own state for a person entered twice."""

    ACTIVE = "ACTIVE", _("Lives here")
    DECEASED = "DECEASED", _("Deceased")
    MOVED = "MOVED", _("Moved away")
    MISSING = "MISSING", _("Missing")
    AWAY = "AWAY", _("Away for long")
    INVALID = "INVALID", _("Not valid")
    DUPLICATE = "DUPLICATE", _("Entered twice")


# Among these a NIK belongs to one person only.
LIVING = frozenset({MemberStatus.ACTIVE, MemberStatus.MISSING, MemberStatus.AWAY})


def member_code(pk: int) -> str:
    """What a person is called in files and on the screen."""
    return f"ORG-{pk:06d}"


_NO_LETTER = re.compile(r"[^\w\s]")


def name_key(name: str) -> str:
    """A name as it is searched and compared: capitals, letters and digits only, single spaces."""
    return " ".join(_NO_LETTER.sub("", name).split()).upper()


def _of_families_within(*codes: str) -> Q:
    # By the families and not by a join: a database that starts from all persons reads them all.
    return Q(household__in=Household.objects.filter(living_within(*codes)))


class MemberQuerySet(models.QuerySet["Member"]):
    """Adjectives for persons."""

    def visible_to(self, user: User) -> "MemberQuerySet":
        """The persons of families whose file this person may open."""
        return self.filter(within_kelurahan(*scopes(user, READERS), place=_of_families_within))

    def active(self) -> "MemberQuerySet":
        return self.filter(status=MemberStatus.ACTIVE)

    def living(self) -> "MemberQuerySet":
        return self.filter(status__in=sorted(LIVING))

    def with_nik(self, nik: str) -> "MemberQuerySet":
        """The persons with this NIK (16 digits), in whatever state."""
        return self.filter(nik_index=blind_index("nik", nik))

    def named(self, text: str) -> "MemberQuerySet":
        """The persons whose name holds every word of the text; the index of names finds them."""
        words = name_key(text).split()
        return name_index.restrict(self.with_words(words), words)

    def with_words(self, words: list[str]) -> "MemberQuerySet":
        """The same without the index: for the few persons of one family."""
        found = self
        for word in words:
            found = found.filter(name_key__contains=word)
        return found


class Member(PersonFacts, Tracked):
    """One person in one family at a time."""

    Status = MemberStatus

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="members", verbose_name=_("family")
    )
    nik = EncryptedTextField(
        _("NIK"),
        context="nik",
        blank=True,
        default="",
        help_text=_("Leave empty for a person who has none yet."),
    )
    nik_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    name = models.CharField(_("name"), max_length=100, validators=[no_identifier])
    name_key = models.CharField(max_length=100, editable=False, db_index=True)
    sex = models.PositiveSmallIntegerField(_("sex"), choices=Sex.choices)
    relation = models.PositiveSmallIntegerField(_("relation to the head"), choices=Relation.choices)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=MemberStatus.choices,
        default=MemberStatus.ACTIVE,
        editable=False,
    )
    status_on = models.DateField(_("status since"), null=True, blank=True, editable=False)
    source_value = models.JSONField(default=dict, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()
    history = tracked_history()

    class Meta:
        ordering = ["household_id", "relation", "birth_date", "pk"]
        verbose_name = _("family member")
        verbose_name_plural = _("family members")
        constraints = [
            models.UniqueConstraint(
                fields=["kelurahan", "nik_index"],
                condition=~Q(nik_index="") & Q(status__in=sorted(LIVING)),
                name="member_nik_once",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relation=Relation.HEAD, status=MemberStatus.ACTIVE),
                name="member_one_head",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MemberStatus.values), name="member_status_known"
            ),
            models.CheckConstraint(
                condition=Q(nik="", nik_index="") | (~Q(nik="") & ~Q(nik_index="")),
                name="member_nik_has_index",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # In full: with a NULL in it, a range is neither true nor false, and passes.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="member_coordinates_paired",
            ),
            *known_codes("member", PERSON_LISTS),
        ]
        indexes = [
            models.Index(fields=["kelurahan", "status"], name="member_state"),
            # A card that is read at the counter is looked up whatever became of the person.
            models.Index(fields=["nik_index"], name="member_nik"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The temporary identifier of a person without NIK, and the row's name in files."""
        return member_code(self.pk) if self.pk else "ORG-baru"

    @property
    def nik_masked(self) -> str:
        return mask(self.nik)

    @property
    def is_head(self) -> bool:
        return self.relation == Relation.HEAD and self.status == MemberStatus.ACTIVE

    def set_nik(self, nik: str) -> None:
        """Set the NIK and its blind index together; "" for none. The caller has checked it."""
        self.nik = nik
        self.nik_index = blind_index("nik", nik)

    def set_name(self, name: str) -> None:
        """Set the name and the key by which it is searched."""
        self.name = name
        self.name_key = name_key(name)
