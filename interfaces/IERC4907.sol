// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ERC-4907: the user of a token, apart from its owner
/// @dev Interface id 0xad092b5c.
interface IERC4907 {
    /// @notice The user or the end of the use changed; the zero address is nobody.
    event UpdateUser(uint256 indexed tokenId, address indexed user, uint64 expires);

    /// @notice Always reverts here: the user of a unit follows its lease.
    function setUser(uint256 tokenId, address user, uint64 expires) external;

    /// @notice The user now, zero if there is none.
    function userOf(uint256 tokenId) external view returns (address);

    /// @notice When the present use ends, 0 if there is none. [unix]
    function userExpires(uint256 tokenId) external view returns (uint256);
}
