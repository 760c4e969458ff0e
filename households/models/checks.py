"""Validators and constraint builders that the registry's models share."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.nik import find_identifiers


def no_identifier(text: str) -> None:
    """Refuse a NIK or KK number in a text field, where it would lie in clear."""
    if find_identifiers(text):
        raise ValidationError(
            _("This looks like a NIK or KK number. Write it in its own field only."),
            code="identifier_in_text",
        )


def known_code(
    model: str, field: str, choices: type[models.IntegerChoices]
) -> models.CheckConstraint:
    """A constraint: the stored code is one of the list, or unknown (NULL)."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__in": choices.values}),
        name=f"{model}_{field}_known",
    )


def known_codes(
    model: str, lists: Iterable[tuple[str, type[models.IntegerChoices]]]
) -> list[models.CheckConstraint]:
    return [known_code(model, field, choices) for field, choices in lists]
