// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {Tally} from "../lib/Tally.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseRounds} from "./LeaseRounds.sol";

/// @title A settlement run: many leases, one answer each, no lease in another's way
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it. Nothing here calls foreign code, so no lease can make a run fail or burn its gas; a caller who
/// sends too little gas makes the whole call revert.
library LeaseSettlement {
    using Tally for Tally.Sums;

    uint256 internal constant MAX_BATCH = 1000; // leases
    uint256 private constant LATE = type(uint256).max; // answer of _plainDue: look at the late-fee word

    /// @dev What a run knows of today and what it owes.
    struct Run {
        ICommunityToken token;
        IPartyRegistry parties;
        uint256 day;
        uint256 month;
        uint256 dayOfMonth;
        uint256 released; // out of pots [cmt]
        Tally.Sums out;
        Tally.Sums seen; // shaped leases of this run, so that a repeated id is not tried again
    }

    /// @notice Leases whose hot word says all are written first and collected in one call; the others are settled one by one.
    /// @return results `code << 96 | amount` in the order of the leases [Code, cmt]
    /// @return released what left the pots [cmt]
    /// @return payees parties to be paid
    /// @return sums what each is to be paid [cmt]
    function settle(LeaseBook.Book storage b, ICommunityToken token, IPartyRegistry parties, uint256 day, uint32[] calldata leases)
        external
        returns (uint256[] memory results, uint256 released, uint256[] memory payees, uint256[] memory sums)
    {
        uint256 n = leases.length;
        if (n > MAX_BATCH) revert ILeaseAgreement.LeaseBatchTooLarge(n, MAX_BATCH);
        Run memory run;
        (run.token, run.parties, run.day) = (token, parties, day);
        (run.month, run.dayOfMonth) = Calendar.civil(day);
        run.out = Tally.create(2 * n);
        results = new uint256[](n);
        uint256[] memory words = new uint256[](n); // hot words of the leases to be collected
        uint256[] memory asked = new uint256[](n);
        uint256 any;
        for (uint256 i; i < n; ++i) {
            uint256 id = leases[i];
            uint256 hot = b.hot[id];
            uint256 state = W.state(hot);
            if (state == 0 || state > uint256(ILeaseAgreement.State.Holdover)) {
                results[i] = _answer(hot == 0 ? Code.UNKNOWN : Code.NOT_ACTIVE, 0);
                continue;
            }
            uint256 due = W.flags(hot) == 0 ? _plainDue(b, id, hot, run) : LATE;
            if (due == LATE) {
                if (run.seen.slots.length == 0) run.seen = Tally.create(n);
                bool repeated = run.seen.add(id, 1) != 1;
                results[i] = repeated ? _answer(Code.NOTHING_DUE, 0) : _settleShaped(b, id, run);
            } else if (due == 0) {
                results[i] = _answer(Code.NOTHING_DUE, 0);
            } else {
                uint256 rest = _takePlain(b, id, hot, due, run);
                results[i] = _answer(Code.COLLECTED, due - rest);
                if (rest != 0) (words[i], asked[i], any) = (hot, rest, 1);
                else emit ILeaseAgreement.Settled(id, W.tenant(hot), Code.COLLECTED, due);
            }
        }
        if (any != 0) _collectPlain(b, run, leases, results, words, asked);
        released = run.released;
        (payees, sums) = run.out.list();
    }

    function _answer(Code code, uint256 amount) private pure returns (uint256) {
        return (uint256(code) << 96) | amount;
    }

    // ---------------------------------------------------------------- plain leases

    /// @dev What a plain lease owes: whole months since its first. LATE if a late fee may have accrued.
    function _plainDue(LeaseBook.Book storage b, uint256 id, uint256 hot, Run memory run) private view returns (uint256 due) {
        unchecked {
            uint256 anchor = W.anchor(hot);
            uint256 label = run.month;
            if (run.dayOfMonth < anchor && (anchor < 29 || Calendar.boundary(anchor, label) > run.day)) --label;
            uint256 first = W.month(hot);
            if (label < first) return 0;
            uint256 endMonth = W.endMonth(hot);
            bool running = label < endMonth;
            if (!running) label = endMonth - 1;
            uint256 rent = W.rent(hot);
            uint256 settled = W.settled(hot);
            due = (label - first + 1) * rent;
            if (due <= settled) return 0;
            due -= settled;
            // the usual case, one month on its due day, is never late
            if (due <= rent && running && (run.dayOfMonth == anchor || Calendar.boundary(anchor, label) == run.day)) return due;
            uint256 plan = b.plan[id];
            if (W.feeRate(plan) == 0 || W.pot(hot) >= due) return due;
            if (due <= rent && run.day <= Calendar.boundary(anchor, label) + W.grace(plan)) return due;
            return LATE;
        }
    }

    /// @dev Books all that is due as settled, prepaid cash first; answers what remains to be collected.
    function _takePlain(LeaseBook.Book storage b, uint256 id, uint256 hot, uint256 due, Run memory run) private returns (uint256 rest) {
        unchecked {
            uint256 pot = W.pot(hot);
            uint256 fromPot = pot < due ? pot : due;
            b.hot[id] = W.withSettled(hot, W.settled(hot) + due, pot - fromPot);
            if (fromPot != 0) {
                run.released += fromPot;
                run.out.add(W.landlord(hot), fromPot);
            }
            return due - fromPot;
        }
    }

    /// @dev One call to the token for all; what was not collected is taken back from the book.
    function _collectPlain(
        LeaseBook.Book storage b,
        Run memory run,
        uint32[] calldata leases,
        uint256[] memory results,
        uint256[] memory words,
        uint256[] memory asked
    ) private {
        uint256 n = words.length;
        uint256[] memory items = new uint256[](n);
        for (uint256 i; i < n; ++i) items[i] = W.tenant(words[i]);
        items = run.parties.walletsOf(items);
        for (uint256 i; i < n; ++i) items[i] |= asked[i] << 160;
        items = run.token.collect(items);
        uint256 landlord;
        uint256 sum; // of the leases of one landlord in a row
        for (uint256 i; i < n; ++i) {
            uint256 rest = asked[i];
            if (rest == 0) continue;
            uint256 got = uint96(items[i]);
            uint256 id = leases[i];
            uint256 code = uint256(Code.COLLECTED);
            if (got != rest) {
                code = items[i] >> 96;
                b.hot[id] -= rest - got; // settled is the lowest field and holds at least this
            }
            uint256 amount = uint96(results[i]) + got;
            results[i] = (code << 96) | amount;
            uint256 word = words[i];
            if (W.landlord(word) != landlord) {
                run.out.add(landlord, sum);
                (landlord, sum) = (W.landlord(word), 0);
            }
            sum += got;
            emit ILeaseAgreement.Settled(id, W.tenant(word), Code(code), amount);
        }
        run.out.add(landlord, sum);
    }

    // ---------------------------------------------------------------- all others

    function _settleShaped(LeaseBook.Book storage b, uint256 id, Run memory run) private returns (uint256 result) {
        (Code code, uint256 amount, LeaseBook.Payees memory p) = LeaseRounds.settle(b, id, run.day, run.token, run.parties);
        run.released += p.released;
        run.out.add(p.landlord, p.toLandlord);
        run.out.add(p.manager, p.toManager);
        return _answer(code, amount);
    }
}
