"""The way of a version: drawn up by an officer, put into use by the Lurah, retired."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from households.instruments.checking import problems
from households.models import InstrumentVersion, VersionStatus
from tkpk.models import User
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

S = VersionStatus


def no_conflicts(version: InstrumentVersion, user: User) -> list[str]:
    """None: a version is about nobody."""
    return []


def makers(version: InstrumentVersion) -> set[int]:
    """Who drew it up, and everybody who edited it since."""
    edited = version.history.filter(status=S.DRAFT).values_list("history_user_id", flat=True)
    return {version.created_by_id, *(pk for pk in edited if pk)}


def sound(version: InstrumentVersion) -> None:
    """Guard: answers are complete, and bands and classes neither gap nor overlap."""
    found = problems(version.compiled())
    if found:
        raise ValidationError([problem.message for problem in found], code="unsound")


INSTRUMENT_FLOW = Workflow(
    process="instrument",
    title=_("Instrument"),
    model=InstrumentVersion,
    moves={
        "use": Move(
            _("Put into use"),
            {S.DRAFT},
            S.IN_USE,
            {Role.LURAH},
            guard=sound,
            four_eyes=True,
            warning=_("From then on nothing in this version can be changed."),
        ),
        "set_aside": Move(
            _("Set the draft aside"),
            {S.DRAFT},
            S.RETIRED,
            {Role.STAFF, Role.LURAH},
            needs_reason=True,
            warning=_("A draft that was set aside cannot be edited or used any more."),
        ),
        "retire": Move(
            _("Retire"),
            {S.IN_USE},
            S.RETIRED,
            {Role.LURAH},
            needs_reason=True,
            warning=_("No new survey can use it. Scores that it gave stay readable."),
        ),
    },
    conflicts=no_conflicts,
    sealed_fields=("kelurahan_id", "instrument_id", "number", "status", "content_digest"),
    makers=makers,
    duties=frozenset({"use"}),
)
