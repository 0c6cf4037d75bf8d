// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IClearance} from "../../interfaces/IClearance.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {ITariffBook} from "../../interfaces/ITariffBook.sol";
import {ITill} from "../../interfaces/ITill.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Answers} from "../lib/Answers.sol";
import {Calendar} from "../lib/Calendar.sol";
import {Signatures} from "../lib/Signatures.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeeCash} from "./FeeCash.sol";
import {FeeOpening} from "./FeeOpening.sol";
import {FeeReading} from "./FeeReading.sol";
import {FeeRelief} from "./FeeRelief.sol";
import {FeeSettlement} from "./FeeSettlement.sol";
import {Till} from "./Till.sol";

/// @title Property fees by tariff: accounts, payments, settlement, arrears and clearance
/// @dev Invariants (docs/invariants.md): F3 balance ≥ held = Σ pots + Σ owed + Σ withheld · F4 settling twice in a row moves nothing the second
/// time · F5 the lines of an account add up to the difference of its levels · F6 what was paid in = what payees got + refunds + held ·
/// F7 credits of a payee = his debt + what was withheld from him.
/// The token, the registries, the tariffs and the credit history are the suite's own: no call leaves for foreign code but the ERC-1271 check of
/// an assumption, a static call before the first effect.
contract PropertyFee is IPropertyFee, Sponsored, EIP712 {
    using FeeBook for FeeBook.Book;
    using Till for Till.Box;

    struct FurtherClearance {
        address current;
        address next;
        uint40 effectiveAt; // of next [unix]
    }

    string public constant VERSION = "1";
    uint256 private constant MAX_PAUSE = 30 days;
    uint256 private constant SETTING_DELAY = 2 days;
    bytes32 private constant ASSUME_TYPE =
        keccak256("AssumeDebt(uint32 unit,uint32 fromParty,uint32 toParty,uint96 most,uint256 nonce,uint256 deadline)");

    ICommunityToken private immutable TOKEN;
    IPartyRegistry private immutable PARTIES;
    IUnitRegistry private immutable UNITS;
    ITariffBook private immutable TARIFFS;
    ICreditRegistry private immutable CREDIT;
    int32 private immutable UTC_OFFSET; // [seconds]
    /// @notice Until then a further clearance is set at once. [unix]
    uint40 public immutable bootstrapUntil;

    FeeBook.Book private _book;
    mapping(uint32 party => uint256) public assumptionNonce;
    FurtherClearance private _further;
    uint64 public pausedUntil; // [unix]
    uint32 public accountCount;
    bool public retired;

    constructor(
        address authority, address forwarder, address token, address parties, address units, address tariffs, address credit, int32 utcOffset
    ) Sponsored(authority, forwarder) EIP712("Commonhold PropertyFee", VERSION) {
        TOKEN = ICommunityToken(token);
        PARTIES = IPartyRegistry(parties);
        UNITS = IUnitRegistry(units);
        TARIFFS = ITariffBook(tariffs);
        CREDIT = ICreditRegistry(credit);
        UTC_OFFSET = utcOffset;
        bootstrapUntil = uint40(block.timestamp) + 1 days;
    }

    function _ports() private view returns (FeeBook.Ports memory) {
        return FeeBook.Ports(TOKEN, PARTIES, UNITS, TARIFFS, CREDIT, today());
    }

    // ================================================================ accounts

    /// @inheritdoc IPropertyFee
    function subscribe(uint32 unit, uint16 category, uint32 party, uint32 fromDay, uint32 untilDay) external restricted returns (uint32 account) {
        account = _next();
        FeeOpening.open(_book, _ports(), account, category, FeeOpening.Next(unit, party, fromDay, untilDay, false));
    }

    /// @inheritdoc IPropertyFee
    function close(uint32 account, uint32 untilDay) external restricted {
        (uint256[] memory parties, uint256[] memory sums) = FeeOpening.close(_book, _ports(), account, untilDay);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function handOver(uint32 account, uint32 party, uint32 day) external restricted returns (uint32 next) {
        next = _next();
        (uint256[] memory parties, uint256[] memory sums) = FeeOpening.handOver(_book, _ports(), account, next, party, day);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function reopen(uint32 account, uint32 day, bool vacant, bytes32 evidenceHash) external restricted returns (uint32 next) {
        next = _next();
        (uint256[] memory parties, uint256[] memory sums) = FeeOpening.reopen(_book, _ports(), account, next, day, vacant, evidenceHash);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    function _next() private returns (uint32) {
        if (retired) revert FeeContractRetired();
        if (block.timestamp < pausedUntil) revert FeePaused(pausedUntil);
        return ++accountCount;
    }

    // ================================================================ pay

    /// @inheritdoc IPropertyFee
    function pay(uint32 account, uint32 unit, uint16 category, uint32 party, uint256 amount) external {
        address payer = _msgSender();
        (uint256[] memory parties, uint256[] memory sums) =
            FeeCash.pay(_book, _ports(), FeeCash.Claim(account, unit, category, party, amount, payer));
        _book.till.pass(TOKEN, PARTIES, payer, amount, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function payWithAuthorization(
        uint32 account, uint32 unit, uint16 category, uint32 party, uint256 amount, address payer, uint256 validAfter, uint256 validBefore,
        bytes32 salt, bytes calldata signature
    ) external {
        (uint256[] memory parties, uint256[] memory sums) =
            FeeCash.pay(_book, _ports(), FeeCash.Claim(account, unit, category, party, amount, payer));
        bytes32 nonce = keccak256(abi.encode(account, unit, category, party, salt));
        TOKEN.receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function refund(uint32 account, uint256 amount) external {
        address caller = _msgSender();
        (uint256[] memory parties, uint256[] memory sums) =
            FeeCash.refund(_book, _ports(), account, PARTIES.partyOf(caller), amount, caller);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc ITill
    function withdrawOwed(uint32 party) external {
        if (_book.till.withdraw(TOKEN, PARTIES, party) == 0) revert FeeNothingOwed(party);
    }

    /// @inheritdoc IPropertyFee
    function claimCredit(uint32 account, uint32 payee) external {
        (uint256 party, uint256 amount) = FeeCash.claimCredit(_book, account, payee);
        _book.till.deliverOne(TOKEN, PARTIES, party, amount);
    }

    /// @inheritdoc IPropertyFee
    function payCredit(uint32 account, uint32 payee, uint256 amount) external {
        uint256 party = FeeCash.payCredit(_book, account, payee, amount);
        TOKEN.pull(_msgSender(), amount);
        _book.till.deliverOne(TOKEN, PARTIES, party, amount);
    }

    // ================================================================ settle

    /// @inheritdoc IPropertyFee
    function settle(uint32[] calldata accounts) external returns (FeeResult[] memory results) {
        results; // answered as raw bytes
        Answers.return_(_settle(accounts), 0);
    }

    /// @inheritdoc IPropertyFee
    function previewSettle(uint32[] calldata accounts) external returns (FeeResult[] memory results) {
        results; // answered as raw bytes
        try this.settleAndRevert(accounts) {}
        catch (bytes memory reason) {
            if (bytes4(reason) == FeePreview.selector) Answers.return_(reason, 4);
            Answers.revert_(reason);
        }
    }

    /// @inheritdoc IPropertyFee
    function settleAndRevert(uint32[] calldata accounts) external {
        Answers.revert_(bytes.concat(FeePreview.selector, _settle(accounts)));
    }

    function _settle(uint32[] calldata accounts) private returns (bytes memory) {
        (uint256[] memory packed, uint256[] memory payees, uint256[] memory sums) = FeeSettlement.settle(_book, _ports(), accounts);
        _book.till.deliver(TOKEN, PARTIES, payees, sums);
        return Answers.encode(accounts, packed);
    }

    // ================================================================ relief, plans, notices

    /// @inheritdoc IPropertyFee
    function proposeRelief(uint32 account, Relief kind, uint96 amount, bytes32 reasonHash) external restricted returns (bytes32 id) {
        return FeeRelief.propose(_book, _ports(), account, kind, amount, reasonHash, _person());
    }

    /// @inheritdoc IPropertyFee
    function approveRelief(uint32 account, Relief kind, uint96 amount, bytes32 reasonHash) external restricted {
        (uint256[] memory parties, uint256[] memory sums) =
            FeeRelief.approve(_book, _ports(), account, kind, amount, reasonHash, _person());
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function offerPlan(uint32 account, uint8 count, uint32 firstDay) external restricted {
        FeeRelief.offerPlan(_book, _ports(), account, count, firstDay, _person());
    }

    /// @inheritdoc IPropertyFee
    function acceptPlan(uint32 account, uint256 sum, uint8 count, uint32 firstDay) external {
        uint32 party = _callerParty(account);
        (uint256[] memory parties, uint256[] memory sums) = FeeRelief.acceptPlan(_book, _ports(), account, party, sum, count, firstDay);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function serveNotice(uint32 account, uint8 stage, bytes32 documentHash) external restricted {
        FeeRelief.serveNotice(_book, _ports(), account, stage, documentHash);
    }

    // ================================================================ clearance

    /// @inheritdoc IPropertyFee
    function giveClearance(uint32 unit) external {
        uint256 open = FeeReading.openOfUnit(_book, _ports(), unit);
        if (open != 0) revert FeeUnitInArrears(unit, open);
        emit ClearanceGiven(unit, today());
    }

    /// @inheritdoc IPropertyFee
    function assumeDebt(uint32 unit, uint32 fromParty, uint96 most) external {
        _assume(unit, fromParty, _callerParty(0), most);
    }

    /// @inheritdoc IPropertyFee
    function assumeDebtBySignature(uint32 unit, uint32 fromParty, uint32 toParty, uint96 most, uint256 deadline, bytes calldata signature)
        external
    {
        if (block.timestamp > deadline) revert FeeSignatureExpired(deadline, block.timestamp);
        address wallet = PARTIES.walletOf(toParty);
        bytes32 digest = hashAssumption(unit, fromParty, toParty, most, deadline);
        bool signed = wallet != address(0) && !PARTIES.recoveryPending(toParty) && Signatures.isValid(wallet, digest, signature);
        if (!signed) revert FeeSignatureInvalid(toParty, wallet);
        ++assumptionNonce[toParty];
        _assume(unit, fromParty, toParty, most);
    }

    function _assume(uint32 unit, uint32 fromParty, uint32 toParty, uint96 most) private {
        if (UNITS.ownerPartyOf(unit) != fromParty || fromParty == 0 || fromParty == toParty) revert FeePartyNotOfUnit(unit, fromParty);
        uint40 validUntil = uint40(block.timestamp + FeeRelief.OFFER_VALIDITY);
        _book.assumptions[unit] = Assumption(fromParty, toParty, most, validUntil);
        emit DebtAssumption(unit, fromParty, toParty, most, validUntil);
    }

    /// @inheritdoc IPropertyFee
    function raiseAssumptionNonce() external returns (uint256 nonce) {
        uint32 party = _callerParty(0);
        nonce = ++assumptionNonce[party];
        emit AssumptionNonceRaised(party, nonce);
    }

    /// @inheritdoc IPropertyFee
    function takeOverDebt(uint32 account) external {
        (uint256[] memory parties, uint256[] memory sums) = FeeRelief.takeOverDebt(_book, _ports(), account);
        _book.till.deliver(TOKEN, PARTIES, parties, sums);
    }

    /// @inheritdoc IPropertyFee
    function setFurtherClearance(address clearance) external restricted {
        if (clearance != address(0) && clearance.code.length == 0) revert FeeClearanceInvalid(clearance);
        uint40 effectiveAt = uint40(block.timestamp + (block.timestamp < bootstrapUntil ? 0 : SETTING_DELAY));
        _further = FurtherClearance(furtherClearance(), clearance, effectiveAt);
        emit FurtherClearanceSet(clearance, effectiveAt);
    }

    /// @inheritdoc IClearance
    function clearedToTransfer(uint32 unit, uint32 fromParty, uint32 toParty) external view returns (bool) {
        if (!FeeReading.cleared(_book, _ports(), unit, fromParty, toParty)) return false;
        address further = furtherClearance();
        return further == address(0) || IClearance(further).clearedToTransfer(unit, fromParty, toParty);
    }

    // ================================================================ look

    /// @inheritdoc IPropertyFee
    function accountOf(uint32 account) external view returns (Account memory) {
        return FeeReading.account(_book, _ports(), account);
    }

    /// @inheritdoc IPropertyFee
    function levelDueOn(uint32 account, uint32 day) external view returns (uint256) {
        return FeeReading.levelDueOn(_book, _ports(), account, day);
    }

    /// @inheritdoc IObligations
    function overdueOf(uint256 obligation)
        external
        view
        returns (IObligations.Kind kind, uint32 party, uint32 dueDay, uint32 lastOnTimeDay, uint256 open)
    {
        return FeeReading.overdue(_book, _ports(), obligation);
    }

    /// @inheritdoc IPropertyFee
    function accountsOfUnit(uint32 unit) external view returns (uint32[] memory) {
        return _book.ofUnit[unit];
    }

    /// @inheritdoc IPropertyFee
    function latestAccount(uint32 unit, uint16 category) external view returns (uint32) {
        return _book.latest[(uint256(unit) << 16) | category];
    }

    /// @inheritdoc IPropertyFee
    function planOf(uint32 account) external view returns (Plan memory) {
        return FeeReading.plan(_book, _ports(), account);
    }

    /// @inheritdoc IPropertyFee
    function noticesOf(uint32 account) external view returns (uint8 stage, uint32[3] memory servedOn) {
        return FeeReading.notices(_book, _ports(), account);
    }

    /// @inheritdoc IPropertyFee
    function creditOf(uint32 account, uint32 payee) external view returns (uint256) {
        return _book.credit[(uint256(account) << 32) | payee];
    }

    /// @inheritdoc IPropertyFee
    function payeeDebt(uint32 payee) external view returns (uint256 debt, uint256 withheld) {
        return (_book.debt[payee], _book.withheld[payee]);
    }

    /// @inheritdoc IPropertyFee
    function waivedIn(uint256 month) external view returns (uint256 principal, uint256 lateFees) {
        return (_book.waived[month].principal, _book.waived[month].lateFees);
    }

    /// @inheritdoc IPropertyFee
    function assumptionOf(uint32 unit) external view returns (Assumption memory) {
        return _book.assumptions[unit];
    }

    /// @inheritdoc IPropertyFee
    function hashAssumption(uint32 unit, uint32 fromParty, uint32 toParty, uint96 most, uint256 deadline) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(abi.encode(ASSUME_TYPE, unit, fromParty, toParty, most, assumptionNonce[toParty], deadline))
        );
    }

    /// @inheritdoc IPropertyFee
    function furtherClearance() public view returns (address) {
        return block.timestamp < _further.effectiveAt ? _further.current : _further.next;
    }

    /// @inheritdoc ITill
    function owed(uint32 party) external view returns (uint256) {
        return _book.till.owed[party];
    }

    /// @inheritdoc ITill
    function held() external view returns (uint256) {
        return _book.till.held;
    }

    /// @inheritdoc IPropertyFee
    function today() public view returns (uint32) {
        return uint32(Calendar.dayOf(block.timestamp, UTC_OFFSET));
    }

    // ================================================================ roles

    /// @inheritdoc IPropertyFee
    function pause(uint64 duration) external restricted {
        if (duration > MAX_PAUSE) revert FeePauseTooLong(duration, MAX_PAUSE);
        pausedUntil = uint64(block.timestamp) + duration;
        emit PausedUntil(pausedUntil);
    }

    /// @inheritdoc IPropertyFee
    function retire() external restricted {
        retired = true;
        emit Retired();
    }

    /// @dev The caller in his own name: `execute` of the AccessManager would make one officer two.
    function _person() private view returns (address caller) {
        caller = _msgSender();
        if (caller == authority()) revert FeeCallerIsAuthority(caller);
    }

    function _callerParty(uint32 account) private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0 || PARTIES.walletOf(party) != _msgSender() || PARTIES.recoveryPending(party)) revert FeeNotParty(account, _msgSender());
    }
}
