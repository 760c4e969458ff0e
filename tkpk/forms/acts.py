"""Forms of acts: a reason alone, and the scan of a paper."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What a file begins with, whatever its name says.
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
WEBP = "image/webp"


def kind_of(data: bytes) -> str:
    """The MIME type of a scan by its first bytes; "" for what is none."""
    for start, kind in SIGNATURES.items():
        if data.startswith(start):
            return kind
    return WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Errors of a field beside it, the rest above the form."""
    by_field = getattr(error, "error_dict", None) or {"__all__": [error]}
    for name, found in by_field.items():
        form.add_error(name if name in form.fields else None, found)


def refuse_large(file: Any, text: str) -> None:
    """Refuse what is larger than the portal takes, with a text that names %(n)d MB."""
    if file.size > settings.UPLOAD_LIMIT_BYTES:
        limit = settings.UPLOAD_LIMIT_BYTES // 1024 // 1024
        raise ValidationError(text % {"n": limit}, code="too_large")


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence, without NIK or KK number. It is kept in the trail."),
    )

    def tell(self, error: ValidationError) -> None:
        tell(self, error)


class ScanForm(forms.Form):
    """A photo or PDF of a paper."""

    scan = forms.FileField(
        label=gettext_lazy("Scan or photo of the document"),
        help_text=gettext_lazy("PDF, JPEG, PNG or WebP. It is kept encrypted."),
        widget=forms.ClearableFileInput(
            attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}
        ),
    )

    def clean_scan(self) -> Any:
        file = self.cleaned_data["scan"]
        refuse_large(file, _("The file is larger than %(n)d MB. Take a smaller photo."))
        if not kind_of(file.read(16)):
            text = _("This is no PDF, JPEG, PNG or WebP. Set the phone's camera to JPEG.")
            raise ValidationError(text, code="kind")
        file.seek(0)
        return file

    def content(self) -> tuple[bytes, str]:
        """The bytes and what they are. Call it on a valid form."""
        data = self.cleaned_data["scan"].read()
        return data, kind_of(data)
