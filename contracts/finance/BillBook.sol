// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {Tally} from "../lib/Tally.sol";

/// @title The books of BillRuns: how a bill is read, what money does to it, and how it is written back
/// @dev Late fees accrue undivided [cmt × bps × days]; a touch that changes neither the principal nor the accrual need not be written.
library BillBook {
    using Tally for Tally.Sums;

    /// @dev A decision in a dispute leaves the party at least so long to pay in time. [days]
    uint256 internal constant NOTICE_DAYS = 7;

    /// @dev One slot; a struct, so that reading and writing it computes its place once.
    struct Bits {
        uint256 word;
    }

    struct Book {
        mapping(uint256 place => Bits) state; // two bits a bill: BillState
        mapping(uint256 key => uint256) bill; // first word
        mapping(uint256 key => uint256) more; // second word
        mapping(uint256 key => uint64) disputed; // while a dispute is open [cmt]
        mapping(uint256 key => uint64) repayable; // found too much by a credit note [cmt]
        mapping(uint256 unitAndParty => uint256) open; // issued bills not discharged
        mapping(uint256 run => uint256) terms;
        mapping(uint256 run => bytes32) root;
        mapping(uint256 run => uint256) posted; // hash of the terms of a posted run, DROPPED, or 0
        mapping(uint256 unitAndBuyer => uint256) clearances; // last run << 32 | day [day]
    }

    /// @dev A bill in memory.
    struct Item {
        uint256 key;
        uint256 word; // as stored
        uint256 more; // as stored
        uint256 terms;
        uint256 day; // today
        uint256 party;
        uint256 open; // [cmt]
        uint256 removed; // [cmt]
        uint256 accrual; // [cmt × bps × days]
        uint256 lastOnTime; // [day]
        uint256 disputed; // [cmt]
        uint256 disputeUntil; // [day]
        uint256 flags;
        uint256 lapsed; // removed by silence, not written yet [cmt]
        uint256 endDay; // of the last change of the principal [day]
    }

    // ---------------------------------------------------------------- state bits

    function stateOf(Book storage b, uint256 key) internal view returns (IBillRuns.BillState) {
        (uint256 place, uint256 shift) = W.placeOf(key);
        return IBillRuns.BillState((b.state[place].word >> shift) & 3);
    }

    function setState(Book storage b, uint256 key, IBillRuns.BillState state) internal {
        (uint256 place, uint256 shift) = W.placeOf(key);
        Bits storage bits = b.state[place];
        bits.word = (bits.word & ~(uint256(3) << shift)) | (uint256(state) << shift);
    }

    // ---------------------------------------------------------------- read

    /// @notice The bill as of a day, with silence and lateness applied; `word` is 0 if it is not on the books.
    function load(Book storage b, uint256 key, uint256 day) internal view returns (Item memory a) {
        uint256 word = b.bill[key];
        (a.key, a.word, a.day, a.endDay) = (key, word, day, day);
        if (word == 0) return a;
        a.terms = b.terms[W.run(word)];
        a.party = W.party(word);
        a.open = W.open(word);
        a.flags = W.flags(word);
        a.lastOnTime = W.dueDay(word) + W.graceDays(a.terms);
        if (a.flags & W.MORE != 0) _loadMore(b, a);
        if (a.disputeUntil == 0) accrue(a); // nothing is late while a dispute is open
    }

    /// @notice Late fees of the open principal since the last touch.
    function accrue(Item memory a) internal pure {
        uint256 late = BillMath.lateDays(W.lastDay(a.more), a.day, a.lastOnTime, W.lateFeeMaxDays(a.terms));
        a.accrual += a.open * W.lateFeeRate(a.terms) * late;
    }

    function _loadMore(Book storage b, Item memory a) private view {
        a.more = b.more[a.key];
        a.accrual = W.accrual(a.more);
        a.removed = W.removed(a.more);
        if (W.lastOnTimeDay(a.more) != 0) a.lastOnTime = W.lastOnTimeDay(a.more);
        uint256 until = W.disputeUntil(a.more);
        if (until == 0) return;
        uint256 disputed = b.disputed[a.key];
        if (a.day <= until) {
            (a.disputeUntil, a.disputed) = (until, disputed);
        } else {
            // silence removes it, on the day after the deadline
            a.lapsed = disputed;
            remove(a, disputed, until + 1);
            if (a.lastOnTime < until + 1 + NOTICE_DAYS) a.lastOnTime = until + 1 + NOTICE_DAYS;
        }
    }

    function lateFees(Item memory a) internal pure returns (uint256) {
        return a.accrual / BillMath.BPS; // rounded down, for the party
    }

    /// @notice What can be paid now: all that is owed but what is in dispute. [cmt]
    function payable_(Item memory a) internal pure returns (uint256) {
        return a.open - a.disputed + lateFees(a);
    }

    // ---------------------------------------------------------------- change

    /// @notice Money goes to the principal, then to late fees.
    function allocate(Item memory a, uint256 money) internal pure returns (uint256 principal, uint256 fees) {
        principal = a.open - a.disputed;
        if (principal > money) principal = money;
        fees = money - principal;
        if (fees > lateFees(a)) fees = lateFees(a);
        takeMoney(a, principal, fees);
    }

    function takeMoney(Item memory a, uint256 principal, uint256 fees) internal pure {
        if (principal + fees == 0) return;
        a.flags |= W.PAID;
        if (principal != 0) a.endDay = a.day;
        a.open -= principal;
        a.accrual -= fees * BillMath.BPS;
    }

    /// @notice Principal taken off without money.
    function remove(Item memory a, uint256 principal, uint256 day) internal pure {
        a.open -= principal;
        a.removed += principal;
        a.endDay = day;
    }

    // ---------------------------------------------------------------- write

    /// @notice Writes the bill back. Answers whether its principal was discharged by this, which is its one outcome.
    function store(Book storage b, Item memory a) internal returns (bool discharged) {
        bool wasOwing = W.open(a.word) != 0 || W.accrual(a.more) >= BillMath.BPS;
        uint256 standard = W.dueDay(a.word) + W.graceDays(a.terms);
        // the day of this touch matters only once lateness has begun
        uint256 touched = a.open != 0 && a.day > a.lastOnTime && a.disputeUntil == 0 ? a.day : W.lastDay(a.more);
        uint256 onTime = a.lastOnTime == standard ? 0 : a.lastOnTime;
        uint256 more = W.more(a.accrual, touched, onTime, a.removed, a.disputeUntil);
        if (more != a.more) {
            b.more[a.key] = more;
            a.flags |= W.MORE;
        }
        b.bill[a.key] = W.withOpen(a.word, a.open, a.flags);
        if (a.lapsed != 0) {
            delete b.disputed[a.key];
            emit IBillRuns.DisputeDecided(a.key, address(0), a.lapsed, a.lastOnTime, 0);
        }
        if (wasOwing && a.open == 0 && lateFees(a) == 0) --b.open[openKey(W.unitOf(a.key), a.party)];
        return W.open(a.word) != 0 && a.open == 0;
    }

    function openKey(uint256 unit, uint256 party) internal pure returns (uint256) {
        return (unit << 32) | party;
    }

    // ---------------------------------------------------------------- outcome

    /// @notice In time if the principal was discharged by then and some of it with money; a waiver later, or of all of it, is neutral.
    function isOnTime(Item memory a) internal pure returns (bool) {
        return a.endDay <= a.lastOnTime && a.flags & W.PAID != 0;
    }

    function onTimeItem(Item memory a) internal pure returns (uint256) {
        return (Calendar.monthOf(W.dueDay(a.word)) << 32) | a.party;
    }

    /// @param byMoney whether the last of the principal was paid
    function lateItem(Item memory a, bool byMoney) internal pure returns (ICreditRegistry.Discharge memory) {
        return ICreditRegistry.Discharge(a.key, uint32(a.party), uint32(W.dueDay(a.word)), uint32(a.endDay), !byMoney);
    }

    // ---------------------------------------------------------------- who gets it

    /// @notice Adds what a payment brings to payee and manager.
    function share(Item memory a, uint256 principal, uint256 fees, Tally.Sums memory out) internal pure {
        uint256 part = BillMath.managerPart(principal, W.managerBps(a.terms));
        out.add(W.payee(a.terms), principal - part + fees);
        out.add(W.manager(a.terms), part);
    }
}
