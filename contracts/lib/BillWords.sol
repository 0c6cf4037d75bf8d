// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The packed words of a bill and of its run
/// @notice Money in base units [cmt], days in [day], rates in [bps].
/// @dev bill:  party 32 | run 32 | open 64 | amount 64 | dueDay 24 | issuedDay 24 | flags 8
/// more:  accrual 96 [cmt × bps × days] | lastDay 24 | lastOnTimeDay 24 (0 = due day + grace) | removed 64 | disputeUntil 24
/// terms: category 16 | period 16 | dueDay 24 | payee 32 | manager 32 | managerBps 16 | graceDays 8 | lateFeeRate 16 | lateFeeMaxDays 16
library BillWords {
    uint256 internal constant PAID = 1; // some of it was paid with money
    uint256 internal constant WAS_DISPUTED = 2; // a bill can be disputed once
    uint256 internal constant MORE = 4; // the second word is in use

    // ---------------------------------------------------------------- keys

    /// @notice The number of a bill among all bills.
    function keyOf(uint256 unit, uint256 category_, uint256 period_, uint256 version) internal pure returns (uint256) {
        return (unit << 48) | (category_ << 32) | (period_ << 16) | version;
    }

    function unitOf(uint256 key) internal pure returns (uint256) {
        return key >> 48;
    }

    /// @notice Where the two bits of a bill's state stand: 128 neighbouring units of one category, period and version share a word.
    function placeOf(uint256 key) internal pure returns (uint256 word, uint256 shift) {
        return (((key >> 55) << 48) | uint48(key), ((key >> 48) & 127) << 1);
    }

    // ---------------------------------------------------------------- bill

    function bill(uint256 party_, uint256 run_, uint256 amount_, uint256 dueDay_, uint256 issuedDay_) internal pure returns (uint256) {
        return party_ | (run_ << 32) | (amount_ << 64) | (amount_ << 128) | (dueDay_ << 192) | (issuedDay_ << 216);
    }

    function party(uint256 word) internal pure returns (uint256) {
        return uint32(word);
    }

    function run(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 32);
    }

    function open(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 64);
    }

    function amount(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 128);
    }

    function dueDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 192);
    }

    function issuedDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 216);
    }

    function flags(uint256 word) internal pure returns (uint256) {
        return uint8(word >> 240);
    }

    function withOpen(uint256 word, uint256 open_, uint256 flags_) internal pure returns (uint256) {
        uint256 kept = word & ~((uint256(type(uint64).max) << 64) | (uint256(type(uint8).max) << 240));
        return kept | (open_ << 64) | (flags_ << 240);
    }

    // ---------------------------------------------------------------- more

    function more(uint256 accrual_, uint256 lastDay_, uint256 lastOnTimeDay_, uint256 removed_, uint256 disputeUntil_) internal pure returns (uint256) {
        return accrual_ | (lastDay_ << 96) | (lastOnTimeDay_ << 120) | (removed_ << 144) | (disputeUntil_ << 208);
    }

    function accrual(uint256 word) internal pure returns (uint256) {
        return uint96(word);
    }

    function lastDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 96);
    }

    function lastOnTimeDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 120);
    }

    function removed(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 144);
    }

    function disputeUntil(uint256 word) internal pure returns (uint256) {
        return uint24(word >> 208);
    }

    // ---------------------------------------------------------------- terms of a run

    /// @param word of the category, as ICategories.categoryWord has it: payee, manager with managerBps, and the lateness terms move up as they stand
    function terms(uint256 word, uint256 category_, uint256 period_, uint256 dueDay_) internal pure returns (uint256) {
        uint256 lateness = (word >> 112) & type(uint40).max; // graceDays 8 | lateFeeRate 16 | lateFeeMaxDays 16
        uint256 earner = (word >> 48) & type(uint48).max; // manager 32 | managerBps 16
        return category_ | (period_ << 16) | (dueDay_ << 32) | (uint256(uint32(word >> 8)) << 56) | (earner << 88) | (lateness << 136);
    }

    function category(uint256 terms_) internal pure returns (uint256) {
        return uint16(terms_);
    }

    function period(uint256 terms_) internal pure returns (uint256) {
        return uint16(terms_ >> 16);
    }

    function runDueDay(uint256 terms_) internal pure returns (uint256) {
        return uint24(terms_ >> 32);
    }

    function payee(uint256 terms_) internal pure returns (uint256) {
        return uint32(terms_ >> 56);
    }

    function manager(uint256 terms_) internal pure returns (uint256) {
        return uint32(terms_ >> 88);
    }

    function managerBps(uint256 terms_) internal pure returns (uint256) {
        return uint16(terms_ >> 120);
    }

    function graceDays(uint256 terms_) internal pure returns (uint256) {
        return uint8(terms_ >> 136);
    }

    function lateFeeRate(uint256 terms_) internal pure returns (uint256) {
        return uint16(terms_ >> 144);
    }

    function lateFeeMaxDays(uint256 terms_) internal pure returns (uint256) {
        return uint16(terms_ >> 160);
    }
}
