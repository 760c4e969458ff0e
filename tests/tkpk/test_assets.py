"""Colours have contrast; templates and assets hold nothing inline, foreign or unaccounted for."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
TOKENS = (STATIC / "css/tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme: dark)")

# text colour → what it may stand on, with AA for text (4.5) or for controls (3).
PAIRS = [
    *[("ink", on, 4.5) for on in ("paper", "surface", "tint", "neutral-tint", "accent-tint")],
    *[("ink", f"{state}-tint", 4.5) for state in ("done", "attention", "danger", "running")],
    *[("muted", on, 4.5) for on in ("paper", "surface", "tint", "neutral-tint")],
    *[("link", on, 4.5) for on in ("paper", "surface", "tint", "neutral-tint")],
    *[("primary-hover", on, 4.5) for on in ("paper", "surface", "tint")],
    *[("on-primary", on, 4.5) for on in ("primary", "primary-hover")],
    *[("accent", on, 4.5) for on in ("paper", "surface", "accent-tint")],
    *[
        (state, on, 4.5)
        for state in ("done", "attention", "danger", "running", "neutral")
        for on in (f"{state}-tint", "surface", "paper")
    ],
    ("bar-ink", "bar", 4.5),
    ("control", "paper", 3),
    ("control", "surface", 3),
    ("focus", "paper", 3),
    ("focus", "surface", 3),
]


def colours(css):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_every_pair_of_colours_reaches_aa_in_both_schemes(scheme, text, ground, least):
    known = colours(LIGHT) if scheme == "light" else colours(LIGHT) | colours(DARK)
    assert contrast(known[text], known[ground]) >= least


def test_no_template_holds_inline_style_script_or_handler():
    bad = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)", re.I)
    for path in TEMPLATES.rglob("*.html"):
        assert not bad.search(path.read_text(encoding="utf-8")), path


def test_no_template_or_own_asset_asks_another_server():
    outside = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""")
    own = [*TEMPLATES.rglob("*.html"), *STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]
    for path in own:
        assert not outside.search(path.read_text(encoding="utf-8")), path


def test_vendored_files_are_those_that_their_note_names():
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        note = (folder / "VERSION.txt").read_text(encoding="utf-8")
        noted = {name: digest for digest, name in re.findall(r"([0-9a-f]{64})  (\S+)", note)}
        files = {path.name for path in folder.iterdir()} - {"VERSION.txt"}
        assert files == set(noted)
        assert "LICENSE" in files
        for name in files:
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == noted[name], name


def test_vendored_code_names_no_source_map_that_is_not_there():
    for path in (STATIC / "vendor").rglob("*.min.*"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path
