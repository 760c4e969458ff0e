"""The form of a profile section: nobody named, nothing of somebody else's overwritten."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.privacy import findings
from programs.models import ProfileSection
from tkpk.models import Territory

TEXTS = ("title", "body", "title_en", "body_en")
MARKDOWN_HELP = _(
    "Markdown: an empty line begins a paragraph, “## ” a heading, “- ” a list; **bold**, "
    "[words](https://address). Pictures become links."
)


class ProfileSectionForm(forms.ModelForm):
    """Posts the version that was read; the admin screen sets `kelurahan` on the class it uses."""

    kelurahan: Territory | None = None
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ProfileSection
        fields = ["title", "slug", "position", "is_published", "body", "title_en", "body_en"]
        help_texts = {
            "slug": _("Letters, digits and dashes; part of the address of this section."),
            "position": _("Smaller numbers come first."),
            "body": MARKDOWN_HELP,
            "title_en": _("Leave both English fields empty to show Indonesian on English pages."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # (label, text) of each field as somebody else saved it meanwhile
        self.theirs: list[tuple[Any, str]] = []
        self.initial["read_version"] = self.instance.version
        for name in ("body", "body_en"):
            if name in self.fields:
                self.fields[name].widget = forms.Textarea(attrs={"rows": 18, "cols": 80})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_names(cleaned)
        self._refuse_double(cleaned)
        if self.instance.pk:
            self._refuse_stale(cleaned)
        return cleaned

    def _refuse_names(self, cleaned: dict[str, Any]) -> None:
        if self.kelurahan is None:
            return
        for name in TEXTS:
            if text := cleaned.get(name):
                for finding in findings(text, self.kelurahan):
                    self.add_error(name, ValidationError(finding.message, code=finding.kind))

    def _refuse_double(self, cleaned: dict[str, Any]) -> None:
        """The kelurahan is no field of the form, so Django cannot see the constraint."""
        others = ProfileSection.objects.filter(
            kelurahan=self.kelurahan, slug=cleaned.get("slug") or ""
        )
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error("slug", _("Another section has this short name."))

    def _refuse_stale(self, cleaned: dict[str, Any]) -> None:
        """Hold the row until the save, and compare its version with the one that was read."""
        current = ProfileSection.objects.select_for_update().get(pk=self.instance.pk)
        if cleaned.get("read_version") == current.version:
            return
        self.theirs = [(self.fields[name].label, getattr(current, name)) for name in TEXTS]
        # Who saves once more has seen the other text: from now on that is the version read.
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed[self.add_prefix("read_version")] = str(current.version)
        self.data = typed
        raise ValidationError(
            _("%(name)s changed this section after you opened it. Nothing is saved yet."),
            params={"name": current.updated_by.name},
            code="stale",
        )
