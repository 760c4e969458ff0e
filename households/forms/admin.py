"""The same forms for the admin screens, which check the version while they hold the row's lock."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.forms import ExportForm

from households.codes import Relation
from households.forms.editing import VersionedForm, posted_value, shown_value
from households.forms.family import FamilyForm
from households.forms.member import MemberForm
from households.models import MemberStatus
from tkpk.trail import no_number_in_reason


class LockedForm(VersionedForm):
    """A form of an admin screen, whose page saves in the transaction that this lock is held in.

    `version` is not editable on the model, so the admin wants another name for the field.
    """

    version_field = "seen_version"
    version = None
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_new and self.has_changed():
            model = type(self.instance)
            current = model._default_manager.select_for_update().get(pk=self.instance.pk)
            if current.version != data.get("seen_version"):
                self._refuse_stale(current)
        return data

    def _refuse_stale(self, current: Any) -> None:
        lines = [_("Somebody else saved this row first. Compare, then save again to keep yours.")]
        for name in self.changed_data:
            field = self.fields[name]
            if name == "seen_version" or name not in (self._meta.fields or ()):
                continue
            lines.append(
                _("%(field)s: saved “%(theirs)s”, typed by you “%(mine)s”")
                % {
                    "field": field.label,
                    "theirs": shown_value(self, name, posted_value(self, name)),
                    "mine": shown_value(self, name, self[name].data),
                }
            )
        self.add_error(None, ValidationError(lines, code="stale"))
        # The page comes back with the version that was compared: saving again is then a choice.
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("seen_version")] = str(current.version)
        self.data = data


class AdminFamilyForm(LockedForm, FamilyForm):
    """A family on its admin screen."""


class AdminMemberForm(LockedForm, MemberForm):
    """A person on the screen of the family."""


class MemberFormSet(BaseInlineFormSet):
    """The persons of one screen: together, too, they have one head and different NIKs."""

    def clean(self) -> None:
        super().clean()
        niks: list[str] = []
        heads = 0
        for form in self.forms:
            if not getattr(form, "cleaned_data", None):
                continue
            niks += [form.cleaned_data["new_nik"]] if form.cleaned_data.get("new_nik") else []
            lives_here = form.instance.status == MemberStatus.ACTIVE
            heads += lives_here and form.cleaned_data.get("relation") == Relation.HEAD
        if len(niks) != len(set(niks)):
            raise ValidationError(_("Two persons on this page have the same NIK."), code="taken")
        if heads > 1:
            raise ValidationError(_("A family has one head only."), code="taken")


class HouseholdExportForm(ExportForm):
    """What leaves, in which form, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("What the file is for, in one sentence. It is kept in the trail."),
        validators=[no_number_in_reason],
        widget=forms.TextInput(attrs={"size": 60}),
    )
    numbers = forms.BooleanField(
        label=gettext_lazy("With full NIK, KK and paper numbers"),
        required=False,
        help_text=gettext_lazy("Only where the receiver needs them; else they stay masked."),
    )
    field_order = ["resource", "format", "reason", "numbers"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("Rows of the file")
        self.fields["format"].label = _("File format")

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())
