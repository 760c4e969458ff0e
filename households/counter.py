"""The counter: from a card or a name to what the officer has to say, in a few queries.

Everything here reads. What the counter writes lies in `families` (views, full numbers) and in
`statements` (papers).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from households.models import (
    LIVING,
    AidProgramme,
    AidReceipt,
    Household,
    Member,
    Statement,
)
from households.models.household import living_within
from households.searching import full_number
from tkpk.encryption import blind_index
from tkpk.models import User
from tkpk.models.territory import within_kelurahan
from tkpk.registry import OpenMatter, registry
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.workflow import Workflow

ROLES = frozenset({Role.STAFF, Role.LURAH})
MOST_HITS = 9  # as many as there are number keys
MOST_RECEIPTS = 12
MOST_STATEMENTS = 5
_CODE = re.compile(r"(KLG|ORG)-0*([0-9]{1,12})", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """A person who was found; without one, a family in which nobody is recorded."""

    household: Household
    member: Member | None


@dataclass(frozen=True)
class Answer:
    """What the counter shows of one person's family."""

    household: Household
    member: Member | None
    members: list[Member]
    receipts: list[AidReceipt]
    statements: list[Statement]
    matters: list[OpenMatter]
    programmes: list[AidProgramme]  # that say up to which decile they look

    @property
    def shown_receipts(self) -> list[AidReceipt]:
        return self.receipts[:MOST_RECEIPTS]

    @property
    def more_receipts(self) -> bool:
        return len(self.receipts) > MOST_RECEIPTS

    @property
    def guidelines(self) -> list[tuple[AidProgramme, bool]]:
        """Programmes and whether the family's decile lies within; none without a decile."""
        decile = self.household.decile
        if decile is None:
            return []
        return [(one, decile <= one.max_decile) for one in self.programmes if one.max_decile]


# --- finding ---------------------------------------------------------------------------------
def families_at(user: User) -> QuerySet[Household]:
    """The families that this person answers for at the counter."""
    codes = scopes(user, ROLES)
    return Household.objects.filter(within_kelurahan(*codes, place=living_within))


def _persons(condition: Q, families: QuerySet[Household]) -> QuerySet[Member]:
    gone = Case(
        When(status__in=sorted(LIVING), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = Member.objects.filter(condition, household__in=families.order_by().values("pk"))
    rows = rows.annotate(gone=gone).select_related("household__territory__parent")
    return rows.order_by("gone", "relation", "pk")


def _first_of(household: Household) -> Hit:
    """A family that was named by its own number: its head speaks for it."""
    member = household.members.order_by("relation", "pk").filter(status__in=sorted(LIVING)).first()
    return Hit(household, member or household.members.order_by("relation", "pk").first())


def find(user: User, text: str) -> list[Hit]:
    """Up to `MOST_HITS` + 1 persons whom the text names: a full number, a code, or a name."""
    text, families = text.strip(), families_at(user)
    if number := full_number(text):
        return _with_number(number, families)
    if code := _CODE.fullmatch(text):
        return _with_code(code[1].upper(), int(code[2]), families)
    if not text:
        return []
    chosen = _persons(Q(pk__in=Member.objects.named(text).order_by().values("pk")), families)
    return [Hit(row.household, row) for row in chosen[: MOST_HITS + 1]]


def _with_number(number: str, families: QuerySet[Household]) -> list[Hit]:
    persons = _persons(Q(nik_index=blind_index("nik", number)), families)[: MOST_HITS + 1]
    found = [Hit(person.household, person) for person in persons]
    rows = families.filter(kk_index=blind_index("kk", number)).order_by("status", "pk")
    found += [_first_of(row) for row in rows.select_related("territory__parent")[:MOST_HITS]]
    living = [hit for hit in found if hit.member and hit.member.status in LIVING]
    # A card names one living person; what was closed or doubled is shown only without one.
    return living if len(living) == 1 else found


def _with_code(kind: str, pk: int, families: QuerySet[Household]) -> list[Hit]:
    if kind == "ORG":
        return [Hit(person.household, person) for person in _persons(Q(pk=pk), families)]
    rows = families.filter(pk=pk).select_related("territory__parent")
    return [_first_of(household) for household in rows]


# --- answering -------------------------------------------------------------------------------
def answer_about(hit: Hit, user: User) -> Answer:
    """Everything the answer shows; the number of queries does not depend on the family."""
    household = hit.household
    receipts = AidReceipt.objects.standing().filter(household=household)
    statements = Statement.objects.filter(household=household).select_related("created_by")
    return Answer(
        household=household,
        member=hit.member,
        members=list(household.members.living().order_by("relation", "birth_date", "pk")),
        receipts=list(receipts.select_related("programme", "member")[: MOST_RECEIPTS + 1]),
        statements=list(statements.select_related("member", "document")[:MOST_STATEMENTS]),
        matters=[
            matter
            for source in registry.open_matters.values()
            for matter in source(user, household)
        ],
        programmes=list(
            AidProgramme.objects.filter(
                kelurahan_id=household.kelurahan_id, active=True, max_decile__isnull=False
            )
        ),
    )


def _own_paths(model: Any) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if field.related_model is Household:
            yield field.name
        elif field.related_model is Member:
            yield f"{field.name}__household"


def _paths_to_family(model: Any) -> list[str]:
    """How rows of a model name a family: by a field of theirs, or by a row that belongs to them."""
    paths = list(_own_paths(model))
    for relation in model._meta.related_objects:
        child = relation.related_model
        if not relation.hidden and not hasattr(child, "history_object"):
            paths += [f"{relation.name}__{path}" for path in _own_paths(child)]
    return paths


def waiting_matters(user: User, row: Any) -> Iterator[OpenMatter]:
    """Rows of any process that name this family and wait for somebody."""
    if not isinstance(row, Household):
        return
    told = set()
    for flow in registry.workflows.values():
        duties, paths = _waiting_statuses(flow), _paths_to_family(flow.model)
        if not duties or not paths or flow.model in (Household, Member):
            continue
        touching = Q(*((path, row.pk) for path in paths), _connector=Q.OR)
        rows: Any = flow.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        found = rows.filter(touching, status__in=duties).order_by("pk").distinct()
        for matter in found[:MOST_HITS]:
            if (flow.model, matter.pk) not in told:
                told.add((flow.model, matter.pk))
                yield _matter(flow, matter)


def _waiting_statuses(flow: Workflow) -> list[str]:
    moves = (
        move for name, move in flow.moves.items() if flow.duties is None or name in flow.duties
    )
    return sorted({str(status) for move in moves for status in move.sources})


def _matter(flow: Workflow, row: Any) -> OpenMatter:
    return OpenMatter(
        title=f"{flow.title}: {getattr(row, 'code', row.pk)}",
        url=registry.row_urls[flow.process](row),
        note=_("Status: %(status)s") % {"status": row.get_status_display()},
    )
