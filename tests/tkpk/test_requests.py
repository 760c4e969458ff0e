"""Numbers that forms and addresses say."""

import pytest

from tkpk.requests import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999)])
def test_ascii_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1\n", "٣", "²", "x", "1" * 10])
def test_everything_else_is_none(text):
    assert whole_number(text) is None
