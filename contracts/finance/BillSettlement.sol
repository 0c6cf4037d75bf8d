// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Tally} from "../lib/Tally.sol";
import {BillBook} from "./BillBook.sol";
import {Till} from "./Till.sol";

/// @title A collection of many bills from mandates, one answer each, no bill in another's way
/// @notice A linked library of BillRuns, which would not fit its size limit with it. It calls only the suite's token and registries, so no bill can make a
/// collection fail or burn its gas; a caller who sends too little gas makes the whole call revert.
library BillSettlement {
    using BillBook for BillBook.Book;
    using BillBook for BillBook.Item;
    using Tally for Tally.Sums;

    uint256 internal constant MAX_BATCH = 500; // bills

    /// @dev A collection on its way, by index of the bill.
    struct Run {
        BillBook.Item[] bills;
        uint256[] wallets;
        uint256[] principal; // asked [cmt]
        uint256[] fees; // asked [cmt]
        uint256[] paid; // the token's answers for principal
        uint256[] late; // the token's answers for late fees
        uint256[] onTime; // outcomes
        ICreditRegistry.Discharge[] after_; // outcomes
        uint256 onTimes;
        uint256 afters;
        Tally.Sums out;
    }

    /// @notice Collects what is due today. The late fee of a bill is asked for only once its principal came in whole.
    /// @return results by bill
    /// @return payees parties to be paid
    /// @return sums what each is to be paid [cmt]
    function settle(
        BillBook.Book storage b,
        ICommunityToken token,
        IPartyRegistry parties,
        ICreditRegistry credit,
        uint256 day,
        uint256[] calldata keys
    ) external returns (IBillRuns.Result[] memory results, uint256[] memory payees, uint256[] memory sums) {
        uint256 n = keys.length;
        if (n > MAX_BATCH) revert IBillRuns.BillBatchTooLarge(n, MAX_BATCH);
        Run memory r;
        r.out = Tally.create(2 * n);
        results = new IBillRuns.Result[](n);
        _look(b, r, results, day, keys);
        r.wallets = parties.walletsOf(r.wallets);
        r.paid = Till.collect(token, r.wallets, r.principal);
        for (uint256 i; i < n; ++i) if (uint96(r.paid[i]) != r.principal[i]) r.fees[i] = 0;
        r.late = Till.collect(token, r.wallets, r.fees);
        _book(b, r, results);
        _report(credit, r);
        (payees, sums) = r.out.list();
    }

    /// @dev Reads every bill once and says what is to be asked for; a repeated key asks for nothing.
    function _look(BillBook.Book storage b, Run memory r, IBillRuns.Result[] memory results, uint256 day, uint256[] calldata keys) private view {
        uint256 n = keys.length;
        r.bills = new BillBook.Item[](n);
        (r.wallets, r.principal, r.fees) = (new uint256[](n), new uint256[](n), new uint256[](n));
        Tally.Sums memory seen = Tally.create(n);
        for (uint256 i; i < n; ++i) {
            uint256 key = keys[i];
            results[i].key = key;
            if (key >> 80 != 0 || b.stateOf(key) == IBillRuns.BillState.NONE) {
                results[i].code = Code.UNKNOWN;
                continue;
            }
            results[i].code = Code.NOTHING_DUE;
            if (seen.add(key, 1) != 1) continue;
            BillBook.Item memory a = r.bills[i] = b.load(key, day);
            if (a.word == 0 || a.open + a.lateFees() == 0 || day < W.dueDay(a.word)) continue;
            if (a.disputeUntil != 0) {
                results[i].code = Code.DISPUTED;
                continue;
            }
            results[i].code = Code.COLLECTED;
            (r.wallets[i], r.principal[i], r.fees[i]) = (a.party, a.open, a.lateFees());
        }
    }

    function _book(BillBook.Book storage b, Run memory r, IBillRuns.Result[] memory results) private {
        uint256 n = results.length;
        r.onTime = new uint256[](n);
        r.after_ = new ICreditRegistry.Discharge[](n);
        for (uint256 i; i < n; ++i) {
            BillBook.Item memory a = r.bills[i];
            if (a.word == 0) continue;
            bool asked = results[i].code == Code.COLLECTED;
            uint256 principal = uint96(r.paid[i]);
            uint256 fees = uint96(r.late[i]);
            if (asked) {
                if (principal != r.principal[i]) results[i].code = Code(r.paid[i] >> 96);
                else if (fees != a.lateFees()) results[i].code = principal == 0 ? Code(r.late[i] >> 96) : Code.RENT_ONLY;
                results[i].amount = principal + fees;
            }
            if (principal + fees + a.lapsed != 0) {
                a.takeMoney(principal, fees);
                a.share(principal, fees, r.out);
                if (b.store(a)) _outcome(r, a, principal != 0);
            }
            if (asked) emit IBillRuns.BillSettled(a.key, a.party, results[i].code, principal, fees);
        }
    }

    function _outcome(Run memory r, BillBook.Item memory a, bool byMoney) private pure {
        if (a.isOnTime()) r.onTime[r.onTimes++] = a.onTimeItem();
        else r.after_[r.afters++] = a.lateItem(byMoney);
    }

    function _report(ICreditRegistry credit, Run memory r) private {
        uint256[] memory onTime = r.onTime;
        ICreditRegistry.Discharge[] memory after_ = r.after_;
        (uint256 few, uint256 fewer) = (r.onTimes, r.afters);
        assembly ("memory-safe") {
            // cut to the outcomes there are
            mstore(onTime, few)
            mstore(after_, fewer)
        }
        if (few != 0) credit.countOnTime(IObligations.Kind.FEES, onTime);
        if (fewer != 0) credit.reportLate(IObligations.Kind.FEES, after_);
    }
}
