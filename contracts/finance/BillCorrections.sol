// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {SuiteCalls} from "../lib/SuiteCalls.sol";
import {BillBook} from "./BillBook.sol";

/// @title Disputes, waivers and credit notes: principal that goes without money
/// @notice A linked library of BillRuns, which would not fit its size limit with it; it works on BillRuns' storage and reports to CreditRegistry alone.
library BillCorrections {
    using BillBook for BillBook.Book;
    using BillBook for BillBook.Item;
    using SuiteCalls for ICreditRegistry;

    uint256 internal constant DECISION_DAYS = 30; // for the committee
    uint256 internal constant PROPOSAL_DAYS = 30; // life of an unanswered adjustment

    struct Adjusted {
        uint96 principal; // waived [cmt]
        uint64 lateFees; // waived [cmt]
        uint96 credited; // by credit notes [cmt]
    }

    struct Office {
        mapping(bytes32 id => uint256) proposals; // maker << 32 | last day [day]
        mapping(uint256 month => Adjusted) adjustedIn;
    }

    // ---------------------------------------------------------------- dispute

    /// @notice The billed party disputes some of the open principal.
    function open(BillBook.Book storage b, uint256 key, uint256 party, address caller, uint256 day, uint64 amount, bytes32 reasonHash) external {
        BillBook.Item memory a = _load(b, key, day);
        if (party != a.party) revert IBillRuns.BillNotParty(key, caller);
        if (amount == 0) revert IBillRuns.BillAmountZero();
        if (a.flags & W.WAS_DISPUTED != 0 || day > a.lastOnTime) {
            revert IBillRuns.BillNotDisputable(key, a.flags & W.WAS_DISPUTED != 0 ? 0 : a.lastOnTime, day);
        }
        if (amount > a.open) revert IBillRuns.BillDisputeTooLarge(key, amount, a.open);
        a.flags |= W.WAS_DISPUTED;
        (a.disputed, a.disputeUntil) = (amount, day + DECISION_DAYS);
        b.disputed[key] = amount;
        b.store(a);
        emit IBillRuns.DisputeOpened(key, party, amount, a.disputeUntil, reasonHash);
    }

    function withdraw(BillBook.Book storage b, uint256 key, uint256 party, address caller, uint256 day) external {
        BillBook.Item memory a = _disputed(b, key, day);
        if (party != a.party) revert IBillRuns.BillNotParty(key, caller);
        _end(b, a);
        a.accrue(); // as if it had never been disputed
        b.store(a);
        emit IBillRuns.DisputeWithdrawn(key, party);
    }

    /// @notice Takes `removed` off; the party has NOTICE_DAYS to pay the rest in time.
    function decide(
        BillBook.Book storage b,
        ICreditRegistry credit,
        uint256 key,
        address caller,
        uint256 callersParty,
        uint256 day,
        uint64 removed,
        bytes32 reasonHash
    ) external {
        BillBook.Item memory a = _disputed(b, key, day);
        if (callersParty == a.party) revert IBillRuns.BillAdjusterConcerned(key, caller);
        if (removed > a.disputed) revert IBillRuns.BillDisputeTooLarge(key, removed, a.disputed);
        _end(b, a);
        a.remove(removed, day);
        if (a.lastOnTime < day + BillBook.NOTICE_DAYS) a.lastOnTime = day + BillBook.NOTICE_DAYS;
        emit IBillRuns.DisputeDecided(key, caller, removed, a.lastOnTime, reasonHash);
        _store(b, credit, a);
    }

    /// @notice Writes down what silence did.
    function lapse(BillBook.Book storage b, ICreditRegistry credit, uint256 key, uint256 day) external {
        BillBook.Item memory a = _load(b, key, day);
        if (a.lapsed == 0) {
            if (a.disputeUntil != 0) revert IBillRuns.BillDisputed(key, a.disputeUntil);
            revert IBillRuns.BillNotDisputed(key);
        }
        _store(b, credit, a);
    }

    function _end(BillBook.Book storage b, BillBook.Item memory a) private {
        delete b.disputed[a.key];
        (a.disputed, a.disputeUntil) = (0, 0);
    }

    // ---------------------------------------------------------------- waivers and credit notes

    /// @notice The first person: the proposal is not stored but its hash, with its maker and its last day.
    function propose(BillBook.Book storage b, Office storage o, IBillRuns.Adjustment calldata c, address maker, uint256 makersParty, uint256 day)
        external
        returns (bytes32 id)
    {
        if (c.principal == 0 && c.lateFees == 0) revert IBillRuns.BillAmountZero();
        uint256 word = b.bill[c.key];
        if (word == 0) revert IBillRuns.BillUnknown(c.key);
        if (makersParty == W.party(word)) revert IBillRuns.BillAdjusterConcerned(c.key, maker);
        id = keccak256(abi.encode(c));
        uint256 last = uint32(o.proposals[id]);
        if (last >= day) revert IBillRuns.BillAdjustmentOpen(id, last);
        last = day + PROPOSAL_DAYS;
        o.proposals[id] = (uint256(uint160(maker)) << 32) | last;
        emit IBillRuns.AdjustmentProposed(id, c.key, maker, c, last);
    }

    function takeBack(Office storage o, bytes32 id) external {
        if (o.proposals[id] == 0) revert IBillRuns.BillAdjustmentUnknown(id);
        delete o.proposals[id];
        emit IBillRuns.AdjustmentWithdrawn(id);
    }

    /// @notice The second person: takes it off, counts it in the month's public totals.
    function approve(
        BillBook.Book storage b,
        Office storage o,
        ICreditRegistry credit,
        IBillRuns.Adjustment calldata c,
        address checker,
        uint256 checkersParty,
        uint256 day
    ) external {
        bytes32 id = keccak256(abi.encode(c));
        uint256 proposal = o.proposals[id];
        if (uint32(proposal) < day) revert IBillRuns.BillAdjustmentUnknown(id);
        if (address(uint160(proposal >> 32)) == checker) revert IBillRuns.BillCheckerIsMaker(checker);
        delete o.proposals[id];
        BillBook.Item memory a = _load(b, c.key, day);
        if (checkersParty == a.party) revert IBillRuns.BillAdjusterConcerned(c.key, checker);
        if (a.disputeUntil != 0) revert IBillRuns.BillDisputed(c.key, a.disputeUntil);
        uint256 repayable = _take(a, c);
        if (repayable != 0) b.repayable[c.key] += uint64(repayable);
        Adjusted storage sums = o.adjustedIn[Calendar.monthOf(day)];
        if (c.kind == IBillRuns.AdjustmentKind.WAIVER) {
            sums.principal += c.principal;
            sums.lateFees += c.lateFees;
        } else {
            sums.credited += uint96(c.principal) + c.lateFees;
        }
        emit IBillRuns.AdjustmentMade(id, c.key, checker, c, repayable);
        _store(b, credit, a);
    }

    /// @return repayable how much of a credit note had been paid already [cmt]
    function _take(BillBook.Item memory a, IBillRuns.Adjustment calldata c) private pure returns (uint256 repayable) {
        if (c.lateFees > a.lateFees()) revert IBillRuns.BillAdjustmentTooLarge(c.key, c.lateFees, a.lateFees());
        uint256 most = c.kind == IBillRuns.AdjustmentKind.WAIVER ? a.open : W.amount(a.word) - a.removed;
        if (c.principal > most) revert IBillRuns.BillAdjustmentTooLarge(c.key, c.principal, most);
        uint256 unpaid = c.principal < a.open ? c.principal : a.open;
        if (unpaid != 0) a.remove(unpaid, a.day);
        repayable = c.principal - unpaid;
        a.removed += repayable;
        a.accrual -= uint256(c.lateFees) * BillMath.BPS;
    }

    // ---------------------------------------------------------------- look

    function standingOf(BillBook.Book storage b, uint256 key, uint256 day) external view returns (IBillRuns.Standing memory s) {
        s.state = b.stateOf(key);
        BillBook.Item memory a = b.load(key, day);
        if (a.word == 0) return s;
        s.run = uint32(W.run(a.word));
        s.party = uint32(a.party);
        s.issuedDay = uint32(W.issuedDay(a.word));
        s.dueDay = uint32(W.dueDay(a.word));
        s.lastOnTimeDay = uint32(a.lastOnTime);
        s.disputeUntil = uint32(a.disputeUntil);
        s.amount = uint64(W.amount(a.word));
        s.open = uint64(a.open);
        s.lateFees = uint96(a.lateFees());
        s.removed = uint64(a.removed);
        s.disputed = uint64(a.disputed);
        s.repayable = b.repayable[key];
    }

    /// @notice For CreditRegistry: nothing is late before a dispute is decided.
    function overdueOf(BillBook.Book storage b, uint256 key, uint256 day)
        external
        view
        returns (IObligations.Kind kind, uint32 party, uint32 dueDay, uint32 lastOnTimeDay, uint256 unpaid)
    {
        BillBook.Item memory a = b.load(key, day);
        kind = IObligations.Kind.FEES;
        if (a.word == 0) return (kind, 0, 0, 0, 0);
        uint256 last = a.disputeUntil > a.lastOnTime ? a.disputeUntil : a.lastOnTime;
        return (kind, uint32(a.party), uint32(W.dueDay(a.word)), uint32(last), a.open - a.disputed);
    }

    // ---------------------------------------------------------------- shared

    function _load(BillBook.Book storage b, uint256 key, uint256 day) private view returns (BillBook.Item memory a) {
        a = b.load(key, day);
        if (a.word == 0) revert IBillRuns.BillUnknown(key);
    }

    function _disputed(BillBook.Book storage b, uint256 key, uint256 day) private view returns (BillBook.Item memory a) {
        a = _load(b, key, day);
        if (a.disputeUntil == 0) revert IBillRuns.BillNotDisputed(key);
    }

    function _store(BillBook.Book storage b, ICreditRegistry credit, BillBook.Item memory a) private {
        if (b.store(a)) report(credit, a, false);
    }

    /// @notice The one outcome of a bill.
    function report(ICreditRegistry credit, BillBook.Item memory a, bool byMoney) internal {
        if (a.isOnTime()) {
            credit.countOneOnTime(IObligations.Kind.FEES, a.onTimeItem());
        } else {
            ICreditRegistry.Discharge[] memory outcomes = new ICreditRegistry.Discharge[](1);
            outcomes[0] = a.lateItem(byMoney);
            credit.reportLate(IObligations.Kind.FEES, outcomes);
        }
    }
}
