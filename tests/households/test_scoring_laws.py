"""What always holds of scores, for any answers and each shipped instrument."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from households import scoring
from households.scoring import Kind, score
from tests.households.instruments import SHIPPED, plain


def answers_of(instrument: scoring.Instrument) -> st.SearchStrategy[dict[str, Any]]:
    """Any complete answers."""
    number = st.decimals(0, 5_000_000, places=2).map(lambda value: format(value, "f"))
    fields: dict[str, Any] = {
        question.code: st.integers(1, 20) if question.whole else number
        for question in instrument.questions
    }
    for one in instrument.parameters:
        if one.kind == Kind.CHOICE:
            fields[one.code] = st.sampled_from([option.code for option in one.options])
    return st.fixed_dictionaries(fields)


@st.composite
def cases(draw: Any) -> tuple[scoring.Instrument, dict[str, Any]]:
    instrument = plain(draw(st.sampled_from(SHIPPED)))
    return instrument, draw(answers_of(instrument))


@settings(deadline=None)
@given(cases())
def test_the_same_answers_and_version_give_the_same_score(case):
    instrument, answers = case
    again = dict(reversed(answers.items()))
    assert score(instrument, answers) == score(instrument, again)


@settings(deadline=None)
@given(cases())
def test_the_total_is_the_sum_of_its_parts_and_lies_in_the_range(case):
    instrument, answers = case
    found = score(instrument, answers)
    assert found.total == sum(part.score for part in found.parts)
    low, high = instrument.range
    assert low <= found.total <= high
    assert all(0 <= part.score <= part.maximum for part in found.parts)


@settings(deadline=None)
@given(cases())
def test_every_total_has_exactly_one_class_where_there_are_classes(case):
    instrument, answers = case
    found = score(instrument, answers)
    whole = scoring.rounded(found.total)
    holding = [one for one in instrument.classes if one.lower <= whole <= one.upper]
    assert len(holding) == (1 if instrument.classes else 0)
    assert ([found.category] if found.category else []) == holding


@pytest.mark.parametrize("name", SHIPPED)
def test_classes_partition_the_range_of_their_instrument(name):
    instrument = plain(name)
    low, high = (int(bound) for bound in instrument.range)
    for total in range(low, high + 1):
        holding = [one for one in instrument.classes if one.lower <= total <= one.upper]
        assert len(holding) == (1 if instrument.classes else 0)


@settings(deadline=None)
@given(cases(), st.data())
def test_one_more_criterion_fulfilled_never_lowers_the_score(case, data):
    instrument, answers = case
    before = score(instrument, answers)
    choices = [one for one in instrument.parameters if one.kind == Kind.CHOICE]
    raised = data.draw(st.sampled_from(choices))
    best = max(raised.options, key=lambda option: option.score)
    after = score(instrument, {**answers, raised.code: best.code})
    assert after.total >= before.total


@settings(deadline=None)
@given(cases(), st.data())
def test_more_income_area_or_power_never_raises_the_score(case, data):
    instrument, answers = case
    numbers = [q.code for q in instrument.questions if not q.whole]
    code = data.draw(st.sampled_from(numbers))
    more = Decimal(answers[code]) + data.draw(st.integers(0, 10**6))
    richer = score(instrument, {**answers, code: more})
    assert richer.total <= score(instrument, answers).total


@settings(deadline=None)
@given(st.decimals(0, 10**9, places=4), st.sampled_from(SHIPPED))
def test_every_number_lies_in_exactly_one_band(value, name):
    for one in plain(name).parameters:
        if one.kind != Kind.CHOICE:
            assert sum(option.holds(value, one.edge) for option in one.options) == 1
