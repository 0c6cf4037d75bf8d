// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IClearance} from "../../interfaces/IClearance.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {IUnitTransfers} from "../../interfaces/IUnitTransfers.sol";
import {Sponsored} from "../access/Sponsored.sol";

/// @title Units change hands: by sale, or by a correction of the roll
/// @notice Invariants (tests/contracts/UnitTransfers):
/// 1. No unit is sold without its owner's and its buyer's word, nor uncleared. (test_acceptTransfer.py)
/// 2. No correction without two persons and a delay. (test_applyCorrection.py)
contract UnitTransfers is IUnitTransfers, Sponsored {
    struct Setting {
        address current;
        address next;
        uint40 effectiveAt; // of next [unix]
    }

    string public constant VERSION = "1";
    uint40 public constant SETTING_DELAY = 2 days; // [s]
    uint40 public constant OFFER_VALIDITY = 30 days; // [s]
    uint40 public constant CORRECTION_DELAY = 7 days; // from the committee's confirmation [s]
    uint24 public constant WHOLE = 1_000_000; // [ppm]

    IPartyRegistry public immutable parties;
    IUnitRegistry public immutable units;
    /// @notice Until then the clearance contract is set at once. [unix]
    uint40 public immutable bootstrapUntil;

    mapping(uint256 unit => Offer) private _offers;
    mapping(uint256 unit => Correction) private _corrections;
    Setting private _clearance;

    constructor(address authority, address forwarder, address parties_, address units_) Sponsored(authority, forwarder) {
        parties = IPartyRegistry(parties_);
        units = IUnitRegistry(units_);
        bootstrapUntil = uint40(block.timestamp) + 1 days;
    }

    // ------------------------------------------------------------------------------------------ sale

    /// @inheritdoc IUnitTransfers
    function transfer(uint32 unit, uint32 toParty) external {
        uint32 owner = _owner(unit);
        _checkSpeaks(unit, owner);
        _checkParty(toParty);
        if (toParty == owner) revert TransferToOwner(unit, owner);
        _checkMovable(unit, owner);
        uint40 validUntil = uint40(block.timestamp) + OFFER_VALIDITY;
        _offers[unit] = Offer({from: owner, to: toParty, validUntil: validUntil, accepted: false, confirmed: false});
        emit TransferOffered(unit, owner, toParty, validUntil);
    }

    /// @inheritdoc IUnitTransfers
    function acceptTransfer(uint32 unit, uint32 fromParty) external {
        Offer memory offer = _openOffer(unit);
        _checkSpeaks(unit, offer.to);
        if (offer.from != fromParty) revert TransferOfferChanged(unit, offer.from, offer.to);
        emit TransferAccepted(unit, offer.to);
        if (offer.confirmed || clearance() != address(0)) _finish(unit, offer);
        else _offers[unit].accepted = true;
    }

    /// @inheritdoc IUnitTransfers
    function confirmTransfer(uint32 unit, uint32 toParty) external restricted {
        if (clearance() != address(0)) revert TransferClearanceDecides(clearance());
        Offer memory offer = _openOffer(unit);
        if (offer.to != toParty) revert TransferOfferChanged(unit, offer.from, offer.to);
        emit TransferConfirmed(unit, toParty, _msgSender());
        if (offer.accepted) _finish(unit, offer);
        else _offers[unit].confirmed = true;
    }

    /// @inheritdoc IUnitTransfers
    function withdrawTransfer(uint32 unit) external {
        Offer memory offer = _offers[unit];
        if (offer.to == 0) revert TransferOfferNone(unit);
        if (parties.walletOf(offer.from) != _msgSender()) _checkSpeaks(unit, offer.to);
        delete _offers[unit];
        emit TransferWithdrawn(unit, offer.from, offer.to);
    }

    function _finish(uint32 unit, Offer memory offer) private {
        _checkMovable(unit, offer.from);
        address clearing = clearance();
        if (clearing != address(0) && !IClearance(clearing).clearedToTransfer(unit, offer.from, offer.to)) {
            revert TransferNotCleared(unit, offer.from, offer.to);
        }
        delete _offers[unit];
        emit TransferCompleted(unit, offer.from, offer.to);
        units.setOwner(unit, offer.to);
    }

    /// @dev An offer dies with its time, and with the ownership of whoever made it.
    function _openOffer(uint32 unit) private view returns (Offer memory offer) {
        offer = _offers[unit];
        if (offer.to == 0 || block.timestamp > offer.validUntil || units.ownerPartyOf(unit) != offer.from) revert TransferOfferNone(unit);
    }

    function _checkMovable(uint32 unit, uint32 owner) private view {
        if (parties.recoveryPending(owner)) revert TransferOwnerInRecovery(unit, owner);
        (uint32 lease, uint256 untilDay) = units.leasedUntil(unit);
        if (lease != 0) revert TransferUnitLeased(unit, lease, untilDay);
    }

    function _owner(uint32 unit) private view returns (uint32 owner) {
        owner = units.ownerPartyOf(unit);
        if (owner == 0) revert TransferUnitUnknown(unit);
    }

    function _checkParty(uint32 party) private view {
        if (parties.kindOf(party) == IPartyRegistry.Kind.NONE) revert TransferPartyUnknown(party);
    }

    function _checkSpeaks(uint32 unit, uint32 party) private view {
        if (parties.walletOf(party) != _msgSender()) revert TransferNotParty(unit, party, _msgSender());
    }

    // ------------------------------------------------------------------------------------------ correct the roll

    /// @inheritdoc IUnitTransfers
    function proposeCorrection(uint32 unit, uint32 owner, uint40 area, uint24 share, bytes32 reasonHash) external restricted {
        address proposer = _person();
        _owner(unit);
        if (reasonHash == 0 || (owner == 0 && area == 0 && share == 0) || share > WHOLE) revert CorrectionInvalid(unit);
        if (owner != 0) _checkParty(owner);
        Correction memory correction =
            Correction({owner: owner, area: area, share: share, effectiveAt: 0, proposer: proposer, reasonHash: reasonHash});
        _corrections[unit] = correction;
        emit CorrectionProposed(unit, proposer, correction);
    }

    /// @inheritdoc IUnitTransfers
    function confirmCorrection(uint32 unit, bytes32 reasonHash) external restricted {
        address checker = _person();
        Correction storage correction = _correction(unit);
        if (correction.effectiveAt != 0 || correction.reasonHash != reasonHash) revert CorrectionChanged(unit, correction.reasonHash);
        if (correction.proposer == checker) revert TransferSecondPersonMissing(checker);
        uint40 effectiveAt = uint40(block.timestamp) + CORRECTION_DELAY;
        correction.effectiveAt = effectiveAt;
        emit CorrectionConfirmed(unit, checker, effectiveAt);
    }

    /// @inheritdoc IUnitTransfers
    function objectToCorrection(uint32 unit) external {
        _checkSpeaks(unit, _owner(unit));
        if (_correction(unit).owner == 0) revert CorrectionNone(unit);
        delete _corrections[unit];
        emit CorrectionDropped(unit, _msgSender());
    }

    /// @inheritdoc IUnitTransfers
    function applyCorrection(uint32 unit) external {
        Correction memory correction = _correction(unit);
        uint40 effectiveAt = correction.effectiveAt;
        if (effectiveAt == 0 || block.timestamp < effectiveAt) revert CorrectionTooEarly(unit, effectiveAt, block.timestamp);
        delete _corrections[unit];
        emit CorrectionApplied(unit, correction);
        if (correction.area != 0 || correction.share != 0) {
            (,, uint40 area, uint24 share) = units.detailsOf(unit);
            units.correct(unit, correction.area == 0 ? area : correction.area, correction.share == 0 ? share : correction.share);
        }
        uint32 owner = units.ownerPartyOf(unit);
        if (correction.owner != 0 && correction.owner != owner) {
            _checkMovable(unit, owner);
            delete _offers[unit];
            units.setOwner(unit, correction.owner);
        }
    }

    function _correction(uint32 unit) private view returns (Correction storage correction) {
        correction = _corrections[unit];
        if (correction.proposer == address(0)) revert CorrectionNone(unit);
    }

    /// @dev The caller in his own name: `execute` of the AccessManager would make one officer two.
    function _person() private view returns (address caller) {
        caller = _msgSender();
        if (caller == authority()) revert TransferCallerIsAuthority(caller);
    }

    // ------------------------------------------------------------------------------------------ set up

    /// @inheritdoc IUnitTransfers
    function setClearance(address clearance_) external restricted {
        if (clearance_ != address(0) && clearance_.code.length == 0) revert TransferClearanceInvalid(clearance_);
        uint40 effectiveAt = uint40(block.timestamp) + (block.timestamp < bootstrapUntil ? 0 : SETTING_DELAY);
        _clearance = Setting({current: clearance(), next: clearance_, effectiveAt: effectiveAt});
        emit ClearanceSet(clearance_, effectiveAt);
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IUnitTransfers
    function offerOf(uint32 unit) external view returns (Offer memory) {
        return _offers[unit];
    }

    /// @inheritdoc IUnitTransfers
    function correctionOf(uint32 unit) external view returns (Correction memory) {
        return _corrections[unit];
    }

    /// @inheritdoc IUnitTransfers
    function clearance() public view returns (address) {
        return block.timestamp < _clearance.effectiveAt ? _clearance.current : _clearance.next;
    }
}
