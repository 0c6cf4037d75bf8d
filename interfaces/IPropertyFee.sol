// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "./Codes.sol";
import {IClearance} from "./IClearance.sol";
import {IObligations} from "./IObligations.sol";
import {ITill} from "./ITill.sol";

/// @title Property fees by tariff: accounts, payments, settlement, arrears and clearance
/// @notice An account is a unit's charge of one category, owed by one party from a day on. What it owes follows from the category's tariff and
/// the calendar: nobody writes monthly bills. Money is in base units of the community token [cmt], days are civil days [day], months are
/// counted from 1970-01 [month], sizes are [0.01 m²], shares [bps]. A *level* is the running sum of an account's lines (contracts/lib/FeeMath.sol).
interface IPropertyFee is IClearance, IObligations, ITill {
    /// @param id account
    /// @param code why; RENT_ONLY: the principal was collected, the late fee was not
    /// @param amount discharged by this call, from prepayment and mandate together [cmt]
    struct FeeResult {
        uint32 id;
        Code code;
        uint96 amount;
    }

    /// @notice What a screen, a certificate and an audit need of one account, as of today and after its prepaid cash has paid what is due.
    struct Account {
        uint32 unit;
        uint16 category;
        uint32 party; // who owes it
        uint32 size; // [0.01 m²]; 100 for a flat fee
        uint16 share; // of the tariff, less than 10,000 while vacant [bps]
        uint32 fromDay; // [day]
        uint32 untilDay; // first day after it, 0 = runs on [day]
        uint32 openDay; // nothing fell due before [day]
        uint256 due; // principal that has fallen due and is open, the plan's part included [cmt]
        uint256 lateFees; // owed now, rounded down [cmt]
        uint256 planLeft; // of an instalment plan, due or not [cmt]
        uint256 pot; // prepaid cash [cmt]
        uint256 level; // discharged up to here [cmt]
        bool assumed; // another party took its debt over
    }

    /// @notice Arrears paid by instalments: equal parts, monthly, the last takes the rest.
    struct Plan {
        uint256 sum; // [cmt]
        uint256 paid; // [cmt]
        uint32 firstDay; // [day]
        uint8 count;
        uint32 brokenDay; // from then on all of the rest is due, 0 = kept [day]
    }

    enum Relief {
        WAIVE_PRINCIPAL, // of what has fallen due
        WAIVE_FEES, // of late fees owed
        CREDIT_NOTE // a charge was wrong: open principal is reduced, what was paid too much is given back
    }

    /// @notice The debt that a buyer signed that he takes over.
    struct Assumption {
        uint32 fromParty;
        uint32 toParty;
        uint96 most; // [cmt]
        uint40 validUntil; // [unix]
    }

    // ---------------------------------------------------------------- events

