// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title A deposit in one word: a part per tenant, and who judges
/// @notice 56 bits per tenant, tenant 0 lowest [cmt]; above them the arbiter's party. Pure; the twin is `commonhold/rules/deposit.py`.
library DepositMath {
    /// @notice The part of one tenant, 0 beyond the fourth. [cmt]
    function partOf(uint256 parts, uint256 index) internal pure returns (uint256) {
        return index < 4 ? uint56(parts >> (56 * index)) : 0;
    }

    /// @notice The party that awards what is disputed, 0 for none.
    function arbiterOf(uint256 parts) internal pure returns (uint32) {
        return uint32(parts >> 224);
    }

    /// @notice All parts together. [cmt]
    function sum(uint256 parts) internal pure returns (uint256) {
        return uint256(uint56(parts)) + uint56(parts >> 56) + uint56(parts >> 112) + uint56(parts >> 168);
    }

    /// @notice Splits `amount` over the parts in proportion to them: each in turn gives ⌊amount left × part ÷ parts left⌋, so the last
    /// takes the remainder and nobody gives more than his part. The earlier tenants gain what is rounded off when money is taken from
    /// them, the later ones when it is released to them; the sum is exact.
    /// @param amount at most the sum of the parts [cmt]
    /// @return shares in the layout of the parts; `parts - shares` is what is left of each
    function split(uint256 parts, uint256 amount) internal pure returns (uint256 shares) {
        uint256 left = sum(parts);
        for (uint256 i; amount != 0; ++i) {
            uint256 part = partOf(parts, i);
            if (part == 0) continue;
            uint256 share = (amount * part) / left;
            shares |= share << (56 * i);
            amount -= share;
            left -= part;
        }
    }

    /// @notice What the landlord gets where nobody decides: the offer and half of what is disputed, rounded down, for the tenants. [cmt]
    function middle(uint256 offer, uint256 claim) internal pure returns (uint256) {
        return offer + (claim - offer) / 2;
    }
}
