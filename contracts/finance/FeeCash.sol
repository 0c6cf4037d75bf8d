// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Tally} from "../lib/Tally.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeePosting} from "./FeePosting.sol";

/// @title One payment in, one refund out
/// @notice A linked library of PropertyFee, which would not fit its size limit with it; it works on PropertyFee's storage and calls only the
/// suite's own contracts. The money itself is moved by PropertyFee.
library FeeCash {
    using FeeBook for FeeBook.Book;
    using FeeBook for FeeBook.Account;
    using FeePosting for FeeBook.Book;
    using Tally for Tally.Sums;

    /// @dev What the payer thinks he pays for.
    struct Claim {
        uint256 account;
        uint256 unit;
        uint256 category;
        uint256 party;
        uint256 amount;
        address payer;
    }

    /// @notice Allocates a payment: principal due, late fees, then the rest of a plan or prepayment.
    function pay(FeeBook.Book storage b, FeeBook.Ports memory ports, Claim memory c)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        if (c.amount == 0) revert IPropertyFee.FeeAmountZero();
        FeeBook.Account memory a = b.bring(ports, c.account);
        if (W.unit(a.hot) != c.unit || W.category(a.hot) != c.category || W.party(a.hot) != c.party) {
            revert IPropertyFee.FeeAccountMismatch(c.account, W.unit(a.hot), W.category(a.hot), W.party(a.hot));
        }
        uint256 fromPot = a.principal;
        uint256 feesFromPot = a.fees;
        uint256 given = a.reduction;
        uint256 rest = c.amount - a.discharge(c.amount, false);
        rest -= a.payFees(rest);
        if (rest != 0) {
            uint256 most = a.room();
            if (rest > most) revert IPropertyFee.FeePaymentTooLarge(c.account, c.amount, c.amount - rest + most);
            if (a.planLeft() != 0) {
                a.payPlan(rest, false);
                a.principal += rest;
                rest = 0;
            } else {
                a.pot += rest;
                b.till.held += rest;
            }
        }
        emit IPropertyFee.FeePaid(
            c.account, c.party, c.payer, a.principal - fromPot, a.fees - feesFromPot, rest, a.reduction - given, a.level
        );
        Tally.Sums memory out = Tally.create(3);
        b.finish(ports, a, false, out);
        return out.list();
    }

    /// @notice Gives the account's party prepaid cash back, after it has paid what is due.
    function refund(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, uint256 party, uint256 amount, address caller)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        if (amount == 0) revert IPropertyFee.FeeAmountZero();
        FeeBook.Account memory a = b.bring(ports, account);
        if (party == 0 || W.party(a.hot) != party) revert IPropertyFee.FeeNotParty(account, caller);
        if (amount > a.pot) revert IPropertyFee.FeeRefundTooLarge(account, amount, a.pot);
        a.pot -= amount;
        b.till.held -= amount;
        emit IPropertyFee.PrepaymentRefunded(account, party, amount);
        Tally.Sums memory out = Tally.create(3);
        b.finish(ports, a, false, out);
        out.add(party, amount);
        return out.list();
    }

    /// @notice Pays the account's party out of what was withheld from the payee.
    function claimCredit(FeeBook.Book storage b, uint256 account, uint256 payee) external returns (uint256 party, uint256 amount) {
        uint256 key = (account << 32) | payee;
        uint256 credit = b.credit[key];
        uint256 withheld = b.withheld[payee];
        amount = credit < withheld ? credit : withheld;
        party = W.party(b.hot[account]);
        if (amount == 0) revert IPropertyFee.FeeNothingOwed(party);
        b.credit[key] = credit - amount;
        b.withheld[payee] = withheld - amount;
        b.till.held -= amount;
        emit IPropertyFee.CreditPaid(account, payee, amount);
    }

    /// @notice Pays a payee's debt to an account's party with somebody's money.
    function payCredit(FeeBook.Book storage b, uint256 account, uint256 payee, uint256 amount) external returns (uint256 party) {
        if (amount == 0) revert IPropertyFee.FeeAmountZero();
        uint256 key = (account << 32) | payee;
        uint256 most = b.credit[key] < b.debt[payee] ? b.credit[key] : b.debt[payee];
        if (amount > most) revert IPropertyFee.FeeCreditTooSmall(account, payee, most);
        b.credit[key] -= amount;
        b.debt[payee] -= amount;
        party = W.party(b.hot[account]);
        emit IPropertyFee.CreditPaid(account, payee, amount);
    }
}
