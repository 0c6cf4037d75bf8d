// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";

/// @title ERC-3009 authorisations: signed transfers with random nonces
/// @dev State and rules, kept in the token's storage; the token checks the signature over the hash and moves the money.
library Authorizations {
    bytes32 internal constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 internal constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    /// @dev The fields as signed, in order.
    struct Authorization {
        bytes32 kind; // TRANSFER or RECEIVE
        address from;
        address to;
        uint256 value; // [cmt]
        uint256 validAfter; // [unix]
        uint256 validBefore; // [unix]
        bytes32 nonce;
    }

    /// @notice Uses up an authorisation that is valid now. Returns what must have been signed.
    function use(
        mapping(address => mapping(bytes32 => bool)) storage used,
        Authorization memory a
    ) internal returns (bytes32 structHash) {
        if (block.timestamp <= a.validAfter) {
            revert ICommunityToken.TokenAuthorizationNotYetValid(a.validAfter, block.timestamp);
        }
        if (block.timestamp >= a.validBefore) {
            revert ICommunityToken.TokenAuthorizationExpired(a.validBefore, block.timestamp);
        }
        _spend(used, a.from, a.nonce);
        emit ICommunityToken.AuthorizationUsed(a.from, a.nonce);
        return keccak256(abi.encode(a));
    }

    /// @notice Voids an unused one. Returns what must have been signed.
    function cancel(
        mapping(address => mapping(bytes32 => bool)) storage used,
        address authorizer,
        bytes32 nonce
    ) internal returns (bytes32 structHash) {
        _spend(used, authorizer, nonce);
        emit ICommunityToken.AuthorizationCanceled(authorizer, nonce);
        return keccak256(abi.encode(CANCEL, authorizer, nonce));
    }

    function _spend(
        mapping(address => mapping(bytes32 => bool)) storage used,
        address from,
        bytes32 nonce
    ) private {
        if (used[from][nonce]) revert ICommunityToken.TokenAuthorizationUsed(from, nonce);
        used[from][nonce] = true;
    }
}
