// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Test only: a contract wallet of one owner, as smart accounts are.
contract OwnedWallet is IERC1271 {
    address public immutable owner;

    constructor(
        address owner_
    ) {
        owner = owner_;
    }

    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(hash, signature);
        return problem == ECDSA.RecoverError.NoError && signer == owner
            ? IERC1271.isValidSignature.selector
            : bytes4(0xffffffff);
    }

    function act(
        address target,
        bytes calldata data
    ) external returns (bytes memory answer) {
        require(msg.sender == owner, "OwnedWallet: not the owner");
        bool done;
        (done, answer) = target.call(data);
        require(done, "OwnedWallet: the call failed");
    }
}

/// @notice Test only: says yes to every signature.
contract YesWallet is IERC1271 {
    function isValidSignature(
        bytes32,
        bytes calldata
    ) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @notice Test only: burns all gas it is given when asked about a signature.
contract GasBurnerWallet is IERC1271 {
    function isValidSignature(
        bytes32,
        bytes calldata
    ) external pure returns (bytes4) {
        assembly {
            invalid()
        }
    }
}

/// @notice Test only: answers with a megabyte that begins like a yes but is none.
contract BombWallet is IERC1271 {
    function isValidSignature(
        bytes32,
        bytes calldata
    ) external pure returns (bytes4) {
        assembly {
            mstore(0, 0x1626ba7e)
            return(0, 100000)
        }
    }
}

/// @notice Test only: answers with the right four bytes and nothing else.
contract ShortAnswerWallet is IERC1271 {
    function isValidSignature(
        bytes32,
        bytes calldata
    ) external pure returns (bytes4) {
        assembly {
            mstore(0, 0x1626ba7e00000000000000000000000000000000000000000000000000000000)
            return(0, 4)
        }
    }
}
