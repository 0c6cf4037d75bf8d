// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";

/// @title The roll of owners as it was at every moment: units, area and heads
/// @notice Areas are in 0.01 m², times in seconds since 1970 [unix]. Σ holdings of all parties = the totals, at every moment.
/// @dev Grows by one checkpoint per change of owner or area; read by binary search.
library OwnersRoll {
    using Checkpoints for Checkpoints.Trace208;

    struct Roll {
        mapping(uint256 party => Checkpoints.Trace208) holdings; // area 64 [0.01 m²] | units 32
        Checkpoints.Trace208 totals; // area 64 [0.01 m²] | units 32 | owners 32
    }

    /// @notice One unit passes from a party (0 = it is new) to another.
    function move(Roll storage roll, uint32 from, uint32 to, uint256 area) internal {
        uint48 time = uint48(block.timestamp);
        uint256 totals = roll.totals.latest();
        if (from == 0) {
            totals += area << 64 | 1 << 32;
        } else {
            uint256 left = roll.holdings[from].latest() - (area << 32 | 1);
            roll.holdings[from].push(time, uint208(left));
            if (uint32(left) == 0) --totals;
        }
        uint256 holding = roll.holdings[to].latest() + (area << 32 | 1);
        roll.holdings[to].push(time, uint208(holding));
        if (uint32(holding) == 1) ++totals;
        roll.totals.push(time, uint208(totals));
    }

    /// @notice A unit of a party has another area than was thought.
    function resize(Roll storage roll, uint32 owner, uint256 oldArea, uint256 newArea) internal {
        uint48 time = uint48(block.timestamp);
        uint256 holding = roll.holdings[owner].latest() + (newArea << 32) - (oldArea << 32);
        roll.holdings[owner].push(time, uint208(holding));
        roll.totals.push(time, uint208(roll.totals.latest() + (newArea << 64) - (oldArea << 64)));
    }

    function unitsOf(Roll storage roll, uint32 party) internal view returns (uint256) {
        return uint32(roll.holdings[party].latest());
    }

    function holdingAt(Roll storage roll, uint32 party, uint48 time) internal view returns (uint256 units, uint256 area) {
        uint256 holding = roll.holdings[party].upperLookup(_past(time));
        return (uint32(holding), holding >> 32);
    }

    function totalsAt(Roll storage roll, uint48 time) internal view returns (uint256 units, uint256 area, uint256 owners) {
        uint256 totals = roll.totals.upperLookup(_past(time));
        return (uint32(totals >> 32), totals >> 64, uint32(totals));
    }

    /// @dev The present second may still change.
    function _past(uint48 time) private view returns (uint48) {
        if (time >= block.timestamp) revert IUnitRegistry.UnitValueInvalid("time", time, block.timestamp - 1);
        return time;
    }
}
