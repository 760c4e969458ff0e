"""The search for people entered twice in one kelurahan: finds pairs, decides nothing.

A search reads everybody in one query, compares in memory and writes only what is new or different.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from households.duplicates.comparison import Comparison, compare
from households.duplicates.facts import Facts
from households.duplicates.finding import find_pairs
from households.duplicates.names import Rarity
from households.duplicates.reading import CHUNK, read_facts
from households.models import DuplicatePair, Member, PairKind, PairStatus
from tkpk import jobs
from tkpk.encryption import blind_index
from tkpk.models import Job, KelurahanOffice, Territory, User

KIND = "households.find_duplicates"
BEAT_EVERY = 5_000
Key = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """One pair that the search found, ready to be written."""

    kind: PairKind
    comparison: Comparison
    digest: str

    @property
    def score(self) -> Decimal:
        return Decimal(str(self.comparison.score)).quantize(Decimal("0.0001"))

    @property
    def parts(self) -> list[dict[str, Any]]:
        return parts_of(self.comparison)


def parts_of(comparison: Comparison) -> list[dict[str, Any]]:
    """The parts as they are kept: codes and weights, no personal text."""
    return [
        {
            "kind": part.kind,
            "found": part.found,
            "weight": round(part.weight, 2),
            **({} if part.share is None else {"share": round(part.share, 2)}),
        }
        for part in comparison.parts
    ]


def digest_of(a: Facts, b: Facts) -> str:
    """A keyed sum over what tells the two apart."""
    said = [
        "|".join((*one.name.words, str(one.sex), str(one.birth_date), one.nik))
        for one in sorted((a, b), key=lambda facts: facts.key)
    ]
    return blind_index("pair", "||".join(said))


def search(
    kelurahan: Territory,
    *,
    by: User | None = None,
    since: datetime.datetime | None = None,
    beat: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Find pairs and write them; returns how many there are. With `since`, only around rows that
    were saved after it.

    Costs one query for the people and a fixed number for each 5,000 pairs.
    """
    people = list(read_facts(kelurahan))
    changed = _changed(kelurahan, since) if since else None
    found = _found(people, changed, beat)
    with transaction.atomic():
        KelurahanOffice.objects.select_for_update().get(territory=kelurahan)
        _write(kelurahan, found, by=by, everybody=changed is None)
    return len(found)


def _changed(kelurahan: Territory, since: datetime.datetime) -> set[int]:
    rows = Member.objects.filter(kelurahan=kelurahan, updated_at__gte=since)
    return set(rows.values_list("pk", flat=True))


def _found(
    people: Sequence[Facts], only: set[int] | None, beat: Callable[[int, int], None]
) -> dict[Key, Found]:
    by_key = {facts.key: facts for facts in people}
    rarity = Rarity(facts.name for facts in people)

    def progress(done: int) -> None:
        if done % BEAT_EVERY == 0:
            beat(done, len(people))

    pairs = find_pairs(people, only=only, rarity=rarity, beat=progress)
    found = {
        (pair.a, pair.b): Found(
            PairKind.PROBABLE, pair.comparison, digest_of(by_key[pair.a], by_key[pair.b])
        )
        for pair in pairs
    }
    for a, b in _same_number(people, only):
        known = found.get((a, b))
        comparison = known.comparison if known else compare(by_key[a], by_key[b], rarity)
        found[a, b] = Found(PairKind.EXACT, comparison, digest_of(by_key[a], by_key[b]))
    return found


def _same_number(people: Sequence[Facts], only: set[int] | None) -> Iterator[Key]:
    """Every two rows with one NIK, in whatever RT and state."""
    holders: dict[str, list[int]] = defaultdict(list)
    for facts in people:
        if facts.nik:
            holders[facts.nik].append(facts.key)
    for same in holders.values():
        for a, b in combinations(sorted(same), 2):
            if only is None or a in only or b in only:
                yield a, b


