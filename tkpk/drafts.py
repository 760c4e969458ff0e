"""What was typed when the session had ended is kept, encrypted, and given back to its writer.

A staff form carries a signed token that says whose it is and where it goes. When it arrives
without a session, its fields are sealed into a `Draft`; after signing in as the same person the
page gets them back once.
"""

import secrets

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from tkpk.encryption import seal, unseal
from tkpk.models import Draft, User

FIELD = "_draft"
SALT = "tkpk.draft"
TOKEN_DAYS = 3
LIMIT_BYTES = 512 * 1024
# Never kept, whatever form they came from.
SECRET_WORDS = ("password", "csrfmiddlewaretoken", FIELD)


def draft_token(request: HttpRequest) -> str:
    """The value of the hidden field: this person, this path, this opening of the page."""
    said = {"user": request.user.pk, "path": request.path, "opened": secrets.token_urlsafe(9)}
    return signing.dumps(said, salt=SALT)


def context(draft: Draft) -> str:
    """What the blob is sealed with: it cannot be moved to another person or form."""
    return f"draft:{draft.user_id}:{draft.path}"


def writer_of(request: HttpRequest) -> int | None:
    """The key of the person whose form this POST is, by its token; None without a valid one."""
    try:
        said = signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=TOKEN_DAYS * 86_400)
    except signing.BadSignature:
        return None
    return int(said["user"]) if said["path"] == request.path else None


def _worth_keeping(posted: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in posted.lists():
        if not any(word in name.lower() for word in SECRET_WORDS):
            kept.setlist(name, values)
    return kept


def keep(request: HttpRequest) -> bool:
    """Keep the typed fields of a POST for the person whose form it was. Files are not kept.

    Whose form it was is said by the signed token, so nobody can leave a draft to somebody else.
    """
    writer = writer_of(request) if request.method == "POST" else None
    if writer is None or not User.objects.filter(pk=writer, is_active=True).exists():
        return False
    body = _worth_keeping(request.POST).urlencode().encode()
    if len(body) > LIMIT_BYTES:
        return False
    draft = Draft(user_id=writer, path=request.path[:200])
    Draft.objects.update_or_create(
        user_id=writer,
        path=draft.path,
        defaults={"blob": seal(body, context=context(draft))},
    )
    return True


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form of a page shows: what is posted now, else what was kept of it before."""
    return request.POST if request.method == "POST" else restore(request)


def restore(request: HttpRequest) -> QueryDict | None:
    """Give this person's draft of this path back, once, and say so on the page."""
    if not request.user.is_authenticated:
        return None
    draft = Draft.objects.filter(user=request.user, path=request.path[:200]).first()
    if draft is None:
        return None
    fields = QueryDict(unseal(bytes(draft.blob), context=context(draft)).decode())
    draft.delete()
    messages.info(
        request,
        _("What you had typed when your session ended is back. Check it, then send it again."),
    )
    return fields
