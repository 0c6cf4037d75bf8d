// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICreditConsent} from "../../interfaces/ICreditConsent.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Signatures} from "../lib/Signatures.sol";

/// @title Who may use a credit history for what, and who did
/// @notice Invariants (tests/contracts/CreditConsent):
/// 1. Only the party itself gives a consent, and it ends by its time, its uses or the party's word. (test_grant.py)
/// 2. Every use that is allowed is on record and takes one use away. (test_recordRead.py)
contract CreditConsent is ICreditConsent, Sponsored, EIP712 {
    string public constant VERSION = "1";
    uint256 public constant MAX_TERM = 730 days; // [s]
    uint256 public constant MAX_USES = 1_000;

    bytes32 private constant CONSENT_TYPE =
        keccak256("CreditConsent(uint32 party,uint32 reader,uint8 purpose,uint40 expiry,uint32 uses,uint256 nonce,uint256 deadline)");

    IPartyRegistry private immutable PARTIES;

    mapping(uint256 key => Consent) private _consents; // purpose << 64 | party << 32 | reader
    /// @inheritdoc ICreditConsent
    mapping(uint32 party => uint256) public consentNonce;

    constructor(address authority, address forwarder, address parties)
        Sponsored(authority, forwarder)
        EIP712("Commonhold CreditConsent", VERSION)
    {
        PARTIES = IPartyRegistry(parties);
    }

    // ================================================================ the party

    /// @inheritdoc ICreditConsent
    function grant(uint32 reader, Purpose purpose, uint40 expiry, uint32 uses) external {
        _grant(_callerParty(), reader, purpose, expiry, uses);
    }

    /// @inheritdoc ICreditConsent
    function grantBySignature(
        uint32 party,
        uint32 reader,
        Purpose purpose,
        uint40 expiry,
        uint32 uses,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (block.timestamp > deadline) revert ConsentSignatureExpired(deadline, block.timestamp);
        if (PARTIES.recoveryPending(party)) revert ConsentPartyInRecovery(party);
        bytes32 hash =
            _hashTypedDataV4(keccak256(abi.encode(CONSENT_TYPE, party, reader, purpose, expiry, uses, consentNonce[party]++, deadline)));
        address wallet = PARTIES.walletOf(party);
        if (wallet == address(0) || !Signatures.isValid(wallet, hash, signature)) revert ConsentSignatureInvalid(party, wallet);
        _grant(party, reader, purpose, expiry, uses);
    }

    function _grant(uint32 party, uint32 reader, Purpose purpose, uint40 expiry, uint32 uses) private {
        if (reader == party || PARTIES.kindOf(reader) == IPartyRegistry.Kind.NONE) revert ConsentReaderInvalid(reader);
        if (expiry < block.timestamp || expiry > block.timestamp + MAX_TERM) {
            revert ConsentExpiryInvalid(expiry, block.timestamp, block.timestamp + MAX_TERM);
        }
        if (uses == 0 || uses > MAX_USES) revert ConsentUsesInvalid(uses, 1, MAX_USES);
        _consents[_key(party, reader, purpose)] = Consent(expiry, uses);
        emit ConsentGranted(party, reader, purpose, expiry, uses);
    }

    /// @inheritdoc ICreditConsent
    function revoke(uint32 reader, Purpose purpose) external {
        uint32 party = _callerParty();
        uint256 key = _key(party, reader, purpose);
        if (_consents[key].expiry == 0) return;
        delete _consents[key];
        emit ConsentRevoked(party, reader, purpose);
    }

    /// @inheritdoc ICreditConsent
    function raiseConsentNonce() external returns (uint256 nonce) {
        uint32 party = _callerParty();
        nonce = ++consentNonce[party];
        emit ConsentNonceRaised(party, nonce);
    }

    /// @dev The party whose current wallet calls.
    function _callerParty() private view returns (uint32 party) {
        address caller = _msgSender();
        party = PARTIES.partyOf(caller);
        if (party == 0 || PARTIES.walletOf(party) != caller) revert ConsentNotParty(party, caller);
        if (PARTIES.recoveryPending(party)) revert ConsentPartyInRecovery(party);
    }

    // ================================================================ readers

    /// @inheritdoc ICreditConsent
    function recordRead(uint32 party, Purpose purpose, bytes32 decisionHash) external returns (bool allowed) {
        uint32 reader = _callerParty();
        Refusal why;
        (allowed, why) = _state(party, reader, purpose);
        if (allowed) _use(party, reader, purpose, decisionHash);
        else emit ReadRefused(party, reader, purpose, decisionHash, why);
    }

    /// @inheritdoc ICreditConsent
    function recordRelease(uint32 party, uint32 reader, bytes32 statementHash) external restricted {
        _require(party, reader, Purpose.SHARING);
        _use(party, reader, Purpose.SHARING, statementHash);
    }

    /// @inheritdoc ICreditConsent
    function recordLending(uint32 party, uint32 reader, bytes32 decisionHash) external restricted {
        _require(party, reader, Purpose.LENDING);
        _use(party, reader, Purpose.LENDING, decisionHash);
    }

    function _require(uint32 party, uint32 reader, Purpose purpose) private view {
        (bool allowed, Refusal why) = _state(party, reader, purpose);
        if (!allowed) revert ConsentMissing(party, reader, purpose, why);
    }

    function _use(uint32 party, uint32 reader, Purpose purpose, bytes32 decisionHash) private {
        uint256 left = --_consents[_key(party, reader, purpose)].uses;
        emit ReadRecorded(party, reader, purpose, decisionHash, left, _msgSender());
    }

    // ================================================================ look

    function _state(uint32 party, uint32 reader, Purpose purpose) private view returns (bool allowed, Refusal why) {
        Consent memory c = _consents[_key(party, reader, purpose)];
        if (c.expiry == 0) return (false, Refusal.NONE);
        if (block.timestamp > c.expiry) return (false, Refusal.EXPIRED);
        if (c.uses == 0) return (false, Refusal.USED_UP);
        allowed = true;
    }

    /// @inheritdoc ICreditConsent
    function consentOf(uint32 party, uint32 reader, Purpose purpose) external view returns (Consent memory) {
        return _consents[_key(party, reader, purpose)];
    }

    /// @inheritdoc ICreditConsent
    function allows(uint32 party, uint32 reader, Purpose purpose) external view returns (bool allowed) {
        (allowed,) = _state(party, reader, purpose);
    }

    function _key(uint32 party, uint32 reader, Purpose purpose) private pure returns (uint256) {
        return (uint256(purpose) << 64) | (uint256(party) << 32) | reader;
    }
}
