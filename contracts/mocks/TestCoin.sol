// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A stablecoin for local chains and testnets: anybody takes some from the tap
/// @notice Worth nothing. It cannot be deployed on any chain but the test chains listed in the constructor.
contract TestCoin is ERC20Permit {
    uint256 public constant DRIP = 1000; // most whole coins at a time
    uint256 public constant PAUSE = 1 hours; // between two times of one account

    uint8 private immutable _decimals;

    mapping(address account => uint256) public nextDripAt; // [unix]

    error TestCoinOnMainNetwork(uint256 chainId);
    error TestCoinTooMuch(uint256 amount, uint256 most);
    error TestCoinTooSoon(address account, uint256 from, uint256 time);

    constructor(
        string memory name_,
        string memory symbol_,
        uint8 decimals_
    ) ERC20(name_, symbol_) ERC20Permit(name_) {
        if (!_isTestChain(block.chainid)) revert TestCoinOnMainNetwork(block.chainid);
        _decimals = decimals_;
    }

    /// @notice Take up to 1,000 coins, once an hour. [base units]
    function drip(
        uint256 amount
    ) external {
        uint256 most = DRIP * 10 ** _decimals;
        if (amount > most) revert TestCoinTooMuch(amount, most);
        if (block.timestamp < nextDripAt[msg.sender]) {
            revert TestCoinTooSoon(msg.sender, nextDripAt[msg.sender], block.timestamp);
        }
        nextDripAt[msg.sender] = block.timestamp + PAUSE;
        _mint(msg.sender, amount);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function _isTestChain(
        uint256 id
    ) private pure returns (bool) {
        if (id == 31_337 || id == 1337) return true; // local nodes
        if (id == 11_155_111 || id == 560_048) return true; // Sepolia, Hoodi
        return id == 84_532 || id == 421_614 || id == 11_155_420 || id == 80_002; // test networks of Base, Arbitrum, Optimism, Polygon
    }
}
