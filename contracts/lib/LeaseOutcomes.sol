// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RentMath} from "./RentMath.sol";

/// @title Which obligations of an account a discharge has completed
/// @notice An obligation is what falls due on one day: the share of one account in one payment group of the schedule (a month, or as
/// many as the interval has). It is known by the group's first month. Discharged oldest first, obligations are completed one after
/// the other, so what an account has settled tells which ones are: nothing is stored. Pure; the twin is `commonhold/rules/outcomes.py`.
library LeaseOutcomes {
    using RentMath for RentMath.Schedule;

    uint256 internal constant MOST = 36; // obligations looked at: the depth of a credit history in months

    /// @notice The last month of the last group that `settled` covers, of those fallen due by `day`; the month before the first if none.
    /// Looks back over MOST groups; where all of them are open, it answers the month before those.
    function coveredUpTo(RentMath.Schedule memory s, RentMath.Share memory share, uint256 settled, uint256 day)
        internal
        pure
        returns (uint256 label)
    {
        label = s.lastLabelDue(int256(day));
        for (uint256 i; i < MOST && label >= s.first; ++i) {
            if (RentMath.shareOf(share, s.cumulative(label)) <= settled) return label;
            label = s.groupStart(label) - 1;
        }
    }

    /// @notice First months of the groups after `low` up to and with `high`, newest first; groups that cost this account nothing are left out.
    function between(RentMath.Schedule memory s, RentMath.Share memory share, uint256 low, uint256 high)
        internal
        pure
        returns (uint256[] memory labels)
    {
        labels = new uint256[](MOST);
        uint256 n;
        for (uint256 i; i < MOST && high > low; ++i) {
            uint256 from = s.groupStart(high);
            uint256 before = from == s.first ? 0 : RentMath.shareOf(share, s.cumulative(from - 1));
            if (RentMath.shareOf(share, s.cumulative(high)) != before) labels[n++] = from;
            high = from - 1;
        }
        assembly ("memory-safe") {
            mstore(labels, n)
        }
    }
}
