// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title One slot per party: what the hot paths read of it
/// @notice current wallet 160 | end of the pending recovery 40 [unix] | kind 8 | suspended 1 | collecting consent 1 | recovery by manager 1 | free 5 | linked wallets 8 | free 32
/// @dev A word is 0 if and only if the party does not exist. Pure.
library PartyWord {
    uint256 private constant EXPIRY_SHIFT = 160;
    uint256 private constant KIND_SHIFT = 200;
    uint256 private constant COUNT_SHIFT = 216;
    uint256 internal constant SUSPENDED = 1 << 208;
    uint256 internal constant CONSENT = 1 << 209;
    uint256 internal constant BY_MANAGER = 1 << 210;

    function create(uint256 kind_) internal pure returns (uint256) {
        return kind_ << KIND_SHIFT;
    }

    function wallet(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }

    function withWallet(uint256 word, address wallet_) internal pure returns (uint256) {
        return (word >> 160 << 160) | uint160(wallet_);
    }

    /// @notice End of the pending recovery, 0 if none was started. [unix]
    function expiry(uint256 word) internal pure returns (uint256) {
        return uint40(word >> EXPIRY_SHIFT);
    }

    function withExpiry(uint256 word, uint256 expiry_) internal pure returns (uint256) {
        return (word & ~(uint256(type(uint40).max) << EXPIRY_SHIFT)) | (expiry_ << EXPIRY_SHIFT);
    }

    /// @notice Whether a recovery runs at `time`.
    function pendingAt(uint256 word, uint256 time) internal pure returns (bool) {
        return expiry(word) > time;
    }

    function kind(uint256 word) internal pure returns (uint8) {
        return uint8(word >> KIND_SHIFT);
    }

    function count(uint256 word) internal pure returns (uint256) {
        return uint8(word >> COUNT_SHIFT);
    }

    /// @dev Callers keep the count between 0 and 255.
    function withOneMore(uint256 word) internal pure returns (uint256) {
        return word + (1 << COUNT_SHIFT);
    }

    function withOneLess(uint256 word) internal pure returns (uint256) {
        return word - (1 << COUNT_SHIFT);
    }

    function withFlag(uint256 word, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? word | flag : word & ~flag;
    }
}
