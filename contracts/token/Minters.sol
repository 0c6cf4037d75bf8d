// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";

/// @title The token's book of minters: who may create how much, and which citations were used
/// @dev State and rules of minting, kept in the token's storage. Allowances only go down by minting; burning gives nothing back.
library Minters {
    struct Book {
        mapping(address minter => uint256) words; // allowance [cmt] << 1 | 1
        mapping(bytes32 citation => bool) used;
    }

    function set(
        Book storage self,
        address minter,
        uint96 allowance
    ) internal {
        if (minter == address(0)) revert ICommunityToken.TokenAddressZero();
        self.words[minter] = (uint256(allowance) << 1) | 1;
        emit ICommunityToken.MinterSet(minter, allowance);
    }

    function stop(
        Book storage self,
        address minter
    ) internal {
        if (self.words[minter] == 0) revert ICommunityToken.TokenNotMinter(minter);
        delete self.words[minter];
        emit ICommunityToken.MinterStopped(minter);
    }

    /// @notice Uses up the caller's allowance and the citation of a mint.
    function spend(
        Book storage self,
        address to,
        uint256 amount,
        bytes32 citation
    ) internal {
        uint256 have = self.words[msg.sender] >> 1;
        if (self.words[msg.sender] == 0) revert ICommunityToken.TokenNotMinter(msg.sender);
        if (amount == 0) revert ICommunityToken.TokenAmountZero();
        if (amount > have) revert ICommunityToken.TokenMintAllowanceExceeded(msg.sender, have, amount);
        if (citation == 0 || self.used[citation]) revert ICommunityToken.TokenCitationInvalid(citation);
        self.used[citation] = true;
        self.words[msg.sender] = ((have - amount) << 1) | 1;
        emit ICommunityToken.Minted(msg.sender, to, amount, citation);
    }
}
