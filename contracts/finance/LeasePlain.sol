// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Calendar} from "../lib/Calendar.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title A lease that its hot word explains: whole months, one rent, one tenant, no commission, no late fee
/// @notice What most leases are on most days. It says the same as RentMath and LeaseOutcomes say of any lease, from one slot.
library LeasePlain {
    /// @dev Instead of an amount or of an item: the general way has to look.
    uint256 internal constant SHAPED = type(uint160).max;

    /// @dev The day of a call. [day, month, 1–31]
    struct Today {
        uint256 day;
        uint256 month;
        uint256 dayOfMonth;
    }

    function at(uint256 day) internal pure returns (Today memory t) {
        t.day = day;
        (t.month, t.dayOfMonth) = Calendar.civil(day);
    }

    /// @notice What the lease owes: whole months since its first.
    /// @return amount SHAPED if a late fee may have accrued [cmt]
    /// @return item what the credit history is told once all of it is paid: `month << 32 | party` for one month's rent in time, SHAPED otherwise
    function due(LeaseBook.Book storage b, uint256 id, uint256 hot, Today memory t) internal view returns (uint256 amount, uint256 item) {
        unchecked {
            uint256 anchor = W.anchor(hot);
            uint256 label = t.month;
            if (t.dayOfMonth < anchor && (anchor < 29 || Calendar.boundary(anchor, label) > t.day)) --label;
            uint256 first = W.month(hot);
            if (label < first) return (0, 0);
            uint256 endMonth = W.endMonth(hot);
            bool running = label < endMonth;
            if (!running) label = endMonth - 1;
            uint256 rent = W.rent(hot);
            uint256 settled = W.settled(hot);
            amount = (label - first + 1) * rent;
            if (amount <= settled) return (0, 0);
            amount -= settled;
            item = (label << 32) | W.tenant(hot);
            // the usual case, one month on its due day, is never late
            if (amount <= rent && running && (t.dayOfMonth == anchor || Calendar.boundary(anchor, label) == t.day)) return (amount, item);
            uint256 plan = b.plan[id];
            bool inTime = amount <= rent && t.day <= Calendar.boundary(anchor, label) + W.grace(plan);
            if (inTime) return (amount, item);
            bool free = W.feeRate(plan) == 0 || W.pot(hot) >= amount;
            return (free ? amount : SHAPED, SHAPED);
        }
    }

    /// @notice What the credit history is told of a part of what is due: once `amount` more is settled than the word says.
    /// @return item as of `due`, 0 if no month was completed
    function outcome(LeaseBook.Book storage b, uint256 id, uint256 hot, uint256 amount, Today memory t) internal view returns (uint256 item) {
        unchecked {
            uint256 rent = W.rent(hot); // never 0
            uint256 done = W.settled(hot) / rent; // months
            uint256 now_ = (W.settled(hot) + amount) / rent;
            if (now_ == done) return 0;
            if (now_ != done + 1) return SHAPED;
            uint256 label = W.month(hot) + done;
            if (t.day > Calendar.boundary(W.anchor(hot), label) + W.grace(b.plan[id])) return SHAPED;
            return (label << 32) | W.tenant(hot);
        }
    }
}
