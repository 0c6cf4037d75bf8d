// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {SuiteCalls} from "../lib/SuiteCalls.sol";
import {Tally} from "../lib/Tally.sol";
import {BillBook} from "./BillBook.sol";
import {BillCorrections} from "./BillCorrections.sol";
import {Till} from "./Till.sol";

/// @title Money that somebody brings for a bill
/// @notice Part of BillRuns' own code. Money [cmt], days [day].
library BillPayments {
    using BillBook for BillBook.Book;
    using BillBook for BillBook.Item;
    using SuiteCalls for ICreditRegistry;
    using Tally for Tally.Sums;
    using Till for Till.Box;

    /// @notice The money of a bill that is paid whole by its proof, and its outcome; the caller has written that it is over and done with.
    function settleAtOnce(
        Till.Box storage till,
        ICommunityToken token,
        IPartyRegistry parties,
        ICreditRegistry credit,
        uint256 terms,
        address payer,
        uint256 amount,
        uint256 item
    ) internal {
        uint256 bps = W.managerBps(terms);
        if (bps == 0) {
            till.passOne(token, parties, payer, amount, W.payee(terms));
        } else {
            uint256 part = BillMath.managerPart(amount, bps);
            Tally.Sums memory out = Tally.create(2);
            out.add(W.payee(terms), amount - part);
            out.add(W.manager(terms), part);
            till.pass(token, parties, payer, amount, out);
        }
        credit.countOneOnTime(IObligations.Kind.FEES, item);
    }

    /// @notice The outcome of a bill that is discharged by `day`, as CreditRegistry takes it.
    function onTimeItem(uint256 dueDay, uint256 party) internal pure returns (uint256) {
        return (Calendar.monthOf(dueDay) << 32) | party;
    }

    /// @notice An issued bill, if it is the party's.
    function loadFor(BillBook.Book storage b, uint256 key, uint32 party, uint256 day) internal view returns (BillBook.Item memory a) {
        a = b.load(key, day);
        if (a.word == 0) revert IBillRuns.BillUnknown(key);
        if (a.party != party) revert IBillRuns.BillPartyMismatch(key, party, a.party);
    }

    /// @notice Books a payment and reports its outcome; the money is the caller's next step.
    /// @return out who is to be paid
    function take(BillBook.Book storage b, ICreditRegistry credit, BillBook.Item memory a, address payer, uint256 amount)
        internal
        returns (Tally.Sums memory out)
    {
        uint256 most = a.payable_();
        if (amount > most) revert IBillRuns.BillPaymentTooLarge(a.key, amount, most);
        (uint256 principal, uint256 fees) = a.allocate(amount);
        bool discharged = b.store(a);
        emit IBillRuns.BillPaid(a.key, a.party, payer, principal, fees);
        if (discharged) BillCorrections.report(credit, a, principal != 0);
        out = Tally.create(2);
        a.share(principal, fees, out);
    }

    /// @notice Part of what a credit note found to be paid too much goes back.
    /// @return party whose bill it was
    function giveBack(BillBook.Book storage b, uint256 key, uint256 amount, address payer) internal returns (uint256 party) {
        uint64 repayable = b.repayable[key];
        if (amount > repayable) revert IBillRuns.BillPaymentTooLarge(key, amount, repayable);
        b.repayable[key] = repayable - uint64(amount);
        party = W.party(b.bill[key]);
        emit IBillRuns.CreditRepaid(key, party, payer, amount);
    }
}
