"""From a source's words for an area to a place of this kelurahan."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from households.imports.cells import Area, parse_area
from households.models import AreaMapping
from tkpk.encryption import blind_index
from tkpk.models import Territory, User, normalise_code
from tkpk.nik import mask_identifiers

WORDS_KIND = "area"
WORDS_LENGTH = 200


@dataclass
class AreaBook:
    """The places of a kelurahan, and what its sources' words were said to mean.

    `answers` are those given for this run alone (by area key); `fallback` stands for every area
    that is missing or matches nothing.
    """

    kelurahan: Territory
    layout: str
    fallback: Territory | None = None
    answers: dict[str, Territory] = field(default_factory=dict)
    places: dict[str, Territory] = field(init=False)
    remembered: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        found = Territory.objects.within(self.kelurahan.code).select_related("parent")
        self.places = {place.code: place for place in found}
        self.by_pk = {place.pk: place for place in self.places.values()}
        self.remembered = dict(
            AreaMapping.objects.filter(kelurahan=self.kelurahan, layout=self.layout).values_list(
                "words_index", "territory_id"
            )
        )

    def exact(self, area: Area) -> Territory | None:
        """The RT (or the RW where no RT is given) with these numbers, or an answer given before."""
        if area.rw and (place := self._numbered(area)):
            return place
        if area.key in self.answers:
            return self.answers[area.key]
        return self.by_pk.get(self.remembered.get(blind_index(WORDS_KIND, area.key), 0))

    def _numbered(self, area: Area) -> Territory | None:
        parts = [self.kelurahan.code, area.rw, *([area.rt] if area.rt else [])]
        return self.places.get(".".join(parts))


def remember(kelurahan: Territory, layout: str, answers: dict[str, Territory], *, by: User) -> None:
    """Keep answers (by area key) for the next file of this layout."""
    for key, territory in answers.items():
        AreaMapping.objects.update_or_create(
            kelurahan=kelurahan,
            layout=layout,
            words_index=blind_index(WORDS_KIND, key),
            defaults={
                "words": mask_identifiers(key)[:WORDS_LENGTH],
                "whole_words": key,
                "territory": territory,
                "created_by": by,
            },
        )


def counted(areas: Iterable[Area]) -> list[tuple[str, int]]:
    """Each distinct area once, with the number of its rows, in the order of the words."""
    return sorted(Counter(area.key for area in areas).items())


def place_of(text: str) -> Territory:
    """A kelurahan that uses the installation, or an RW or RT in one; raises ValidationError."""
    code = normalise_code(text)
    place = Territory.objects.select_related("parent").filter(code=code).first()
    if place is None or not place.kelurahan_code:
        raise ValidationError(
            _("%(code)s is no kelurahan, RW or RT that the portal knows.") % {"code": code},
            code="unknown_territory",
        )
    if not Territory.objects.served().filter(code=place.kelurahan_code).exists():
        raise ValidationError(
            _("The kelurahan of %(code)s does not use this portal.") % {"code": code},
            code="not_served",
        )
    return place


def answer_of(text: str) -> tuple[str, str]:
    """`SENGGIGI/-/002=34.71…` as area key and code; raises ValidationError."""
    key, equals, code = text.partition("=")
    parts = [part.strip() for part in key.split("/")]
    if not equals or len(parts) != len(Area._fields):
        raise ValidationError(
            _("Write an area as HAMLET/RW/RT=CODE, with - for what the file does not say."),
            code="map_area",
        )
    return parse_area(*parts).key, code.strip()
