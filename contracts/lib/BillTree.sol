// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IBillRuns} from "../../interfaces/IBillRuns.sol";

/// @title The tree of a billing run: what a leaf is, and whether a proof leads from it to the root
/// @notice A leaf is hashed twice, so that no inner node of the tree can pass for one; it binds chain, contract and run, so that it counts nowhere else.
/// The twin is `commonhold/rules/bills.py`.
library BillTree {
    function leafOf(address contract_, uint256 run, uint256 category, uint256 period, IBillRuns.Bill calldata bill) internal view returns (bytes32) {
        bytes32 inner = keccak256(
            abi.encode(
                block.chainid,
                contract_,
                run,
                bill.unit,
                category,
                period,
                bill.version,
                bill.party,
                bill.amount,
                bill.linesHash,
                bill.salt
            )
        );
        return keccak256(abi.encode(inner));
    }

    /// @notice Pairs are sorted before hashing, so a proof needs no sides.
    function contains(bytes32 root, bytes32 leaf, bytes32[] calldata proof) internal pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }
}
