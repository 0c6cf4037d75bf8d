// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {Calendar} from "../lib/Calendar.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {Tally} from "../lib/Tally.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeePosting} from "./FeePosting.sol";

/// @title What happens to arrears besides paying them: waivers, credit notes, instalment plans, notices, a buyer's assumption
/// @notice A linked library of PropertyFee, which would not fit its size limit with it; it works on PropertyFee's storage and calls only the
/// suite's own contracts.
library FeeRelief {
    using FeeBook for FeeBook.Book;
    using FeeBook for FeeBook.Account;
    using FeePosting for FeeBook.Book;
    using FeeMath for FeeMath.Terms;
    using Tally for Tally.Sums;

    uint256 internal constant OFFER_VALIDITY = 30 days;
    uint256 internal constant MAX_INSTALMENTS = 36;
    uint256 internal constant MAX_START_DAYS = 62; // first instalment at most so long after the agreement [days]
    uint256 internal constant NOTICE_DAYS = 7; // between two notices [days]
    uint256 private constant M60 = (1 << 60) - 1;

    // ---------------------------------------------------------------- waivers and credit notes

    function _idOf(uint256 account, IPropertyFee.Relief kind, uint256 amount, bytes32 reasonHash) private pure returns (bytes32) {
        return keccak256(abi.encode(account, kind, amount, reasonHash));
    }

    /// @notice Remembers a proposal; whether it can be granted is found out then, too.
    function propose(
        FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, IPropertyFee.Relief kind, uint256 amount, bytes32 reasonHash,
        address maker
    ) external returns (bytes32 id) {
        if (reasonHash == 0) revert IPropertyFee.FeeReliefInvalid(account, reasonHash);
        _checkAmount(b.bring(ports, account), kind, amount);
        id = _idOf(account, kind, amount, reasonHash);
        b.reliefs[id] = FeeBook.Offer({maker: maker, validUntil: uint40(block.timestamp + OFFER_VALIDITY), firstDay: 0, count: 0});
        emit IPropertyFee.ReliefProposed(account, kind, amount, reasonHash, maker);
    }

    function _checkAmount(FeeBook.Account memory a, IPropertyFee.Relief kind, uint256 amount) private pure {
        if (amount == 0) revert IPropertyFee.FeeAmountZero();
        uint256 most = kind == IPropertyFee.Relief.WAIVE_FEES ? a.lateFees() : a.open();
        if (kind == IPropertyFee.Relief.CREDIT_NOTE) most += a.level - a.t.begin;
        if (amount > most) revert IPropertyFee.FeeReliefTooLarge(a.id, kind, amount, most);
    }

    /// @notice Grants what was proposed.
    function approve(
        FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, IPropertyFee.Relief kind, uint256 amount, bytes32 reasonHash,
        address checker
    ) external returns (uint256[] memory payees, uint256[] memory sums) {
        _take(b, account, _idOf(account, kind, amount, reasonHash), checker);
        FeeBook.Account memory a = b.bring(ports, account);
        b.needGift(a);
        _checkAmount(a, kind, amount);
        Tally.Sums memory out = Tally.create(3);
        uint256 month = Calendar.monthOf(ports.day);
        if (kind == IPropertyFee.Relief.WAIVE_FEES) {
            a.accrual -= amount * FeeBook.BPS;
            b.waived[month].lateFees += uint128(amount);
        } else {
            uint256 open = a.open();
            uint256 part = amount < open ? amount : open;
            a.forgive(part);
            b.gift[account] = a.gift;
            if (kind == IPropertyFee.Relief.WAIVE_PRINCIPAL) b.waived[month].principal += uint128(amount);
            else b.giveBack(ports, a, amount - part, 0, out);
        }
        emit IPropertyFee.ReliefGranted(account, kind, month, amount, a.level, reasonHash, checker);
        b.finish(ports, a, false, out);
        return out.list();
    }

    function _take(FeeBook.Book storage b, uint256 account, bytes32 id, address checker) private {
        FeeBook.Offer memory offer = b.reliefs[id];
        if (offer.maker == address(0) || block.timestamp > offer.validUntil) revert IPropertyFee.FeeReliefUnknown(account, id);
        if (offer.maker == checker) revert IPropertyFee.FeeSecondPersonMissing(checker);
        delete b.reliefs[id];
    }

    // ---------------------------------------------------------------- instalment plans

    /// @notice The manager's offer: what is due, in equal monthly parts.
    function offerPlan(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, uint8 count, uint32 firstDay, address maker) external {
        if (b.hot[account] == 0) revert IPropertyFee.FeeAccountUnknown(account);
        if (count < 2 || count > MAX_INSTALMENTS) revert IPropertyFee.FeePlanInvalid(account, "count", count, MAX_INSTALMENTS);
        _checkFirstDay(ports, account, firstDay);
        uint40 validUntil = uint40(block.timestamp + OFFER_VALIDITY);
        b.plans[account] = FeeBook.Offer({maker: maker, validUntil: validUntil, firstDay: uint24(firstDay), count: count});
        emit IPropertyFee.PlanOffered(account, count, firstDay, validUntil);
    }

    function _checkFirstDay(FeeBook.Ports memory ports, uint256 account, uint256 firstDay) private pure {
        if (firstDay <= ports.day || firstDay > ports.day + MAX_START_DAYS) {
            revert IPropertyFee.FeePlanInvalid(account, "firstDay", firstDay, ports.day + MAX_START_DAYS);
        }
    }

    /// @notice The party agrees: the arrears leave the account's months and are owed by the plan.
    function acceptPlan(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, uint32 party, uint256 sum, uint8 count, uint32 firstDay)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        FeeBook.Offer memory offer = b.plans[account];
        if (offer.maker == address(0) || block.timestamp > offer.validUntil || offer.count != count || offer.firstDay != firstDay) {
            revert IPropertyFee.FeePlanUnknown(account);
        }
        delete b.plans[account];
        _checkFirstDay(ports, account, firstDay);
        FeeBook.Account memory a = b.bring(ports, account);
        if (W.party(a.hot) != party) revert IPropertyFee.FeeNotParty(account, ports.parties.walletOf(party));
        if (a.planLeft() != 0) revert IPropertyFee.FeePlanRunning(account);
        uint256 open = a.open();
        if (sum != open || sum < count) revert IPropertyFee.FeePlanInvalid(account, "sum", sum, open);
        a.plan = W.plan(a.level, sum, 0, firstDay, count, 0);
        a.level = a.due;
        a.hot = W.withFlag(a.hot, W.PLAN, true);
        emit IPropertyFee.PlanAgreed(account, party, sum, count, firstDay, a.level);
        Tally.Sums memory out = Tally.create(3);
        b.finish(ports, a, true, out);
        return out.list();
    }

    // ---------------------------------------------------------------- notices

    /// @notice Records a notice of the next stage.
    function serveNotice(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account, uint256 stage, bytes32 documentHash) external {
        FeeBook.Account memory a = b.bring(ports, account);
        uint256 late = a.t.levelAt(a.t.lastMonthDue(int256(a.day) - int256(uint256(a.category.graceDays)) - 1));
        bool broken = W.planBroken(a.plan) != 0 && a.planLeft() != 0;
        if (late <= a.level && !broken) revert IPropertyFee.FeeNoArrears(account);
        uint256 word = b.notices[account];
        uint256 reached = stageOf(word, a);
        if (stage != reached + 1 || stage > 3) revert IPropertyFee.FeeNoticeInvalid(account, stage, reached + 1);
        if (reached == 0) {
            word = (broken ? M60 : late) | (1 << 60) | (a.day << 68);
        } else {
            uint256 earliest = ((word >> (44 + 24 * reached)) & 0xffffff) + NOTICE_DAYS;
            if (a.day < earliest) revert IPropertyFee.FeeNoticeTooEarly(account, earliest, a.day);
            word = (word & ~(uint256(0xff) << 60)) | (stage << 60) | (a.day << (44 + 24 * stage));
        }
        b.notices[account] = word;
        emit IPropertyFee.NoticeServed(account, stage, a.day, a.open(), a.lateFees(), documentHash);
    }

    /// @notice The stage that the present arrears have reached: 0 once those that the first notice named are paid.
    function stageOf(uint256 word, FeeBook.Account memory a) internal pure returns (uint256) {
        uint256 target = word & M60;
        bool unpaid = target == M60 ? W.planBroken(a.plan) != 0 && a.planLeft() != 0 : a.level < target;
        return unpaid ? uint8(word >> 60) : 0;
    }

    // ---------------------------------------------------------------- a buyer's assumption

    /// @notice What is open of a closed account becomes the debt of the buyer who assumed it.
    function takeOverDebt(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 account)
        external
        returns (uint256[] memory payees, uint256[] memory sums)
    {
        FeeBook.Account memory a = b.bring(ports, account);
        uint256 unit = W.unit(a.hot);
        IPropertyFee.Assumption memory s = b.assumptions[unit];
        bool bound = s.fromParty == W.party(a.hot) && block.timestamp <= s.validUntil + OFFER_VALIDITY;
        if (!bound || !a.ended() || ports.units.ownerPartyOf(uint32(unit)) != s.toParty) revert IPropertyFee.FeeAssumptionNone(account);
        uint256 owing = a.owing();
        if (owing == 0) revert IPropertyFee.FeeNoArrears(account);
        if (owing > s.most) revert IPropertyFee.FeeAssumptionTooSmall(account, owing, s.most);
        b.assumptions[unit].most = uint96(s.most - owing);
        Tally.Sums memory out = Tally.create(3);
        b.finish(ports, a, true, out);
        b.hot[account] = W.withFlag(W.withParty(b.hot[account], s.toParty), W.ASSUMED, true);
        emit IPropertyFee.DebtTakenOver(account, s.fromParty, s.toParty, owing);
        return out.list();
    }
}
