// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseCredit} from "./LeaseCredit.sol";
import {Till} from "./Till.sol";

/// @title One lease of a settlement run that its hot word alone does not explain
/// @notice Joint tenants, a commission, late fees or a shaped schedule: account by account. A linked library of LeaseAgreement, which
/// would not fit its size limit with it; it works on LeaseAgreement's storage and calls only the suite's own contracts.
library LeaseRounds {
    using LeaseBook for LeaseBook.Book;
    using LeaseBook for LeaseBook.Lease;
    using LeaseBook for LeaseBook.Account;

    /// @dev The accounts on their way, by index. [cmt]
    struct Round {
        LeaseBook.Account[] accounts;
        uint256[] wallets;
        uint256[] given; // from the pot, or by a covering tenant
        uint256[] asked; // principal asked of the mandate
        uint256[] rent; // the token's answers for it
        uint256[] fees; // late fee asked of the mandate
        uint256[] late; // the token's answers for it
    }

    /// @notice Settles one lease as of `day`: prepaid cash, then the tenants' mandates, rent before late fees.
    function settle(LeaseBook.Book storage b, uint256 id, uint256 day, LeaseBook.Ports memory ports)
        external
        returns (Code code, uint256 amount, LeaseBook.Payees memory payees)
    {
        LeaseBook.Lease memory l = b.load(id);
        Round memory r;
        r.accounts = new LeaseBook.Account[](l.count);
        r.given = new uint256[](l.count);
        r.asked = new uint256[](l.count);
        r.wallets = new uint256[](l.count);
        uint256 open;
        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a = r.accounts[i] = b.accountAt(l, i, day);
            r.given[i] = l.takePot(a);
            r.asked[i] = a.principal();
            r.wallets[i] = a.tenant;
            if (r.given[i] + r.asked[i] + a.lateFees() != 0) ++open;
        }
        if (open == 0) return (Code.NOTHING_DUE, 0, payees);
        r.wallets = ports.parties.walletsOf(r.wallets);
        _collectRent(l, r, ports.token);
        _collectFees(l, r, ports.token);
        (code, amount) = _write(b, l, r, ports.credit);
        payees = l.payees();
    }

    function _collectRent(LeaseBook.Lease memory l, Round memory r, ICommunityToken token) private {
        r.rent = Till.collect(token, r.wallets, r.asked);
        for (uint256 i; i < l.count; ++i) {
            uint256 got = uint96(r.rent[i]);
            r.accounts[i].settled += got;
            l.rentOut += got;
        }
        uint256 mask = W.cover(l.plan);
        if (mask != 0 && l.count != 1) _cover(l, r, token, mask);
    }

    /// @dev Tenants who signed for it pay what the others' mandates did not.
    function _cover(LeaseBook.Lease memory l, Round memory r, ICommunityToken token, uint256 mask) private {
        for (uint256 i; i < l.count; ++i) {
            for (uint256 j; j < l.count; ++j) {
                uint256 missing = r.accounts[i].principal();
                if (missing == 0) break;
                if (i == j || (mask >> j) & 1 == 0) continue;
                uint256[] memory amounts = new uint256[](l.count);
                amounts[j] = missing;
                uint256 got = uint96(Till.collect(token, r.wallets, amounts)[j]);
                if (got == 0) continue;
                r.accounts[i].settled += got;
                r.given[i] += got;
                l.rentOut += got;
                emit ILeaseAgreement.ShareCovered(l.id, r.accounts[i].tenant, r.accounts[j].tenant, got);
            }
        }
    }

    /// @dev A late fee is never collected before the rent.
    function _collectFees(LeaseBook.Lease memory l, Round memory r, ICommunityToken token) private {
        r.fees = new uint256[](l.count);
        for (uint256 i; i < l.count; ++i) {
            if (r.accounts[i].principal() == 0) r.fees[i] = r.accounts[i].lateFees();
        }
        r.late = Till.collect(token, r.wallets, r.fees);
        for (uint256 i; i < l.count; ++i) {
            uint256 got = uint96(r.late[i]);
            r.accounts[i].accrual -= got * RentMath.BPS;
            l.feesOut += got;
        }
    }

    /// @dev Writes the accounts, one event each, and answers for the lease.
    function _write(LeaseBook.Book storage b, LeaseBook.Lease memory l, Round memory r, ICreditRegistry credit) private returns (Code, uint256 total) {
        Code first = Code.COLLECTED; // the first account's code that is not COLLECTED
        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a = r.accounts[i];
            uint256 amount = r.given[i] + uint96(r.rent[i]) + uint96(r.late[i]);
            if (amount + r.asked[i] + r.fees[i] == 0) continue;
            total += amount;
            Code code = Code.COLLECTED;
            if (a.principal() != 0) code = Code(r.rent[i] >> 96);
            else if (uint96(r.late[i]) != r.fees[i]) code = r.given[i] + r.asked[i] == 0 ? Code(r.late[i] >> 96) : Code.RENT_ONLY;
            if (first == Code.COLLECTED) first = code;
            b.store(l, a);
            emit ILeaseAgreement.Settled(l.id, a.tenant, code, amount);
            if (a.settled != a.before) LeaseCredit.report(b, credit, l.id, i, a.before, a.day, false);
        }
        bool split = l.count != 1 && first != Code.COLLECTED && total != 0;
        return (split ? Code.SHARES_MISSING : first, total);
    }
}
