// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IObligations} from "../../interfaces/IObligations.sol";
import {IPropertyFee} from "../../interfaces/IPropertyFee.sol";
import {FeeMath} from "../lib/FeeMath.sol";
import {FeeWords as W} from "../lib/FeeWords.sol";
import {FeeBook} from "./FeeBook.sol";
import {FeeRelief} from "./FeeRelief.sol";

/// @title The fee books as a person, another contract or an audit reads them
/// @notice A linked library of PropertyFee, which would not fit its size limit with it; it changes nothing.
library FeeReading {
    using FeeBook for FeeBook.Book;
    using FeeBook for FeeBook.Account;
    using FeeMath for FeeMath.Terms;

    /// @notice One account as of the day.
    function account(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id) external view returns (IPropertyFee.Account memory view_) {
        FeeBook.Account memory a = b.bring(ports, id);
        view_.unit = uint32(W.unit(a.hot));
        view_.category = W.category(a.hot);
        view_.party = uint32(W.party(a.hot));
        view_.size = uint32(a.t.size);
        view_.share = uint16(a.t.share);
        view_.fromDay = uint32(a.t.fromDay);
        view_.untilDay = uint32(a.t.untilDay);
        view_.openDay = uint32(a.t.openDay);
        view_.due = a.open();
        view_.lateFees = a.lateFees();
        view_.planLeft = a.planLeft();
        view_.pot = a.pot;
        view_.level = a.level;
        view_.assumed = W.flags(a.hot) & W.ASSUMED != 0;
    }

    /// @notice The level of all months that have fallen due by the end of `day`. [cmt]
    function levelDueOn(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id, uint256 day) external view returns (uint256) {
        FeeBook.Account memory a = b.load(ports, id);
        return a.t.levelAt(a.t.lastMonthDue(int256(day)));
    }

    /// @notice Whether a unit owes nothing, or the buyer has assumed as much.
    function cleared(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 unit, uint256 fromParty, uint256 toParty)
        external
        view
        returns (bool)
    {
        uint256 open = openOfUnit(b, ports, unit);
        if (open == 0) return true;
        IPropertyFee.Assumption memory s = b.assumptions[unit];
        return s.fromParty == fromParty && s.toParty == toParty && block.timestamp <= s.validUntil && open <= s.most;
    }

    /// @notice All that the accounts of a unit owe today. [cmt]
    function openOfUnit(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 unit) public view returns (uint256 open) {
        uint32[] memory list = b.ofUnit[unit];
        for (uint256 i; i < list.length; ++i) open += b.bring(ports, list[i]).owing();
    }

    /// @notice One month of an account as an obligation.
    function overdue(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 obligation)
        external
        view
        returns (IObligations.Kind kind, uint32 party, uint32 dueDay, uint32 lastOnTimeDay, uint256 open)
    {
        kind = IObligations.Kind.FEES;
        uint256 month = uint16(obligation);
        if (b.hot[obligation >> 16] == 0) return (kind, 0, 0, 0, 0);
        FeeBook.Account memory a = b.bring(ports, obligation >> 16);
        if (month < a.t.first || month > a.t.last) return (kind, 0, 0, 0, 0);
        party = uint32(W.party(a.hot));
        dueDay = uint32(a.t.dueDayOf(month));
        lastOnTimeDay = dueDay + a.category.graceDays;
        if (W.flags(a.hot) & W.ASSUMED == 0) open = openOf(a, month);
    }

    /// @notice What of a month is unpaid; a plan that is kept leaves nothing open. [cmt]
    function openOf(FeeBook.Account memory a, uint256 month) internal pure returns (uint256 open) {
        uint256 upTo = a.t.levelAt(month);
        uint256 begin = a.t.levelAt(month - 1);
        uint256 paid = a.level + a.pot;
        open = _over(upTo, begin > paid ? begin : paid);
        if (W.planBroken(a.plan) == 0) return open;
        uint256 start = W.planStart(a.plan);
        uint256 end = start + W.planSum(a.plan);
        paid = start + W.planPaid(a.plan);
        open += _over(upTo < end ? upTo : end, begin > paid ? begin : paid);
    }

    function _over(uint256 x, uint256 y) private pure returns (uint256) {
        return x > y ? x - y : 0;
    }

    /// @notice The plan as of the day.
    function plan(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id) external view returns (IPropertyFee.Plan memory) {
        uint256 w = b.bring(ports, id).plan;
        if (w == 0) w = b.plan[id];
        return IPropertyFee.Plan(W.planSum(w), W.planPaid(w), uint32(W.planFirstDay(w)), uint8(W.planCount(w)), uint32(W.planBroken(w)));
    }

    /// @notice Stage and days of the notices of the present arrears.
    function notices(FeeBook.Book storage b, FeeBook.Ports memory ports, uint256 id)
        external
        view
        returns (uint8 stage, uint32[3] memory servedOn)
    {
        uint256 word = b.notices[id];
        stage = uint8(FeeRelief.stageOf(word, b.bring(ports, id)));
        for (uint256 i; i < stage; ++i) servedOn[i] = uint32((word >> (68 + 24 * i)) & 0xffffff);
    }
}