# --- writing ---------------------------------------------------------------------------------
def _write(
    kelurahan: Territory, found: dict[Key, Found], *, by: User | None, everybody: bool
) -> None:
    known = {
        (pair.low, pair.high): pair for pair in DuplicatePair.objects.filter(kelurahan=kelurahan)
    }
    changed = [known[key] for key in found if key in known and _update(known[key], found[key])]
    fields = ["kind", "score", "parts", "facts_changed", "facts_digest", "updated_at"]
    DuplicatePair.objects.bulk_update(changed, fields, batch_size=500)
    new = {key: one for key, one in found.items() if key not in known}
    _create(kelurahan, new, by=by)
    if everybody:
        # What nobody has touched and no longer looks alike was never more than a guess.
        stale = [p.pk for key, p in known.items() if key not in found and _is_guess(p)]
        for start in range(0, len(stale), CHUNK):
            DuplicatePair.objects.filter(pk__in=stale[start : start + CHUNK]).delete()


def _is_guess(pair: DuplicatePair) -> bool:
    return pair.status == PairStatus.OPEN and pair.version == 1


def _update(pair: DuplicatePair, found: Found) -> bool:
    """Take over what is different; a pair that was decided keeps what it was decided on."""
    if pair.status == PairStatus.MERGED:
        return False
    changed = pair.facts_digest != found.digest
    if pair.status == PairStatus.DISMISSED:
        if not changed or pair.facts_changed:
            return False
        pair.facts_changed = True
    elif not changed and (pair.kind, pair.score) == (found.kind, found.score):
        return False
    else:
        pair.facts_digest = found.digest
    pair.kind, pair.score, pair.parts = found.kind, found.score, found.parts
    pair.updated_at = timezone.now()
    return True


def _create(kelurahan: Territory, found: dict[Key, Found], *, by: User | None) -> None:
    """A search that nobody asked for writes in the name of who saved the younger row last."""
    writers = {} if by else _writers({high for _low, high in found})
    rows = [
        DuplicatePair(
            kelurahan=kelurahan,
            low=low,
            high=high,
            kind=one.kind,
            score=one.score,
            parts=one.parts,
            facts_digest=one.digest,
            created_by_id=by.pk if by else writers[high],
            updated_by_id=by.pk if by else writers[high],
        )
        for (low, high), one in sorted(found.items())
        if by or high in writers
    ]
    DuplicatePair.objects.bulk_create(rows, batch_size=500)


def _writers(keys: set[int]) -> dict[int, int]:
    writers: dict[int, int] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        part = Member.objects.filter(pk__in=ordered[start : start + CHUNK])
        writers |= dict(part.values_list("pk", "updated_by_id"))
    return writers


# --- as a job --------------------------------------------------------------------------------
def ask_to_search(
    kelurahan: Territory, *, by: User | None = None, since: datetime.datetime | None = None
) -> Job:
    """A search in the background; one that waits and looks at as much is not doubled.

    With `since`, around the rows that were saved after it.
    """
    prefix = f"duplicates.{kelurahan.pk}."
    busy = Job.objects.filter(
        key__startswith=f"{prefix}all.", status__in=[Job.Status.QUEUED, Job.Status.RUNNING]
    )
    if since is not None:
        # One that runs already may have read the people before these were saved.
        busy = busy.filter(status=Job.Status.QUEUED)
    if waiting := busy.first():
        return waiting
    key = f"{prefix}{'new' if since else 'all'}.{timezone.now():%Y%m%d%H%M%S%f}"
    payload = {"kelurahan": kelurahan.pk, "since": since.isoformat() if since else ""}
    return jobs.enqueue(KIND, key=key, payload=payload, by=by)


def last_search(kelurahan: Territory) -> Job | None:
    """The search that was asked for last."""
    return Job.objects.filter(key__startswith=f"duplicates.{kelurahan.pk}.").order_by("-pk").first()


@jobs.job_kind(KIND)
def find_duplicates(job: Job) -> None:
    kelurahan = Territory.objects.get(pk=job.payload["kelurahan"])
    since = job.payload.get("since")
    search(
        kelurahan,
        by=job.created_by,
        since=parse_datetime(since) if since else None,
        beat=lambda done, total: jobs.beat(job, done=done, total=total),
    )


@jobs.daily("find_duplicates")
def search_daily(now: datetime.datetime) -> None:
    """Once a day in every kelurahan that uses the installation, in the background."""
    for office in KelurahanOffice.objects.select_related("territory"):
        ask_to_search(office.territory)
