"""Contracts in an EVM inside this process: for tests that need thousands of calls, and for exact gas.

    chain = Chain()
    token = chain.deploy("CommunityToken", authority, forwarder, 0, CAP, "Token", "TKN", sender=chain.user())
    token.transfer(bob, 5, sender=alice)     # a transaction; the answer is the function's
    token.balanceOf(bob)                     # a view: nothing is kept
    with reverts("ERC20InsufficientBalance", alice, 0, 5): ...

Values are plain Python: addresses are checksummed strings, bytes are bytes, one answer is not a tuple.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from pyrevm import EVM, AccountInfo, BlockEnv, CfgEnv, Env

from commonhold.chain.compile import CompileError, compile_project

ROOT = Path(__file__).resolve().parent.parent
GENESIS = 1_767_225_600  # 2026-01-01 00:00 UTC [unix]
ZERO = "0x" + "00" * 20
_OUTPUT = re.compile(r"output: (0x[0-9a-f]*)")


class Reverted(Exception):
    """A call failed; `name` and `values` are the custom error's, `data` the raw answer."""

    def __init__(self, name: str, values: tuple[Any, ...], data: bytes) -> None:
        super().__init__(f"{name}{values}")
        self.name, self.values, self.data = name, values, data


@contextlib.contextmanager
def reverts(name: str, *values: Any) -> Iterator[None]:
    """The block must revert with the custom error `name(values)`; `...` as the last leaves the rest open."""
    try:
        yield
    except Reverted as error:
        wanted = tuple(str(value) if isinstance(value, Contract) else value for value in values)
        if wanted and wanted[-1] is ...:
            fits = error.values[: len(wanted) - 1] == wanted[:-1]
        else:
            fits = error.values == wanted
        if error.name != name or not fits:
            raise AssertionError(f"expected {name}{wanted}, but it reverted with {error}") from error
    else:
        raise AssertionError(f"expected {name}, but nothing reverted")


