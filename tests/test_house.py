"""Rules about the house itself: names, sizes, templates, settings, catalogues, requirements."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from tests.plugin import ROOT, names_read_by_settings

APPS = ("tkpk", "households", "units", "programs")
JUNK_DRAWERS = {"utils", "helpers", "common", "core", "misc"}
LONGEST_FILE = 400
NOT_OURS = {".venv", ".git", "var", "vendor", "node_modules", "__pycache__", "htmlcov", "mutants"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project: what git knows or would add, or all that is ours without git."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0:
        found = [ROOT / name for name in asked.stdout.decode().split("\0") if name]
        return tuple(path for path in found if path.is_file())
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in NOT_OURS and not path.name.startswith("."):
            yield from _walk(path)
        elif path.is_file():
            yield path


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def templates() -> list[Path]:
    return [path for path in files() if short(path).startswith("templates/")]


def found_in(paths: list[Path], pattern: str, *, allowed: str = "(?!)") -> list[str]:
    """`file:line: text` for each line that matches the pattern and not `allowed`."""
    sought, excused = re.compile(pattern, re.IGNORECASE), re.compile(allowed)
    return [
        f"{short(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if sought.search(line) and not excused.search(line)
    ]


# --- names and sizes -------------------------------------------------------------------------


def test_no_module_is_a_junk_drawer():
    names = [short(path) for path in files() if {*path.parts, path.stem} & JUNK_DRAWERS]
    assert [name for name in names if not name.startswith("static/vendor/")] == []


def test_no_python_file_is_longer_than_anyone_reads():
    written = [path for path in python_files() if "migrations" not in path.parts]
    long = {
        short(path): lines
        for path in written
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == {}


def test_no_sentence_is_left_for_later():
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
    assert found_in(python_files() + templates(), rf"\b({marks})\b") == []


# --- templates -------------------------------------------------------------------------------


def test_no_template_calls_text_safe():
    # Text that is safe says so where it is made, not where it is shown.
    assert found_in(templates(), r"\|\s*safe\b|\{%\s*autoescape\s+off") == []


def test_no_template_carries_style_or_script_of_its_own():
    # The content security policy would refuse it; data blocks are no scripts.
    inline = r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\bsrc=)"""
    assert found_in(templates(), inline, allowed=r'type="application/(ld\+)?json"') == []


def test_no_template_loads_anything_from_elsewhere():
    address = r"""\s*=\s*["']?(https?:)?//"""
    links = rf"""\b(src|srcset|action|data|poster){address}|<link[^>]+href{address}"""
    assert found_in(templates(), links, allowed=r"http://www\.w3\.org/") == []
    assert found_in(_own_static(), r"""url\(\s*["']?(https?:)?//|@import\s+["']?http""") == []


def _own_static() -> list[Path]:
    return [
        path
        for path in files()
        if short(path).startswith("static/")
        and "vendor" not in path.parts
        and path.suffix in {".css", ".js", ".svg"}
    ]


def test_static_files_name_only_files_that_exist(tmp_path, settings):
    # What `make run` does: a missing source map or picture ends it.
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


# --- settings and their table ----------------------------------------------------------------


def test_the_readme_describes_every_setting_and_no_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", readme, re.MULTILINE)
    assert len(described) == len(set(described))
    assert set(described) == names_read_by_settings()


def _names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func
            owner = called.value if isinstance(called, ast.Attribute) else called
            if isinstance(owner, ast.Name) and owner.id == "env":
                yield node.args[0].value


def test_the_settings_are_read_by_name_where_the_table_test_can_see_it():
    tree = ast.parse((ROOT / "tkpk" / "settings.py").read_text(encoding="utf-8"))
    assert set(_names_in(tree)) == names_read_by_settings()


def test_the_environment_is_read_in_the_settings_alone():
    allowed = {
        "tkpk/settings.py",
        "tkpk/wsgi.py",  # names the settings
        "tkpk/processes.py",  # hands it on to the two processes
    }
    sources = [
        path
        for path in python_files()
        if short(path).split("/")[0] in APPS and short(path) not in allowed
    ]
    assert found_in(sources, r"\bos\.(environ|getenv)\b") == []


