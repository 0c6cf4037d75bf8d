// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category} from "../../interfaces/ICategories.sol";
import {Code} from "../../interfaces/Codes.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Tally} from "../lib/Tally.sol";
import {FeeBook} from "./FeeBook.sol";

/// @title The second half of FeeBook: an account written back, reported, and its money sent on its way
/// @notice Only PropertyFee's linked libraries use it. Money [cmt], days [day].
library FeePosting {
    using FeeBook for FeeBook.Account;
    using FeeMath for FeeMath.Terms;
    using Tally for Tally.Sums;

    // ---------------------------------------------------------------- write

    /// @notice Writes an account back.
    /// @param remember the day too, because a change of terms must not reach back; else a touch that adds nothing need not be remembered
    function store(FeeBook.Book storage b, FeeBook.Account memory a, bool remember) internal {
        uint256 hot = W.withMoney(a.hot, a.level, a.pot);
        hot = W.withFlag(hot, W.FEE, a.lateFees() != 0);
        if (W.flags(hot) & W.PLAN != 0) {
            _storePlan(b, a);
            hot = W.withFlag(hot, W.PLAN, a.planLeft() != 0);
        }
        if (W.flags(hot) & W.YOUNG != 0 && a.day >= a.t.openDay) {
            uint256 month = FeeMath.lastRegular(a.t.dueDay, a.t.dueMonth, a.t.openDay);
            if (a.level >= a.t.levelAt(month)) hot = W.withFlag(hot, W.YOUNG, false);
        }
        if (remember || hot != a.hot) b.hot[a.id] = hot;
        if (remember || a.accrual != W.accrual(a.side)) b.side[a.id] = W.withAccrual(a.side, a.accrual, _later(a.day, W.lastDay(a.side)));
        if (a.reduction != 0) b.gift[a.id] = a.gift;
        if (a.released != 0) b.till.held -= a.released;
    }

    function _later(uint256 x, uint256 y) private pure returns (uint256) {
        return x > y ? x : y;
    }

    function _storePlan(FeeBook.Book storage b, FeeBook.Account memory a) private {
        uint256 before = b.plan[a.id];
        if (before == a.plan) return;
        b.plan[a.id] = a.plan;
        if (W.planBroken(before) != W.planBroken(a.plan)) {
            emit IPropertyFee.PlanBroken(a.id, W.planBroken(a.plan), W.planSum(before) - W.planPaid(before));
        }
        if (a.planLeft() == 0 && W.planBroken(a.plan) == 0) emit IPropertyFee.PlanKept(a.id);
    }

    /// @notice Tells the credit history what this call discharged.
    function report(FeeBook.Ports memory ports, FeeBook.Account memory a) internal {
        if (a.onTime.length != 0) ports.credit.countOnTime(IObligations.Kind.FEES, a.onTime);
        if (a.late.length == 0) return;
        ICreditRegistry.Discharge[] memory outcomes = new ICreditRegistry.Discharge[](a.late.length);
        for (uint256 i; i < outcomes.length; ++i) {
            uint256 word = a.late[i];
            outcomes[i] = ICreditRegistry.Discharge({
                obligation: (a.id << 16) | uint16(word),
                party: uint32(W.party(a.hot)),
                dueDay: uint32(word >> 16),
                day: uint32(a.day),
                waived: word >> 48 != 0
            });
        }
        ports.credit.reportLate(IObligations.Kind.FEES, outcomes);
    }

    /// @notice As store and report, with the event that prepaid cash was used, and the payees' shares of all that this call discharged.
    function finish(FeeBook.Book storage b, FeeBook.Ports memory ports, FeeBook.Account memory a, bool remember, Tally.Sums memory out) internal {
        store(b, a, remember);
        if (a.released != 0) emit IPropertyFee.Settled(a.id, W.party(a.hot), Code.COLLECTED, a.released);
        route(b, a.category, a.principal + a.fees, out);
        report(ports, a);
    }

    // ---------------------------------------------------------------- who gets it

    /// @notice What is paid goes to the category's payee, less the manager's part in commission mode, less what the payee owes to others.
    function route(FeeBook.Book storage b, Category memory c, uint256 amount, Tally.Sums memory out) internal {
        if (amount == 0) return;
        uint256 toManager = amount * c.managerBps / FeeMath.BPS; // rounded down, for the payee
        out.add(c.manager, toManager);
        amount -= toManager;
        uint256 debt = b.debt[c.payee];
        if (debt != 0) {
            uint256 kept = debt < amount ? debt : amount;
            b.debt[c.payee] = debt - kept;
            b.withheld[c.payee] += kept;
            b.till.held += kept;
            amount -= kept;
            emit IPropertyFee.ShareWithheld(c.payee, kept);
        }
        out.add(c.payee, amount);
    }

    /// @notice Money that the payee has and the account's party should have: set off against late fees and plan, collected from the payee's
    /// mandate, or his debt.
    function giveBack(FeeBook.Book storage b, FeeBook.Ports memory ports, FeeBook.Account memory a, uint256 credit, uint256 gift, Tally.Sums memory out) internal {
        if (credit + gift == 0) return;
        uint256 fees = a.lateFees();
        uint256 setOff = fees < credit ? fees : credit;
        a.accrual -= setOff * FeeMath.BPS;
        uint256 left = a.planLeft();
        if (left > credit - setOff) left = credit - setOff;
        a.payPlan(left, false);
        setOff += left;
        uint256 payee = a.category.payee;
        // what this call itself was about to forward need not come back from the payee
        uint256 got = credit - setOff < a.principal ? credit - setOff : a.principal;
        a.principal -= got;
        uint256 asked = credit - setOff - got;
        if (asked != 0) {
            uint256[] memory items = new uint256[](1);
            items[0] = payee;
            items = ports.parties.walletsOf(items);
            items[0] |= asked << 160;
            got += uint96(ports.token.collect(items)[0]);
        }
        out.add(W.party(a.hot), got);
        uint256 rest = credit - setOff - got;
        if (rest != 0) {
            b.credit[(a.id << 32) | payee] += rest;
            b.debt[payee] += rest;
        }
        emit IPropertyFee.CreditDue(a.id, payee, setOff, got, rest, gift);
    }
}