    /// @param level before the first line [cmt]
    event AccountOpened(
        uint256 indexed account, uint256 indexed unit, uint256 indexed party, uint256 category, uint256 size, uint256 share,
        uint256 fromDay, uint256 untilDay, uint256 openDay, uint256 level
    );
    /// @notice The closing certificate: what is open and what is prepaid on the day of closing. [cmt]
    /// @param level after its last line [cmt]
    event AccountClosed(
        uint256 indexed account, uint256 indexed unit, uint256 indexed party, uint256 untilDay, uint256 closedOn, uint256 principal,
        uint256 lateFees, uint256 pot, uint256 level
    );
    /// @notice The next account of the same charge: another party, another size, or vacant.
    event AccountFollowed(uint256 indexed account, uint256 indexed next, bytes32 evidenceHash);
    /// @param amount discharged [cmt]: from the pot first, the rest collected
    event Settled(uint256 indexed account, uint256 party, Code code, uint256 amount);
    /// @notice A payment of `payer` for `party`, allocated in this order. [cmt]
    /// @param reduction given for prompt payment besides it [cmt]
    /// @param level the account is discharged up to here [cmt]
    event FeePaid(
        uint256 indexed account, uint256 indexed party, address indexed payer, uint256 principal, uint256 lateFees, uint256 prepaid,
        uint256 reduction, uint256 level
    );
    /// @notice The party took prepaid cash back. [cmt]
    event PrepaymentRefunded(uint256 indexed account, uint256 indexed party, uint256 amount);
    /// @notice Prepaid cash went along to the account that follows. [cmt]
    event PrepaymentMoved(uint256 indexed account, uint256 indexed next, uint256 amount);
    /// @notice Money paid for days after the end, or too much. `setOff` against late fees and plan, `collected` from what this call would have
    /// forwarded and from the payee's mandate, `debt` stays the payee's; `gift` of it had been a waiver or reduction and is not paid out. [cmt]
    event CreditDue(
        uint256 indexed account, uint256 indexed payee, uint256 setOff, uint256 collected, uint256 debt, uint256 gift
    );
    /// @notice A payee paid back what he owed since a credit or an end. [cmt]
    event CreditPaid(uint256 indexed account, uint256 indexed payee, uint256 amount);
    /// @notice Part of a payee's share is kept for those to whom he owes credits. [cmt]
    event ShareWithheld(uint256 indexed payee, uint256 amount);
    /// @notice A waiver or credit note waits for its second person. [cmt]
    event ReliefProposed(uint256 indexed account, Relief indexed kind, uint256 amount, bytes32 reasonHash, address maker);
    /// @notice A waiver or credit note is in force; waivers count in the public total of `month`. [cmt, month]
    event ReliefGranted(
        uint256 indexed account, Relief indexed kind, uint256 indexed month, uint256 amount, uint256 level, bytes32 reasonHash, address checker
    );
    /// @notice MANAGER offers to take the arrears in so many instalments, the first on `firstDay`. [day, unix]
    event PlanOffered(uint256 indexed account, uint256 count, uint256 firstDay, uint256 validUntil);
    /// @param level the account is discharged up to here, the plan's sum apart [cmt]
    event PlanAgreed(uint256 indexed account, uint256 indexed party, uint256 sum, uint256 count, uint256 firstDay, uint256 level);
    /// @notice An instalment was not paid whole within the grace: all of the rest is due. [day, cmt]
    event PlanBroken(uint256 indexed account, uint256 day, uint256 rest);
    /// @notice The last instalment is paid.
    event PlanKept(uint256 indexed account);
    /// @notice Stage 1 reminder, 2 demand, 3 last notice before steps at law.
    event NoticeServed(uint256 indexed account, uint256 indexed stage, uint256 day, uint256 principal, uint256 lateFees, bytes32 documentHash);
    /// @notice The unit has no arrears on this day: it can be sold today. [day]
    event ClearanceGiven(uint256 indexed unit, uint256 day);
    /// @notice A buyer takes the unit's debt over, up to `most`, until `validUntil`. [cmt, day]
    event DebtAssumption(uint256 indexed unit, uint256 indexed fromParty, uint256 indexed toParty, uint256 most, uint256 validUntil);
    /// @notice A debt passed to the buyer who had agreed to it. [cmt]
    event DebtTakenOver(uint256 indexed account, uint256 indexed fromParty, uint256 indexed toParty, uint256 amount);
    /// @notice Signed assumptions of lower nonces no longer count.
    event AssumptionNonceRaised(uint256 indexed party, uint256 nonce);
    /// @notice Another contract's clearance is asked as well from `effectiveAt` on. [unix]
    event FurtherClearanceSet(address indexed clearance, uint256 effectiveAt);
    /// @notice No account is opened until then; paying and settling go on. [unix]
    event PausedUntil(uint256 time);
    /// @notice No account is opened here any more; what is owed stays payable.
    event Retired();

    // ---------------------------------------------------------------- errors

