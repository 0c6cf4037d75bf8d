// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {SuiteCalls} from "../lib/SuiteCalls.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseCredit} from "./LeaseCredit.sol";
import {LeasePlain} from "./LeasePlain.sol";
import {Till} from "./Till.sol";

/// @title Money that somebody brings for a tenant
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it works on LeaseAgreement's storage and calls
/// only the suite's own contracts.
library LeasePayments {
    using LeaseBook for LeaseBook.Book;
    using LeaseBook for LeaseBook.Lease;
    using LeaseBook for LeaseBook.Account;
    using RentMath for RentMath.Schedule;
    using SuiteCalls for ICreditRegistry;
    using Till for Till.Box;

    /// @notice The usual payment: at most what is due, nothing late, all of it the landlord's. Part of LeaseAgreement's own code.
    /// @param hot the lease's word: no flag, no prepaid cash
    /// @return done false, and nothing happened, if it is not that
    function receivePlain(
        LeaseBook.Book storage b,
        Till.Box storage till,
        LeaseBook.Ports memory ports,
        uint256 lease,
        uint256 hot,
        uint256 amount,
        address payer,
        uint256 day
    ) internal returns (bool done) {
        LeasePlain.Today memory today = LeasePlain.at(day);
        (uint256 due, uint256 item) = LeasePlain.due(b, lease, hot, today);
        if (due == LeasePlain.SHAPED || amount > due) return false;
        b.hot[lease] = hot + amount; // settled is the lowest field and has room for all that the lease costs
        emit ILeaseAgreement.RentPaid(lease, W.tenant(hot), payer, amount, 0, 0);
        if (amount != due) item = LeasePlain.outcome(b, lease, hot, amount, today);
        if (item == LeasePlain.SHAPED) LeaseCredit.report(b, ports.credit, lease, 0, W.settled(hot), day, false);
        else if (item != 0) ports.credit.countOneOnTime(IObligations.Kind.RENT, item);
        till.passOne(ports.token, ports.parties, payer, amount, W.landlord(hot));
        return true;
    }

    /// @notice Allocates a payment: principal due, late fees, prepayment. Reverts with LeasePaymentTooLarge(lease, amount, most) beyond all that
    /// the lease costs this tenant.
    /// @return payees who gets what, with what left the pot
    /// @return prepaid what stays in the pot [cmt]
    function receive_(
        LeaseBook.Book storage b, ICreditRegistry credit, uint32 lease, uint32 tenant, uint256 amount, address payer, uint256 day
    ) external returns (LeaseBook.Payees memory payees, uint256 prepaid) {
        LeaseBook.Lease memory l = b.load(lease);
        uint256 index = b.indexOf(l, tenant);
        LeaseBook.Account memory a = b.accountAt(l, index, day);
        l.usePot(a);
        (uint256 toRent, uint256 toFees) = a.allocate(amount);
        l.rentOut += toRent;
        l.feesOut += toFees;
        prepaid = amount - toRent - toFees;
        if (prepaid != 0) {
            uint256 whole = RentMath.shareOf(a.share, l.s.total());
            uint256 room = whole > a.settled + a.pot ? whole - a.settled - a.pot : 0;
            if (prepaid > room) revert ILeaseAgreement.LeasePaymentTooLarge(lease, amount, amount - prepaid + room);
            a.pot += prepaid;
        }
        b.store(l, a);
        emit ILeaseAgreement.RentPaid(lease, tenant, payer, toRent, toFees, prepaid);
        if (a.settled != a.before) LeaseCredit.report(b, credit, lease, index, a.before, day, false);
        payees = l.payees();
    }
}
