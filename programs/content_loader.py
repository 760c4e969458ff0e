"""The profile texts that every kelurahan starts with; staff write on from there.

A file is Markdown with a front block (`title`, `order`); its name is the section's short name.
A folder with a kelurahan's name replaces or adds files for that kelurahan.
"""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from programs.models import ProfileSection
from tkpk.models import Territory, User
from tkpk.public_pages import published

CONTENT_DIR = Path(__file__).resolve().parent / "content"
OWN_FOLDERS = {"34.71.04.1002": "tegalpanggung"}


@dataclass(frozen=True)
class Text:
    """One file: its title, where it stands, and its Markdown."""

    title: str
    order: int
    body: str


def load_profile(kelurahan: Territory, *, by: User) -> int:
    """Create the sections that the kelurahan does not have yet; returns how many.

    What is there is never touched, whoever wrote it.
    """
    indonesian, english = texts("id", kelurahan), texts("en", kelurahan)
    created = 0
    with transaction.atomic():
        there = set(
            ProfileSection.objects.filter(kelurahan=kelurahan).values_list("slug", flat=True)
        )
        for slug, text in indonesian.items():
            if slug in there:
                continue
            other = english.get(slug)
            ProfileSection.objects.create(
                kelurahan=kelurahan,
                slug=slug,
                position=text.order,
                title=text.title,
                body=text.body,
                title_en=other.title if other else "",
                body_en=other.body if other else "",
                created_by=by,
                updated_by=by,
            )
            created += 1
        if created:
            published()
    return created


def on_kelurahan_created(kelurahan: Territory, by: User) -> None:
    load_profile(kelurahan, by=by)


def texts(language: str, kelurahan: Territory) -> dict[str, Text]:
    """The texts in a language for a kelurahan, by short name, in the order of the page."""
    folder = CONTENT_DIR / language
    files = {path.stem: path for path in folder.glob("*.md")}
    if own := OWN_FOLDERS.get(kelurahan.code):
        files |= {path.stem: path for path in (folder / own).glob("*.md")}
    read = {slug: _read(path, kelurahan) for slug, path in files.items()}
    return dict(sorted(read.items(), key=lambda item: (item[1].order, item[0])))


def _read(path: Path, kelurahan: Territory) -> Text:
    """Raises ValueError when a file has no front block."""
    source = path.read_text(encoding="utf-8")
    opened, _mark, rest = source.partition("---\n")
    head, closed, body = rest.partition("\n---\n")
    if opened or not closed:
        raise ValueError(f"{path.name} does not begin with a front block.")
    facts = dict(line.split(":", 1) for line in head.splitlines() if line.strip())
    return Text(
        title=_named(facts["title"].strip().strip('"'), kelurahan),
        order=int(facts["order"]),
        body=_named(body.strip(), kelurahan),
    )


def _named(text: str, kelurahan: Territory) -> str:
    kemantren = kelurahan.parent
    city = kemantren.parent if kemantren else None
    places = {
        "{kelurahan}": kelurahan.name,
        "{kemantren}": kemantren.name if kemantren else "",
        "{kota}": city.name if city else "",
    }
    for mark, name in places.items():
        text = text.replace(mark, name)
    return text
