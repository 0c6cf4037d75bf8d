// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Deposits: kept apart from the rent, with a clock on every side
/// @notice After a lease has ended:
///
///   Claiming   the landlord claims within CLAIM_DAYS; silence refunds everything. What is not claimed goes to the tenants at once.
///   Answering  the tenants answer within ANSWER_DAYS: the claim is accepted if all of them accept it or say nothing; one lower offer is
///              enough to dispute it, and the lowest stands. The offered sum goes to the landlord as soon as no answer is missing.
///   Awarding   only the difference waits. The landlord may take the offer; the arbiter awards a sum between offer and claim within
///              AWARD_DAYS; silence splits the difference, an odd unit to the tenants. So it is split at once where the terms name no
///              arbiter, or where he has become landlord or tenant of this lease.
///   Settled    everything is paid, the lease is closed.
///
/// Every clock counts whole days after the day of the step before it, and its last day still counts. A clock is extended once, by
/// EXTENSION_DAYS, if the leases are paused or the party whose turn it is has a wallet under recovery. `finalise` and `extendClock` are
/// open to all. Nobody can lock the money by doing nothing. Money [cmt], days [day].
///
/// The landlord's debt to a tenant (rent paid beyond the end) comes first out of what he is awarded from that tenant's part.
/// A sum that cannot be delivered waits in `owed` for its party's wallet. Functions of a party are for its current wallet, also sponsored
/// (ERC-2771), and not while that wallet is being recovered.
interface IDepositEscrow {
    enum Phase {
        None,
        Held, // the lease runs
        Claiming,
        Answering,
        Awarding,
        Settled
    }

    /// @param phase of the review
    /// @param extended whether the present clock was extended
    /// @param answered bit i: tenant i has answered the claim
    /// @param lastDay last day of the party whose turn it is [day]
    /// @param arbiter party, 0 = none
    /// @param claim the landlord's claim [cmt]
    /// @param offer the lowest answer; equal to the claim while nobody disputes it [cmt]
    struct Review {
        Phase phase;
        bool extended;
        uint8 answered;
        uint32 lastDay;
        uint32 arbiter;
        uint64 claim;
        uint64 offer;
    }

    /// @param parts 56 bits per tenant, tenant 0 lowest [cmt], and the arbiter's party in the highest 32 bits
    event DepositBooked(uint256 indexed lease, uint256 parts);
    /// @notice What tenant `index` still owed at the end came out of his part of the deposit. [cmt]
    event ArrearsTaken(uint256 indexed lease, uint256 index, uint256 amount);
    /// @notice The landlord can claim from `amount` until `lastDay`; silence refunds all. [cmt, day]
    event ReviewOpened(uint256 indexed lease, uint256 amount, uint256 lastDay);
    /// @param amounts the items of the claim [cmt] @param evidence a hash for each
    event ClaimFiled(uint256 indexed lease, uint256 claim, uint64[] amounts, bytes32[] evidence, uint256 lastDay);
    /// @notice A tenant agrees to the whole claim. [cmt]
    event ClaimAccepted(uint256 indexed lease, uint256 indexed tenant, uint256 claim);
    /// @notice A tenant agrees to less than the claim; the lowest offer stands. [cmt]
    event OfferMade(uint256 indexed lease, uint256 indexed tenant, uint256 offer);
    /// @notice No answer is missing any more; `claim - offer` waits for the award.
    event OfferFinal(uint256 indexed lease, uint256 offer, uint256 claim, uint256 lastDay);
    /// @notice The landlord agrees to the offer. [cmt]
    event OfferAccepted(uint256 indexed lease, uint256 offer);
    /// @notice The arbiter's award, between offer and claim. [cmt]
    event DepositAwarded(uint256 indexed lease, uint256 indexed arbiter, uint256 award);
    /// @notice A pause or a recovery stood in the way: the deadline moves, once. [day]
    event ClockExtended(uint256 indexed lease, uint256 lastDay);
    /// @notice Of the deposit: what the landlord got in all, his debts to tenants paid with it included. [cmt]
    event DepositSettled(uint256 indexed lease, uint256 toLandlord);
    /// @notice One payment out of the deposit to a party, as counted before delivery. [cmt]
    event DepositPaid(uint256 indexed lease, uint256 indexed party, uint256 amount);
    /// @notice Part of the landlord's award paid what he owed this tenant. [cmt]
    event LandlordDebtSetOff(uint256 indexed lease, uint256 indexed tenant, uint256 amount);
    /// @notice A share that could not be delivered waits for its party. [cmt]
    event ShareHeld(uint256 indexed party, uint256 amount);
    /// @notice A share that had waited was paid out. [cmt]
    event OwedWithdrawn(uint256 indexed party, address indexed wallet, uint256 amount);

