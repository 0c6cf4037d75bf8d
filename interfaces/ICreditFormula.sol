// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What a history is worth: score, reasons, limit, and the one book of exposures
/// @notice A formula version is a set of parameters, kept for ever, so that every score can be recomputed. A new version is proposed by one
/// officer, approved by another and takes effect FORMULA_DELAY later. A score is a view of the history as of a month; nothing of it is stored.
/// Money [cmt], months counted from 1970-01 [month], times in seconds since 1970 [unix].
interface ICreditFormula {
    enum Band {
        INSUFFICIENT, // too few records: an answer of its own
        POOR,
        FAIR,
        GOOD,
        VERY_GOOD,
        EXCELLENT
    }

    /// @param decay weight of a month by the next one's [1/10,000]
    /// @param priorGood good evidence before the first record [points]
    /// @param priorBad bad evidence before the first record [points]
    /// @param points of one piece of evidence, by lane; hundredths, 0 for NEUTRAL
    /// @param caps most counts of a lane and month that weigh
    /// @param floors scores from which FAIR, GOOD, VERY_GOOD and EXCELLENT begin
    /// @param minRecords records without which there is no score
    /// @param minMonths months with records without which there is no score
    /// @param fullMonths months with a payment in time for the whole limit of a band
    /// @param limits of the bands from POOR to EXCELLENT [cmt]
    /// @param cap of every limit [cmt]
    struct Parameters {
        uint16 decay;
        uint16 priorGood;
        uint16 priorBad;
        uint16[10] points;
        uint8[10] caps;
        uint16[4] floors;
        uint8 minRecords;
        uint8 minMonths;
        uint8 fullMonths;
        uint64[5] limits;
        uint64 cap;
    }

    /// @param score 300 to 850; without meaning while not sufficient
    /// @param band of the score, INSUFFICIENT with too few records
    /// @param sufficient enough records for a score
    /// @param records counted, up to the caps
    /// @param months with at least one record
    /// @param verified months with a payment in time
    /// @param good sum of the good evidence of all contributions [points × weight]
    /// @param bad sum of the bad evidence [points × weight]
    /// @param version of the formula
    /// @param month as of which [month]
    struct Score {
        uint16 score;
        Band band;
        bool sufficient;
        uint16 records;
        uint8 months;
        uint8 verified;
        uint64 good;
        uint64 bad;
        uint32 version;
        uint16 month;
    }

    /// @notice What one cell of the history adds.
    /// @param month of the cell [month]
    /// @param lane of the cell
    /// @param count in the cell
    /// @param counted of them, up to the cap
    /// @param weight of the month, 10^6 for the current one
    /// @param good evidence [points × weight]
    /// @param bad evidence [points × weight]
    struct Contribution {
        uint16 month;
        uint8 lane;
        uint8 count;
        uint8 counted;
        uint32 weight;
        uint64 good;
        uint64 bad;
    }

    /// @param limit what may still be lent now [cmt]
    /// @param total what may be lent in all [cmt]
    /// @param exposure what registered lenders have out [cmt]
    /// @param band of the score behind it
    /// @param verified months with a payment in time
    struct Limit {
        uint256 limit;
        uint256 total;
        uint256 exposure;
        Band band;
        uint256 verified;
    }

    /// @param party for which the contract lends
    /// @param effectiveAt from when [unix]
    /// @param retired may take up no more
    struct Lender {
        uint32 party;
        uint40 effectiveAt;
        bool retired;
    }

    /// @notice An officer proposes parameters; the committee can approve them until `validUntil`. [unix]
    event FormulaProposed(bytes32 indexed id, address indexed officer, Parameters parameters, uint256 validUntil);
    /// @notice The next version of the formula, and from when it counts. [unix]
    event FormulaApproved(uint256 indexed version, bytes32 indexed id, address indexed checker, Parameters parameters, uint256 effectiveAt);
    /// @notice An approved version is taken back before it counts.
    event FormulaWithdrawn(uint256 indexed version);
    /// @notice A contract may book exposures from `effectiveAt` on, for the party that lends. [unix]
    event LenderRegistered(address indexed lender, uint256 indexed party, uint256 effectiveAt);
    /// @notice A lender's contract books no more; what it has booked it can release.
    event LenderRetired(address indexed lender, uint256 indexed party);
    /// @param exposure of the party to all lenders from now on [cmt]
    event ExposureTaken(uint256 indexed party, address indexed lender, uint256 amount, uint256 exposure, bytes32 decisionHash);
    /// @notice A loan was paid back: the party's exposure falls by `amount`. [cmt]
    event ExposureReleased(uint256 indexed party, address indexed lender, uint256 amount, uint256 exposure);

