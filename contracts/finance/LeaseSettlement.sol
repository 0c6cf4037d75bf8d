// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {Lists} from "../lib/Lists.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {Tally} from "../lib/Tally.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseCredit} from "./LeaseCredit.sol";
import {LeasePlain} from "./LeasePlain.sol";
import {LeaseRounds} from "./LeaseRounds.sol";

/// @title A settlement run: many leases, one answer each, no lease in another's way
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it. Nothing here calls foreign code, so no lease can make a run fail or burn its gas; a caller who
/// sends too little gas makes the whole call revert.
library LeaseSettlement {
    using LeaseBook for Tally.Sums;
    using Lists for uint256[];
    using Tally for Tally.Sums;

    uint256 internal constant MAX_BATCH = 1000; // leases

    /// @dev What a run knows of today and what it owes.
    struct Run {
        LeaseBook.Ports ports;
        LeasePlain.Today today;
        uint256 released; // out of pots [cmt]
        uint256[] inTime; // what the credit history is told: rents discharged in time
        uint256 told; // how many of them
        uint256 landlord; // the party that the last prepaid cash went to
        uint256 sum; // of the prepaid cash of his leases in a row [cmt]
        Tally.Sums out;
        Tally.Sums seen; // shaped leases of this run, so that a repeated id is not tried again
    }

    /// @notice Leases whose hot word says all are written first and collected in one call; the others are settled one by one.
    /// @param arguments of LeaseAgreement's settle as they came in, without the selector: the ids are the first
    /// @return results `code << 96 | amount` in the order of the leases [Code, cmt]
    /// @return released what left the pots [cmt]
    /// @return payees parties to be paid
    /// @return sums what each is to be paid [cmt]
    function settle(LeaseBook.Book storage b, LeaseBook.Ports memory ports, uint256 day, bytes calldata arguments)
        external
        returns (uint256[] memory results, uint256 released, uint256[] memory payees, uint256[] memory sums)
    {
        uint32[] calldata leases = _leases(arguments);
        uint256 n = leases.length;
        if (n > MAX_BATCH) revert ILeaseAgreement.LeaseBatchTooLarge(n, MAX_BATCH);
        Run memory run;
        (run.ports, run.today) = (ports, LeasePlain.at(day));
        run.out = Tally.create(2 * n);
        run.inTime = new uint256[](n);
        results = new uint256[](n);
        uint256[] memory words = new uint256[](n); // hot words of the leases to be collected
        uint256[] memory asked = new uint256[](n); // what of them, and what to tell once it is paid: item << 96 | amount
        uint256 any;
        for (uint256 i; i < n; ++i) {
            uint256 id = leases[i];
            uint256 hot = b.hot[id];
            uint256 state = W.state(hot);
            if (state == 0 || state > uint256(ILeaseAgreement.State.Holdover)) {
                results.set(i, _answer(hot == 0 ? Code.UNKNOWN : Code.NOT_ACTIVE, 0));
                continue;
            }
            (uint256 due, uint256 item) = (LeasePlain.SHAPED, 0);
            if (W.flags(hot) == 0) (due, item) = LeasePlain.due(b, id, hot, run.today);
            if (due == LeasePlain.SHAPED) {
                if (run.seen.slots.length == 0) run.seen = Tally.create(n);
                bool repeated = run.seen.add(id, 1) != 1;
                results.set(i, repeated ? _answer(Code.NOTHING_DUE, 0) : _settleShaped(b, id, run));
            } else if (due == 0) {
                results.set(i, _answer(Code.NOTHING_DUE, 0));
            } else {
                uint256 rest = _takePlain(b, id, hot, due, run);
                if (rest != due) results.set(i, _answer(Code.COLLECTED, due - rest));
                if (rest == 0) {
                    _settled(b, run, id, hot, Code.COLLECTED, due, item);
                    continue;
                }
                words.set(i, hot);
                asked.set(i, (item << 96) | rest);
                any = 1;
            }
        }
        run.out.add(run.landlord, run.sum);
        if (any != 0) _collectPlain(b, run, leases, results, words, asked);
        _reportInTime(run);
        released = run.released;
        (payees, sums) = run.out.list();
    }

    /// @dev The ids in the call data of settle: the first of its arguments, which LeaseAgreement has found to lie inside it. Encoding them once more
    /// would cost each lease some 150 gas.
    function _leases(bytes calldata arguments) private pure returns (uint32[] calldata list) {
        assembly ("memory-safe") {
            let at := add(arguments.offset, calldataload(arguments.offset))
            list.offset := add(at, 0x20)
            list.length := calldataload(at)
        }
    }

    function _answer(Code code, uint256 amount) private pure returns (uint256) {
        return (uint256(code) << 96) | amount;
    }

    // ---------------------------------------------------------------- plain leases

    /// @dev Books all that is due as settled, prepaid cash first; answers what remains to be collected.
    function _takePlain(LeaseBook.Book storage b, uint256 id, uint256 hot, uint256 due, Run memory run) private returns (uint256 rest) {
        unchecked {
            uint256 pot = W.pot(hot);
            uint256 fromPot = pot < due ? pot : due;
            b.hot[id] = W.withSettled(hot, W.settled(hot) + due, pot - fromPot);
            if (fromPot != 0) {
                run.released += fromPot;
                if (W.landlord(hot) != run.landlord) {
                    run.out.add(run.landlord, run.sum);
                    (run.landlord, run.sum) = (W.landlord(hot), 0);
                }
                run.sum += fromPot;
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
        for (uint256 i; i < n; ++i) items.set(i, W.tenant(words.get(i)));
        items = run.ports.parties.walletsOf(items);
        for (uint256 i; i < n; ++i) items.set(i, items.get(i) | (asked.get(i) << 160));
        items = run.ports.token.collect(items);
        uint256 landlord;
        uint256 sum; // of the leases of one landlord in a row
        for (uint256 i; i < n; ++i) {
            uint256 rest = asked.get(i);
            if (rest == 0) continue;
            uint256 item = rest >> 96;
            rest = uint96(rest);
            uint256 answer = items.get(i);
            uint256 amount = uint96(answer); // at most the rest; sums of them stay below the token's supply of 2^96
            uint256 code = uint256(Code.COLLECTED);
            uint256 word = words.get(i);
            uint256 id = leases[i];
            unchecked {
                if (amount != rest) {
                    code = answer >> 96;
                    b.hot[id] -= rest - amount; // settled is the lowest field and holds at least this
                }
                if (W.landlord(word) != landlord) {
                    run.out.add(landlord, sum);
                    (landlord, sum) = (W.landlord(word), 0);
                }
                sum += amount;
                uint256 fromPot = uint96(results.get(i));
                if (amount != rest) item = LeasePlain.outcome(b, id, word, fromPot + amount, run.today);
                amount += fromPot;
            }
            results.set(i, (code << 96) | amount);
            _settled(b, run, id, word, Code(code), amount, item);
        }
        run.out.add(landlord, sum);
    }

    /// @dev The event of a plain lease, and what the credit history is told.
    /// @param hot the word before
    function _settled(LeaseBook.Book storage b, Run memory run, uint256 id, uint256 hot, Code code, uint256 amount, uint256 item) private {
        emit ILeaseAgreement.Settled(id, W.tenant(hot), code, amount);
        if (item == LeasePlain.SHAPED) LeaseCredit.report(b, run.ports.credit, id, 0, W.settled(hot), run.today.day, false);
        else if (item != 0) run.inTime.set(run.told++, item);
    }

    function _reportInTime(Run memory run) private {
        uint256[] memory items = run.inTime;
        uint256 n = run.told;
        if (n == 0) return;
        items.cut(n);
        run.ports.credit.countOnTime(IObligations.Kind.RENT, items);
    }

    // ---------------------------------------------------------------- all others

    function _settleShaped(LeaseBook.Book storage b, uint256 id, Run memory run) private returns (uint256 result) {
        (Code code, uint256 amount, LeaseBook.Payees memory p) = LeaseRounds.settle(b, id, run.today.day, run.ports);
        run.released += p.released;
        run.out.add(p);
        return _answer(code, amount);
    }
}
