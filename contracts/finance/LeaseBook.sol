// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IDepositEscrow} from "../../interfaces/IDepositEscrow.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {Tally} from "../lib/Tally.sol";

/// @title The books of LeaseAgreement: how a lease lies in storage, and one account brought up to a day
/// @notice Only LeaseAgreement uses it; it holds no money and calls nothing. Money [cmt], days [day].
library LeaseBook {
    using RentMath for RentMath.Schedule;
    using Tally for Tally.Sums;

    struct Book {
        mapping(uint256 lease => uint256) hot; // words of LeaseWords
        mapping(uint256 lease => uint256) plan;
        mapping(uint256 key => uint256) fee; // key = lease << 2 | index of the account
        mapping(uint256 key => uint256) account; // joint tenants only
        mapping(uint256 lease => uint256[]) segments; // RentMath.segment; empty: the hot word's rent from its month on
    }

    /// @dev The suite's contracts that a lease speaks to.
    struct Ports {
        ICommunityToken token;
        IPartyRegistry parties;
        IDepositEscrow escrow;
        ICreditRegistry credit;
    }

    struct Lease {
        uint256 id;
        uint256 hot;
        uint256 plan;
        uint256 count; // accounts
        RentMath.Schedule s;
        uint256 rentOut; // forwarded by this call [cmt]
        uint256 feesOut; // late fees forwarded by this call [cmt]
        uint256 released; // out of pots by this call [cmt]
    }

    /// @dev Who gets what of one call. [parties, cmt]
    struct Payees {
        uint256 landlord;
        uint256 toLandlord;
        uint256 manager;
        uint256 toManager;
        uint256 released; // out of pots
    }

    struct Account {
        uint256 key;
        uint256 tenant; // party
        RentMath.Share share;
        uint256 before; // settled as stored [cmt]
        uint256 settled; // principal discharged [cmt]
        uint256 pot; // prepaid cash [cmt]
        uint256 due; // principal fallen due [cmt]
        uint256 fee; // the stored fee word
        uint256 accrual; // late fee, undivided [cmt × bps]
        uint256 day; // accrual is up to here [day]
        bool loaded; // fee and accrual are known; otherwise nothing is owed
    }

    // ---------------------------------------------------------------- read

    function load(Book storage b, uint256 id) internal view returns (Lease memory l) {
        l.id = id;
        l.hot = b.hot[id];
        if (l.hot == 0) revert ILeaseAgreement.LeaseUnknown(id);
        l.plan = b.plan[id];
        l.count = W.accounts(l.plan);
        RentMath.Schedule memory s = l.s;
        s.rentStart = W.rentStart(l.plan);
        s.endDay = W.endDay(l.plan);
        s.anchor = W.anchor(l.hot);
        s.interval = W.interval(l.plan);
        s.dueOffset = W.dueOffset(l.plan);
        s.dayCount = W.dayCount(l.plan);
        s.plain = W.flags(l.hot) & W.SHAPED == 0;
        if (!s.plain) s.segments = b.segments[id];
        if (s.segments.length == 0) {
            s.segments = new uint256[](1);
            s.segments[0] = RentMath.segment(W.month(l.hot), W.rent(l.hot), 0, 0);
        }
        if (s.plain) (s.first, s.last) = (W.month(l.hot), W.endMonth(l.hot) - 1);
        else s.derive();
    }

    /// @notice One account with its late fee accrued to `day`.
    function accountAt(Book storage b, Lease memory l, uint256 index, uint256 day) internal view returns (Account memory a) {
        a.key = (l.id << 2) | index;
        if (l.count == 1) {
            a.tenant = W.tenant(l.hot);
            a.share.own = RentMath.BPS;
            a.settled = W.settled(l.hot);
            a.pot = W.pot(l.hot);
        } else {
            uint256 word = b.account[a.key];
            a.tenant = W.accountTenant(word);
            a.settled = W.accountSettled(word);
            a.pot = W.accountPot(word);
            a.share = shareOf(b, l, index, W.accountShare(word));
        }
        a.before = a.settled;
        a.due = RentMath.shareOf(a.share, l.s.dueBy(day));
        a.day = day;
        if (!_nothingLate(l, a)) loadFee(b, l, a);
    }

    /// @dev Whether the fee word can be left alone: the flag says that less than a base unit is owed, and nothing unpaid is past its grace.
    function _nothingLate(Lease memory l, Account memory a) private pure returns (bool) {
        if (l.count != 1 || W.flags(l.hot) & W.FEE != 0) return false;
        uint256 paid = a.settled + a.pot;
        if (a.due <= paid || W.feeRate(l.plan) == 0) return true;
        return l.s.cumulative(l.s.lastLabelDue(int256(a.day) - int256(W.grace(l.plan)) - 1)) <= paid;
    }

    /// @notice Reads the fee word and accrues the late fee up to the account's day.
    function loadFee(Book storage b, Lease memory l, Account memory a) internal view {
        if (a.loaded) return;
        a.loaded = true;
        a.fee = b.fee[a.key];
        a.accrual = W.accrual(a.fee);
        uint256 rate = W.feeRate(l.plan);
        if (rate == 0) return;
        uint256 units = l.s.lateUnits(
            a.share,
            a.settled + a.pot,
            int256(W.lastDay(a.fee)),
            int256(a.day),
            int256(W.grace(l.plan)),
            int256(W.mostDays(l.plan))
        );
        a.accrual += units * rate;
    }

    /// @dev The last account takes what the others' rounded shares leave.
    function shareOf(Book storage b, Lease memory l, uint256 index, uint256 own) internal view returns (RentMath.Share memory share) {
        share.own = own;
        if (index + 1 != l.count) return share;
        share.others = new uint256[](index);
        for (uint256 j; j < index; ++j) share.others[j] = W.accountShare(b.account[(l.id << 2) | j]);
    }

    function indexOf(Book storage b, Lease memory l, uint256 tenant) internal view returns (uint256) {
        if (l.count == 1 && W.tenant(l.hot) == tenant) return 0;
        if (l.count != 1) {
            for (uint256 i; i < l.count; ++i) if (W.accountTenant(b.account[(l.id << 2) | i]) == tenant) return i;
        }
        revert ILeaseAgreement.LeaseTenantUnknown(l.id, tenant);
    }

    // ---------------------------------------------------------------- an account in memory

    function lateFees(Account memory a) internal pure returns (uint256) {
        return a.accrual / RentMath.BPS; // rounded down, for the tenant
    }

    function principal(Account memory a) internal pure returns (uint256) {
        return a.due > a.settled ? a.due - a.settled : 0;
    }

    /// @notice Allocates money: principal due, then late fees; what is left is for the caller to keep.
    function allocate(Account memory a, uint256 money) internal pure returns (uint256 toPrincipal, uint256 toFees) {
        toPrincipal = principal(a);
        if (toPrincipal > money) toPrincipal = money;
        a.settled += toPrincipal;
        toFees = lateFees(a);
        if (toFees > money - toPrincipal) toFees = money - toPrincipal;
        a.accrual -= toFees * RentMath.BPS;
    }

    /// @notice The account's own prepaid cash pays what has fallen due.
    function allocatePot(Account memory a) internal pure returns (uint256 toPrincipal, uint256 toFees) {
        if (a.pot == 0) return (0, 0);
        (toPrincipal, toFees) = allocate(a, a.pot);
        a.pot -= toPrincipal + toFees;
    }

    // ---------------------------------------------------------------- who gets it

    /// @notice What a call forwards: rent less the manager's commission (rounded down once a call, for the landlord) and late fees.
    function payees(Lease memory l) internal pure returns (Payees memory p) {
        p.landlord = W.landlord(l.hot);
        p.manager = W.manager(l.plan);
        p.toManager = l.rentOut * W.commission(l.plan) / RentMath.BPS;
        p.toLandlord = l.rentOut - p.toManager + l.feesOut;
        p.released = l.released;
    }

    /// @notice Prepaid cash pays what has fallen due; answers how much left the pot.
    function takePot(Lease memory l, Account memory a) internal pure returns (uint256 taken) {
        (uint256 toRent, uint256 toFees) = allocatePot(a);
        taken = toRent + toFees;
        l.released += taken;
        l.rentOut += toRent;
        l.feesOut += toFees;
    }

    /// @notice As takePot, with its event.
    function usePot(Lease memory l, Account memory a) internal {
        uint256 taken = takePot(l, a);
        if (taken != 0) emit ILeaseAgreement.Settled(l.id, a.tenant, Code.COLLECTED, taken);
    }

    /// @notice Landlord and manager of one lease join those who are paid.
    function add(Tally.Sums memory out, Payees memory p) internal pure {
        out.add(p.landlord, p.toLandlord);
        out.add(p.manager, p.toManager);
    }

    // ---------------------------------------------------------------- write

    /// @notice Writes an account back; the late-fee word only if it changed (a touch that adds nothing need not be remembered).
    function store(Book storage b, Lease memory l, Account memory a) internal {
        if (l.count == 1) {
            l.hot = W.withFlag(W.withSettled(l.hot, a.settled, a.pot), W.FEE, lateFees(a) != 0);
            b.hot[l.id] = l.hot;
        } else {
            b.account[a.key] = W.account(a.tenant, W.accountShare(b.account[a.key]), a.settled, a.pot);
        }
        if (a.accrual != W.accrual(a.fee)) b.fee[a.key] = W.withAccrual(a.fee, a.accrual, a.day);
    }

    /// @notice Remembers the day too: before a change of the schedule, so that the new one does not reach back.
    function storeAt(Book storage b, Lease memory l, Account memory a) internal {
        loadFee(b, l, a);
        store(b, l, a);
        b.fee[a.key] = W.withAccrual(a.fee, a.accrual, a.day);
    }

    /// @notice A new rent from a label on; segments beyond it, never begun, are dropped.
    function append(Book storage b, Lease memory l, uint256 label, uint256 rent, uint256 dueBefore, uint256 carried) internal {
        uint256[] storage segments = b.segments[l.id];
        if (segments.length == 0) segments.push(l.s.segments[0]);
        while (RentMath.monthOf(segments[segments.length - 1]) >= label) segments.pop();
        segments.push(RentMath.segment(label, rent, dueBefore, carried));
        l.hot = W.withFlag(l.hot, W.SHAPED, true);
        b.hot[l.id] = l.hot;
    }

    /// @notice Another end day.
    function moveEnd(Book storage b, Lease memory l, uint256 endDay, uint256 state) internal {
        l.plan = W.withEndDay(l.plan, endDay);
        uint256 label = Calendar.labelOf(l.s.anchor, endDay);
        bool boundary = Calendar.boundary(l.s.anchor, label) == endDay;
        l.hot = W.withState(W.withEndMonth(l.hot, label), state);
        if (!boundary) l.hot = W.withFlag(l.hot, W.SHAPED, true);
        b.plan[l.id] = l.plan;
        b.hot[l.id] = l.hot;
    }
}
