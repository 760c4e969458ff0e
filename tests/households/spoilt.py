"""Families with exactly one remark on their data, for the tests of data health."""

import datetime

from django.urls import reverse
from django.utils import timezone

from households import health
from households.codes import MaritalStatus, Relation
from households.models import Household, Member
from tests.factories import make_nik

OVERVIEW = "/kerja/kelengkapan-data/"


def list_url(code):
    return reverse("health_list", args=[code])


def mend_url(code, row):
    return reverse("health_mend", args=[code, row.pk])


def sound(household):
    """Take every remark of a family made by the factories away."""
    Household.objects.filter(pk=household.pk).update(
        decile=6, decile_as_of=timezone.localdate(), registry_source="DTSEN"
    )
    household.members.filter(relation=Relation.CHILD).update(birth_date="2005-05-17")
    for member in household.members.filter(relation=Relation.CHILD):
        member.set_nik(make_nik(member.birth_date))
        member.save()
    household.refresh_from_db()
    return household


def found(user):
    numbers = health.counts(health.families_to_check(user))
    return {code: number for code, number in numbers.items() if number}


def spoil_no_head(family, head, child):
    Member.objects.filter(pk=head.pk).update(relation=Relation.OTHER_KIN)


def spoil_nobody(family, head, child):
    family.members.update(status="MOVED")


def spoil_rt(family, head, child):
    Household.objects.update(territory=family.territory.parent)


def spoil_kk(family, head, child):
    Household.objects.update(kk_number="", kk_index="")


def spoil_nik(family, head, child):
    Member.objects.filter(pk=child.pk).update(nik="", nik_index="")


def spoil_birth(family, head, child):
    Member.objects.filter(pk=child.pk).update(birth_date=None)


def spoil_marriage(family, head, child):
    Member.objects.filter(pk=child.pk).update(
        relation=Relation.WIFE, marital_status=MaritalStatus.WIDOWED
    )


def spoil_age(family, head, child):
    Member.objects.filter(pk=child.pk).update(birth_date=head.birth_date)


def spoil_parent(family, head, child):
    Member.objects.filter(pk=child.pk).update(relation=Relation.PARENT)


def spoil_decile(family, head, child):
    Household.objects.update(decile=None, decile_as_of=None)


def spoil_decile_age(family, head, child):
    Household.objects.update(decile_as_of=timezone.localdate() - datetime.timedelta(days=366))


def spoil_facts(family, head, child):
    long_ago = timezone.now() - health.FACTS_AGE - datetime.timedelta(days=1)
    Household.objects.update(updated_at=long_ago)
    Member.objects.update(updated_at=long_ago)


def spoil_aid(family, head, child):
    Household.objects.update(decile=4)


SPOILT = {
    "tanpa-kepala": spoil_no_head,
    "tanpa-penghuni": spoil_nobody,
    "tanpa-rt": spoil_rt,
    "tanpa-kk": spoil_kk,
    "tanpa-nik": spoil_nik,
    "tanpa-tanggal-lahir": spoil_birth,
    "status-kawin": spoil_marriage,
    "umur-terbalik": spoil_age,
    "tanpa-desil": spoil_decile,
    "desil-lama": spoil_decile_age,
    "data-lama": spoil_facts,
    "desil-rendah-tanpa-bantuan": spoil_aid,
}
