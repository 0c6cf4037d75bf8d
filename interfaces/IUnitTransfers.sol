// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Units change hands: by sale, or by a correction of the roll
/// @notice A sale needs the owner, the buyer (who takes over what hangs on the unit) and, while there is no clearance contract, the manager's word that nothing
/// is owed. A correction needs a document, the manager and the committee, and a delay. A leased unit moves only by the sale inside its lease.
/// Times are in seconds since 1970 [unix], areas in 0.01 m², shares in parts per million [ppm].
interface IUnitTransfers {
    /// @notice An owner's offer, until buyer and manager (or clearance contract) agree.
    struct Offer {
        uint32 from;
        uint32 to;
        uint40 validUntil; // [unix]
        bool accepted;
        bool confirmed;
    }

    /// @param owner party, 0 = unchanged
    /// @param area 0 = unchanged [0.01 m²]
    /// @param share used if `area` or `share` is not 0 [ppm]
    /// @param effectiveAt when anybody may apply it; 0 while the committee has not confirmed it [unix]
    struct Correction {
        uint32 owner;
        uint40 area;
        uint24 share;
        uint40 effectiveAt;
        address proposer;
        bytes32 reasonHash;
    }

    /// @notice The owner offers the unit to a buyer, until `validUntil`. [unix]
    event TransferOffered(uint256 indexed unit, uint256 indexed fromParty, uint256 indexed toParty, uint256 validUntil);
    /// @notice The buyer accepts.
    event TransferAccepted(uint256 indexed unit, uint256 indexed toParty);
    /// @notice The property manager confirms that the sale is registered.
    event TransferConfirmed(uint256 indexed unit, uint256 indexed toParty, address indexed by);
    /// @notice The offer is gone.
    event TransferWithdrawn(uint256 indexed unit, uint256 indexed fromParty, uint256 indexed toParty);
    /// @notice The unit belongs to the buyer.
    event TransferCompleted(uint256 indexed unit, uint256 indexed fromParty, uint256 indexed toParty);
    /// @notice The manager proposes to correct the roll of units.
    event CorrectionProposed(uint256 indexed unit, address indexed proposer, Correction correction);
    /// @notice The committee confirms; it can be applied from `effectiveAt` on. [unix]
    event CorrectionConfirmed(uint256 indexed unit, address indexed by, uint256 effectiveAt);
    /// @notice The correction was given up.
    event CorrectionDropped(uint256 indexed unit, address indexed by);
    /// @notice The roll of units is corrected.
    event CorrectionApplied(uint256 indexed unit, Correction correction);
    /// @notice This contract's clearance is asked before a sale from `effectiveAt` on. [unix]
    event ClearanceSet(address indexed clearance, uint256 effectiveAt);

    /// @notice No unit has this id.
    error TransferUnitUnknown(uint256 unit);
    /// @notice No party has this id.
    error TransferPartyUnknown(uint256 party);
    /// @notice The caller is not the current wallet of the party that may do this.
    error TransferNotParty(uint256 unit, uint256 party, address caller);
    /// @notice The unit belongs to this party already.
    error TransferToOwner(uint256 unit, uint256 owner);
    /// @notice The owner's wallet is being replaced; wait until the recovery has ended.
    error TransferOwnerInRecovery(uint256 unit, uint256 owner);
    /// @notice A leased unit moves by the sale inside its lease.
    error TransferUnitLeased(uint256 unit, uint256 lease, uint256 untilDay);
    /// @notice Nothing is on offer, or the offer is older than OFFER_VALIDITY.
    error TransferOfferNone(uint256 unit);
    /// @notice The offer is another one now; look again.
    error TransferOfferChanged(uint256 unit, uint256 fromParty, uint256 toParty);
    /// @notice The unit has arrears and the buyer has not signed that he assumes them.
    error TransferNotCleared(uint256 unit, uint256 fromParty, uint256 toParty);
    /// @notice The clearance contract decides; the manager's confirmation is not asked.
    error TransferClearanceDecides(address clearance);
    /// @notice There is no contract at this address that could give a clearance.
    error TransferClearanceInvalid(address clearance);
    /// @notice A correction changes something on a document: reasonHash is not 0, and neither are all of owner, area and share; share is at most 1,000,000.
    error CorrectionInvalid(uint256 unit);
    /// @notice No correction of this unit waits.
    error CorrectionNone(uint256 unit);
    /// @notice The correction that waits is another one; look again.
    error CorrectionChanged(uint256 unit, bytes32 reasonHash);
    /// @notice It can be applied from `effectiveAt` on. [unix]
    error CorrectionTooEarly(uint256 unit, uint256 effectiveAt, uint256 time);
    /// @notice Another account than the proposer must confirm.
    error TransferSecondPersonMissing(address caller);
    /// @notice Maker and checker act in their own name, not through the AccessManager's `execute`.
    error TransferCallerIsAuthority(address caller);

    // ---- sale

    /// @notice The owner offers the unit to a party, replacing an earlier offer. Called by the owner's current wallet.
    function transfer(uint32 unit, uint32 toParty) external;

    /// @notice The buyer takes the unit and what hangs on it. Called by the buyer's current wallet.
    /// @param fromParty the owner from whom the buyer believes to buy
    function acceptTransfer(uint32 unit, uint32 fromParty) external;

    /// @notice While there is no clearance contract the manager confirms that nothing is owed.
    /// @custom:role MANAGER
    function confirmTransfer(uint32 unit, uint32 toParty) external;

    /// @notice Owner or buyer step back before the transfer is complete.
    function withdrawTransfer(uint32 unit) external;

    // ---- correct the roll

    /// @notice Corrects owner, area or share on a document; the committee confirms, a delay runs, then anybody applies it.
    /// @custom:role MANAGER
    function proposeCorrection(uint32 unit, uint32 owner, uint40 area, uint24 share, bytes32 reasonHash) external;

    /// @param reasonHash of the proposal that the committee read
    /// @custom:role COMMITTEE
    function confirmCorrection(uint32 unit, bytes32 reasonHash) external;

    /// @notice The owner objects to a change of owner, which ends it. A change of area or share alone cannot be stopped by the owner.
    function objectToCorrection(uint32 unit) external;

    /// @notice Open to all after the delay. A change of owner is refused while the unit is leased or its owner's wallet is being recovered.
    function applyCorrection(uint32 unit) external;

    // ---- set up

    /// @notice The contract that clears transfers instead of the manager, or zero. On the day of deployment effective at once, later after SETTING_DELAY.
    /// @custom:role ADMIN
    function setClearance(address clearance_) external;

    // ---- look

    /// @notice The open offer of a unit; zeros if there is none.
    function offerOf(uint32 unit) external view returns (Offer memory);
    /// @notice The correction of a unit that waits; zeros if none does.
    function correctionOf(uint32 unit) external view returns (Correction memory);
    /// @notice The clearance contract in force, zero if the manager confirms.
    function clearance() external view returns (address);
}
