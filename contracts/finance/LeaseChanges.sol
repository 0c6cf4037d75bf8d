// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {ILeaseChanges} from "../../interfaces/ILeaseChanges.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {ProposalRules} from "../lib/ProposalRules.sol";
import {Signatures} from "../lib/Signatures.sol";

/// @title What the parties of a lease agree after signing it
/// @dev Invariants (tests/contracts/LeaseChanges): 1. nothing is applied without every acceptor of its kind (test_requiredOf, test_accept,
/// test_applySigned) · 2. what is applied was accepted at the lease's present version (test_accept, test_waivers) · 3. waivedIn is the sum of
/// the waivers applied (test_waivers) · 4. nobody can keep another party from proposing (test_propose).
/// A proposal is not stored but its hash; each call brings it along.
contract LeaseChanges is ILeaseChanges, Sponsored, EIP712 {
    using ProposalRules for ProposalRules.Facts;

    string public constant VERSION = "1";
    uint256 public constant PROPOSAL_DAYS = 90; // longest life of an open proposal
    uint256 public constant DEFAULT_AGE_DAYS = 14; // arrears count for a default so long after their grace
    uint256 public constant CURE_DAYS = 14; // from the default notice
    uint256 public constant RECOVERY_DAYS = 30; // longer to cure while a tenant's wallet is being recovered
    uint256 public constant DEFAULT_LEAVE_DAYS = 14; // from the end of the cure to the end of the lease
    uint256 public constant LANDLORD_INDEX = ProposalRules.LANDLORD_INDEX; // in place of a tenant's account index

    IPartyRegistry private immutable PARTIES;
    ILeaseAgreement private immutable LEASES;
    ICreditRegistry private immutable CREDIT;

    struct Versions {
        uint64 changes; // all but waivers
        uint64 waivers;
        uint64 holdoverRent; // in force since a holdover, 0 = none [cmt/month]
    }

    struct Waivers {
        uint128 principal; // [cmt]
        uint128 lateFees; // [cmt]
    }

    struct DefaultNotice {
        uint32 day; // given on [day]
        uint64 changes; // version it was given for
    }

    mapping(bytes32 id => Progress) private _progress;
    mapping(uint256 key => bytes32 id) private _open; // key = lease << 40 | kind << 32 | proposer
    mapping(uint32 lease => Versions) private _versions;
    mapping(uint32 lease => DefaultNotice) private _notices;
    /// @inheritdoc ILeaseChanges
    mapping(uint32 party => uint256) public acceptanceNonce;
    /// @inheritdoc ILeaseChanges
    mapping(uint256 month => Waivers) public waivedIn;

    constructor(address authority, address forwarder, address parties, address leases, address credit)
        Sponsored(authority, forwarder)
        EIP712("Commonhold LeaseChanges", VERSION)
    {
        PARTIES = IPartyRegistry(parties);
        LEASES = ILeaseAgreement(leases);
        CREDIT = ICreditRegistry(credit);
    }

    // ================================================================ propose and accept

    /// @inheritdoc ILeaseChanges
    function propose(Proposal memory proposal) external returns (bytes32 id) {
        (ProposalRules.Facts memory facts, uint256 required) = _check(proposal);
        uint32 party = _callerParty(proposal.change.lease);
        id = _begin(proposal, facts, party, required, facts.roles(party, proposal.change.party) & required);
    }

    /// @inheritdoc ILeaseChanges
    function accept(Proposal memory proposal) external {
        (ProposalRules.Facts memory facts,) = _check(proposal);
        uint32 party = _callerParty(proposal.change.lease);
        _accept(proposal, facts, party, facts.roles(party, proposal.change.party));
    }

    /// @inheritdoc ILeaseChanges
    function acceptBySignature(Proposal memory proposal, uint32 party, bytes calldata signature) external {
        (ProposalRules.Facts memory facts,) = _check(proposal);
        _checkSignature(proposal, party, signature);
        _accept(proposal, facts, party, facts.roles(party, proposal.change.party));
    }

    /// @inheritdoc ILeaseChanges
    function applySigned(Proposal memory proposal, bytes[] calldata signatures) external {
        (ProposalRules.Facts memory facts, uint256 required) = _check(proposal);
        if (required & ProposalRules.MANAGER != 0) revert ProposalInvalid("kind", uint256(proposal.change.kind), 0);
        uint256 used;
        for (uint256 i; i < 6; ++i) {
            if ((required >> i) & 1 == 0) continue;
            uint256 party = facts.partyAt(i, proposal.change.party);
            if (used == signatures.length) revert ProposalSignatureInvalid(party, address(0));
            _checkSignature(proposal, uint32(party), signatures[used++]);
        }
        if (used != signatures.length) revert ProposalInvalid("signatures", signatures.length, used);
        _apply(proposal, facts, hashProposal(proposal));
    }

    /// @inheritdoc ILeaseChanges
    function withdraw(bytes32 id) external {
        Progress memory progress = _progress[id];
        if (progress.required == 0) revert ProposalUnknown(id);
        uint32 party = PARTIES.partyOf(_msgSender());
        if (party == 0 || party != progress.proposer) revert ProposalNotProposer(id, _msgSender());
        _close(id);
        emit ProposalWithdrawn(id, party);
    }

    /// @inheritdoc ILeaseChanges
    function raiseAcceptanceNonce() external returns (uint256 nonce) {
        uint32 party = PARTIES.partyOf(_msgSender());
        if (party == 0) revert ProposalNotParty(0, _msgSender());
        nonce = ++acceptanceNonce[party];
        emit AcceptanceNonceRaised(party, nonce);
    }

    function _begin(Proposal memory p, ProposalRules.Facts memory facts, uint32 proposer, uint256 required, uint256 bits) private returns (bytes32 id) {
        ILeaseAgreement.Change memory c = p.change;
        if (bits == 0) revert ProposalNotParty(c.lease, _msgSender());
        if (p.deadline > block.timestamp + PROPOSAL_DAYS * 1 days) {
            revert ProposalInvalid("deadline", p.deadline, block.timestamp + PROPOSAL_DAYS * 1 days);
        }
        id = hashProposal(p);
        if (_progress[id].required != 0) revert ProposalExists(id);
        emit ProposalMade(id, c.lease, proposer, required, p);
        if (bits == required) {
            _apply(p, facts, id);
            return id;
        }
        uint256 key = _key(c.lease, c.kind, proposer);
        bytes32 other = _open[key];
        if (other != 0) {
            Progress memory old = _progress[other];
            if (old.deadline >= block.timestamp && old.version == p.version) revert ProposalOpen(c.lease, c.kind, other);
            delete _progress[other];
        }
        _open[key] = id;
        _progress[id] = Progress(c.lease, c.kind, proposer, uint8(required), uint8(bits), p.version, p.deadline);
    }

    function _accept(Proposal memory p, ProposalRules.Facts memory facts, uint32 party, uint256 bits) private {
        bytes32 id = hashProposal(p);
        Progress memory progress = _progress[id];
        if (progress.required == 0) revert ProposalUnknown(id);
        bits &= progress.required;
        if (bits == 0) revert ProposalNotParty(p.change.lease, _msgSender());
        if (progress.accepted & bits != 0) revert ProposalAcceptedAlready(id, party);
        progress.accepted |= uint8(bits);
        emit ProposalAccepted(id, party);
        if (progress.accepted == progress.required) _apply(p, facts, id);
        else _progress[id].accepted = progress.accepted;
    }

    /// @dev The one place where a change is told to LeaseAgreement.
    function _apply(Proposal memory p, ProposalRules.Facts memory facts, bytes32 id) private {
        ILeaseAgreement.Change memory c = p.change;
        if (_progress[id].required != 0) _close(id);
        if (ProposalRules.isWaiver(c.kind)) {
            ++_versions[c.lease].waivers;
            _countWaiver(c, p.reasonHash);
        } else {
            ++_versions[c.lease].changes;
            _rememberHoldover(c);
        }
        emit ProposalApplied(id, c.lease, c.kind, p.reasonHash);
        if (c.kind == ILeaseAgreement.ChangeKind.SALE) {
            for (uint256 i; i < facts.accounts.length; ++i) {
                emit SaleNotified(c.lease, facts.accounts[i].tenant, facts.terms.landlord, c.party);
            }
        }
        LEASES.applyChange(c);
    }

    /// @dev A second holdover costs what the first one does: the agreed rate is not taken of itself.
    function _rememberHoldover(ILeaseAgreement.Change memory c) private {
        Versions storage v = _versions[c.lease];
        if (c.kind == ILeaseAgreement.ChangeKind.RENEWAL) v.holdoverRent = 0;
        else if (c.kind == ILeaseAgreement.ChangeKind.HOLDOVER) v.holdoverRent = c.amount;
        else if (c.kind == ILeaseAgreement.ChangeKind.RENT && v.holdoverRent != 0) v.holdoverRent = c.amount;
    }

    function _close(bytes32 id) private {
        Progress memory progress = _progress[id];
        delete _open[_key(progress.lease, progress.kind, progress.proposer)];
        delete _progress[id];
    }

    function _key(uint32 lease, ILeaseAgreement.ChangeKind kind, uint32 proposer) private pure returns (uint256) {
        return (uint256(lease) << 40) | (uint256(kind) << 32) | proposer;
    }

    /// @dev Reverts unless the proposal could be accepted now; answers the facts and the mask of its acceptors.
    function _check(Proposal memory p) private view returns (ProposalRules.Facts memory facts, uint256 required) {
        if (block.timestamp > p.deadline) revert ProposalExpired(p.deadline, block.timestamp);
        uint64 version = versionOf(p.change.lease, p.change.kind);
        if (p.version != version) revert ProposalStale(p.change.lease, p.version, version);
        uint256 until = LEASES.pausedUntil();
        if (block.timestamp < until && p.change.kind != ILeaseAgreement.ChangeKind.END) revert ProposalsPaused(until);
        facts = ProposalRules.load(LEASES, p.change.lease);
        facts.holdoverRent = _versions[p.change.lease].holdoverRent;
        required = facts.required(p);
    }

    // ================================================================ who acts

    function _callerParty(uint32 lease) private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0 || PARTIES.walletOf(party) != _msgSender()) revert ProposalNotParty(lease, _msgSender());
        if (PARTIES.recoveryPending(party)) revert ProposalPartyInRecovery(party);
    }

    function _checkSignature(Proposal memory p, uint32 party, bytes calldata signature) private view {
        if (PARTIES.recoveryPending(party)) revert ProposalPartyInRecovery(party);
        address wallet = PARTIES.walletOf(party);
        bool signed = wallet != address(0) && Signatures.isValid(wallet, hashAcceptance(p, party), signature);
        if (!signed) revert ProposalSignatureInvalid(party, wallet);
    }

    // ================================================================ waivers

    /// @inheritdoc ILeaseChanges
    function proposeWaiver(Proposal memory proposal) external restricted returns (bytes32 id) {
        (ProposalRules.Facts memory facts, uint256 required) = _check(proposal);
        _checkOffice(facts);
        id = _begin(proposal, facts, 0, required, ProposalRules.MANAGER & required);
    }

    /// @inheritdoc ILeaseChanges
    function approveWaiver(Proposal memory proposal) external restricted {
        (ProposalRules.Facts memory facts,) = _check(proposal);
        _checkOffice(facts);
        _accept(proposal, facts, 0, ProposalRules.MANAGER);
    }

    /// @inheritdoc ILeaseChanges
    function withdrawWaiver(bytes32 id) external restricted {
        Progress memory progress = _progress[id];
        if (progress.required == 0) revert ProposalUnknown(id);
        if (progress.proposer != 0) revert ProposalNotProposer(id, _msgSender());
        _close(id);
        emit ProposalWithdrawn(id, 0);
    }

    /// @dev The AccessManager's `execute` could lend one officer a second face.
    function _checkOffice(ProposalRules.Facts memory facts) private view {
        address caller = _msgSender();
        if (caller == authority() || PARTIES.partyOf(caller) == facts.terms.landlord) revert ProposalCheckerIsMaker(caller);
    }

    function _countWaiver(ILeaseAgreement.Change memory c, bytes32 reasonHash) private {
        bool rent = c.kind == ILeaseAgreement.ChangeKind.WAIVE_RENT;
        uint256 month = Calendar.monthOf(LEASES.today());
        if (rent) waivedIn[month].principal += c.amount;
        else waivedIn[month].lateFees += c.amount;
        emit Waived(c.lease, c.party, month, rent ? c.amount : 0, rent ? 0 : c.amount, reasonHash);
    }

    // ================================================================ default

    /// @inheritdoc ILeaseChanges
    function giveDefaultNotice(uint32 lease) external {
        _giveDefaultNotice(lease, _callerAsLandlord(lease));
    }

    /// @inheritdoc ILeaseChanges
    function giveDefaultNoticeAsManager(uint32 lease) external restricted {
        _giveDefaultNotice(lease, 0);
    }

    /// @inheritdoc ILeaseChanges
    function endForDefault(uint32 lease) external {
        _endForDefault(lease, _callerAsLandlord(lease));
    }

    /// @inheritdoc ILeaseChanges
    function endForDefaultAsManager(uint32 lease) external restricted {
        _endForDefault(lease, 0);
    }

    function _callerAsLandlord(uint32 lease) private view returns (uint32 party) {
        party = _callerParty(lease);
        if (party != LEASES.termsOf(lease).landlord) revert ProposalNotParty(lease, _msgSender());
    }

    function _giveDefaultNotice(uint32 lease, uint32 by) private {
        ProposalRules.Facts memory facts = _runningFactsOf(lease);
        uint256 arrears = _oldArrears(lease, facts, facts.today);
        if (arrears < facts.terms.rent) revert DefaultArrearsTooSmall(lease, arrears, facts.terms.rent);
        _notices[lease] = DefaultNotice(uint32(facts.today), _versions[lease].changes);
        emit DefaultNoticeGiven(lease, by, arrears, facts.today + CURE_DAYS);
    }

    function _endForDefault(uint32 lease, uint32 by) private {
        ProposalRules.Facts memory facts = _runningFactsOf(lease);
        DefaultNotice memory notice = _notices[lease];
        if (notice.day == 0 || notice.changes != _versions[lease].changes) revert DefaultNoticeMissing(lease);
        uint256 cureDay = _cureDayOf(notice, facts);
        if (facts.today <= cureDay) revert DefaultCuring(lease, cureDay, facts.today);
        uint256 arrears = _oldArrears(lease, facts, notice.day);
        if (arrears < facts.terms.rent) revert DefaultArrearsTooSmall(lease, arrears, facts.terms.rent);
        delete _notices[lease];
        uint256 day = facts.today + DEFAULT_LEAVE_DAYS;
        bool earlier = day < facts.terms.endDay;
        emit LeaseDefaulted(lease, by, arrears, earlier ? day : facts.terms.endDay);
        for (uint256 i; i < facts.accounts.length; ++i) {
            ILeaseAgreement.Account memory a = facts.accounts[i];
            if (a.due > a.settled) CREDIT.reportDefault((uint256(lease) << 24) | (i << 16), a.tenant, uint32(facts.today));
        }
        if (!earlier) return;
        ++_versions[lease].changes;
        LEASES.applyChange(ILeaseAgreement.Change(ILeaseAgreement.ChangeKind.END, lease, 0, uint32(day), 0, 0));
    }

    /// @dev A lease that is over is closed, not ended.
    function _runningFactsOf(uint32 lease) private view returns (ProposalRules.Facts memory facts) {
        facts = ProposalRules.load(LEASES, lease);
        bool running = facts.state == ILeaseAgreement.State.Active || facts.state == ILeaseAgreement.State.Notice
            || facts.state == ILeaseAgreement.State.Holdover;
        if (!running) revert ProposalStateWrong(lease, facts.state);
    }

    /// @dev Unpaid principal whose grace was over DEFAULT_AGE_DAYS before `day`.
    function _oldArrears(uint32 lease, ProposalRules.Facts memory facts, uint256 day) private view returns (uint256) {
        return facts.unpaid(LEASES.dueOn(lease, uint32(day - facts.terms.graceDays - DEFAULT_AGE_DAYS)));
    }

    function _cureDayOf(DefaultNotice memory notice, ProposalRules.Facts memory facts) private view returns (uint256 day) {
        day = notice.day + CURE_DAYS;
        for (uint256 i; i < facts.accounts.length; ++i) {
            if (PARTIES.recoveryPending(facts.accounts[i].tenant)) return day + RECOVERY_DAYS;
        }
    }

    // ================================================================ look

    /// @inheritdoc ILeaseChanges
    function hashProposal(Proposal memory p) public pure returns (bytes32) {
        return ProposalRules.structHash(p);
    }

    /// @inheritdoc ILeaseChanges
    function hashAcceptance(Proposal memory p, uint32 party) public view returns (bytes32) {
        return _hashTypedDataV4(ProposalRules.acceptanceHash(p, party, acceptanceNonce[party]));
    }

    /// @inheritdoc ILeaseChanges
    function requiredOf(Proposal memory proposal) external view returns (uint256 required) {
        (, required) = _check(proposal);
    }

    /// @inheritdoc ILeaseChanges
    function progressOf(bytes32 id) external view returns (Progress memory) {
        return _progress[id];
    }

    /// @inheritdoc ILeaseChanges
    function openOf(uint32 lease, ILeaseAgreement.ChangeKind kind, uint32 proposer) external view returns (bytes32) {
        return _open[_key(lease, kind, proposer)];
    }

    /// @inheritdoc ILeaseChanges
    function versionOf(uint32 lease, ILeaseAgreement.ChangeKind kind) public view returns (uint64) {
        Versions memory v = _versions[lease];
        return ProposalRules.isWaiver(kind) ? v.changes + v.waivers : v.changes;
    }

    /// @inheritdoc ILeaseChanges
    function defaultNoticeOf(uint32 lease) external view returns (uint256 arrears, uint256 cureDay) {
        DefaultNotice memory notice = _notices[lease];
        if (notice.day == 0 || notice.changes != _versions[lease].changes) return (0, 0);
        ProposalRules.Facts memory facts = ProposalRules.load(LEASES, lease);
        return (_oldArrears(lease, facts, notice.day), _cureDayOf(notice, facts));
    }
}
