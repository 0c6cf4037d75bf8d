// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Calendar} from "./Calendar.sol";

/// @title Rent: what falls due by a day, and the late fee on what is not paid
/// @notice Pure formulas over one lease's schedule; nothing is iterated but segments (at most 64) and the open edges of a late-fee
/// window (at most 14 periods each). Money [cmt], days [day], months [month]; a period carries the month of its first boundary as
/// its label. The twin is `commonhold/rules/rent.py` and `late.py`. All rounding is down, for the tenant.
library RentMath {
    uint256 internal constant ACTUAL = 0;
    uint256 internal constant THIRTY_360 = 1;
    uint256 internal constant BPS = 10_000;

    /// @dev A segment: rent from a label on. month 16 | rent 64 | dueBefore 88 | carried 88
    struct Schedule {
        uint256 rentStart; // first day that costs rent [day]
        uint256 endDay; // first day after the lease [day]
        uint256 anchor; // day of the month [1–31]
        uint256 interval; // months paid at a time
        int256 dueOffset; // [days]
        uint256 dayCount;
        uint256 first; // label of rentStart [month]
        uint256 last; // label of the day before endDay [month]
        bool stub; // rentStart is not a boundary
        bool endsWhole; // endDay is a boundary
        bool plain; // whole months at one rent, each due on its first day: the formulas need no case
        uint256[] segments;
    }

    /// @dev How one account's part of a joint sum is taken: the first accounts round down, the last takes the rest. [bps]
    struct Share {
        uint256 own; // this account's share; 10,000 = the whole
        uint256[] others; // for the last account: the shares of all the others, else empty
    }

    // ---------------------------------------------------------------- segments

    function segment(uint256 month, uint256 rent, uint256 dueBefore, uint256 carried) internal pure returns (uint256) {
        return month | (rent << 16) | (dueBefore << 80) | (carried << 168);
    }

    function monthOf(uint256 word) internal pure returns (uint256) {
        return word & 0xffff;
    }

    function rentOf(uint256 word) internal pure returns (uint256) {
        return (word >> 16) & type(uint64).max;
    }

    function dueBeforeOf(uint256 word) internal pure returns (uint256) {
        return (word >> 80) & type(uint88).max;
    }

    function carriedOf(uint256 word) internal pure returns (uint256) {
        return word >> 168;
    }

    /// @notice Completes the derived fields after rentStart, endDay and anchor are set.
    function derive(Schedule memory s) internal pure {
        s.first = Calendar.labelOf(s.anchor, s.rentStart);
        s.last = Calendar.labelOf(s.anchor, s.endDay);
        s.endsWhole = Calendar.boundary(s.anchor, s.last) == s.endDay;
        if (s.endsWhole) --s.last;
        s.stub = Calendar.boundary(s.anchor, s.first) != s.rentStart;
    }

    /// @dev Index of the segment that rules a label; the first one for labels before it.
    function _segmentAt(Schedule memory s, uint256 label) private pure returns (uint256 j) {
        j = s.segments.length - 1;
        while (j != 0 && monthOf(s.segments[j]) > label) --j;
    }

    /// @notice The rent per month on a day.
    function rentAt(Schedule memory s, uint256 day) internal pure returns (uint256) {
        return rentOf(s.segments[_segmentAt(s, Calendar.labelOf(s.anchor, day))]);
    }

    // ---------------------------------------------------------------- amounts

    /// @notice The price of part of a period. ACTUAL: rent × days / pair; 30/360: rent × min(days, 30) / 30;
    /// ACTUAL/365: min(rent, rent × 12 × days / 365). Rounded down, for the tenant.
    function prorate(uint256 rent, uint256 days_, uint256 pair, uint256 dayCount) internal pure returns (uint256) {
        if (dayCount == ACTUAL) return (rent * days_) / pair;
        if (dayCount == THIRTY_360) return (rent * (days_ < 30 ? days_ : 30)) / 30;
        uint256 price = (rent * 12 * days_) / 365;
        return price < rent ? price : rent;
    }

    /// @notice The price of the piece of one period that lies in [from, until).
    function pieceOf(Schedule memory s, uint256 label, uint256 rent, uint256 from, uint256 until) internal pure returns (uint256) {
        uint256 begin = Calendar.boundary(s.anchor, label);
        uint256 end = Calendar.boundary(s.anchor, label + 1);
        if (from <= begin && until >= end) return rent;
        if (from < begin) from = begin;
        if (until > end) until = end;
        return prorate(rent, until - from, end - begin, s.dayCount);
    }

    /// @notice All that the periods up to and with `label` cost.
    function cumulative(Schedule memory s, uint256 label) internal pure returns (uint256 sum) {
        if (label < s.first) return 0;
        if (label > s.last) label = s.last;
        if (s.plain) return (label + 1 - s.first) * rentOf(s.segments[0]);
        uint256 j = _segmentAt(s, label);
        uint256 word = s.segments[j];
        uint256 rent = rentOf(word);
        sum = dueBeforeOf(word) + carriedOf(word) + rent * (label + 1 - monthOf(word));
        if (label == s.last) sum = sum - rent + pieceOf(s, label, rent, j == 0 ? s.rentStart : 0, s.endDay);
        if (j == 0 && s.stub && s.first != s.last) sum = sum - rent + pieceOf(s, s.first, rent, s.rentStart, s.endDay);
        // a renewal from inside this period carries the rest of it to the next one
        if (j + 1 < s.segments.length) {
            uint256 cap = dueBeforeOf(s.segments[j + 1]);
            if (sum > cap) sum = cap;
        }
    }

    /// @notice All that the lease costs to its end.
    function total(Schedule memory s) internal pure returns (uint256) {
        return cumulative(s, s.last);
    }

    // ---------------------------------------------------------------- due days

    /// @dev First label of the payment group of `label`, and the last one.
    function _groupOf(Schedule memory s, uint256 label) private pure returns (uint256 from, uint256 until) {
        uint256 j = _segmentAt(s, label);
        uint256 anchor = monthOf(s.segments[j]);
        if (j == 0 && s.stub) {
            if (label == s.first) return (label, label);
            anchor += 1;
        }
        from = anchor + ((label - anchor) / s.interval) * s.interval;
        until = from + s.interval - 1;
        if (j + 1 < s.segments.length) {
            uint256 next = monthOf(s.segments[j + 1]);
            if (until >= next) until = next - 1;
        }
        if (until > s.last) until = s.last;
    }

    /// @notice The last label that has fallen due by the end of `day`; `first - 1` if none has.
    function lastLabelDue(Schedule memory s, int256 day) internal pure returns (uint256 label) {
        if (day + 1 >= int256(s.endDay)) return s.last;
        if (s.plain) return day < int256(s.rentStart) ? s.first - 1 : Calendar.labelOf(s.anchor, uint256(day));
        int256 start = day - s.dueOffset;
        if (start < int256(s.rentStart)) return s.first - 1;
        label = Calendar.labelOf(s.anchor, uint256(start));
        if (label > s.last) return s.last;
        (, label) = _groupOf(s, label);
    }

    /// @notice All principal that has fallen due by the end of `day`.
    function dueBy(Schedule memory s, uint256 day) internal pure returns (uint256) {
        return cumulative(s, lastLabelDue(s, int256(day)));
    }

    /// @notice The first label of the payment group of `label`.
    function groupStart(Schedule memory s, uint256 label) internal pure returns (uint256 from) {
        (from,) = _groupOf(s, label);
    }

    /// @notice The last label of the payment group of `label`.
    function groupEnd(Schedule memory s, uint256 label) internal pure returns (uint256 until) {
        (, until) = _groupOf(s, label);
    }

    /// @notice The day on which a label falls due: its group's first day moved by the offset, at the latest the last day of the lease.
    function dueDay(Schedule memory s, uint256 label) internal pure returns (int256 day) {
        (uint256 from,) = _groupOf(s, label);
        uint256 start = from == s.first ? s.rentStart : Calendar.boundary(s.anchor, from);
        day = int256(start) + s.dueOffset;
        if (day + 1 > int256(s.endDay)) day = int256(s.endDay) - 1;
    }

    // ---------------------------------------------------------------- shares

    /// @notice One account's part of a cumulative sum.
    function shareOf(Share memory share, uint256 sum) internal pure returns (uint256 part) {
        if (share.own == BPS) return sum;
        if (share.others.length == 0) return (sum * share.own) / BPS;
        part = sum;
        for (uint256 i; i < share.others.length; ++i) part -= (sum * share.others[i]) / BPS;
    }

    // ---------------------------------------------------------------- late fees

    /// @notice Σ over periods of unpaid × |(a, b] ∩ (due + grace, due + grace + most]|. [cmt × days]
    /// @param paid principal discharged plus prepaid cash of the account [cmt]
    function lateUnits(Schedule memory s, Share memory share, uint256 paid, int256 a, int256 b, int256 grace, int256 most)
        internal
        pure
        returns (uint256 units)
    {
        if (b <= a || most == 0) return 0;
        uint256 high = lastLabelDue(s, b - grace - 1);
        if (shareOf(share, cumulative(s, high)) <= paid) return 0;
        uint256 low = lastLabelDue(s, a - grace - most) + 1;
        if (high < low) return 0;
        uint256 lowWhole = lastLabelDue(s, a - grace - 1) + 1;
        uint256 highWhole = lastLabelDue(s, b - grace - most);
        uint256 before = _unpaid(s, share, low - 1, paid);
        for (uint256 label = low; label <= high; ++label) {
            if (label == lowWhole && highWhole > label) {
                // these windows lie wholly inside (a, b]: one product
                uint256 upTo = _unpaid(s, share, highWhole, paid);
                units += (upTo - before) * uint256(most);
                before = upTo;
                label = highWhole;
                continue;
            }
            uint256 now_ = _unpaid(s, share, label, paid);
            if (now_ != before) {
                int256 from = dueDay(s, label) + grace;
                int256 until = from + most;
                if (from < a) from = a;
                if (until > b) until = b;
                if (until > from) units += (now_ - before) * uint256(until - from);
            }
            before = now_;
        }
    }

    /// @dev Principal of all periods up to `label` that the account has not covered.
    function _unpaid(Schedule memory s, Share memory share, uint256 label, uint256 paid) private pure returns (uint256) {
        uint256 sum = shareOf(share, cumulative(s, label));
        return sum > paid ? sum - paid : 0;
    }
}
