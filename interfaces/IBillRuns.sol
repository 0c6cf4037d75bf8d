// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "./Codes.sol";
import {IClearance} from "./IClearance.sol";
import {IObligations} from "./IObligations.sol";
import {ITill} from "./ITill.sol";

/// @title Posted charges: bills of a billing run behind one Merkle root, and the debts that come of them
/// @notice A run holds bills of one category for one period. The manager posts its root, the committee approves it, and every bill in it can be paid by its proof
/// or turned into a debt by `issue`, which is open to all. A single charge is a run of one bill, whose root is its leaf.
/// Money is in base units of the community token [cmt], days are civil day numbers in the community's calendar [day], months count from 1970-01 [month].
/// @dev leaf = keccak256(keccak256(abi.encode(chainid, this contract, run, unit, category, period, version, party, amount, linesHash, salt))); pairs are sorted before hashing.
/// key of a bill = unit << 48 | category << 32 | period << 16 | version; it is also its obligation number towards CreditRegistry.
interface IBillRuns is IObligations, IClearance, ITill {
    enum RunState {
        NONE,
        POSTED, // waits for the committee
        APPROVED,
        DROPPED // withdrawn, or the committee objected
    }

    enum BillState {
        NONE, // not on the books: its leaf may still be issued or paid by proof
        ISSUED, // on the books with its figures
        PAID_AT_ONCE // paid in whole by its proof; its figures are in the event alone
    }

    enum AdjustmentKind {
        WAIVER, // of what is owed; counted in the month's public total
        CREDIT_NOTE // the bill was wrong: what was paid too much is repayable
    }

    /// @notice All that decides what the bills of a run mean; fixed when it is posted. In words, because every word of a log costs.
    /// @param root of the tree of bills
    /// @param terms category 16 (of kind POSTED) | period 16, the month that the bills are for [month] | dueDay 24 [day] | payee 32, party that receives
    /// what is paid | manager 32, party that earns managerBps of the principal paid, rounded down for the payee, 0 = none | managerBps 16 [bps] |
    /// graceDays 8 after the due day that count as in time [days] | lateFeeRate 16, simple, of the unpaid principal [bps/day] | lateFeeMaxDays 16, most
    /// days it runs per bill [days]; category lowest
    /// @param extent count 32 of bills | total 64, sum of their amounts [cmt] | maker 160 who posted it; count lowest
    /// @param formulasHash of the published tariff formula that the lines follow
    struct RunTerms {
        bytes32 root;
        uint256 terms;
        uint256 extent;
        bytes32 formulasHash;
    }

    /// @notice What a leaf says besides its run.
    /// @param unit that the charge is for
    /// @param version 1, or higher where an earlier bill of the same unit, category and period was taken back by a credit note
    /// @param party that owes it
    /// @param amount [cmt]
    /// @param linesHash of the bill's lines and formula
    /// @param salt random, so that nobody can guess a neighbour's bill from the tree
    struct Bill {
        uint32 unit;
        uint16 version;
        uint32 party;
        uint64 amount;
        bytes32 linesHash;
        bytes32 salt;
    }

    /// @notice An issued bill as it stands today.
    /// @param open principal still unpaid, with what is in dispute [cmt]
    /// @param lateFees owed [cmt]
    /// @param removed taken off by waiver, credit note or dispute [cmt]
    /// @param disputed what is in dispute; 0 when none is open [cmt]
    /// @param repayable paid too much by a credit note and not yet repaid [cmt]
    /// @param lastOnTimeDay last day that counts as in time [day]
    /// @param disputeUntil last day of the open dispute's decision, 0 = none open [day]
    struct Standing {
        BillState state;
        uint32 run;
        uint32 party;
        uint32 issuedDay;
        uint32 dueDay;
        uint32 lastOnTimeDay;
        uint32 disputeUntil;
        uint64 amount;
        uint64 open;
        uint96 lateFees;
        uint64 removed;
        uint64 disputed;
        uint64 repayable;
    }

