// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CategoryKind} from "../../interfaces/ICategories.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {ITariffBook} from "../../interfaces/ITariffBook.sol";
import {Calendar} from "../lib/Calendar.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Tally} from "../lib/Tally.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeePosting} from "./FeePosting.sol";

/// @title Accounts begin and end: subscription, handover, change of area, vacancy, closing
/// @notice A linked library of PropertyFee, which would not fit its size limit with it; it works on PropertyFee's storage and calls only the
/// suite's own contracts.
library FeeOpening {
    using FeeBook for FeeBook.Book;
    using FeeBook for FeeBook.Account;
    using FeePosting for FeeBook.Book;
    using FeeMath for FeeMath.Terms;
    using Tally for Tally.Sums;

    uint256 internal constant MAX_BACK_DAYS = 62; // [days]
    uint256 internal constant MAX_SIZE = 10 ** 7; // 100,000 m² [0.01 m²]
    uint256 internal constant MAX_OF_UNIT = 32; // accounts that run or are unpaid
    uint256 private constant FLAT_SIZE = 100;

    struct Next {
        uint256 unit;
        uint256 party;
        uint256 fromDay; // [day]
        uint256 untilDay; // 0 = runs on [day]
        bool vacant;
    }

    /// @notice Opens account `id`.
    function open(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint16 category, Next memory n) external {
        _checkOfUnit(ports, n.unit, n.party);
        uint256 latest = b.latest[(n.unit << 16) | category];
        if (latest != 0) {
            uint256 until = W.untilDay(b.side[latest]);
            if (until == 0 || n.fromDay < until) revert IPropertyFee.FeeSubscribedAlready(n.unit, category, latest);
        }
        _open(b, ports, id, category, n);
    }

    function _checkOfUnit(FeeBook.Ports memory ports, uint256 unit, uint256 party) private view {
        uint32 owner = ports.units.ownerPartyOf(uint32(unit));
        if (owner == 0) revert IPropertyFee.FeeUnitUnknown(unit);
        if (party == 0 || (party != owner && party != ports.units.userPartyOf(uint32(unit)))) {
            revert IPropertyFee.FeePartyNotOfUnit(unit, party);
        }
    }

    function _open(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint16 category, Next memory n) private {
        // later months' rates may still change, and with them the level before the first line
        uint256 latest = Calendar.firstOf(Calendar.monthOf(ports.day) + 1);
        uint256 earliest = ports.day - MAX_BACK_DAYS;
        if (n.fromDay < earliest || n.fromDay > latest) revert IPropertyFee.FeeDayInvalid(n.fromDay, earliest, latest);
        if (n.untilDay != 0 && (n.untilDay <= n.fromDay || n.untilDay > type(uint24).max)) {
            revert IPropertyFee.FeeDayInvalid(n.untilDay, n.fromDay + 1, type(uint24).max);
        }
        FeeBook.Account memory a;
        (a.id, a.day) = (id, ports.day);
        ITariffBook.Reductions memory reductions;
        (a.category, reductions, a.t.versions) = ports.tariffs.termsAt(category, Calendar.monthOf(n.fromDay));
        if (a.category.kind != CategoryKind.AREA && a.category.kind != CategoryKind.FLAT) revert IPropertyFee.FeeCategoryInvalid(category);
        a.t.size = a.category.kind == CategoryKind.FLAT ? FLAT_SIZE : _sizeOf(ports, n.unit);
        a.t.share = FeeMath.BPS - (n.vacant ? reductions.vacancyBps : 0);
        (a.t.fromDay, a.t.untilDay) = (n.fromDay, n.untilDay);
        a.t.openDay = n.fromDay > ports.day ? n.fromDay : ports.day;
        if (n.untilDay != 0) a.t.endDue = n.untilDay - 1 > a.t.openDay ? n.untilDay - 1 : a.t.openDay;
        a.complete();
        _write(b, a, category, n);
        _remember(b, ports, n.unit, id);
        b.latest[(n.unit << 16) | category] = uint32(id);
        emit IPropertyFee.AccountOpened(
            id, n.unit, n.party, category, a.t.size, a.t.share, n.fromDay, n.untilDay, a.t.openDay, a.t.begin
        );
    }

    function _sizeOf(FeeBook.Ports memory ports, uint256 unit) private view returns (uint256 size) {
        (,, size,) = ports.units.detailsOf(uint32(unit));
        if (size > MAX_SIZE) revert IPropertyFee.FeeSizeTooLarge(unit, size, MAX_SIZE);
    }

    function _write(FeeBook.Book storage b, FeeBook.Account memory a, uint16 category, Next memory n) private {
        uint256 flags = (n.untilDay != 0 ? W.ENDS : 0) | (n.vacant ? W.VACANT : 0);
        uint256 regular = Calendar.firstOf(a.t.first + a.t.dueMonth) + a.t.dueDay - 1;
        if (a.t.openDay > regular) flags |= W.YOUNG;
        b.hot[a.id] = W.hot(a.t.begin, a.t.size, a.t.share, n.party, category, n.unit, flags);
        b.side[a.id] = W.side(0, a.t.openDay, a.t.openDay, n.fromDay, n.untilDay, a.t.endDue);
    }

    /// @dev The unit's list keeps what a clearance must look at; accounts that ended and are paid make room when it is full.
    function _remember(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 unit, uint256 id) private {
        uint32[] storage list = b.ofUnit[unit];
        if (list.length == MAX_OF_UNIT) {
            for (uint256 i = MAX_OF_UNIT; i != 0; --i) {
                FeeBook.Account memory a = b.bring(ports, list[i - 1]);
                if (!a.ended() || a.owing() != 0) continue;
                list[i - 1] = list[list.length - 1];
                list.pop();
            }
            if (list.length == MAX_OF_UNIT) revert IPropertyFee.FeeUnitAccountsFull(unit, MAX_OF_UNIT);
        }
        list.push(uint32(id));
    }

    // ---------------------------------------------------------------- end

    /// @notice Ends an account.
    function close(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint256 untilDay)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        Tally.Sums memory out = Tally.create(3);
        FeeBook.Account memory a = b.bring(ports, id);
        _end(b, ports, a, untilDay, out);
        _refundRest(b, a, out);
        _finish(b, ports, a, out);
        return out.list();
    }

    /// @notice Ends an account and opens the next one for another party.
    function handOver(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint256 next, uint256 party, uint256 day)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        Tally.Sums memory out = Tally.create(3);
        FeeBook.Account memory a = b.bring(ports, id);
        uint256 unit = W.unit(a.hot);
        _checkOfUnit(ports, unit, party);
        if (party == W.party(a.hot)) revert IPropertyFee.FeeNothingChanges(id);
        Next memory n = Next(unit, party, day, a.t.untilDay, W.flags(a.hot) & W.VACANT != 0);
        _end(b, ports, a, day, out);
        _refundRest(b, a, out);
        _finish(b, ports, a, out);
        _follow(b, ports, a, next, n, 0);
        return out.list();
    }

    /// @notice Ends an account and opens the next one for the same party with the unit's present area, vacant or not.
    function reopen(
        FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint256 next, uint256 day, bool vacant, bytes32 evidenceHash
    ) external returns (uint256[] memory payees, uint256[] memory sums) {
        Tally.Sums memory out = Tally.create(3);
        FeeBook.Account memory a = b.bring(ports, id);
        uint256 unit = W.unit(a.hot);
        bool same = (W.flags(a.hot) & W.VACANT != 0) == vacant;
        if (same && (a.category.kind == CategoryKind.FLAT || a.t.size == _sizeOf(ports, unit))) revert IPropertyFee.FeeNothingChanges(id);
        Next memory n = Next(unit, W.party(a.hot), day, a.t.untilDay, vacant);
        _end(b, ports, a, day, out);
        uint256 moved = a.ended() ? a.pot : 0;
        a.pot -= moved;
        _finish(b, ports, a, out);
        _follow(b, ports, a, next, n, evidenceHash);
        if (moved != 0) {
            b.hot[next] += moved << 60; // the pot of a new account is empty
            emit IPropertyFee.PrepaymentMoved(id, next, moved);
        }
        return out.list();
    }

    function _follow(
        FeeBook.Book storage b, FeeBook.Ports memory ports, FeeBook.Account memory a, uint256 next, Next memory n, bytes32 evidenceHash
    ) private {
        _open(b, ports, next, W.category(a.hot), n);
        emit IPropertyFee.AccountFollowed(a.id, next, evidenceHash);
    }

    /// @dev From here on the account ends before `untilDay`: the rest falls due, and what was paid beyond is given back.
    function _end(FeeBook.Book storage b, FeeBook.Ports memory ports, FeeBook.Account memory a, uint256 untilDay, Tally.Sums memory out) private {
        FeeMath.Terms memory t = a.t;
        if (t.untilDay != 0 && untilDay >= t.untilDay) revert IPropertyFee.FeeAccountEnds(a.id, t.untilDay);
        uint256 earliest = ports.day - MAX_BACK_DAYS;
        if (earliest < t.fromDay) earliest = t.fromDay;
        uint256 latest = Calendar.firstOf(Calendar.monthOf(ports.day) + 1);
        if (untilDay < earliest || untilDay > latest) revert IPropertyFee.FeeDayInvalid(untilDay, earliest, latest);
        b.needGift(a);
        uint256 paidTo = a.level;
        uint256 gift;
        FeeMath.Terms memory before = abi.decode(abi.encode(t), (FeeMath.Terms));
        t.untilDay = untilDay;
        t.endDue = untilDay == 0 || untilDay - 1 < t.openDay ? t.openDay : untilDay - 1;
        if (t.endDue < ports.day) t.endDue = ports.day;
        a.complete();
        if (paidTo > t.end) {
            gift = _giftBetween(a, before, t.end, paidTo);
            a.level = t.end;
            b.giveBack(ports, a, paidTo - t.end - gift, gift, out);
        }
        a.usePot();
        a.usePotForFees();
        a.hot = W.withFlag(a.hot, W.ENDS, true);
        a.side = W.side(W.accrual(a.side), W.lastDay(a.side), t.openDay, t.fromDay, untilDay, t.endDue);
    }

    /// @dev What of the levels (from, to] was no money: waived, or taken off for prompt payment. A reduction of a month cut short is lost.
    function _giftBetween(FeeBook.Account memory a, FeeMath.Terms memory t, uint256 from, uint256 to) private pure returns (uint256 gift) {
        uint256 low = W.giftFrom(a.gift) > from ? W.giftFrom(a.gift) : from;
        uint256 high = W.giftTo(a.gift) < to ? W.giftTo(a.gift) : to;
        if (high > low) gift = high - low;
        uint256 mask = W.promptMask(a.gift);
        for (uint256 month = W.promptTo(a.gift); mask != 0; (mask >>= 1, --month)) {
            uint256 upTo = t.levelAt(month);
            if (upTo <= from) break;
            if (mask & 1 == 0) continue;
            uint256 begin = t.levelAt(month - 1);
            uint256 reduction = (upTo - begin) * a.promptBps / FeeBook.BPS;
            if (upTo > to) upTo = to;
            uint256 cut = upTo > from ? upTo - (begin > from ? begin : from) : 0;
            gift += reduction < cut ? reduction : cut;
        }
        if (gift > to - from) gift = to - from;
    }

    /// @dev What is prepaid and no longer needed goes back to the party.
    function _refundRest(FeeBook.Book storage b, FeeBook.Account memory a, Tally.Sums memory out) private {
        if (!a.ended() || a.pot == 0) return;
        out.add(W.party(a.hot), a.pot);
        emit IPropertyFee.PrepaymentRefunded(a.id, W.party(a.hot), a.pot);
        b.till.held -= a.pot;
        a.pot = 0;
    }

    function _finish(FeeBook.Book storage b, FeeBook.Ports memory ports, FeeBook.Account memory a, Tally.Sums memory out) private {
        b.finish(ports, a, true, out);
        emit IPropertyFee.AccountClosed(
            a.id, W.unit(a.hot), W.party(a.hot), a.t.untilDay, a.day, a.open(), a.lateFees(), a.pot, a.level
        );
    }
}
