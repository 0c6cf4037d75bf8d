"""Reason codes, the same numbers as `interfaces/Codes.sol`."""

from enum import IntEnum


class Code(IntEnum):
    """What the token answers per collected item and a settlement answers per lease."""

    NONE = 0
    COLLECTED = 1
    PARTIAL = 2
    NOTHING_DUE = 3
    NO_MANDATE = 4
    LIMIT_EXCEEDED = 5
    MANDATE_EXPIRED = 6
    NO_FUNDS = 7
    NOT_ACTIVE = 8
    UNKNOWN = 9
    RENT_ONLY = 10
    SHARES_MISSING = 11
    NO_WALLET = 12
    ALREADY_ISSUED = 13
    DISPUTED = 14
    ISSUED = 15
