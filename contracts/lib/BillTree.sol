// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";

/// @title The tree of a billing run: what a leaf is, and whether a proof leads from it to the root
/// @notice A leaf is hashed twice, so that no inner node of the tree can pass for one; it binds chain, contract and run, so that it counts nowhere else.
/// The twin is `commonhold/rules/bills.py`.
library BillTree {
    function leafOf(address contract_, uint256 run, uint256 category, uint256 period, IBillRuns.Bill calldata bill) internal view returns (bytes32 leaf) {
        uint256 self = uint160(contract_);
        assembly ("memory-safe") {
            // as abi.encode has it: the words of the bill lie in the call data as they are hashed
            let at := mload(0x40)
            mstore(at, chainid())
            mstore(add(at, 0x20), self)
            mstore(add(at, 0x40), run)
            calldatacopy(add(at, 0x60), bill, 0x20) // unit
            mstore(add(at, 0x80), category)
            mstore(add(at, 0xa0), period)
            calldatacopy(add(at, 0xc0), add(bill, 0x20), 0xa0) // version, party, amount, linesHash, salt
            mstore(0x00, keccak256(at, 0x160))
            leaf := keccak256(0x00, 0x20)
        }
    }

    /// @notice Pairs are sorted before hashing, so a proof needs no sides.
    function contains(bytes32 root, bytes32 leaf, bytes32[] calldata proof) internal pure returns (bool yes) {
        assembly ("memory-safe") {
            let at := proof.offset
            for { let end := add(at, shl(5, proof.length)) } lt(at, end) { at := add(at, 0x20) } {
                let place := shl(5, gt(leaf, calldataload(at))) // the smaller one at 0x00, the other at 0x20
                mstore(place, leaf)
                mstore(xor(place, 0x20), calldataload(at))
                leaf := keccak256(0x00, 0x40)
            }
            yes := eq(leaf, root)
        }
    }
}