    /// @param principal to take off [cmt]
    /// @param lateFees to take off; at most what is owed [cmt]
    /// @param reasonHash of the document that gives the reason
    struct Adjustment {
        uint256 key;
        AdjustmentKind kind;
        uint64 principal;
        uint64 lateFees;
        bytes32 reasonHash;
    }

    /// @param code as in Codes.sol
    /// @param amount collected, principal and late fee [cmt]
    struct Result {
        uint256 key;
        Code code;
        uint256 amount;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A maker posts a run of bills for a category and a period; it can be issued from after its approval. [month]
    event RunPosted(uint256 indexed run, RunTerms terms);
    /// @notice The one bill of a run that is a single charge.
    event ChargePosted(uint256 indexed run, uint256 indexed unit, uint256 indexed party, Bill bill);
    /// @notice A second person approves the run: from now on its bills can be issued by proof.
    event RunApproved(uint256 indexed run, address indexed checker);
    /// @notice A run that was not approved is given up, for a reason kept off the chain.
    event RunDropped(uint256 indexed run, address indexed by, bytes32 reasonHash);
    /// @notice A bill of an approved run becomes a debt of its party, due on `dueDay`; `linesHash` is of what the resident was shown. [cmt, day]
    event BillIssued(uint256 indexed key, uint256 indexed run, uint256 indexed party, uint256 amount, uint256 dueDay, bytes32 linesHash);
    /// @notice Paid in whole by its proof, as on the run's due day or 7 days from now, the later; it never was a debt. [cmt]
    event BillPaidAtOnce(uint256 indexed key, uint256 indexed run, uint256 indexed party, address payer, uint256 amount);
    /// @notice A bill paid at once has its figures on the books now.
    event BillRecorded(uint256 indexed key, uint256 indexed run, uint256 indexed party, uint256 amount);
    /// @notice A payment of `payer` for the party, first to the principal, then to late fees. [cmt]
    event BillPaid(uint256 indexed key, uint256 indexed party, address indexed payer, uint256 principal, uint256 lateFees);
    /// @notice What a settlement discharged of the bill, and why not more. [cmt]
    event BillSettled(uint256 indexed key, uint256 indexed party, Code code, uint256 principal, uint256 lateFees);
    /// @notice The party disputes `amount` of the bill: it is not collected until `untilDay`. [cmt, day]
    event DisputeOpened(uint256 indexed key, uint256 indexed party, uint256 amount, uint256 untilDay, bytes32 reasonHash);
    /// @notice The party gives the dispute up.
    event DisputeWithdrawn(uint256 indexed key, uint256 indexed party);
    /// @notice `removed` of the disputed amount is taken off; `by` is zero where the deadline passed in silence. In time until `lastOnTimeDay`.
    event DisputeDecided(uint256 indexed key, address indexed by, uint256 removed, uint256 lastOnTimeDay, bytes32 reasonHash);
    /// @notice An officer proposes to take from a bill; another one must apply it by `untilDay`. [day]
    event AdjustmentProposed(bytes32 indexed id, uint256 indexed key, address indexed maker, Adjustment adjustment, uint256 untilDay);
    /// @notice The proposal is given up.
    event AdjustmentWithdrawn(bytes32 indexed id);
    /// @notice Both officers agreed; `repayable` of it had been paid already. [cmt]
    event AdjustmentMade(bytes32 indexed id, uint256 indexed key, address indexed checker, Adjustment adjustment, uint256 repayable);
    /// @notice Somebody repays what a credit note left owing to the party. [cmt]
    event CreditRepaid(uint256 indexed key, uint256 indexed party, address indexed payer, uint256 amount);
    /// @notice Runs up to `lastRun` never bind the buyer for this unit, unless issued before.
    event ClearanceGiven(uint256 indexed unit, uint256 indexed owner, uint256 indexed buyer, uint256 lastRun, uint256 day);
    /// @notice Nothing new is posted or issued until then; paying goes on. [unix]
    event PausedUntil(uint256 until);
    /// @notice No run is posted here any more; what is owed stays payable.
    event Retired();

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Posting and issuing are paused; payments are not.
    error BillsPaused(uint256 until);
    /// @notice This contract takes no new runs; use its successor.
    error BillsRetired();
    /// @notice A pause lasts at most `most`. [s]
    error BillsPauseTooLong(uint256 duration, uint256 most);
    /// @notice Another run took this number meanwhile; build the tree again with the next one.
    error BillRunNumberTaken(uint256 run, uint256 next);
    /// @notice A figure of the run is outside its bounds: which one, what was given, the bound.
    error BillRunInvalid(bytes32 field, uint256 value, uint256 bound);
    /// @notice The run is not in the state that this step needs.
    error BillRunStateWrong(uint256 run, RunState state);
    /// @notice The terms shown to the checker are not those that the maker posted.
    error BillRunTermsDiffer(uint256 run);
    /// @notice Its due day has passed before it was approved: withdraw it and post it with a later one.
    error BillRunTooLate(uint256 run, uint256 dueDay, uint256 today);
    /// @notice The maker of a run cannot approve it: another person does.
    error BillCheckerIsMaker(address caller);
    /// @notice This category charges by tariff or is unknown; bills need a posted category.
    error BillCategoryNotPosted(uint256 category);
    /// @notice The proof does not lead from this bill to the root of the run.
    error BillProofInvalid(uint256 run, bytes32 leaf);
    /// @notice A figure of the bill is outside its bounds: which one, what was given, the bound.
    error BillInvalid(bytes32 field, uint256 value, uint256 bound);
    /// @notice No party has this id.
    error BillPartyUnknown(uint256 party);
    /// @notice A clearance for the buyer was given after this run was posted.
    error BillNotBinding(uint256 run, uint256 unit, uint256 party);
    /// @notice No bill was issued under this key.
    error BillUnknown(uint256 key);
    /// @notice The bill is owed by another party than the one named.
    error BillPartyMismatch(uint256 key, uint256 party, uint256 owes);
    /// @notice An amount of zero does nothing.
    error BillAmountZero();
    /// @notice More than is open on the bill: pay at most `most`. [cmt]
    error BillPaymentTooLarge(uint256 key, uint256 amount, uint256 most);
    /// @notice At most `most` bills fit one call; send several.
    error BillBatchTooLarge(uint256 length, uint256 most);
    /// @notice Only the current wallet of the billed party can do this.
    error BillNotParty(uint256 key, address caller);
    /// @notice A bill can be disputed once, until `lastDay`; 0 if it was. [day]
    error BillNotDisputable(uint256 key, uint256 lastDay, uint256 today);
    /// @notice The bill is under dispute until `untilDay`. [day]
    error BillDisputed(uint256 key, uint256 untilDay);
    /// @notice There is no dispute to end.
    error BillNotDisputed(uint256 key);
    /// @notice More is disputed than the bill has open. [cmt]
    error BillDisputeTooLarge(uint256 key, uint256 amount, uint256 most);
    /// @notice Another adjustment of this bill waits for its second person.
    error BillAdjustmentOpen(bytes32 id, uint256 untilDay);
    /// @notice There is no such proposal, or its time is over.
    error BillAdjustmentUnknown(bytes32 id);
    /// @notice More would be taken than the bill allows. [cmt]
    error BillAdjustmentTooLarge(uint256 key, uint256 amount, uint256 most);
    /// @notice An officer does not decide about a bill of his own.
    error BillAdjusterConcerned(uint256 key, address caller);
    /// @notice The owner has open bills of this unit.
    error BillsOpen(uint256 unit, uint256 owner, uint256 count);
    /// @notice No unit has this id.
    error BillUnitUnknown(uint256 unit);
    /// @notice Nothing waits for this party.
    error BillNothingOwed(uint256 party);
    /// @notice Carries the answer of previewSettle out of a call that undoes itself.
    error BillPreview(Result[] results);