def _type(part: dict[str, Any]) -> str:
    kind: str = part["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type, part['components']))}){kind[5:]}"


def _types(parts: Sequence[dict[str, Any]]) -> list[str]:
    return [_type(part) for part in parts]


def _shown(kind: str, value: Any) -> Any:
    return to_checksum_address(value) if kind == "address" else value


def _decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    return tuple(_shown(kind, value) for kind, value in zip(types, decode(types, data), strict=True))


def _source(name: str) -> Path:
    """The file that defines the contract `name`: its own, or a file of several small ones."""
    definition = re.compile(rf"^(abstract )?(contract|interface|library) {name}\b", re.MULTILINE)
    files = [
        file for folder in ("contracts", "interfaces") for file in sorted((ROOT / folder).rglob("*.sol"))
    ]
    files.sort(key=lambda file: file.stem != name)
    return next(file for file in files if definition.search(file.read_text(encoding="utf-8")))


@cache
def _compile_all() -> None:
    """What changed, all at once: one by one, each would take as long."""
    with contextlib.suppress(CompileError):
        compile_project(ROOT, quiet=True)


@cache
def artifact(name: str) -> dict[str, Any]:
    """The compiled contract `name`, brought up to date first."""
    _compile_all()
    compile_project(ROOT, only=[_source(name)], quiet=True)  # says what is wrong with this one
    found: dict[str, Any] = json.loads((ROOT / "artifacts" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _selector(entry: dict[str, Any]) -> bytes:
    return bytes(keccak(text=f"{entry['name']}({','.join(_types(entry['inputs']))})"))


class Contract:
    """A deployed contract: its functions are methods, `sender=` makes a transaction of a call."""

    def __init__(self, chain: "Chain", name: str, address: str) -> None:
        self.chain, self._name, self.address = chain, name, to_checksum_address(address)
        self._functions = chain.functions(name)

    def __str__(self) -> str:
        return self.address

    def data(self, function: str, *arguments: Any) -> bytes:
        """The call data."""
        selector, inputs, _, _ = self._functions[function]
        plain = [value.address if isinstance(value, Contract) else value for value in arguments]
        return selector + encode(inputs, plain)

    def __getattr__(self, function: str) -> Any:
        if function.startswith("_") or function not in self._functions:
            raise AttributeError(f"{self._name} has no function {function}")
        _, _, outputs, view = self._functions[function]

        def call(*arguments: Any, sender: Any = ZERO, gas: int | None = None) -> Any:
            answer = self.chain.send(
                str(sender), self.address, self.data(function, *arguments), gas=gas, view=view
            )
            values = _decode(outputs, answer)
            return values[0] if len(values) == 1 else values

        return call


class Chain:
    """One EVM with a clock of its own."""

    def __init__(self, timestamp: int = GENESIS, chain_id: int = 31337) -> None:
        self.evm = EVM(env=Env(cfg=CfgEnv(chain_id=chain_id)), spec_id="SHANGHAI")
        self.timestamp, self.number, self._users = 0, 0, 0
        self._libraries: dict[str, str] = {}
        self._functions: dict[str, dict[str, tuple[bytes, list[str], list[str], bool]]] = {}
        self._errors: dict[bytes, tuple[str, list[str]]] = {}
        self._events: dict[tuple[str, int], dict[str, Any]] = {}
        self.warp(timestamp)

    def warp(self, timestamp: int) -> None:
        """Set the block's time. [unix]"""
        self.timestamp = timestamp
        self.number += 1
        self.evm.set_block_env(BlockEnv(number=self.number, timestamp=timestamp, basefee=0))

    def user(self) -> str:
        """A fresh address without code."""
        self._users += 1
        return to_checksum_address(keccak(text=f"user {self._users}")[12:])

    def functions(self, name: str) -> dict[str, tuple[bytes, list[str], list[str], bool]]:
        if name not in self._functions:
            table = {}
            for entry in artifact(name)["abi"]:
                if entry["type"] == "function":
                    view = entry["stateMutability"] in ("view", "pure")
                    table[entry["name"]] = (
                        _selector(entry)[:4], _types(entry["inputs"]), _types(entry["outputs"]), view
                    )  # fmt: skip
                elif entry["type"] == "error":
                    self._errors[_selector(entry)[:4]] = (entry["name"], _types(entry["inputs"]))
                elif entry["type"] == "event":
                    indexed = sum(part["indexed"] for part in entry["inputs"])
                    self._events["0x" + _selector(entry).hex(), indexed] = entry
            self._functions[name] = table
        return self._functions[name]

    def at(self, name: str, address: str) -> Contract:
        return Contract(self, name, address)

    def creation(self, name: str, *arguments: Any) -> bytes:
        """Linked creation code with its encoded constructor arguments."""
        found = artifact(name)
        self.functions(name)
        inputs = next((_types(e["inputs"]) for e in found["abi"] if e["type"] == "constructor"), [])
        plain = [value.address if isinstance(value, Contract) else value for value in arguments]
        return self._linked(found) + encode(inputs, plain)

    def deploy(self, name: str, *arguments: Any, sender: Any = None) -> Contract:
        code = self.creation(name, *arguments)
        with self._failures():
            address = self.evm.deploy(str(sender or self.user()), code)
        return Contract(self, name, address)

    def _linked(self, found: dict[str, Any]) -> bytes:
        """The creation code with the addresses of its libraries, each deployed once in this chain."""
        code = found["bytecode"][2:]
        for libraries in found["linkReferences"].values():
            for name, places in libraries.items():
                if name not in self._libraries:
                    self._libraries[name] = self.deploy(name).address
                for place in places:
                    at = 2 * place["start"]
                    code = code[:at] + self._libraries[name][2:].lower() + code[at + 40 :]
        return bytes.fromhex(code)

    def link(self, name: str) -> None:
        """Deploys a contract's libraries beforehand, so that its own creation is its deployer's next one."""
        self._linked(artifact(name))

    def set_code(self, address: str, code: bytes) -> None:
        self.evm.insert_account_info(address, AccountInfo(code=code))

    def send(self, sender: str, to: str, data: bytes, *, gas: int | None = None, view: bool = False) -> bytes:
        """Call data to an address, kept unless `view`. Raises Reverted."""
        with self._failures():
            return bytes(self.evm.message_call(caller=sender, to=to, calldata=data, gas=gas, is_static=view))

    @property
    def gas_used(self) -> int:
        """Gas of the last transaction after refunds, with its base and calldata. [gas]"""
        return int(self.evm.result.gas_used)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The last transaction's events, decoded; each has its `event` and `address` besides its fields."""
        found = []
        for log in self._logs:
            entry = self._events.get((log.topics[0], len(log.topics) - 1))
            if entry is None or name not in (None, entry["name"]):
                continue
            indexed = [part for part in entry["inputs"] if part["indexed"]]
            plain = [part for part in entry["inputs"] if not part["indexed"]]
            topics = b"".join(bytes.fromhex(topic[2:]) for topic in log.topics[1:])
            values = dict(
                zip((part["name"] for part in indexed), _decode(_types(indexed), topics), strict=True)
            )
            _, payload = log.data
            values.update(
                zip((part["name"] for part in plain), _decode(_types(plain), bytes(payload)), strict=True)
            )
            found.append({"event": entry["name"], "address": to_checksum_address(log.address), **values})
        return found

    @property
    def _logs(self) -> list[Any]:
        return list(self.evm.result.logs)

    def _reverted(self, data: bytes, words: str = "") -> Reverted:
        """What a failed call's answer says."""
        name, types = self._errors.get(data[:4], ("", []))
        if name:
            return Reverted(name, _decode(types, data[4:]), data)
        if data[:4] == bytes.fromhex("4e487b71"):
            return Reverted("Panic", (int.from_bytes(data[4:], "big"),), data)
        return Reverted("unknown" if data else words[:80], (), data)

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            match = _OUTPUT.search(str(error))
            data = bytes.fromhex(match[1][2:]) if match else b""
            raise self._reverted(data, str(error)) from None
