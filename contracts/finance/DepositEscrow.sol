// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IDepositEscrow} from "../../interfaces/IDepositEscrow.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {DepositMath} from "../lib/DepositMath.sol";

/// @title Deposits: kept apart from the rent, with a clock on every side
/// @dev Invariants D1 and D2 of docs/invariants.md; and (tests/contracts/DepositEscrow) offer ≤ claim ≤ what was left at the claim
/// (test_fileClaim, test_makeOffer); `finalise` leads from every phase to Settled by time alone (test_finalise).
/// No office has a function here; what is sent by mistake cannot arrive, because the token refuses it.
contract DepositEscrow is IDepositEscrow, Sponsored {
    using DepositMath for uint256;

    string public constant VERSION = "1";
    uint32 public constant CLAIM_DAYS = 14;
    uint32 public constant ANSWER_DAYS = 14;
    uint32 public constant AWARD_DAYS = 30;
    uint32 public constant EXTENSION_DAYS = 30;
    uint256 public constant MAX_ITEMS = 32; // of a claim
    uint8 private constant SETTLED_LANE = 0; // of a landlord's record, see ICreditRegistry
    uint8 private constant DISPUTED_LANE = 1;

    ICommunityToken private immutable TOKEN;
    IPartyRegistry private immutable PARTIES;
    ILeaseAgreement private immutable LEASES;
    ICreditRegistry private immutable CREDIT;

    mapping(uint32 lease => uint256) private _parts; // left, as DepositMath has it [cmt]
    mapping(uint32 lease => Review) private _reviews;
    /// @inheritdoc IDepositEscrow
    mapping(uint32 party => uint256) public owed;
    /// @inheritdoc IDepositEscrow
    uint256 public held;

    constructor(address authority, address forwarder, address token, address parties, address leases, address credit)
        Sponsored(authority, forwarder)
    {
        TOKEN = ICommunityToken(token);
        PARTIES = IPartyRegistry(parties);
        LEASES = ILeaseAgreement(leases);
        CREDIT = ICreditRegistry(credit);
    }

    // ================================================================ for LeaseAgreement

    modifier onlyLeases() {
        if (msg.sender != address(LEASES)) revert DepositCallerNotLeases(msg.sender);
        _;
    }

    /// @inheritdoc IDepositEscrow
    function book(uint32 lease, uint256 parts) external onlyLeases {
        if (_parts[lease] != 0) revert DepositBookedAlready(lease);
        uint256 amount = parts.sum();
        uint256 before = held;
        uint256 surplus = TOKEN.balanceOf(address(this)) - before;
        if (amount > surplus) revert DepositNotReceived(lease, amount, surplus);
        _parts[lease] = parts;
        held = before + amount;
        emit DepositBooked(lease, parts);
    }

    /// @inheritdoc IDepositEscrow
    function takeArrears(uint32 lease, uint8 index, uint256 amount) external onlyLeases returns (uint256 taken) {
        uint256 part = _parts[lease].partOf(index);
        taken = amount < part ? amount : part;
        if (taken == 0) return 0;
        if (_reviews[lease].phase != Phase.None) revert DepositPhaseWrong(lease, _reviews[lease].phase);
        _parts[lease] -= taken << (56 * index);
        held -= taken;
        emit ArrearsTaken(lease, index, taken);
        assert(TOKEN.transfer(msg.sender, taken)); // the token reverts or answers true
    }

    /// @inheritdoc IDepositEscrow
    function openReview(uint32 lease) external onlyLeases returns (bool open) {
        Review memory r = reviewOf(lease);
        uint256 left = depositOf(lease);
        if (left == 0) return false;
        if (r.phase != Phase.Held) revert DepositPhaseWrong(lease, r.phase);
        _start(lease, r, Phase.Claiming, CLAIM_DAYS);
        emit ReviewOpened(lease, left, r.lastDay);
        return true;
    }

    // ================================================================ landlord

    /// @inheritdoc IDepositEscrow
    function fileClaim(uint32 lease, uint64[] calldata amounts, bytes32[] calldata evidence) external {
        Review memory r = _inTime(lease, Phase.Claiming);
        _callerIs(lease, LEASES.termsOf(lease).landlord);
        if (amounts.length != evidence.length || amounts.length > MAX_ITEMS) {
            revert DepositItemsInvalid(amounts.length, evidence.length, MAX_ITEMS);
        }
        uint256 claim;
        for (uint256 i; i < amounts.length; ++i) {
            if (amounts[i] == 0) revert DepositItemZero(i);
            claim += amounts[i];
        }
        uint256 left = depositOf(lease);
        if (claim > left) revert DepositClaimTooLarge(lease, claim, left);
        r.claim = r.offer = uint64(claim);
        if (claim == 0) {
            emit ClaimFiled(lease, 0, amounts, evidence, r.lastDay);
            _settle(lease, r, 0, false);
            return;
        }
        _start(lease, r, Phase.Answering, ANSWER_DAYS);
        emit ClaimFiled(lease, claim, amounts, evidence, r.lastDay);
        _pay(lease, 0, left - claim);
    }

    /// @inheritdoc IDepositEscrow
    function acceptOffer(uint32 lease, uint64 offer) external {
        Review memory r = _in(lease, Phase.Awarding);
        _callerIs(lease, LEASES.termsOf(lease).landlord);
        if (offer != r.offer) revert DepositFigureWrong(lease, offer, r.offer);
        emit OfferAccepted(lease, offer);
        _settle(lease, r, offer, false);
    }

    // ================================================================ tenants

    /// @inheritdoc IDepositEscrow
    function acceptClaim(uint32 lease, uint64 claim) external {
        Review memory r = _inTime(lease, Phase.Answering);
        if (claim != r.claim) revert DepositFigureWrong(lease, claim, r.claim);
        (uint256 tenant, uint256 all) = _markAnswer(lease, r);
        emit ClaimAccepted(lease, tenant, claim);
        _afterAnswer(lease, r, all);
    }

    /// @inheritdoc IDepositEscrow
    function makeOffer(uint32 lease, uint64 offer) external {
        Review memory r = _inTime(lease, Phase.Answering);
        if (offer >= r.claim) revert DepositOfferTooLarge(lease, offer, r.claim - 1);
        (uint256 tenant, uint256 all) = _markAnswer(lease, r);
        if (offer < r.offer) r.offer = offer;
        emit OfferMade(lease, tenant, offer);
        _afterAnswer(lease, r, all);
    }

    /// @dev The caller's bit joins the answers; answers the mask of all tenants too.
    function _markAnswer(uint32 lease, Review memory r) private view returns (uint256 tenant, uint256 all) {
        ILeaseAgreement.Account[] memory accounts = LEASES.accountsOf(lease);
        all = (1 << accounts.length) - 1;
        tenant = _callerParty(lease);
        uint256 bit;
        for (uint256 i; i < accounts.length; ++i) if (accounts[i].tenant == tenant) bit = 1 << i;
        if (bit == 0) revert DepositNotParty(lease, _msgSender());
        if (r.answered & bit != 0) revert DepositAnsweredAlready(lease, tenant);
        r.answered |= uint8(bit);
    }

    function _afterAnswer(uint32 lease, Review memory r, uint256 all) private {
        if (r.answered == all) _endAnswers(lease, r);
        else _reviews[lease] = r;
    }

    /// @dev No answer is missing any more: undisputed, or the lowest offer is final.
    function _endAnswers(uint32 lease, Review memory r) private {
        if (r.offer == r.claim) {
            _settle(lease, r, r.claim, false);
        } else if (!_isImpartial(lease, r.arbiter)) {
            emit OfferFinal(lease, r.offer, r.claim, LEASES.today());
            _settle(lease, r, DepositMath.middle(r.offer, r.claim), true);
        } else {
            _start(lease, r, Phase.Awarding, AWARD_DAYS);
            emit OfferFinal(lease, r.offer, r.claim, r.lastDay);
            _pay(lease, r.offer, 0);
        }
    }

    /// @dev There is an arbiter, and no sale or change of tenant has made a party of him.
    function _isImpartial(uint32 lease, uint256 arbiter) private view returns (bool impartial) {
        impartial = arbiter != 0 && arbiter != LEASES.termsOf(lease).landlord;
        ILeaseAgreement.Account[] memory accounts = LEASES.accountsOf(lease);
        for (uint256 i; i < accounts.length; ++i) if (accounts[i].tenant == arbiter) impartial = false;
    }

    // ================================================================ arbiter

    /// @inheritdoc IDepositEscrow
    function award(uint32 lease, uint64 amount) external {
        Review memory r = _inTime(lease, Phase.Awarding);
        _callerIs(lease, r.arbiter);
        if (amount < r.offer || amount > r.claim) revert DepositAwardOutside(lease, amount, r.offer, r.claim);
        emit DepositAwarded(lease, r.arbiter, amount);
        _settle(lease, r, amount, true);
    }

    // ================================================================ open to all

    /// @inheritdoc IDepositEscrow
    function finalise(uint32 lease) external {
        Review memory r = reviewOf(lease);
        if (r.phase < Phase.Claiming || r.phase == Phase.Settled) revert DepositPhaseWrong(lease, r.phase);
        uint256 today = LEASES.today();
        if (today <= r.lastDay) revert DepositClockRunning(lease, r.lastDay, today);
        if (_canExtend(lease, r)) _extend(lease, r);
        else if (r.phase == Phase.Claiming) _settle(lease, r, 0, false);
        else if (r.phase == Phase.Answering) _endAnswers(lease, r);
        else _settle(lease, r, DepositMath.middle(r.offer, r.claim), true);
    }

    /// @inheritdoc IDepositEscrow
    function extendClock(uint32 lease) external {
        Review memory r = reviewOf(lease);
        if (r.phase < Phase.Claiming || r.phase == Phase.Settled) revert DepositPhaseWrong(lease, r.phase);
        if (!_canExtend(lease, r)) revert DepositClockNotExtendable(lease);
        _extend(lease, r);
    }

    function _extend(uint32 lease, Review memory r) private {
        r.extended = true;
        r.lastDay += EXTENSION_DAYS;
        _reviews[lease] = r;
        emit ClockExtended(lease, r.lastDay);
    }

    /// @dev Whether whoever's turn it is cannot be expected to act now, for the first time on this clock.
    function _canExtend(uint32 lease, Review memory r) private view returns (bool) {
        if (r.extended) return false;
        if (block.timestamp < LEASES.pausedUntil()) return true;
        if (r.phase == Phase.Claiming) return PARTIES.recoveryPending(LEASES.termsOf(lease).landlord);
        if (r.phase == Phase.Awarding) return PARTIES.recoveryPending(r.arbiter);
        ILeaseAgreement.Account[] memory accounts = LEASES.accountsOf(lease);
        for (uint256 i; i < accounts.length; ++i) {
            if ((r.answered >> i) & 1 == 0 && PARTIES.recoveryPending(accounts[i].tenant)) return true;
        }
        return false;
    }

    /// @inheritdoc IDepositEscrow
    function withdrawOwed(uint32 party) external {
        uint256 amount = owed[party];
        if (amount == 0) revert DepositNothingOwed(party);
        delete owed[party];
        held -= amount;
        uint256[] memory items = new uint256[](1);
        items[0] = party;
        items = PARTIES.payeesOf(items);
        address wallet = address(uint160(items[0]));
        items[0] |= amount << 160;
        emit OwedWithdrawn(party, wallet, amount);
        if (TOKEN.disburse(items) != 0) revert DepositUndeliverable(party);
    }

    // ================================================================ clocks and callers

    function _in(uint32 lease, Phase phase) private view returns (Review memory r) {
        r = reviewOf(lease);
        if (r.phase != phase) revert DepositPhaseWrong(lease, r.phase);
    }

    function _inTime(uint32 lease, Phase phase) private view returns (Review memory r) {
        r = _in(lease, phase);
        uint256 today = LEASES.today();
        if (today > r.lastDay) revert DepositDeadlinePassed(lease, r.lastDay, today);
    }

    function _start(uint32 lease, Review memory r, Phase phase, uint32 days_) private {
        (r.phase, r.extended, r.lastDay) = (phase, false, LEASES.today() + days_);
        _reviews[lease] = r;
    }

    function _callerIs(uint32 lease, uint256 party) private view {
        if (_callerParty(lease) != party) revert DepositNotParty(lease, _msgSender());
    }

    function _callerParty(uint32 lease) private view returns (uint32 party) {
        party = PARTIES.partyOf(_msgSender());
        if (party == 0 || PARTIES.walletOf(party) != _msgSender()) revert DepositNotParty(lease, _msgSender());
        if (PARTIES.recoveryPending(party)) revert DepositPartyInRecovery(party);
    }

    // ================================================================ money out

    /// @dev The end of a review: `award_` is what the landlord gets in all; the offer went to him before, the rest goes to the tenants.
    /// @param disputed the two sides did not agree: the arbiter or a clock decided
    function _settle(uint32 lease, Review memory r, uint256 award_, bool disputed) private {
        uint256 rest = r.phase == Phase.Awarding ? award_ - r.offer : award_;
        r.phase = Phase.Settled;
        _reviews[lease] = r;
        emit DepositSettled(lease, award_);
        _pay(lease, rest, depositOf(lease) - rest);
        LEASES.finishClosing(lease);
        CREDIT.reportProvider(LEASES.termsOf(lease).landlord, Calendar.monthOf(LEASES.today()), disputed ? DISPUTED_LANE : SETTLED_LANE);
    }

    /// @dev Out of the lease's parts, in proportion to them: to the landlord (his debt to each tenant first), then to the tenants. [cmt]
    function _pay(uint32 lease, uint256 toLandlord, uint256 toTenants) private {
        uint256 parts = _parts[lease];
        uint256 taken = parts.split(toLandlord);
        uint256 released = (parts - taken).split(toTenants);
        _parts[lease] = parts - taken - released;
        held -= toLandlord + toTenants;

        // the parties of a lease are distinct
        ILeaseAgreement.Account[] memory accounts = LEASES.accountsOf(lease);
        uint256 n = accounts.length;
        uint256[] memory parties = new uint256[](n + 1);
        uint256[] memory sums = new uint256[](n + 1);
        for (uint256 i; i < n; ++i) {
            uint32 tenant = accounts[i].tenant;
            uint256 part = taken.partOf(i);
            uint256 setOff = part == 0 ? 0 : LEASES.offsetLandlordDebt(lease, tenant, part);
            if (setOff != 0) emit LandlordDebtSetOff(lease, tenant, setOff);
            toLandlord -= setOff;
            (parties[i], sums[i]) = (tenant, released.partOf(i) + setOff);
        }
        (parties[n], sums[n]) = (LEASES.termsOf(lease).landlord, toLandlord);
        _deliver(lease, parties, sums);
    }

    /// @dev One payment per party; what cannot be delivered waits for it.
    function _deliver(uint32 lease, uint256[] memory parties, uint256[] memory sums) private {
        uint256[] memory items = PARTIES.payeesOf(parties);
        for (uint256 i; i < items.length; ++i) {
            items[i] |= sums[i] << 160;
            if (sums[i] != 0) emit DepositPaid(lease, parties[i], sums[i]);
        }
        uint256 undelivered = TOKEN.disburse(items);
        for (uint256 i; i < items.length; ++i) {
            if ((undelivered >> i) & 1 == 0) continue;
            owed[uint32(parties[i])] += sums[i];
            held += sums[i];
            emit ShareHeld(parties[i], sums[i]);
        }
    }

    // ================================================================ look

    /// @inheritdoc IDepositEscrow
    function depositOf(uint32 lease) public view returns (uint256) {
        return _parts[lease].sum();
    }

    /// @inheritdoc IDepositEscrow
    function partOf(uint32 lease, uint8 index) external view returns (uint256) {
        return _parts[lease].partOf(index);
    }

    /// @inheritdoc IDepositEscrow
    function reviewOf(uint32 lease) public view returns (Review memory r) {
        r = _reviews[lease];
        uint256 parts = _parts[lease];
        if (r.phase == Phase.None && parts != 0) (r.phase, r.arbiter) = (Phase.Held, parts.arbiterOf());
    }
}
