// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Lists in memory without bounds checks
/// @notice For loops whose bound is the list's own length: the compiler's check costs some 45 gas an access, 700 a lease in a settlement run.
/// Only for an index that is known to be smaller than the length.
library Lists {
    function get(uint256[] memory list, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(list, 0x20), shl(5, index)))
        }
    }

    function set(uint256[] memory list, uint256 index, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 0x20), shl(5, index)), value)
        }
    }

    /// @notice A value of a list in call data.
    function at(uint256[] calldata list, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(list.offset, shl(5, index)))
        }
    }

    /// @notice Keeps the first `count` values; `count` is at most the length.
    function cut(uint256[] memory list, uint256 count) internal pure {
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }
}
