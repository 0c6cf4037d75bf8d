// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LeaseTermsLib} from "./LeaseTermsLib.sol";

/// @title The packed words of a lease
/// @notice Layouts, low bits first; sizes in bits. Amounts [cmt], days [day], months [month], rates [bps].
///
///   hot   settled 56 | pot 56 | rent 44 | month 12 | endMonth 12 | anchor 5 | state 3 | flags 4 | tenant 32 | landlord 32
///   plan  rentStart 24 | endDay 24 | startDay 24 | interval 4 | offset+32 6 | dayCount 2 | accounts 3 | cover 4 | unit 32
///         | notice 16 | breakDay 24 | commission 16 | manager 32 | holdover 16 | late-fee rate 7 | grace 6 | most late days 9
///   fee   accrual 112 | lastDay 24 | breakFee 56
///   acct  tenant 32 | share 16 | settled 56 | pot 56
///
/// One tenant: the account is the hot word itself. Joint tenants: the hot word's settled and pot stay 0, each account has its own word.
/// A lease whose flags are 0 is settled from the hot word alone. A fee word is first written when a late fee accrues, unless the lease
/// begins with a break fee or opening figures: before its first period has fallen due no late fee can.
library LeaseWords {
    uint256 internal constant JOINT = 1; // more than one tenant
    uint256 internal constant SHAPED = 2; // stub, several segments, interval, offset: the plan word decides
    uint256 internal constant FEE = 4; // at least one base unit of late fee is owed
    uint256 internal constant COMMISSION = 8; // part of the rent goes to the manager

    uint256 private constant M44 = (1 << 44) - 1;
    uint256 private constant M56 = type(uint56).max;

    // ---- hot word

    function settled(uint256 w) internal pure returns (uint256) {
        return w & M56;
    }

    function pot(uint256 w) internal pure returns (uint256) {
        return (w >> 56) & M56;
    }

    function rent(uint256 w) internal pure returns (uint256) {
        return (w >> 112) & M44;
    }

    function month(uint256 w) internal pure returns (uint256) {
        return (w >> 156) & 0xfff;
    }

    function endMonth(uint256 w) internal pure returns (uint256) {
        return (w >> 168) & 0xfff;
    }

    function anchor(uint256 w) internal pure returns (uint256) {
        return (w >> 180) & 31;
    }

    function state(uint256 w) internal pure returns (uint256) {
        return (w >> 185) & 7;
    }

    function flags(uint256 w) internal pure returns (uint256) {
        return (w >> 188) & 15;
    }

    function tenant(uint256 w) internal pure returns (uint256) {
        return (w >> 192) & type(uint32).max;
    }

    function landlord(uint256 w) internal pure returns (uint256) {
        return w >> 224;
    }

    function withSettled(uint256 w, uint256 settled_, uint256 pot_) internal pure returns (uint256) {
        return (w & ~(M56 | (M56 << 56))) | settled_ | (pot_ << 56);
    }

    function withEndMonth(uint256 w, uint256 endMonth_) internal pure returns (uint256) {
        return (w & ~(uint256(0xfff) << 168)) | (endMonth_ << 168);
    }

    function withState(uint256 w, uint256 state_) internal pure returns (uint256) {
        return (w & ~(uint256(7) << 185)) | (state_ << 185);
    }

    function withFlag(uint256 w, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? w | (flag << 188) : w & ~(flag << 188);
    }

    function withTenant(uint256 w, uint256 party) internal pure returns (uint256) {
        return (w & ~(uint256(type(uint32).max) << 192)) | (party << 192);
    }

    function withLandlord(uint256 w, uint256 party) internal pure returns (uint256) {
        return (w & type(uint224).max) | (party << 224);
    }

    function hot(
        uint256 rent_, uint256 month_, uint256 endMonth_, uint256 anchor_, uint256 state_, uint256 flags_, uint256 tenant_, uint256 landlord_
    ) internal pure returns (uint256) {
        return (rent_ << 112) | (month_ << 156) | (endMonth_ << 168) | (anchor_ << 180) | (state_ << 185) | (flags_ << 188) | (tenant_ << 192)
            | (landlord_ << 224);
    }

    // ---- plan word

    function plan(LeaseTermsLib.Head memory h, uint256 accounts_, uint256 rentStart_) internal pure returns (uint256 p) {
        p = rentStart_ | (h.endDay << 24) | (h.startDay << 48) | (h.interval << 72);
        p |= (uint256(h.dueOffset + 32) << 76) | (h.dayCount << 82) | (accounts_ << 84);
        p |= (h.coverMask << 87) | (h.unit << 91) | (h.noticeDays << 123) | (h.breakDay << 139);
        p |= (h.commission << 163) | (h.manager << 179) | (h.holdoverRate << 211);
        p |= (h.lateFeeRate << 227) | (h.graceDays << 234) | (h.lateFeeMaxDays << 240);
    }

    function rentStart(uint256 p) internal pure returns (uint256) {
        return p & 0xffffff;
    }

    function endDay(uint256 p) internal pure returns (uint256) {
        return (p >> 24) & 0xffffff;
    }

    function startDay(uint256 p) internal pure returns (uint256) {
        return (p >> 48) & 0xffffff;
    }

    function interval(uint256 p) internal pure returns (uint256) {
        return (p >> 72) & 15;
    }

    function dueOffset(uint256 p) internal pure returns (int256) {
        return int256((p >> 76) & 63) - 32;
    }

    function dayCount(uint256 p) internal pure returns (uint256) {
        return (p >> 82) & 3;
    }

    function accounts(uint256 p) internal pure returns (uint256) {
        return (p >> 84) & 7;
    }

    function cover(uint256 p) internal pure returns (uint256) {
        return (p >> 87) & 15;
    }

    function unit(uint256 p) internal pure returns (uint256) {
        return (p >> 91) & type(uint32).max;
    }

    function notice(uint256 p) internal pure returns (uint256) {
        return (p >> 123) & 0xffff;
    }

    function breakDay(uint256 p) internal pure returns (uint256) {
        return (p >> 139) & 0xffffff;
    }

    function commission(uint256 p) internal pure returns (uint256) {
        return (p >> 163) & 0xffff;
    }

    function manager(uint256 p) internal pure returns (uint256) {
        return (p >> 179) & type(uint32).max;
    }

    function holdover(uint256 p) internal pure returns (uint256) {
        return (p >> 211) & 0xffff;
    }

    function feeRate(uint256 p) internal pure returns (uint256) {
        return (p >> 227) & 127;
    }

    function grace(uint256 p) internal pure returns (uint256) {
        return (p >> 234) & 63;
    }

    function mostDays(uint256 p) internal pure returns (uint256) {
        return p >> 240;
    }

    function withEndDay(uint256 p, uint256 endDay_) internal pure returns (uint256) {
        return (p & ~(uint256(0xffffff) << 24)) | (endDay_ << 24);
    }

    // ---- fee word

    function accrual(uint256 f) internal pure returns (uint256) {
        return f & type(uint112).max;
    }

    function lastDay(uint256 f) internal pure returns (uint256) {
        return (f >> 112) & 0xffffff;
    }

    function breakFee(uint256 f) internal pure returns (uint256) {
        return f >> 136;
    }

    function withBreakFee(uint256 breakFee_) internal pure returns (uint256) {
        return breakFee_ << 136;
    }

    function withAccrual(uint256 f, uint256 accrual_, uint256 lastDay_) internal pure returns (uint256) {
        return ((f >> 136) << 136) | accrual_ | (lastDay_ << 112);
    }

    // ---- account word

    function account(uint256 tenant_, uint256 share_, uint256 settled_, uint256 pot_) internal pure returns (uint256) {
        return tenant_ | (share_ << 32) | (settled_ << 48) | (pot_ << 104);
    }

    function accountTenant(uint256 a) internal pure returns (uint256) {
        return a & type(uint32).max;
    }

    function accountShare(uint256 a) internal pure returns (uint256) {
        return (a >> 32) & 0xffff;
    }

    function accountSettled(uint256 a) internal pure returns (uint256) {
        return (a >> 48) & M56;
    }

    function accountPot(uint256 a) internal pure returns (uint256) {
        return a >> 104;
    }
}