    /// @notice Only LeaseAgreement can call this.
    error DepositCallerNotLeases(address caller);
    /// @notice The deposit of this lease is booked already.
    error DepositBookedAlready(uint256 lease);
    /// @notice Less came than is to be booked. [cmt]
    error DepositNotReceived(uint256 lease, uint256 amount, uint256 surplus);
    /// @notice The deposit is not in the phase that this step needs.
    error DepositPhaseWrong(uint256 lease, Phase phase);
    /// @notice The caller has no part in this step.
    error DepositNotParty(uint256 lease, address caller);
    /// @notice The party's wallet is being replaced; the clock can be extended meanwhile.
    error DepositPartyInRecovery(uint256 party);
    /// @notice This had to be done by `lastDay`. [day]
    error DepositDeadlinePassed(uint256 lease, uint256 lastDay, uint256 today);
    /// @notice The other side has until `lastDay`. [day]
    error DepositClockRunning(uint256 lease, uint256 lastDay, uint256 today);
    /// @notice Nothing stands in the way, or the clock was extended already.
    error DepositClockNotExtendable(uint256 lease);
    /// @notice Every item of a claim has its amount and its evidence, at most `most` of them.
    error DepositItemsInvalid(uint256 amounts, uint256 evidence, uint256 most);
    /// @notice An item of zero claims nothing.
    error DepositItemZero(uint256 index);
    /// @notice At most what is left of the deposit can be claimed. [cmt]
    error DepositClaimTooLarge(uint256 lease, uint256 claim, uint256 most);
    /// @notice An offer lies below the claim, and below the offers before it. [cmt]
    error DepositOfferTooLarge(uint256 lease, uint256 offer, uint256 most);
    /// @notice An award lies between offer and claim. [cmt]
    error DepositAwardOutside(uint256 lease, uint256 award, uint256 least, uint256 most);
    /// @notice The figure that the caller agrees to is not the one on the table.
    error DepositFigureWrong(uint256 lease, uint256 given, uint256 current);
    /// @notice This tenant has accepted already.
    error DepositAnsweredAlready(uint256 lease, uint256 tenant);
    /// @notice Nothing waits for this party.
    error DepositNothingOwed(uint256 party);
    /// @notice The party has no wallet that can take money now.
    error DepositUndeliverable(uint256 party);

    // ---- for LeaseAgreement

    /// @notice For LeaseAgreement, which has just transferred the sum: books a deposit, one part per tenant.
    /// @param parts 56 bits per tenant, tenant 0 lowest [cmt], and the arbiter's party in the highest 32 bits
    function book(uint32 lease, uint256 parts) external;
    /// @notice For LeaseAgreement at closing: arrears of one tenant, computed by the contract and not disputable, come out of that tenant's part.
    /// The sum taken is transferred to LeaseAgreement.
    function takeArrears(uint32 lease, uint8 index, uint256 amount) external returns (uint256 taken);
    /// @notice For LeaseAgreement at closing: starts the landlord's clock. False if there is no deposit left to review.
    function openReview(uint32 lease) external returns (bool open);

    // ---- landlord

    /// @notice Claims deductions, once; the rest goes to the tenants at once. No items at all gives everything back.
    /// @dev Reverts if it is not the landlord's turn, a sum is zero, there are more than MAX_ITEMS, or they exceed what is left.
    /// @param amounts of each item [cmt]
    /// @param evidence hash of what proves each item
    function fileClaim(uint32 lease, uint64[] calldata amounts, bytes32[] calldata evidence) external;
    /// @notice Takes the tenants' final offer; what is disputed goes to them.
    function acceptOffer(uint32 lease, uint64 offer) external;

    // ---- tenants

    /// @notice Agrees to the claim; paid once all tenants have, or at the end of the clock if nobody disputes it.
    /// @param claim as filed: what the caller believes to accept [cmt]
    function acceptClaim(uint32 lease, uint64 claim) external;
    /// @notice Answers with less than the claim, down to nothing. One answer per tenant.
    /// @param offer what the landlord may have [cmt]
    function makeOffer(uint32 lease, uint64 offer) external;

    // ---- arbiter

    /// @notice Decides what the landlord gets in all, the offer included. [cmt]
    function award(uint32 lease, uint64 amount) external;

    // ---- open to all

    /// @notice Once a clock has run out: what silence means comes into force. Extends the clock instead where that is due.
    function finalise(uint32 lease) external;
    /// @notice Extends the present clock, once, while the leases are paused or the party whose turn it is has a wallet under recovery.
    function extendClock(uint32 lease) external;
    /// @notice Pays what could not be delivered to the party's current wallet.
    function withdrawOwed(uint32 party) external;

    // ---- look

    /// @notice What is left of the lease's deposit. [cmt]
    function depositOf(uint32 lease) external view returns (uint256);
    /// @notice What is left of one tenant's part. [cmt]
    function partOf(uint32 lease, uint8 index) external view returns (uint256);
    /// @notice Where the deposit of a lease stands.
    function reviewOf(uint32 lease) external view returns (Review memory);
    /// @notice What waits for a party because it could not be delivered. [cmt]
    function owed(uint32 party) external view returns (uint256);
    /// @notice Σ deposits left + Σ owed; the balance is never less. [cmt]
    function held() external view returns (uint256);
}
