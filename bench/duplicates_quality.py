"""How well and how fast people who were entered twice are found, against the truth set.

    python -m bench.duplicates_quality --people 10000 100000

Recall: of the true pairs, how many are shown. Precision: of the pairs shown, how many are true.
"Without NIK" leaves out the pairs that one NIK gives away, which is the harder question.
"""

import argparse
import resource
import time
from dataclasses import dataclass

from bench.truth_duplicates import Entry, same_person, truth_set
from households.duplicates.facts import Facts
from households.duplicates.finding import Pair, find_pairs
from households.duplicates.names import parse_name


@dataclass(frozen=True)
class Quality:
    """Counts of pairs."""

    true: int
    shown: int
    hits: int

    @property
    def recall(self) -> float:
        return self.hits / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        return self.hits / self.shown if self.shown else 1.0

    def __str__(self) -> str:
        return (
            f"recall {self.recall:.4f} ({self.hits}/{self.true}), "
            f"precision {self.precision:.4f} ({self.hits}/{self.shown})"
        )


def facts_of(entry: Entry) -> Facts:
    """An entry as the search sees it."""
    return Facts(
        key=entry.row,
        name=parse_name(entry.name),
        sex=entry.sex,
        birth_date=entry.birth_date,
        birth_place=entry.birth_place,
        nik=entry.nik,
        father=parse_name(entry.father_name),
        mother=parse_name(entry.mother_name),
        family=entry.family,
        place=f"34.71.04.1002.{entry.rw:03d}.{entry.rt:03d}",
    )


def measure(entries: list[Entry], pairs: list[Pair]) -> tuple[Quality, Quality]:
    """The quality over all pairs, and over those without the same NIK on both rows."""
    niks = {entry.row: entry.nik for entry in entries}
    true = same_person(entries)
    shown = {(pair.a, pair.b) for pair in pairs}

    def hard(some: set[tuple[int, int]]) -> set[tuple[int, int]]:
        return {(a, b) for a, b in some if not (niks[a] and niks[a] == niks[b])}

    every = Quality(len(true), len(shown), len(true & shown))
    return every, Quality(len(hard(true)), len(hard(shown)), len(hard(true & shown)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--error-seed", type=int, default=7)
    chosen = parser.parse_args()
    for people in chosen.people:
        entries = truth_set(people, seed=chosen.seed, error_seed=chosen.error_seed)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, cpu = time.perf_counter(), time.process_time()
        pairs = find_pairs([facts_of(entry) for entry in entries])
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        every, hard = measure(entries, pairs)
        print(f"{people} people: {seconds:.1f} s ({cpu:.1f} s of the processor), +{grown} MB")
        print(f"  all pairs:   {every}")
        print(f"  without NIK: {hard}")


if __name__ == "__main__":
    main()
