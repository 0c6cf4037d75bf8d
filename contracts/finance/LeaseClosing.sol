// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseCredit} from "./LeaseCredit.sol";
import {Till} from "./Till.sol";

/// @title Money back: out of a running lease's prepayment, and at its end
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it works on LeaseAgreement's storage and calls
/// only the suite's own contracts.
library LeaseClosing {
    using LeaseBook for LeaseBook.Book;
    using LeaseBook for LeaseBook.Lease;
    using LeaseBook for LeaseBook.Account;
    using RentMath for RentMath.Schedule;

    /// @dev What a tenant gets back. [party, cmt]
    struct Tenant {
        uint256 party;
        uint256 amount;
    }

    /// @notice Brings every account to its end: prepaid cash pays what is due and the rest goes back, rent beyond the end is given back, what
    /// is still missing comes out of the tenant's own part of the deposit; then the deposit's review opens.
    function close(
        LeaseBook.Book storage b, mapping(uint256 key => uint256) storage landlordDebt, LeaseBook.Ports memory ports, uint32 lease, uint256 day
    ) external returns (LeaseBook.Payees memory payees, Tenant[] memory tenants) {
        LeaseBook.Lease memory l = b.load(lease);
        uint256 state = W.state(l.hot);
        if (state > uint256(ILeaseAgreement.State.Holdover)) revert ILeaseAgreement.LeaseStateWrong(lease, ILeaseAgreement.State(state));
        if (day < l.s.endDay) revert ILeaseAgreement.LeaseStillRunning(lease, l.s.endDay, day);
        tenants = new Tenant[](l.count);
        uint256 rentTaken;
        uint256 feesTaken;
        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a = b.accountAt(l, i, day);
            l.usePot(a);
            tenants[i] = Tenant(a.tenant, a.pot);
            if (a.pot != 0) {
                emit ILeaseAgreement.PrepaymentRefunded(lease, a.tenant, a.pot);
                l.released += a.pot;
                a.pot = 0;
            }
            if (a.settled > a.due) tenants[i].amount += _giveBack(l, a, landlordDebt, ports);
            uint256 missing = a.principal() + a.lateFees();
            if (missing != 0) {
                (uint256 toRent, uint256 toFees) = a.allocate(ports.escrow.takeArrears(lease, uint8(i), missing));
                rentTaken += toRent;
                feesTaken += toFees;
            }
            b.store(l, a);
            if (a.settled > a.before) LeaseCredit.report(b, ports.credit, lease, i, a.before, day, false);
        }
        l.rentOut += rentTaken;
        l.feesOut += feesTaken;
        payees = l.payees();
        bool review = ports.escrow.openReview(lease);
        b.hot[lease] = W.withState(l.hot, uint256(review ? ILeaseAgreement.State.DepositReview : ILeaseAgreement.State.Closed));
        emit ILeaseAgreement.LeaseClosed(lease, l.s.endDay, rentTaken, feesTaken);
    }

    /// @dev Rent forwarded beyond the end comes back: set off against late fees, then from the landlord's mandate; the rest is his debt.
    function _giveBack(
        LeaseBook.Lease memory l, LeaseBook.Account memory a, mapping(uint256 key => uint256) storage landlordDebt, LeaseBook.Ports memory ports
    ) private returns (uint256 got) {
        uint256 credit = a.settled - a.due;
        a.settled = a.due;
        uint256 setOff = a.lateFees() < credit ? a.lateFees() : credit;
        a.accrual -= setOff * RentMath.BPS;
        uint256[] memory party = new uint256[](1);
        uint256[] memory amount = new uint256[](1);
        party[0] = W.landlord(l.hot);
        amount[0] = credit - setOff;
        got = uint96(Till.collect(ports.token, ports.parties.walletsOf(party), amount)[0]);
        uint256 debt = credit - setOff - got;
        if (debt != 0) landlordDebt[a.key] += debt;
        emit ILeaseAgreement.EndCredit(l.id, a.tenant, setOff, got, debt);
    }

    // ---------------------------------------------------------------- money back while the lease runs

    /// @notice Gives a tenant prepaid cash back, after it has paid what is due.
    function refund(LeaseBook.Book storage b, ICreditRegistry credit, uint32 lease, uint32 tenant, uint256 amount, uint256 day)
        external
        returns (LeaseBook.Payees memory payees)
    {
        LeaseBook.Lease memory l = b.load(lease);
        uint256 index = b.indexOf(l, tenant);
        LeaseBook.Account memory a = b.accountAt(l, index, day);
        l.usePot(a);
        if (amount > a.pot) revert ILeaseAgreement.LeaseRefundTooLarge(lease, amount, a.pot);
        a.pot -= amount;
        l.released += amount;
        b.store(l, a);
        emit ILeaseAgreement.PrepaymentRefunded(lease, tenant, amount);
        if (a.settled != a.before) LeaseCredit.report(b, credit, lease, index, a.before, day, false);
        payees = l.payees();
    }
}
