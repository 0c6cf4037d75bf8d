// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Test only: a token that behaves until it is told not to, as upgradeable coins do. Its name is a bytes32, like that of early tokens.
contract OddToken {
    enum Quirk {
        NONE,
        FEE, // one per cent of every transfer is lost on the way
        FEE_ON_TOP, // the sender loses one per cent more than he sends
        BONUS, // the receiver gets one per cent more
        NO_RETURN, // moves, answers nothing
        FALSE_UNMOVED, // answers false, moves nothing
        FALSE_MOVED, // moves, answers false
        LIAR, // answers true, moves nothing
        PAUSED, // every transfer reverts
        BLOCKS, // transfers from or to `blocked` revert
        REENTERS, // calls `target` with `payload` before it moves
        RACE_GUARD // approve refuses to change an allowance that is not zero
    }

    bytes32 public constant name = "Odd";
    uint8 public immutable decimals;
    Quirk public quirk;
    address public blocked;
    address public target;
    bytes public payload;
    bool public reentered; // whether the re-entrant call went through
    bool public called; // whether it was tried
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(
        uint8 decimals_
    ) {
        decimals = decimals_;
    }

    function setQuirk(
        Quirk quirk_
    ) external {
        quirk = quirk_;
    }

    function setBlocked(
        address blocked_
    ) external {
        blocked = blocked_;
    }

    function setReentry(
        address target_,
        bytes calldata payload_
    ) external {
        (target, payload) = (target_, payload_);
    }

    function mint(
        address to,
        uint256 value
    ) external {
        totalSupply += value;
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    /// @notice Takes money out of an account, as rebasing down or a seizure does.
    function seize(
        address from,
        uint256 value
    ) external {
        totalSupply -= value;
        balanceOf[from] -= value;
        emit Transfer(from, address(0), value);
    }

    function approve(
        address spender,
        uint256 value
    ) external returns (bool) {
        require(
            quirk != Quirk.RACE_GUARD || value == 0 || allowance[msg.sender][spender] == 0,
            "set it to 0 first"
        );
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    /// @notice For SecondDoor: another address of the same ledger moves `owner`'s money.
    function moveFor(
        address owner,
        address to,
        uint256 value
    ) external {
        _move(owner, to, value);
    }

    function transfer(
        address to,
        uint256 value
    ) external {
        _answer(_move(msg.sender, to, value));
    }

    function transferFrom(
        address from,
        address to,
        uint256 value
    ) external {
        require(allowance[from][msg.sender] >= value, "allowance too low");
        allowance[from][msg.sender] -= value;
        _answer(_move(from, to, value));
    }

    function _move(
        address from,
        address to,
        uint256 value
    ) private returns (bool answer) {
        Quirk q = quirk;
        require(q != Quirk.PAUSED, "paused");
        require(q != Quirk.BLOCKS || (from != blocked && to != blocked), "blocked");
        if (q == Quirk.REENTERS && !called) {
            called = true;
            (reentered,) = target.call(payload);
        }
        if (q == Quirk.LIAR) return true;
        if (q == Quirk.FALSE_UNMOVED) return false;
        uint256 lost = q == Quirk.FEE_ON_TOP ? value / 100 : 0;
        uint256 arrives =
            q == Quirk.FEE ? value - value / 100 : q == Quirk.BONUS ? value + value / 100 : value;
        require(balanceOf[from] >= value + lost, "balance too low");
        balanceOf[from] -= value + lost;
        balanceOf[to] += arrives;
        emit Transfer(from, to, arrives);
        return q != Quirk.FALSE_MOVED;
    }

    /// @dev Returns from the whole call: a word, or nothing at all.
    function _answer(
        bool answer
    ) private view {
        bool silent = quirk == Quirk.NO_RETURN;
        assembly ("memory-safe") {
            mstore(0, answer)
            return(0, mul(iszero(silent), 0x20))
        }
    }
}

/// @notice Test only: a second address of an OddToken's ledger.
contract SecondDoor {
    OddToken public immutable ledger;

    constructor(
        OddToken ledger_
    ) {
        ledger = ledger_;
    }

    mapping(address => mapping(address => uint256)) public allowance;

    function decimals() external view returns (uint8) {
        return ledger.decimals();
    }

    function balanceOf(
        address account
    ) external view returns (uint256) {
        return ledger.balanceOf(account);
    }

    function approve(
        address spender,
        uint256 value
    ) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(
        address to,
        uint256 value
    ) external returns (bool) {
        ledger.moveFor(msg.sender, to, value);
        return true;
    }

    function transferFrom(
        address from,
        address to,
        uint256 value
    ) external returns (bool) {
        allowance[from][msg.sender] -= value;
        ledger.moveFor(from, to, value);
        return true;
    }
}

/// @notice Test only: a token without `permit` whose fallback accepts every call, and which holds nothing for anybody.
contract PhantomPermitToken {
    function decimals() external pure returns (uint8) {
        return 6;
    }

    function allowance(
        address,
        address
    ) external pure returns (uint256) {
        return 0;
    }

    fallback() external {}
}

/// @notice Test only: has code, and nothing that a token needs.
contract NoToken {
    uint256 public constant answer = 42;
}

/// @notice Test only: says it has more decimals than a word can scale.
contract WideToken {
    function decimals() external pure returns (uint256) {
        return 78;
    }
}
