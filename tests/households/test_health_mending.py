"""Mending in place: the row leaves the list, what cannot be is said beside the field."""

import datetime

import pytest
from django.utils import timezone

from households import health, nik_remarks
from households.codes import Relation, Sex
from households.models import (
    Household,
    Member,
)
from tests.factories import (
    make_family,
    make_kk_number,
    make_nik,
    make_rt,
)
from tests.households.spoilt import (
    SPOILT,
    found,
    list_url,
    mend_url,
    sound,
    spoil_nik,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(household):
    return sound(household)


@pytest.fixture
def head(family):
    return family.members.get(relation=Relation.HEAD)


@pytest.fixture
def child(family):
    return family.members.get(relation=Relation.CHILD)


def data_for(code, family, head, child):
    family.refresh_from_db()
    day = timezone.localdate().isoformat()
    decile = {"registry_source": "DTSEN", "decile": "7", "decile_as_of": day}
    return {
        "tanpa-kepala": {"head": f"{head.pk}-{head.version}"},
        "tanpa-rt": {"territory": make_rt(family.kelurahan, 5, 1).pk},
        "tanpa-kk": {"new_kk_number": make_kk_number()},
        "tanpa-nik": {"new_nik": make_nik(datetime.date(2005, 5, 17))},
        "tanpa-tanggal-lahir": {"birth_date": "2005-05-17"},
        "status-kawin": {"marital_status": "2", "relation": Relation.WIFE},
        "umur-terbalik": {"birth_date": "2005-05-17", "relation": Relation.CHILD},
        "tanpa-desil": decile,
        "desil-lama": decile,
        "data-lama": {},
    }[code]


MENDED = [code for code in SPOILT if code not in {"tanpa-penghuni", "desil-rendah-tanpa-bantuan"}]


@pytest.mark.parametrize("code", MENDED)
def test_a_row_is_mended_in_place_and_leaves_the_list(officer, staff, family, head, child, code):
    SPOILT[code](family, head, child)
    row = health.rows_of(health.CHECKS[code], staff).get()
    data = {"version": row.version, **data_for(code, family, head, child)}
    answer = officer.post(mend_url(code, row), {**data, "back": "rw=34.71.04.1002.003&jahat=1"})
    assert answer.status_code == 302, answer.context["lines"][0]["form"].errors
    assert answer.url == list_url(code) + "?rw=34.71.04.1002.003"
    assert code not in found(staff)
    row.refresh_from_db()
    changed = head if code == "tanpa-kepala" else row
    changed.refresh_from_db()
    assert (changed.version, changed.updated_by) == (2, staff)
    # The same page sent again finds another version, and writes nothing.
    if code != "tanpa-kepala":
        assert officer.post(mend_url(code, row), data).status_code == 422
        row.refresh_from_db()
        assert row.version == 2


def test_a_nik_that_disagrees_is_mended_by_the_field_that_is_wrong(officer, staff, family, head):
    Member.objects.filter(pk=head.pk).update(sex=Sex.FEMALE)
    nik_remarks.check_everybody(timezone.now())
    page = officer.get(list_url("nik-berbeda"))
    assert page.context["lines"][0]["remarks"]
    assert head.nik not in page.content.decode()
    data = {"version": head.version, "sex": "1", "birth_date": "1980-05-17", "new_nik": ""}
    assert officer.post(mend_url("nik-berbeda", head), data).status_code == 302
    assert found(staff) == {}


@pytest.mark.parametrize(
    ("code", "data", "field"),
    [
        ("tanpa-nik", {"new_nik": "123"}, "new_nik"),
        ("tanpa-nik", {"new_nik": ""}, "new_nik"),
        ("tanpa-kk", {"new_kk_number": "12"}, "new_kk_number"),
        ("tanpa-tanggal-lahir", {"birth_date": "31/02/1990"}, "birth_date"),
        ("tanpa-desil", {"decile": "11"}, "decile"),
        ("tanpa-desil", {"decile": "3"}, "decile_as_of"),
        ("tanpa-desil", {"registry_source": "DTSEN"}, "decile"),
        ("tanpa-desil", {"registry_source": "DTSEN"}, "decile_as_of"),
        ("desil-lama", {"registry_source": "DTSEN"}, "decile"),
        ("tanpa-rt", {"territory": ""}, "territory"),
        ("tanpa-kepala", {"head": "1-99-x"}, "head"),
        ("tanpa-kepala", {"head": ""}, "head"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_in_the_list(
    officer, staff, family, head, child, code, data, field
):
    SPOILT[code](family, head, child)
    row = health.rows_of(health.CHECKS[code], staff).get()
    answer = officer.post(mend_url(code, row), {"version": row.version, **data})
    assert answer.status_code == 422
    assert answer.context["lines"][0]["form"].errors[field]
    assert found(staff) == {code: 1}


def test_a_number_that_somebody_has_is_refused_with_a_link(officer, staff, rt, family, head, child):
    other = sound(make_family(rt, by=staff))
    spoil_nik(family, head, child)
    taken = other.members.first().nik
    answer = officer.post(mend_url("tanpa-nik", child), {"version": 1, "new_nik": taken})
    assert answer.status_code == 422
    Household.objects.filter(pk=family.pk).update(kk_number="", kk_index="")
    data = {"version": family.version, "new_kk_number": other.kk_number}
    answer = officer.post(mend_url("tanpa-kk", family), data)
    assert answer.context["lines"][0]["form"].errors["new_kk_number"]


def test_a_family_with_a_head_gets_no_second_one_from_an_old_page(officer, family, head, child):
    data = {"head": f"{child.pk}-{child.version}"}
    assert officer.post(mend_url("tanpa-kepala", family), data).status_code == 422
    assert family.members.filter(relation=Relation.HEAD).get() == head
