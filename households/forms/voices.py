"""Forms of officers and heads of RT and RW about reports on families."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households import intake
from households.forms.editing import day_input
from households.models import Confirmation, Household
from households.searching import with_list_facts
from households.voices.lists import line_of
from households.workflows.registering import own_family
from tkpk.forms.acts import ReasonForm
from tkpk.forms.voices import PlainTextField
from tkpk.models import SentKind, User
from tkpk.models.territory import within
from tkpk.rights import scopes
from tkpk.roles import Role
from tkpk.submissions import LONGEST_TEXT

AREA_HEADS = frozenset({Role.RW_HEAD, Role.RT_HEAD})


class FindForm(forms.Form):
    """Whom the report may mean."""

    text = forms.CharField(
        label=gettext_lazy("Name, NIK, KK number or code"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConfirmForm(ReasonForm):
    """How the family itself was asked."""

    confirmed_how = forms.ChoiceField(
        label=gettext_lazy("How was the family asked?"),
        choices=Confirmation.choices,
        widget=forms.RadioSelect,
    )
    confirmed_on = forms.DateField(label=gettext_lazy("Asked on"), widget=day_input())
    field_order = ["confirmed_how", "confirmed_on", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].label = _("Remark")
        self.fields["confirmed_on"].initial = timezone.localdate()

    def clean_confirmed_on(self) -> Any:
        day = self.cleaned_data["confirmed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day


class FamilyField(forms.ModelChoiceField):
    """A family of the own area by its head."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.territory.full_name} · {obj.head_name or '–'} · {obj.code}"


class AreaReportForm(forms.Form):
    """What a head of RT or RW says of a family of the own area."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want?"),
        choices=[
            (SentKind.NOMINATION.value, gettext_lazy("Nominate the family for the list")),
            (SentKind.OBJECTION.value, gettext_lazy("Object to the family on the list")),
        ],
        widget=forms.RadioSelect,
        initial=SentKind.NOMINATION.value,
    )
    household = FamilyField(
        Household.objects.none(),
        label=gettext_lazy("Family"),
        empty_label=gettext_lazy("Choose a family"),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground of the objection"),
        choices=[
            ("", gettext_lazy("Only for an objection")),
            *[pair for pair in intake.GROUNDS if pair[0] != intake.MISSED],
        ],
        required=False,
    )
    text = PlainTextField(label=gettext_lazy("Why"), rows=4, max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        rows: Any = Household.objects.active().filter(
            within("territory__code", *scopes(by, AREA_HEADS))
        )
        family: Any = self.fields["household"]
        rows = with_list_facts(rows.select_related("territory__parent"))
        family.queryset = rows.order_by("territory__code", "pk")

    def clean_household(self) -> Any:
        household = self.cleaned_data["household"]
        if own_family(household, self.by):
            raise ValidationError(
                _("This is your own family. Use the public form, so that somebody else decides."),
                code="own_family",
            )
        return household

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == SentKind.OBJECTION and data.get("household"):
            window = intake.objection_window(data["household"].kelurahan)
            if not window.is_open:
                self.add_error("kind", window.refusal)
            elif not data.get("ground"):
                self.add_error("ground", _("Say what is wrong with the list."))
            elif line_of(window.poor_list_id, data["household"]) is None:
                self.add_error("household", _("This family is not on this year's list."))
        return data
