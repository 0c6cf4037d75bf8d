"""`safe-json`: transactions for a Safe, as a file that its Transaction Builder reads.

Nothing is sent. The owners load the file there, compare and sign, and the Safe executes it; then the same
command, run again, finds the work done. The checksum is computed as the Transaction Builder does, which warns
where the two differ.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

from commonhold import __version__
from commonhold.chain.artifacts import load, signature_of
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.signing import OutsideSigner, Prepared
from commonhold.errors import PartlyDoneError, SettingsError
from commonhold.ops.signers.readable import function_of, values_of

_FORMAT: Final = "1.0"
_BUILDER: Final = "1.18.0"  # the version of the Transaction Builder whose files these are


class WrittenForSafe(PartlyDoneError):
    """The transactions are in a file; the Safe has to execute them. path: of the file."""

    def __init__(self, path: Path, safe: str, count: int) -> None:
        what = "1 transaction is" if count == 1 else f"{count} transactions are"
        super().__init__(
            f"{what} written to {path} for the Safe {safe}; nothing was sent.",
            "Load the file in the Safe's Transaction Builder, compare what it shows, have the owners sign, "
            "execute. Then run the same command again: it goes on from there.",
            done=0,
            failed=count,
        )
        self.path = path


class SafeSigner(OutsideSigner):
    """Writes what the Safe at `address` is to execute into `folder`."""

    sends = False

    def __init__(self, address: str, connection: Connection, folder: Path) -> None:
        if not is_address(address):
            raise SettingsError(
                f"safe-json:{address} names no Safe.", "Write safe-json:0x…, with the address of the Safe."
            )
        self._address = to_checksum_address(address)
        self._chain_id = connection.chain_id
        self._folder = folder
        if not connection.code(self._address):
            raise SettingsError(
                f"There is no contract at {self._address} on chain {connection.chain_id}.",
                "Is this the Safe's address on this very network?",
            )

    @property
    def address(self) -> str:
        return self._address

    def hand_over(self, transactions: Sequence[Prepared], sent: Callable[[int, str], None]) -> None:
        """Raises WrittenForSafe, always."""
        calls = [prepared.call for prepared in transactions]
        path = write_batch(self._folder, self._chain_id, self._address, calls)
        raise WrittenForSafe(path, self._address, len(calls))


def write_batch(folder: Path, chain_id: int, safe: str, calls: Sequence[Call]) -> Path:
    """The file of these calls; the same calls again find the same file. Raises SettingsError."""
    if any(call.to is None for call in calls):
        raise SettingsError(
            "A Safe cannot create the contracts: their addresses follow from the account that deploys.",
            "Deploy with --signer keystore:NAME or browser, and name the Safe as `admin` in config.toml.",
        )
    entries = [_entry(call) for call in calls]
    digest = keccak(orjson.dumps([chain_id, safe, entries])).hex()[:12]
    path = folder / f"{calls[0].contract}-{calls[0].function}-{digest}.json"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        batch = _batch(chain_id, safe, calls, entries)
        draft = path.with_suffix(".draft")
        draft.write_bytes(orjson.dumps(batch, option=orjson.OPT_INDENT_2) + b"\n")
        draft.replace(path)
    return path


def _batch(
    chain_id: int, safe: str, calls: Sequence[Call], entries: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    labels = list(dict.fromkeys(call.label for call in calls))
    meta: dict[str, Any] = {
        "name": f"Commonhold: {', '.join(labels[:3])}" + (" …" if len(labels) > 3 else ""),
        "description": f"{len(calls)} transactions prepared by commonhold {__version__}",
        "txBuilderVersion": _BUILDER,
        "createdFromSafeAddress": safe,
        "createdFromOwnerAddress": "",
    }
    batch: dict[str, Any] = {
        "version": _FORMAT,
        "chainId": str(chain_id),
        "createdAt": int(time.time() * 1000),
        "meta": meta,
        "transactions": list(entries),
    }
    return {**batch, "meta": {**meta, "checksum": checksum(batch)}}


def _entry(call: Call) -> dict[str, Any]:
    """`data` is what will be executed; the method and its values say the same for the people who sign."""
    entry: dict[str, Any] = {"to": call.to, "value": str(call.value), "data": "0x" + call.data.hex()}
    function = function_of(call)
    if function is not None:
        abi = next(
            part
            for part in load(call.contract).abi
            if part["type"] == "function" and signature_of(part) == function.signature
        )
        entry["contractMethod"] = {
            "inputs": [_input(part) for part in abi["inputs"]],
            "name": function.name,
            "payable": abi["stateMutability"] == "payable",
        }
        entry["contractInputsValues"] = dict(values_of(call, function))
    return entry


def _input(part: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"internalType", "name", "type", "components"}
    found = {key: value for key, value in part.items() if key in kept}
    if "components" in found:
        found["components"] = [_input(inner) for inner in found["components"]]
    return found


def checksum(batch: Mapping[str, Any]) -> str:
    """keccak256 over JSON with sorted names before the values and a comma after each value."""
    return "0x" + keccak(text=_written(batch)).hex()


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        names = sorted(value)
        inner = "".join(f"{_written(value[name])}," for name in names)
        return "{" + json.dumps(names, ensure_ascii=False, separators=(",", ":")) + inner + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
