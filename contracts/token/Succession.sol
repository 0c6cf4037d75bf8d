// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Which wallet receives in the place of a replaced one
/// @notice Wallets that replaced one another form a line; each line has one newest wallet.
/// @dev A union–find forest with union by size: a look-up follows at most log2(n) links for a line of n wallets, however often wallets were
/// replaced or two lines joined in one new wallet, so no look-up ever grows beyond reach. A word of the mapping is 0 (a line of its own),
/// `size << 160 | newest wallet` (root of a line) or an address (the next link towards the root).
library Succession {
    /// @notice The newest wallet of the line.
    function newestOf(
        mapping(address => uint256) storage lines,
        address wallet
    ) internal view returns (address newest) {
        (, newest,) = _find(lines, wallet);
    }

    /// @notice Join the lines of two wallets; `newWallet` is the newest. Both are the newest of their lines before.
    function replace(
        mapping(address => uint256) storage lines,
        address oldWallet,
        address newWallet
    ) internal {
        (address a,, uint256 sizeA) = _find(lines, oldWallet);
        (address b,, uint256 sizeB) = _find(lines, newWallet);
        (address root, address leaf) = sizeA < sizeB ? (b, a) : (a, b);
        lines[leaf] = uint160(root);
        lines[root] = ((sizeA + sizeB) << 160) | uint160(newWallet);
    }

    function _find(
        mapping(address => uint256) storage lines,
        address wallet
    ) private view returns (address root, address newest, uint256 size) {
        root = wallet;
        uint256 word = lines[root];
        if (word == 0) return (root, wallet, 1);
        while (word >> 160 == 0) {
            root = address(uint160(word));
            word = lines[root];
        }
        return (root, address(uint160(word)), word >> 160);
    }
}
