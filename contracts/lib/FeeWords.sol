// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The packed words of a fee account
/// @notice Layouts, low bits first; sizes in bits. Amounts and levels [cmt], days [day], shares [bps], sizes [0.01 m²].
///
///   hot   level 60 | pot 60 | size 32 | share 14 | party 32 | category 16 | unit 32 | flags 8
///   side  accrual 88 | lastDay 24 | openDay 24 | fromDay 24 | untilDay 24 | endDue 24
///   plan  start 60 | sum 60 | paid 60 | firstDay 24 | count 8 | brokenDay 24
///   gift  from 60 | to 60 | promptMask 16 | promptTo 16
///
/// level: up to where the account is discharged, on the scale of FeeMath; it begins below the first line, not at 0. An account whose
/// flags are 0 is settled from the hot word alone. gift: what of the last discharged levels was no money — the span of the last waiver,
/// and which of the 16 months up to promptTo were reduced for
/// prompt payment (bit i: month promptTo − i).
library FeeWords {
    uint256 internal constant FEE = 1; // at least one base unit of late fee is owed
    uint256 internal constant ENDS = 2; // its last day is known
    uint256 internal constant PLAN = 4; // arrears are paid by a plan, kept or broken
    uint256 internal constant YOUNG = 8; // months that fall due later than their regular day are unpaid
    uint256 internal constant ASSUMED = 16; // somebody else took its debt over: its outcomes are neutral
    uint256 internal constant VACANT = 32; // the lines are reduced: no case of its own, the share says it

    /// @dev Flags of accounts that the hot word alone does not explain.
    uint256 internal constant SLOW = FEE | ENDS | PLAN | YOUNG | ASSUMED;

    uint256 private constant M60 = (1 << 60) - 1;
    uint256 private constant M24 = 0xffffff;

    // ---- hot word

    function hot(uint256 level_, uint256 size_, uint256 share_, uint256 party_, uint256 category_, uint256 unit_, uint256 flags_)
        internal
        pure
        returns (uint256)
    {
        return level_ | (size_ << 120) | (share_ << 152) | (party_ << 166) | (category_ << 198) | (unit_ << 214) | (flags_ << 246);
    }

    function level(uint256 w) internal pure returns (uint256) {
        return w & M60;
    }

    function pot(uint256 w) internal pure returns (uint256) {
        return (w >> 60) & M60;
    }

    function size(uint256 w) internal pure returns (uint256) {
        return uint32(w >> 120);
    }

    function share(uint256 w) internal pure returns (uint256) {
        return (w >> 152) & 0x3fff;
    }

    function party(uint256 w) internal pure returns (uint256) {
        return uint32(w >> 166);
    }

    function category(uint256 w) internal pure returns (uint16) {
        return uint16(w >> 198);
    }

    function unit(uint256 w) internal pure returns (uint256) {
        return uint32(w >> 214);
    }

    function flags(uint256 w) internal pure returns (uint256) {
        return uint8(w >> 246);
    }

    function withMoney(uint256 w, uint256 level_, uint256 pot_) internal pure returns (uint256) {
        return ((w >> 120) << 120) | level_ | (pot_ << 60);
    }

    function withParty(uint256 w, uint256 party_) internal pure returns (uint256) {
        return (w & ~(uint256(type(uint32).max) << 166)) | (party_ << 166);
    }

    function withFlag(uint256 w, uint256 flag, bool set) internal pure returns (uint256) {
        return set ? w | (flag << 246) : w & ~(flag << 246);
    }

    // ---- side word

    function side(uint256 accrual_, uint256 lastDay_, uint256 openDay_, uint256 fromDay_, uint256 untilDay_, uint256 endDue_)
        internal
        pure
        returns (uint256)
    {
        return accrual_ | (lastDay_ << 88) | (openDay_ << 112) | (fromDay_ << 136) | (untilDay_ << 160) | (endDue_ << 184);
    }

    function accrual(uint256 w) internal pure returns (uint256) {
        return uint88(w);
    }

    function lastDay(uint256 w) internal pure returns (uint256) {
        return (w >> 88) & M24;
    }

    function openDay(uint256 w) internal pure returns (uint256) {
        return (w >> 112) & M24;
    }

    function fromDay(uint256 w) internal pure returns (uint256) {
        return (w >> 136) & M24;
    }

    function untilDay(uint256 w) internal pure returns (uint256) {
        return (w >> 160) & M24;
    }

    function endDue(uint256 w) internal pure returns (uint256) {
        return (w >> 184) & M24;
    }

    function withAccrual(uint256 w, uint256 accrual_, uint256 lastDay_) internal pure returns (uint256) {
        return ((w >> 112) << 112) | accrual_ | (lastDay_ << 88);
    }

    // ---- plan word

    function plan(uint256 start_, uint256 sum_, uint256 paid_, uint256 firstDay_, uint256 count_, uint256 brokenDay_)
        internal
        pure
        returns (uint256)
    {
        return start_ | (sum_ << 60) | (paid_ << 120) | (firstDay_ << 180) | (count_ << 204) | (brokenDay_ << 212);
    }

    function planStart(uint256 w) internal pure returns (uint256) {
        return w & M60;
    }

    function planSum(uint256 w) internal pure returns (uint256) {
        return (w >> 60) & M60;
    }

    function planPaid(uint256 w) internal pure returns (uint256) {
        return (w >> 120) & M60;
    }

    function planFirstDay(uint256 w) internal pure returns (uint256) {
        return (w >> 180) & M24;
    }

    function planCount(uint256 w) internal pure returns (uint256) {
        return uint8(w >> 204);
    }

    function planBroken(uint256 w) internal pure returns (uint256) {
        return (w >> 212) & M24;
    }

    // ---- gift word

    function gift(uint256 from_, uint256 to_, uint256 promptMask_, uint256 promptTo_) internal pure returns (uint256) {
        return from_ | (to_ << 60) | (promptMask_ << 120) | (promptTo_ << 136);
    }

    function giftFrom(uint256 w) internal pure returns (uint256) {
        return w & M60;
    }

    function giftTo(uint256 w) internal pure returns (uint256) {
        return (w >> 60) & M60;
    }

    function promptMask(uint256 w) internal pure returns (uint256) {
        return uint16(w >> 120);
    }

    function promptTo(uint256 w) internal pure returns (uint256) {
        return uint16(w >> 136);
    }
}
