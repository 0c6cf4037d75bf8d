// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What UnitRegistry asks before a unit changes hands
interface IClearance {
    /// @notice Whether the unit carries no arrears today, or the buyer signed that he assumes them.
    function clearedToTransfer(uint32 unit, uint32 fromParty, uint32 toParty) external view returns (bool);
}
