"""The files of one contract, and stand-ins for all others that the compiler read.

The compiler gives every declaration that it reads a number, file by file in the order of their names, and the
code of a contract can depend on these numbers (docs/decisions/010). So a contract's own files alone do not
always compile to its code, and all files together are more than an explorer takes: Etherscan refuses sources
of more than 500,000 characters. A stand-in uses up as many numbers as the files whose place it takes.
"""

from collections.abc import Mapping
from typing import Any, Final

_HEAD: Final = """\
// SPDX-License-Identifier: MIT
// The contract uses nothing of this file. The compiler numbers all that it reads, and the order of functions
// can follow the numbers: these are as many as there were in the files that had this place.
"""
_PRAGMA: Final = "pragma solidity ^0.8.0;"  # one number
_FILE: Final = 2  # numbers of a file with a pragma
_CONSTANT: Final = 3  # numbers of a constant: itself, its type, its value; each sign before that is one more
_MOST: Final = 300  # numbers of one constant: the compiler follows nested expressions only so deep


def with_stand_ins(needed: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    """Sources for the compiler: `needed` as they are, and a stand-in in every gap before one of them.

    numbers: the last number of each file that was read, at least those of `needed`.
    """
    found: dict[str, Any] = {}
    name, used, reached = "0", 0, 0
    for file in sorted(numbers):
        if file in needed:
            if reached > used:
                found[f"{name}.numbers.sol"] = {"content": stand_in(reached - used)}
            found[file] = needed[file]
            name, used = file, numbers[file]
        reached = numbers[file]
    return found


def stand_in(count: int) -> str:
    """A file without use that takes `count` numbers, two or more."""
    lines, left = [_PRAGMA], count - _FILE
    while left >= _CONSTANT:
        size = min(left, _MOST)
        lines.append(f"bool constant n{len(lines)} = {'!' * (size - _CONSTANT)}true;")
        left -= size
    return _HEAD + "\n".join(lines + [_PRAGMA] * left) + "\n"
