// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FeeMath} from "../lib/FeeMath.sol";

/// @notice Test only: the pure library of the fees as functions, many questions in one call.
contract FeeHarness {
    using FeeMath for FeeMath.Terms;

    struct Plain {
        uint256[] versions; // words as FeeMath.version packs them
        uint256 size; // [0.01 m²]
        uint256 share; // [bps]
        uint256 dueDay;
        uint256 dueMonth;
        uint256 fromDay; // [day]
        uint256 openDay; // [day]
        uint256 untilDay; // [day]
        uint256 endDue; // [day]
    }

    function _terms(Plain calldata p) private pure returns (FeeMath.Terms memory t) {
        (t.versions, t.size, t.share, t.dueDay, t.dueMonth) = (p.versions, p.size, p.share, p.dueDay, p.dueMonth);
        (t.fromDay, t.openDay, t.untilDay, t.endDue) = (p.fromDay, p.openDay, p.untilDay, p.endDue);
        t.derive();
    }

    /// @notice Levels and due days of some months, and the last month due by each of some days.
    function look(Plain calldata p, uint256 month, uint256 months, int256 day, uint256 count)
        external
        pure
        returns (uint256[] memory levels, uint256[] memory dueDays, uint256[] memory due)
    {
        FeeMath.Terms memory t = _terms(p);
        levels = new uint256[](months);
        dueDays = new uint256[](months);
        due = new uint256[](count);
        for (uint256 i; i < months; ++i) (levels[i], dueDays[i]) = (t.levelAt(month + i), t.dueDayOf(month + i));
        for (uint256 i; i < count; ++i) due[i] = t.lastMonthDue(day + int256(i));
    }

    /// @notice Late units of windows `a | b << 64 | level << 128`. [cmt × days]
    function lateUnits(Plain calldata p, uint256[] calldata windows, int256 grace, int256 most) external pure returns (uint256[] memory units) {
        FeeMath.Terms memory t = _terms(p);
        units = new uint256[](windows.length);
        for (uint256 i; i < windows.length; ++i) {
            uint256 w = windows[i];
            units[i] = t.lateUnits(w >> 128, int256(uint256(uint64(w))), int256(uint256(uint64(w >> 64))), grace, most);
        }
    }

    function instalmentsDue(uint256 sum, uint256 count, uint256 firstDay, uint256 day, uint256 days_) external pure returns (uint256[] memory due) {
        due = new uint256[](days_);
        for (uint256 i; i < days_; ++i) due[i] = FeeMath.instalmentsDue(sum, count, firstDay, day + i);
    }
}
