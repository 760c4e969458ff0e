"""How many times faster a workbook is read than by openpyxl, to the same cells.

python -m bench.parsing_speed [--people 40000]
"""

import argparse
import io
import time

from bench import installation
from tests.households.population import people, workbook

GOAL = 6


def by_openpyxl(data: bytes) -> int:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return sum(len(row) for sheet in book for row in sheet.iter_rows(values_only=True))


def by_reader(data: bytes) -> int:
    """With its process, its limits and its look at the extent before."""
    from households.imports.reading import read_file  # noqa: PLC0415 - after Django's set-up

    return sum(len(row) for sheet in read_file(data, name="data.xlsx") for row in sheet.rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000)
    chosen = parser.parse_args()
    with installation.environment("sqlite") as values:
        installation.enter(values)
        data = workbook(list(people(chosen.people)))
        seconds = {}
        for read in (by_reader, by_openpyxl):
            start = time.perf_counter()
            read(data)
            seconds[read.__name__] = time.perf_counter() - start
        ratio = seconds["by_openpyxl"] / seconds["by_reader"]
        print(f"{chosen.people} people: {seconds} ratio {ratio:.1f}x (goal {GOAL}x)")


if __name__ == "__main__":
    main()
