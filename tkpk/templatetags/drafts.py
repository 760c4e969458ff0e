"""The hidden field that lets a form survive the end of its session."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tkpk import drafts

register = template.Library()


@register.simple_tag(takes_context=True)
def draft_token(context: dict[str, Any]) -> SafeString:
    """Put beside the CSRF token in every staff form whose loss would hurt."""
    request = context["request"]
    if not request.user.is_authenticated:
        return SafeString("")
    return format_html(
        '<input type="hidden" name="{}" value="{}">', drafts.FIELD, drafts.draft_token(request)
    )
