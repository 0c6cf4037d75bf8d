// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "./Codes.sol";
import {IObligations} from "./IObligations.sol";
import {ITill} from "./ITill.sol";

/// @title All leases of a community: terms, schedule, payments, settlement and states
/// @notice Money is in base units of the community token [cmt], days are civil day numbers since 1970-01-01 in the community's calendar [day],
/// months are months since 1970-01 [month], rates are basis points [bps].
interface ILeaseAgreement is IObligations, ITill {
    enum DayCount {
        ACTUAL, // days of the piece / days of the period that encloses it
        THIRTY_360, // min(days, 30) / 30
        ACTUAL_365 // 12 × days / 365, at most the rent
    }

    enum State {
        None,
        Active,
        Notice,
        Holdover,
        Ended,
        DepositReview,
        Closed
    }

    /// @param day first day of the new rent; a boundary of the schedule [day]
    /// @param rent rent per month from then on [cmt/month]
    struct RentStep {
        uint32 day;
        uint64 rent;
    }

    /// @notice Paid at activation, with the deposit (key money, agency, renewal fee).
    /// @param payee party that receives it
    /// @param amount [cmt]
    /// @param kind hash of its name in the document
    struct OneOffFee {
        uint32 payee;
        uint64 amount;
        bytes32 kind;
    }

    /// @notice Opening figures of a lease taken over while running; all zero for a new lease.
    /// @param day effective boundary: the schedule counts from here; the last boundary on or before the cut-over [day]
    /// @param paid principal already paid of the periods from `day` on [cmt]
    /// @param arrears principal still unpaid of the periods before `day` [cmt]
    /// @param lateFees late fees owed at the cut-over [cmt]
    /// @param prepaid prepayment, brought in by whoever submits the activation [cmt]
    struct Opening {
        uint32 day;
        uint64 paid;
        uint64 arrears;
        uint64 lateFees;
        uint64 prepaid;
    }

    /// @notice What every party signs (EIP-712, this contract's domain).
    struct LeaseTerms {
        uint32 unit;
        uint32 landlord; // party
        uint32[] tenants; // parties, 1 to 4, distinct
        uint16[] shares; // [bps], one each, sum 10,000
        uint64 rent; // [cmt/month]
        uint64 deposit; // [cmt]
        uint32 startDay; // [day]
        uint32 endDay; // first day after the lease [day]
        uint8 billingDay; // 1–31, 0 = the start's day of the month
        uint8 interval; // months paid at a time, 1–12
        int8 dueOffset; // due that many days after (before) the period's first day, −31–31 [days]
        uint16 rentFreeDays; // from the start [days]
        RentStep[] steps; // ascending, at most 12
        OneOffFee[] fees; // at most 4
        uint8 graceDays; // [days]
        uint16 lateFeeRate; // simple, per day [bps/day]
        uint16 lateFeeMaxDays; // per period, at most 400 [days]
        uint16 noticeDays; // [days]
        uint32 breakDay; // earliest end by notice before endDay, 0 = no break clause [day]
        uint64 breakFee; // paid by who breaks to the other side, at notice [cmt]
        uint32 manager; // party that earns the commission, 0 = none
        uint16 commission; // of rent collected [bps]
        uint16 holdoverRate; // rent after the end day, of the last rent [bps], 0 = not agreed
        DayCount dayCount;
        uint32 arbiter; // party that awards disputed deposits, 0 = none (silence splits)
        uint8 coverMask; // bit i: tenant i also pays what the others owe
        Opening opening;
        bytes32 documentHash;
        uint256 nonce; // the landlord's offer nonce: raising it withdraws every open offer
        bytes32 salt;
        uint64 deadline; // last second for activation [unix]
    }

    /// @notice An EIP-2612 permit of one tenant towards this contract; value 0 = none.
    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @param id lease
    /// @param code why
    /// @param amount discharged by this call, from prepayments and mandates together [cmt]
    struct Result {
        uint32 id;
        Code code;
        uint96 amount;
    }

    /// @notice What a resident's screen and an audit need of one tenant's account in one lease.
    struct Account {
        uint32 tenant; // party
        uint16 share; // [bps]
        uint256 due; // fallen due so far [cmt]
        uint256 settled; // discharged so far [cmt]
        uint256 pot; // prepaid cash [cmt]
        uint256 lateFees; // owed now, rounded down [cmt]
    }

