// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";

/// @title One wallet's money and mandate in one word
/// @notice Bits, lowest first:
///   balance      96  [cmt]
///   spent        64  collected in `spentMonth` [cmt]
///   limit        40  of the mandate, per month [10^4 cmt]
///   spentMonth   12  [month]
///   expiryMonth  12  last month of the mandate [month]
///   collectors   16  named by the mandate [bits]
///   flags        16  PARTIAL, FROZEN, SUITE, RECOVERY_HOLD, REPLACED
/// @dev Pure. The balance stands lowest, so that adding to or subtracting from the word moves money; callers check it first.
/// The twin is `Purse` in `commonhold/rules/mandates.py`.
library AccountWord {
    uint256 internal constant LIMIT_UNIT = 10_000; // [cmt]
    uint256 internal constant MAX_LIMIT = ((1 << 40) - 1) * LIMIT_UNIT; // [cmt]
    uint256 internal constant MAX_MONTH = (1 << 12) - 1; // [month]

    uint256 internal constant BALANCE = (1 << 96) - 1;
    uint256 internal constant PARTIAL = 1 << 240; // the mandate allows part payments
    uint256 internal constant FROZEN = 1 << 241; // sends nothing while the freeze lasts
    uint256 internal constant SUITE = 1 << 242; // one of the suite's own contracts
    uint256 internal constant RECOVERY_HOLD = 1 << 243; // sends nothing while its recovery is pending
    uint256 internal constant REPLACED = 1 << 244; // sends nothing for ever, receipts go to its successor

    /// @dev limit, expiry, collectors and PARTIAL: what a mandate says.
    uint256 internal constant MANDATE =
        (((1 << 40) - 1) << 160) | (((1 << 12) - 1) << 212) | (((1 << 16) - 1) << 224) | PARTIAL;
    /// @dev what was collected, and in which month.
    uint256 internal constant SPENT = (((1 << 64) - 1) << 96) | (((1 << 12) - 1) << 200);

    uint256 private constant SPENT_SHIFT = 96;
    uint256 private constant LIMIT_SHIFT = 160;
    uint256 private constant SPENT_MONTH_SHIFT = 200;
    uint256 private constant EXPIRY_SHIFT = 212;
    uint256 internal constant COLLECTORS_SHIFT = 224;

    function balance(
        uint256 word
    ) internal pure returns (uint256) {
        return word & BALANCE;
    }

    /// @notice The month's limit. [cmt]
    function limit(
        uint256 word
    ) internal pure returns (uint256) {
        return ((word >> LIMIT_SHIFT) & ((1 << 40) - 1)) * LIMIT_UNIT;
    }

    function expiryMonth(
        uint256 word
    ) internal pure returns (uint256) {
        return (word >> EXPIRY_SHIFT) & MAX_MONTH;
    }

    function spentMonth(
        uint256 word
    ) internal pure returns (uint256) {
        return (word >> SPENT_MONTH_SHIFT) & MAX_MONTH;
    }

    /// @notice What was collected in spentMonth. [cmt]
    function spent(
        uint256 word
    ) internal pure returns (uint256) {
        return (word >> SPENT_SHIFT) & type(uint64).max;
    }

    function collectors(
        uint256 word
    ) internal pure returns (uint256) {
        return (word >> COLLECTORS_SHIFT) & type(uint16).max;
    }

    /// @notice The word with another mandate; balance, what was spent and the other flags stay. Inputs fit their fields.
    function withMandate(
        uint256 word,
        uint256 limit_,
        uint256 collectors_,
        uint256 expiry,
        bool allowPartial
    ) internal pure returns (uint256) {
        uint256 mandate = ((limit_ / LIMIT_UNIT) << LIMIT_SHIFT) | (expiry << EXPIRY_SHIFT)
            | (collectors_ << COLLECTORS_SHIFT);
        return (word & ~MANDATE) | mandate | (allowPartial ? PARTIAL : 0);
    }

    /// @notice A wallet's word after it took the place of `old`: balances add, the mandate and its use move if it has none, a freeze follows.
    function joinedWith(
        uint256 word,
        uint256 old
    ) internal pure returns (uint256) {
        if (collectors(word) == 0 && collectors(old) != 0) {
            word = (word & ~(MANDATE | SPENT)) | (old & (MANDATE | SPENT));
        }
        return (word | (old & FROZEN)) + balance(old); // no overflow: both are part of one supply below 2^96
    }

    /// @notice What one collection takes: all of `amount`, or with PARTIAL what limit and balance leave, or nothing and why.
    /// @param bit the collector's bit, in its place in the word
    /// @return next the word afterwards, unchanged if nothing is taken
    function take(
        uint256 word,
        uint256 amount,
        uint256 bit,
        uint256 month
    ) internal pure returns (uint256 next, Code code, uint256 taken) {
        unchecked {
            // no term can pass 2^160: spent and limit stay below 2^64, amount and balance below 2^96
            if (word & bit == 0) return (word, Code.NO_MANDATE, 0);
            if (expiryMonth(word) < month) return (word, Code.MANDATE_EXPIRED, 0);
            uint256 used = spentMonth(word) == month ? spent(word) : 0;
            code = Code.COLLECTED;
            taken = amount;
            if (used + amount > limit(word) || amount > balance(word)) {
                (code, taken) = _part(word, amount, used);
                if (taken == 0) return (word, code, 0);
            }
            next = ((word & ~SPENT) | (month << SPENT_MONTH_SHIFT) | ((used + taken) << SPENT_SHIFT)) - taken;
        }
    }

    /// @dev The answer where limit or balance is short.
    function _part(
        uint256 word,
        uint256 amount,
        uint256 used
    ) private pure returns (Code code, uint256 taken) {
        unchecked {
            uint256 left = limit(word) > used ? limit(word) - used : 0; // a lowered limit may be below what was spent
            code = amount > left ? Code.LIMIT_EXCEEDED : Code.NO_FUNDS;
            if (word & PARTIAL == 0) return (code, 0);
            taken = left < balance(word) ? left : balance(word);
            if (taken != 0) return (Code.PARTIAL, taken);
            if (left != 0) code = Code.NO_FUNDS; // the limit leaves something, the wallet is empty
        }
    }
}
