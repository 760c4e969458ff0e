"""How many times faster an import is than stock django-import-export, on both engines.

    python -m bench.import_speed [--people 40000] [--engine sqlite] [--baseline-people 2000]

Each side runs in a process and an installation of its own and starts from the same parsed rows.
The claim is the ratio of one run; see bench/README.md.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import nullcontext
from typing import Any

from bench import installation
from bench.memory import watched
from tests.households.population import people, with_changes, workbook

CHANGED_SHARE = 0.05
SIDES = ("pipeline", "stock")
GOALS = {"first": 25, "again": 40, "growth_mb": 64, "parsing": 6}


def parsed(rows: list[dict[str, Any]]) -> Any:
    """The content of the list, read from a workbook by the reading half."""
    from django.utils import timezone  # noqa: PLC0415 - after Django's set-up

    from households.imports.content import read_content  # noqa: PLC0415

    return read_content(workbook(rows), name="data.xlsx", demo=True, today=timezone.localdate())


def run_pipeline(content: Any, place: Any, officer: Any) -> dict[str, float]:
    """Compare, keep the preview, save. The batch's own file is a stand-in: it is parsed already."""
    from bench import pipeline  # noqa: PLC0415 - after Django's set-up

    return pipeline.run(content, place, officer)


def run_stock(content: Any, place: Any, officer: Any) -> dict[str, float]:
    from bench import stock  # noqa: PLC0415 - after Django's set-up

    families, persons = stock.datasets(content.rows, place)
    start = time.perf_counter()
    written = stock.run(families, persons, place=place, by=officer)
    return {"seconds": time.perf_counter() - start, "written": written}


def one_side(side: str, count: int, *, writer: bool = False) -> dict[str, Any]:
    """First import and the one of a later month, in this process."""
    installation.set_up()
    from bench import other_writer  # noqa: PLC0415 - after Django's set-up

    place, officer = installation.make_place()
    run, found = {"pipeline": run_pipeline, "stock": run_stock}[side], {}
    rows = list(people(count))
    for name, list_ in (("first", rows), ("again", with_changes(rows, share=CHANGED_SHARE))):
        content = parsed(list_)
        cpu = time.process_time()
        with watched() as growth, other_writer.writing() if writer else nullcontext([0]) as waits:
            found[name] = run(content, place, officer)
        found[name] |= {
            "cpu_seconds": time.process_time() - cpu,
            "growth_mb": growth.mb,
            "other_writer_waits": max(waits),
        }
    return found


def in_a_process(side: str, engine: str, count: int, *extra: str) -> dict[str, Any]:
    with installation.environment(engine) as values:
        arguments = ["--side", side, "--people", str(count), *extra]
        result = subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-m", "bench.import_speed", *arguments],
            env=values,
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(result.stdout.splitlines()[-1])


def compare(engine: str, count: int, baseline_count: int) -> dict[str, Any]:
    """Seconds and ratios; a smaller baseline is scaled up by its number of people."""
    ours = in_a_process("pipeline", engine, count)
    stock = in_a_process("stock", engine, baseline_count)
    scale = count / baseline_count
    return {
        "engine": engine,
        "people": count,
        "baseline_people": baseline_count,
        "pipeline": ours,
        "stock": stock,
        "ratio": _ratios(ours, stock, scale, "seconds"),
        "cpu_ratio": _ratios(ours, stock, scale, "cpu_seconds"),
    }


def _ratios(
    ours: dict[str, Any], stock: dict[str, Any], scale: float, measure: str
) -> dict[str, float]:
    return {name: stock[name][measure] * scale / ours[name][measure] for name in ("first", "again")}


def table(found: dict[str, Any]) -> str:
    """Seconds by the clock; the ratio of processor seconds stands beside that of the clock."""
    lines = [
        f"== {found['engine']}: {found['people']} people (baseline: {found['baseline_people']}) ==",
        f"{'':8}{'stock s':>10}{'ours s':>10}{'ratio':>9}{'cpu':>9}{'goal':>7}{'growth MB':>11}",
    ]
    for name in ("first", "again"):
        ours = found["pipeline"][name]
        lines.append(
            f"{name:8}{found['stock'][name]['seconds']:10.1f}{ours['seconds']:10.2f}"
            f"{found['ratio'][name]:8.1f}x{found['cpu_ratio'][name]:8.1f}x"
            f"{GOALS[name]:6}x{ours['growth_mb']:11.1f}"
        )
        parts = (f"{key} {ours[key]:.2f}" for key in ("examine", "stage", "save", "locked"))
        lines.append(f"{'':8}of ours: {', '.join(parts)} s")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--baseline-people", type=int, default=0, help="0: as many as --people")
    parser.add_argument("--engine", choices=installation.ENGINES, action="append")
    parser.add_argument("--json", default="", help="also write the numbers to this file")
    parser.add_argument("--writer", action="store_true", help="only how long another writer waits")
    parser.add_argument("--side", choices=SIDES, help="one side in this process (internal)")
    chosen = parser.parse_args()
    if chosen.side:
        print(json.dumps(one_side(chosen.side, chosen.people, writer=chosen.writer)))
        return
    if chosen.writer:
        for engine in chosen.engine or installation.ENGINES:
            ours = in_a_process("pipeline", engine, chosen.people, "--writer")
            print(engine, json.dumps(ours, indent=2), flush=True)
        return
    baseline = chosen.baseline_people or chosen.people
    found = []
    for engine in chosen.engine or installation.ENGINES:
        found.append(compare(engine, chosen.people, baseline))
        print(table(found[-1]), flush=True)
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as target:
            json.dump(found, target, indent=2)


if __name__ == "__main__":
    main()
