// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {Category, CategoryKind, ICategories} from "../../interfaces/ICategories.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {BillBook} from "./BillBook.sol";

/// @title How a billing run comes into force: posted by one person, approved by another
/// @notice A linked library of BillRuns, which would not fit its size limit with it. Posting keeps one word, the hash of all terms; approving brings them along.
library BillPosting {
    uint256 private constant MAX_LATE_DAYS = 400;

    /// @dev What the manager decides; the rest comes from the category.
    struct Plan {
        bytes32 root;
        uint16 category;
        uint16 period;
        uint32 dueDay;
        uint32 count;
        uint64 total;
        bytes32 formulasHash;
    }

    function post(mapping(uint256 run => uint256) storage posted, ICategories tariffs, uint32 run, Plan memory p, address maker) external {
        if (p.root == 0 || p.count == 0) revert IBillRuns.BillRunInvalid("count", p.count, 1);
        if (p.total < p.count) revert IBillRuns.BillRunInvalid("total", p.total, p.count);
        IBillRuns.RunTerms memory terms = _terms(tariffs.categoryOf(p.category), p, maker);
        posted[run] = uint256(keccak256(abi.encode(terms)));
        emit IBillRuns.RunPosted(run, p.category, p.period, terms);
    }

    function _terms(Category memory c, Plan memory p, address maker) private pure returns (IBillRuns.RunTerms memory) {
        if (c.kind != CategoryKind.POSTED) revert IBillRuns.BillCategoryNotPosted(p.category);
        uint256 earliest = Calendar.firstOf(uint256(p.period) + c.dueMonth) + c.dueDayOfMonth - 1;
        if (p.dueDay < earliest) revert IBillRuns.BillRunInvalid("dueDay", p.dueDay, earliest);
        if (p.dueDay > type(uint24).max >> 1) revert IBillRuns.BillRunInvalid("dueDay", p.dueDay, type(uint24).max >> 1);
        if (c.managerBps > BillMath.BPS) revert IBillRuns.BillRunInvalid("managerBps", c.managerBps, BillMath.BPS);
        if (c.lateFeeMaxDays > MAX_LATE_DAYS) revert IBillRuns.BillRunInvalid("lateFeeMaxDays", c.lateFeeMaxDays, MAX_LATE_DAYS);
        return IBillRuns.RunTerms({
            root: p.root,
            category: p.category,
            period: p.period,
            dueDay: p.dueDay,
            payee: c.payee,
            manager: c.manager,
            managerBps: c.managerBps,
            graceDays: c.graceDays,
            lateFeeRate: c.lateFeeRate,
            lateFeeMaxDays: c.lateFeeMaxDays,
            count: p.count,
            total: p.total,
            formulasHash: p.formulasHash,
            maker: maker
        });
    }

    function approve(
        BillBook.Book storage b,
        mapping(uint256 run => uint256) storage posted,
        uint32 run,
        IBillRuns.RunTerms calldata t,
        address checker,
        uint256 day
    ) external {
        _onlyPosted(b, posted, run);
        if (posted[run] != uint256(keccak256(abi.encode(t)))) revert IBillRuns.BillRunTermsDiffer(run);
        if (checker == t.maker) revert IBillRuns.BillCheckerIsMaker(checker);
        if (t.dueDay < day) revert IBillRuns.BillRunTooLate(run, t.dueDay, day);
        posted[run] = 0;
        b.root[run] = t.root;
        b.terms[run] =
            W.terms(t.category, t.period, t.dueDay, t.payee, t.manager, t.managerBps, t.graceDays, t.lateFeeRate, t.lateFeeMaxDays);
        emit IBillRuns.RunApproved(run, checker);
    }

    function drop(BillBook.Book storage b, mapping(uint256 run => uint256) storage posted, uint32 run, address by, bytes32 reasonHash) external {
        _onlyPosted(b, posted, run);
        posted[run] = uint256(IBillRuns.RunState.DROPPED);
        emit IBillRuns.RunDropped(run, by, reasonHash);
    }

    function stateOf(BillBook.Book storage b, mapping(uint256 run => uint256) storage posted, uint32 run) internal view returns (IBillRuns.RunState) {
        if (b.root[run] != 0) return IBillRuns.RunState.APPROVED;
        uint256 word = posted[run];
        if (word == uint256(IBillRuns.RunState.DROPPED)) return IBillRuns.RunState.DROPPED;
        return word == 0 ? IBillRuns.RunState.NONE : IBillRuns.RunState.POSTED;
    }

    function _onlyPosted(BillBook.Book storage b, mapping(uint256 run => uint256) storage posted, uint32 run) private view {
        IBillRuns.RunState state = stateOf(b, posted, run);
        if (state != IBillRuns.RunState.POSTED) revert IBillRuns.BillRunStateWrong(run, state);
    }
}
