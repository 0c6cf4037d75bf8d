// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseTermsLib} from "../lib/LeaseTermsLib.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseCredit} from "./LeaseCredit.sol";

/// @title What an agreed change does to the books
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it works on LeaseAgreement's storage.
library LeaseRevision {
    using LeaseBook for LeaseBook.Book;
    using LeaseBook for LeaseBook.Lease;
    using LeaseBook for LeaseBook.Account;
    using RentMath for RentMath.Schedule;

    struct After {
        uint32 unit;
        uint32 tenant; // party
        uint32 endDay; // [day]
    }

    /// @notice Brings every account up to `day`, then applies the change. Reverts with LeaseChangeInvalid(lease, kind, value, bound).
    /// @return after_ the unit, its first tenant and the end day after the change
    /// @return payees who gets what prepaid cash discharged on the way
    function apply_(LeaseBook.Book storage b, ICreditRegistry credit, ILeaseAgreement.Change calldata c, uint256 day)
        external
        returns (After memory after_, LeaseBook.Payees memory payees)
    {
        LeaseBook.Lease memory l = b.load(c.lease);
        uint256 state = W.state(l.hot);
        bool waiver = c.kind == ILeaseAgreement.ChangeKind.WAIVE_RENT || c.kind == ILeaseAgreement.ChangeKind.WAIVE_FEES;
        if (!waiver && state > uint256(ILeaseAgreement.State.Holdover)) {
            revert ILeaseAgreement.LeaseStateWrong(c.lease, ILeaseAgreement.State(state));
        }
        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a = b.accountAt(l, i, day);
            l.usePot(a);
            b.storeAt(l, a);
            if (a.settled != a.before) LeaseCredit.report(b, credit, l.id, i, a.before, day, false);
        }
        payees = l.payees(); // to the landlord before a sale
        emit ILeaseAgreement.LeaseChanged(c.lease, c.kind, c);
        if (waiver) _waive(b, credit, l, c, day);
        else if (c.kind == ILeaseAgreement.ChangeKind.RENT) _changeRent(b, l, c, day);
        else if (c.kind == ILeaseAgreement.ChangeKind.TENANT) _replaceTenant(b, l, c);
        else if (c.kind == ILeaseAgreement.ChangeKind.SALE) _replaceLandlord(b, l, c);
        else if (c.kind == ILeaseAgreement.ChangeKind.END) _shorten(b, credit, l, c, day);
        else _extend(b, l, c);
        after_ = After(uint32(W.unit(l.plan)), uint32(W.tenant(l.hot)), uint32(W.endDay(l.plan)));
    }

    /// @notice New rent from a boundary that has not fallen due; one change pending at a time.
    function _changeRent(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c, uint256 day) private {
        RentMath.Schedule memory s = l.s;
        uint256 label = Calendar.labelOf(s.anchor, c.day);
        _need(c, Calendar.boundary(s.anchor, label) == c.day, c.day, s.anchor);
        uint256 due = s.lastLabelDue(int256(day));
        _need(c, label > due && label <= s.last, label, due);
        uint256 lastSegment = RentMath.monthOf(s.segments[s.segments.length - 1]);
        _need(c, label > lastSegment && lastSegment <= Calendar.labelOf(s.anchor, day < s.rentStart ? s.rentStart : day), label, lastSegment);
        _checkRent(c);
        b.append(l, label, c.amount, s.cumulative(label - 1), 0);
        _checkTotal(b, l, c);
    }

    /// @notice A later end, by renewal or holdover, at its own rent from the old end on. Days between an old end inside a period and the
    /// next boundary are priced at the new rent and fall due with the first new period.
    function _extend(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c) private {
        RentMath.Schedule memory s = l.s;
        _checkRent(c);
        uint256 label = Calendar.labelOf(s.anchor, s.endDay);
        uint256 carried;
        if (Calendar.boundary(s.anchor, label) != s.endDay) {
            uint256 next = Calendar.boundary(s.anchor, label + 1);
            carried = s.pieceOf(label, c.amount, s.endDay, next);
            ++label;
            _need(c, c.day > next, c.day, next);
        }
        _need(c, c.day > s.endDay, c.day, s.endDay);
        uint256 latest = Calendar.firstOf(Calendar.monthOf(s.rentStart) + LeaseTermsLib.MAX_PERIODS);
        if (latest > LeaseTermsLib.LAST_DAY) latest = LeaseTermsLib.LAST_DAY;
        _need(c, c.day <= latest, c.day, latest);
        bool same = carried == 0 && W.flags(l.hot) & W.SHAPED == 0 && c.amount == W.rent(l.hot);
        if (!same) b.append(l, label, c.amount, s.total(), carried);
        bool renewal = c.kind == ILeaseAgreement.ChangeKind.RENEWAL;
        b.moveEnd(l, c.day, uint256(renewal ? ILeaseAgreement.State.Active : ILeaseAgreement.State.Holdover));
        _checkTotal(b, l, c);
    }

    /// @notice An earlier end, today at the earliest, with at least one day that costs rent. What was paid of the last rent may cover it now.
    /// A renewal from inside a period is given up whole, or kept for more than the rest of that period: those days are priced at the new
    /// rent and fall due with the next one, so they are no part of the rent before, which may be told to the credit history already.
    function _shorten(
        LeaseBook.Book storage b, ICreditRegistry credit, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c, uint256 day
    ) private {
        _need(c, c.day >= day && c.day > l.s.rentStart, c.day, day);
        _need(c, c.day < l.s.endDay, c.day, l.s.endDay);
        uint256[] memory covered = new uint256[](l.count);
        for (uint256 i; i < l.count; ++i) covered[i] = LeaseCredit.coveredUpTo(b, l.id, i, day);
        b.moveEnd(l, c.day, uint256(ILeaseAgreement.State.Notice));
        // rents agreed for after the new end go, so that a later change finds the segments in order
        uint256 last = Calendar.labelOf(l.s.anchor, c.day - 1);
        uint256 next = Calendar.boundary(l.s.anchor, last + 1);
        uint256[] storage segments = b.segments[l.id];
        while (segments.length > 1) {
            uint256 word = segments[segments.length - 1];
            uint256 from = RentMath.monthOf(word);
            if (from <= last) break;
            // the days after the new end cost less than what was carried: some days before it were among them
            bool parted = from == last + 1 && l.s.pieceOf(last, RentMath.rentOf(word), c.day, next) < RentMath.carriedOf(word);
            _need(c, !parted, c.day, next);
            segments.pop();
        }
        for (uint256 i; i < l.count; ++i) LeaseCredit.reportSince(b, credit, l.id, i, covered[i], day);
    }

    /// @notice Another tenant takes over an account with its debts and its history; the leaving one leaves an empty pot.
    function _replaceTenant(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c) private {
        _need(c, c.index < l.count, c.index, l.count);
        _need(c, c.party != 0 && c.party != W.landlord(l.hot), c.party, W.landlord(l.hot));
        uint256 key = (l.id << 2) | c.index;
        if (l.count == 1) {
            _need(c, W.pot(l.hot) == 0, W.pot(l.hot), 0);
            _need(c, c.party != W.tenant(l.hot), c.party, 0);
        } else {
            for (uint256 i; i < l.count; ++i) {
                _need(c, W.accountTenant(b.account[(l.id << 2) | i]) != c.party, c.party, i);
            }
            uint256 word = b.account[key];
            _need(c, W.accountPot(word) == 0, W.accountPot(word), 0);
            b.account[key] = W.account(c.party, W.accountShare(word), W.accountSettled(word), 0);
        }
        if (c.index == 0) {
            l.hot = W.withTenant(l.hot, c.party);
            b.hot[l.id] = l.hot;
        }
    }

    /// @notice The landlord sold: the lease goes on with another landlord, who is not one of its tenants.
    function _replaceLandlord(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c) private {
        _need(c, c.party != 0 && c.party != W.tenant(l.hot), c.party, 0);
        for (uint256 i; l.count != 1 && i < l.count; ++i) {
            _need(c, W.accountTenant(b.account[(l.id << 2) | i]) != c.party, c.party, i);
        }
        l.hot = W.withLandlord(l.hot, c.party);
        b.hot[l.id] = l.hot;
    }

    /// @notice Principal due or late fees owed are given up; never prepaid cash.
    function _waive(LeaseBook.Book storage b, ICreditRegistry credit, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c, uint256 day) private {
        _need(c, c.index < l.count, c.index, l.count);
        LeaseBook.Account memory a = b.accountAt(l, c.index, day);
        bool rent = c.kind == ILeaseAgreement.ChangeKind.WAIVE_RENT;
        uint256 most = rent ? a.principal() : a.lateFees();
        _need(c, c.amount != 0 && c.amount <= most, c.amount, most);
        if (rent) a.settled += c.amount;
        else a.accrual -= uint256(c.amount) * RentMath.BPS;
        b.store(l, a);
        if (rent) LeaseCredit.report(b, credit, l.id, c.index, a.before, day, true);
    }

    function _checkRent(ILeaseAgreement.Change calldata c) private pure {
        _need(c, c.amount >= LeaseTermsLib.MIN_RENT && c.amount <= LeaseTermsLib.MAX_RENT, c.amount, LeaseTermsLib.MAX_RENT);
    }

    function _checkTotal(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.Change calldata c) private view {
        uint256 total = b.load(l.id).s.total();
        _need(c, total <= LeaseTermsLib.MAX_AMOUNT, total, LeaseTermsLib.MAX_AMOUNT);
    }

    function _need(ILeaseAgreement.Change calldata c, bool ok, uint256 value, uint256 bound) private pure {
        if (!ok) revert ILeaseAgreement.LeaseChangeInvalid(c.lease, c.kind, value, bound);
    }
}
