"""Who may do what: the roles, their delays, and every function that changes state.

The deployer applies this table, `docs/roles.md` is written from it, the interfaces say the same with
`@custom:role`, and a test compares all three with the contracts. A function is guarded (`GUARDED`: by
signature, with the role that may call it) or open (`OPEN`: by name, with the reason why it needs no role);
one that stands in neither fails the test.

Order of a set-up, all within the day that `CommunityAccess.setupUntil` leaves:

1. deploy the contracts, the deployer being ADMIN without delay;
2. `setTargetFunctionRole` for every row of `GUARDED` (rows of ADMIN need no call: 0 is the default);
3. `grantRole` for the people of each role and for the contracts of `CONTRACT_ROLES`, with `execution_delay`;
4. `setGrantDelay` of every role and `setTargetAdminDelay` of every contract;
5. the new ADMIN calls `acceptAdmin`, then the deployer renounces ADMIN;
6. read everything back and compare.
"""

from commonhold.roles.guarded import GUARDED, role_of
from commonhold.roles.offices import (
    ADMIN_DELAY,
    CONTRACT_ROLES,
    DAY,
    ROLE_ID,
    ROLES,
    TARGET_ADMIN_DELAY,
    Role,
)
from commonhold.roles.opened import OPEN
from commonhold.roles.page import render_markdown

__all__ = [
    "ADMIN_DELAY",
    "CONTRACT_ROLES",
    "DAY",
    "GUARDED",
    "OPEN",
    "ROLES",
    "ROLE_ID",
    "TARGET_ADMIN_DELAY",
    "Role",
    "render_markdown",
    "role_of",
]
