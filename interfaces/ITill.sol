// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title A contract that keeps shares which could not be delivered
/// @notice Receiving never reverts: a share of a party that has no wallet, whose recovery is pending or whose wallet is a contract of the suite waits here.
interface ITill {
    /// @notice A share that could not be delivered waits for its party. [cmt]
    event ShareHeld(uint256 indexed party, uint256 amount);
    /// @notice All that waited for a party is on its way to it; held again, with ShareHeld, if it still cannot be reached. [cmt]
    event OwedWithdrawn(uint256 indexed party, uint256 amount);

    /// @notice Delivers a party's held shares to its current wallet; anybody may ask for it.
    function withdrawOwed(uint32 party) external;

    /// @notice What waits for a party. [cmt]
    function owed(uint32 party) external view returns (uint256);

    /// @notice All that this contract owes to anybody. [cmt]
    function held() external view returns (uint256);
}