    // ------------------------------------------------------------------------------------------------ runs

    /// @notice Posts a run of bills of one category and period; nothing is owed before it is approved.
    /// @dev Reverts if paused or retired, if `run` is not the next number, if the category is not POSTED, if root, count or total is 0, or if the due day is before the
    /// category's due day of the period.
    /// @param run must be runCount + 1: the leaves carry it
    /// @custom:role MANAGER
    function postRun(
        uint32 run,
        bytes32 root,
        uint16 category,
        uint16 period,
        uint32 dueDay,
        uint32 count,
        uint64 total,
        bytes32 formulasHash
    ) external;

    /// @notice Posts one bill as a run of its own: its proof is empty.
    /// @custom:role MANAGER
    function postCharge(uint32 run, uint16 category, uint16 period, uint32 dueDay, Bill calldata bill, bytes32 formulasHash) external;

    /// @notice The second person agrees to a posted run with all its terms; from now on its bills can be issued and paid.
    /// @dev Reverts if the terms differ from what was posted, if the caller posted it, or if its due day has passed.
    /// @custom:role COMMITTEE
    function approveRun(uint32 run, RunTerms calldata terms) external;

    /// @notice The second person refuses a posted run.
    /// @custom:role COMMITTEE
    function objectToRun(uint32 run, bytes32 reasonHash) external;

