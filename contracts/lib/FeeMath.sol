// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Calendar} from "./Calendar.sol";

/// @title Fees by tariff: what an account's months cost, when they fall due, and the late fee on what is not paid
/// @notice Pure formulas over a category's versions and one account's terms. Money [cmt], days [day], months [month], sizes [0.01 m²],
/// shares [bps]. A *level* is the running sum of an account's lines on the scale of its category's index: level(m) =
/// ⌊index(m) × size × share / 10^6⌋; a flat fee has the size 100. The line of a month is level(m) − level(m − 1), so that the lines of
/// some months add up to the difference of the levels, exactly. First and last month by their days. All rounding is down, for the payer.
/// The twin is `commonhold/rules/fees.py`.
library FeeMath {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant UNIT = 1_000_000; // 100 (0.01 m² in 1 m²) × 10,000 (bps in the whole)

    /// @dev What decides an account's lines. versions as ITariffBook.termsAt answers them: month 16 | rate 64 | index before.
    struct Terms {
        uint256[] versions;
        uint256 size; // [0.01 m²]; 100 for a flat fee
        uint256 share; // [bps]
        uint256 dueDay; // day of the month, 1–28
        uint256 dueMonth; // 0 in the month itself, 1 in the next
        uint256 fromDay; // [day]
        uint256 openDay; // nothing falls due before [day]
        uint256 untilDay; // first day after it, 0 = runs on [day]
        uint256 endDue; // everything has fallen due by then, if it ends [day]
        uint256 first; // month of fromDay
        uint256 last; // month of the day before untilDay; max if it runs on
        uint256 begin; // level before the first line
        uint256 end; // level after the last line, if it ends
    }

    // ---------------------------------------------------------------- index

    function version(uint256 month, uint256 rate, uint256 indexBefore) internal pure returns (uint256) {
        return month | (rate << 16) | (indexBefore << 80);
    }

    function monthOf(uint256 word) internal pure returns (uint256) {
        return word & 0xffff;
    }

    function rateOf(uint256 word) internal pure returns (uint256) {
        return (word >> 16) & type(uint64).max;
    }

    /// @notice The index at the end of a month by a version that rules it. [month] → [cmt per m², cmt]
    function indexBy(uint256 word, uint256 month) internal pure returns (uint256) {
        return (word >> 80) + rateOf(word) * (month + 1 - monthOf(word));
    }

    /// @dev The version that rules a month, 0 if none does yet.
    function _ruling(uint256[] memory versions, uint256 month) private pure returns (uint256 word) {
        uint256 low;
        uint256 high = versions.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (monthOf(versions[middle]) <= month) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : versions[low - 1];
    }

    function indexAt(uint256[] memory versions, uint256 month) internal pure returns (uint256) {
        uint256 word = _ruling(versions, month);
        return word == 0 ? 0 : indexBy(word, month);
    }

    function rateAt(uint256[] memory versions, uint256 month) internal pure returns (uint256) {
        return rateOf(_ruling(versions, month));
    }

    // ---------------------------------------------------------------- levels

    function levelOf(uint256 index, uint256 size, uint256 share) internal pure returns (uint256) {
        return index * size * share / UNIT;
    }

    /// @notice Completes first, last, begin and end after the other fields are set.
    function derive(Terms memory t) internal pure {
        t.first = Calendar.monthOf(t.fromDay);
        uint256 whole = levelOf(indexAt(t.versions, t.first), t.size, t.share);
        t.begin = whole - _piece(t, t.first, t.fromDay, Calendar.firstOf(t.first + 1));
        t.last = type(uint256).max;
        if (t.untilDay == 0) return;
        if (t.untilDay <= t.fromDay) {
            (t.last, t.end) = (t.first, t.begin);
            return;
        }
        t.last = Calendar.monthOf(t.untilDay - 1);
        uint256 before = t.last == t.first ? t.begin : levelOf(indexAt(t.versions, t.last - 1), t.size, t.share);
        uint256 from = t.last == t.first ? t.fromDay : Calendar.firstOf(t.last);
        t.end = before + _piece(t, t.last, from, t.untilDay);
    }

    /// @dev The price of the days [from, until) of a month: exactly the line if that is the whole month.
    function _piece(Terms memory t, uint256 month, uint256 from, uint256 until) private pure returns (uint256) {
        uint256 begin = Calendar.firstOf(month);
        uint256 end = Calendar.firstOf(month + 1);
        if (from == begin && until == end) {
            uint256 index = indexAt(t.versions, month);
            return levelOf(index, t.size, t.share) - levelOf(index - rateAt(t.versions, month), t.size, t.share);
        }
        return rateAt(t.versions, month) * t.size * t.share * (until - from) / (UNIT * (end - begin));
    }

    /// @notice The level after the line of a month.
    function levelAt(Terms memory t, uint256 month) internal pure returns (uint256) {
        if (month < t.first) return t.begin;
        if (month >= t.last) return t.end;
        return levelOf(indexAt(t.versions, month), t.size, t.share);
    }

    // ---------------------------------------------------------------- due days

    /// @notice The last month whose charge has fallen due by a day, before an account's own bounds.
    function lastRegular(uint256 dueDay, uint256 dueMonth, uint256 day) internal pure returns (uint256 month) {
        uint256 dayOfMonth;
        (month, dayOfMonth) = Calendar.civil(day);
        month -= dueMonth + (dayOfMonth < dueDay ? 1 : 0);
    }

    /// @notice The last month that has fallen due by the end of `day`; first − 1 if none has.
    function lastMonthDue(Terms memory t, int256 day) internal pure returns (uint256 month) {
        if (day < int256(t.openDay)) return t.first - 1;
        if (t.untilDay != 0 && day >= int256(t.endDue)) return t.last;
        month = lastRegular(t.dueDay, t.dueMonth, uint256(day));
        if (month > t.last) month = t.last;
        if (month < t.first) month = t.first - 1;
    }

    /// @notice The day on which a month falls due: its regular day, but not before the account was opened nor after its end is known.
    function dueDayOf(Terms memory t, uint256 month) internal pure returns (uint256 day) {
        day = Calendar.firstOf(month + t.dueMonth) + t.dueDay - 1;
        if (day < t.openDay) day = t.openDay;
        if (t.untilDay != 0 && day > t.endDue) day = t.endDue;
    }

    // ---------------------------------------------------------------- late fees

    /// @notice Σ over months of unpaid × |(a, b] ∩ (due + grace, due + grace + most]|. [cmt × days]
    /// @param level up to which the account is discharged
    function lateUnits(Terms memory t, uint256 level, int256 a, int256 b, int256 grace, int256 most) internal pure returns (uint256 units) {
        if (b <= a || most == 0) return 0;
        uint256 high = lastMonthDue(t, b - grace - 1);
        if (levelAt(t, high) <= level) return 0;
        uint256 low = lastMonthDue(t, a - grace - most) + 1;
        if (high < low) return 0;
        uint256 lowWhole = lastMonthDue(t, a - grace - 1) + 1;
        uint256 highWhole = lastMonthDue(t, b - grace - most);
        uint256 before = _unpaid(t, level, low - 1);
        for (uint256 month = low; month <= high; ++month) {
            uint256 upTo;
            if (month == lowWhole && highWhole > month) {
                // these windows lie wholly inside (a, b]: one product
                upTo = _unpaid(t, level, highWhole);
                units += (upTo - before) * uint256(most);
                month = highWhole;
            } else {
                upTo = _unpaid(t, level, month);
                if (upTo != before) {
                    int256 from = int256(dueDayOf(t, month)) + grace;
                    int256 until = from + most;
                    if (from < a) from = a;
                    if (until > b) until = b;
                    if (until > from) units += (upTo - before) * uint256(until - from);
                }
            }
            before = upTo;
        }
    }

    function _unpaid(Terms memory t, uint256 level, uint256 month) private pure returns (uint256) {
        uint256 upTo = levelAt(t, month);
        return upTo > level ? upTo - level : 0;
    }

    // ---------------------------------------------------------------- plans

    /// @notice What of a plan's sum has fallen due: equal parts on the same day of consecutive months, the last takes the rest. [cmt]
    function instalmentsDue(uint256 sum, uint256 count, uint256 firstDay, uint256 day) internal pure returns (uint256) {
        if (day < firstDay) return 0;
        (uint256 month, uint256 dayOfMonth) = Calendar.civil(firstDay);
        uint256 parts = Calendar.labelOf(dayOfMonth, day) + 1 - month;
        return parts >= count ? sum : sum * parts / count;
    }
}