    /// @notice The terms as they stand today, after all changes.
    struct Summary {
        uint32 unit;
        uint32 landlord; // party
        uint32 manager; // party
        uint32 startDay; // [day]
        uint32 endDay; // exclusive [day]
        uint64 rent; // [cmt/month]
        uint16 noticeDays; // [days]
        uint32 breakDay; // [day]
        uint64 breakFee; // [cmt]
        uint16 holdoverRate; // [bps]
        uint8 graceDays; // [days]
    }

    enum ChangeKind {
        RENT, // new rent from boundary `day` on: day, amount = rent [cmt/month]
        RENEWAL, // new end `day`; amount = rent from the old end on [cmt/month]
        TENANT, // account `index` passes to `party`
        SALE, // the landlord becomes `party`
        END, // earlier end `day` (notice, mutual end, default)
        HOLDOVER, // stays after the end until `day`; amount = rent [cmt/month]
        WAIVE_RENT, // of account `index`, amount of principal due [cmt]
        WAIVE_FEES // of account `index`, amount of late fees owed [cmt]
    }

    /// @notice One agreed change, told to this contract by LeaseChanges alone.
    struct Change {
        ChangeKind kind;
        uint32 lease;
        uint8 index;
        uint32 day;
        uint32 party;
        uint64 amount;
    }

    /// @notice All of the signed terms that an amount depends on, in the words the contract keeps (contracts/lib/LeaseWords.sol).
    /// @param words hot word, plan word, fee word, `opening.paid | arrears << 64 | lateFees << 128 | prepaid << 192` [cmt], deposit parts
    /// (56 bits a tenant) `| arbiter << 224`; then one account word for each tenant of a joint lease; then, if the terms have steps or
    /// opening arrears, one segment word each
    event LeaseActivated(
        uint256 indexed lease, uint256 indexed unit, bytes32 indexed termsHash, bytes32 documentHash, uint256[] words
    );
    /// @notice A one-off fee of the terms, brought by the tenants by their shares at activation. [cmt]
    event OneOffFeePaid(uint256 indexed lease, uint256 indexed payee, uint256 amount);
    /// @notice A signer has withdrawn terms that were not activated.
    event TermsCancelled(bytes32 indexed termsHash, uint256 indexed party);
    /// @notice All open offers of this landlord that carry a lower nonce are withdrawn.
    event OfferNonceRaised(uint256 indexed party, uint256 nonce);
    /// @param amount discharged [cmt]: from the pot first, the rest collected
    event Settled(uint256 indexed lease, uint256 tenant, Code code, uint256 amount);
    /// @notice A payment of `payer` for `tenant`, allocated in this order. [cmt]
    event RentPaid(
        uint256 indexed lease, uint256 indexed tenant, address indexed payer, uint256 principal, uint256 lateFees, uint256 prepaid
    );
    /// @notice A tenant took prepaid cash back. [cmt]
    event PrepaymentRefunded(uint256 indexed lease, uint256 indexed tenant, uint256 amount);
    /// @notice An agreed change is in force.
    event LeaseChanged(uint256 indexed lease, ChangeKind indexed kind, Change change);
    /// @notice The lease is closed; what was still owed came out of the deposit. [day, cmt]
    event LeaseClosed(uint256 indexed lease, uint256 day, uint256 principalFromDeposit, uint256 lateFeesFromDeposit);
    /// @notice Rent paid beyond the end, owed back by the landlord. `setOff` against late fees, `collected` from his mandate, `debt` stays. [cmt]
    event EndCredit(uint256 indexed lease, uint256 indexed tenant, uint256 setOff, uint256 collected, uint256 debt);
    /// @notice Rent beyond the end, owed back by the landlord, was paid to the tenant. [cmt]
    event LandlordDebtPaid(uint256 indexed lease, uint256 indexed tenant, uint256 amount);
    /// @notice A joint tenant who signed for it paid what another one's mandate did not. [cmt]
    event ShareCovered(uint256 indexed lease, uint256 indexed tenant, uint256 indexed coveredBy, uint256 amount);
    /// @notice No lease begins until then; paying, settling and closing go on. [unix]
    event PausedUntil(uint256 time);
    /// @notice No lease begins here any more; running ones finish here.
    event Retired();