    /// @notice No account has this id.
    error FeeAccountUnknown(uint256 account);
    /// @notice The payer means another account: this is what it is for.
    error FeeAccountMismatch(uint256 account, uint256 unit, uint256 category, uint256 party);
    /// @notice The account ends on `untilDay` already. [day]
    error FeeAccountEnds(uint256 account, uint256 untilDay);
    /// @notice This category charges nothing by tariff, or is unknown.
    error FeeCategoryInvalid(uint256 category);
    /// @notice No unit has this id.
    error FeeUnitUnknown(uint256 unit);
    /// @notice The unit's area is larger than an account can hold. [0.01 m²]
    error FeeSizeTooLarge(uint256 unit, uint256 size, uint256 most);
    /// @notice The party is neither owner nor user of the unit.
    error FeePartyNotOfUnit(uint256 unit, uint256 party);
    /// @notice The unit has an account of this category for these days.
    error FeeSubscribedAlready(uint256 unit, uint256 category, uint256 account);
    /// @notice A unit has at most `most` open accounts.
    error FeeUnitAccountsFull(uint256 unit, uint256 most);
    /// @notice The day lies between `earliest` and `latest`. [day]
    error FeeDayInvalid(uint256 day, uint256 earliest, uint256 latest);
    /// @notice Nothing is different, so nothing was done.
    error FeeNothingChanges(uint256 account);
    /// @notice An amount of zero does nothing.
    error FeeAmountZero();
    /// @notice More than 36 months ahead: pay at most `most`. [cmt]
    error FeePaymentTooLarge(uint256 account, uint256 amount, uint256 most);
    /// @notice Only what is prepaid and not yet due can be taken back. [cmt]
    error FeeRefundTooLarge(uint256 account, uint256 amount, uint256 pot);
    /// @notice Only the party's current wallet can do this.
    error FeeNotParty(uint256 account, address caller);
    /// @notice Nothing waits for this party.
    error FeeNothingOwed(uint256 party);
    /// @notice The payee owes less than that: pay at most `most`. [cmt]
    error FeeCreditTooSmall(uint256 account, uint256 payee, uint256 most);
    /// @notice At most `most` accounts fit one call; send several.
    error FeeBatchTooLarge(uint256 length, uint256 most);
    /// @notice More than is open cannot be waived or credited. [cmt]
    error FeeReliefTooLarge(uint256 account, Relief kind, uint256 amount, uint256 most);
    /// @notice A relief needs a kind and a reason.
    error FeeReliefInvalid(uint256 account, bytes32 reasonHash);
    /// @notice There is no such proposal.
    error FeeReliefUnknown(uint256 account, bytes32 id);
    /// @notice Another person than the maker must do this.
    error FeeSecondPersonMissing(address caller);
    /// @notice The access manager itself cannot be one of two persons.
    error FeeCallerIsAuthority(address caller);
    /// @notice A figure of the plan is outside its bounds: which one, what was given, the bound.
    error FeePlanInvalid(uint256 account, bytes32 field, uint256 value, uint256 bound);
    /// @notice MANAGER has offered no such plan, or its time is over.
    error FeePlanUnknown(uint256 account);
    /// @notice A plan of this account is running.
    error FeePlanRunning(uint256 account);
    /// @notice Notices are served in order: the next one is `expected`.
    error FeeNoticeInvalid(uint256 account, uint256 stage, uint256 expected);
    /// @notice The next notice can be served from `earliest` on. [day]
    error FeeNoticeTooEarly(uint256 account, uint256 earliest, uint256 today);
    /// @notice Nothing is overdue on this account.
    error FeeNoArrears(uint256 account);
    /// @notice The unit owes `open`: no clearance. [cmt]
    error FeeUnitInArrears(uint256 unit, uint256 open);
    /// @notice No buyer has agreed to take this debt over.
    error FeeAssumptionNone(uint256 account);
    /// @notice The debt is larger than what the buyer agreed to. [cmt]
    error FeeAssumptionTooSmall(uint256 account, uint256 open, uint256 most);
    /// @notice The signature is not that of the party's current wallet.
    error FeeSignatureInvalid(uint256 party, address wallet);
    /// @notice The signature's deadline has passed. [unix]
    error FeeSignatureExpired(uint256 deadline, uint256 time);
    /// @notice There is no contract at this address that could give a clearance.
    error FeeClearanceInvalid(address clearance);
    /// @notice No account is opened until then. [unix]
    error FeePaused(uint256 until);
    /// @notice A pause lasts at most `most`. [s]
    error FeePauseTooLong(uint256 duration, uint256 most);
    /// @notice No account is opened here any more; use the successor of this contract.
    error FeeContractRetired();
    /// @notice Never fails anything: it carries the answer of `settleAndRevert` to `previewSettle`.
    error FeePreview(FeeResult[] results);

