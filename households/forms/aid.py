"""Forms of aid: what a family received, and taking an entry back."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households import assistance
from households.forms.editing import Sections, VersionedForm, day_input
from households.models import LIVING, AidProgramme, AidReceipt, Household, Member
from tkpk.trail import no_number_in_reason


class ReceiptForm(VersionedForm):
    """One receipt of one family; `instance.household` is set before."""

    sections: ClassVar[Sections] = [
        (
            gettext_lazy("Aid received"),
            [
                "programme",
                "member",
                "period_from",
                "period_to",
                "amount_idr",
                "goods",
                "despite_pair",
            ],
        ),
    ]
    # Asked for only when a rule excludes this aid beside another one of the family.
    despite_pair = forms.CharField(
        label=gettext_lazy("Why it is recorded although a rule excludes the pair"),
        required=False,
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.HiddenInput,
        help_text=gettext_lazy("One sentence, without NIK or KK number. It is kept in the trail."),
    )

    class Meta:
        model = AidReceipt
        fields = ["programme", "member", "period_from", "period_to", "amount_idr", "goods"]
        widgets = {"period_from": day_input(), "period_to": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        household: Household = self.instance.household
        fields: dict[str, Any] = self.fields
        fields["programme"].queryset = AidProgramme.objects.filter(
            Q(active=True) | Q(pk=self.instance.programme_id or 0),
            kelurahan_id=household.kelurahan_id,
        )
        fields["programme"].help_text = format_html(
            _("Is the programme missing? Add it at {place}."),
            place=format_html(
                '<a href="{}">{}</a>',
                reverse("admin:households_aidprogramme_changelist"),
                _("Management screen, Aid programmes"),
            ),
        )
        fields["member"].queryset = Member.objects.filter(
            Q(status__in=sorted(LIVING)) | Q(pk=self.instance.member_id or 0), household=household
        )
        fields["member"].label = _("Who received it")
        fields["member"].empty_label = _("the whole family")
        fields["period_to"].help_text = _("Leave empty while it goes on.")
        fields["despite_pair"].initial = self.instance.despite_pair
        if self.instance.despite_pair:
            self._ask_why()

    def _ask_why(self) -> None:
        self.fields["despite_pair"].widget = forms.Textarea(attrs={"rows": 2})

    def _get_validation_exclusions(self) -> set[str]:
        # Periods in the wrong order are told beside the field by `assistance.check`, and not by
        # the database's constraint above the form.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # Django's
        return {*excluded, "period_to"}

    def _post_clean(self) -> None:
        super()._post_clean()
        if "despite_pair" in self.errors:
            self._ask_why()
        if self.errors:
            return
        self.instance.despite_pair = self.cleaned_data["despite_pair"]
        try:
            assistance.check(self.instance)
            assistance.heed_pairs(self.instance)
        except ValidationError as error:
            self.add_error(None, error)
        if "despite_pair" in self.errors:
            self._ask_why()


class WithdrawForm(forms.Form):
    """Why an entry is taken back, and the version that was seen."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        validators=[no_number_in_reason],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One sentence, without NIK or KK number. It is kept in the trail."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
