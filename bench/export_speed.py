"""How many times faster 10,000 persons leave as a workbook than with a look-up per row.

    python -m bench.export_speed [--engine sqlite] [--people 10000]

Both write the same columns with words for codes. The baseline is a stock ModelResource: it follows
the family, its RT and its RW row by row, and writes with tablib. Ours reads one query and writes
as it reads.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from bench import installation
from bench.memory import watched
from tests.households.population import people

GOAL = 10


def stock_resource() -> Any:
    """Every column by attribute; words through `get_…_display`, as is usual."""
    from import_export import fields, resources  # noqa: PLC0415 - after Django's set-up

    from households.models import Member  # noqa: PLC0415
    from households.resources import PERSON_FIELDS  # noqa: PLC0415

    class StockResource(resources.ModelResource):
        code = fields.Field(attribute="household__code")
        person_code = fields.Field(attribute="code")
        kk = fields.Field(attribute="household__kk_number")
        rw = fields.Field(attribute="household__territory__parent__name")
        rt = fields.Field(attribute="household__territory__name")

        class Meta:
            model = Member
            fields = ["code", "person_code", "kk", "rw", "rt", *PERSON_FIELDS]
            export_order = fields

        def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
            show = getattr(instance, f"get_{field.column_name}_display", None)
            return str(show()) if show else super().export_field(field, instance, **kwargs)

    return StockResource()


def measure(count: int) -> dict[str, float]:
    installation.set_up()
    from django.db import connection  # noqa: PLC0415 - after Django's set-up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from bench import import_speed  # noqa: PLC0415
    from households.models import Household, Member  # noqa: PLC0415
    from households.resources import PersonResource  # noqa: PLC0415

    place, officer = installation.make_place()
    import_speed.run_pipeline(import_speed.parsed(list(people(count))), place, officer)
    found: dict[str, float] = {}

    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries, watched() as growth:
        resource = PersonResource(numbers=True)
        size = sum(len(part) for part in resource.stream(Household.objects.all()))
    found["ours"] = time.perf_counter() - start
    found |= {"ours_queries": len(queries), "ours_mb": growth.mb, "size": size}

    start = time.perf_counter()
    with watched() as growth:
        stock_resource().export(Member.objects.order_by("household_id", "pk")).export("xlsx")
    found["stock"] = time.perf_counter() - start
    found["stock_mb"] = growth.mb
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--engine", choices=installation.ENGINES, action="append")
    parser.add_argument("--one", action="store_true", help="in this process (internal)")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.people)))
        return
    for engine in chosen.engine or installation.ENGINES:
        with installation.environment(engine) as values:
            arguments = ["--one", "--people", str(chosen.people)]
            result = subprocess.run(  # noqa: S603 - this program itself
                [sys.executable, "-m", "bench.export_speed", *arguments],
                env=values,
                stdout=subprocess.PIPE,
                check=True,
            )
        found = json.loads(result.stdout.splitlines()[-1])
        print(
            f"== {engine}: {chosen.people} people == stock {found['stock']:.1f} s, "
            f"ours {found['ours']:.2f} s, {found['stock'] / found['ours']:.1f}x (goal {GOAL}x), "
            f"{found['ours_queries']:.0f} queries, memory +{found['ours_mb']:.0f} MB "
            f"(stock +{found['stock_mb']:.0f} MB)",
            flush=True,
        )


if __name__ == "__main__":
    main()
