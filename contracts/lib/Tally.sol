// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Lists} from "./Lists.sol";

/// @title What a call owes to whom: one sum per party, in memory
/// @notice An open-addressed table, so that a batch over many landlords stays linear. Parties [id], sums [cmt].
library Tally {
    using Lists for uint256[];

    /// @dev slots: party << 128 | sum, 0 = free; a power of two of them, at least twice the parties
    struct Sums {
        uint256[] slots;
        uint256 count;
    }

    function create(uint256 parties) internal pure returns (Sums memory t) {
        uint256 size = 4;
        while (size < parties * 2) size <<= 1;
        t.slots = new uint256[](size);
    }

    /// @return sum the party's sum after it
    function add(Sums memory t, uint256 party, uint256 amount) internal pure returns (uint256 sum) {
        if (amount == 0) return 0;
        uint256[] memory slots = t.slots;
        unchecked {
            uint256 mask = slots.length - 1;
            uint256 i = party & mask;
            uint256 word;
            // ends: the table is never more than half full
            while ((word = slots.get(i)) != 0 && word >> 128 != party) i = (i + 1) & mask;
            if (word == 0) {
                word = party << 128;
                ++t.count;
            }
            slots.set(i, word += amount);
            return uint128(word);
        }
    }

    /// @notice The parties and their sums, packed.
    function list(Sums memory t) internal pure returns (uint256[] memory parties, uint256[] memory sums) {
        uint256 count = t.count;
        parties = new uint256[](count);
        sums = new uint256[](count);
        uint256[] memory slots = t.slots;
        uint256 k;
        unchecked {
            for (uint256 i; k < count; ++i) {
                uint256 word = slots[i];
                if (word == 0) continue;
                parties[k] = word >> 128;
                sums[k++] = uint128(word);
            }
        }
    }
}