    /// @notice No lease has this id.
    error LeaseUnknown(uint256 lease);
    /// @notice The lease is not in the state that this step needs.
    error LeaseStateWrong(uint256 lease, State state);
    /// @notice A term is outside its bounds: which one by name, what was given, the bound.
    error LeaseTermsInvalid(bytes32 field, uint256 value, uint256 bound);
    /// @notice The terms had to be activated by their deadline. [unix]
    error LeaseTermsExpired(uint256 deadline, uint256 time);
    /// @notice These terms were activated already.
    error LeaseTermsUsed(bytes32 termsHash, uint256 lease);
    /// @notice One of their signers has withdrawn these terms.
    error LeaseTermsWithdrawn(bytes32 termsHash);
    /// @notice The landlord has withdrawn all offers of this nonce.
    error LeaseNonceStale(uint256 party, uint256 nonce, uint256 current);
    /// @notice The signature is not that of the party's current wallet.
    error LeaseSignatureInvalid(uint256 party, address wallet);
    /// @notice The payer means another lease: these are not its terms.
    error LeaseTermsMismatch(uint256 lease, bytes32 termsHash);
    /// @notice The party has no wallet that could sign or be paid.
    error LeasePartyHasNoWallet(uint256 party);
    /// @notice Only a party of the lease can do this.
    error LeaseNotParty(uint256 lease, address caller);
    /// @notice This party is no tenant of the lease.
    error LeaseTenantUnknown(uint256 lease, uint256 tenant);
    /// @notice More than the lease can still take: pay at most `most`. [cmt]
    error LeasePaymentTooLarge(uint256 lease, uint256 amount, uint256 most);
    /// @notice Only what is prepaid and not yet due can be taken back. [cmt]
    error LeaseRefundTooLarge(uint256 lease, uint256 amount, uint256 pot);
    /// @notice The lease runs until `endDay`. [day]
    error LeaseStillRunning(uint256 lease, uint256 endDay, uint256 today);
    /// @notice A figure of the change is outside its bound.
    error LeaseChangeInvalid(uint256 lease, ChangeKind kind, uint256 value, uint256 bound);
    /// @notice At most `most` leases fit one call; send several.
    error LeaseBatchTooLarge(uint256 length, uint256 most);
    /// @notice An amount of zero does nothing.
    error LeaseAmountZero();
    /// @notice Only LeaseChanges can call this.
    error LeaseCallerNotChanges(address caller);
    /// @notice Only DepositEscrow can call this.
    error LeaseCallerNotEscrow(address caller);
    /// @notice No lease begins until then. [unix]
    error LeasePaused(uint256 until);
    /// @notice A pause lasts at most `most`. [s]
    error LeasePauseTooLong(uint256 duration, uint256 most);
    /// @notice No lease begins here any more; use the successor of this contract.
    error LeaseContractRetired();
    /// @notice Nothing waits for this party.
    error LeaseNothingOwed(uint256 party);
    /// @notice Never fails anything: it carries the answer of `settleAndRevert` to `previewSettle`.
    error LeasePreview(Result[] results);

    // ---- sign and activate
    /// @notice Begins a lease that the landlord and every tenant have signed; anybody can submit it.
    /// @param terms all of them; each signer has signed their EIP-712 hash
    /// @param signatures of the landlord, then of each tenant in order, each by the party's current wallet (EOA or ERC-1271)
    /// @param permits for payers whose allowance does not cover deposit, one-off fees and a take-over's prepayments; may be empty
    /// @return lease its id
    /// @dev Reverts if a term is out of bounds, expired, withdrawn or used, if a signature is not the party's, if the unit is taken, or if the
    /// money does not come. All of it happens or nothing.
    function activate(LeaseTerms calldata terms, bytes[] calldata signatures, Permit[] calldata permits) external returns (uint32 lease);
    /// @notice What the parties sign: the EIP-712 hash of the terms for this contract on this chain.
    function hashTerms(LeaseTerms calldata terms) external view returns (bytes32 termsHash);
    /// @notice A signer of terms that were not activated withdraws them; they can never be activated.
    function cancelTerms(LeaseTerms calldata terms) external;
    /// @notice The caller's party withdraws all offers that it has signed as a landlord so far.
    function raiseOfferNonce() external returns (uint256 nonce);