# --- nothing of one machine ------------------------------------------------------------------


def test_no_file_names_a_package_index_or_a_folder_of_one_machine():
    # Written in halves, so that this file does not find itself.
    words = ("pypi" + r"\.org", "python" + r"hosted\.org", "--index" + "-url", "--find" + "-links")
    words += ("/ho" + r"me/\w", "/ro" + "ot/", "/wo" + r"rk/(main|shared|scratch)", "/Us" + "ers/")
    texts = [
        path
        for path in files()
        if path.suffix in {".py", ".toml", ".txt", ".md", ".html", ".css", ".js", ".po", ".csv", ""}
        and "vendor" not in path.parts
    ]
    assert found_in(texts, "|".join(words)) == []


# --- requirements ----------------------------------------------------------------------------


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]+\])?==(\S+)", text, re.MULTILINE))


def test_tests_run_on_the_very_versions_that_serve():
    base, dev = pins("base"), pins("dev")
    assert base
    assert {name: dev.get(name) for name in base} == base


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_requirement_is_held_by_hashes(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_was_compiled_from_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"base": project["dependencies"], "dev": project["optional-dependencies"]["dev"]}
    for name, asked in groups.items():
        wanted = dict(re.sub(r"\[[^\]]+\]", "", line).split("==") for line in asked)
        locked = pins(name)
        assert {package: locked.get(package) for package in wanted} == wanted


# --- import contracts ------------------------------------------------------------------------


def test_the_import_contracts_hold_the_chain_the_floors_and_the_public_pages():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = {one["id"]: one for one in tool["importlinter"]["contracts"]}
    assert contracts["chain"]["layers"] == ["programs", "units", "households", "tkpk"]
    assert set(contracts["floors"]["containers"]) == set(APPS)
    assert contracts["public"]["forbidden_modules"] == ["households.models"]


def test_no_app_settings_or_urls_imports_an_app_by_name():
    for name in ("settings", "urls"):
        path = ROOT / "tkpk" / f"{name}.py"
        assert found_in([path], r"^\s*(from|import)\s+(households|units|programs)\b") == []


# --- translations ----------------------------------------------------------------------------


def catalogues() -> list[Path]:
    return [path for path in files() if path.suffix == ".po"]


def test_there_is_an_indonesian_catalogue():
    assert "locale/id/LC_MESSAGES/django.po" in {short(path) for path in catalogues()}


def test_no_indonesian_text_is_missing_or_guessed():
    catalogue = polib.pofile(str(ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"))
    unfinished = [
        entry.msgid
        for entry in catalogue
        if not entry.obsolete
        and ("fuzzy" in entry.flags or not (entry.msgstr or all(entry.msgstr_plural.values())))
    ]
    empty_plurals = [e.msgid for e in catalogue if e.msgid_plural and not e.msgstr_plural.get(0)]
    assert unfinished + empty_plurals == []


def _translated(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in catalogue
        if not entry.obsolete and (entry.msgstr or entry.msgstr_plural)
    }


def test_the_compiled_catalogues_are_those_of_the_texts():
    for source in catalogues():
        compiled = source.with_suffix(".mo")
        assert compiled.exists(), f"{short(compiled)} is missing: run 'make messages'"
        assert _translated(polib.mofile(str(compiled))) == _translated(polib.pofile(str(source)))


_PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")


def test_translations_keep_the_places_that_values_go_to():
    for source in catalogues():
        wrong = [
            entry.msgid
            for entry in polib.pofile(str(source))
            if entry.msgstr
            and set(_PLACEHOLDER.findall(entry.msgid)) != set(_PLACEHOLDER.findall(entry.msgstr))
        ]
        assert wrong == []


def test_no_number_of_a_row_is_written_with_thousands_dots_into_an_attribute():
    """`value="{{ row.pk }}"` says 1.291 for the row 1291: numbers in attributes are plain."""
    bare = re.compile(r'="[^"]*\{\{\s*[\w.]*(?:pk|\.id|version|number)\s*\}\}')
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in bare.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
