"""What tests of the registry's pages ask of a page."""

import re

from django.urls import reverse


def file_url(household):
    return reverse("household_file", args=[household.pk])


def page_text(response):
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
