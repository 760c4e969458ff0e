"""Programmes, receipts and an established list, for tests on aid."""

import datetime

from django.utils import timezone

from households import assistance
from households.models import AidPair, AidProgramme, AidTarget, Listing, PairRule, PoorList

YEAR = 2026
START = datetime.date(YEAR, 1, 1)


def make_programme(kelurahan, by, name="Sembako", target=AidTarget.FAMILY, **fields):
    return AidProgramme.objects.create(
        kelurahan=kelurahan, name=name, target=target, created_by=by, updated_by=by, **fields
    )


def make_pair(first, second, by, rule=PairRule.FORBIDDEN, valid_from=START, **fields):
    pair = AidPair(
        kelurahan=first.kelurahan, first=first, second=second, rule=rule, valid_from=valid_from,
        created_by=by, updated_by=by, **fields,
    )  # fmt: skip
    pair.clean()
    pair.save()
    return pair


def give(programme, household, by, start=START, **fields):
    return assistance.record(programme, household, by=by, period_from=start, **fields)


def make_list(kelurahan, by, year=YEAR):
    """An established list of a year."""
    day = datetime.date(year, 1, 2)
    return PoorList.objects.get_or_create(
        kelurahan=kelurahan,
        year=year,
        defaults={
            "basis": "DECREE",
            "status": "ESTABLISHED",
            "objection_opened_on": day,
            "objection_closes_on": day + datetime.timedelta(days=14),
            "signed_by": by,
            "signed_at": timezone.now(),
            "decree_number": "1/CONTOH",
            "decree_on": day,
            "established_at": timezone.now(),
            "created_by": by,
            "updated_by": by,
        },
    )[0]


def establish(household, by, year=YEAR, **fields):
    """Put a family on the established list of a year."""
    return Listing.objects.create(
        kelurahan=household.kelurahan, poor_list=make_list(household.kelurahan, by, year),
        household=household, origin="STAFF", created_by=by, updated_by=by,
        **{"status": "ESTABLISHED", **fields},
    )  # fmt: skip
