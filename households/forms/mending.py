"""Forms that mend one remark in place: the fields of the edit forms that the remark is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.forms.editing import VersionedForm
from households.forms.family import FamilyForm, places_for
from households.forms.member import MemberForm
from households.models import Member
from tkpk.models import User


def _keep(form: VersionedForm, names: Sequence[str]) -> None:
    for name in set(form.fields) - {*names, form.version_field}:
        del form.fields[name]
    if len(names) == 1:  # an empty answer would mend nothing
        form.fields[names[0]].required = True
    if "decile" in names:  # a source alone would mend nothing
        form.fields["decile"].required = form.fields["decile_as_of"].required = True


class MendFamilyForm(FamilyForm):
    """A few fields of a family.

    `places`, read once for a list, are only shown: a bound form asks anew.
    """

    def __init__(
        self, *args: Any, by: User, only: Sequence[str], places: Any = None, **kwargs: Any
    ) -> None:
        # Not the parent's: it reads the places anew, once for each row of a list.
        VersionedForm.__init__(self, *args, **kwargs)
        self.by = by
        if "territory" in only:
            place: Any = self.fields["territory"]
            if places is None:
                place.queryset = places_for(by, self.instance.kelurahan_id)
            else:
                place.choices = places
        _keep(self, only)

    def clean(self) -> dict[str, Any]:
        # The rules on the KK number ask for the place too.
        self.cleaned_data.setdefault("territory", self.instance.territory)
        return super().clean()


class MendMemberForm(MemberForm):
    """A few fields of a person."""

    def __init__(self, *args: Any, only: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _keep(self, only)
        if list(only) == ["new_nik"]:
            self.fields["new_nik"].help_text = _("16 digits, as on the card.")


class HeadForm(forms.Form):
    """Who is the head of a family that has none: a person, as `<pk>-<version>` that was seen."""

    head = forms.ChoiceField(label=gettext_lazy("Head of family"))

    def __init__(self, *args: Any, members: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["head"]
        offered.choices = [
            ("", _("– choose –")),
            *(
                (f"{one.pk}-{one.version}", f"{one.name} ({one.get_relation_display()})")
                for one in members
            ),
        ]

    @property
    def chosen(self) -> tuple[int, int]:
        """The person's key and the version that was seen."""
        pk, version = self.cleaned_data["head"].split("-")
        return int(pk), int(version)


class ConfirmForm(forms.Form):
    """All still holds: only the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
