"""What lower pages show of the apps above: each app registers in `ready()`, pages iterate.

So the inbox, the search, a family's file, exports, erasure and merge know every app without
importing one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from tkpk.models import Document, Mandate, Submission, Territory, User
from tkpk.roles import Role
from tkpk.workflow import Workflow

Text = str | Promise


@dataclass(frozen=True)
class SearchHit:
    """One line of the global search."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class OpenMatter:
    """Something about a family that is not settled yet."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class MenuItem:
    """One entry of the staff menu; `visible(user)` decides whether it is shown."""

    label: Text
    url_name: str
    icon: str
    visible: Callable[[User], bool]
    order: int = 100


@dataclass(frozen=True)
class PublicLink:
    """One entry of the public menu."""

    label: Text
    url_name: str
    icon: str
    order: int = 100


def _nothing(submission: Submission) -> list[str]:
    return []


def _no_conflict(submission: Submission, user: User) -> list[str]:
    return []


def _nothing_to_erase(submission: Submission) -> None:
    return None


@dataclass(frozen=True)
class VoiceDoor:
    """One kind of report: its card on the front door, its forms, what its app adds for officers.

    `closed(kelurahan)` says in words why nobody can send one now ("" while it is open);
    `panel(user, submission)` gives template and context for the officer's page;
    `unsettled(submission)` lists what has to be decided before it can be answered;
    `conflicts(submission, user)` why this officer must not touch it; `erase` removes what the app
    itself keeps of the text.
    """

    kind: str
    title: Text
    lead: Text
    icon: str
    url_name: str
    record_url_name: str
    closed: Callable[[Territory], str]
    panel: Callable[[User, Submission], tuple[str, dict[str, Any]] | None]
    unsettled: Callable[[Submission], list[str]] = _nothing
    conflicts: Callable[[Submission, User], list[str]] = _no_conflict
    erase: Callable[[Submission], None] = _nothing_to_erase
    order: int = 100


@dataclass
class Registry:
    """The lists that pages iterate over."""

    workflows: dict[str, Workflow] = field(default_factory=dict)
    # process → the address of a row's own page
    row_urls: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    # process → what a row waits for, in words; where the labels of its open moves say too little
    row_words: dict[str, Callable[[Any], Text]] = field(default_factory=dict)
    # process → related rows that its conflicts and the words of a row read, joined in the inbox
    inbox_joins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    search_sources: dict[str, Callable[[User, str], Iterable[SearchHit]]] = field(
        default_factory=dict
    )
    # name → (user, row of the file) → template and context, or None
    file_panels: dict[str, Callable[[User, Model], tuple[str, dict[str, Any]] | None]] = field(
        default_factory=dict
    )
    # name → (user) → template and context of a piece of the first page, or None
    home_panels: dict[str, Callable[[User], tuple[str, dict[str, Any]] | None]] = field(
        default_factory=dict
    )
    # name → (user, row of the file) → what is not settled yet about it
    open_matters: dict[str, Callable[[User, Model], Iterable[OpenMatter]]] = field(
        default_factory=dict
    )
    report_forms: dict[str, Callable[..., bytes]] = field(default_factory=dict)
    # model label → (person's row) → what the app keeps about the person
    personal_data: dict[str, Callable[[Model], Iterable[tuple[str, Any]]]] = field(
        default_factory=dict
    )
    # model label → called with (kept row, merged row) inside the merge's transaction
    merge_handlers: dict[str, Callable[[Model, Model], None]] = field(default_factory=dict)
    # (process, move) → both in words, for acts that no workflow's table names
    act_words: dict[tuple[str, str], tuple[Text, Text]] = field(default_factory=dict)
    # (user, document) → the mandate by which this person may have the file, or None
    document_readers: list[Callable[[User, Document], Mandate | None]] = field(default_factory=list)
    # (role) → what its holders see, in words; for the page of rights and duties
    role_sights: list[Callable[[Role], Iterable[Text]]] = field(default_factory=list)
    menu: list[MenuItem] = field(default_factory=list)
    # Links of the public pages: (label, name of the address, icon, order)
    public_menu: list[PublicLink] = field(default_factory=list)
    # kind of report → how it is sent and handled
    voice_doors: dict[str, VoiceDoor] = field(default_factory=dict)
    # (text that is to be shown to strangers, kelurahan) → what to take out of it, in words
    text_findings: list[Callable[[str, Territory], list[str]]] = field(default_factory=list)
    # (model label, binary field) → (row) → the context it is sealed with; for key rotation
    sealed_blobs: dict[tuple[str, str], Callable[[Any], str]] = field(default_factory=dict)
    # called with (kelurahan, its administrator) inside the transaction that sets it up
    on_kelurahan_created: list[Callable[[Territory, User], object]] = field(default_factory=list)


registry = Registry()


def workflows() -> list[Workflow]:
    """Every table, in the order in which the apps registered them."""
    return list(registry.workflows.values())


def register_workflow(flow: Workflow, *, url: Callable[[Any], str]) -> None:
    """Make a table known to the inbox and the trail check. Raises ValueError on a second one."""
    if flow.process in registry.workflows:
        raise ValueError(f"{flow.process} is registered twice")
    registry.workflows[flow.process] = flow
    registry.row_urls[flow.process] = url
