// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";

/// @title The usual payment's calls: lists of one, without building lists
/// @notice The same as the functions they name. A list in memory, encoded and decoded word by word, costs some 500 gas more a call.
/// @dev Only for the suite's own contracts. What they refuse is passed on.
library SuiteCalls {
    /// @notice `token.disburseFrom(payer, amount, [item])`.
    /// @return undelivered 1 if the payee could not be paid, else 0
    function disburseOneFrom(ICommunityToken token, address payer, uint256 amount, uint256 item) internal returns (uint256 undelivered) {
        bytes32 selector = ICommunityToken.disburseFrom.selector;
        uint256 from = uint160(payer);
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, selector)
            mstore(add(at, 0x04), from)
            mstore(add(at, 0x24), amount)
            mstore(add(at, 0x44), 0x60) // where the list begins
            mstore(add(at, 0x64), 1) // its length
            mstore(add(at, 0x84), item)
            let done := call(gas(), token, 0, at, 0xa4, 0x00, 0x20)
            if iszero(and(done, gt(returndatasize(), 0x1f))) {
                returndatacopy(at, 0, returndatasize())
                revert(at, returndatasize())
            }
            undelivered := mload(0x00)
        }
    }

    /// @notice `credit.countOnTime(kind, [item])`.
    /// @param item month of the due day << 32 | party
    function countOneOnTime(ICreditRegistry credit, IObligations.Kind kind, uint256 item) internal {
        bytes32 selector = ICreditRegistry.countOnTime.selector;
        uint256 which = uint256(kind);
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, selector)
            mstore(add(at, 0x04), which)
            mstore(add(at, 0x24), 0x40) // where the list begins
            mstore(add(at, 0x44), 1) // its length
            mstore(add(at, 0x64), item)
            if iszero(call(gas(), credit, 0, at, 0x84, 0, 0)) {
                returndatacopy(at, 0, returndatasize())
                revert(at, returndatasize())
            }
        }
    }
}
