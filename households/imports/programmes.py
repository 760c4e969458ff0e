"""From a list's words for an aid programme to a programme of this kelurahan. Never made aside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from households.aid.guidelines import start_with
from households.imports.layout import fold
from households.models import AidProgramme, AidTarget, ProgrammeAlias
from households.models.column_mapping import PROGRAMME_KIND
from tkpk import trail
from tkpk.encryption import blind_index
from tkpk.models import Territory, User

# What an officer may answer beside a programme: make one with the list's own name.
MAKE = {f"new-{target.lower()}": target for target in AidTarget}


@dataclass
class ProgrammeBook:
    """The programmes of a kelurahan by their names, and by what its lists call them.

    `answers` are those given for this run alone, by the words of the list.
    """

    kelurahan: Territory
    answers: dict[str, AidProgramme] = field(default_factory=dict)
    by_name: dict[str, AidProgramme] = field(init=False)
    remembered: dict[str, AidProgramme] = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = {fold(row.name): row for row in programmes_of(self.kelurahan)}
        by_pk = {row.pk: row for row in self.by_name.values()}
        aliases = ProgrammeAlias.objects.filter(kelurahan=self.kelurahan)
        self.remembered = {
            index: by_pk[pk]
            for index, pk in aliases.values_list("programme_words_index", "programme_id")
            if pk in by_pk
        }
        self.answers = {fold(words): row for words, row in self.answers.items()}

    def find(self, words: str) -> AidProgramme | None:
        key = fold(words)
        found = self.by_name.get(key) or self.answers.get(key)
        return found or self.remembered.get(blind_index(PROGRAMME_KIND, key))


def programmes_of(kelurahan: Territory) -> Iterable[AidProgramme]:
    return AidProgramme.objects.filter(kelurahan=kelurahan).order_by("-active", "name")


def answer_programmes(kelurahan: Territory, answers: dict[str, Any], *, by: User) -> None:
    """Keep what the words of a list mean: a programme, or a key of MAKE for a new one.

    In the caller's transaction; the caller has checked the right of `by`.
    """
    for words, meant in answers.items():
        if isinstance(meant, AidProgramme):
            programme = meant
        else:
            programme = make_programme(kelurahan, words, target=MAKE[meant], by=by)
        ProgrammeAlias.objects.update_or_create(
            kelurahan=kelurahan,
            programme_words_index=blind_index(PROGRAMME_KIND, fold(words)),
            defaults={"words": fold(words), "programme": programme, "created_by": by},
        )


def make_programme(kelurahan: Territory, name: str, *, target: str, by: User) -> AidProgramme:
    """A programme that an officer asks for by name; the one that is there if it is there.

    Raises ValidationError where the name may be none (a number of a person in it, too long).
    """
    programme = AidProgramme(
        kelurahan=kelurahan, name=name.strip(), target=target, created_by=by, updated_by=by
    )
    start_with(programme)
    programme.clean_fields(exclude=["kelurahan"])
    try:
        with transaction.atomic():
            programme.save()
            trail.record(
                chain=kelurahan, by=by, process="import", move="make_programme", row=programme
            )
    except IntegrityError:  # it is there already, or was made in this moment
        return AidProgramme.objects.get(kelurahan=kelurahan, name=programme.name)
    return programme
