// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Due process for the credit history: disputes, corrections, and the party's own words
/// @notice A party disputes a negative outcome that counts: it leaves its cell at once. An officer decides within REVIEW_DAYS; upheld, it goes
/// back to where it belongs by then; removed, or without a decision, it is gone for ever. A correction takes two officers and moves exactly one
/// count between two lanes of one month. Days are civil days of the community [day].
/// Functions of a party are for its current wallet, also sponsored (ERC-2771), and not while that wallet is being recovered.
interface ICreditReview {
    /// @param key of the outcome to be moved; 0 for a count that has none of its own (in time, or a provider's)
    /// @param provider whether the record of a landlord or manager is meant
    /// @param party whose history it is
    /// @param month of the cells [month]
    /// @param from lane that loses one
    /// @param to lane that gains one
    /// @param reasonHash of the document that says why
    struct Correction {
        uint256 key;
        bool provider;
        uint32 party;
        uint16 month;
        uint8 from;
        uint8 to;
        bytes32 reasonHash;
    }

    /// @notice The party disputes a negative outcome; the review ends with `lastDay`. [day]
    event OutcomeDisputed(uint256 indexed key, uint256 indexed party, bytes32 reasonHash, uint256 lastDay);
    /// @notice An officer has decided: upheld, the outcome counts again; otherwise it is gone for ever.
    event DisputeDecided(uint256 indexed key, uint256 indexed party, address indexed officer, bool upheld, bytes32 reasonHash);
    /// @notice An officer proposes to move one count; open until `validUntil`. [unix]
    event CorrectionProposed(bytes32 indexed id, uint256 indexed party, address indexed officer, Correction correction, uint256 validUntil);
    /// @notice A second person has approved, and the count was moved.
    event CorrectionApproved(bytes32 indexed id, uint256 indexed party, address indexed checker);
    /// @notice The proposal was given up.
    event CorrectionWithdrawn(bytes32 indexed id);
    /// @notice The hash of what the party itself says about its history; 0 = nothing any more.
    event ConsumerStatementSet(uint256 indexed party, bytes32 hash);

    /// @notice Only the party's current wallet can do this.
    error ReviewNotParty(uint256 party, address caller);
    /// @notice The party's wallet is being replaced; wait until that has ended.
    error ReviewPartyInRecovery(uint256 party);
    /// @notice Nobody decides about himself.
    error ReviewOwnCase(uint256 party, address caller);
    /// @notice A reason of zero says nothing.
    error ReviewReasonMissing();
    /// @notice No outcome has this key.
    error ReviewOutcomeUnknown(uint256 key);
    /// @notice The correction does not say where the outcome is counted now.
    error ReviewCorrectionStale(uint256 key, uint256 party, uint256 month, uint256 lane);
    /// @notice This correction is proposed already.
    error ReviewProposalKnown(bytes32 id);
    /// @notice This correction was not proposed.
    error ReviewProposalUnknown(bytes32 id);
    /// @notice The proposal was open until `validUntil`. [unix]
    error ReviewProposalExpired(bytes32 id, uint256 validUntil, uint256 time);
    /// @notice Who proposes a correction does not approve it.
    error ReviewCheckerIsMaker(address caller);

    // ---- the party

    /// @notice Disputes a negative outcome of the caller's, once. It counts no more until it is decided.
    /// @dev Reverts if the caller is not the party, or the outcome is not negative, not counted or was disputed before.
    /// @param reasonHash of what the party says
    function dispute(uint256 key, bytes32 reasonHash) external;

    /// @notice Attaches a statement of the caller's to its history, as a hash; 0 takes it away.
    function setConsumerStatement(bytes32 hash) external;

    // ---- review

    /// @notice Decides a dispute. Reverts once its last day has passed: silence removed it.
    /// @param upheld the outcome was right and counts again
    /// @custom:role OFFICER
    function decide(uint256 key, bool upheld, bytes32 reasonHash) external;

    // ---- corrections

    /// @notice Proposes to move one count; checked against the history now.
    /// @return id the hash of the correction
    /// @custom:role OFFICER
    function proposeCorrection(Correction calldata correction) external returns (bytes32 id);

    /// @notice A second person approves what a first proposed, and the count moves.
    /// @dev Reverts if it was not proposed, has expired, is no longer true, or the caller proposed it.
    /// @custom:role COMMITTEE
    function approveCorrection(Correction calldata correction) external;

    /// @notice The officer gives a proposal up.
    /// @custom:role OFFICER
    function withdrawCorrection(bytes32 id) external;

    // ---- look

    /// @notice The name under which a correction is proposed and approved.
    function hashCorrection(Correction calldata correction) external pure returns (bytes32 id);
    /// @notice Who proposed it and until when it can be approved [unix]; zeros if nobody did.
    function proposalOf(bytes32 id) external view returns (address officer, uint256 validUntil);
    /// @notice The hash of what the party has to say about its history; zero if nothing.
    function consumerStatementOf(uint32 party) external view returns (bytes32);
}
