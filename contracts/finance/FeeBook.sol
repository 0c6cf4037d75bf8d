// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category} from "../../interfaces/ICategories.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {ITariffBook} from "../../interfaces/ITariffBook.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Calendar} from "../lib/Calendar.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Till} from "./Till.sol";

/// @title The books of PropertyFee: how accounts lie in storage, and one account brought up to a day
/// @notice Only PropertyFee and its linked libraries use it. Money and levels [cmt], days [day], months [month].
library FeeBook {
    using FeeMath for FeeMath.Terms;

    uint256 internal constant BPS = FeeMath.BPS;
    uint256 private constant HISTORY_DAYS = 1_096; // older charges are not reported: the credit history is 36 months deep
    uint256 private constant AHEAD = 36; // months that can be prepaid

    struct Waivers {
        uint128 principal; // [cmt]
        uint128 lateFees; // [cmt]
    }

    /// @dev Waits for the checker, or for the party.
    struct Offer {
        address maker;
        uint40 validUntil; // [unix]
        uint24 firstDay; // plans only [day]
        uint8 count; // plans only
    }

    struct Book {
        Till.Box till; // held = Σ pots + Σ owed + Σ withheld [cmt]
        mapping(uint256 account => uint256) hot; // words of FeeWords
        mapping(uint256 account => uint256) side;
        mapping(uint256 account => uint256) plan;
        mapping(uint256 account => uint256) gift;
        mapping(uint256 account => uint256) notices; // target 60 | stage 8 | days 24 each
        mapping(uint256 key => uint256) credit; // account << 32 | payee [cmt]
        mapping(uint256 payee => uint256) debt; // credits that nobody has paid yet [cmt]
        mapping(uint256 payee => uint256) withheld; // from his shares, for them [cmt]
        mapping(uint256 key => uint32) latest; // unit << 16 | category
        mapping(uint256 unit => uint32[]) ofUnit;
        mapping(bytes32 id => Offer) reliefs;
        mapping(uint256 account => Offer) plans;
        mapping(uint256 unit => IPropertyFee.Assumption) assumptions;
        mapping(uint256 month => Waivers) waived;
    }

    /// @dev The suite's contracts and the day of the call.
    struct Ports {
        ICommunityToken token;
        IPartyRegistry parties;
        IUnitRegistry units;
        ITariffBook tariffs;
        ICreditRegistry credit;
        uint256 day;
    }

    struct Account {
        uint256 id;
        uint256 hot; // as stored
        uint256 side; // as stored
        uint256 plan; // as it will be stored
        uint256 gift; // as it will be stored
        FeeMath.Terms t;
        Category category;
        uint256 promptBps;
        uint256 day; // of the call
        uint256 level;
        uint256 pot;
        uint256 accrual; // late fee, undivided [cmt × bps]
        uint256 lastDue; // month
        uint256 due; // level of lastDue
        uint256 principal; // paid by this call, from pot or cash [cmt]
        uint256 fees; // late fees paid by this call [cmt]
        uint256 released; // out of the pot by this call [cmt]
        uint256 reduction; // given for prompt payment by this call [cmt]
        uint256[] onTime; // outcomes as the credit registry takes them
        uint256[] late; // month 16 | due day 32 | neutral 1
    }

    // ---------------------------------------------------------------- read

    /// @notice An account as it is stored, with its terms and what has fallen due.
    function load(Book storage b, Ports memory ports, uint256 id) internal view returns (Account memory a) {
        a.id = id;
        a.hot = b.hot[id];
        if (a.hot == 0) revert IPropertyFee.FeeAccountUnknown(id);
        a.side = b.side[id];
        if (W.flags(a.hot) & W.PLAN != 0) a.plan = b.plan[id];
        a.level = W.level(a.hot);
        a.pot = W.pot(a.hot);
        a.accrual = W.accrual(a.side);
        a.day = ports.day;
        uint256 from = W.fromDay(a.side);
        ITariffBook.Reductions memory reductions;
        (a.category, reductions, a.t.versions) = ports.tariffs.termsAt(W.category(a.hot), Calendar.monthOf(from));
        a.promptBps = reductions.promptBps;
        if (a.promptBps != 0) a.gift = b.gift[id]; // of others, where it is needed: `needGift`
        FeeMath.Terms memory t = a.t;
        t.size = W.size(a.hot);
        t.share = W.share(a.hot);
        t.fromDay = from;
        t.openDay = W.openDay(a.side);
        t.untilDay = W.untilDay(a.side);
        t.endDue = W.endDue(a.side);
        complete(a);
    }

    /// @notice Derives what follows from the terms.
    function complete(Account memory a) internal pure {
        a.t.dueDay = a.category.dueDayOfMonth;
        a.t.dueMonth = a.category.dueMonth;
        a.t.derive();
        a.lastDue = a.t.lastMonthDue(int256(a.day));
        a.due = a.t.levelAt(a.lastDue);
    }

    /// @notice As load, and brought to the day: a plan not kept is broken, prepaid cash pays what fell due, late fees accrue, prepaid cash pays them.
    function bring(Book storage b, Ports memory ports, uint256 id) internal view returns (Account memory a) {
        a = load(b, ports, id);
        _judgePlan(a);
        usePot(a);
        a.accrual += _lateUnits(a) * a.category.lateFeeRate;
        usePotForFees(a);
    }

    function usePot(Account memory a) internal pure {
        if (a.pot == 0) return;
        uint256 used = discharge(a, a.pot, true);
        a.pot -= used;
        a.released += used;
    }

    function usePotForFees(Account memory a) internal pure {
        if (a.pot == 0) return;
        uint256 used = payFees(a, a.pot);
        a.pot -= used;
        a.released += used;
    }

    function _lateUnits(Account memory a) private pure returns (uint256 units) {
        uint256 lastDay = W.lastDay(a.side);
        uint256 most = a.category.lateFeeMaxDays;
        units = a.t.lateUnits(a.level, int256(lastDay), int256(a.day), int256(uint256(a.category.graceDays)), int256(most));
        uint256 broken = W.planBroken(a.plan);
        if (broken == 0) return units;
        uint256 from = lastDay < broken - 1 ? broken - 1 : lastDay;
        uint256 until = a.day < broken - 1 + most ? a.day : broken - 1 + most;
        if (until > from) units += planLeft(a) * (until - from);
    }

    function lateFees(Account memory a) internal pure returns (uint256) {
        return a.accrual / BPS; // rounded down, for the payer
    }

    /// @notice Principal that has fallen due and is open, without reductions. [cmt]
    function open(Account memory a) internal pure returns (uint256) {
        return planDue(a) + (a.due > a.level ? a.due - a.level : 0);
    }

    /// @notice All that the account owes, the rest of a plan included. [cmt]
    function owing(Account memory a) internal pure returns (uint256) {
        return planLeft(a) + (a.due > a.level ? a.due - a.level : 0) + lateFees(a);
    }

    function ended(Account memory a) internal pure returns (bool) {
        return a.t.untilDay != 0 && a.day >= a.t.endDue;
    }

    // ---------------------------------------------------------------- plans

    function planLeft(Account memory a) internal pure returns (uint256) {
        return W.planSum(a.plan) - W.planPaid(a.plan);
    }

    /// @notice What of the plan is due and open: an instalment, or all of it once it is broken. [cmt]
    function planDue(Account memory a) internal pure returns (uint256) {
        uint256 left = planLeft(a);
        if (left == 0 || W.planBroken(a.plan) != 0) return left;
        uint256 due = FeeMath.instalmentsDue(W.planSum(a.plan), W.planCount(a.plan), W.planFirstDay(a.plan), a.day);
        uint256 paid = W.planPaid(a.plan);
        return due > paid ? due - paid : 0;
    }

    /// @dev A plan is broken on the day after the grace of its first instalment that is not paid whole.
    function _judgePlan(Account memory a) private pure {
        uint256 w = a.plan;
        if (planLeft(a) == 0 || W.planBroken(w) != 0) return;
        uint256 count = W.planCount(w);
        uint256 covered = W.planPaid(w) * count / W.planSum(w);
        while (W.planSum(w) * (covered + 1) / count <= W.planPaid(w)) ++covered;
        (uint256 month, uint256 anchor) = Calendar.civil(W.planFirstDay(w));
        uint256 broken = Calendar.boundary(anchor, month + covered) + a.category.graceDays + 1;
        if (a.day < broken) return;
        a.plan = W.plan(W.planStart(w), W.planSum(w), W.planPaid(w), W.planFirstDay(w), count, broken);
    }

    /// @notice Pays into the plan; its months are discharged late if it was broken, and neutral when it is kept to the end.
    function payPlan(Account memory a, uint256 amount, bool neutral) internal pure {
        if (amount == 0) return;
        uint256 w = a.plan;
        uint256 paid = W.planPaid(w) + amount;
        uint256 start = W.planStart(w);
        if (W.planBroken(w) != 0) _passed(a, start + paid - amount, start + paid, neutral);
        else if (paid == W.planSum(w)) _passed(a, start, start + paid, true);
        a.plan = W.plan(start, W.planSum(w), paid, W.planFirstDay(w), W.planCount(w), W.planBroken(w));
    }

    /// @notice Waivers and reductions of an account, read unless they are there, with what this call has taken off.
    function needGift(Book storage b, Account memory a) internal view {
        if (a.promptBps == 0) a.gift = b.gift[a.id];
    }

    // ---------------------------------------------------------------- discharge

    /// @notice Discharges principal, oldest first: the plan's part, then month by month. A month's line paid whole by its due day is reduced.
    /// @param prepaid the money was there before the charges fell due
    /// @return used of the cash [cmt]
    function discharge(Account memory a, uint256 cash, bool prepaid) internal pure returns (uint256 used) {
        used = planDue(a);
        if (used > cash) used = cash;
        payPlan(a, used, false);
        if (a.level < a.due && used < cash) used += _dischargeMonths(a, cash - used, prepaid);
        a.principal += used;
    }

    function _dischargeMonths(Account memory a, uint256 cash, bool prepaid) private pure returns (uint256 used) {
        FeeMath.Terms memory t = a.t;
        uint256 month = a.lastDue;
        while (month > t.first && t.levelAt(month - 1) > a.level) --month;
        for (; month <= a.lastDue; ++month) {
            uint256 upTo = t.levelAt(month);
            if (upTo <= a.level) continue; // a month without a charge
            if (used == cash) return used;
            uint256 cost = upTo - a.level;
            uint256 dueDay = t.dueDayOf(month);
            uint256 reduction;
            if (a.promptBps != 0 && (prepaid || a.day <= dueDay) && cost == upTo - t.levelAt(month - 1)) {
                reduction = cost * a.promptBps / BPS; // rounded down, for the payee
            }
            cost -= reduction;
            if (cash - used < cost) {
                a.level += cash - used;
                return cash;
            }
            used += cost;
            a.level = upTo;
            if (reduction != 0) _noteReduction(a, month, reduction);
            _outcome(a, month, dueDay, prepaid, false);
        }
    }

    function _noteReduction(Account memory a, uint256 month, uint256 reduction) private pure {
        a.reduction += reduction;
        uint256 shift = month - W.promptTo(a.gift);
        uint256 mask = shift > 15 ? 1 : ((W.promptMask(a.gift) << shift) | 1) & 0xffff;
        a.gift = W.gift(W.giftFrom(a.gift), W.giftTo(a.gift), mask, month);
    }

    /// @notice Discharges principal without money: a waiver or a credit note.
    function forgive(Account memory a, uint256 amount) internal pure {
        uint256 part = planDue(a);
        if (part > amount) part = amount;
        payPlan(a, part, true);
        part = amount - part;
        if (part == 0) return;
        _passed(a, a.level, a.level + part, true);
        uint256 from = W.giftTo(a.gift) == a.level ? W.giftFrom(a.gift) : a.level;
        a.level += part;
        a.gift = W.gift(from, a.level, W.promptMask(a.gift), W.promptTo(a.gift));
    }

    /// @dev The outcomes of the months that end in (from, to] of the levels.
    function _passed(Account memory a, uint256 from, uint256 to, bool neutral) private pure {
        FeeMath.Terms memory t = a.t;
        uint256 month = a.lastDue;
        while (month > t.first && t.levelAt(month - 1) > from) --month;
        for (; month <= a.lastDue && month >= t.first; ++month) {
            uint256 upTo = t.levelAt(month);
            if (upTo > to) return;
            if (upTo > from && upTo > t.levelAt(month - 1)) _outcome(a, month, t.dueDayOf(month), false, neutral);
        }
    }

    function _outcome(Account memory a, uint256 month, uint256 dueDay, bool prepaid, bool neutral) private pure {
        if (dueDay + HISTORY_DAYS < a.day) return;
        neutral = neutral || W.flags(a.hot) & W.ASSUMED != 0;
        if (!neutral && (prepaid || a.day <= dueDay + a.category.graceDays)) {
            a.onTime = _append(a.onTime, (Calendar.monthOf(dueDay) << 32) | W.party(a.hot));
        } else {
            a.late = _append(a.late, month | (dueDay << 16) | (neutral ? 1 << 48 : 0));
        }
    }

    function _append(uint256[] memory list, uint256 item) private pure returns (uint256[] memory longer) {
        longer = new uint256[](list.length + 1);
        for (uint256 i; i < list.length; ++i) longer[i] = list[i];
        longer[list.length] = item;
    }

    /// @notice What discharging all that is due would cost today, reductions taken off. [cmt]
    function price(Account memory a) internal pure returns (uint256 cost) {
        if (a.promptBps == 0) return open(a);
        (uint256 level, uint256 plan, uint256 gift, uint256 principal, uint256 reduction) = (a.level, a.plan, a.gift, a.principal, a.reduction);
        (uint256[] memory onTime, uint256[] memory late) = (a.onTime, a.late);
        cost = discharge(a, type(uint256).max, false);
        (a.level, a.plan, a.gift, a.principal, a.reduction) = (level, plan, gift, principal, reduction);
        (a.onTime, a.late) = (onTime, late);
    }

    function payFees(Account memory a, uint256 cash) internal pure returns (uint256 used) {
        used = lateFees(a);
        if (used > cash) used = cash;
        a.accrual -= used * BPS;
        a.fees += used;
    }

    /// @notice How much more the account takes beyond what is due: the rest of a plan, or prepayment of some months at the highest rate agreed. [cmt]
    function room(Account memory a) internal pure returns (uint256 most) {
        most = planLeft(a);
        if (most != 0) return most - planDue(a);
        if (ended(a) || a.t.versions.length == 0) return 0;
        uint256 rate = FeeMath.rateAt(a.t.versions, Calendar.monthOf(a.day));
        uint256 next = FeeMath.rateOf(a.t.versions[a.t.versions.length - 1]);
        most = AHEAD * FeeMath.levelOf(rate > next ? rate : next, a.t.size, a.t.share);
        return most > a.pot ? most - a.pot : 0;
    }
}
