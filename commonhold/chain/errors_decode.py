"""What a contract said when it refused: custom errors decoded against every artifact.

A call of one contract may return the error of another (a lease call the token's), so one table covers all.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError

from commonhold.chain.artifacts import ErrorCodec, artifacts_folder, every

_PANICS: Final = {
    0x01: "an assertion failed",
    0x11: "an amount overflowed or went below zero",
    0x12: "a division by zero",
    0x21: "a number names no value of its list",
    0x31: "an empty list was shortened",
    0x32: "a list index is out of range",
    0x41: "too much memory was asked for",
    0x51: "a function that does not exist was called",
}
_ERROR_STRING: Final = bytes.fromhex("08c379a0")
_PANIC: Final = bytes.fromhex("4e487b71")


@dataclass(frozen=True, slots=True)
class ContractError:
    """A decoded refusal: the error's name and its values by name; `data` is what the contract returned."""

    name: str
    values: dict[str, Any]
    data: bytes

    def __str__(self) -> str:
        if not self.values:
            return self.name
        return f"{self.name}({', '.join(f'{key}={_shown(value)}' for key, value in self.values.items())})"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        text = value.rstrip(b"\0")
        if len(value) == 32 and text and all(0x20 <= byte < 0x7F for byte in text):
            return text.decode("ascii")
        return "0x" + value.hex()
    return str(value)


@lru_cache(maxsize=8)
def _table(folder: Path, stamp: int) -> dict[bytes, ErrorCodec]:
    found: dict[bytes, ErrorCodec] = {}
    for artifact in every(folder):
        found.update(artifact.errors)
    return found


def decode(data: bytes) -> ContractError:
    """The refusal in `data`; unknown data keeps its bytes under the name `UnknownError`."""
    if not data:
        return ContractError("NoReason", {}, data)
    selector, rest = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            return ContractError("Error", {"message": abi_decode(["string"], rest)[0]}, data)
        if selector == _PANIC:
            code = int(abi_decode(["uint256"], rest)[0])
            return ContractError("Panic", {"code": code, "meaning": _PANICS.get(code, "unknown")}, data)
        folder = artifacts_folder()
        codec = _table(folder, folder.stat().st_mtime_ns).get(selector)
        if codec is not None:
            values = codec.inputs.decode(rest)
            names = (name or f"value{index}" for index, name in enumerate(codec.inputs.names))
            return ContractError(codec.name, dict(zip(names, values, strict=True)), data)
    except (DecodingError, OverflowError):
        pass
    return ContractError("UnknownError", {"data": "0x" + data.hex()}, data)
