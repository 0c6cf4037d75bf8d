// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IPartyRecovery} from "../../interfaces/IPartyRecovery.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {GuardianSet} from "../lib/GuardianSet.sol";

/// @title A lost wallet replaced: by guardians, or by manager and committee
/// @notice Invariants (tests/stateful/test_party_registry.py):
/// 1. No recovery completes before its delay, nor against a veto that nobody overruled.
/// 2. Every recovery ends by itself at a time fixed when it starts, is vetoed or overruled, each at most once.
/// 3. Between two recoveries by guardians that lapsed the party has time to change its guardians.
/// @dev PartyRegistry keeps whether a recovery is pending and until when; a record here counts only while it says so.
contract PartyRecovery is IPartyRecovery, Sponsored, EIP712 {
    using GuardianSet for uint32[8];

    struct Guardians {
        uint32[8] current; // parties, ascending, zeros last: one slot
        uint32[8] next; // take over at nextFrom: one slot
        uint8 threshold;
        uint8 nextThreshold;
        uint40 nextFrom; // [unix], 0 = no change waits
        uint32 version; // of `current`; support given under another version does not count
    }

    struct Proposal {
        address newWallet;
        uint40 validUntil; // [unix]
        address proposer;
    }

    string public constant VERSION = "1";
    uint40 public constant GUARDIAN_CHANGE_DELAY = 7 days; // [s]
    uint40 public constant GUARDIAN_DELAY = 3 days; // from start to completion [s]
    uint40 public constant MANAGER_DELAY = 14 days; // from start to completion [s]
    uint40 public constant PROPOSAL_VALIDITY = 7 days; // for the committee's confirmation [s]
    uint40 public constant COMPLETION_WINDOW = 14 days; // after the delay [s]
    uint40 public constant VETO_WINDOW = 7 days; // for all guardians or the committee to stand by [s]
    uint40 public constant GUARDIAN_REST = 14 days; // after a lapse; longer than a change of guardians takes [s]

    bytes32 private constant REPLACE_TYPE =
        keccak256("ReplaceWallet(uint32 party,address newWallet,uint256 nonce,uint256 deadline)");

    IPartyRegistry public immutable parties;

    /// @inheritdoc IPartyRecovery
    mapping(address wallet => uint256 nonce) public recoveryNonce;
    /// @inheritdoc IPartyRecovery
    mapping(uint32 party => Proposal) public proposalOf;
    mapping(uint256 party => Guardians) private _guardians;
    mapping(bytes32 key => uint8 approvals) private _support; // key: consent of the new wallet, version of the guardians
    mapping(uint256 party => Recovery) private _recoveries;

    constructor(address authority, address forwarder, address parties_)
        Sponsored(authority, forwarder)
        EIP712("Commonhold PartyRecovery", VERSION)
    {
        parties = IPartyRegistry(parties_);
    }

    // ------------------------------------------------------------------------------------------ guardians

    /// @inheritdoc IPartyRecovery
    function setGuardians(uint32[] calldata guardians, uint8 threshold) external {
        address caller = _msgSender();
        uint32 party = _callerParty();
        if (parties.walletOf(party) != caller) revert RecoveryNotCurrentWallet(party, caller);
        _clearLapsed(party);
        if (!_cancelByManager(party)) _checkNoneRuns(party);
        uint32[8] memory next = GuardianSet.pack(guardians, threshold, party, parties.partyCount());
        Guardians storage record = _promoted(party);
        uint40 effectiveAt = uint40(block.timestamp) + GUARDIAN_CHANGE_DELAY;
        record.next = next;
        record.nextThreshold = threshold;
        record.nextFrom = effectiveAt;
        emit GuardiansSet(party, guardians, threshold, effectiveAt);
    }

    /// @dev The party's guardians after a change that is due has taken effect.
    function _promoted(uint32 party) private returns (Guardians storage record) {
        record = _guardians[party];
        if (_changeIsDue(record)) {
            record.current = record.next;
            record.threshold = record.nextThreshold;
            record.nextFrom = 0;
            ++record.version;
        }
    }

    function _changeIsDue(Guardians storage record) private view returns (bool) {
        return record.nextFrom != 0 && record.nextFrom <= block.timestamp;
    }

    // ------------------------------------------------------------------------------------------ recovery by guardians

    /// @inheritdoc IPartyRecovery
    function supportRecovery(uint32 party, address newWallet, uint256 deadline, bytes calldata signature) external {
        _clearLapsed(party);
        Guardians storage record = _promoted(party);
        uint32[8] memory guardians = record.current;
        (uint256 index, uint32 guardian) = _callerGuardian(party, guardians);
        if (_runs(party)) return _supportRunning(party, newWallet, guardians, index);

        uint40 rest = guardiansRestUntil(party);
        if (block.timestamp < rest) revert RecoveryGuardiansRest(party, rest);
        bytes32 consent = _checkConsent(party, newWallet, deadline, signature);
        bytes32 key = keccak256(abi.encode(consent, record.version));
        uint8 approvals = _withBit(_support[key], index, party, guardian);
        _support[key] = approvals;
        emit RecoverySupported(party, guardian, newWallet, approvals);
        if (GuardianSet.ones(approvals) < record.threshold) return;

        ++recoveryNonce[newWallet];
        if (record.nextFrom != 0) {
            record.nextFrom = 0;
            emit GuardiansChangeDropped(party);
        }
        _start(party, newWallet, approvals, false);
    }

    /// @dev The set of guardians cannot change while their recovery runs, so the bits keep their meaning.
    function _supportRunning(uint32 party, address newWallet, uint32[8] memory guardians, uint256 index) private {
        Recovery storage recovery = _recoveries[party];
        if (recovery.byManager || recovery.newWallet != newWallet) revert RecoveryRunning(party, recovery.expiresAt);
        uint8 approvals = _withBit(recovery.approvals, index, party, guardians[index]);
        recovery.approvals = approvals;
        emit RecoverySupported(party, guardians[index], newWallet, approvals);
        if (recovery.vetoed && !recovery.overruled && GuardianSet.ones(approvals) == guardians.length_()) _overrule(party, recovery);
    }

    function _callerGuardian(uint32 party, uint32[8] memory guardians) private view returns (uint256 index, uint32 guardian) {
        address caller = _msgSender();
        guardian = parties.partyOf(caller);
        index = guardians.indexOf(guardian);
        if (guardian == 0 || index == GuardianSet.MOST || parties.walletOf(guardian) != caller) revert RecoveryNotGuardian(party, caller);
    }

    function _withBit(uint8 approvals, uint256 index, uint32 party, uint32 guardian) private pure returns (uint8) {
        uint8 bit = uint8(1 << index);
        if (approvals & bit != 0) revert RecoveryAlreadySupported(party, guardian);
        return approvals | bit;
    }

    // ------------------------------------------------------------------------------------------ recovery by manager and committee

    /// @inheritdoc IPartyRecovery
    function proposeRecovery(uint32 party, address newWallet, uint256 deadline, bytes calldata signature) external restricted {
        address proposer = _person();
        _clearLapsed(party);
        _checkStartable(party, newWallet);
        _checkConsent(party, newWallet, deadline, signature);
        ++recoveryNonce[newWallet];
        uint40 validUntil = uint40(block.timestamp) + PROPOSAL_VALIDITY;
        proposalOf[party] = Proposal({newWallet: newWallet, validUntil: validUntil, proposer: proposer});
        emit RecoveryProposed(party, newWallet, proposer, validUntil);
    }

    /// @inheritdoc IPartyRecovery
    function confirmRecovery(uint32 party, address newWallet) external restricted {
        address checker = _person();
        _clearLapsed(party);
        Proposal memory proposal = proposalOf[party];
        if (proposal.validUntil < block.timestamp || proposal.newWallet != newWallet) revert RecoveryProposalNone(party, newWallet);
        if (proposal.proposer == checker) revert RecoverySecondPersonMissing(checker);
        _start(party, newWallet, 0, true);
    }

    /// @inheritdoc IPartyRecovery
    function overruleVeto(uint32 party, address newWallet) external restricted {
        _person();
        Recovery storage recovery = _running(party);
        if (!recovery.vetoed || recovery.overruled || recovery.newWallet != newWallet) revert RecoveryNoVeto(party, newWallet);
        _overrule(party, recovery);
    }

    /// @dev The caller in his own name: `execute` of the AccessManager would make one officer two.
    function _person() private view returns (address caller) {
        caller = _msgSender();
        if (caller == authority()) revert RecoveryCallerIsAuthority(caller);
    }

    // ------------------------------------------------------------------------------------------ course of a recovery

    function _start(uint32 party, address newWallet, uint8 approvals, bool byManager) private {
        _checkStartable(party, newWallet);
        delete proposalOf[party];
        uint40 readyAt = uint40(block.timestamp) + (byManager ? MANAGER_DELAY : GUARDIAN_DELAY);
        uint40 expiresAt = readyAt + COMPLETION_WINDOW;
        _recoveries[party] = Recovery({
            newWallet: newWallet,
            readyAt: readyAt,
            expiresAt: expiresAt,
            approvals: approvals,
            byManager: byManager,
            vetoed: false,
            overruled: false
        });
        emit RecoveryStarted(party, parties.walletOf(party), newWallet, byManager, readyAt, expiresAt);
        parties.setRecovery(party, expiresAt, byManager);
    }

    function _checkStartable(uint32 party, address newWallet) private view {
        _checkNoneRuns(party);
        address current = parties.walletOf(party);
        if (current == address(0)) revert RecoveryPartyHasNoWallet(party);
        uint32 owner = parties.partyOf(newWallet);
        if (newWallet == current || (owner != 0 && owner != party) || parties.replacedOf(newWallet) != 0) revert RecoveryWalletUnfit(newWallet);
    }

    /// @inheritdoc IPartyRecovery
    function cancelRecovery() external {
        uint32 party = _callerParty();
        _clearLapsed(party);
        if (_cancelByManager(party)) return;
        Recovery storage recovery = _running(party);
        if (recovery.vetoed) revert RecoveryVetoUsed(party);
        recovery.vetoed = true;
        emit RecoveryVetoed(party, _msgSender(), _extend(party, recovery, uint40(block.timestamp) + VETO_WINDOW));
        if (GuardianSet.ones(recovery.approvals) == _guardians[party].current.length_()) _overrule(party, recovery);
    }

    function _overrule(uint32 party, Recovery storage recovery) private {
        recovery.overruled = true;
        uint40 from = recovery.readyAt > block.timestamp ? recovery.readyAt : uint40(block.timestamp);
        emit RecoveryOverruled(party, _msgSender(), _extend(party, recovery, from + COMPLETION_WINDOW));
    }

    function _extend(uint32 party, Recovery storage recovery, uint40 expiresAt) private returns (uint40) {
        recovery.expiresAt = expiresAt;
        parties.setRecovery(party, expiresAt, false);
        return expiresAt;
    }

    /// @inheritdoc IPartyRecovery
    function completeRecovery(uint32 party) external {
        Recovery memory recovery = _running(party);
        if (block.timestamp < recovery.readyAt) revert RecoveryTooEarly(party, recovery.readyAt, block.timestamp);
        if (recovery.vetoed && !recovery.overruled) revert RecoveryVetoStands(party);
        delete _recoveries[party];
        if (recovery.byManager) {
            uint32 version = _guardians[party].version;
            delete _guardians[party];
            _guardians[party].version = version + 1;
            emit GuardiansRemoved(party);
        }
        emit RecoveryCompleted(party, parties.walletOf(party), recovery.newWallet);
        parties.replaceWallet(party, recovery.newWallet);
    }

    /// @inheritdoc IPartyRecovery
    function expireRecovery(uint32 party) external {
        uint40 until = parties.recoveryUntil(party);
        if (until == 0) revert RecoveryNone(party);
        if (block.timestamp < until) revert RecoveryTooEarly(party, until, block.timestamp);
        _clearLapsed(party);
    }

    /// @dev The record stays: it tells how long the guardians rest.
    function _clearLapsed(uint32 party) private {
        uint40 until = parties.recoveryUntil(party);
        if (until == 0 || block.timestamp < until) return;
        emit RecoveryExpired(party);
        parties.setRecovery(party, 0, false);
    }

    /// @dev Ends the manager's recovery or withdraws his proposal; answers whether there was either.
    function _cancelByManager(uint32 party) private returns (bool cancelled) {
        if (proposalOf[party].validUntil != 0) {
            delete proposalOf[party];
            cancelled = true;
        }
        if (_runs(party)) {
            if (!_recoveries[party].byManager) return false;
            cancelled = true;
            parties.setRecovery(party, 0, false);
        }
        if (cancelled) emit RecoveryCancelled(party, _msgSender());
    }

    function _runs(uint32 party) private view returns (bool) {
        return block.timestamp < parties.recoveryUntil(party);
    }

    function _checkNoneRuns(uint32 party) private view {
        if (_runs(party)) revert RecoveryRunning(party, parties.recoveryUntil(party));
    }

    function _running(uint32 party) private view returns (Recovery storage) {
        if (!_runs(party)) revert RecoveryNone(party);
        return _recoveries[party];
    }

    function _callerParty() private view returns (uint32 party) {
        party = parties.partyOf(_msgSender());
        if (party == 0) revert RecoveryCallerNotLinked(_msgSender());
    }

    // ------------------------------------------------------------------------------------------ consent of the new wallet

    /// @inheritdoc IPartyRecovery
    function raiseRecoveryNonce() external returns (uint256 nonce) {
        nonce = ++recoveryNonce[_msgSender()];
        emit RecoveryNonceRaised(_msgSender(), nonce);
    }

    function _checkConsent(uint32 party, address newWallet, uint256 deadline, bytes calldata signature) private view returns (bytes32 consent) {
        if (block.timestamp > deadline) revert RecoverySignatureExpired(deadline, block.timestamp);
        consent = keccak256(abi.encode(REPLACE_TYPE, party, newWallet, recoveryNonce[newWallet], deadline));
        if (!SignatureChecker.isValidSignatureNow(newWallet, _hashTypedDataV4(consent), signature)) revert RecoverySignatureInvalid(newWallet);
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IPartyRecovery
    function recoveryOf(uint32 party) external view returns (Recovery memory recovery) {
        if (_runs(party)) recovery = _recoveries[party];
    }

    /// @inheritdoc IPartyRecovery
    function guardiansOf(uint32 party) external view returns (uint32[] memory guardians, uint8 threshold) {
        Guardians storage record = _guardians[party];
        return _changeIsDue(record) ? (record.next.unpack(), record.nextThreshold) : (record.current.unpack(), record.threshold);
    }

    /// @inheritdoc IPartyRecovery
    function guardiansToCome(uint32 party) external view returns (uint32[] memory guardians, uint8 threshold, uint40 effectiveAt) {
        Guardians storage record = _guardians[party];
        if (record.nextFrom > block.timestamp) return (record.next.unpack(), record.nextThreshold, record.nextFrom);
    }

    /// @inheritdoc IPartyRecovery
    function guardiansRestUntil(uint32 party) public view returns (uint40) {
        Recovery storage recovery = _recoveries[party];
        bool lapsed = recovery.expiresAt != 0 && !recovery.byManager && recovery.expiresAt <= block.timestamp;
        return lapsed ? recovery.expiresAt + GUARDIAN_REST : 0;
    }
}
