// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {CategoryKind, ICategories} from "../../interfaces/ICategories.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {BillBook} from "./BillBook.sol";

/// @title How a billing run comes into force: posted by one person, approved by another
/// @notice Part of BillRuns' own code. Posting keeps one word, the hash of all terms; approving brings them along.
library BillPosting {
    uint256 private constant MAX_LATE_DAYS = 400;
    uint256 private constant MAX_DAY = type(uint24).max >> 1; // [day]

    /// @notice Freezes what the category says today, with what the manager decides.
    function post(
        BillBook.Book storage b,
        ICategories tariffs,
        uint32 run,
        bytes32 root,
        uint16 category,
        uint256 period,
        uint256 dueDay,
        uint256 count,
        uint256 total,
        bytes32 formulasHash,
        address maker
    ) internal {
        if (root == 0 || count == 0) revert IBillRuns.BillRunInvalid("count", count, 1);
        if (total < count) revert IBillRuns.BillRunInvalid("total", total, count);
        uint256 terms = _terms(tariffs.categoryWord(category), category, period, dueDay);
        uint256 extent = count | (total << 32) | (uint256(uint160(maker)) << 96);
        IBillRuns.RunTerms memory t = IBillRuns.RunTerms(root, terms, extent, formulasHash);
        b.posted[run] = uint256(keccak256(abi.encode(t)));
        emit IBillRuns.RunPosted(run, t);
    }

    function _terms(uint256 word, uint256 category, uint256 period, uint256 dueDay) private pure returns (uint256 terms) {
        if (uint8(word) != uint256(CategoryKind.POSTED)) revert IBillRuns.BillCategoryNotPosted(category);
        uint256 earliest = Calendar.firstOf(period + uint8(word >> 104)) + uint8(word >> 96) - 1; // month and day of the category's due day
        if (dueDay < earliest) revert IBillRuns.BillRunInvalid("dueDay", dueDay, earliest);
        if (dueDay > MAX_DAY) revert IBillRuns.BillRunInvalid("dueDay", dueDay, MAX_DAY);
        terms = W.terms(word, category, period, dueDay);
        uint256 bps = W.managerBps(terms);
        uint256 most = W.lateFeeMaxDays(terms);
        if (bps > BillMath.BPS) revert IBillRuns.BillRunInvalid("managerBps", bps, BillMath.BPS);
        if (most > MAX_LATE_DAYS) revert IBillRuns.BillRunInvalid("lateFeeMaxDays", most, MAX_LATE_DAYS);
    }

    function approve(BillBook.Book storage b, uint32 run, IBillRuns.RunTerms calldata t, address checker, uint256 day) internal {
        _onlyPosted(b, run);
        if (b.posted[run] != uint256(keccak256(abi.encode(t)))) revert IBillRuns.BillRunTermsDiffer(run);
        if (checker == address(uint160(t.extent >> 96))) revert IBillRuns.BillCheckerIsMaker(checker);
        uint256 dueDay = W.runDueDay(t.terms);
        if (dueDay < day) revert IBillRuns.BillRunTooLate(run, dueDay, day);
        b.posted[run] = 0;
        b.root[run] = t.root;
        b.terms[run] = t.terms;
        emit IBillRuns.RunApproved(run, checker);
    }

    function drop(BillBook.Book storage b, uint32 run, address by, bytes32 reasonHash) internal {
        _onlyPosted(b, run);
        b.posted[run] = uint256(IBillRuns.RunState.DROPPED);
        emit IBillRuns.RunDropped(run, by, reasonHash);
    }

    function runState(BillBook.Book storage b, uint32 run) internal view returns (IBillRuns.RunState) {
        if (b.root[run] != 0) return IBillRuns.RunState.APPROVED;
        uint256 word = b.posted[run];
        if (word == uint256(IBillRuns.RunState.DROPPED)) return IBillRuns.RunState.DROPPED;
        return word == 0 ? IBillRuns.RunState.NONE : IBillRuns.RunState.POSTED;
    }

    function _onlyPosted(BillBook.Book storage b, uint32 run) private view {
        IBillRuns.RunState state = runState(b, run);
        if (state != IBillRuns.RunState.POSTED) revert IBillRuns.BillRunStateWrong(run, state);
    }
}
