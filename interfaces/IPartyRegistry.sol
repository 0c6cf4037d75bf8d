// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Who is who: parties by id, wallets looked up at the edge
interface IPartyRegistry {
    /// @notice The current wallet of a party, zero if it has none or the id is unknown.
    function walletOf(uint32 party) external view returns (address);
    /// @notice The party of a linked wallet, 0 if none (a replaced wallet has none).
    function partyOf(address wallet) external view returns (uint32);
    /// @notice Current wallets in one call, as words (address in the low 160 bits, zero if none): for collecting.
    function walletsOf(uint256[] calldata parties) external view returns (uint256[] memory wallets);
    /// @notice As walletsOf, but zero also while a recovery of the party is pending: for paying out.
    function payeesOf(uint256[] calldata parties) external view returns (uint256[] memory wallets);
    function isSuspended(uint32 party) external view returns (bool);
    function recoveryPending(uint32 party) external view returns (bool);
}
