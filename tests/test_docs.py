"""The documents that a machine can hold equal to the code."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

from tkpk.registry import workflows

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
MANUAL = sorted((DOCS / "panduan").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
COMMAND = re.compile(r"manage\.py (\w+)")


def test_the_drawing_of_the_workflows_is_up_to_date():
    call_command("draw_workflows", check=True)


def test_a_stale_drawing_is_refused(tmp_path):
    old = tmp_path / "workflows.md"
    old.write_text("# Workflows\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("draw_workflows", check=True, file=old, stdout=StringIO())


def test_a_missing_drawing_is_refused_and_then_drawn(tmp_path):
    new = tmp_path / "workflows.md"
    with pytest.raises(CommandError):
        call_command("draw_workflows", check=True, file=new)
    call_command("draw_workflows", file=new)
    call_command("draw_workflows", check=True, file=new)


def test_every_move_of_every_workflow_is_drawn():
    text = (DOCS / "workflows.md").read_text(encoding="utf-8")
    for flow in workflows():
        section = text.partition(f"(`{flow.process}`)")[2].partition("\n## ")[0]
        for name, move in flow.moves.items():
            (row,) = re.findall(rf"^\| .*\(`{name}`\) \|.*$", section, re.MULTILINE)
            reason, four_eyes = row.split(" | ")[-2:]
            assert (reason == "yes") == move.needs_reason, name
            assert four_eyes.startswith("yes") == move.four_eyes, name


def test_the_drawing_is_in_english_under_any_language(settings, tmp_path):
    settings.LANGUAGE_CODE = "id"
    call_command("draw_workflows", check=True)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_link_and_picture_of_a_document_exists(page):
    missing = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not missing


def test_every_picture_of_the_manual_is_shown_and_small():
    shown = {
        name
        for page in MANUAL
        for name in re.findall(r"gambar/([\w.-]+)", page.read_text(encoding="utf-8"))
    }
    pictures = list((DOCS / "panduan" / "gambar").iterdir())
    assert {picture.name for picture in pictures} == shown
    assert all(picture.stat().st_size < 150_000 for picture in pictures)


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.name)
def test_the_manual_names_only_commands_that_exist(page):
    named = set(COMMAND.findall(page.read_text(encoding="utf-8")))
    assert named <= set(get_commands())
