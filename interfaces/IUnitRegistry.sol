// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Units: owner and user by party; the user follows the lease contracts alone
interface IUnitRegistry {
    /// @notice The owner's party, 0 for an unknown unit.
    function ownerPartyOf(uint32 unit) external view returns (uint32);
    /// @notice For registered lease contracts: a lease gives the unit to a user from a day (inclusive) to a day (exclusive).
    /// @dev Reverts if `landlord` does not own the unit, or if another lease has it on any of these days. One lease may run and one may follow.
    function occupy(uint32 unit, uint32 lease, uint32 landlord, uint32 user, uint32 fromDay, uint32 untilDay) external;
    /// @notice For the lease contract of `lease`: another user or last day; reverts if the following lease is in the way.
    function changeOccupancy(uint32 unit, uint32 lease, uint32 user, uint32 untilDay) external;
    /// @notice For the lease contract of `lease`: the landlord sold; the lease goes on.
    function transferByLease(uint32 unit, uint32 lease, uint32 newOwner) external;
}
