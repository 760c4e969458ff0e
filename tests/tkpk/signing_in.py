"""Signing in as a person does it: through the pages."""

import re

from django.test import Client

from tests.factories import PASSWORD
from tkpk.models import User


def sign_in(client: Client, user: User, password: str = PASSWORD):
    """Post the sign-in form and return the answer."""
    return client.post("/akun/masuk/", {"login": user.username, "password": password})


def text_of(response) -> str:
    """The words of a page, without tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()
