"""What tests of life events share: a family, what an officer writes down, and what stands then."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from households.codes import Relation, Sex
from households.events.acts import BOOKKEEPING, Told, fresh_family
from households.events.recording import record
from households.models import Household, LifeEvent, Member
from tests import factories as make
from tkpk.models import TrailEntry

DAY = datetime.date(2026, 3, 4)


def told(on=DAY, **said):
    return Told(on=on, document_kind=said.pop("document_kind", "STATEMENT"), **said)


def member_of(household, relation):
    return household.members.get(relation=relation)


def newcomer(name="Tumini Sastro", relation=Relation.CHILD, **fields):
    """A person who is not in the registry yet, unsaved."""
    sex = fields.pop("sex", Sex.FEMALE)
    born = fields.pop("birth_date", datetime.date(2001, 2, 3))
    member = Member(relation=relation, sex=sex, birth_date=born)
    nik = fields.pop("nik", None)
    member.set_name(name)
    member.set_nik(make.make_nik(born, sex) if nik is None else nik)
    return member


def new_family(territory, kelurahan, kk_number=None):
    return fresh_family(
        territory=territory, kelurahan=kelurahan, kk_number=kk_number or make.make_kk_number()
    )


def everything():
    """Every value of every person and family, but for the bookkeeping of changes."""
    found = {}
    for model in (Household, Member):
        for row in model.objects.order_by("pk"):
            names = [f.attname for f in row._meta.concrete_fields]
            kept = [n for n in names if n not in BOOKKEEPING or n in {"nik_index", "kk_index"}]
            found[row.code] = {name: getattr(row, name) for name in kept}
    return found


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def refused(kind, household, said, *, by):
    """The code of the refusal and its field; nothing may be written."""
    before, entries = everything(), TrailEntry.objects.count()
    with pytest.raises(ValidationError) as caught:
        record(kind, household, said, by=by)
    assert everything() == before
    assert TrailEntry.objects.count() == entries
    assert not LifeEvent.objects.exists()
    ((field, errors),) = caught.value.error_dict.items()
    return field, errors[0].code
