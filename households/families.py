"""Acts on families and persons that change no status: entering, editing, showing a number."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.codes import Relation
from households.models import Household, Member
from households.nik_remarks import check_again
from households.visibility import Column, roles_seeing
from households.workflows.registering import own_family
from tkpk import rights, trail
from tkpk.models import AccessLog, Mandate, Territory, User, save_edit
from tkpk.roles import Role

EDITORS = frozenset({Role.STAFF})


# --- asking ----------------------------------------------------------------------------------
def edit_refusals(user: User, household: Household) -> list[str]:
    """Why this person may not edit the family or its members, in words; empty if they may."""
    if not rights.holds(user, EDITORS, code=household.territory.code):
        return [str(_("No mandate of yours that is valid today allows entering data here."))]
    return own_family(household, user) if household.pk else []


def editable(user: User, households: Iterable[Household]) -> set[int]:
    """The keys of those families that this person may edit; as `edit_refusals`, in one query."""
    held = {one.pk for one in households if rights.holds(user, EDITORS, code=one.territory.code)}
    if not user.nik_index or not held:
        return held
    own = Member.objects.filter(household__in=sorted(held), nik_index=user.nik_index)
    return held - set(own.values_list("household_id", flat=True))


def kk_holder(number_index: str, *, kelurahan_id: int, other_than: int | None) -> Household | None:
    """The other family of the kelurahan that lives here under this KK number."""
    if not number_index:
        return None
    return (
        Household.objects.active()
        .filter(kelurahan_id=kelurahan_id, kk_index=number_index)
        .exclude(pk=other_than or 0)
        .first()
    )


def nik_holder(number_index: str, *, kelurahan_id: int, other_than: int | None) -> Member | None:
    """The other living person of the kelurahan with this NIK."""
    if not number_index:
        return None
    return (
        Member.objects.living()
        .filter(kelurahan_id=kelurahan_id, nik_index=number_index)
        .exclude(pk=other_than or 0)
        .first()
    )


def head_of(household_id: int | None, *, other_than: int | None = None) -> Member | None:
    return (
        Member.objects.active()
        .filter(household_id=household_id or 0, relation=Relation.HEAD)
        .exclude(pk=other_than or 0)
        .first()
    )


# --- acting ----------------------------------------------------------------------------------
@contextmanager
def _told_when_taken() -> Iterator[None]:
    """Turn the constraint that lost a race into a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError(
            _("Somebody has just saved the same number or another head. Save again to see whom."),
            code="taken",
        ) from error


def _require_editor(by: User, household: Household) -> None:
    rights.fresh_mandates(by)
    if refusals := edit_refusals(by, household):
        raise PermissionDenied("; ".join(refusals))


def _stamp(row: Any, *, by: User, kelurahan: Territory) -> None:
    row.kelurahan = kelurahan
    row.created_by = row.updated_by = by


def _refuse_own(member: Member, by: User) -> None:
    if by.nik_index and member.nik_index == by.nik_index:
        raise ValidationError(
            _("This is your own NIK: another officer has to enter your family."), code="own_family"
        )


def create_family(household: Household, head: Member, *, by: User) -> Household:
    """Enter a family together with its head. Raises PermissionDenied or ValidationError."""
    _require_editor(by, household)
    _refuse_own(head, by)
    kelurahan = Territory.objects.get(code=household.territory.kelurahan_code)
    with _told_when_taken():
        _stamp(household, by=by, kelurahan=kelurahan)
        household.save()
        head.household = household
        head.relation = Relation.HEAD
        _stamp(head, by=by, kelurahan=kelurahan)
        head.save()
        check_again([head], found_at=head.updated_at)
    return household


def save_family(household: Household, *, by: User, expected_version: int) -> Household:
    """Save an edited family. Raises StaleRow, PermissionDenied or ValidationError."""
    # The place as it is stored counts too: nobody takes a family out of another's area.
    _require_editor(by, Household.objects.select_related("territory").get(pk=household.pk))
    _require_editor(by, household)
    with _told_when_taken():
        return save_edit(household, by=by, expected_version=expected_version)


def add_member(member: Member, *, by: User) -> Member:
    """Enter a further person of a family. Raises PermissionDenied or ValidationError."""
    _require_editor(by, member.household)
    _refuse_own(member, by)
    with _told_when_taken():
        _stamp(member, by=by, kelurahan=member.household.kelurahan)
        member.save()
        check_again([member], found_at=member.updated_at)
    return member


def save_member(member: Member, *, by: User, expected_version: int) -> Member:
    """Save an edited person. Raises StaleRow, PermissionDenied or ValidationError."""
    _require_editor(by, member.household)
    _refuse_own(member, by)
    with _told_when_taken():
        save_edit(member, by=by, expected_version=expected_version)
        check_again([member], found_at=member.updated_at)
    return member


def editor_mandate(user: User, household: Household) -> Mandate | None:
    """The mandate by which this person may enter data of this family, if any."""
    return rights.mandate_at(user, EDITORS, code=household.territory.code)


def identifier_mandate(user: User, household: Household) -> Mandate | None:
    """The mandate by which this person may see full numbers of this family, if any."""
    roles = roles_seeing(Column.IDENTIFIERS)
    return rights.mandate_at(user, roles, code=household.territory.code)


def reveal_identifier(row: Household | Member, *, by: User, reason: str) -> str:
    """The full KK number of a family or NIK of a person; the trail says who asked and why.

    Raises PermissionDenied, or ValidationError for a missing reason or one with a number in it.
    """
    household = row if isinstance(row, Household) else row.household
    rights.fresh_mandates(by)
    mandate = identifier_mandate(by, household)
    if mandate is None:
        raise PermissionDenied(str(_("Full numbers are not shown in your role.")))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the full number is needed.")})
    with transaction.atomic():
        trail.record(
            chain=household.kelurahan,
            by=by,
            mandate=mandate,
            process="identifier",
            move="reveal_kk" if isinstance(row, Household) else "reveal_nik",
            row=row,
            reason=reason,
        )
    return row.kk_number if isinstance(row, Household) else row.nik


def note_view(household: Household, *, by: User) -> None:
    """Note that somebody opened the family's file."""
    AccessLog.objects.create(
        by=by,
        kelurahan_id=household.kelurahan_id,
        subject="households.household",
        subject_id=household.pk,
    )
