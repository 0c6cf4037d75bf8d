// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";

/// @title Two places in a row: the lease that has a unit and the one that follows
/// @notice Days are [day]; a use runs from `fromDay` (inclusive) to `untilDay` (exclusive). Pure.
library UnitQueue {
    /// @notice A use in part of a word, low bits first: lease 32 | user 32 | fromDay 24 | untilDay 24 | leaseContract 8; none is 0.
    function pack(IUnitRegistry.Occupancy memory use) internal pure returns (uint120) {
        return uint120(use.lease) | (uint120(use.user) << 32) | (uint120(use.fromDay) << 64) | (uint120(use.untilDay) << 88)
            | (uint120(use.leaseContract) << 112);
    }

    /// @notice What `pack` packed.
    function unpack(uint120 word) internal pure returns (IUnitRegistry.Occupancy memory use) {
        use.lease = uint32(word);
        use.user = uint32(word >> 32);
        use.fromDay = uint24(word >> 64);
        use.untilDay = uint24(word >> 88);
        use.leaseContract = uint8(word >> 112);
    }

    /// @notice Puts a lease into the first or second place.
    /// @dev Reverts if it shares a day with a lease on record, or if both places are taken by leases not yet over.
    /// @return first the lease that runs or comes first
    /// @return second the lease that follows, all zero if none
    function place(
        uint32 unit,
        IUnitRegistry.Occupancy memory current,
        IUnitRegistry.Occupancy memory following,
        IUnitRegistry.Occupancy memory added,
        uint256 today
    ) internal pure returns (IUnitRegistry.Occupancy memory first, IUnitRegistry.Occupancy memory second) {
        _refuseOverlap(unit, current, added);
        _refuseOverlap(unit, following, added);
        if (current.lease != 0 && current.untilDay <= today) {
            current = following;
            delete following;
        }
        if (current.lease == 0 || current.untilDay <= today) return (added, following);
        if (following.lease != 0) revert IUnitRegistry.UnitQueueFull(unit, current.lease, following.lease);
        return added.fromDay < current.fromDay ? (added, current) : (current, added);
    }

    /// @notice Another user or last day for a lease in one of the places; a last day on or before its first gives the place up.
    /// @dev Reverts if the following lease is in the way.
    /// @return first the lease that runs or comes first
    /// @return second the lease that follows, all zero if none
    /// @return known whether the lease has a place
    function change(
        uint32 unit,
        IUnitRegistry.Occupancy memory current,
        IUnitRegistry.Occupancy memory following,
        IUnitRegistry.Occupancy memory wanted
    ) internal pure returns (IUnitRegistry.Occupancy memory first, IUnitRegistry.Occupancy memory second, bool known) {
        (first, second) = (current, following);
        if (isOf(current, wanted)) {
            if (following.lease != 0 && wanted.untilDay > following.fromDay) {
                revert IUnitRegistry.UnitTaken(unit, following.lease, following.fromDay, following.untilDay);
            }
            (first.user, first.untilDay, known) = (wanted.user, wanted.untilDay, true);
            if (wanted.untilDay <= first.fromDay) {
                first = following;
                delete second;
            }
        } else if (isOf(following, wanted)) {
            (second.user, second.untilDay, known) = (wanted.user, wanted.untilDay, true);
            if (wanted.untilDay <= second.fromDay) delete second;
        }
    }

    /// @notice Whether both are the same lease of the same contract.
    function isOf(IUnitRegistry.Occupancy memory use, IUnitRegistry.Occupancy memory other) internal pure returns (bool) {
        return use.lease == other.lease && use.leaseContract == other.leaseContract;
    }

    function _refuseOverlap(uint32 unit, IUnitRegistry.Occupancy memory other, IUnitRegistry.Occupancy memory added) private pure {
        if (other.lease != 0 && other.fromDay < added.untilDay && added.fromDay < other.untilDay) {
            revert IUnitRegistry.UnitTaken(unit, other.lease, other.fromDay, other.untilDay);
        }
    }

    /// @notice Whether the use runs on a day.
    function covers(IUnitRegistry.Occupancy memory use, uint256 day) internal pure returns (bool) {
        return use.fromDay <= day && day < use.untilDay;
    }
}
