"""The fictional demo: CSV files in `demo/`, replayed through the real moves.

Dates count from the day on which it is first loaded. People and families enter by the same doors
as real ones: mandates are granted, the population sheet is imported, figures are published.
"""

import csv
import datetime
import secrets
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from households import assistance, statistics
from households.families import save_family
from households.imports.applying import apply_batch
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.models import AidProgramme, AidReceipt, BatchStatus, Household, Member
from households.workflows.importing import IMPORT_FLOW
from programs import demo_aid, demo_instruments, demo_listing, demo_surveys, demo_voices
from tkpk import mandates
from tkpk.models import Installation, KelurahanOffice, Mandate, Organisation, Territory, User
from tkpk.models.territory import Level
from tkpk.reference_data import load_reference
from tkpk.registry import registry

DEMO_DIR = settings.BASE_DIR / "demo"
KELURAHAN = "34.71.04.1002"
OFFICE = {"office_address": "Jl. Tukangan 51 A, Yogyakarta", "postcode": "55212"}
NUMBERS = ("tenure", "wall_material", "floor_material", "roof_material", "drinking_water", "toilet")
MORE_NUMBERS = ("lighting", "power_va", "cooking_fuel", "decile", "monthly_income_idr")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one demo file."""
    with (DEMO_DIR / name).open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def load(*, password: str = "") -> Path:
    """Fill an empty installation with the demo. Returns the file with the accounts.

    A load that was cut off goes on where it stopped. Raises RuntimeError when the installation
    holds anything else.
    """
    installation = Installation.current()
    if installation.set_up or (not installation.demo and User.objects.exists()):
        raise RuntimeError("The demo is loaded into an empty installation only.")
    if not installation.demo:
        with transaction.atomic():
            _found()
    kelurahan = Territory.objects.get(code=KELURAHAN)
    officer = User.objects.get(username="petugas")
    _families(kelurahan, by=officer)
    _aid(kelurahan, by=officer)
    demo_aid.keep_rules(kelurahan, file=DEMO_DIR / "aturan_bantuan.csv", by=officer)
    demo_aid.write_cards(kelurahan, file=DEMO_DIR / "rapor.csv", by=officer)
    demo_instruments.put_into_use(kelurahan, file=DEMO_DIR / "instrumen.csv")
    demo_surveys.make_surveys(
        kelurahan,
        file=DEMO_DIR / "survei.csv",
        by=officer,
        checker=User.objects.get(username="lurah"),
    )
    demo_instruments.compute_scores(kelurahan, by=officer)
    demo_voices.hold_meetings(kelurahan, file=DEMO_DIR / "rapat.csv")
    # Objections are about a list, so the lists come first.
    demo_listing.make_lists(kelurahan, file=DEMO_DIR / "daftar.csv")
    demo_voices.send_voices(kelurahan, file=DEMO_DIR / "suara.csv", by=officer)
    with transaction.atomic():
        statistics.publish(kelurahan, by=officer)
        path = _open_accounts(password or secrets.token_urlsafe(9))
        Installation.establish(demo=True, set_up=True)
    return path


def _found() -> None:
    """The kelurahan, its people and their mandates."""
    Installation.establish(demo=True, set_up=False)
    kelurahan = _places()
    people = _people()
    _mandates(kelurahan, people)
    for callback in registry.on_kelurahan_created:
        callback(kelurahan, people["admin"])


def _places() -> Territory:
    load_reference()
    kelurahan = Territory.objects.get(code=KELURAHAN)
    KelurahanOffice.objects.create(territory=kelurahan, **OFFICE)
    for row in rows("wilayah.csv"):
        parent = Territory.objects.get(code=row["code"].rpartition(".")[0])
        place = Territory(
            code=row["code"],
            level=Level.RW if parent == kelurahan else Level.RT,
            name=row["name"],
            parent=parent,
            kampung=row["kampung"],
        )
        place.full_clean()
        place.save()
    return kelurahan


def _people() -> dict[str, User]:
    return {
        row["username"]: User.objects.create_user(
            row["username"],
            name=row["name"],
            email=row["email"],
            language=row["language"],
            nik=row["nik"],
        )
        for row in rows("pengguna.csv")
    }


def _mandates(kelurahan: Territory, people: dict[str, User]) -> None:
    organisations = {
        row["code"]: Organisation.objects.create(
            kelurahan=kelurahan,
            kind=row["kind"],
            code=row["code"].lower(),
            name=row["name"],
            territory=Territory.objects.get(code=row["territory_code"]),
        )
        for row in rows("organisasi.csv")
    }
    today = timezone.localdate()
    for row in sorted(rows("mandat.csv"), key=lambda row: row["username"] != "admin"):
        ahead = row["ends_months_ahead"]
        facts: dict[str, Any] = {
            "position": row["position"],
            "sk_number": row["sk_number"],
            "starts_on": _months(today, -int(row["starts_months_ago"])),
            "ends_on": _months(today, int(ahead)) if ahead else None,
            "organisation": organisations.get(row["organisation_code"]),
        }
        user = people[row["username"]]
        territory = Territory.objects.get(code=row["territory_code"])
        if row["username"] == "admin":
            mandates.found_first_administrator(user, territory, **facts)
        else:
            mandate = Mandate(user=user, role=row["role"], territory=territory, **facts)
            mandates.grant(mandate, by=people["admin"])


def _months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months away, not later than the 28th."""
    index = day.year * 12 + day.month - 1 + months
    return datetime.date(index // 12, index % 12 + 1, min(day.day, 28))


def _families(kelurahan: Territory, *, by: User) -> None:
    path = DEMO_DIR / "penduduk.csv"
    if not Household.objects.filter(kelurahan=kelurahan).exists():
        batch = start_batch(path.read_bytes(), name=path.name, kelurahan=kelurahan, by=by)
        batch = IMPORT_FLOW.apply("confirm", check_batch(batch, by=by), by=by)
        batch = apply_batch(batch, by=by)
        if batch.status != BatchStatus.APPLIED:
            raise RuntimeError(f"The demo's families were not imported: {batch.status}")
    for row in rows("keluarga.csv"):
        household = Household.objects.with_kk(row["no_kk"]).get(kelurahan=kelurahan)
        for name in (*NUMBERS, *MORE_NUMBERS):
            setattr(household, name, int(row[name]) if row[name] else None)
        household.floor_area_m2 = Decimal(row["floor_area_m2"]) if row["floor_area_m2"] else None
        household.registry_source = row["registry_source"]
        household.decile_as_of = (
            datetime.date.fromisoformat(row["decile_as_of"]) if row["decile_as_of"] else None
        )
        save_family(household, by=by, expected_version=household.version)


@transaction.atomic
def _aid(kelurahan: Territory, *, by: User) -> None:
    """Three programmes, and who received what; whole calendar months, counted back from today."""
    if AidReceipt.objects.filter(kelurahan=kelurahan).exists():
        return
    programmes = {
        row["name"]: AidProgramme.objects.create(
            kelurahan=kelurahan,
            created_by=by,
            updated_by=by,
            **{name: value for name, value in row.items() if value},
        )
        for row in rows("program_bantuan.csv")
    }
    for row in rows("bantuan.csv"):
        household = Household.objects.with_kk(row["no_kk"]).get(kelurahan=kelurahan)
        people = Member.objects.with_nik(row["nik"]).filter(household=household)
        ends, amount = row["ends_months_ago"], row["amount_idr"]
        assistance.record(
            programmes[row["programme"]],
            household,
            by=by,
            member=people.get() if row["nik"] else None,
            period_from=_month(int(row["starts_months_ago"])),
            period_to=_month(int(ends) - 1) - datetime.timedelta(days=1) if ends else None,
            amount_idr=int(amount) if amount else None,
            goods=row["goods"],
        )


def _month(ago: int) -> datetime.date:
    """The first day of the month so many months ago."""
    return _months(timezone.localdate(), -ago).replace(day=1)


def _open_accounts(password: str) -> Path:
    """Give every account the password and write them down for the owner of the machine.

    One line an account: name, password and mandate, separated by tabs.
    """
    path = Path(settings.VAR_DIR) / "demo-accounts.txt"
    path.touch(mode=0o600)
    path.chmod(0o600)
    lines = []
    for row in rows("pengguna.csv"):
        user = User.objects.get(username=row["username"])
        user.set_password(password)
        user.save(update_fields=["password"])
        mandate = user.mandates.select_related("territory__parent").first()
        lines.append(f"{user.username}\t{password}\t{mandate or ''}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
