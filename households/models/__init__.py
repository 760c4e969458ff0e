"""Models of the registry, one aggregate a file."""

from households.models.household import Household, HouseholdStatus
from households.models.member import LIVING, Member, MemberStatus

__all__ = ["LIVING", "Household", "HouseholdStatus", "Member", "MemberStatus"]
