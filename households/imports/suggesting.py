"""Which column may be which field? Offered to the officer, who confirms; never taken silently."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from households.imports.headers import fold
from households.imports.probing import ColumnProbe, SheetProbe
from households.imports.synonyms import by_header

_MOST = 0.8
_WORDS = 0.9
_SOME_WOMEN = 0.1
_REPEATED = 0.25
_ALIKE = 94
_SHORTEST_ALIKE = 5
_FEW = 5
_SPREAD_YEARS = 15


@dataclass(frozen=True)
class Suggestion:
    """A field for a column, and the sign that speaks for it, for the officer."""

    field: str
    why: str


def suggest(sheet: SheetProbe) -> dict[int, Suggestion]:
    """By place of the column. Each field is offered once; a doubtful column is left open."""
    found: dict[int, Suggestion] = {}
    taken: set[str] = set()
    # Letters are no headers: column JK is not `jk`.
    named = (_by_header, _by_similar_header) if sheet.header_row else ()
    for look in (*named, _by_samples):
        for column in sheet.columns:
            if column.place in found:
                continue
            suggestion = look(column)
            if suggestion and suggestion.field not in taken:
                found[column.place] = suggestion
                taken.add(suggestion.field)
    return found


def _by_header(column: ColumnProbe) -> Suggestion | None:
    field = by_header().get(fold(column.header))
    return Suggestion(field, _("the header is a usual one")) if field else None


def _by_similar_header(column: ColumnProbe) -> Suggestion | None:
    folded = fold(column.header)
    if len(folded) < _SHORTEST_ALIKE:
        return None
    long_enough = [header for header in by_header() if len(header) >= _SHORTEST_ALIKE]
    best = process.extractOne(folded, long_enough, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if best is None:
        return None
    return Suggestion(by_header()[best[0]], _("the header is nearly a usual one"))


def _by_samples(column: ColumnProbe) -> Suggestion | None:
    signs = column.signs
    if column.filled == 0:
        return None
    if signs.identifier >= _MOST:
        return _identifier(column)
    # Two signs at once, so that few cells are enough.
    if "desil" in fold(column.header) and signs.decile >= _MOST:
        return Suggestion("decile", _("its cells are numbers from 1 to 10"))
    if column.filled < _FEW:
        return None
    if signs.dates >= _MOST and signs.years >= _SPREAD_YEARS:
        return Suggestion("birth_date", _("its cells are dates over many years"))
    for unit, share in (("rt", signs.rt), ("rw", signs.rw)):
        if share >= _MOST:
            return Suggestion(unit, _("its cells begin with RT or RW"))
    return _by_words(column)


def _identifier(column: ColumnProbe) -> Suggestion | None:
    """NIK and KK number have one form: only women's days or repetition tells them apart."""
    signs = column.signs
    if signs.women >= _SOME_WOMEN:
        return Suggestion("nik", _("16 digits, some with the birth day of a woman"))
    if signs.women == 0 and signs.neighbours >= _REPEATED:
        return Suggestion("kk_number", _("16 digits that repeat from row to row"))
    return None


def _by_words(column: ColumnProbe) -> Suggestion | None:
    fitting = sorted(
        (name for name, share in column.signs.words.items() if share >= _WORDS),
        key=lambda name: -column.signs.words[name],
    )
    if not fitting:
        return None
    best = column.signs.words[fitting[0]]
    # Words that two lists share tell nothing.
    if sum(column.signs.words[name] == best for name in fitting) > 1:
        return None
    return Suggestion(fitting[0], _("its cells are words of this list"))
