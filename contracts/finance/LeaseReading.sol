// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title The books as a person reads them
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it changes nothing.
library LeaseReading {
    using LeaseBook for LeaseBook.Book;
    using LeaseBook for LeaseBook.Account;
    using RentMath for RentMath.Schedule;

    /// @notice One account for each tenant, as of `day`.
    function accounts(LeaseBook.Book storage b, uint32 lease, uint256 day) external view returns (ILeaseAgreement.Account[] memory list) {
        LeaseBook.Lease memory l = b.load(lease);
        list = new ILeaseAgreement.Account[](l.count);
        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a = b.accountAt(l, i, day);
            uint256 share = l.count == 1 ? RentMath.BPS : W.accountShare(b.account[a.key]);
            list[i] = ILeaseAgreement.Account(uint32(a.tenant), uint16(share), a.due, a.settled, a.pot, a.lateFees());
        }
    }

    /// @notice The terms as they stand on `day`, after all changes.
    function summary(LeaseBook.Book storage b, uint32 lease, uint256 day) external view returns (ILeaseAgreement.Summary memory t) {
        LeaseBook.Lease memory l = b.load(lease);
        t.unit = uint32(W.unit(l.plan));
        t.landlord = uint32(W.landlord(l.hot));
        t.manager = uint32(W.manager(l.plan));
        t.startDay = uint32(W.startDay(l.plan));
        t.endDay = uint32(l.s.endDay);
        t.rent = uint64(l.s.rentAt(day));
        t.noticeDays = uint16(W.notice(l.plan));
        t.breakDay = uint32(W.breakDay(l.plan));
        t.breakFee = uint64(W.breakFee(b.fee[l.id << 2]));
        t.holdoverRate = uint16(W.holdover(l.plan));
        t.graceDays = uint8(W.grace(l.plan));
    }

    /// @notice All principal that falls due by the end of `day`, over all tenants. [cmt]
    function due(LeaseBook.Book storage b, uint32 lease, uint256 day) external view returns (uint256) {
        return b.load(lease).s.dueBy(day);
    }

    /// @notice The key of a tenant's account. Reverts with LeaseTenantUnknown(lease, tenant).
    function keyOf(LeaseBook.Book storage b, uint32 lease, uint32 tenant) external view returns (uint256) {
        LeaseBook.Lease memory l = b.load(lease);
        return (l.id << 2) | b.indexOf(l, tenant);
    }

    /// @notice Who gets a break fee: the landlord, or, where he pays it, the tenants by their shares (the last takes the rest).
    function breakFee(LeaseBook.Book storage b, uint32 lease, uint256 amount, bool toTenants)
        external
        view
        returns (uint256[] memory parties, uint256[] memory sums)
    {
        LeaseBook.Lease memory l = b.load(lease);
        parties = new uint256[](toTenants ? l.count : 1);
        sums = new uint256[](parties.length);
        (parties[0], sums[0]) = (W.landlord(l.hot), amount);
        for (uint256 i; toTenants && i < l.count; ++i) {
            LeaseBook.Account memory a = b.accountAt(l, i, l.s.rentStart);
            (parties[i], sums[i]) = (a.tenant, RentMath.shareOf(a.share, amount));
        }
    }
}
