// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The one list of reason codes: what the token answers per collected item, what a settlement answers per lease.
/// @dev The numbers are part of the interface: they stand in events and in `commonhold/rules/codes.py`; only append.
enum Code {
    NONE, // 0  nothing was asked
    COLLECTED, // 1  all that was due
    PARTIAL, // 2  less than was due, because the mandate allows part payments
    NOTHING_DUE, // 3
    NO_MANDATE, // 4  no mandate, or it does not name the collector
    LIMIT_EXCEEDED, // 5  the month's limit of the mandate
    MANDATE_EXPIRED, // 6
    NO_FUNDS, // 7  the wallet holds less than is due
    NOT_ACTIVE, // 8  the lease is closed or in deposit review
    UNKNOWN, // 9  no such id
    RENT_ONLY, // 10 the rent (or a bill's principal) was collected, the late fee was not
    SHARES_MISSING, // 11 some joint tenants' shares were collected, others were not
    NO_WALLET, // 12 the party has no wallet
    ALREADY_ISSUED, // 13 the bill is on the books already
    DISPUTED, // 14 the bill waits for a decision
    ISSUED // 15 the bill is on the books from now on
}
