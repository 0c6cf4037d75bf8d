// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";

/// @title The token's list of collectors: contracts that may collect from mandates which name their bit
/// @dev State and rules of the list, kept in the token's storage. A bit is given once and never again, so a mandate never covers a collector
/// that came after it; a retired collector keeps its place in the list and loses its bit.
library Collectors {
    /// @notice Most collectors over the life of the token: the bits of a mandate.
    uint256 internal constant MAX = 16;
    /// @notice From registration until it may collect, after the day of deployment. [s]
    uint256 internal constant DELAY = 2 days;

    struct Register {
        mapping(address collector => uint256) words; // effectiveFrom [unix] << 16 | bit
        address[] list;
        uint16 bits; // registered and not retired
    }

    function add(
        Register storage self,
        address collector,
        uint256 bootstrapUntil
    ) internal returns (uint16 bit) {
        uint256 index = self.list.length;
        if (isKnown(self, collector)) revert ICommunityToken.TokenCollectorKnown(collector);
        if (index == MAX) revert ICommunityToken.TokenCollectorsExhausted(MAX);
        bit = uint16(1 << index);
        uint256 effectiveFrom = block.timestamp > bootstrapUntil ? block.timestamp + DELAY : block.timestamp;
        self.list.push(collector);
        self.words[collector] = (effectiveFrom << 16) | bit;
        self.bits |= bit;
        emit ICommunityToken.CollectorRegistered(collector, bit, effectiveFrom);
    }

    function retire(
        Register storage self,
        address collector
    ) internal {
        uint256 word = self.words[collector];
        uint16 bit = uint16(word);
        if (bit == 0) revert ICommunityToken.TokenNotCollector(collector);
        self.words[collector] = word - bit;
        self.bits &= ~bit;
        emit ICommunityToken.CollectorRetired(collector, bit);
    }

    /// @notice The bit of an effective collector, 0 for anybody else.
    function bitOf(
        Register storage self,
        address collector
    ) internal view returns (uint16) {
        uint256 word = self.words[collector];
        return block.timestamp < word >> 16 ? 0 : uint16(word);
    }

    /// @notice Whether it is or was a collector.
    function isKnown(
        Register storage self,
        address collector
    ) internal view returns (bool) {
        return self.words[collector] != 0;
    }

    function at(
        Register storage self,
        uint256 index
    ) internal view returns (address collector, uint256 effectiveFrom, bool retired) {
        collector = self.list[index];
        return (collector, self.words[collector] >> 16, self.bits & (1 << index) == 0);
    }
}
