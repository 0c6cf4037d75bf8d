// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Whether a wallet signed a hash: plain wallets, contract wallets (ERC-1271), and plain wallets with delegated code
/// @dev The question to a contract wallet has its own gas and at most one word of its answer is read, so that a hostile wallet can only spoil its own signature.
library Signatures {
    /// @notice Gas that a contract wallet may use to verify a signature. [gas]
    uint256 internal constant WALLET_GAS = 500_000;

    /// @notice Never for the zero address; malleable (high s), short or long plain signatures are refused.
    function isValid(
        address signer,
        bytes32 hash,
        bytes memory signature
    ) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecover(hash, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return signer.code.length != 0 && _isValidForWallet(signer, hash, signature);
    }

    function _isValidForWallet(
        address signer,
        bytes32 hash,
        bytes memory signature
    ) private view returns (bool valid) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (hash, signature));
        bytes32 expected = bytes32(IERC1271.isValidSignature.selector);
        assembly ("memory-safe") {
            mstore(0x00, 0)
            let done := staticcall(WALLET_GAS, signer, add(question, 0x20), mload(question), 0x00, 0x20)
            valid := and(and(done, gt(returndatasize(), 0x1f)), eq(mload(0x00), expected))
        }
    }
}
