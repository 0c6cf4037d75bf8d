// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IDepositEscrow} from "../../interfaces/IDepositEscrow.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IObligations} from "../../interfaces/IObligations.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {ITill} from "../../interfaces/ITill.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Answers} from "../lib/Answers.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {Tally} from "../lib/Tally.sol";
import {LeaseBook} from "./LeaseBook.sol";
import {LeaseClosing} from "./LeaseClosing.sol";
import {LeaseCredit} from "./LeaseCredit.sol";
import {LeaseOpening} from "./LeaseOpening.sol";
import {LeasePayments} from "./LeasePayments.sol";
import {LeaseReading} from "./LeaseReading.sol";
import {LeaseRevision} from "./LeaseRevision.sol";
import {LeaseSettlement} from "./LeaseSettlement.sol";
import {Till} from "./Till.sol";

/// @title All leases of a community
/// @dev Invariants (docs/invariants.md): L1 balance ≥ held = Σ pot + Σ owed · L2 no account is settled beyond what its lease costs, but
/// by an end inside a paid period until it is closed · L3 a settlement twice in a row moves nothing the second time · L4 what tenants
/// paid in = what landlord and manager got + what was refunded + pots + owed.
/// The token, the registries, LeaseChanges and DepositEscrow are the suite's own: no call leaves for foreign code but the ERC-1271
/// check at activation, a static call before the first effect.
contract LeaseAgreement is ILeaseAgreement, Sponsored, EIP712 {
    using LeaseBook for Tally.Sums;
    using Tally for Tally.Sums;
    using Till for Till.Box;

    string public constant VERSION = "1";
    uint256 private constant MAX_PAUSE = 30 days;
    uint32 private constant WITHDRAWN = type(uint32).max; // in leaseOf: terms that nobody can activate any more
    uint8 private constant LANDLORD = type(uint8).max; // in Change.index: the landlord's side

    ICommunityToken private immutable TOKEN;
    IPartyRegistry private immutable PARTIES;
    IUnitRegistry private immutable UNITS;
    address private immutable CHANGES;
    IDepositEscrow private immutable ESCROW;
    ICreditRegistry private immutable CREDIT;
    int32 private immutable UTC_OFFSET; // [seconds]

    LeaseBook.Book private _book;
    mapping(bytes32 termsHash => uint32 lease) public leaseOf;
    mapping(uint32 party => uint256) public offerNonce;
    mapping(uint256 key => uint256) private _landlordDebt; // key as in the book [cmt]
    Till.Box private _till;
    uint64 public pausedUntil; // [unix]
    uint32 public leaseCount;
    bool public retired;

    constructor(
        address authority,
        address forwarder,
        address token,
        address parties,
        address units,
        address changes,
        address escrow,
        address credit,
        int32 utcOffset
    ) Sponsored(authority, forwarder) EIP712("Commonhold LeaseAgreement", VERSION) {
        TOKEN = ICommunityToken(token);
        PARTIES = IPartyRegistry(parties);
        UNITS = IUnitRegistry(units);
        CHANGES = changes;
        ESCROW = IDepositEscrow(escrow);
        CREDIT = ICreditRegistry(credit);
        UTC_OFFSET = utcOffset;
    }

    // ================================================================ sign and activate

    /// @inheritdoc ILeaseAgreement
    function activate(LeaseTerms calldata terms, bytes[] calldata, Permit[] calldata /* LeaseOpening reads them */)
        external
        returns (uint32 lease)
    {
        if (retired) revert LeaseContractRetired();
        if (block.timestamp < pausedUntil) revert LeasePaused(pausedUntil);
        lease = ++leaseCount;
        if (terms.opening.prepaid != 0) _till.held += terms.opening.prepaid;
        LeaseOpening.Ports memory ports = LeaseOpening.Ports(TOKEN, PARTIES, UNITS, ESCROW, _msgSender());
        LeaseOpening.open(_book, leaseOf, offerNonce, ports, _domainSeparatorV4(), lease, today(), msg.data[4:]);
        OneOffFee[] calldata fees = terms.fees;
        if (fees.length == 0) return lease;
        Tally.Sums memory out = Tally.create(fees.length);
        for (uint256 k; k < fees.length; ++k) {
            out.add(fees[k].payee, fees[k].amount);
            emit OneOffFeePaid(lease, fees[k].payee, fees[k].amount);
        }
        _till.deliver(TOKEN, PARTIES, out);
    }

    /// @inheritdoc ILeaseAgreement
    function hashTerms(LeaseTerms calldata) external view returns (bytes32) {
        return _hashFirstArgument();
    }

    /// @inheritdoc ILeaseAgreement
    function cancelTerms(LeaseTerms calldata terms) external {
        uint32 party = _callerParty();
        bool signer = party == terms.landlord;
        for (uint256 i; i < terms.tenants.length; ++i) signer = signer || party == terms.tenants[i];
        if (!signer) revert LeaseNotParty(0, _msgSender());
        bytes32 termsHash = _hashFirstArgument();
        if (leaseOf[termsHash] != 0) revert LeaseTermsUsed(termsHash, leaseOf[termsHash]);
        leaseOf[termsHash] = WITHDRAWN;
        emit TermsCancelled(termsHash, party);
    }

    /// @dev What is signed for the terms that are the first argument of this call.
    function _hashFirstArgument() private view returns (bytes32) {
        return _hashTypedDataV4(LeaseOpening.structHash(msg.data[4:]));
    }

    /// @inheritdoc ILeaseAgreement
    function raiseOfferNonce() external returns (uint256 nonce) {
        uint32 party = _callerParty();
        nonce = ++offerNonce[party];
        emit OfferNonceRaised(party, nonce);
    }

    // ================================================================ pay

    /// @inheritdoc ILeaseAgreement
    function pay(uint32 lease, uint32 tenant, uint256 amount, bytes32 termsHash) external {
        address payer = _msgSender();
        uint256 hot = _checkPayment(lease, amount, termsHash);
        bool plain = W.flags(hot) == 0 && W.pot(hot) == 0 && W.tenant(hot) == tenant;
        if (plain && LeasePayments.receivePlain(_book, _till, _ports(), lease, hot, amount, payer, today())) return;
        _till.pass(TOKEN, PARTIES, payer, amount, _receive(lease, tenant, amount, payer));
    }

    /// @inheritdoc ILeaseAgreement
    function payWithAuthorization(
        uint32 lease,
        uint32 tenant,
        uint256 amount,
        bytes32 termsHash,
        address payer,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external {
        _checkPayment(lease, amount, termsHash);
        Tally.Sums memory out = _receive(lease, tenant, amount, payer);
        bytes32 nonce = keccak256(abi.encode(lease, tenant, termsHash, salt));
        TOKEN.receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        _till.deliver(TOKEN, PARTIES, out);
    }

    /// @dev The lease's hot word, if it is the one that the payer means.
    function _checkPayment(uint32 lease, uint256 amount, bytes32 termsHash) private view returns (uint256 hot) {
        if (amount == 0) revert LeaseAmountZero();
        hot = _book.hot[lease];
        if (hot == 0) revert LeaseUnknown(lease);
        if (leaseOf[termsHash] != lease) revert LeaseTermsMismatch(lease, termsHash);
    }

    function _receive(uint32 lease, uint32 tenant, uint256 amount, address payer) private returns (Tally.Sums memory out) {
        (LeaseBook.Payees memory payees, uint256 prepaid) =
            LeasePayments.receive_(_book, CREDIT, lease, tenant, amount, payer, today());
        if (prepaid != payees.released) _till.held = _till.held + prepaid - payees.released;
        out = Tally.create(2);
        out.add(payees);
    }

    /// @inheritdoc ILeaseAgreement
    function refund(uint32 lease, uint256 amount) external {
        if (amount == 0) revert LeaseAmountZero();
        uint32 tenant = _callerParty();
        LeaseBook.Payees memory payees = LeaseClosing.refund(_book, CREDIT, lease, tenant, amount, today());
        _till.held -= payees.released;
        Tally.Sums memory out = Tally.create(3);
        out.add(payees);
        out.add(tenant, amount);
        _till.deliver(TOKEN, PARTIES, out);
    }

    /// @inheritdoc ITill
    function withdrawOwed(uint32 party) external {
        if (_till.withdraw(TOKEN, PARTIES, party) == 0) revert LeaseNothingOwed(party);
    }

    /// @inheritdoc ILeaseAgreement
    function payLandlordDebt(uint32 lease, uint32 tenant, uint256 amount) external {
        if (amount == 0) revert LeaseAmountZero();
        _reduceLandlordDebt(lease, tenant, amount);
        TOKEN.pull(_msgSender(), amount);
        _till.deliverOne(TOKEN, PARTIES, tenant, amount);
    }

    function _reduceLandlordDebt(uint32 lease, uint32 tenant, uint256 amount) private {
        uint256 key = _keyOf(lease, tenant);
        uint256 debt = _landlordDebt[key];
        if (amount > debt) revert LeasePaymentTooLarge(lease, amount, debt);
        _landlordDebt[key] = debt - amount;
        emit LandlordDebtPaid(lease, tenant, amount);
    }

    // ================================================================ settle

    /// @inheritdoc ILeaseAgreement
    function settle(uint32[] calldata leases) external returns (Result[] memory results) {
        results; // answered as raw bytes
        Answers.return_(_settle(leases), 0);
    }

    /// @inheritdoc ILeaseAgreement
    function previewSettle(uint32[] calldata leases) external returns (Result[] memory results) {
        try this.settleAndRevert(leases) {}
        catch (bytes memory reason) {
            results; // answered as raw bytes
            if (bytes4(reason) == LeasePreview.selector) Answers.return_(reason, 4);
            Answers.revert_(reason);
        }
    }

    /// @inheritdoc ILeaseAgreement
    function settleAndRevert(uint32[] calldata leases) external {
        Answers.revert_(bytes.concat(LeasePreview.selector, _settle(leases)));
    }

    function _settle(uint32[] calldata leases) private returns (bytes memory) {
        (uint256[] memory packed, uint256 released, uint256[] memory payees, uint256[] memory sums) =
            LeaseSettlement.settle(_book, _ports(), today(), msg.data[4:]);
        if (released != 0) _till.held -= released;
        _till.deliver(TOKEN, PARTIES, payees, sums);
        return Answers.encode(leases, packed);
    }

    // ================================================================ end

    /// @inheritdoc ILeaseAgreement
    function close(uint32 lease) external {
        (LeaseBook.Payees memory payees, LeaseClosing.Tenant[] memory tenants) =
            LeaseClosing.close(_book, _landlordDebt, _ports(), lease, today());
        _till.held -= payees.released;
        Tally.Sums memory out = Tally.create(2 + tenants.length);
        out.add(payees);
        for (uint256 i; i < tenants.length; ++i) out.add(tenants[i].party, tenants[i].amount);
        _till.deliver(TOKEN, PARTIES, out);
    }

    /// @inheritdoc ILeaseAgreement
    function finishClosing(uint32 lease) external {
        _onlyEscrow();
        _setState(lease, State.Closed);
    }

    /// @inheritdoc ILeaseAgreement
    function offsetLandlordDebt(uint32 lease, uint32 tenant, uint256 amount) external returns (uint256 used) {
        _onlyEscrow();
        uint256 debt = landlordDebt(lease, tenant);
        used = amount < debt ? amount : debt;
        if (used != 0) _reduceLandlordDebt(lease, tenant, used);
    }

    function _ports() private view returns (LeaseBook.Ports memory) {
        return LeaseBook.Ports(TOKEN, PARTIES, ESCROW, CREDIT);
    }

    function _onlyEscrow() private view {
        if (msg.sender != address(ESCROW)) revert LeaseCallerNotEscrow(msg.sender);
    }

    function _setState(uint32 lease, State state) private {
        _book.hot[lease] = W.withState(_book.hot[lease], uint256(state));
    }

    // ================================================================ change

    /// @inheritdoc ILeaseAgreement
    function applyChange(Change calldata change) external {
        if (msg.sender != CHANGES) revert LeaseCallerNotChanges(msg.sender);
        (LeaseRevision.After memory lease, LeaseBook.Payees memory payees) = LeaseRevision.apply_(_book, CREDIT, change, today());
        if (payees.released != 0) _till.held -= payees.released;
        if (change.kind == ChangeKind.SALE) {
            UNITS.transferByLease(lease.unit, change.lease, change.party);
        } else if (change.kind >= ChangeKind.RENEWAL && change.kind <= ChangeKind.HOLDOVER) {
            UNITS.changeOccupancy(lease.unit, change.lease, lease.tenant, lease.endDay);
        }
        Tally.Sums memory out = Tally.create(6);
        out.add(payees);
        if (change.kind == ChangeKind.END && change.amount != 0) _takeBreakFee(change, out);
        _till.deliver(TOKEN, PARTIES, out);
    }

    /// @dev From who breaks the lease to the other side: the landlord, or the tenants by their shares.
    function _takeBreakFee(Change calldata c, Tally.Sums memory out) private {
        (uint256[] memory parties, uint256[] memory sums) = LeaseReading.breakFee(_book, c.lease, c.amount, c.index == LANDLORD);
        for (uint256 i; i < parties.length; ++i) out.add(parties[i], sums[i]);
        TOKEN.pull(PARTIES.walletOf(c.party), c.amount);
    }

    // ================================================================ look

    /// @inheritdoc ILeaseAgreement
    function stateOf(uint32 lease) external view returns (State state) {
        state = State(W.state(_book.hot[lease]));
        bool running = state == State.Active || state == State.Notice || state == State.Holdover;
        if (running && today() >= W.endDay(_book.plan[lease])) state = State.Ended;
    }

    /// @inheritdoc ILeaseAgreement
    function termsOf(uint32 lease) external view returns (Summary memory summary) {
        return LeaseReading.summary(_book, lease, today());
    }

    /// @inheritdoc ILeaseAgreement
    function accountsOf(uint32 lease) external view returns (Account[] memory accounts) {
        return LeaseReading.accounts(_book, lease, today());
    }

    /// @inheritdoc ILeaseAgreement
    function dueOn(uint32 lease, uint32 day) external view returns (uint256) {
        return LeaseReading.due(_book, lease, day);
    }

    /// @inheritdoc IObligations
    function overdueOf(uint256 obligation)
        external
        view
        returns (Kind kind, uint32 party, uint32 dueDay, uint32 lastOnTimeDay, uint256 open)
    {
        kind = Kind.RENT;
        (party, dueDay, lastOnTimeDay, open) = LeaseCredit.overdueOf(_book, obligation, today());
    }

    /// @inheritdoc ILeaseAgreement
    function landlordDebt(uint32 lease, uint32 tenant) public view returns (uint256) {
        return _landlordDebt[_keyOf(lease, tenant)];
    }

    /// @inheritdoc ITill
    function owed(uint32 party) external view returns (uint256) {
        return _till.owed[party];
    }

    /// @inheritdoc ITill
    function held() external view returns (uint256) {
        return _till.held;
    }

    /// @inheritdoc ILeaseAgreement
    function today() public view returns (uint32) {
        return uint32(Calendar.dayOf(block.timestamp, UTC_OFFSET));
    }

    function _keyOf(uint32 lease, uint32 tenant) private view returns (uint256) {
        return LeaseReading.keyOf(_book, lease, tenant);
    }

    // ================================================================ roles

    /// @inheritdoc ILeaseAgreement
    function pause(uint64 duration) external restricted {
        if (duration > MAX_PAUSE) revert LeasePauseTooLong(duration, MAX_PAUSE);
        pausedUntil = uint64(block.timestamp) + duration;
        emit PausedUntil(pausedUntil);
    }

    /// @inheritdoc ILeaseAgreement
    function retire() external restricted {
        retired = true;
        emit Retired();
    }

    function _callerParty() private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0) revert LeaseNotParty(0, _msgSender());
    }
}