    // ---------------------------------------------------------------- accounts

    /// @notice Opens an account: the unit is charged by the category from a day to a day (0 = until further notice). The size is the unit's area on record.
    /// @dev Refused unless the party owns the unit or uses it by a lease; one running account for each unit and category. `fromDay` lies at most
    /// 62 days back and at the latest on the first of the next month. Nothing falls due before today.
    /// @custom:role MANAGER
    function subscribe(uint32 unit, uint16 category, uint32 party, uint32 fromDay, uint32 untilDay) external returns (uint32 account);

    /// @notice Ends an account on a day (its first day without charge), at most 62 days back and at the latest the first of the next month. All of it
    /// falls due by then; what was paid beyond is given back (see CreditDue).
    /// @custom:role MANAGER
    function close(uint32 account, uint32 untilDay) external;

    /// @notice Ends an account and opens the same charge for another owner or user from that day on: each pays his days.
    /// @custom:role MANAGER
    function handOver(uint32 account, uint32 party, uint32 day) external returns (uint32 next);

    /// @notice Ends an account and opens it again with the unit's present area, vacant or not; prepaid cash moves along.
    /// @param evidenceHash of the document that shows why
    /// @custom:role MANAGER
    function reopen(uint32 account, uint32 day, bool vacant, bytes32 evidenceHash) external returns (uint32 next);

    // ---------------------------------------------------------------- pay

    /// @notice Pays for an account with the caller's money: principal due, oldest first, then late fees, then the rest of a plan or prepayment.
    /// @dev Reverts with FeeAccountMismatch if the account is not what the payer thinks, with FeePaymentTooLarge(…, most) beyond 36 months ahead.
    function pay(uint32 account, uint32 unit, uint16 category, uint32 party, uint256 amount) external;

    /// @notice As pay, by the payer's ERC-3009 authorisation; its nonce is keccak256(abi.encode(account, unit, category, party, salt)).
    function payWithAuthorization(
        uint32 account, uint32 unit, uint16 category, uint32 party, uint256 amount, address payer, uint256 validAfter, uint256 validBefore,
        bytes32 salt, bytes calldata signature
    ) external;

    /// @notice Gives the account's party prepaid cash back, after it has paid what is due.
    function refund(uint32 account, uint256 amount) external;

    /// @notice Pays the account's party what was withheld from the payee for it.
    function claimCredit(uint32 account, uint32 payee) external;

    /// @notice Pays a payee's debt to an account's party with the caller's money.
    function payCredit(uint32 account, uint32 payee, uint256 amount) external;

    // ---------------------------------------------------------------- settle

    /// @notice Takes what is due from prepayments and mandates; never reverts for one account; at most 1,000.
    function settle(uint32[] calldata accounts) external returns (FeeResult[] memory results);
    /// @notice What settle would answer now; nothing of it stays.
    function previewSettle(uint32[] calldata accounts) external returns (FeeResult[] memory results);
    /// @notice Always reverts, with FeePreview.
    function settleAndRevert(uint32[] calldata accounts) external;

    // ---------------------------------------------------------------- relief, plans, notices

    /// @notice MANAGER proposes a waiver or a credit note; another person has to approve it. [cmt]
    /// @custom:role MANAGER
    function proposeRelief(uint32 account, Relief kind, uint96 amount, bytes32 reasonHash) external returns (bytes32 id);
    /// @notice Grants what was proposed within 30 days; the checker repeats it and is not its maker.
    /// @custom:role COMMITTEE
    function approveRelief(uint32 account, Relief kind, uint96 amount, bytes32 reasonHash) external;

    /// @notice Offers to take the arrears in `count` monthly parts from a day on.
    /// @custom:role MANAGER
    function offerPlan(uint32 account, uint8 count, uint32 firstDay) external;
    /// @notice The account's party accepts the offer for what is due today. No late fee runs on it while it is kept.
    /// @param sum what the party believes is due [cmt]
    function acceptPlan(uint32 account, uint256 sum, uint8 count, uint32 firstDay) external;

