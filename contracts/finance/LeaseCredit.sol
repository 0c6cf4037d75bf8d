// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseOutcomes} from "../lib/LeaseOutcomes.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title What a lease tells the credit history: one outcome for each rent that fell due
/// @notice A linked library of LeaseAgreement. An obligation is `lease << 24 | account << 16 | first month of its payment group`. It is told once,
/// in the call that completes its discharge: what an account has settled only grows while the lease runs, and no rent grows that fell due. One
/// that an end takes away altogether may come back by a renewal, at another rent: that is another obligation.
library LeaseCredit {
    using LeaseBook for LeaseBook.Book;
    using RentMath for RentMath.Schedule;

    /// @notice Tells what an account completed since it had settled `before`. [cmt]
    /// @param waived the last of it was given up: neutral, whenever that was
    function report(
        LeaseBook.Book storage b, ICreditRegistry credit, uint256 lease, uint256 index, uint256 before, uint256 day, bool waived
    ) external {
        LeaseBook.Lease memory l = b.load(lease);
        LeaseBook.Account memory a = b.accountAt(l, index, day);
        if (a.settled <= before) return;
        _tell(credit, l, a, index, LeaseOutcomes.coveredUpTo(l.s, a.share, before, day), waived);
    }

    /// @notice The last month whose rent an account has discharged: to be told to `reportSince` after the schedule has changed. [month]
    function coveredUpTo(LeaseBook.Book storage b, uint256 lease, uint256 index, uint256 day) external view returns (uint256 label) {
        LeaseBook.Lease memory l = b.load(lease);
        LeaseBook.Account memory a = b.accountAt(l, index, day);
        return LeaseOutcomes.coveredUpTo(l.s, a.share, a.settled, day);
    }

    /// @notice Tells what an account completed beyond month `label`, by a change that made a rent smaller. [month]
    function reportSince(LeaseBook.Book storage b, ICreditRegistry credit, uint256 lease, uint256 index, uint256 label, uint256 day) external {
        LeaseBook.Lease memory l = b.load(lease);
        _tell(credit, l, b.accountAt(l, index, day), index, label, false);
    }

    function _tell(
        ICreditRegistry credit, LeaseBook.Lease memory l, LeaseBook.Account memory a, uint256 index, uint256 low, bool waived
    ) private {
        uint256 high = LeaseOutcomes.coveredUpTo(l.s, a.share, a.settled, a.day);
        uint256[] memory labels = LeaseOutcomes.between(l.s, a.share, low, high);
        uint256 n = labels.length;
        if (n == 0) return;
        uint256[] memory inTime = new uint256[](n);
        ICreditRegistry.Discharge[] memory others = new ICreditRegistry.Discharge[](n);
        uint256 good;
        uint256 late;
        for (uint256 i; i < n; ++i) {
            uint256 due = uint256(l.s.dueDay(labels[i]));
            if (!waived && a.day <= due + W.grace(l.plan)) {
                inTime[good++] = (Calendar.monthOf(due) << 32) | a.tenant;
            } else {
                uint256 obligation = idOf(l.id, index, labels[i]);
                others[late++] = ICreditRegistry.Discharge(obligation, uint32(a.tenant), uint32(due), uint32(a.day), waived);
            }
        }
        assembly ("memory-safe") {
            mstore(inTime, good)
            mstore(others, late)
        }
        if (good != 0) credit.countOnTime(IObligations.Kind.RENT, inTime);
        if (late != 0) credit.reportLate(IObligations.Kind.RENT, others);
    }

    function idOf(uint256 lease, uint256 index, uint256 label) internal pure returns (uint256) {
        return (lease << 24) | (index << 16) | label;
    }

    /// @notice What an obligation is now; all zero if there is none, or if it came with the opening figures of a lease taken over.
    /// @return party the tenant who owes it
    /// @return dueDay when it fell or falls due [day]
    /// @return lastDay the last day that counts as in time [day]
    /// @return open what neither was discharged nor is covered by prepaid cash [cmt]
    function overdueOf(LeaseBook.Book storage b, uint256 obligation, uint256 day)
        external
        view
        returns (uint32 party, uint32 dueDay, uint32 lastDay, uint256 open)
    {
        uint256 lease = obligation >> 24;
        uint256 index = uint8(obligation >> 16);
        uint256 label = uint16(obligation);
        if (b.hot[lease] == 0) return (0, 0, 0, 0);
        LeaseBook.Lease memory l = b.load(lease);
        RentMath.Schedule memory s = l.s;
        if (index >= l.count || label < s.first || label > s.last || s.groupStart(label) != label) return (0, 0, 0, 0);
        if (label == s.first && RentMath.carriedOf(s.segments[0]) != 0) return (0, 0, 0, 0);
        LeaseBook.Account memory a = b.accountAt(l, index, day);
        (party, dueDay) = (uint32(a.tenant), uint32(uint256(s.dueDay(label))));
        lastDay = dueDay + uint32(W.grace(l.plan));
        uint256 paid = a.settled + a.pot;
        uint256 before = label == s.first ? 0 : RentMath.shareOf(a.share, s.cumulative(label - 1));
        uint256 whole = RentMath.shareOf(a.share, s.cumulative(s.groupEnd(label)));
        if (paid < before) paid = before;
        if (whole > paid) open = whole - paid;
    }
}
