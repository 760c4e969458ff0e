"""Draw the workflow tables as `docs/workflows.md`, or check that the file is up to date."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from tkpk.registry import workflows
from tkpk.roles import Role
from tkpk.workflow import Move, Workflow

HEAD = """# Workflows

Drawn from the tables in the code by `manage.py draw_workflows`; a test fails when this file is
stale, so change the table and draw again. Every move goes through `Workflow.apply`, which also
refuses a person whose own family or group is concerned.
"""
COLUMNS = ("move", "from", "to", "who", "needs reason", "four eyes")
ANY = "any other status"


class Command(BaseCommand):
    """Exit code 1 with --check when the file differs from the tables."""

    help = "Write docs/workflows.md from the workflow tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is stale")
        parser.add_argument(
            "--file", type=Path, default=Path(settings.BASE_DIR) / "docs" / "workflows.md"
        )

    def handle(self, **options: Any) -> None:
        path, drawn = options["file"], drawing()
        if not options["check"]:
            path.write_text(drawn, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != drawn:
            raise CommandError(f"{path.name} is stale: run manage.py draw_workflows")


def drawing() -> str:
    """The whole file, in English whatever language is active."""
    with translation.override("en"):
        parts = [HEAD, *("\n".join(_section(flow)) + "\n" for flow in workflows())]
    return "\n".join(parts)


def _section(flow: Workflow) -> Iterator[str]:
    yield f"## {flow.title} (`{flow.process}`)"
    yield ""
    yield "```mermaid"
    yield from _diagram(flow)
    yield "```"
    yield ""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|" + "---|" * len(COLUMNS)
    for name, move in flow.moves.items():
        yield f"| {' | '.join(_cells(flow, name, move))} |"


def _statuses(flow: Workflow) -> dict[str, str]:
    field: Any = flow.model._meta.get_field(flow.status_field)
    return {str(value): str(label) for value, label in field.flatchoices}


def _sources(flow: Workflow, move: Move) -> list[str]:
    """In the order of the model's choices; one word for “all but the target”."""
    statuses = _statuses(flow)
    if len(move.sources) > 1 and set(move.sources) == set(statuses) - {move.target}:
        return [ANY]
    return [value for value in statuses if value in move.sources]


def _diagram(flow: Workflow) -> Iterator[str]:
    statuses = _statuses(flow)
    yield "stateDiagram-v2"
    drawn = {source for move in flow.moves.values() for source in _sources(flow, move)}
    for value, label in statuses.items():
        yield f'    state "{label}" as {value}'
    if ANY in drawn:
        # An arrow from each status to each other one would hide the picture.
        yield f'    state "{ANY}" as ANY'
    first: Any = flow.model._meta.get_field(flow.status_field)
    yield f"    [*] --> {first.get_default()}"
    for move in flow.moves.values():
        for source in _sources(flow, move):
            start = "ANY" if source == ANY else source
            yield f"    {start} --> {move.target}: {move.label}"


def _cells(flow: Workflow, name: str, move: Move) -> list[str]:
    statuses = _statuses(flow)
    return [
        f"{move.label} (`{name}`)",
        ", ".join(statuses.get(source, source) for source in _sources(flow, move)),
        statuses[move.target],
        ", ".join(str(role.label) for role in Role if role in move.roles),
        "yes" if move.needs_reason else "no",
        "yes" if move.four_eyes else "no",
    ]
