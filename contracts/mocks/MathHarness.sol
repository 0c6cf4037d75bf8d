// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseTermsLib} from "../lib/LeaseTermsLib.sol";
import {RentMath} from "../lib/RentMath.sol";

/// @notice Test only: the pure libraries of the leases as functions, many questions in one call.
contract MathHarness {
    using RentMath for RentMath.Schedule;

    /// @param segments words as RentMath.segment packs them
    struct Plan {
        uint256 rentStart; // [day]
        uint256 endDay; // [day]
        uint256 anchor; // [1–31]
        uint256 interval; // [months]
        int256 dueOffset; // [days]
        uint256 dayCount;
        uint256[] segments;
    }

    struct Label {
        uint256 cumulative; // [cmt]
        int256 dueDay; // [day]
    }

    struct Window {
        uint256 own; // [bps]
        uint256[] others; // [bps]
        uint256 paid; // [cmt]
        int256 from; // [day]
        int256 until; // [day]
        int256 grace; // [days]
        int256 most; // [days]
    }

    // ---------------------------------------------------------------- calendar

    function dayOf(uint256 timestamp, int32 utcOffset) external pure returns (uint256) {
        return Calendar.dayOf(timestamp, utcOffset);
    }

    /// @notice Month, day of the month and first day of the month of `count` days from `first` on, one word each: 64 bits a figure.
    function civilDays(uint256 first, uint256 count) external pure returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            (uint256 month, uint256 dayOfMonth) = Calendar.civil(first + i);
            words[i] = (month << 128) | (dayOfMonth << 64) | Calendar.firstOf(month);
        }
    }

    /// @notice Boundaries of `count` months from `first` on. [day]
    function boundaries(uint256 anchor, uint256 first, uint256 count) external pure returns (uint256[] memory days_) {
        days_ = new uint256[](count);
        for (uint256 i; i < count; ++i) days_[i] = Calendar.boundary(anchor, first + i);
    }

    /// @notice Labels of days. [day] → [month]
    function labelsOf(uint256 anchor, uint256[] calldata days_) external pure returns (uint256[] memory labels) {
        labels = new uint256[](days_.length);
        for (uint256 i; i < days_.length; ++i) labels[i] = Calendar.labelOf(anchor, days_[i]);
    }

    // ---------------------------------------------------------------- rent

    function segment(uint256 month, uint256 rent, uint256 dueBefore, uint256 carried) external pure returns (uint256) {
        return RentMath.segment(month, rent, dueBefore, carried);
    }

    /// @notice Every label's sum and due day, and what is due on each of the days. [cmt]
    function schedule(Plan calldata plan, uint256[] calldata days_)
        external
        pure
        returns (uint256 first, uint256 last, bool stub, Label[] memory labels, uint256[] memory due)
    {
        RentMath.Schedule memory s = _load(plan);
        (first, last, stub) = (s.first, s.last, s.stub);
        labels = new Label[](last + 1 - first);
        for (uint256 i; i < labels.length; ++i) labels[i] = Label(s.cumulative(first + i), s.dueDay(first + i));
        due = new uint256[](days_.length);
        for (uint256 i; i < due.length; ++i) due[i] = s.dueBy(days_[i]);
    }

    /// @notice One account's part of sums. [cmt]
    function shareOf(uint256 own, uint256[] calldata others, uint256[] calldata sums) external pure returns (uint256[] memory parts) {
        RentMath.Share memory share = RentMath.Share(own, others);
        parts = new uint256[](sums.length);
        for (uint256 i; i < sums.length; ++i) parts[i] = RentMath.shareOf(share, sums[i]);
    }

    /// @notice Late units of several windows. [cmt × days]
    function lateUnits(Plan calldata plan, Window[] calldata windows) external pure returns (uint256[] memory units) {
        RentMath.Schedule memory s = _load(plan);
        units = new uint256[](windows.length);
        for (uint256 i; i < windows.length; ++i) {
            Window calldata w = windows[i];
            units[i] = s.lateUnits(RentMath.Share(w.own, w.others), w.paid, w.from, w.until, w.grace, w.most);
        }
    }

    function _load(Plan calldata plan) private pure returns (RentMath.Schedule memory s) {
        (s.rentStart, s.endDay, s.anchor) = (plan.rentStart, plan.endDay, plan.anchor);
        (s.interval, s.dueOffset, s.dayCount) = (plan.interval, plan.dueOffset, plan.dayCount);
        s.segments = plan.segments;
        s.derive();
    }

    // ---------------------------------------------------------------- terms

    /// @notice Reverts unless the terms can be kept.
    function checkTerms(ILeaseAgreement.LeaseTerms calldata terms, uint256 today) external pure {
        (LeaseTermsLib.Terms memory read,) = LeaseTermsLib.read(terms);
        LeaseTermsLib.check(read, terms, today);
    }
}
