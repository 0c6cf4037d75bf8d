// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";

import {ISponsored} from "../../interfaces/ISponsored.sol";

/// @title Residents act directly or through the forwarder, offices only directly
/// @notice The common ground of the suite's contracts. It has no storage of its own.
abstract contract Sponsored is ISponsored, AccessManaged, ERC2771Context {
    constructor(address authority, address forwarder) AccessManaged(authority) ERC2771Context(forwarder) {}

    /// @dev Asked by `restricted`. The forwarder names the author of a request: it must not carry a role.
    function _checkCanCall(address caller, bytes calldata data) internal override {
        if (msg.sender != caller) revert AccessForwardedCall(caller);
        super._checkCanCall(caller, data);
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
