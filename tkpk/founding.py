"""Setting a kelurahan up: its places, its bodies, its first people, all or nothing."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tkpk import mandates, reference_data, setup_link, trail
from tkpk.areas import Area
from tkpk.models import (
    Installation,
    KelurahanOffice,
    Level,
    Mandate,
    Organisation,
    Territory,
    User,
)
from tkpk.models.organisation import OrganisationKind as Kind
from tkpk.presets import Seat
from tkpk.public_pages import published
from tkpk.registry import registry


@dataclass(frozen=True)
class Kelurahan:
    """The place with its code; names of the places above only where the portal knows none."""

    code: str
    name: str = ""
    kemantren: str = ""
    city: str = ""
    office_address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody with a seat; without a password until an administrator issues a code."""

    seat: Seat
    username: str
    name: str


@dataclass(frozen=True)
class Plan:
    """Everything that the set-up asked."""

    kelurahan: Kelurahan
    areas: list[Area]
    people: list[Person] = field(default_factory=list)
    # Bodies that the chosen set knows, filled or not.
    kinds: frozenset[Kind] = frozenset()


def found_kelurahan(plan: Plan, *, administrator: User) -> Territory:
    """Create everything in one transaction and close the set-up.

    `administrator` is a new person with a password, not saved yet. Raises PermissionDenied when
    somebody else set the portal up meanwhile.
    """
    with transaction.atomic():
        reference_data.load_reference()
        kelurahan = _place(plan.kelurahan)
        _open_office(kelurahan, plan.kelurahan)
        _add_areas(kelurahan, plan.areas)
        administrator.save()
        today = timezone.localdate()
        right = mandates.found_first_administrator(administrator, kelurahan, starts_on=today)
        _seat_people(plan, kelurahan, administrator)
        Installation.establish(demo=False, set_up=True)
        for prepare in registry.on_kelurahan_created:
            prepare(kelurahan, administrator)
        published()
        trail.record(
            chain=kelurahan,
            by=administrator,
            mandate=right,
            process="installation",
            move="set_up",
            row=kelurahan,
        )
        transaction.on_commit(setup_link.close)
    return kelurahan


def _place(facts: Kelurahan) -> Territory:
    """The kelurahan, with the places above it where the portal did not know them."""
    city = _known_or_new(facts.code[:5], Level.CITY, facts.city, None)
    kemantren = _known_or_new(facts.code[:8], Level.KEMANTREN, facts.kemantren, city)
    return _known_or_new(facts.code, Level.KELURAHAN, facts.name, kemantren)


def _known_or_new(code: str, level: Level, name: str, parent: Territory | None) -> Territory:
    found = Territory.objects.filter(code=code).first()
    if found is None:
        found = Territory(code=code, level=level, name=name, parent=parent)
        found.full_clean()
        found.save()
    return found


def _open_office(kelurahan: Territory, facts: Kelurahan) -> None:
    known = reference_data.place(kelurahan.code)
    KelurahanOffice.objects.create(
        territory=kelurahan,
        office_address=facts.office_address,
        postcode=known.postcode if known else "",
        phone=facts.phone,
    )


def _add_areas(kelurahan: Territory, areas: list[Area]) -> None:
    rows: dict[int, Territory] = {}
    for number in sorted({area.rw for area in areas}):
        rows[number] = Territory.objects.create(
            code=f"{kelurahan.code}.{number:03d}",
            level=Level.RW,
            name=f"RW {number:02d}",
            parent=kelurahan,
        )
    Territory.objects.bulk_create(
        Territory(
            code=f"{rows[area.rw].code}.{area.rt:03d}",
            level=Level.RT,
            name=f"RT {area.rt:02d}",
            parent=rows[area.rw],
            kampung=area.kampung,
        )
        for area in areas
        if area.rt
    )


def _seat_people(plan: Plan, kelurahan: Territory, administrator: User) -> None:
    bodies = {kind: _body(kelurahan, kind) for kind in plan.kinds}
    people: dict[str, User] = {administrator.username: administrator}
    for person in plan.people:
        if person.username not in people:
            people[person.username] = User.objects.create_user(person.username, name=person.name)
        mandate = Mandate(
            user=people[person.username],
            role=person.seat.role,
            territory=kelurahan,
            organisation=bodies[person.seat.kind] if person.seat.kind else None,
            starts_on=timezone.localdate(),
        )
        # The first administrator may also be the officer: there is nobody else to enter it.
        mandates.grant(mandate, by=administrator, reason=_("Entered at the first set-up."))


def _body(kelurahan: Territory, kind: Kind) -> Organisation:
    return Organisation.objects.get_or_create(
        kelurahan=kelurahan,
        code=kind.lower(),
        defaults={"kind": kind, "name": f"{kind} {kelurahan.name}", "territory": kelurahan},
    )[0]
