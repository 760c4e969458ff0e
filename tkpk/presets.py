"""Which mandates a new kelurahan begins with: "Kecil" for a handful of people, or "Lengkap".

One person may hold several of them, save the pairs in `CLASHES`: there the one duty checks the
other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tkpk.models.organisation import OrganisationKind as Kind
from tkpk.roles import Role


@dataclass(frozen=True)
class Seat:
    """One mandate to fill. `kind` is the organisation it is held in, where the role needs one."""

    key: str
    role: Role
    kind: Kind | None = None


@dataclass(frozen=True)
class Preset:
    """A choice of the set-up."""

    key: str
    name: Any
    words: Any
    seats: tuple[Seat, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The bodies that this set knows."""
        return frozenset({Kind.TKPK, *(seat.kind for seat in self.seats if seat.kind)})


_SMALL = (
    Seat("petugas", Role.STAFF),
    Seat("sekretaris", Role.TKPK_SECRETARY),
    Seat("lurah", Role.LURAH),
    Seat("pengawas", Role.AUDITOR),
)
_FULL = (
    Seat("petugas", Role.STAFF),
    Seat("lurah", Role.LURAH),
    Seat("kemantren", Role.KEMANTREN),
    Seat("pendamping", Role.COMPANION),
    Seat("ketua", Role.TKPK_CHAIR),
    Seat("sekretaris", Role.TKPK_SECRETARY),
    *(Seat(f"tkpk{number}", Role.TKPK_MEMBER) for number in range(1, 4)),
    *(Seat(f"bkm{number}", Role.BKM_MEMBER, Kind.BKM) for number in range(1, 4)),
    Seat("sekretariat", Role.BKM_SECRETARY, Kind.BKM),
    *(Seat(f"upk{number}", Role.UPK_OFFICER, Kind.UPK) for number in range(1, 3)),
    *(Seat(f"upl{number}", Role.UPL_OFFICER, Kind.UPL) for number in range(1, 3)),
    *(Seat(f"ups{number}", Role.UPS_OFFICER, Kind.UPS) for number in range(1, 3)),
    Seat("pengawas", Role.AUDITOR),
)
PRESETS = {
    "kecil": Preset(
        "kecil",
        _("Kecil"),
        _(
            "Five duties: administrator, kelurahan officer, TKPK secretary, Lurah and auditor. "
            "Enough to begin; decisions of others are recorded from signed documents."
        ),
        _SMALL,
    ),
    "lengkap": Preset(
        "lengkap",
        _("Lengkap"),
        _(
            "Every duty: the small set, and also the TKPK with chair and members, the BKM with "
            "its secretariat, the units UPK, UPL and UPS, companion and kemantren officer."
        ),
        _FULL,
    ),
}
_UNITS = (Role.UPK_OFFICER, Role.UPL_OFFICER, Role.UPS_OFFICER)


@dataclass(frozen=True)
class Clash:
    """Two duties that one person never holds together, and why."""

    first: frozenset[Role]
    second: frozenset[Role]
    words: Any

    def holds_in(self, roles: Iterable[Role]) -> bool:
        held = set(roles)
        return bool(held & self.first) and bool(held & self.second)


CLASHES = (
    Clash(
        frozenset({Role.STAFF}),
        frozenset({Role.LURAH}),
        _("The officer enters the list of poor households, the Lurah signs it."),
    ),
    Clash(
        frozenset({Role.BKM_MEMBER}),
        frozenset({Role.BKM_SECRETARY}),
        _("A BKM member authorises a payment, the secretariat records it."),
    ),
    Clash(
        frozenset(_UNITS),
        frozenset({Role.BKM_MEMBER, Role.BKM_SECRETARY}),
        _("A unit examines proposals and loans, the BKM decides on them and pays."),
    ),
    Clash(
        frozenset({Role.AUDITOR}),
        frozenset(set(Role) - {Role.AUDITOR}),
        _("The auditor examines the work of all others and so holds no other duty."),
    ),
    Clash(
        frozenset({Role.ADMIN}),
        frozenset({Role.TKPK_CHAIR, Role.TKPK_SECRETARY, Role.TKPK_MEMBER, *_UNITS})
        | {Role.LURAH, Role.BKM_MEMBER, Role.BKM_SECRETARY},
        _("The administrator gives mandates and so neither votes, signs, verifies nor pays."),
    ),
)


def clashes(roles: Iterable[Role]) -> list[Any]:
    """Why these duties do not go together in one person; empty when they do."""
    held = set(roles)
    return [clash.words for clash in CLASHES if clash.holds_in(held)]
