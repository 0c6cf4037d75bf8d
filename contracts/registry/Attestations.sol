// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAttestations} from "../../interfaces/IAttestations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";

/// @title What trusted issuers say of parties
/// @notice Invariants (tests/contracts/Attestations):
/// 1. Nothing holds but what a trusted issuer attested, and nobody took back, before its expiry. (test_attest.py)
/// 2. A topic never has more issuers than MAX_ISSUERS, so that every look ends. (test_addIssuer.py)
contract Attestations is IAttestations, Sponsored {
    string public constant VERSION = "1";
    uint256 public constant MAX_ISSUERS = 16; // of one topic
    uint40 public constant ISSUER_DELAY = 2 days; // [s]
    uint40 public constant MAX_VALIDITY = 3650 days; // [s]

    IPartyRegistry public immutable parties;
    /// @notice Until then issuers are trusted at once. [unix]
    uint40 public immutable bootstrapUntil;

    /// @inheritdoc IAttestations
    mapping(bytes32 topic => mapping(uint32 issuer => uint40 time)) public trustedFrom; // [unix]
    mapping(bytes32 topic => uint32[]) private _issuers;
    mapping(bytes32 topic => mapping(uint256 subject => mapping(uint256 issuer => Attestation))) private _attestations;

    constructor(address authority, address forwarder, address parties_) Sponsored(authority, forwarder) {
        parties = IPartyRegistry(parties_);
        bootstrapUntil = uint40(block.timestamp) + 1 days;
    }

    // ------------------------------------------------------------------------------------------ issuers

    /// @inheritdoc IAttestations
    function addIssuer(bytes32 topic, uint32 issuer) external restricted {
        if (topic == 0) revert AttestationTopicMissing();
        _checkParty(issuer);
        if (trustedFrom[topic][issuer] != 0) revert AttestationIssuerKnown(topic, issuer);
        uint32[] storage issuers = _issuers[topic];
        if (issuers.length == MAX_ISSUERS) revert AttestationTooManyIssuers(topic, MAX_ISSUERS);
        uint40 effectiveAt = uint40(block.timestamp) + (block.timestamp < bootstrapUntil ? 0 : ISSUER_DELAY);
        issuers.push(issuer);
        trustedFrom[topic][issuer] = effectiveAt;
        emit IssuerSet(topic, issuer, effectiveAt);
    }

    /// @inheritdoc IAttestations
    function removeIssuer(bytes32 topic, uint32 issuer) external restricted {
        if (trustedFrom[topic][issuer] == 0) revert AttestationIssuerUntrusted(topic, issuer);
        delete trustedFrom[topic][issuer];
        uint32[] storage issuers = _issuers[topic];
        uint256 last = issuers.length - 1;
        uint256 index;
        while (issuers[index] != issuer) ++index;
        issuers[index] = issuers[last];
        issuers.pop();
        emit IssuerSet(topic, issuer, 0);
    }

    function _trusted(bytes32 topic, uint32 issuer) private view returns (bool) {
        uint40 from = trustedFrom[topic][issuer];
        return from != 0 && from <= block.timestamp;
    }

    // ------------------------------------------------------------------------------------------ attest, revoke, drop

    /// @inheritdoc IAttestations
    function attest(bytes32 topic, uint32 subject, bytes32 commitment, uint40 expiresAt) external {
        uint32 issuer = _callerParty();
        if (!_trusted(topic, issuer)) revert AttestationIssuerUntrusted(topic, issuer);
        if (parties.recoveryPending(issuer)) revert AttestationIssuerInRecovery(issuer);
        _checkParty(subject);
        if (subject == issuer) revert AttestationOfOneself(issuer);
        if (commitment == 0) revert AttestationCommitmentMissing();
        uint256 most = block.timestamp + MAX_VALIDITY;
        if (expiresAt <= block.timestamp || expiresAt > most) revert AttestationExpiryInvalid(expiresAt, most);
        _attestations[topic][subject][issuer] =
            Attestation({commitment: commitment, issuedAt: uint40(block.timestamp), expiresAt: expiresAt});
        emit Attested(topic, subject, issuer, commitment, expiresAt);
    }

    /// @inheritdoc IAttestations
    function revoke(bytes32 topic, uint32 subject, bytes32 reasonHash) external {
        uint32 issuer = _callerParty();
        _remove(topic, subject, issuer);
        emit AttestationRevoked(topic, subject, issuer, reasonHash);
    }

    /// @inheritdoc IAttestations
    function drop(bytes32 topic, uint32 issuer) external {
        uint32 subject = _callerParty();
        _remove(topic, subject, issuer);
        emit AttestationDropped(topic, subject, issuer);
    }

    function _remove(bytes32 topic, uint32 subject, uint32 issuer) private {
        if (_attestations[topic][subject][issuer].commitment == 0) revert AttestationNone(topic, subject, issuer);
        delete _attestations[topic][subject][issuer];
    }

    function _callerParty() private view returns (uint32 party) {
        address caller = _msgSender();
        party = parties.partyOf(caller);
        if (party == 0 || parties.walletOf(party) != caller) revert AttestationNotCurrentWallet(caller);
    }

    function _checkParty(uint32 party) private view {
        if (parties.kindOf(party) == IPartyRegistry.Kind.NONE) revert AttestationPartyUnknown(party);
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IAttestations
    function attestationOf(bytes32 topic, uint32 subject, uint32 issuer) public view returns (Attestation memory attestation) {
        if (!_trusted(topic, issuer)) return attestation;
        Attestation memory found = _attestations[topic][subject][issuer];
        // what was said before a trust that ended does not come back with a later one
        if (block.timestamp < found.expiresAt && found.issuedAt >= trustedFrom[topic][issuer]) attestation = found;
    }

    /// @inheritdoc IAttestations
    function issuerFor(bytes32 topic, uint32 subject) external view returns (uint32 issuer) {
        uint32[] memory issuers = _issuers[topic];
        for (uint256 i; i < issuers.length; ++i) {
            if (attestationOf(topic, subject, issuers[i]).commitment != 0) return issuers[i];
        }
    }

    /// @inheritdoc IAttestations
    function issuersOf(bytes32 topic) external view returns (uint32[] memory) {
        return _issuers[topic];
    }
}
