"""Remarks on a NIK, kept where a list can ask for them.

NIKs are encrypted, so no query can compare one with the birth date. Whoever saves a person through
`families` has the person checked again at once, and a job checks whom an import wrote. Everybody
is checked once a night, which also covers what life events and merges have written. A list that
shows such a remark looks once more at each row that it shows, so what was mended meanwhile is not
shown.
"""

import datetime
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from households.models import LIVING, FindingCode, HealthFinding, Member
from tkpk import jobs, nik

CODES = {
    "nik_birth_date": FindingCode.NIK_BIRTH,
    "nik_birth_year": FindingCode.NIK_BIRTH,
    "nik_future": FindingCode.NIK_BIRTH,
    "nik_sex": FindingCode.NIK_SEX,
    "nik_province": FindingCode.NIK_PROVINCE,
}
CHUNK = 2000


def remarks_on(member: Member, *, today: datetime.date | None = None) -> list[nik.Warning]:
    """Where the NIK disagrees with birth date, sex or the list of provinces."""
    if not member.nik:
        return []
    return nik.nik_warnings(
        member.nik,
        sex=member.sex,
        birth_date=member.birth_date,
        today=today or timezone.localdate(),
    )


def check_again(members: Iterable[Member], *, found_at: datetime.datetime) -> None:
    """Replace what is kept about these persons by what holds now. A fixed number of queries."""
    members = list(members)
    living = [member for member in members if member.status in LIVING]
    today = timezone.localdate(found_at)
    found = {
        (member.kelurahan_id, member.pk, CODES[remark.code])
        for member in living
        for remark in remarks_on(member, today=today)
    }
    with transaction.atomic():
        HealthFinding.objects.filter(member_id__in=[member.pk for member in members]).delete()
        HealthFinding.objects.bulk_create(
            HealthFinding(kelurahan_id=kelurahan, member_id=pk, code=code, found_at=found_at)
            for kelurahan, pk, code in sorted(found)
        )


def _chunks(rows: Iterator[Member]) -> Iterator[list[Member]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def check_all(members: QuerySet[Member], *, found_at: datetime.datetime) -> None:
    """`check_again` in parts, with memory for one of them. About 5 s at 100,000."""
    rows = members.only("kelurahan_id", "nik", "sex", "birth_date", "status").order_by("pk")
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        check_again(chunk, found_at=found_at)


@jobs.daily("nik_remarks")
def check_everybody(now: datetime.datetime) -> None:
    """Check all living persons, and drop what is kept about others."""
    check_all(Member.objects.living(), found_at=now)
    HealthFinding.objects.exclude(member_id__in=Member.objects.living().values("pk")).delete()
