"""What the database itself refuses, also where a NULL stands in a pair."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from households.models import Household, Member
from tests.factories import make_family, make_installation, make_kelurahan, make_rt, make_user

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 9, 30)


@pytest.fixture
def family():
    make_installation()
    return make_family(make_rt(make_kelurahan()), by=make_user("petugas"))


def refused(model, **values):
    try:
        with transaction.atomic():
            model.objects.update(**values)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("model", [Household, Member])
@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (None, None, False),
        ("-7.79", "110.37", False),
        ("-7.79", None, True),
        (None, "110.37", True),
        ("-97", "110.37", True),
    ],
)
def test_coordinates_come_in_pairs(family, model, latitude, longitude, expected):
    assert refused(model, latitude=latitude, longitude=longitude) == expected


@pytest.mark.parametrize(
    ("decile", "day", "source", "expected"),
    [
        (None, None, "", False),
        (3, DAY, "DTSEN", False),
        (None, DAY, "DTSEN", True),
        (3, None, "DTSEN", True),
        (3, DAY, "", True),
        (11, DAY, "DTSEN", True),
        (0, DAY, "DTSEN", True),
    ],
)
def test_a_decile_has_a_date_and_a_source(family, decile, day, source, expected):
    values = {"decile": decile, "decile_as_of": day, "registry_source": source}
    assert refused(Household, **values) == expected


def test_other_closed_sets_and_amounts_hold(family):
    assert refused(Household, floor_area_m2=-1)
    assert refused(Household, status="GONE")
    assert refused(Household, tenure=99)
    assert refused(Member, status="GONE")
    assert refused(Member, sex=3)
    assert refused(Member, relation=0)
    assert refused(Member, nik_index="")
