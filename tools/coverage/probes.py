"""The probes: the Solidity library that instrumented contracts call, and the addresses they stand for."""

BASE = 0xC0FE << 144  # probe number n looks at the address BASE + n
PREFIX = "0xc0fe"
LIBRARY = "CoverageProbe"
LIBRARY_FILE = "contracts/lib/CoverageProbe.sol"

SOURCE = f"""\
// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Marks what was executed by looking at an address per probe. Callable from pure functions.
library {LIBRARY} {{
    function _look(uint256 probe) private view {{
        assembly ("memory-safe") {{
            // one word on the stack, and nothing that the optimizer may leave out: no probe has a balance
            if balance(add({BASE:#042x}, probe)) {{ invalid() }}
        }}
    }}

    function _asPure(function(uint256) internal view f)
        private
        pure
        returns (function(uint256) internal pure g)
    {{
        assembly ("memory-safe") {{
            g := f
        }}
    }}

    /// @notice Here `probe` was reached.
    function at(uint256 probe) internal pure {{
        _asPure(_look)(probe);
    }}

    /// @notice `condition` held: `probe`, or it did not: `probe + 1`.
    function on(bool condition, uint256 probe) internal pure returns (bool) {{
        _asPure(_look)(condition ? probe : probe + 1);
        return condition;
    }}
}}
"""


def number_of(address: str) -> int | None:
    """The probe that this address stands for, None for any other address."""
    if not address.lower().startswith(PREFIX):
        return None
    number = int(address, 16) - BASE
    return number if 0 <= number < 1 << 32 else None
