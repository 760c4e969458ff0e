"""How many times faster a workbook is read than by openpyxl, to the same cells.

python -m bench.parsing_speed [--people 40000] [--rounds 3]
"""

import argparse
import io
import time
from collections import defaultdict

from bench import installation
from tests.households.population import people, workbook

# Against the fast one of openpyxl's two modes.
GOAL = 6


def _openpyxl(data: bytes, *, read_only: bool) -> int:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=read_only, data_only=True)
    return sum(len(row) for sheet in book for row in sheet.iter_rows(values_only=True))


def openpyxl(data: bytes) -> int:
    """As its documentation opens a workbook."""
    return _openpyxl(data, read_only=False)


def openpyxl_read_only(data: bytes) -> int:
    """In the mode that streams and keeps no cell."""
    return _openpyxl(data, read_only=True)


def by_reader(data: bytes) -> int:
    """With its process, its limits and its look at the extent."""
    from households.imports.reading import read_file  # noqa: PLC0415 - after Django's set-up

    return sum(len(row) for sheet in read_file(data, name="data.xlsx") for row in sheet.rows)


def best_seconds(data: bytes, rounds: int) -> dict[str, float]:
    """By reader, the shortest of its rounds; they take turns, so that a busy moment hits all."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for read in (by_reader, openpyxl_read_only, openpyxl):
            start = time.perf_counter()
            read(data)
            seconds[read.__name__].append(time.perf_counter() - start)
    return {name: min(taken) for name, taken in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with installation.environment("sqlite") as values:
        installation.enter(values)
        seconds = best_seconds(workbook(list(people(chosen.people))), chosen.rounds)
        ours = seconds.pop("by_reader")
        print(f"{chosen.people} people, best of {chosen.rounds}: ours {ours:.2f} s")
        for name, theirs in seconds.items():
            goal = f" (goal {GOAL}x)" if name == "openpyxl_read_only" else ""
            print(f"  {name}: {theirs:.2f} s, {theirs / ours:.1f}x{goal}")


if __name__ == "__main__":
    main()
