"""Who holds office in a kelurahan, by organisation, from the mandates that are valid today."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tkpk.models import Mandate, Territory
from tkpk.models.territory import within
from tkpk.roles import TKPK_ROLES, Role

Text = str | Promise
MANY = 20


@dataclass(frozen=True)
class Holder:
    """One person in one office; officials are public persons, nothing else of them is."""

    name: str
    position: Text
    # False where the position was typed by staff, in Indonesian.
    is_translated: bool
    since: datetime.date
    until: datetime.date | None


@dataclass
class Body:
    """An organisation or a level of neighbourhood heads."""

    name: Text
    is_translated: bool
    holders: list[Holder] = field(default_factory=list)
    # How many there are where they are too many to list.
    count: int = 0


@dataclass(frozen=True)
class _Kind:
    name: Text
    roles: tuple[Role, ...]
    counted: bool = False


# In the order of the page. Representatives of groups and companions are residents, not officials;
# administrators only keep the portal running.
_KINDS = (
    _Kind(_("Kelurahan office"), (Role.LURAH, Role.STAFF)),
    _Kind(
        _("Poverty-reduction coordination team (TKPK)"),
        (Role.TKPK_CHAIR, Role.TKPK_SECRETARY, Role.TKPK_MEMBER),
    ),
    _Kind(_("Residents' board (BKM)"), (Role.BKM_MEMBER, Role.BKM_SECRETARY)),
    _Kind(_("Environment unit (UPL)"), (Role.UPL_OFFICER,)),
    _Kind(_("Social unit (UPS)"), (Role.UPS_OFFICER,)),
    _Kind(_("Finance unit (UPK)"), (Role.UPK_OFFICER,)),
    _Kind(_("Auditors"), (Role.AUDITOR,)),
    _Kind(_("Heads of RW"), (Role.RW_HEAD,), counted=True),
    _Kind(_("Heads of RT"), (Role.RT_HEAD,), counted=True),
)
PUBLIC_ROLES = tuple(role for kind in _KINDS for role in kind.roles)


def bodies(kelurahan: Territory) -> list[Body]:
    """The bodies that have at least one holder today. One query."""
    rows = (
        Mandate.objects.filter(within("territory__code", kelurahan.code), role__in=PUBLIC_ROLES)
        .valid_today()
        .select_related("user", "organisation", "territory__parent")
        .order_by("territory__code", "starts_on", "user__name", "pk")
    )
    by_role: dict[str, list[Mandate]] = defaultdict(list)
    for row in rows:
        by_role[row.role].append(row)
    found: list[Body] = []
    for kind in _KINDS:
        mandates = [row for role in kind.roles for row in by_role[role]]
        found += _bodies_of(kind, mandates)
    return found


def _bodies_of(kind: _Kind, mandates: list[Mandate]) -> list[Body]:
    """One body an organisation; holders without one stand under the kind's own name."""
    if kind.counted and len(mandates) > MANY:
        return [Body(kind.name, is_translated=True, count=len(mandates))]
    named: dict[int | None, Body] = {}
    for mandate in mandates:
        owner = None if set(kind.roles) & TKPK_ROLES else mandate.organisation
        key = owner.pk if owner else None
        if key not in named:
            named[key] = Body(owner.name if owner else kind.name, is_translated=owner is None)
        named[key].holders.append(_holder(mandate, with_place=kind.counted))
    return list(named.values())


def _holder(mandate: Mandate, *, with_place: bool) -> Holder:
    title = str(mandate.title)
    place = mandate.territory.full_name
    if with_place and not mandate.position and not mandate.is_acting:
        title = gettext("Head of %(place)s") % {"place": place}
    elif with_place and place not in title:
        title = f"{title} {place}"
    return Holder(
        name=mandate.user.name,
        position=title,
        is_translated=not mandate.position and not mandate.is_acting,
        since=mandate.starts_on,
        until=mandate.ends_on,
    )