    // ---- pay
    /// @notice Pays for a tenant: principal due, oldest first, then late fees; the rest is prepayment. Anybody can pay for anybody.
    /// @param amount [cmt]; more than the lease can still take reverts with LeasePaymentTooLarge(…, most)
    /// @param termsHash of the lease that the payer means
    /// @dev The caller's mandate or allowance pays. What is due is forwarded at once; commission is rounded down, for the landlord.
    function pay(uint32 lease, uint32 tenant, uint256 amount, bytes32 termsHash) external;
    /// @notice The same with money of `payer`, who has signed an ERC-3009 authorisation for this lease, tenant, terms and `salt`.
    /// @param amount [cmt]
    /// @param validAfter not before [unix]
    /// @param validBefore not from then on [unix]
    function payWithAuthorization(
        uint32 lease, uint32 tenant, uint256 amount, bytes32 termsHash, address payer, uint256 validAfter, uint256 validBefore, bytes32 salt, bytes calldata signature
    ) external;
    /// @notice A tenant takes prepaid cash back, after what has fallen due was paid from it. [cmt]
    function refund(uint32 lease, uint256 amount) external;
    /// @notice Pays a tenant what the landlord owes him since the end; anybody can pay it. [cmt]
    function payLandlordDebt(uint32 lease, uint32 tenant, uint256 amount) external;

    // ---- settle
    /// @notice Collects what is due of these leases, from prepayments and then from mandates; open to all and safe to repeat.
    /// @param leases at most 1,000 ids; unknown and repeated ones get their code
    /// @return results one for each lease, in order; no lease makes another one fail
    /// @dev Payees are paid once a batch. Late fees and commission are rounded down, for tenant and landlord.
    function settle(uint32[] calldata leases) external returns (Result[] memory results);
    /// @notice What `settle` would answer now: it runs the same code and undoes it. Call it off chain.
    function previewSettle(uint32[] calldata leases) external returns (Result[] memory results);
    /// @notice Settles and always reverts with LeasePreview; `previewSettle` calls it.
    function settleAndRevert(uint32[] calldata leases) external;

    // ---- end
    /// @notice Ends a lease from its end day on, by anybody: refunds prepayments, gives back rent beyond the end, takes what is missing out of each
    /// tenant's part of the deposit, and opens the review of what is left of it.
    function close(uint32 lease) external;

    // ---- for LeaseChanges and DepositEscrow
    /// @notice For LeaseChanges: a change that all whom it binds have agreed to.
    function applyChange(Change calldata change) external;
    /// @notice For DepositEscrow: the deposit is settled, the lease is Closed.
    function finishClosing(uint32 lease) external;
    /// @notice For DepositEscrow: `amount` of a deduction awarded to the landlord pays his debt to the tenant instead; answers how much was used.
    function offsetLandlordDebt(uint32 lease, uint32 tenant, uint256 amount) external returns (uint256 used);

    // ---- look
    /// @notice Where the lease stands; None for an unknown id.
    function stateOf(uint32 lease) external view returns (State);
    /// @notice The terms as they stand today.
    function termsOf(uint32 lease) external view returns (Summary memory summary);
    /// @notice One account for each tenant, as of today.
    function accountsOf(uint32 lease) external view returns (Account[] memory accounts);
    /// @notice All principal that falls due by the end of `day`, over all tenants. [day] → [cmt]
    function dueOn(uint32 lease, uint32 day) external view returns (uint256 due);
    /// @notice The lease of signed terms; 0 if not activated, 4,294,967,295 if one of their signers has withdrawn them.
    function leaseOf(bytes32 termsHash) external view returns (uint32 lease);
    /// @notice What the landlord owes a tenant since the end. [cmt]
    function landlordDebt(uint32 lease, uint32 tenant) external view returns (uint256);
    /// @notice Leases so far; they are numbered from 1.
    function leaseCount() external view returns (uint32);
    /// @notice The civil day in the community's time zone. [day]
    function today() external view returns (uint32);
    /// @notice Until when no lease begins; 0 if never paused. [unix]
    function pausedUntil() external view returns (uint64);

    // ---- roles
    /// @notice No new lease for `duration`; it ends by itself, and nothing that pays out or settles is paused. [s]
    /// @custom:role COMMITTEE
    function pause(uint64 duration) external;
    /// @notice For good: no new lease here. Running ones finish here.
    /// @custom:role ADMIN
    function retire() external;
}
