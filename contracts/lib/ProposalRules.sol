// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {ILeaseChanges} from "../../interfaces/ILeaseChanges.sol";

/// @title What a lawful proposal is, and who must accept it
/// @notice The table in ILeaseChanges as code: pure functions over the facts of one lease; nothing is stored.
/// Money [cmt], days [day], rates [bps].
library ProposalRules {
    uint256 internal constant LANDLORD = 1; // bits of the masks of acceptors; tenants are 2 << index
    uint256 internal constant NEWCOMER = 32;
    uint256 internal constant MANAGER = 64;
    uint256 internal constant LANDLORD_INDEX = 0xff; // in place of a tenant's account index

    bytes private constant PROPOSAL =
        "LeaseProposal(uint8 kind,uint32 lease,uint8 index,uint32 day,uint32 party,uint64 amount,bool notice,bytes32 reasonHash,uint64 version,uint64 deadline)";
    bytes32 private constant PROPOSAL_TYPE = keccak256(PROPOSAL);
    bytes32 private constant ACCEPTANCE_TYPE =
        keccak256(abi.encodePacked("LeaseAcceptance(LeaseProposal proposal,uint32 acceptor,uint256 nonce)", PROPOSAL));

    /// @dev What a proposal is checked against, as of now.
    struct Facts {
        ILeaseAgreement.State state;
        uint256 today; // [day]
        uint256 holdoverRent; // of a holdover in force, 0 = none [cmt/month]
        ILeaseAgreement.Summary terms;
        ILeaseAgreement.Account[] accounts;
    }

    function load(ILeaseAgreement leases, uint32 lease) internal view returns (Facts memory f) {
        f.terms = leases.termsOf(lease);
        f.accounts = leases.accountsOf(lease);
        f.state = leases.stateOf(lease);
        f.today = leases.today();
    }

    /// @notice EIP-712 struct hash: every member is one word, so the nested change encodes as the flat struct does.
    function structHash(ILeaseChanges.Proposal memory p) internal pure returns (bytes32) {
        return keccak256(abi.encode(PROPOSAL_TYPE, p));
    }

    /// @notice EIP-712 struct hash of one party's acceptance.
    function acceptanceHash(ILeaseChanges.Proposal memory p, uint32 party, uint256 nonce) internal pure returns (bytes32) {
        return keccak256(abi.encode(ACCEPTANCE_TYPE, structHash(p), party, nonce));
    }

    /// @notice The mask of who must accept; reverts with ProposalInvalid(field, value, bound) if it is not a lawful proposal.
    function required(Facts memory f, ILeaseChanges.Proposal memory p) internal pure returns (uint256) {
        ILeaseAgreement.Change memory c = p.change;
        if (c.kind == ILeaseAgreement.ChangeKind.END) return _end(f, p);
        _need(!p.notice, "notice", 1, 0);
        if (isWaiver(c.kind)) return _waiver(f, p);
        if (c.kind == ILeaseAgreement.ChangeKind.SALE) {
            _need(c.index == 0, "index", c.index, 0);
            _newcomer(f, c);
            return LANDLORD | NEWCOMER;
        }
        if (c.kind == ILeaseAgreement.ChangeKind.TENANT) {
            _account(f, c.index);
            _newcomer(f, c);
            return LANDLORD | tenants(f) | NEWCOMER;
        }
        _nobody(c);
        if (c.kind == ILeaseAgreement.ChangeKind.HOLDOVER && f.terms.holdoverRate != 0) {
            uint256 agreed = f.holdoverRent;
            // rounded down, for the tenant
            if (agreed == 0) agreed = (uint256(f.terms.rent) * f.terms.holdoverRate) / 10_000;
            _need(c.amount == agreed, "amount", c.amount, agreed);
        }
        return LANDLORD | tenants(f);
    }

    function _end(Facts memory f, ILeaseChanges.Proposal memory p) private pure returns (uint256) {
        ILeaseAgreement.Change memory c = p.change;
        _need(c.day >= f.today, "day", c.day, f.today);
        if (p.notice || c.amount != 0) {
            uint256 payer = c.index == LANDLORD_INDEX ? f.terms.landlord : _account(f, c.index);
            _need(c.party == payer, "party", c.party, payer);
        } else {
            _nobody(c);
        }
        if (!p.notice) return LANDLORD | tenants(f);
        bool open = f.state == ILeaseAgreement.State.Active || f.state == ILeaseAgreement.State.Holdover;
        if (!open) revert ILeaseChanges.ProposalStateWrong(c.lease, f.state);
        _need(f.terms.breakDay != 0, "breakDay", 0, 1);
        uint256 earliest = f.today + f.terms.noticeDays;
        if (earliest < f.terms.breakDay) earliest = f.terms.breakDay;
        _need(c.day >= earliest, "day", c.day, earliest);
        _need(c.day < f.terms.endDay, "day", c.day, f.terms.endDay - 1);
        _need(c.amount == f.terms.breakFee, "amount", c.amount, f.terms.breakFee);
        return c.index == LANDLORD_INDEX ? LANDLORD : tenants(f);
    }

    function _waiver(Facts memory f, ILeaseChanges.Proposal memory p) private pure returns (uint256) {
        ILeaseAgreement.Change memory c = p.change;
        uint256 tenant = _account(f, c.index);
        _need(c.party == tenant, "party", c.party, tenant);
        _need(c.day == 0, "day", c.day, 0);
        _need(c.amount != 0, "amount", 0, 1);
        _need(p.reasonHash != 0, "reasonHash", 0, 1);
        return LANDLORD | MANAGER;
    }

    /// @dev The newcomer is none of the parties: nobody is his own landlord or holds two accounts.
    function _newcomer(Facts memory f, ILeaseAgreement.Change memory c) private pure {
        _need(c.day == 0, "day", c.day, 0);
        _need(c.amount == 0, "amount", c.amount, 0);
        _need(c.party != 0 && roles(f, c.party, 0) == 0, "party", c.party, 0);
    }

    function _nobody(ILeaseAgreement.Change memory c) private pure {
        _need(c.index == 0, "index", c.index, 0);
        _need(c.party == 0, "party", c.party, 0);
    }

    function _account(Facts memory f, uint256 index) private pure returns (uint256 tenant) {
        _need(index < f.accounts.length, "index", index, f.accounts.length - 1);
        return f.accounts[index].tenant;
    }

    function _need(bool ok, bytes32 field, uint256 value, uint256 bound) private pure {
        if (!ok) revert ILeaseChanges.ProposalInvalid(field, value, bound);
    }

    function isWaiver(ILeaseAgreement.ChangeKind kind) internal pure returns (bool) {
        return kind == ILeaseAgreement.ChangeKind.WAIVE_RENT || kind == ILeaseAgreement.ChangeKind.WAIVE_FEES;
    }

    /// @notice The bits of all tenants.
    function tenants(Facts memory f) internal pure returns (uint256) {
        return (2 << f.accounts.length) - 2;
    }

    /// @notice The acceptors that a party is, as bits.
    function roles(Facts memory f, uint256 party, uint256 newcomer) internal pure returns (uint256 bits) {
        if (party == f.terms.landlord) bits = LANDLORD;
        if (party == newcomer) bits |= NEWCOMER;
        for (uint256 i; i < f.accounts.length; ++i) if (party == f.accounts[i].tenant) bits |= 2 << i;
    }

    /// @notice The party that stands for one bit of the mask.
    function partyAt(Facts memory f, uint256 bit, uint256 newcomer) internal pure returns (uint256) {
        return bit == 0 ? f.terms.landlord : bit == 5 ? newcomer : f.accounts[bit - 1].tenant;
    }

    /// @notice Principal that had fallen due by a day and is unpaid now; prepaid cash counts as paid.
    /// Σ accounts of max(0, share of `due` − settled − pot)
    /// @param due of the whole lease by that day [cmt]
    function unpaid(Facts memory f, uint256 due) internal pure returns (uint256 sum) {
        uint256 left = due;
        for (uint256 i; i < f.accounts.length; ++i) {
            ILeaseAgreement.Account memory a = f.accounts[i];
            // the last account takes what the others' rounded shares leave
            uint256 part = i + 1 == f.accounts.length ? left : (due * a.share) / 10_000;
            left -= part;
            if (part > a.settled + a.pot) sum += part - a.settled - a.pot;
        }
    }
}
