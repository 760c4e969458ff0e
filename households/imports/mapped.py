"""A layout that an officer made: which header of a file is which field of ours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from households.imports.column_parsers import parser_for
from households.imports.findings import CellError
from households.imports.household_columns import AID_COLUMNS, DWELLING_COLUMNS, REGISTRY_COLUMNS
from households.imports.layout import Column, Layout, Purpose, fold
from households.imports.parsing import PERSON_COLUMNS
from households.models import Household, Member

Text = str | Promise

# Targets that are no field: left out on purpose, and kept beside the row as written.
IGNORE, KEEP = "", "keep"
GROUPS: dict[str, Text] = {
    "person": gettext_lazy("Person"),
    "family": gettext_lazy("Family and place"),
    "dwelling": gettext_lazy("Dwelling, income and food"),
    "registry": gettext_lazy("National registry"),
    "aid": gettext_lazy("Aid received"),
}
_FAMILY = ("kk_number", "address", "hamlet", "rw", "rt")
_OWN_LABELS: dict[str, Text] = {
    "kk_number": gettext_lazy("KK number"),
    "rw": gettext_lazy("RW"),
    "rt": gettext_lazy("RT"),
    "basic_status": gettext_lazy("status (living here, moved, dead …)"),
    "aid_programme": gettext_lazy("name of the programme"),
    "aid_period_from": gettext_lazy("received from (date)"),
    "aid_period_to": gettext_lazy("received until (date)"),
    "aid_period": gettext_lazy("period (year, quarter or month)"),
    "aid_amount_idr": gettext_lazy("amount (Rp)"),
    "aid_goods": pgettext_lazy("aid", "in kind"),
    "aid_recipient": gettext_lazy("given to (person or family)"),
}
_REQUIRED = {
    Purpose.POPULATION: ("name", "kk_number", "sex", "relation"),
    Purpose.KNOWN: ("nik",),
    Purpose.RECIPIENTS: (),
}


@dataclass(frozen=True)
class Field:
    """A target that the mapping page offers. `kind` as in `Column`."""

    name: str
    label: Text
    group: str
    kind: str


class Problem(NamedTuple):
    """What is wrong, and the target fields at which to say it; none: the mapping as a whole."""

    message: str
    fields: tuple[str, ...] = ()


class MappingError(ValueError):
    """A mapping that cannot be used."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def label_of(column: Column) -> Text:
    """What we call it, on pages and in exports."""
    if column.field in _OWN_LABELS:
        return _OWN_LABELS[column.field]
    model = Household if column.scope == "family" or column.field in _FAMILY else Member
    return cast("models.Field", model._meta.get_field(column.field)).verbose_name


def _group(column: Column) -> str:
    if column in REGISTRY_COLUMNS:
        return "registry"
    if column.scope == "family":
        return "dwelling"
    if column.scope == "aid":
        return "aid"
    return "family" if column.field in _FAMILY else "person"


TARGETS: dict[str, Column] = {
    column.field: replace(column, label=label_of(column))
    for column in (*PERSON_COLUMNS, *DWELLING_COLUMNS, *REGISTRY_COLUMNS, *AID_COLUMNS)
}
FIELDS: tuple[Field, ...] = tuple(
    Field(name, label_of(column), _group(column), column.kind) for name, column in TARGETS.items()
)


def mapped_layout(
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    *,
    purpose: Purpose | str,
    name: str = "mapped",
    skipped_sheets: Iterable[str] = (),
    bare_sheet: str = "",
) -> Layout:
    """`columns`: header as `probing` gives it → field, IGNORE or KEEP; `constants`: field → text.

    `skipped_sheets`: names of sheets that are not read, whatever their headers. `bare_sheet`: the
    one sheet that is read, where it has no headers; `columns` are its letters then.
    Raises MappingError.
    """
    purpose = Purpose(purpose)
    problems = mapping_problems(columns, constants, purpose=purpose)
    if problems:
        raise MappingError(problems)
    required = _REQUIRED[purpose]
    mapped = tuple(
        replace(TARGETS[target], headers=(header,), label="", required=target in required)
        for header, target in columns.items()
        if target in TARGETS
    )
    return Layout(
        name=name,
        columns=mapped,
        identifying=tuple(column.field for column in mapped),
        skipped_sheets=frozenset(map(fold, skipped_sheets)),
        purpose=purpose,
        constants=tuple(
            (TARGETS[field], _parsed(field, said)) for field, said in constants.items() if said
        ),
        kept=frozenset(fold(header) for header, target in columns.items() if target == KEEP),
        dropped=frozenset(fold(header) for header, target in columns.items() if target == IGNORE),
        min_known=1,
        numbered_headers=True,
        bare_sheet=bare_sheet,
    )


def mapping_problems(
    columns: Mapping[str, str], constants: Mapping[str, str], *, purpose: Purpose | str
) -> list[Problem]:
    """What stands in the way of using this mapping, for the officer; empty when nothing does."""
    said = {field for field, value in constants.items() if value}
    targets = [target for target in columns.values() if target not in (IGNORE, KEEP)]
    unknown = [target for target in (*targets, *said) if target not in TARGETS]
    if unknown:
        return [Problem(_("Unknown field: %(names)s.") % {"names": ", ".join(sorted(unknown))})]
    problems = [
        Problem(_("Two columns are given to %(field)s.") % {"field": _named(target)}, (target,))
        for target, times in Counter(targets).items()
        if times > 1
    ]
    problems += [
        Problem(
            _("%(field)s stands in a column and is given for the whole list too.")
            % {"field": _named(target)},
            (target,),
        )
        for target in sorted(said.intersection(targets))
    ]
    known = said.union(targets)
    return [*problems, *_lacks(known, set(targets), Purpose(purpose)), *_constant_faults(constants)]


def _lacks(known: set[str], columns: set[str], purpose: Purpose) -> list[Problem]:
    problems = [
        Problem(_("A column for %(field)s is needed.") % {"field": _named(name)}, ("purpose",))
        for name in _REQUIRED[purpose]
        if name not in columns
    ]
    if purpose == Purpose.RECIPIENTS:
        if not columns & {"nik", "kk_number"}:
            message = _("A column with the NIK or the KK number is needed.")
            problems.append(Problem(message, ("purpose",)))
        if "aid_programme" not in known:
            message = _("Say which programme the list belongs to.")
            problems.append(Problem(message, ("aid_programme",)))
        if not known & {"aid_period", "aid_period_from"}:
            problems.append(Problem(_("Say when the aid was received."), ("aid_period_from",)))
    if "decile" in known and not known >= {"decile_as_of", "registry_source"}:
        lacking = [name for name in ("registry_source", "decile_as_of") if name not in known]
        message = _("A decile needs the registry it comes from and its date.")
        problems.append(Problem(message, tuple(lacking)))
    return problems


def _constant_faults(constants: Mapping[str, str]) -> list[Problem]:
    faults = []
    for field, text in constants.items():
        try:
            _parsed(field, text)
        except CellError as error:
            said = f"{_named(field)}: {error.message} {error.cure}".strip()
            faults.append(Problem(said, (field,)))
    return faults


def _parsed(field: str, said: str) -> Any:
    """A constant's value. A NIK or a name is nobody's constant, so `demo` does not matter."""
    return parser_for(TARGETS[field], demo=False, today=timezone.localdate())(said)


def _named(field: str) -> str:
    return str(label_of(TARGETS[field]))
