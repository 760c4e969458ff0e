"""The admin screen of consent texts: a change is a new text, every older one stays to be read."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.template.defaultfilters import truncatewords
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import ConsentText
from households.surveys import consent
from tkpk.admin_base import MandateAdmin
from tkpk.requests import signed_in
from tkpk.rights import home_kelurahan
from tkpk.roles import Role

OFFICERS = frozenset({Role.STAFF})
READERS = frozenset({Role.STAFF, Role.LURAH})
# Shorter than this it cannot say who asks, what for, and that one may refuse.
LEAST = 80


class ConsentForm(forms.ModelForm):
    """A new text, beginning with the words that hold now."""

    class Meta:
        model = ConsentText
        fields = ("text", "text_en", "valid_from")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 10, "cols": 80}),
            "text_en": forms.Textarea(attrs={"rows": 10, "cols": 80}),
        }
        help_texts = {
            "text": gettext_lazy(
                "Read out before the first question: who asks, what for, who reads the answers, "
                "and that one may refuse, stop, and have the data corrected or erased."
            ),
            "valid_from": gettext_lazy(
                "Surveys that begin before that day keep the text that was read out."
            ),
        }

    def clean_text(self) -> str:
        text = " ".join(str(self.cleaned_data["text"]).split())
        if len(text) < LEAST:
            raise ValidationError(
                _("Write at least %(n)d characters: a family has to know what it agrees to.")
                % {"n": LEAST},
                code="too_short",
            )
        return text

    def clean_valid_from(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise ValidationError(
                _("A text holds from today on at the earliest: what was read out before stays."),
                code="past",
            )
        return day


@admin.register(ConsentText)
class ConsentTextAdmin(MandateAdmin):
    """Texts by number. What a family agreed to is never rewritten."""

    view_roles, change_roles = READERS, OFFICERS
    form = ConsentForm
    list_display = ["number", "valid_from", "beginning", "holds"]
    fields = ["text", "text_en", "valid_from"]
    ordering = ["-number"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(["number"] if obj else []), *super().get_fields(request, obj)]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        home = home_kelurahan(signed_in(request), self.change_roles)
        if home is None:
            return {"valid_from": today}
        text = consent.current(home)
        return {"text": text.text, "text_en": text.text_en, "valid_from": today}

    @admin.display(description=gettext_lazy("text"))
    def beginning(self, obj: ConsentText) -> str:
        return truncatewords(obj.said, 12)

    @admin.display(description=gettext_lazy("holds now"), boolean=True)
    def holds(self, obj: ConsentText) -> bool:
        return consent.current(obj.kelurahan).pk == obj.pk

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        home = home_kelurahan(signed_in(request), self.change_roles)
        if change or home is None:
            raise PermissionDenied
        obj.kelurahan = home
        consent.add(obj, by=signed_in(request))
