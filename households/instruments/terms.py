"""The words of the arithmetic of scores: instruments, answers and results as plain values.

`households.scoring` computes with them and gives them on; nothing here reads a database.
"""

import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

ZERO = Decimal(0)


class Method(enum.StrEnum):
    """How the parts make the total. Values are stored."""

    SUM = "SUM"  # scores added
    COUNT = "COUNT"  # criteria fulfilled, each 0 or 1


class Kind(enum.StrEnum):
    """How a parameter is answered. Values are stored."""

    CHOICE = "CHOICE"  # one of its options
    NUMBER = "NUMBER"  # a number, which falls into one of its bands
    DERIVED = "DERIVED"  # a formula over the instrument's questions, likewise


class Edge(enum.StrEnum):
    """To which band the value on a bound belongs. Values are stored."""

    UP_TO = "UP_TO"  # lower < x <= upper
    BELOW = "BELOW"  # lower <= x < upper


class Formula(enum.StrEnum):
    """The closed set of derivations; nothing stored is ever run as code. Values are stored."""

    INCOME_PER_HEAD = "INCOME_PER_HEAD"
    FLOOR_AREA_PER_HEAD = "FLOOR_AREA_PER_HEAD"
    ELECTRIC_BILL = "ELECTRIC_BILL"
    POWER_VA = "POWER_VA"


class Why(enum.StrEnum):
    """Why a part has no score."""

    MISSING = "missing"  # an answer is not there yet
    NO_MEMBERS = "no_members"  # a value per head of nobody
    NO_BAND = "no_band"  # the bands of a draft leave this value out


class AnswerRefused(ValueError):
    """An answer that the instrument does not know. `code` is the parameter's or question's.

    `reason`: "not_an_option", "not_a_number", "no_whole_number" or "unknown_question".
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Option:
    """An answer and its score; of a number, the band (None: without end)."""

    code: str
    score: Decimal
    lower: Decimal | None = None
    upper: Decimal | None = None
    label: str = ""

    def holds(self, value: Decimal, edge: Edge) -> bool:
        """Whether the value lies in this band."""
        if edge == Edge.UP_TO:
            above = self.lower is None or value > self.lower
            return above and (self.upper is None or value <= self.upper)
        from_lower = self.lower is None or value >= self.lower
        return from_lower and (self.upper is None or value < self.upper)


@dataclass(frozen=True)
class Parameter:
    """One criterion of an aspect."""

    code: str
    aspect: str
    kind: Kind
    options: tuple[Option, ...]
    formula: Formula | None = None
    edge: Edge = Edge.UP_TO
    label: str = ""
    aspect_label: str = ""

    @cached_property
    def by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}

    @cached_property
    def maximum(self) -> Decimal:
        return max((option.score for option in self.options), default=ZERO)

    @property
    def minimum(self) -> Decimal:
        return min((option.score for option in self.options), default=ZERO)

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """The codes of the answers that it reads."""
        return FORMULAS[self.formula].asks if self.formula else (self.code,)


@dataclass(frozen=True)
class Question:
    """What is asked for a formula; `whole` of numbers that are counted (people)."""

    code: str
    label: str = ""
    whole: bool = False


@dataclass(frozen=True)
class ScoreClass:
    """A class of totals, both bounds included."""

    code: str
    lower: int
    upper: int
    needs_help: bool = False
    label: str = ""


@dataclass(frozen=True)
class Instrument:
    """One version, as it is computed with."""

    code: str
    version: str
    method: Method
    parameters: tuple[Parameter, ...]
    questions: tuple[Question, ...] = ()
    classes: tuple[ScoreClass, ...] = ()
    valid_from: datetime.date | None = None

    @cached_property
    def whole(self) -> frozenset[str]:
        """The questions that are answered with a whole number."""
        return frozenset(question.code for question in self.questions if question.whole)

    @cached_property
    def known(self) -> frozenset[str]:
        """The codes that answers may have."""
        asked = {one.code for one in self.parameters if one.kind != Kind.DERIVED}
        return frozenset(asked | {question.code for question in self.questions})

    @cached_property
    def derived_from(self) -> frozenset[str]:
        """The questions that a formula reads, alone or with others."""
        return frozenset(code for one in self.parameters if one.formula for code in one.asks)

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest total that its options can make."""
        return (
            sum((parameter.minimum for parameter in self.parameters), ZERO),
            sum((parameter.maximum for parameter in self.parameters), ZERO),
        )


@dataclass(frozen=True)
class Part:
    """What one parameter contributes; `option` is "" and `score` None where it cannot be said.

    `value` is the number that was classed: what was typed, or what the formula gave.
    """

    aspect: str
    parameter: str
    option: str
    score: Decimal | None
    maximum: Decimal
    value: Decimal | None = None
    why: str = ""


@dataclass(frozen=True)
class Score:
    """The result. `total` and `category` are None while anything is missing.

    `category` is None too where the instrument has no classes.
    """

    total: Decimal | None
    parts: tuple[Part, ...]
    category: ScoreClass | None
    complete: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """The codes of the parameters without a score."""
        return tuple(part.parameter for part in self.parts if part.score is None)


# --- formulas ---------------------------------------------------------------------------------
class NoMembers(Exception):
    """A value per head of a family of nobody."""


def _per_head(amount: Decimal, members: Decimal) -> Decimal:
    if members == ZERO:
        raise NoMembers
    return amount / members


def _as_answered(amount: Decimal) -> Decimal:
    return amount


@dataclass(frozen=True)
class Rule:
    """What a formula reads, and its arithmetic in that order."""

    asks: tuple[str, ...]
    compute: Callable[..., Decimal]
    money: bool = False
    unit: str = ""


MEMBERS = "members_count"
FORMULAS: dict[Formula, Rule] = {
    Formula.INCOME_PER_HEAD: Rule(("monthly_income_total", MEMBERS), _per_head, money=True),
    Formula.FLOOR_AREA_PER_HEAD: Rule(("floor_area_m2", MEMBERS), _per_head, unit="m²"),
    Formula.ELECTRIC_BILL: Rule(("electric_bill",), _as_answered, money=True),
    Formula.POWER_VA: Rule(("power_va",), _as_answered, unit="VA"),
}
