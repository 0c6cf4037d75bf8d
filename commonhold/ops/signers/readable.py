"""A prepared transaction in words: which function of which contract, with which values."""

from collections.abc import Sequence
from typing import Any

from eth_abi.exceptions import DecodingError

from commonhold.chain.artifacts import ArtifactError, Function, load
from commonhold.chain.call import Call


def function_of(call: Call) -> Function | None:
    """The function that the data calls; None for a creation or a contract that is not ours."""
    if call.to is None or len(call.data) < 4:
        return None
    try:
        functions = load(call.contract).functions.values()
    except ArtifactError:
        return None
    return next((found for found in functions if found.selector == call.data[:4]), None)


def values_of(call: Call, function: Function) -> list[tuple[str, str]]:
    """Names and values of its arguments, as text; empty where the data does not fit."""
    try:
        values = function.inputs.decode(call.data[4:])
    except (DecodingError, OverflowError, ValueError):
        return []
    return [(name, as_text(value)) for name, value in zip(function.inputs.names, values, strict=True)]


def as_text(value: Any) -> str:
    """As a person types it: numbers in decimals, bytes as 0x…, lists and structs in brackets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(as_text(item) for item in value) + "]"
    return str(value)


def in_words(call: Call) -> list[tuple[str, str]]:
    """Lines for a person who is about to sign: what, and each value."""
    if call.to is None:
        return [("creates", call.contract), ("code", f"{len(call.data):,} bytes")]
    lines = [("contract", f"{call.contract} {call.to}"), ("function", call.function)]
    function = function_of(call)
    if function is not None:
        lines += values_of(call, function)
    if call.value:
        lines.append(("sends", f"{call.value} wei"))
    return lines
