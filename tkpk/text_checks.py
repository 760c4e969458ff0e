"""What a text field must never hold, whichever app it belongs to."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tkpk.nik import find_identifiers


def no_identifier(text: str) -> None:
    """Refuse a NIK or KK number in a text field, where it would lie in clear."""
    if find_identifiers(text):
        raise ValidationError(
            _("This looks like a NIK or KK number. Write it in its own field only."),
            code="identifier_in_text",
        )
