"""Which second steps a person has, and the trail of setting them up and giving them up."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from tkpk import trail
from tkpk.mandates import chain_of
from tkpk.models import Mandate, SignInCard, User


@dataclass(frozen=True)
class Held:
    """The second steps of one person."""

    passkeys: list[Authenticator] = field(default_factory=list)
    card: SignInCard | None = None
    has_phone_codes: bool = False
    # Of the first release; no longer made.
    has_recovery_codes: bool = False

    @property
    def any(self) -> bool:
        return bool(self.passkeys or self.card or self.has_phone_codes)


def held_by(user: User) -> Held:
    kept = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    kinds = {authenticator.type for authenticator in kept}
    return Held(
        passkeys=[one for one in kept if one.type == Authenticator.Type.WEBAUTHN],
        card=SignInCard.objects.filter(user=user).first(),
        has_phone_codes=Authenticator.Type.TOTP in kinds,
        has_recovery_codes=Authenticator.Type.RECOVERY_CODES in kinds,
    )


def record(
    act: str, user: User, *, by: User, right: Mandate | None = None, reason: str = ""
) -> None:
    """Write an act on a person's second step into the trail of their place.

    Who never held a mandate belongs to no place, and so to no trail.
    """
    mandate = right or Mandate.objects.filter(user=user).select_related("territory").first()
    if mandate is None:
        return
    trail.record(
        chain=chain_of(mandate.territory),
        by=by,
        mandate=right,
        process="account",
        move=act,
        row=user,
        reason=reason,
    )


# --- passkeys --------------------------------------------------------------------------------


def passkey_domain(host: str) -> str:
    """The name that passkeys are bound to: of PUBLIC_URL, or the same computer's own name."""
    name = host.partition(":")[0].lower()
    return name if name == "localhost" else urlsplit(settings.PUBLIC_URL).hostname or name


def passkeys_work_at(request: HttpRequest) -> bool:
    """Whether a browser offers passkeys at this address: HTTPS and a name, or localhost.

    Never at a bare number such as 192.168.1.5, and never over plain HTTP.
    """
    name = request.get_host().partition(":")[0].lower()
    if name == "localhost":
        return True
    domain = passkey_domain(request.get_host())
    same = name == domain or name.endswith(f".{domain}")
    return request.is_secure() and same and not _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def count_up(passkey: Authenticator, answer: dict[str, object]) -> bool:
    """Keep the passkey's own count of signatures; False when it did not grow.

    Then there are two of a thing that cannot be copied. Passkeys that live in several devices
    of one person do not count at all and always say 0.
    """
    counted = parse_authentication_response(answer).response.authenticator_data.counter
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=passkey.pk)
        last = kept.data.get("sign_count", kept.wrap().authenticator_data.counter)
        if (counted or last) and counted <= last:
            return False
        kept.data["sign_count"] = counted
        kept.save(update_fields=["data"])
    return True
