"""How much slower lists, searches and the counter are at 100,000 people than at 10,000.

    python -m bench.page_speed [--engine sqlite] [--people 10000 100000]

Each size has an installation and a process of its own. A page is asked for through Django's test
client, as a signed-in officer; the figure is the median of some rounds. The claim is the ratio.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import installation
from tests.households.population import people

GOAL = 2.0
ROUNDS = 15
RARE = "XAVERIUS ZEBAOTH"
COMMON = "AGUS"
FULL = "AGUS BUDI WIBOWO"
LIST = "/kerja/keluarga/"


def fill(place: Any, officer: Any, count: int) -> str:
    """Import the list and one family with a name of its own; returns that person's NIK."""
    from bench import import_speed  # noqa: PLC0415 - after Django's set-up
    from households import statistics as published  # noqa: PLC0415
    from tests import factories as make  # noqa: PLC0415

    import_speed.run_pipeline(import_speed.parsed(list(people(count))), place, officer)
    family = make.make_family(make.make_rt(place, 3, 2), by=officer, head=RARE)
    published.publish(place, by=officer)
    return family.members.first().nik


def pages(client: Any, officer: Any, nik: str) -> dict[str, Callable[[], Any]]:
    """What is asked for, by name."""
    from tkpk import search_token  # noqa: PLC0415 - after Django's set-up

    def search(text: str) -> Callable[[], Any]:
        return lambda: client.get(LIST, {"cari": search_token.make(text, officer)})

    middle = "34.71.04.1002.004.003~1"
    return {
        "first page": lambda: client.get("/kerja/"),
        "list": lambda: client.get(LIST),
        "list, in the middle": lambda: client.get(LIST, {"sesudah": middle}),
        "list of one RW": lambda: client.get(LIST, {"rw": "34.71.04.1002.003"}),
        "list by decile": lambda: client.get(LIST, {"desil": "-"}),
        "search, rare name": search(RARE),
        "search, full name": search(FULL),
        "search, common name": search(COMMON),
        "search, nobody": search("QQQQQQ"),
        "search, NIK": lambda: client.post(f"{LIST}cari/", {"text": nik}, follow=True),
        "counter, NIK": lambda: client.post("/kerja/loket/", {"text": nik}, follow=True),
        "counter, name": lambda: client.post("/kerja/loket/", {"text": FULL}, follow=True),
        "data health": lambda: client.get("/kerja/kelengkapan-data/"),
        # With a query, so that the page is built and not taken from the cache.
        "public figures": lambda: client.get("/statistik/", {"baru": "1"}),
    }


def one_size(count: int) -> dict[str, float]:
    """Milliseconds by page, in this process."""
    installation.set_up()
    from django.conf import settings  # noqa: PLC0415 - after Django's set-up
    from django.test import Client  # noqa: PLC0415

    from tests import factories as make  # noqa: PLC0415
    from tkpk.roles import Role  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEFAULT_KELURAHAN = "34.71.04.1002"
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    place, importer = installation.make_place()
    nik = fill(place, importer, count)
    _analyze()
    officer = make.make_user("petugas", Role.STAFF, place)
    client = Client()
    client.force_login(officer)
    return {name: _median(ask) for name, ask in pages(client, officer, nik).items()}


def _analyze() -> None:
    from django.db import connection  # noqa: PLC0415 - after Django's set-up

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _median(ask: Callable[[], Any]) -> float:
    found = []
    for number in range(ROUNDS + 1):
        start = time.perf_counter()
        answer = ask()
        found.append(time.perf_counter() - start)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} in round {number}")
    return statistics.median(found[1:]) * 1000


def in_a_process(engine: str, count: int) -> dict[str, float]:
    with installation.environment(engine) as values:
        result = subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-m", "bench.page_speed", "--one", str(count)],
            env=values,
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(result.stdout.splitlines()[-1])


def table(engine: str, sizes: list[int], found: list[dict[str, float]]) -> str:
    small, large = found
    lines = [f"== {engine}: ms at {sizes[0]} and {sizes[1]} people, goal {GOAL}x =="]
    for name, milliseconds in small.items():
        ratio = large[name] / milliseconds
        lines.append(f"{name:22}{milliseconds:8.1f}{large[name]:8.1f}{ratio:7.2f}x")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--engine", choices=installation.ENGINES, action="append")
    parser.add_argument("--one", type=int, help="one size in this process (internal)")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one_size(chosen.one)))
        return
    for engine in chosen.engine or installation.ENGINES:
        found = [in_a_process(engine, count) for count in chosen.people]
        print(table(engine, chosen.people, found), flush=True)


if __name__ == "__main__":
    main()
