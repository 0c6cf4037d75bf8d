// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What lateness costs, and who earns what of a payment
/// @notice Pure; the twin is `commonhold/rules/bills.py`.
library BillMath {
    uint256 internal constant BPS = 10_000;

    /// @notice |(from, to] ∩ (lastOnTime, lastOnTime + most]|: the days between two touches for which lateness counts. [day] → [days]
    function lateDays(uint256 from, uint256 to, uint256 lastOnTime, uint256 most) internal pure returns (uint256) {
        uint256 first = from > lastOnTime ? from : lastOnTime;
        uint256 last = to < lastOnTime + most ? to : lastOnTime + most;
        return last > first ? last - first : 0;
    }

    /// @notice The manager's part of a principal paid, rounded down for the payee. [cmt]
    function managerPart(uint256 principal, uint256 bps) internal pure returns (uint256) {
        return principal * bps / BPS;
    }
}
