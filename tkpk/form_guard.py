"""What keeps machines from the public forms without asking anything of people.

A field that people do not see, a signed moment at which the page was opened, and counts by
connection and by content. Who shares a connection with a flood is not shut out: beyond a first
limit reports are held back for an officer to look at, and only a flood far beyond it is refused.
"""

import datetime
import ipaddress
import re
import secrets
import time
import unicodedata
from dataclasses import dataclass
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from tkpk.encryption import blind_index
from tkpk.models import HeldFor, Submission

SALT = "tkpk.form_guard"
TRAP = "website"  # what a machine fills in gladly
TOKEN = "lembar"  # noqa: S105 - the name of a field
# Faster than anybody reads and types a report; there is no longest time.
SHORTEST_SECONDS = 3
HELD_PER_HOUR, REFUSED_PER_HOUR = 20, 200
SAME_TEXT_PER_DAY, SAME_TEXT_SAME_SENDER = 3, 6
HOUR = 3600
WRONG_TICKETS, WRONG_TICKETS_SECONDS = 60, 600


@dataclass(frozen=True)
class Opened:
    """When the page of a form was opened, and which one it was."""

    nonce: str
    age: float


@dataclass(frozen=True)
class Traces:
    """What is known of how a report came: keyed marks only, and what the traps say."""

    form_mark: str = ""
    content_mark: str = ""
    sender_mark: str = ""
    trapped: bool = False


class TooMany(Exception):
    """So many reports came from one connection that no more are taken for a while."""


def new_token(kind: str) -> str:
    """The hidden field of a form that is opened now."""
    said = {"k": kind, "n": secrets.token_urlsafe(12), "t": int(time.time())}
    return signing.dumps(said, salt=SALT)


def read_token(token: str, kind: str) -> Opened | None:
    """What a form's hidden field says; None for one that is not ours. It never grows too old."""
    try:
        said = signing.loads(token[:400], salt=SALT)
    except signing.BadSignature:
        return None
    if said.get("k") != kind:
        return None
    return Opened(said["n"], time.time() - said["t"])


# --- marks -----------------------------------------------------------------------------------
def connection(request: HttpRequest) -> str:
    """The visitor's connection: an address, of IPv6 the network that one house gets."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request).partition("%")[0])
    except (ValueError, PermissionDenied):
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def sender_mark(request: HttpRequest) -> str:
    """A keyed mark of the connection that is another one tomorrow."""
    return blind_index("sender", f"{timezone.localdate().isoformat()}:{connection(request)}")


def content_mark(kind: str, *texts: str) -> str:
    """The same for texts that differ in case, spacing and punctuation only."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", " ".join(texts)).casefold())
    return blind_index("content", " ".join([kind, *words]))


def traces(request: HttpRequest, kind: str, opened: Opened, *texts: str) -> Traces:
    """The marks of a report that was typed into a public form."""
    content = content_mark(kind, *texts)
    return Traces(
        form_mark=blind_index("form", f"{opened.nonce}:{content}"),
        content_mark=content,
        sender_mark=sender_mark(request),
        trapped=bool(request.POST.get(TRAP, "").strip()),
    )


# --- judging ---------------------------------------------------------------------------------
def held_for(found: Traces) -> str:
    """Why a report is held back; "" when it counts at once. Raises TooMany."""
    now = timezone.now()
    recent = Submission.objects.filter(created_at__gte=now - datetime.timedelta(hours=1))
    day = Submission.objects.filter(created_at__gte=now - datetime.timedelta(days=1))
    sent = recent.filter(sender_mark=found.sender_mark).count() if found.sender_mark else 0
    same = day.filter(content_mark=found.content_mark) if found.content_mark else day.none()
    alike = list(same.values_list("sender_mark", flat=True)[:REFUSED_PER_HOUR])
    if sent >= REFUSED_PER_HOUR or alike.count(found.sender_mark) >= SAME_TEXT_SAME_SENDER:
        raise TooMany
    if found.trapped:
        return HeldFor.TRAP
    if len(alike) >= SAME_TEXT_PER_DAY:
        return HeldFor.REPEATED
    return HeldFor.CROWDED if sent >= HELD_PER_HOUR else ""


# --- looking up tickets ----------------------------------------------------------------------
def _key(request: HttpRequest) -> str:
    window = int(time.time()) // WRONG_TICKETS_SECONDS
    return f"wrong-tickets:{blind_index('sender', connection(request))}:{window}"


def may_look_up(request: HttpRequest) -> bool:
    """Whether this connection has not tried far too many wrong tickets just now."""
    return int(cache.get(_key(request), 0)) < WRONG_TICKETS


def note_wrong_ticket(request: HttpRequest) -> None:
    key = _key(request)
    if not cache.add(key, 1, WRONG_TICKETS_SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it ended in between
            cache.set(key, 1, WRONG_TICKETS_SECONDS)


def words_of_too_many() -> str:
    """What a sender reads whose connection is over the limit."""
    return _(
        "Very many reports came from this internet connection just now, perhaps from somebody "
        "else who shares it. Your words stand below still: send them again in an hour, or tell "
        "them at the counter, where an officer writes them down and gives you the number."
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """The page for a connection that tried too many tickets."""
    response = render(request, "public/voices/too_many.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(WRONG_TICKETS_SECONDS)
    return response
