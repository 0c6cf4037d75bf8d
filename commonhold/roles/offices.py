"""The roles themselves: who holds them, and how long grants and calls wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DAY = 86_400  # [s]

# Least execution delay of any ADMIN after set-up: the constructor argument of CommunityAccess. [s]
ADMIN_DELAY = 2 * DAY
# How long a change of a contract's function roles, its closing or its authority waits. [s]
TARGET_ADMIN_DELAY = 2 * DAY


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the AccessManager. Delays in seconds: after a grant, and before each call of a member."""

    id: int
    name: str
    holder: str
    grant_delay: int
    execution_delay: int


ROLES: tuple[Role, ...] = (
    Role(0, "ADMIN", "the owners' multisig", 2 * DAY, ADMIN_DELAY),
    Role(1, "MANAGER", "the property manager's office", DAY, 0),
    Role(2, "TREASURER", "the cashier: bank slips and reserve entries", DAY, 0),
    Role(3, "OFFICER", "credit and compliance officers", DAY, 0),
    Role(4, "ATTESTOR", "the front desk that checks identities", DAY, 0),
    Role(5, "STAFF", "service staff", 0, 0),
    Role(6, "COMMITTEE", "the owners' committee: the second person", 2 * DAY, 0),
    Role(7, "REGISTRY", "the contract PartyRegistry", 2 * DAY, 0),
    Role(8, "RECOVERY", "the contract PartyRecovery", 2 * DAY, 0),
    Role(9, "TRANSFERS", "the contract UnitTransfers", 2 * DAY, 0),
    Role(10, "REVIEW", "the contract CreditReview", 2 * DAY, 0),
    Role(11, "LIMITS", "the contract CreditFormula", 2 * DAY, 0),
)
ROLE_ID: Mapping[str, int] = MappingProxyType({role.name: role.id for role in ROLES})

# Contracts that hold a role: role name -> contract.
CONTRACT_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "REGISTRY": "PartyRegistry",
        "RECOVERY": "PartyRecovery",
        "TRANSFERS": "UnitTransfers",
        "REVIEW": "CreditReview",
        "LIMITS": "CreditFormula",
    }
)