    /// @notice Records that a notice was served: stage 1, then 2, then 3, at least 7 days apart; when those arrears are paid it begins again.
    /// @custom:role MANAGER
    function serveNotice(uint32 account, uint8 stage, bytes32 documentHash) external;

    // ---------------------------------------------------------------- clearance

    /// @notice Records that the unit carries no arrears today; reverts if it does.
    function giveClearance(uint32 unit) external;
    /// @notice The caller, who is to buy the unit, takes over what `fromParty` owes for it, up to `most`, for 30 days.
    function assumeDebt(uint32 unit, uint32 fromParty, uint96 most) external;
    /// @notice As assumeDebt, signed (EIP-712): AssumeDebt(uint32 unit,uint32 fromParty,uint32 toParty,uint96 most,uint256 nonce,uint256 deadline).
    function assumeDebtBySignature(uint32 unit, uint32 fromParty, uint32 toParty, uint96 most, uint256 deadline, bytes calldata signature) external;
    /// @notice The caller's party withdraws all assumptions of debt that it has signed.
    function raiseAssumptionNonce() external returns (uint256 nonce);
    /// @notice After the sale: what is open of a closed account becomes the debt of the buyer who assumed it.
    function takeOverDebt(uint32 account) external;
    /// @notice Another contract that must clear a transfer too (BillRuns); at once on the day of deployment, later after 2 days.
    /// @custom:role ADMIN
    function setFurtherClearance(address clearance) external;

    // ---------------------------------------------------------------- look

    /// @notice What is known of an account, as of today.
    function accountOf(uint32 account) external view returns (Account memory);
    /// @notice All principal of the account that falls due by the end of a day, on the scale of its level. [cmt]
    function levelDueOn(uint32 account, uint32 day) external view returns (uint256 level);
    /// @notice Accounts of a unit that run or are not paid.
    function accountsOfUnit(uint32 unit) external view returns (uint32[] memory);
    /// @notice The last account of a unit and category, 0 if there was none.
    function latestAccount(uint32 unit, uint16 category) external view returns (uint32);
    /// @notice The instalment plan of an account; zeros if there is none.
    function planOf(uint32 account) external view returns (Plan memory);
    /// @notice The stage that the present arrears have reached, 0 = none, and the day of each notice. [day]
    function noticesOf(uint32 account) external view returns (uint8 stage, uint32[3] memory servedOn);
    /// @notice What a payee owes to the account's party. [cmt]
    function creditOf(uint32 account, uint32 payee) external view returns (uint256);
    /// @notice Credits of a payee that nobody has paid yet, and what was withheld from him for them. [cmt]
    function payeeDebt(uint32 payee) external view returns (uint256 debt, uint256 withheld);
    /// @notice Waivers granted in a month. [month] → [cmt]
    function waivedIn(uint256 month) external view returns (uint256 principal, uint256 lateFees);
    /// @notice What a buyer has agreed to take over of a unit's debt; zeros if nothing.
    function assumptionOf(uint32 unit) external view returns (Assumption memory);
    /// @notice The nonce that a party's next signed assumption must carry.
    function assumptionNonce(uint32 party) external view returns (uint256);
    /// @notice What a buyer signs: the EIP-712 hash for this contract on this chain. [cmt, unix]
    function hashAssumption(uint32 unit, uint32 fromParty, uint32 toParty, uint96 most, uint256 deadline) external view returns (bytes32);
    /// @notice The contract whose clearance is asked as well; zero if none.
    function furtherClearance() external view returns (address);
    /// @notice Accounts so far; they are numbered from 1.
    function accountCount() external view returns (uint32);
    /// @notice The civil day in the community's time zone. [day]
    function today() external view returns (uint32);
    /// @notice Until when no account is opened; 0 if never paused. [unix]
    function pausedUntil() external view returns (uint64);

    // ---------------------------------------------------------------- roles

    /// @notice No new accounts until then; paying, refunding, closing and waiving go on.
    /// @custom:role COMMITTEE
    function pause(uint64 duration) external;
    /// @notice No new accounts for ever; running ones finish here.
    /// @custom:role ADMIN
    function retire() external;
}
