"""Codes of reports: easy to read out, forgiving to type, hard to guess."""

import pytest

from tkpk import tickets


def test_a_code_has_sixty_bits_and_no_sign_that_is_mistaken():
    made = {tickets.make() for _ in range(500)}
    assert len(made) == 500
    assert len(tickets.SIGNS) ** (tickets.GROUPS * tickets.GROUP) >= 2**60
    assert not {"I", "O", "0", "1"} & set(tickets.SIGNS)
    assert {len(code) for code in made} == {16}


@pytest.mark.parametrize(
    "typed", ["S-7KQ4-M2WX-9TRB", " s 7kq4 m2wx 9trb ", "S7KQ4M2WX9TRB", "s–7kq4–m2wx–9trb."]
)
def test_however_it_is_typed_it_is_the_same_code(typed):
    assert tickets.normalise(typed) == "S-7KQ4-M2WX-9TRB"


@pytest.mark.parametrize(
    "typed",
    ["", "S", "S-7KQ4", "K-7KQ4-M2WX-9TRB", "S-7KQ4-M2WX-9TR0", "S-7KQ4-M2WX-9TRBA", "S" * 9_000],
)
def test_what_can_be_no_code_is_none(typed):
    assert tickets.normalise(typed) == ""


def test_a_code_that_was_made_is_read_back():
    code = tickets.make()
    assert tickets.normalise(code.lower().replace("-", " ")) == code
