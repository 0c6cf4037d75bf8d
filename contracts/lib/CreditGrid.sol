// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The payment-history grid: six months to a word, ten lanes of four bits a month
/// @notice Word of a half-year (month / 6): lane l of month m at bits 40 × (m mod 6) + 4 × l; the top 16 bits are free.
/// @dev Pure. The twin is `commonhold/rules/history.py`; the meaning of the lanes stands in ICreditRegistry.
library CreditGrid {
    uint256 internal constant RENT_ON_TIME = 0;
    uint256 internal constant RENT_LATE_1 = 1;
    uint256 internal constant RENT_LATE_30 = 2;
    uint256 internal constant RENT_LATE_60 = 3;
    uint256 internal constant FEES_ON_TIME = 4;
    uint256 internal constant FEES_LATE = 5;
    uint256 internal constant INSTALMENT_ON_TIME = 6;
    uint256 internal constant INSTALMENT_LATE = 7;
    uint256 internal constant DEFAULT = 8;
    uint256 internal constant NEUTRAL = 9;
    uint256 internal constant LANES = 10;
    uint256 internal constant NOWHERE = 15; // no lane
    uint256 internal constant FULL = 15; // most counts of a cell
    uint256 internal constant MONTHS = 6; // in a word

    uint256 private constant ON_TIME_LANES = (1 << RENT_ON_TIME) | (1 << FEES_ON_TIME) | (1 << INSTALMENT_ON_TIME);

    /// @notice Key of the word that holds a party's month.
    function keyOf(uint256 party, uint256 month) internal pure returns (uint256) {
        unchecked {
            return ((month / MONTHS) << 32) | party;
        }
    }

    /// @notice Where a lane of a month lies in its word. [bits]
    function shiftOf(uint256 month, uint256 lane) internal pure returns (uint256) {
        unchecked {
            return (month % MONTHS) * 40 + lane * 4;
        }
    }

    function count(uint256 word, uint256 shift) internal pure returns (uint256) {
        return (word >> shift) & FULL;
    }

    /// @notice The lane of a payment in time. [IObligations.Kind] → [lane]
    function onTimeLane(uint256 kind) internal pure returns (uint256) {
        return (0x640 >> (4 * kind)) & 0xf; // RENT_ON_TIME, FEES_ON_TIME, INSTALMENT_ON_TIME
    }

    /// @notice The lane of a delinquency that was open, or was paid, this many days after the due day. [day] → [lane]
    function lateLane(uint256 kind, uint256 daysLate) internal pure returns (uint256) {
        if (kind == 1) return FEES_LATE;
        if (kind == 2) return INSTALMENT_LATE;
        return daysLate < 30 ? RENT_LATE_1 : daysLate < 60 ? RENT_LATE_30 : RENT_LATE_60;
    }

    function isOnTime(uint256 lane) internal pure returns (bool) {
        return (ON_TIME_LANES >> lane) & 1 == 1;
    }

    /// @notice Whether a lane speaks against a party.
    function isNegative(uint256 lane) internal pure returns (bool) {
        return lane < NEUTRAL && !isOnTime(lane);
    }

    /// @notice Whether a lane is one of a provider's: deposits, tickets, NEUTRAL.
    function isProviderLane(uint256 lane) internal pure returns (bool) {
        return lane < 4 || lane == NEUTRAL;
    }
}