    /// @notice A parameter lies outside the bounds written in the code.
    error FormulaOutOfBounds(bytes32 field, uint256 value, uint256 least, uint256 most);
    /// @notice There is no such version.
    error FormulaVersionUnknown(uint256 version);
    /// @notice These parameters are proposed already.
    error FormulaProposalKnown(bytes32 id);
    /// @notice These parameters were not proposed.
    error FormulaProposalUnknown(bytes32 id);
    /// @notice The proposal was open until `validUntil`. [unix]
    error FormulaProposalExpired(bytes32 id, uint256 validUntil, uint256 time);
    /// @notice Who proposes a formula does not approve it.
    error FormulaCheckerIsMaker(address caller);
    /// @notice A version waits to take effect; withdraw it or wait.
    error FormulaScheduled(uint256 version, uint256 effectiveAt);
    /// @notice No version waits for its time.
    error FormulaNotScheduled();
    /// @notice This contract is a lender already.
    error LenderKnown(address lender);
    /// @notice This contract was never a lender.
    error LenderUnknown(address lender);
    /// @notice There is no contract at this address.
    error LenderWithoutCode(address lender);
    /// @notice No party has this id.
    error LenderPartyUnknown(uint256 party);
    /// @notice This lender does not count yet, or no more.
    error LenderNotActive(address lender);
    /// @notice An exposure of zero does nothing.
    error ExposureZero();
    /// @notice More than the party's limit leaves: lend at most `limit`. [cmt]
    error ExposureAboveLimit(uint256 party, uint256 amount, uint256 limit);
    /// @notice More is released than was booked. [cmt]
    error ExposureTooSmall(uint256 party, address lender, uint256 amount, uint256 exposure);

    // ---- the formula

    /// @notice Proposes parameters for the next version.
    /// @dev Reverts if a parameter is out of the bounds in ScoreMath.
    /// @custom:role OFFICER
    function proposeFormula(Parameters calldata parameters) external returns (bytes32 id);

    /// @notice A second person approves them; they take effect FORMULA_DELAY later.
    /// @dev Reverts while another version waits to take effect.
    /// @custom:role COMMITTEE
    function approveFormula(Parameters calldata parameters) external returns (uint256 version);

    /// @notice Withdraws the version that waits to take effect; its number is used again.
    /// @custom:role COMMITTEE
    function withdrawFormula() external;

    // ---- lenders

    /// @notice Effective at once during the first day after deployment, later after LENDER_DELAY.
    /// @param party for which it lends: whom borrowers name in their consent
    /// @custom:role ADMIN
    function registerLender(address lender, uint32 party) external;

    /// @notice It may take up no more exposure; what is out it can still release.
    /// @custom:role ADMIN
    function retireLender(address lender) external;

    /// @notice For a registered lender: takes up exposure within the party's limit, and records the use of the party's consent for lending.
    /// @dev Reverts above the limit: two loans in one block share one book.
    function takeExposure(uint32 party, uint256 amount, bytes32 decisionHash) external;

    /// @notice For a lender, also a retired one: the party owes it that much less.
    function releaseExposure(uint32 party, uint256 amount) external;

    // ---- look

    /// @notice The score now. Show it only with its reasons: `explain`.
    function scoreOf(uint32 party) external view returns (Score memory);
    /// @notice The score now, and every cell behind it, newest month first; the contributions add up to the score's evidence.
    function explain(uint32 party) external view returns (Score memory, Contribution[] memory);
    /// @notice The same by any version, as of any month up to now, from the history as it is now.
    function explainAt(uint32 party, uint256 version, uint256 month) external view returns (Score memory, Contribution[] memory);
    /// @notice What may be lent to the party; nothing while it is suspended or its records are too few.
    function limitOf(uint32 party) external view returns (Limit memory);
    /// @notice The parameters of a version of the formula.
    function parametersOf(uint256 version) external view returns (Parameters memory);
    /// @notice The name under which parameters are proposed and approved.
    function hashParameters(Parameters calldata parameters) external pure returns (bytes32 id);
    /// @notice The version in force.
    function formulaVersion() external view returns (uint256);
    /// @notice When a version takes or took effect, 0 for one that does not exist. [unix]
    function effectiveAt(uint256 version) external view returns (uint256);
    /// @notice What is known of a lender's contract; zeros if nothing.
    function lenderOf(address lender) external view returns (Lender memory);
    /// @notice What the party owes to all lenders. [cmt]
    function exposureOf(uint32 party) external view returns (uint256);
    /// @notice What it owes to one of them. [cmt]
    function exposureTo(uint32 party, address lender) external view returns (uint256);
}
