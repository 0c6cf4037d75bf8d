// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";

/// @title Asks PartyRegistry which parties of a list have consented to collecting
/// @notice The same as `parties.consentsOf(items)`, without encoding the list anew and decoding the answer word by word, and for one party
/// without lists at all: some 2,000 gas less for a payment reported in its own transaction.
/// @dev `parties` is the suite's own contract. What it refuses is passed on.
library ConsentBits {
    /// @param party its low 32 bits count
    function one(IPartyRegistry parties, uint256 party) internal view returns (bool yes) {
        bytes32 selector = IPartyRegistry.collectingConsent.selector;
        uint256 id = uint32(party);
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, id)
            if iszero(staticcall(gas(), parties, 0x00, 0x24, 0x00, 0x20)) {
                let at := mload(0x40)
                returndatacopy(at, 0, returndatasize())
                revert(at, returndatasize())
            }
            yes := mload(0x00)
        }
    }

    /// @param items ids in the low 32 bits
    /// @return bits bit i mod 256 of word i / 256
    function many(IPartyRegistry parties, uint256[] calldata items) internal view returns (uint256[] memory bits) {
        bytes32 selector = IPartyRegistry.consentsOf.selector;
        assembly ("memory-safe") {
            bits := mload(0x40)
            let size := shl(5, items.length)
            mstore(bits, selector)
            mstore(add(bits, 0x04), 0x20) // where the list begins
            mstore(add(bits, 0x24), items.length)
            calldatacopy(add(bits, 0x44), items.offset, size)
            if iszero(staticcall(gas(), parties, bits, add(size, 0x44), 0, 0)) {
                returndatacopy(bits, 0, returndatasize())
                revert(bits, returndatasize())
            }
            // the answer is the place of the array, its length and its words: all but the first word is the array in memory
            size := sub(returndatasize(), 0x20)
            returndatacopy(bits, 0x20, size)
            mstore(0x40, add(bits, size))
        }
    }
}