    /// @notice The manager takes back a run that is not approved yet.
    /// @custom:role MANAGER
    function withdrawRun(uint32 run, bytes32 reasonHash) external;

    // ------------------------------------------------------------------------------------------------ issue

    /// @notice Makes a bill of an approved run a debt of its party; open to all. ISSUED, or ALREADY_ISSUED without effect for a repeat.
    /// @dev It falls due on the run's due day, at the earliest 7 days after it is issued. Reverts while paused, if the proof is wrong, if the bill is not binding.
    function issue(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code);

    /// @notice As issue, for several bills of one run.
    function issueMany(uint32 run, Bill[] calldata bills, bytes32[][] calldata proofs) external returns (Code[] memory codes);

    /// @notice Puts the figures of a bill that was paid at once on the books, so that a credit note can find it; open to all.
    function record(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code);

    // ------------------------------------------------------------------------------------------------ pay

    /// @notice Pays a bill by its proof, in whole or in part; anybody may. COLLECTED, PARTIAL, or ALREADY_ISSUED without moving money if nothing of it is owed any more.
    /// @dev Works while paused. Reverts with BillPaymentTooLarge beyond what is owed.
    /// @param amount [cmt]
    function payByProof(uint32 run, Bill calldata bill, bytes32[] calldata proof, uint256 amount) external returns (Code code);

    /// @notice Pays an issued bill in whole or in part, principal first, then late fees; anybody may.
    /// @dev Reverts if `party` does not owe it, or beyond what is owed and not in dispute.
    /// @param amount [cmt]
    function pay(uint256 key, uint32 party, uint256 amount) external;

