"""Territory codes: written with dots or without, one width a level, scope as a prefix."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import factories
from tkpk.models import Level, Territory, normalise_code
from tkpk.models.territory import within


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("3471", "34.71"),
        ("347104", "34.71.04"),
        ("34.71.04.1002", "34.71.04.1002"),
        ("3471041002003", "34.71.04.1002.003"),
        (" 34 71 04 1002 003 012 ", "34.71.04.1002.003.012"),
    ],
)
def test_a_code_is_read_with_or_without_dots(typed, code):
    assert normalise_code(typed) == code


@pytest.mark.parametrize("typed", ["", "34", "34.71.4", "34710410020030", "34.7a", "３４７１"])
def test_anything_else_is_refused(typed):
    with pytest.raises(ValidationError):
        normalise_code(typed)


@pytest.mark.django_db
def test_scope_is_a_prefix_of_whole_parts():
    rt = factories.make_rt(factories.make_kelurahan(), rw=3, rt=12)
    assert rt.full_name == "RT 12 RW 03"
    assert Territory.objects.filter(within("code", "34.71")).count() == 5
    assert list(Territory.objects.within("34.71.04.1002.003.01")) == []
    assert list(Territory.objects.within()) == []
    assert rt.kelurahan_code == "34.71.04.1002"
    assert rt.parent.parent.parent.kelurahan_code == ""


@pytest.mark.django_db
def test_a_code_fits_its_level_and_its_parent():
    kelurahan = factories.make_kelurahan()
    place = Territory(code="3471041002009", level=Level.RW, name="RW 09", parent=kelurahan)
    place.full_clean()
    assert place.code == "34.71.04.1002.009"
    for facts in (
        {"code": "34.71.04.1002.009", "level": Level.RT},
        {"code": "34.71.04.1001.009", "level": Level.RW},
    ):
        with pytest.raises(ValidationError):
            Territory(name="x", parent=kelurahan, **facts).full_clean()


@pytest.mark.django_db
def test_only_a_city_stands_alone():
    for facts in (
        {"code": "34.71.04", "level": Level.KEMANTREN, "parent": None},
        {"code": "34.72", "level": "DESA", "parent": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Territory.objects.create(name="x", **facts)


@pytest.mark.django_db
def test_only_kelurahan_with_an_office_are_served():
    kelurahan = factories.make_kelurahan()
    factories.make_rt(kelurahan)
    Territory.objects.create(
        code="34.71.04.1003", level=Level.KELURAHAN, name="Bausasran", parent=kelurahan.parent
    )
    assert list(Territory.objects.served()) == [kelurahan]
    assert Territory.objects.kelurahan().count() == 2
