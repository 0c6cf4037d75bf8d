// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {ICreditReview} from "../../interfaces/ICreditReview.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";

/// @title Due process for the credit history: disputes, corrections, and the party's own words
/// @notice Invariants (tests/contracts/CreditReview):
/// 1. What is disputed does not count, and comes back only by an officer's decision in time. (test_dispute.py, test_decide.py)
/// 2. A correction takes two persons and moves one count of one month. (test_corrections.py)
contract CreditReview is ICreditReview, Sponsored {
    struct Proposal {
        address officer;
        uint48 validUntil; // [unix]
    }

    string public constant VERSION = "1";
    uint32 public constant REVIEW_DAYS = 30; // after the day of the dispute
    uint48 public constant PROPOSAL_VALIDITY = 30 days; // [s]

    IPartyRegistry private immutable PARTIES;
    ICreditRegistry private immutable CREDIT;

    mapping(bytes32 id => Proposal) private _proposals;
    /// @inheritdoc ICreditReview
    mapping(uint32 party => bytes32 hash) public consumerStatementOf;

    constructor(address authority, address forwarder, address parties, address credit) Sponsored(authority, forwarder) {
        PARTIES = IPartyRegistry(parties);
        CREDIT = ICreditRegistry(credit);
    }

    // ================================================================ the party

    /// @inheritdoc ICreditReview
    function dispute(uint256 key, bytes32 reasonHash) external {
        ICreditRegistry.Outcome memory o = _outcome(key);
        if (_callerParty() != o.party) revert ReviewNotParty(o.party, _msgSender());
        uint256 lastDay = CREDIT.today() + REVIEW_DAYS;
        emit OutcomeDisputed(key, o.party, reasonHash, lastDay);
        CREDIT.suspendOutcome(key, uint32(lastDay));
    }

    /// @inheritdoc ICreditReview
    function setConsumerStatement(bytes32 hash) external {
        uint32 party = _callerParty();
        consumerStatementOf[party] = hash;
        emit ConsumerStatementSet(party, hash);
    }

    /// @dev The party whose current wallet calls.
    function _callerParty() private view returns (uint32 party) {
        address caller = _msgSender();
        party = PARTIES.partyOf(caller);
        if (party == 0 || PARTIES.walletOf(party) != caller) revert ReviewNotParty(party, caller);
        if (PARTIES.recoveryPending(party)) revert ReviewPartyInRecovery(party);
    }

    // ================================================================ review

    /// @inheritdoc ICreditReview
    function decide(uint256 key, bool upheld, bytes32 reasonHash) external restricted {
        if (reasonHash == 0) revert ReviewReasonMissing();
        uint32 party = _outcome(key).party;
        _checkNotOwn(party);
        emit DisputeDecided(key, party, _msgSender(), upheld, reasonHash);
        CREDIT.resolveOutcome(key, upheld);
    }

    function _outcome(uint256 key) private view returns (ICreditRegistry.Outcome memory o) {
        o = CREDIT.outcomeOf(key);
        if (o.party == 0) revert ReviewOutcomeUnknown(key);
    }

    /// @dev Refuses an officer's own history, and the AccessManager, whose `execute` could lend one officer a second face.
    function _checkNotOwn(uint32 party) private view {
        address caller = _msgSender();
        if (caller == authority() || PARTIES.partyOf(caller) == party) revert ReviewOwnCase(party, caller);
    }

    // ================================================================ corrections

    /// @inheritdoc ICreditReview
    function proposeCorrection(Correction calldata correction) external restricted returns (bytes32 id) {
        if (correction.reasonHash == 0) revert ReviewReasonMissing();
        _checkNotOwn(correction.party);
        _checkTrue(correction);
        id = hashCorrection(correction);
        if (_proposals[id].validUntil >= block.timestamp) revert ReviewProposalKnown(id);
        uint48 validUntil = uint48(block.timestamp) + PROPOSAL_VALIDITY;
        _proposals[id] = Proposal(_msgSender(), validUntil);
        emit CorrectionProposed(id, correction.party, _msgSender(), correction, validUntil);
    }

    /// @inheritdoc ICreditReview
    function approveCorrection(Correction calldata correction) external restricted {
        bytes32 id = hashCorrection(correction);
        Proposal memory p = _proposals[id];
        if (p.validUntil == 0) revert ReviewProposalUnknown(id);
        if (block.timestamp > p.validUntil) revert ReviewProposalExpired(id, p.validUntil, block.timestamp);
        if (_msgSender() == p.officer) revert ReviewCheckerIsMaker(_msgSender());
        _checkNotOwn(correction.party);
        _checkTrue(correction);
        delete _proposals[id];
        emit CorrectionApproved(id, correction.party, _msgSender());
        if (correction.key != 0) CREDIT.correctOutcome(correction.key, correction.to);
        else CREDIT.correctCount(correction.provider, correction.party, correction.month, correction.from, correction.to);
    }

    /// @inheritdoc ICreditReview
    function withdrawCorrection(bytes32 id) external restricted {
        if (_proposals[id].validUntil == 0) revert ReviewProposalUnknown(id);
        delete _proposals[id];
        emit CorrectionWithdrawn(id);
    }

    /// @dev What the two persons read must be what the key stands for; the registry checks the cells.
    function _checkTrue(Correction calldata c) private view {
        if (c.key == 0) return;
        ICreditRegistry.Outcome memory o = _outcome(c.key);
        if (c.provider || o.party != c.party || o.month != c.month || o.lane != c.from) {
            revert ReviewCorrectionStale(c.key, o.party, o.month, o.lane);
        }
    }

    // ================================================================ look

    /// @inheritdoc ICreditReview
    function hashCorrection(Correction calldata correction) public pure returns (bytes32 id) {
        return keccak256(abi.encode(correction));
    }

    /// @inheritdoc ICreditReview
    function proposalOf(bytes32 id) external view returns (address officer, uint256 validUntil) {
        return (_proposals[id].officer, _proposals[id].validUntil);
    }
}
