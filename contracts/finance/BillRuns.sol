// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICategories} from "../../interfaces/ICategories.sol";
import {IClearance} from "../../interfaces/IClearance.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {ITill} from "../../interfaces/ITill.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Answers} from "../lib/Answers.sol";
import {BillTree} from "../lib/BillTree.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {Tally} from "../lib/Tally.sol";
import {BillBook} from "./BillBook.sol";
import {BillCorrections} from "./BillCorrections.sol";
import {BillIssue} from "./BillIssue.sol";
import {BillPayments} from "./BillPayments.sol";
import {BillPosting} from "./BillPosting.sol";
import {BillSettlement} from "./BillSettlement.sol";
import {Till} from "./Till.sol";

/// @title Billing runs and the debts that come of them
/// @dev Invariants (docs/invariants.md): B1 balance ≥ held = Σ owed · B2 of every bill amount = paid + removed + open − repayable not yet repaid ·
/// B3 a bill is put on the books or paid at once a single time, and has a single outcome · B4 what payers paid = what payees got + what waits in owed ·
/// B5 openBills counts the bills on the books that are not discharged.
/// The token, the registries and CreditRegistry are the suite's own: no call leaves for foreign code.
contract BillRuns is IBillRuns, Sponsored {
    using BillBook for BillBook.Book;
    using BillBook for BillBook.Item;
    using BillIssue for BillBook.Book;
    using BillPosting for BillBook.Book;
    using BillPayments for BillBook.Book;
    using BillPayments for Till.Box;
    using Till for Till.Box;

    string public constant VERSION = "1";
    uint256 public constant ISSUE_DAYS = BillIssue.ISSUE_DAYS;
    uint256 private constant MAX_PAUSE = 30 days;

    ICommunityToken private immutable TOKEN;
    IPartyRegistry private immutable PARTIES;
    IUnitRegistry private immutable UNITS;
    ICategories private immutable TARIFFS;
    ICreditRegistry private immutable CREDIT;
    int32 private immutable UTC_OFFSET; // [seconds]

    BillBook.Book private _book;
    BillCorrections.Office private _office;
    Till.Box private _till;
    uint64 public pausedUntil; // [unix]
    uint32 public runCount;
    bool public retired;

    constructor(
        address authority,
        address forwarder,
        address token,
        address parties,
        address units,
        address tariffs,
        address credit,
        int32 utcOffset
    ) Sponsored(authority, forwarder) {
        TOKEN = ICommunityToken(token);
        PARTIES = IPartyRegistry(parties);
        UNITS = IUnitRegistry(units);
        TARIFFS = ICategories(tariffs);
        CREDIT = ICreditRegistry(credit);
        UTC_OFFSET = utcOffset;
    }

    // ================================================================ post and approve

    /// @inheritdoc IBillRuns
    function postRun(uint32 run, bytes32 root, uint16 category, uint16 period, uint32 dueDay, uint32 count, uint64 total, bytes32 formulasHash)
        external
        restricted
    {
        _checkNext(run);
        _book.post(TARIFFS, run, root, category, period, dueDay, count, total, formulasHash, _officer());
    }

    /// @inheritdoc IBillRuns
    function postCharge(uint32 run, uint16 category, uint16 period, uint32 dueDay, Bill calldata bill, bytes32 formulasHash) external restricted {
        BillIssue.checkBill(bill);
        _checkNext(run);
        bytes32 root = BillTree.leafOf(address(this), run, category, period, bill);
        _book.post(TARIFFS, run, root, category, period, dueDay, 1, bill.amount, formulasHash, _officer());
        emit ChargePosted(run, bill.unit, bill.party, bill);
    }

    function _checkNext(uint32 run) private {
        _checkOpen();
        if (run != runCount + 1) revert BillRunNumberTaken(run, runCount + 1);
        runCount = run;
    }

    /// @inheritdoc IBillRuns
    function approveRun(uint32 run, RunTerms calldata terms) external restricted {
        _checkOpen();
        _book.approve(run, terms, _officer(), today());
    }

    /// @inheritdoc IBillRuns
    function objectToRun(uint32 run, bytes32 reasonHash) external restricted {
        _book.drop(run, _msgSender(), reasonHash);
    }

    /// @inheritdoc IBillRuns
    function withdrawRun(uint32 run, bytes32 reasonHash) external restricted {
        _book.drop(run, _msgSender(), reasonHash);
    }

    // ================================================================ issue

    /// @inheritdoc IBillRuns
    function issue(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code) {
        _checkRunning();
        return _book.once(PARTIES, today(), run, bill, proof);
    }

    /// @inheritdoc IBillRuns
    function issueMany(uint32 run, Bill[] calldata bills, bytes32[][] calldata proofs) external returns (Code[] memory codes) {
        _checkRunning();
        if (bills.length != proofs.length) revert BillInvalid("proofs", proofs.length, bills.length);
        codes = new Code[](bills.length);
        for (uint256 i; i < bills.length; ++i) codes[i] = _book.once(PARTIES, today(), run, bills[i], proofs[i]);
    }

    /// @inheritdoc IBillRuns
    function record(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code) {
        return _book.record(today(), run, bill, proof);
    }

    // ================================================================ pay

    /// @inheritdoc IBillRuns
    function payByProof(uint32 run, Bill calldata bill, bytes32[] calldata proof, uint256 amount) external returns (Code code) {
        if (amount == 0) revert BillAmountZero();
        (uint256 key, uint256 terms) = _book.check(run, bill, proof);
        (uint256 place, uint256 shift) = W.placeOf(key);
        BillBook.Bits storage bits = _book.state[place];
        uint256 word = bits.word;
        uint256 state = (word >> shift) & 3;
        if (state == uint256(BillState.PAID_AT_ONCE)) return Code.ALREADY_ISSUED;
        if (state == uint256(BillState.NONE)) {
            _book.checkBinding(run, bill);
            uint256 most = bill.amount;
            if (amount == most) {
                bits.word = word | (uint256(BillState.PAID_AT_ONCE) << shift);
                _payAtOnce(key, terms, run, bill, amount);
                return Code.COLLECTED;
            }
            if (amount > most) revert BillPaymentTooLarge(key, amount, most);
            _book.put(PARTIES, today(), key, terms, run, bill);
        }
        BillBook.Item memory a = _book.load(key, today());
        if (a.open + a.lateFees() == 0) return Code.ALREADY_ISSUED;
        _receive(a, _msgSender(), amount);
        return a.open + a.lateFees() == 0 ? Code.COLLECTED : Code.PARTIAL;
    }

    /// @dev The usual bill: one bit says that it is over and done with.
    function _payAtOnce(uint256 key, uint256 terms, uint32 run, Bill calldata bill, uint256 amount) private {
        uint256 dueDay = BillIssue.dueDay(terms, today());
        address payer = _msgSender();
        uint256 party = bill.party;
        emit BillPaidAtOnce(key, run, party, payer, amount);
        _till.settleAtOnce(TOKEN, PARTIES, CREDIT, terms, payer, amount, BillPayments.onTimeItem(dueDay, party));
    }

    /// @inheritdoc IBillRuns
    function pay(uint256 key, uint32 party, uint256 amount) external {
        if (amount == 0) revert BillAmountZero();
        _receive(_book.loadFor(key, party, today()), _msgSender(), amount);
    }

    /// @inheritdoc IBillRuns
    function payWithAuthorization(
        uint256 key,
        uint32 party,
        uint256 amount,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external {
        if (amount == 0) revert BillAmountZero();
        Tally.Sums memory out = _book.take(CREDIT, _book.loadFor(key, party, today()), payer, amount);
        bytes32 nonce = keccak256(abi.encode(key, party, salt));
        TOKEN.receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        _till.deliver(TOKEN, PARTIES, out);
    }

    function _receive(BillBook.Item memory a, address payer, uint256 amount) private {
        _till.pass(TOKEN, PARTIES, payer, amount, _book.take(CREDIT, a, payer, amount));
    }

    /// @inheritdoc IBillRuns
    function repay(uint256 key, uint256 amount) external {
        if (amount == 0) revert BillAmountZero();
        uint256 party = _book.giveBack(key, amount, _msgSender());
        _till.passOne(TOKEN, PARTIES, _msgSender(), amount, party);
    }

    /// @inheritdoc ITill
    function withdrawOwed(uint32 party) external {
        if (_till.withdraw(TOKEN, PARTIES, party) == 0) revert BillNothingOwed(party);
    }

    // ================================================================ settle

    /// @inheritdoc IBillRuns
    function settle(uint256[] calldata keys) public returns (Result[] memory results) {
        uint256[] memory payees;
        uint256[] memory sums;
        (results, payees, sums) = BillSettlement.settle(_book, TOKEN, PARTIES, CREDIT, today(), keys);
        _till.deliver(TOKEN, PARTIES, payees, sums);
    }

    /// @inheritdoc IBillRuns
    function previewSettle(uint256[] calldata keys) external returns (Result[] memory results) {
        results; // answered as raw bytes: the arguments of BillPreview are encoded as the answer is
        try this.settleAndRevert(keys) {}
        catch (bytes memory reason) {
            if (bytes4(reason) == BillPreview.selector) Answers.return_(reason, 4);
            Answers.revert_(reason);
        }
    }

    /// @inheritdoc IBillRuns
    function settleAndRevert(uint256[] calldata keys) external {
        revert BillPreview(settle(keys));
    }

    // ================================================================ dispute and correct

    /// @inheritdoc IBillRuns
    function dispute(uint256 key, uint64 amount, bytes32 reasonHash) external {
        BillCorrections.open(_book, key, _callerParty(key), _msgSender(), today(), amount, reasonHash);
    }

    /// @inheritdoc IBillRuns
    function withdrawDispute(uint256 key) external {
        BillCorrections.withdraw(_book, key, _callerParty(key), _msgSender(), today());
    }

    /// @inheritdoc IBillRuns
    function decideDispute(uint256 key, uint64 removed, bytes32 reasonHash) external restricted {
        address caller = _officer();
        BillCorrections.decide(_book, CREDIT, key, caller, PARTIES.partyOf(caller), today(), removed, reasonHash);
    }

    /// @inheritdoc IBillRuns
    function closeDispute(uint256 key) external {
        BillCorrections.lapse(_book, CREDIT, key, today());
    }

    /// @inheritdoc IBillRuns
    function proposeAdjustment(Adjustment calldata adjustment) external restricted returns (bytes32 id) {
        address maker = _officer();
        return BillCorrections.propose(_book, _office, adjustment, maker, PARTIES.partyOf(maker), today());
    }

    /// @inheritdoc IBillRuns
    function withdrawAdjustment(bytes32 id) external restricted {
        BillCorrections.takeBack(_office, id);
    }

    /// @inheritdoc IBillRuns
    function approveAdjustment(Adjustment calldata adjustment) external restricted {
        address checker = _officer();
        BillCorrections.approve(_book, _office, CREDIT, adjustment, checker, PARTIES.partyOf(checker), today());
    }

    // ================================================================ clearance

    /// @inheritdoc IBillRuns
    function giveClearance(uint32 unit, uint32 buyer) external restricted {
        uint32 owner = UNITS.ownerPartyOf(unit);
        if (owner == 0) revert BillUnitUnknown(unit);
        uint256 count = openBills(unit, owner);
        if (count != 0) revert BillsOpen(unit, owner, count);
        _book.clearances[BillBook.openKey(unit, buyer)] = (uint256(runCount) << 32) | today();
        emit ClearanceGiven(unit, owner, buyer, runCount, today());
    }

    /// @inheritdoc IClearance
    function clearedToTransfer(uint32 unit, uint32 fromParty, uint32 toParty) external view returns (bool) {
        return uint32(_book.clearances[BillBook.openKey(unit, toParty)]) == today() && openBills(unit, fromParty) == 0;
    }

    // ================================================================ look

    /// @inheritdoc IBillRuns
    function hashBill(uint32 run, uint16 category, uint16 period, Bill calldata bill) external view returns (bytes32) {
        return BillTree.leafOf(address(this), run, category, period, bill);
    }

    /// @inheritdoc IBillRuns
    function runOf(uint32 run) external view returns (RunState state, bytes32 root, uint256 terms) {
        return (_book.runState(run), _book.root[run], _book.terms[run]);
    }

    /// @inheritdoc IBillRuns
    function keyOf(uint32 unit, uint16 category, uint16 period, uint16 version) external pure returns (uint256) {
        return W.keyOf(unit, category, period, version);
    }

    /// @inheritdoc IBillRuns
    function billOf(uint256 key) external view returns (Standing memory) {
        return BillCorrections.standingOf(_book, key, today());
    }

    /// @inheritdoc IObligations
    function overdueOf(uint256 obligation) external view returns (Kind, uint32, uint32, uint32, uint256) {
        return BillCorrections.overdueOf(_book, obligation, today());
    }

    /// @inheritdoc IBillRuns
    function openBills(uint32 unit, uint32 party) public view returns (uint256) {
        return _book.open[BillBook.openKey(unit, party)];
    }

    /// @inheritdoc IBillRuns
    function clearanceOf(uint32 unit, uint32 buyer) external view returns (uint32 lastRun, uint32 day) {
        uint256 word = _book.clearances[BillBook.openKey(unit, buyer)];
        return (uint32(word >> 32), uint32(word));
    }

    /// @inheritdoc IBillRuns
    function adjustmentOf(bytes32 id) external view returns (address maker, uint256 untilDay) {
        uint256 word = _office.proposals[id];
        return (address(uint160(word >> 32)), uint32(word));
    }

    /// @inheritdoc IBillRuns
    function adjustedIn(uint256 month) external view returns (uint256 principal, uint256 lateFees, uint256 credited) {
        BillCorrections.Adjusted memory sums = _office.adjustedIn[month];
        return (sums.principal, sums.lateFees, sums.credited);
    }

    /// @inheritdoc ITill
    function owed(uint32 party) external view returns (uint256) {
        return _till.owed[party];
    }

    /// @inheritdoc ITill
    function held() external view returns (uint256) {
        return _till.held;
    }

    /// @inheritdoc IBillRuns
    function today() public view returns (uint32) {
        return uint32(Calendar.dayOf(block.timestamp, UTC_OFFSET));
    }

    // ================================================================ house

    /// @inheritdoc IBillRuns
    function pause(uint64 duration) external restricted {
        if (duration > MAX_PAUSE) revert BillsPauseTooLong(duration, MAX_PAUSE);
        pausedUntil = uint64(block.timestamp) + duration;
        emit PausedUntil(pausedUntil);
    }

    /// @inheritdoc IBillRuns
    function retire() external restricted {
        retired = true;
        emit Retired();
    }

    function _checkRunning() private view {
        if (block.timestamp < pausedUntil) revert BillsPaused(pausedUntil);
    }

    function _checkOpen() private view {
        if (retired) revert BillsRetired();
        _checkRunning();
    }

    /// @dev The AccessManager's `execute` would make one officer two.
    function _officer() private view returns (address caller) {
        caller = _msgSender();
        if (caller == authority()) revert BillCheckerIsMaker(caller);
    }

    function _callerParty(uint256 key) private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0 || PARTIES.walletOf(party) != _msgSender()) revert BillNotParty(key, _msgSender());
    }
}
