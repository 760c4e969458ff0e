"""Makes the least valid row of each kind. Identifiers are fictional: they end in 0000."""

import datetime
import itertools
from typing import Any

from django.db import transaction
from django.utils import timezone

from households.codes import Relation, Sex
from households.models import Household, Member
from tkpk.models import (
    Installation,
    KelurahanOffice,
    Level,
    Mandate,
    Organisation,
    Territory,
    User,
)
from tkpk.roles import NEEDS_ORGANISATION, Role

TEGALPANGGUNG = "34.71.04.1002"
SURYATMAJAN = "34.71.04.1001"
PASSWORD = "kata-sandi-uji-coba"

_numbers = itertools.count(1)
_ORGANISATION_OF_ROLE = {
    Role.BKM_MEMBER: "BKM",
    Role.BKM_SECRETARY: "BKM",
    Role.UPK_OFFICER: "UPK",
    Role.UPL_OFFICER: "UPL",
    Role.UPS_OFFICER: "UPS",
    Role.KSM_REP: "KSM",
    Role.KPP_REP: "KPP",
}


def make_installation(*, demo: bool = True) -> Installation:
    """An installation that is set up; a demo, since test identifiers end in 0000."""
    Installation.objects.all().delete()
    return Installation.establish(demo=demo)


def _place(code: str, level: Level, name: str, parent: Territory | None) -> Territory:
    return Territory.objects.get_or_create(
        code=code, defaults={"level": level, "name": name, "parent": parent}
    )[0]


def make_kelurahan(
    code: str = TEGALPANGGUNG, name: str = "Tegalpanggung", host: str = ""
) -> Territory:
    """A kelurahan that uses the installation, with the places above it."""
    city = _place(code[:5], Level.CITY, "Kota Yogyakarta", None)
    kemantren = _place(code[:8], Level.KEMANTREN, "Danurejan", city)
    kelurahan = _place(code, Level.KELURAHAN, name, kemantren)
    KelurahanOffice.objects.get_or_create(territory=kelurahan, defaults={"host": host})
    return kelurahan


def make_rt(kelurahan: Territory, rw: int = 3, rt: int = 12) -> Territory:
    """An RT with its RW."""
    parent = _place(f"{kelurahan.code}.{rw:03d}", Level.RW, f"RW {rw:02d}", kelurahan)
    return _place(f"{parent.code}.{rt:03d}", Level.RT, f"RT {rt:02d}", parent)


def make_organisation(kelurahan: Territory, kind: str = "BKM") -> Organisation:
    return Organisation.objects.get_or_create(
        kelurahan=kelurahan,
        code=kind.lower(),
        defaults={"kind": kind, "name": f"{kind} Contoh", "territory": kelurahan},
    )[0]


def make_nik(born: datetime.date = datetime.date(1980, 5, 17), sex: int = Sex.MALE) -> str:
    """A NIK that no other call gives: the area runs through, the serial is never issued."""
    number = next(_numbers)
    day = born.day + (40 if sex == Sex.FEMALE else 0)
    return f"{31 + number % 6}{number // 6 % 10000:04d}{day:02d}{born:%m%y}0000"


def make_kk_number() -> str:
    number = next(_numbers)
    return f"3471{number % 100:02d}{1 + number // 100 % 28:02d}01{number // 2800 % 100:02d}0000"


def make_mandate(user: User, role: Role, territory: Territory, **fields: Any) -> Mandate:
    """A mandate valid since yesterday."""
    if role in NEEDS_ORGANISATION and "organisation" not in fields:
        kelurahan = Territory.objects.get(code=territory.kelurahan_code)
        fields["organisation"] = make_organisation(kelurahan, _ORGANISATION_OF_ROLE[role])
    fields.setdefault("starts_on", timezone.localdate() - datetime.timedelta(days=1))
    return Mandate.objects.create(user=user, role=role, territory=territory, **fields)


def make_user(
    username: str = "", role: Role | None = None, territory: Territory | None = None, **fields: Any
) -> User:
    """A person who can sign in with PASSWORD, with one mandate if a role is given."""
    username = username or f"orang{next(_numbers)}"
    fields.setdefault("name", username.capitalize())
    user = User.objects.create_user(username, password=PASSWORD, **{"nik": make_nik(), **fields})
    if role is not None and territory is not None:
        make_mandate(user, role, territory)
    return user


@transaction.atomic
def make_family(
    territory: Territory,
    *,
    by: User,
    head: str = "Wiryo Kartosuwignyo",
    others: int = 1,
    **fields: Any,
) -> Household:
    """A family with a head and so many children."""
    kelurahan = Territory.objects.get(code=territory.kelurahan_code)
    household = Household(
        kelurahan=kelurahan, territory=territory, created_by=by, updated_by=by, **fields
    )
    household.set_kk_number(make_kk_number())
    household.save()
    make_member(household, head, by=by, relation=Relation.HEAD)
    for number in range(others):
        make_member(household, f"Anak {number + 1} {head}", by=by, relation=Relation.CHILD)
    return household


def make_member(
    household: Household,
    name: str = "Sastro Ngadimin",
    *,
    by: User,
    relation: int = Relation.CHILD,
    **fields: Any,
) -> Member:
    """A person of a family, with a NIK of the birth date."""
    born = fields.pop("birth_date", datetime.date(1980, 5, 17))
    nik = fields.pop("nik", None)
    member = Member(
        kelurahan=household.kelurahan,
        household=household,
        relation=relation,
        sex=fields.pop("sex", Sex.MALE),
        birth_date=born,
        created_by=by,
        updated_by=by,
        **fields,
    )
    member.set_name(name)
    member.set_nik(make_nik(born, member.sex) if nik is None else nik)
    member.save()
    return member
