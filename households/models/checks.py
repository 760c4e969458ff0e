"""Validators and constraint builders that the registry's models share."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from tkpk.text_checks import no_identifier

__all__ = ["known_code", "known_codes", "no_identifier"]


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
