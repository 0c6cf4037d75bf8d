// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The answer of a batch, written as bytes at once: as structs it would cost each item some 500 gas more
library Answers {
    /// @param packed a word for each id: code << 96 | amount [cmt]
    /// @return encoded the ABI encoding of a list of (id, code, amount)
    function encode(uint32[] calldata ids, uint256[] memory packed) internal pure returns (bytes memory encoded) {
        encoded = new bytes(64 + 96 * packed.length);
        assembly ("memory-safe") {
            let to := add(encoded, 0x20)
            mstore(to, 0x20)
            mstore(add(to, 0x20), ids.length)
            to := add(to, 0x40)
            for { let i := 0 } lt(i, ids.length) { i := add(i, 1) } {
                let answer := mload(add(packed, mul(add(i, 1), 0x20)))
                mstore(to, calldataload(add(ids.offset, mul(i, 0x20))))
                mstore(add(to, 0x20), shr(96, answer))
                mstore(add(to, 0x40), and(answer, 0xffffffffffffffffffffffff))
                to := add(to, 0x60)
            }
        }
    }

    /// @notice Ends the call with these bytes as its answer, but the first few.
    function return_(bytes memory encoded, uint256 from) internal pure {
        assembly ("memory-safe") {
            return(add(add(encoded, 0x20), from), sub(mload(encoded), from))
        }
    }

    /// @notice Reverts the call with these bytes.
    function revert_(bytes memory encoded) internal pure {
        assembly ("memory-safe") {
            revert(add(encoded, 0x20), mload(encoded))
        }
    }
}
