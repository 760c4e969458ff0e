"""Models of the registry, one aggregate a file."""

from households.models.household import Household, HouseholdStatus
from households.models.imports import (
    AreaMapping,
    BatchStatus,
    ImportBatch,
    ImportChange,
    ImportCounter,
    ImportRow,
    Outcome,
)
from households.models.member import LIVING, Member, MemberStatus
from households.models.statistics import StatisticsSnapshot

__all__ = [
    "LIVING",
    "AreaMapping",
    "BatchStatus",
    "Household",
    "HouseholdStatus",
    "ImportBatch",
    "ImportChange",
    "ImportCounter",
    "ImportRow",
    "Member",
    "MemberStatus",
    "Outcome",
    "StatisticsSnapshot",
]
