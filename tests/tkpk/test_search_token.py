"""A search in an address shows neither name nor number, and opens for one person only."""

import pytest

from tests.factories import make_user
from tkpk import search_token

pytestmark = pytest.mark.django_db


def test_the_writer_reads_it_back():
    user = make_user()
    assert search_token.read(search_token.make("  Wiryo   Karto ", user), user) == "Wiryo Karto"


def test_another_person_reads_nothing():
    assert search_token.read(search_token.make("Wiryo", make_user()), make_user()) is None


def test_the_token_shows_nothing_and_never_repeats():
    user = make_user()
    first, second = search_token.make("3471012345670000", user), search_token.make("Wiryo", user)
    assert "3471012345670000" not in first
    assert "Wiryo" not in second
    assert search_token.make("Wiryo", user) != second


@pytest.mark.parametrize("token", ["", "x", "éé", "AAAA", "a" * 300, "AAEAAAAAAAAAAAAAAAAAAAAA"])
def test_what_was_never_a_token_is_no_search(token):
    assert search_token.read(token, make_user()) is None


def test_an_altered_token_is_no_search():
    user = make_user()
    token = search_token.make("Wiryo", user)
    assert search_token.read(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), user) is None


def test_an_empty_search_has_no_token():
    assert search_token.make("   ", make_user()) == ""
