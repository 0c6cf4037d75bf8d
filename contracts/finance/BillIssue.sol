// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {BillTree} from "../lib/BillTree.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {BillBook} from "./BillBook.sol";
import {BillPosting} from "./BillPosting.sol";

/// @title From a leaf of a run to a bill on the books
/// @notice A linked library of BillRuns, which would not fit its size limit with it; what a payment by proof needs is part of BillRuns' own code.
/// It works on BillRuns' storage and asks PartyRegistry alone.
library BillIssue {
    using BillBook for BillBook.Book;
    using BillPosting for BillBook.Book;

    uint256 internal constant ISSUE_DAYS = 7; // a bill falls due so long after it is issued, at the earliest

    /// @notice Refuses a bill that the run does not hold, or that is no bill.
    function check(BillBook.Book storage b, uint32 run, IBillRuns.Bill calldata bill, bytes32[] calldata proof)
        internal
        view
        returns (uint256 key, uint256 terms)
    {
        bytes32 root = b.root[run];
        if (root == 0) revert IBillRuns.BillRunStateWrong(run, b.runState(run));
        terms = b.terms[run];
        (uint256 category, uint256 period) = (W.category(terms), W.period(terms));
        bytes32 leaf = BillTree.leafOf(address(this), run, category, period, bill);
        if (!BillTree.contains(root, leaf, proof)) revert IBillRuns.BillProofInvalid(run, leaf);
        checkBill(bill);
        key = W.keyOf(bill.unit, category, period, bill.version);
    }

    function checkBill(IBillRuns.Bill calldata bill) internal pure {
        if (bill.unit == 0) revert IBillRuns.BillInvalid("unit", 0, 1);
        if (bill.version == 0) revert IBillRuns.BillInvalid("version", 0, 1);
        if (bill.party == 0) revert IBillRuns.BillInvalid("party", 0, 1);
        if (bill.amount == 0) revert IBillRuns.BillInvalid("amount", 0, 1);
    }

    /// @notice Runs before a clearance do not bind the buyer, unless they were issued before.
    function checkBinding(BillBook.Book storage b, uint32 run, IBillRuns.Bill calldata bill) internal view {
        if (run <= b.clearances[BillBook.openKey(bill.unit, bill.party)] >> 32) revert IBillRuns.BillNotBinding(run, bill.unit, bill.party);
    }

    /// @notice Nobody is late with a bill that he could not know of. [day]
    function dueDay(uint256 terms, uint256 day) internal pure returns (uint256 due) {
        due = W.runDueDay(terms);
        if (due < day + ISSUE_DAYS) due = day + ISSUE_DAYS;
    }

    /// @notice Puts a bill on the books, unless it is there or was paid at once.
    function once(BillBook.Book storage b, IPartyRegistry parties, uint256 day, uint32 run, IBillRuns.Bill calldata bill, bytes32[] calldata proof)
        external
        returns (Code)
    {
        (uint256 key, uint256 terms) = check(b, run, bill, proof);
        if (b.stateOf(key) != IBillRuns.BillState.NONE) return Code.ALREADY_ISSUED;
        checkBinding(b, run, bill);
        put(b, parties, day, key, terms, run, bill);
        return Code.ISSUED;
    }

    /// @notice A debt from now on.
    function put(BillBook.Book storage b, IPartyRegistry parties, uint256 day, uint256 key, uint256 terms, uint32 run, IBillRuns.Bill calldata bill)
        public
    {
        if (parties.kindOf(bill.party) == IPartyRegistry.Kind.NONE) revert IBillRuns.BillPartyUnknown(bill.party);
        uint256 due = dueDay(terms, day);
        b.setState(key, IBillRuns.BillState.ISSUED);
        b.bill[key] = W.bill(bill.party, run, bill.amount, due, day);
        ++b.open[BillBook.openKey(bill.unit, bill.party)];
        emit IBillRuns.BillIssued(key, run, bill.party, bill.amount, due, bill.linesHash);
    }

    /// @notice The figures of a bill that was paid at once.
    function record(BillBook.Book storage b, uint256 day, uint32 run, IBillRuns.Bill calldata bill, bytes32[] calldata proof) external returns (Code) {
        (uint256 key, uint256 terms) = check(b, run, bill, proof);
        IBillRuns.BillState state = b.stateOf(key);
        if (state == IBillRuns.BillState.ISSUED) return Code.ALREADY_ISSUED;
        if (state == IBillRuns.BillState.NONE) revert IBillRuns.BillUnknown(key);
        b.setState(key, IBillRuns.BillState.ISSUED);
        uint256 word = W.bill(bill.party, run, bill.amount, W.runDueDay(terms), day);
        b.bill[key] = W.withOpen(word, 0, W.PAID);
        emit IBillRuns.BillRecorded(key, run, bill.party, bill.amount);
        return Code.ISSUED;
    }
}
