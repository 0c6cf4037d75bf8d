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
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {BillMath} from "../lib/BillMath.sol";
import {BillTree} from "../lib/BillTree.sol";
import {BillWords as W} from "../lib/BillWords.sol";
import {Calendar} from "../lib/Calendar.sol";
import {Tally} from "../lib/Tally.sol";
import {BillBook} from "./BillBook.sol";
import {BillCorrections} from "./BillCorrections.sol";
import {BillPosting} from "./BillPosting.sol";
import {BillSettlement} from "./BillSettlement.sol";
import {BillTill} from "./BillTill.sol";

/// @title Billing runs and the debts that come of them
/// @dev Invariants (docs/invariants.md): B1 balance ≥ held = Σ owed · B2 of every bill amount = paid + removed + open − repayable not yet repaid ·
/// B3 a bill is put on the books or paid at once a single time, and has a single outcome · B4 what payers paid = what payees got + what waits in owed ·
/// B5 openBills counts the bills on the books that are not discharged.
/// The token, the registries and CreditRegistry are the suite's own: no call leaves for foreign code.
contract BillRuns is IBillRuns, Sponsored {
    using BillBook for BillBook.Book;
    using BillBook for BillBook.Item;
    using BillTill for BillTill.Till;
    using Tally for Tally.Sums;

    string public constant VERSION = "1";
    uint256 public constant ISSUE_DAYS = 7; // a bill falls due so long after it is issued, at the earliest
    uint256 private constant MAX_PAUSE = 30 days;

    ICommunityToken private immutable TOKEN;
    IPartyRegistry private immutable PARTIES;
    IUnitRegistry private immutable UNITS;
    ICategories private immutable TARIFFS;
    ICreditRegistry private immutable CREDIT;
    int32 private immutable UTC_OFFSET; // [seconds]

    BillBook.Book private _book;
    mapping(uint256 run => uint256) private _posted; // hash of the terms of a posted run, DROPPED, or 0
    BillCorrections.Office private _office;
    mapping(uint256 unitAndBuyer => uint256) private _clearances; // last run << 32 | day [day]
    BillTill.Till private _till;
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
        _post(run, BillPosting.Plan(root, category, period, dueDay, count, total, formulasHash));
    }

    /// @inheritdoc IBillRuns
    function postCharge(uint32 run, uint16 category, uint16 period, uint32 dueDay, Bill calldata bill, bytes32 formulasHash) external restricted {
        _checkBill(bill);
        bytes32 root = BillTree.leafOf(address(this), run, category, period, bill);
        _post(run, BillPosting.Plan(root, category, period, dueDay, 1, bill.amount, formulasHash));
        emit ChargePosted(run, bill.unit, bill.party, bill);
    }

    function _post(uint32 run, BillPosting.Plan memory plan) private {
        _checkOpen();
        if (run != runCount + 1) revert BillRunNumberTaken(run, runCount + 1);
        runCount = run;
        BillPosting.post(_posted, TARIFFS, run, plan, _officer());
    }

    /// @inheritdoc IBillRuns
    function approveRun(uint32 run, RunTerms calldata terms) external restricted {
        _checkOpen();
        BillPosting.approve(_book, _posted, run, terms, _officer(), today());
    }

    /// @inheritdoc IBillRuns
    function objectToRun(uint32 run, bytes32 reasonHash) external restricted {
        BillPosting.drop(_book, _posted, run, _msgSender(), reasonHash);
    }

    /// @inheritdoc IBillRuns
    function withdrawRun(uint32 run, bytes32 reasonHash) external restricted {
        BillPosting.drop(_book, _posted, run, _msgSender(), reasonHash);
    }

    // ================================================================ issue

    /// @inheritdoc IBillRuns
    function issue(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code) {
        _checkRunning();
        return _issueOnce(run, bill, proof);
    }

    /// @inheritdoc IBillRuns
    function issueMany(uint32 run, Bill[] calldata bills, bytes32[][] calldata proofs) external returns (Code[] memory codes) {
        _checkRunning();
        if (bills.length != proofs.length) revert BillInvalid("proofs", proofs.length, bills.length);
        codes = new Code[](bills.length);
        for (uint256 i; i < bills.length; ++i) codes[i] = _issueOnce(run, bills[i], proofs[i]);
    }

    /// @inheritdoc IBillRuns
    function record(uint32 run, Bill calldata bill, bytes32[] calldata proof) external returns (Code code) {
        (uint256 key, uint256 terms) = _checkProof(run, bill, proof);
        BillState state = _book.stateOf(key);
        if (state == BillState.ISSUED) return Code.ALREADY_ISSUED;
        if (state == BillState.NONE) revert BillUnknown(key);
        _book.setState(key, BillState.ISSUED);
        uint256 word = W.bill(bill.party, run, bill.amount, W.runDueDay(terms), today());
        _book.bill[key] = W.withOpen(word, 0, W.PAID);
        emit BillRecorded(key, run, bill.party, bill.amount);
        return Code.ISSUED;
    }

    function _issueOnce(uint32 run, Bill calldata bill, bytes32[] calldata proof) private returns (Code) {
        (uint256 key, uint256 terms) = _checkProof(run, bill, proof);
        if (_book.stateOf(key) != BillState.NONE) return Code.ALREADY_ISSUED;
        _checkBinding(run, bill);
        _issue(key, terms, run, bill);
        return Code.ISSUED;
    }

    function _issue(uint256 key, uint256 terms, uint32 run, Bill calldata bill) private {
        if (PARTIES.kindOf(bill.party) == IPartyRegistry.Kind.NONE) revert BillPartyUnknown(bill.party);
        uint256 dueDay = _dueDay(terms);
        _book.setState(key, BillState.ISSUED);
        _book.bill[key] = W.bill(bill.party, run, bill.amount, dueDay, today());
        ++_book.open[BillBook.openKey(bill.unit, bill.party)];
        emit BillIssued(key, run, bill.party, bill.amount, dueDay, bill.linesHash);
    }

    /// @dev Nobody is late with a bill that he could not know of.
    function _dueDay(uint256 terms) private view returns (uint256 dueDay) {
        dueDay = W.runDueDay(terms);
        uint256 earliest = today() + ISSUE_DAYS;
        if (dueDay < earliest) dueDay = earliest;
    }

    function _checkProof(uint32 run, Bill calldata bill, bytes32[] calldata proof) private view returns (uint256 key, uint256 terms) {
        bytes32 root = _book.root[run];
        if (root == 0) revert BillRunStateWrong(run, BillPosting.stateOf(_book, _posted, run));
        terms = _book.terms[run];
        bytes32 leaf = BillTree.leafOf(address(this), run, W.category(terms), W.period(terms), bill);
        if (!BillTree.contains(root, leaf, proof)) revert BillProofInvalid(run, leaf);
        _checkBill(bill);
        key = W.keyOf(bill.unit, W.category(terms), W.period(terms), bill.version);
    }

    function _checkBill(Bill calldata bill) private pure {
        if (bill.unit == 0) revert BillInvalid("unit", 0, 1);
        if (bill.version == 0) revert BillInvalid("version", 0, 1);
        if (bill.party == 0) revert BillInvalid("party", 0, 1);
        if (bill.amount == 0) revert BillInvalid("amount", 0, 1);
    }

    function _checkBinding(uint32 run, Bill calldata bill) private view {
        if (run <= _clearances[BillBook.openKey(bill.unit, bill.party)] >> 32) revert BillNotBinding(run, bill.unit, bill.party);
    }

    // ================================================================ pay

    /// @inheritdoc IBillRuns
    function payByProof(uint32 run, Bill calldata bill, bytes32[] calldata proof, uint256 amount) external returns (Code code) {
        if (amount == 0) revert BillAmountZero();
        (uint256 key, uint256 terms) = _checkProof(run, bill, proof);
        BillState state = _book.stateOf(key);
        if (state == BillState.PAID_AT_ONCE) return Code.ALREADY_ISSUED;
        if (state == BillState.NONE) {
            _checkBinding(run, bill);
            if (amount == bill.amount) {
                _payAtOnce(key, terms, run, bill);
                return Code.COLLECTED;
            }
            if (amount > bill.amount) revert BillPaymentTooLarge(key, amount, bill.amount);
            _issue(key, terms, run, bill);
        }
        BillBook.Item memory a = _book.load(key, today());
        if (a.open + a.lateFees() == 0) return Code.ALREADY_ISSUED;
        address payer = _msgSender();
        _receive(a, payer, amount);
        return a.open + a.lateFees() == 0 ? Code.COLLECTED : Code.PARTIAL;
    }

    /// @dev The usual bill: one bit says that it is over and done with.
    function _payAtOnce(uint256 key, uint256 terms, uint32 run, Bill calldata bill) private {
        uint256 dueDay = _dueDay(terms);
        address payer = _msgSender();
        _book.setState(key, BillState.PAID_AT_ONCE);
        emit BillPaidAtOnce(key, run, bill.party, payer, bill.amount, dueDay, bill.linesHash);
        uint256 part = BillMath.managerPart(bill.amount, W.managerBps(terms));
        (uint256[] memory payees, uint256[] memory sums) = BillTill.two(W.payee(terms), bill.amount - part, W.manager(terms), part);
        _till.pullFor(TOKEN, PARTIES, payer, bill.amount, payees, sums);
        uint256[] memory items = new uint256[](1);
        items[0] = (Calendar.monthOf(dueDay) << 32) | bill.party;
        CREDIT.reportOnTime(IObligations.Kind.FEES, items);
    }

    /// @inheritdoc IBillRuns
    function pay(uint256 key, uint32 party, uint256 amount) external {
        if (amount == 0) revert BillAmountZero();
        _receive(_loadFor(key, party), _msgSender(), amount);
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
        Tally.Sums memory out = _apply(_loadFor(key, party), payer, amount);
        bytes32 nonce = keccak256(abi.encode(key, party, salt));
        TOKEN.receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        (uint256[] memory parties, uint256[] memory sums) = out.list();
        _till.deliver(TOKEN, PARTIES, parties, sums);
    }

    function _loadFor(uint256 key, uint32 party) private view returns (BillBook.Item memory a) {
        a = _book.load(key, today());
        if (a.word == 0) revert BillUnknown(key);
        if (a.party != party) revert BillPartyMismatch(key, party, a.party);
    }

    function _receive(BillBook.Item memory a, address payer, uint256 amount) private {
        (uint256[] memory parties, uint256[] memory sums) = _apply(a, payer, amount).list();
        _till.pullFor(TOKEN, PARTIES, payer, amount, parties, sums);
    }

    /// @dev Books a payment and reports its outcome; the money is the caller's next step.
    function _apply(BillBook.Item memory a, address payer, uint256 amount) private returns (Tally.Sums memory out) {
        uint256 most = a.payable_();
        if (amount > most) revert BillPaymentTooLarge(a.key, amount, most);
        (uint256 principal, uint256 fees) = a.allocate(amount);
        bool discharged = _book.store(a);
        emit BillPaid(a.key, a.party, payer, principal, fees);
        if (discharged) BillCorrections.report(CREDIT, a, principal != 0);
        out = Tally.create(2);
        a.share(principal, fees, out);
    }

    /// @inheritdoc IBillRuns
    function repay(uint256 key, uint256 amount) external {
        if (amount == 0) revert BillAmountZero();
        uint64 repayable = _book.repayable[key];
        if (amount > repayable) revert BillPaymentTooLarge(key, amount, repayable);
        _book.repayable[key] = repayable - uint64(amount);
        uint256 party = W.party(_book.bill[key]);
        emit CreditRepaid(key, party, _msgSender(), amount);
        (uint256[] memory payees, uint256[] memory sums) = BillTill.two(party, amount, 0, 0);
        _till.pullFor(TOKEN, PARTIES, _msgSender(), amount, payees, sums);
    }

    /// @inheritdoc IBillRuns
    function withdrawOwed(uint32 party) external {
        _till.withdraw(TOKEN, PARTIES, party);
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
        results; // answered as raw bytes
        try this.settleAndRevert(keys) {}
        catch (bytes memory reason) {
            bool answer = bytes4(reason) == BillPreview.selector;
            assembly ("memory-safe") {
                // the arguments of BillPreview are encoded as the answer is
                if answer { return(add(reason, 0x24), sub(mload(reason), 4)) }
                revert(add(reason, 0x20), mload(reason))
            }
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
        _clearances[BillBook.openKey(unit, buyer)] = (uint256(runCount) << 32) | today();
        emit ClearanceGiven(unit, owner, buyer, runCount, today());
    }

    /// @inheritdoc IClearance
    function clearedToTransfer(uint32 unit, uint32 fromParty, uint32 toParty) external view returns (bool) {
        return uint32(_clearances[BillBook.openKey(unit, toParty)]) == today() && openBills(unit, fromParty) == 0;
    }

    // ================================================================ look

    /// @inheritdoc IBillRuns
    function hashBill(uint32 run, uint16 category, uint16 period, Bill calldata bill) external view returns (bytes32) {
        return BillTree.leafOf(address(this), run, category, period, bill);
    }

    /// @inheritdoc IBillRuns
    function runOf(uint32 run) external view returns (RunState state, bytes32 root, uint256 terms) {
        return (BillPosting.stateOf(_book, _posted, run), _book.root[run], _book.terms[run]);
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
        uint256 word = _clearances[BillBook.openKey(unit, buyer)];
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

    /// @inheritdoc IBillRuns
    function owed(uint32 party) external view returns (uint256) {
        return _till.owed[party];
    }

    /// @inheritdoc IBillRuns
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

    /// @dev The party whose current wallet calls.
    function _callerParty(uint256 key) private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0 || PARTIES.walletOf(party) != _msgSender()) revert BillNotParty(key, _msgSender());
    }
}
