"""The printed card of twenty one-time codes: a second step for who has no smartphone.

The codes are shown once, when the card is made, and stored as hashes alone. One slow hash a try:
all codes of a card share its salt, so that a try costs the same whichever code it is.
"""

import hashlib
import secrets

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tkpk import second_steps
from tkpk.models import CARD_CODES, CardCode, Mandate, SignInCard, User
from tkpk.reset_codes import as_issued, random_code, right_to_issue

LENGTH = 8
FEW_LEFT = 5
# 16 MiB and some 40 ms a try: a stolen table of 40-bit codes is not worth the electricity.
_COST = {"n": 2**14, "r": 8, "p": 1}


def looks_like_code(typed: str) -> bool:
    return len(as_issued(typed)) == LENGTH


def _digest(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=salt.encode(), **_COST, dklen=32).hex()


def in_groups(code: str) -> str:
    """Two groups of four: people read four characters at a time."""
    return f"{code[:4]} {code[4:]}"


def make_own(user: User) -> list[str]:
    """Make the person's own new card and return its codes; they can never be read again."""
    return _make(user, by=user, act="card_made")


def hand_out(user: User, *, by: User, reason: str) -> list[str]:
    """Make a card for somebody who has no device, by the administrator of all their places.

    Raises PermissionDenied, or ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason in one sentence.")})
    right = right_to_issue(by, user)
    if right is None:
        raise PermissionDenied(_("Only an administrator of this person's places may do this."))
    return _make(user, by=by, act="card_handed_out", right=right, reason=reason)


def _make(
    user: User, *, by: User, act: str, right: Mandate | None = None, reason: str = ""
) -> list[str]:
    codes: list[str] = []
    while len(codes) < CARD_CODES:
        code = random_code(LENGTH)
        if code not in codes:
            codes.append(code)
    salt = secrets.token_hex(16)
    digests = [_digest(code, salt) for code in codes]  # slow, so not while a row is locked
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two cards at once: one after the other
        SignInCard.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        card = SignInCard.objects.create(user=user, label=random_code(4), salt=salt, made_by=by)
        CardCode.objects.bulk_create(
            CardCode(card=card, number=number, digest=digest)
            for number, digest in enumerate(digests, start=1)
        )
        second_steps.record(act, user, by=by, right=right, reason=reason)
    user.__dict__.pop("card", None)
    user._state.fields_cache.pop("card", None)
    return [in_groups(code) for code in codes]


def use(user: User, typed: str) -> bool:
    """Cross a code off the person's card; False when it is on none, or was used already."""
    card = SignInCard.objects.filter(user=user).first()
    if card is None:
        return False
    digest = _digest(as_issued(typed), card.salt)
    found = None
    for code in card.codes.all():
        if constant_time_compare(code.digest, digest):
            found = code
    if found is None:
        return False
    # Asked and written in one statement: of two tries at the same moment one wins.
    return CardCode.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now()) == 1


def left(user: User) -> int:
    """How many codes of the person's card are unused; 0 without a card."""
    return CardCode.objects.filter(card__user=user, used_at=None).count()


def void(user: User) -> None:
    """The person gives the card up."""
    with transaction.atomic():
        deleted, _rows = SignInCard.objects.filter(user=user).delete()
        if deleted:
            second_steps.record("card_voided", user, by=user)
