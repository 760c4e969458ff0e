"""How each remark on data is mended: by fields in place, or on the page of the right act."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from households import families
from households.codes import Relation
from households.forms.mending import ConfirmForm, HeadForm, MendFamilyForm, MendMemberForm
from households.health import Check
from households.models import Household, Member
from tkpk.models import User

# The fields that a list offers beside each row; a list without any leads to a page.
FIELDS: dict[str, tuple[str, ...]] = {
    "tanpa-rt": ("territory",),
    "tanpa-kk": ("new_kk_number",),
    "kk-sama": ("new_kk_number",),
    "tanpa-nik": ("new_nik",),
    "tanpa-tanggal-lahir": ("birth_date",),
    "nik-berbeda": ("birth_date", "sex", "new_nik"),
    "status-kawin": ("marital_status", "relation"),
    "umur-terbalik": ("birth_date", "relation"),
    "tanpa-desil": ("registry_source", "decile", "decile_as_of"),
    "desil-lama": ("registry_source", "decile", "decile_as_of"),
}
CONFIRMED = "data-lama"
HEADS = "tanpa-kepala"


def household_of(row: Household | Member) -> Household:
    return row if isinstance(row, Household) else row.household


def make_form(
    code: str, row: Any, data: Any, *, by: User, places: Any = None, members: Any = None
) -> Any:
    """The form beside a row, bound to `data` unless that is None; None where a page mends it."""
    shown: dict[str, Any] = {"auto_id": f"id_{row.pk}_%s"}
    if code == HEADS:
        living = row.members.active() if members is None else members
        return HeadForm(data, members=living, **shown)
    if code == CONFIRMED:
        return ConfirmForm(data, initial={"version": row.version}, **shown)
    if code not in FIELDS:
        return None
    if isinstance(row, Household):
        return MendFamilyForm(data, instance=row, by=by, only=FIELDS[code], places=places, **shown)
    return MendMemberForm(data, instance=row, only=FIELDS[code], **shown)


def save(code: str, row: Any, form: Any, *, by: User) -> None:
    """Save what a valid form says, by the acts that edit pages use.

    Raises StaleRow, PermissionDenied or ValidationError.
    """
    if code == HEADS:
        _make_head(row, form, by=by)
    elif code == CONFIRMED:
        families.save_family(row, by=by, expected_version=form.cleaned_data["version"])
    elif isinstance(row, Household):
        families.save_family(form.instance, by=by, expected_version=form.cleaned_data["version"])
    else:
        families.save_member(form.instance, by=by, expected_version=form.cleaned_data["version"])


def _make_head(household: Household, form: HeadForm, *, by: User) -> None:
    pk, version = form.chosen
    member = household.members.active().select_related("household__territory").filter(pk=pk).first()
    if member is None:
        raise ValidationError(_("Only somebody who lives here can be the head."))
    member.relation = Relation.HEAD
    families.save_member(member, by=by, expected_version=version)


def living_by_family(households: Iterable[Household]) -> dict[int, list[Member]]:
    """Those who live here of several families at once, in one query."""
    found: dict[int, list[Member]] = defaultdict(list)
    rows = Member.objects.active().filter(household__in=[one.pk for one in households])
    for member in rows.order_by("relation", "birth_date", "pk"):
        found[member.household_id].append(member)
    return found


def remark_url(check: Check, household: Household, *, may_edit: bool) -> str:
    """Where a remark on this family is mended, or else its file."""
    if not may_edit or check.of_persons or check.code == HEADS:
        return reverse("household_file", args=[household.pk])
    return page_for(check.code, household)[0]


def page_for(code: str, row: Household | Member) -> tuple[str, str]:
    """The address and the words of the page on which this remark is mended too."""
    household = household_of(row)
    if code == "tanpa-penghuni":
        url = reverse("household_move", args=[household.pk, "close"])
        return url, _("Close the family")
    if code == "desil-rendah-tanpa-bantuan":
        return reverse("aid_add", args=[household.pk]), _("Record aid received")
    if isinstance(row, Member):
        return reverse("member_edit", args=[household.pk, row.pk]), _("Edit the person's data")
    return reverse("household_edit", args=[household.pk]), _("Edit the family")
