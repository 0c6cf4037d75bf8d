// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";

/// @title The token's book of freezes: an officer proposes, somebody else of the committee confirms, time ends it
/// @dev State and rules of freezing, kept in the token's storage; the token checks the roles and keeps the flag in the wallet's word.
library Freezes {
    /// @notice Longest freeze. [s]
    uint256 internal constant MAX = 90 days;

    struct Freeze {
        uint48 until; // of the freeze in force [unix]
        address proposer; // of the freeze proposed
        bytes32 proposal; // keccak256(reasonHash, until), 0 = none
    }

    function propose(
        mapping(address => Freeze) storage freezes,
        address wallet,
        bytes32 reasonHash,
        uint256 until
    ) internal {
        if (reasonHash == 0) revert ICommunityToken.TokenCitationInvalid(reasonHash);
        _checkTime(until);
        (freezes[wallet].proposer, freezes[wallet].proposal) = (msg.sender, _hash(reasonHash, until));
        emit ICommunityToken.FreezeProposed(wallet, msg.sender, reasonHash, until);
    }

    function confirm(
        mapping(address => Freeze) storage freezes,
        address wallet,
        bytes32 reasonHash,
        uint256 until
    ) internal {
        Freeze storage freeze = freezes[wallet];
        if (freeze.proposal != _hash(reasonHash, until)) {
            revert ICommunityToken.TokenFreezeNotProposed(wallet);
        }
        if (freeze.proposer == msg.sender) revert ICommunityToken.TokenFreezeSamePerson(msg.sender);
        _checkTime(until);
        (freeze.until, freeze.proposer, freeze.proposal) = (uint48(until), address(0), 0);
        emit ICommunityToken.WalletFrozen(wallet, msg.sender, reasonHash, until);
    }

    /// @notice A freeze follows its party to the new wallet; the longer one stands.
    function carry(
        mapping(address => Freeze) storage freezes,
        address oldWallet,
        address newWallet
    ) internal {
        uint48 until = freezes[oldWallet].until;
        if (until > freezes[newWallet].until) freezes[newWallet].until = until;
    }

    /// @notice 0 if no freeze is in force. [unix]
    function untilOf(
        mapping(address => Freeze) storage freezes,
        address wallet
    ) internal view returns (uint256 until) {
        until = freezes[wallet].until;
        return until > block.timestamp ? until : 0;
    }

    function _checkTime(
        uint256 until
    ) private view {
        uint256 latest = block.timestamp + MAX;
        if (until <= block.timestamp || until > latest) {
            revert ICommunityToken.TokenFreezeTimeInvalid(until, block.timestamp, latest);
        }
    }

    function _hash(
        bytes32 reasonHash,
        uint256 until
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(reasonHash, until));
    }
}
