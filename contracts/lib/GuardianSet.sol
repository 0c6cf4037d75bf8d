// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPartyRecovery} from "../../interfaces/IPartyRecovery.sol";

/// @title Up to eight guardians in one slot
/// @notice Parties in ascending order, zeros last: distinct by construction, so that nobody counts twice. Pure.
library GuardianSet {
    uint256 internal constant MOST = 8;

    /// @notice Checks a list and its threshold and packs it.
    /// @dev Reverts unless the list is ascending, holds parties from 1 to `partyCount` but not `party` itself, and the threshold is from 1 to its length;
    /// an empty list has threshold 0.
    function pack(uint32[] calldata list, uint8 threshold, uint32 party, uint32 partyCount) internal pure returns (uint32[8] memory guardians) {
        uint256 length = list.length;
        if (length > MOST) revert IPartyRecovery.RecoveryGuardiansInvalid(MOST, length);
        if (threshold > length || (threshold == 0 && length != 0)) revert IPartyRecovery.RecoveryGuardiansInvalid(length, threshold);
        uint32 last;
        for (uint256 i; i < length; ++i) {
            uint32 guardian = list[i];
            if (guardian <= last || guardian > partyCount || guardian == party) revert IPartyRecovery.RecoveryGuardiansInvalid(i, guardian);
            guardians[i] = last = guardian;
        }
    }

    function unpack(uint32[8] memory guardians) internal pure returns (uint32[] memory list) {
        list = new uint32[](length_(guardians));
        for (uint256 i; i < list.length; ++i) list[i] = guardians[i];
    }

    function length_(uint32[8] memory guardians) internal pure returns (uint256 length) {
        while (length < MOST && guardians[length] != 0) ++length;
    }

    /// @notice The place of a guardian, MOST if he is none.
    function indexOf(uint32[8] memory guardians, uint32 guardian) internal pure returns (uint256 index) {
        while (index < MOST && guardians[index] != guardian) ++index;
    }

    /// @notice How many bits are set.
    function ones(uint256 bits) internal pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) ++count;
    }
}
