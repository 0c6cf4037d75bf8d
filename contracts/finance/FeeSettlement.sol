// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category} from "../../interfaces/ICategories.sol";
import {Code} from "../../interfaces/Codes.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {ITariffBook} from "../../interfaces/ITariffBook.sol";
import {Calendar} from "../lib/Calendar.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Tally} from "../lib/Tally.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeePosting} from "./FeePosting.sol";

/// @title A collection run: many accounts, one answer each, no account in another's way
/// @notice A linked library of PropertyFee. Nothing here calls foreign code, so no account can make a run fail or burn its gas; a caller who
/// sends too little gas makes the whole call revert.
library FeeSettlement {
    using FeeBook for FeeBook.Book;
    using FeeBook for FeeBook.Account;
    using FeePosting for FeeBook.Book;
    using Tally for Tally.Sums;

    uint256 internal constant MAX_BATCH = 1000; // accounts
    uint256 internal constant MAX_CATEGORIES = 64; // of the accounts of a batch
    uint256 private constant SLOW = type(uint256).max; // answer of _plainDue: look at the other words

    /// @dev What a run knows of one category today.
    struct Rates {
        uint256 number;
        Category terms;
        uint256 promptBps;
        uint256 index; // at the last month due
        uint256 before; // at the month before
        uint256 lastOnTime; // due day and grace of that month [day]
        uint256 item; // month of its due day << 32, as outcomes name it
        uint256 collected; // by this run [cmt]
    }

    struct Run {
        FeeBook.Ports ports;
        Rates[] rates;
        uint256 categories; // how many of them are known
        uint256 released; // out of pots [cmt]
        Tally.Sums seen; // slow accounts, so that a repeated id is not tried again
        Tally.Sums out;
        uint256[] onTime;
        uint256 count; // of outcomes in time
    }

    /// @notice Accounts whose hot word says all are written first and collected in one call; the others are settled one by one.
    /// @return results `code << 96 | amount` in the order of the accounts [Code, cmt]
    /// @return payees parties to be paid
    /// @return sums what each is to be paid [cmt]
    function settle(FeeBook.Book storage b, FeeBook.Ports memory ports, uint32[] calldata accounts)
        external
        returns (uint256[] memory results, uint256[] memory payees, uint256[] memory sums)
    {
        uint256 n = accounts.length;
        if (n > MAX_BATCH) revert IPropertyFee.FeeBatchTooLarge(n, MAX_BATCH);
        Run memory run;
        run.ports = ports;
        run.rates = new Rates[](n < MAX_CATEGORIES ? n : MAX_CATEGORIES);
        run.onTime = new uint256[](n);
        results = new uint256[](n);
        uint256[] memory asked = new uint256[](n);
        uint256[] memory parties = new uint256[](n);
        uint256 any;
        for (uint256 i; i < n; ++i) {
            uint256 id = accounts[i];
            uint256 hot = b.hot[id];
            if (hot == 0) {
                results[i] = _answer(Code.UNKNOWN, 0);
                continue;
            }
            Rates memory rates = _ratesOf(run, W.category(hot));
            uint256 due = W.flags(hot) & W.SLOW == 0 ? _plainDue(hot, rates, ports.day) : SLOW;
            if (due == SLOW) {
                if (run.seen.slots.length == 0) run.seen = Tally.create(n);
                results[i] = run.seen.add(id, 1) != 1 ? _answer(Code.NOTHING_DUE, 0) : _settleSlow(b, run, rates, id);
            } else if (due == 0) {
                results[i] = _answer(Code.NOTHING_DUE, 0);
            } else {
                uint256 rest = _takePlain(b, run, rates, id, hot, due);
                results[i] = _answer(Code.COLLECTED, due - rest);
                if (rest != 0) (asked[i], parties[i], any) = (rest, W.party(hot), 1);
            }
        }
        if (any != 0) _collectPlain(b, run, accounts, results, asked, parties);
        _close(b, run);
        (payees, sums) = run.out.list();
    }

    function _answer(Code code, uint256 amount) private pure returns (uint256) {
        return (uint256(code) << 96) | amount;
    }

    /// @dev Each category is read once a run.
    function _ratesOf(Run memory run, uint256 number) private view returns (Rates memory rates) {
        for (uint256 i; i < run.categories; ++i) if (run.rates[i].number == number) return run.rates[i];
        if (run.categories == run.rates.length) revert IPropertyFee.FeeBatchTooLarge(run.categories + 1, MAX_CATEGORIES);
        uint256 day = run.ports.day;
        ITariffBook.Reductions memory reductions;
        uint256[] memory versions;
        rates.number = number;
        (rates.terms, reductions, versions) = run.ports.tariffs.termsAt(uint16(number), Calendar.monthOf(day) - 3);
        uint256 month = FeeMath.lastRegular(rates.terms.dueDayOfMonth, rates.terms.dueMonth, day);
        rates.promptBps = reductions.promptBps;
        rates.index = FeeMath.indexAt(versions, month);
        rates.before = FeeMath.indexAt(versions, month - 1);
        uint256 dueMonth = month + rates.terms.dueMonth;
        rates.lastOnTime = Calendar.firstOf(dueMonth) + rates.terms.dueDayOfMonth - 1 + rates.terms.graceDays;
        rates.item = dueMonth << 32;
        run.rates[run.categories++] = rates;
    }

    /// @dev Shares are paid once a category, what left the pots is no longer held, and what was paid in time is reported in one call.
    function _close(FeeBook.Book storage b, Run memory run) private {
        if (run.released != 0) b.till.held -= run.released;
        run.out = Tally.create(2 * run.categories);
        for (uint256 i; i < run.categories; ++i) b.route(run.rates[i].terms, run.rates[i].collected, run.out);
        uint256[] memory items = run.onTime;
        uint256 count = run.count;
        if (count == 0) return;
        assembly ("memory-safe") {
            mstore(items, count) // shorter than it was made
        }
        run.ports.credit.countOnTime(IObligations.Kind.FEES, items);
    }

    // ---------------------------------------------------------------- plain accounts

    /// @dev What a plain account owes: at most one month, not late. SLOW if it may be more.
    function _plainDue(uint256 hot, Rates memory rates, uint256 day) private pure returns (uint256 due) {
        uint256 size = W.size(hot);
        uint256 share = W.share(hot);
        due = FeeMath.levelOf(rates.index, size, share);
        uint256 level = W.level(hot);
        if (due <= level) return 0;
        if (rates.promptBps != 0) return SLOW;
        uint256 line = due - FeeMath.levelOf(rates.before, size, share);
        due -= level;
        if (due > line) return SLOW;
        if (day > rates.lastOnTime && W.pot(hot) < due) return SLOW;
    }

    /// @dev Books all that is due as discharged, prepaid cash first; answers what remains to be collected.
    function _takePlain(FeeBook.Book storage b, Run memory run, Rates memory rates, uint256 id, uint256 hot, uint256 due)
        private
        returns (uint256 rest)
    {
        uint256 pot = W.pot(hot);
        uint256 fromPot = pot < due ? pot : due;
        b.hot[id] = W.withMoney(hot, W.level(hot) + due, pot - fromPot);
        run.released += fromPot;
        rates.collected += fromPot;
        rest = due - fromPot;
        if (rest != 0) return rest;
        run.onTime[run.count++] = rates.item | W.party(hot);
        emit IPropertyFee.Settled(id, W.party(hot), Code.COLLECTED, due);
    }

    /// @dev One call to the token for all; what was not collected is taken back from the book.
    function _collectPlain(
        FeeBook.Book storage b, Run memory run, uint32[] calldata accounts, uint256[] memory results, uint256[] memory asked, uint256[] memory parties
    ) private {
        uint256 n = asked.length;
        uint256[] memory items = run.ports.parties.walletsOf(parties);
        for (uint256 i; i < n; ++i) items[i] |= asked[i] << 160;
        items = run.ports.token.collect(items);
        for (uint256 i; i < n; ++i) {
            uint256 rest = asked[i];
            if (rest == 0) continue;
            uint256 id = accounts[i];
            uint256 got = uint96(items[i]);
            Code code = Code.COLLECTED;
            Rates memory rates = _ratesOf(run, W.category(b.hot[id]));
            if (got == rest) {
                run.onTime[run.count++] = rates.item | parties[i];
            } else {
                code = Code(items[i] >> 96);
                b.hot[id] -= rest - got; // level is the lowest field and holds at least this
            }
            rates.collected += got;
            uint256 amount = uint96(results[i]) + got;
            results[i] = _answer(code, amount);
            emit IPropertyFee.Settled(id, parties[i], code, amount);
        }
    }

    // ---------------------------------------------------------------- all others

    /// @dev Prepaid cash, then the mandate: principal, and only after it the late fee.
    function _settleSlow(FeeBook.Book storage b, Run memory run, Rates memory rates, uint256 id) private returns (uint256 result) {
        FeeBook.Account memory a = b.bring(run.ports, id);
        uint256 asked = a.price();
        uint256 fees = a.lateFees();
        if (a.released + asked + fees == 0) {
            return _answer(Code.NOTHING_DUE, 0);
        }
        uint256 got;
        Code code = Code.COLLECTED;
        if (asked != 0) {
            uint256 answer = _collect(run, W.party(a.hot), asked);
            got = a.discharge(uint96(answer), false);
            if (got != asked) code = Code(answer >> 96);
        }
        if (fees != 0 && code == Code.COLLECTED) {
            uint256 answer = _collect(run, W.party(a.hot), fees);
            if (a.payFees(uint96(answer)) != fees) code = a.released + asked == 0 ? Code(answer >> 96) : Code.RENT_ONLY;
            got += uint96(answer);
        }
        b.store(a, false);
        FeePosting.report(run.ports, a);
        rates.collected += a.principal + a.fees;
        uint256 amount = a.released + got;
        emit IPropertyFee.Settled(id, W.party(a.hot), code, amount);
        return _answer(code, amount);
    }

    function _collect(Run memory run, uint256 party, uint256 amount) private returns (uint256 answer) {
        uint256[] memory items = new uint256[](1);
        items[0] = party;
        items = run.ports.parties.walletsOf(items);
        items[0] |= amount << 160;
        return run.ports.token.collect(items)[0];
    }
}
