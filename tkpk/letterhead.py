"""The head of every paper: which offices, which address."""

from typing import Any

from tkpk.models import KelurahanOffice, Territory


def office_of(kelurahan: Territory) -> dict[str, Any]:
    """The letterhead: the offices above, the kelurahan, its address and telephone."""
    office = KelurahanOffice.objects.filter(territory=kelurahan).first()
    kemantren = kelurahan.parent
    city = kemantren.parent if kemantren else None
    place = " ".join(filter(None, (office.office_address, office.postcode))) if office else ""
    contact = [place, f"Telepon {office.phone}" if office and office.phone else ""]
    contact.append(office.email if office else "")
    return {
        "name": _named("Kelurahan", kelurahan.name),
        "above": [
            *([f"Pemerintah {city.name}"] if city else []),
            *([_named("Kemantren", kemantren.name)] if kemantren else []),
        ],
        "address": " · ".join(filter(None, contact)),
    }


def _named(kind: str, name: str) -> str:
    return name if name.casefold().startswith(kind.casefold()) else f"{kind} {name}"