    /// @notice As pay, with the payer's ERC-3009 signature: `receiveWithAuthorization` to this contract with nonce keccak256(abi.encode(key, party, salt)).
    function payWithAuthorization(
        uint256 key,
        uint32 party,
        uint256 amount,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external;

    /// @notice Collects issued bills that are due from their parties' mandates, principal before late fee; never reverts for one bill. At most 500 in a call.
    /// @dev Codes: COLLECTED, PARTIAL, RENT_ONLY (principal without the late fee), NOTHING_DUE (paid, not due yet, or a repeat), DISPUTED, UNKNOWN, or the token's reason.
    function settle(uint256[] calldata keys) external returns (Result[] memory results);

    /// @notice What settle would answer now.
    function previewSettle(uint256[] calldata keys) external returns (Result[] memory results);

    /// @notice Runs settle and reverts with BillPreview; previewSettle reads it.
    function settleAndRevert(uint256[] calldata keys) external;

    /// @notice Repays what a credit note found to be paid too much, to the billed party; anybody may, usually the payee.
    /// @param amount [cmt]
    function repay(uint256 key, uint256 amount) external;

    // ------------------------------------------------------------------------------------------------ dispute and correct

    /// @notice The billed party disputes some of the open principal, once and as long as the bill is in time. Meanwhile nothing of the bill is late or collected.
    /// @param amount [cmt]
    function dispute(uint256 key, uint64 amount, bytes32 reasonHash) external;

    /// @notice The billed party gives its dispute up.
    function withdrawDispute(uint256 key) external;

    /// @notice Decides a dispute by its deadline: `removed` is taken off, the rest stays owed.
    /// @custom:role COMMITTEE
    function decideDispute(uint256 key, uint64 removed, bytes32 reasonHash) external;

    /// @notice Open to all: a dispute not decided by its deadline removes the disputed part. Every other touch of the bill does the same.
    function closeDispute(uint256 key) external;

    /// @notice Proposes a waiver or a credit note for 30 days.
    /// @custom:role MANAGER
    function proposeAdjustment(Adjustment calldata adjustment) external returns (bytes32 id);

    /// @notice A proposal is given up before its second person has applied it.
    /// @custom:role MANAGER
    function withdrawAdjustment(bytes32 id) external;

    /// @notice The second person agrees. A credit note beyond what is open becomes repayable.
    /// @custom:role COMMITTEE
    function approveAdjustment(Adjustment calldata adjustment) external;

    /// @notice Clears a unit for a sale today: its owner owes no bill of it, and no run posted so far will bind the buyer.
    /// @custom:role MANAGER
    function giveClearance(uint32 unit, uint32 buyer) external;

    // ------------------------------------------------------------------------------------------------ house

    /// @notice Stops posting, approving and issuing for a while; never paying, disputing or repaying.
    /// @param duration at most 30 days, 0 ends the pause [s]
    /// @custom:role COMMITTEE
    function pause(uint64 duration) external;

    /// @notice For ever: no new runs. Approved runs are issued, paid and disputed as before.
    /// @custom:role ADMIN
    function retire() external;

    // ------------------------------------------------------------------------------------------------ look

    /// @notice The leaf of a bill in its run: hashed twice, bound to chain, contract and run.
    function hashBill(uint32 run, uint16 category, uint16 period, Bill calldata bill) external view returns (bytes32 leaf);
    /// @notice Root and terms of an approved run; of another only its state.
    function runOf(uint32 run) external view returns (RunState state, bytes32 root, uint256 terms);
    /// @notice The one key of a bill: unit, category, period and version. [month]
    function keyOf(uint32 unit, uint16 category, uint16 period, uint16 version) external pure returns (uint256 key);
    /// @notice What is known of an issued bill; zeros for one that was not issued.
    function billOf(uint256 key) external view returns (Standing memory);
    /// @notice How many issued bills of a unit a party has not discharged.
    function openBills(uint32 unit, uint32 party) external view returns (uint256 count);
    /// @notice The last run that does not bind a buyer of the unit, and the day of the clearance. [day]
    function clearanceOf(uint32 unit, uint32 buyer) external view returns (uint32 lastRun, uint32 day);
    /// @notice Waived principal and late fees and credited principal of a month. [cmt]
    function adjustedIn(uint256 month) external view returns (uint256 principal, uint256 lateFees, uint256 credited);
    /// @notice Who proposed an adjustment and until when it can be approved. [day]
    function adjustmentOf(bytes32 id) external view returns (address maker, uint256 untilDay);
    /// @notice Runs posted so far; they are numbered from 1.
    function runCount() external view returns (uint32);
    /// @notice Until when posting and issuing are paused; 0 if never. [unix]
    function pausedUntil() external view returns (uint64);
    /// @notice Whether new runs are refused for good.
    function retired() external view returns (bool);
    /// @notice The civil day in the community's time zone. [day]
    function today() external view returns (uint32);
}
