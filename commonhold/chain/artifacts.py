"""Compiled contracts: their ABI turned into encoders and decoders, and their code.

An artifact is read from `artifacts/` of the project, or from the copy that the installed package ships, so a
manager's machine needs no compiler. `COMMONHOLD_ARTIFACTS` names another folder.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import orjson
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.errors import SettingsError

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_ADDRESS_WORD: Final = 12


class ArtifactError(SettingsError):
    """A compiled contract is missing, damaged, or not what the package expects."""


@cache
def _checksummed(address: str) -> str:
    return to_checksum_address(address)


def type_of(part: Mapping[str, Any]) -> str:
    """The canonical type of an ABI entry: tuples are written out."""
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(type_of(inner) for inner in part["components"]) + ")" + kind[len("tuple") :]


def signature_of(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}({','.join(type_of(part) for part in entry['inputs'])})"


def _plain(part: Mapping[str, Any], value: Any) -> Any:
    """Dataclasses and mappings become tuples in the ABI's order."""
    kind = str(part["type"])
    if kind.endswith("]"):
        inner = {**part, "type": kind[: kind.rindex("[")]}
        return [_plain(inner, item) for item in value]
    if kind == "tuple":
        components = part["components"]
        if is_dataclass(value) and not isinstance(value, type):
            value = [getattr(value, field.name) for field in fields(value)]
        elif isinstance(value, Mapping):
            value = [value[component["name"]] for component in components]
        if len(value) != len(components):
            raise ArtifactError(
                f"{part.get('name') or kind} takes {len(components)} values, not {len(value)}."
            )
        return tuple(_plain(component, item) for component, item in zip(components, value, strict=True))
    return value


def _shown(part: Mapping[str, Any], value: Any) -> Any:
    """Addresses in their checksummed form, wherever they stand."""
    kind = str(part["type"])
    if kind.endswith("]"):
        inner = {**part, "type": kind[: kind.rindex("[")]}
        if inner["type"] in ("address", "tuple") or str(inner["type"]).endswith("]"):
            return tuple(_shown(inner, item) for item in value)
        return value
    if kind == "address":
        return _checksummed(value)
    if kind == "tuple":
        return tuple(
            _shown(component, item) for component, item in zip(part["components"], value, strict=True)
        )
    return value


class Codec:
    """Encodes and decodes one list of ABI parameters."""

    def __init__(self, parts: Sequence[Mapping[str, Any]]) -> None:
        self._parts = parts
        self.names: Final = tuple(str(part.get("name", "")) for part in parts)
        self.types: Final = tuple(type_of(part) for part in parts)

    def encode(self, values: Sequence[Any]) -> bytes:
        plain = [_plain(part, value) for part, value in zip(self._parts, values, strict=True)]
        return abi_encode(self.types, plain)

    def decode(self, data: bytes) -> tuple[Any, ...]:
        values = abi_decode(self.types, data)
        return tuple(_shown(part, value) for part, value in zip(self._parts, values, strict=True))


@dataclass(frozen=True, slots=True)
class Function:
    """One function of an ABI."""

    name: str
    signature: str
    selector: bytes
    inputs: Codec
    outputs: Codec
    view: bool

    def encode(self, arguments: Sequence[Any]) -> bytes:
        """The call data. Raises ArtifactError with the reason in words."""
        if len(arguments) != len(self.inputs.types):
            raise ArtifactError(
                f"{self.signature} takes {len(self.inputs.types)} arguments, not {len(arguments)}."
            )
        try:
            return self.selector + self.inputs.encode(arguments)
        except (EncodingError, TypeError, ValueError, KeyError) as error:
            raise ArtifactError(f"{self.signature}: an argument does not fit: {error}") from error

    def decode(self, data: bytes) -> Any:
        """The answer: the value itself where there is one, a tuple of several, None where none."""
        if not self.outputs.types:
            return None
        try:
            values = self.outputs.decode(data)
        except (DecodingError, OverflowError) as error:
            raise ArtifactError(
                f"{self.signature}: the answer does not fit ({len(data)} bytes).",
                "Is this the right contract? `commonhold doctor` compares addresses and code.",
            ) from error
        return values[0] if len(values) == 1 else values


@dataclass(frozen=True, slots=True)
class EventCodec:
    """One event of an ABI."""

    name: str
    topic: str
    names: tuple[str, ...]
    indexed: tuple[bool, ...]
    topics: Codec
    data: Codec

    def decode(self, topics: Sequence[str], data: str) -> dict[str, Any]:
        first = self.topics.decode(b"".join(bytes.fromhex(topic[2:]) for topic in topics[1:]))
        second = self.data.decode(bytes.fromhex(data[2:]))
        by_topic, by_data = iter(first), iter(second)
        return {
            name: next(by_topic) if indexed else next(by_data)
            for name, indexed in zip(self.names, self.indexed, strict=True)
        }


@dataclass(frozen=True, slots=True)
class ErrorCodec:
    """One custom error of an ABI."""

    name: str
    selector: bytes
    inputs: Codec


def _hashed_when_indexed(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Indexed values without a fixed size are in the log as their hash."""
    kind = str(part["type"])
    if kind in ("string", "bytes") or kind.endswith("]") or kind.startswith("tuple"):
        return {"name": part["name"], "type": "bytes32"}
    return part


class Artifact:
    """One compiled contract or interface."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw: Final = raw
        self.name: Final = str(raw["name"])
        self.abi: Final[list[dict[str, Any]]] = list(raw["abi"])

    @cached_property
    def functions(self) -> dict[str, Function]:
        """By signature."""
        found: dict[str, Function] = {}
        for entry in self.abi:
            if entry["type"] == "function":
                signature = signature_of(entry)
                found[signature] = Function(
                    name=entry["name"],
                    signature=signature,
                    selector=keccak(text=signature)[:4],
                    inputs=Codec(entry["inputs"]),
                    outputs=Codec(entry["outputs"]),
                    view=entry["stateMutability"] in ("view", "pure"),
                )
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for function in self.functions.values():
            found.setdefault(function.name, []).append(function)
        return found

    def function(self, name: str) -> Function:
        """By name, or by signature where the name has several. Raises ArtifactError."""
        exact = self.functions.get(name)
        if exact is not None:
            return exact
        named = self._by_name.get(name, [])
        if len(named) == 1:
            return named[0]
        if named:
            raise ArtifactError(
                f"{self.name}.{name} means several functions; say which: "
                + ", ".join(sorted(function.signature for function in named))
            )
        raise ArtifactError(
            f"{self.name} has no function {name}.", "Compile the contracts again: `commonhold compile`."
        )

    def has(self, name: str) -> bool:
        return name in self._by_name or name in self.functions

    @cached_property
    def events(self) -> dict[str, EventCodec]:
        """By topic (0x…)."""
        found: dict[str, EventCodec] = {}
        for entry in self.abi:
            if entry["type"] == "event" and not entry.get("anonymous"):
                parts = entry["inputs"]
                topic = "0x" + keccak(text=signature_of(entry)).hex()
                found[topic] = EventCodec(
                    name=entry["name"],
                    topic=topic,
                    names=tuple(part["name"] for part in parts),
                    indexed=tuple(bool(part["indexed"]) for part in parts),
                    topics=Codec([_hashed_when_indexed(part) for part in parts if part["indexed"]]),
                    data=Codec([part for part in parts if not part["indexed"]]),
                )
        return found

    def topic(self, event: str) -> str:
        """The topic of an event by its name. Raises ArtifactError."""
        for topic, codec in self.events.items():
            if codec.name == event:
                return topic
        raise ArtifactError(f"{self.name} has no event {event}.")

    @cached_property
    def errors(self) -> dict[bytes, ErrorCodec]:
        """By selector."""
        found: dict[bytes, ErrorCodec] = {}
        for entry in self.abi:
            if entry["type"] == "error":
                selector = keccak(text=signature_of(entry))[:4]
                found[selector] = ErrorCodec(entry["name"], selector, Codec(entry["inputs"]))
        return found

    @cached_property
    def constructor_inputs(self) -> Codec:
        for entry in self.abi:
            if entry["type"] == "constructor":
                return Codec(entry["inputs"])
        return Codec([])

    @cached_property
    def libraries(self) -> dict[str, str]:
        """Names of the libraries it is linked to, and the text that stands for each in unlinked code."""
        return {
            name: "__$" + keccak(text=f"{source}:{name}").hex()[:34] + "$__"
            for source, names in self.raw["linkReferences"].items()
            for name in names
        }

    def _linked(self, code: str, addresses: Mapping[str, str]) -> bytes:
        for name, blank in self.libraries.items():
            if name not in addresses:
                raise ArtifactError(f"{self.name} is linked to {name}, whose address was not given.")
            code = code.replace(blank, addresses[name][2:].lower())
        return bytes.fromhex(code[2:])

    def creation_code(self, arguments: Sequence[Any], libraries: Mapping[str, str] | None = None) -> bytes:
        """What a deploying transaction carries. libraries: their addresses by name."""
        code = self._linked(self.raw["bytecode"], libraries or {})
        if not code:
            raise ArtifactError(f"{self.name} is an interface or abstract: it cannot be deployed.")
        if len(arguments) != len(self.constructor_inputs.types):
            raise ArtifactError(
                f"{self.name} is constructed with ({', '.join(self.constructor_inputs.names)}), "
                f"not with {len(arguments)} arguments."
            )
        try:
            return code + self.constructor_inputs.encode(arguments)
        except (EncodingError, TypeError, ValueError) as error:
            raise ArtifactError(f"{self.name}: a constructor argument does not fit: {error}") from error

    @cached_property
    def _immutable_places(self) -> list[tuple[int, int]]:
        return [
            (int(place["start"]), int(place["length"]))
            for places in self.raw["immutableReferences"].values()
            for place in places
        ]

    def masked(self, code: bytes) -> bytes:
        """Deployed code with its immutables blanked, to compare with the compiler's."""
        blank = bytearray(code)
        for start, length in self._immutable_places:
            blank[start : start + length] = bytes(length)
        return bytes(blank)

    def is_code(self, code: bytes, libraries: Mapping[str, str] | None = None) -> bool:
        """Whether this is what the artifact deploys with these libraries, whatever its immutables."""
        expected = self._linked(self.raw["deployedBytecode"], libraries or {})
        return len(code) == len(expected) and self.masked(code) == self.masked(expected)

    def immutables(self, code: bytes) -> list[bytes]:
        """The distinct words that the immutables of deployed code hold."""
        words = {code[start : start + length] for start, length in self._immutable_places}
        return sorted(words)


def artifacts_folder() -> Path:
    """Where the artifacts are. Raises ArtifactError."""
    chosen = os.environ.get("COMMONHOLD_ARTIFACTS")
    candidates = [Path(chosen)] if chosen else [_PACKAGE.parent / "artifacts", _PACKAGE / "artifacts"]
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise ArtifactError(
        f"There are no compiled contracts in {' or '.join(map(str, candidates))}.",
        "Run `commonhold compile` in the project.",
    )


def require_one_build(folder: Path | None = None) -> None:
    """Raises ArtifactError where contracts were compiled one by one.

    Their code can differ in the order of functions from what all files at once give (`chain.compile`), and
    then nobody who compiles the sources finds it again. The installed package tells nothing of its making.
    """
    stamp = (folder or artifacts_folder()) / ".stamp.json"
    if not stamp.is_file():
        return
    entries = orjson.loads(stamp.read_bytes()).values()
    if len({entry.get("whole") for entry in entries}) != 1 or not all(
        entry.get("whole") for entry in entries
    ):
        raise ArtifactError(
            f"The contracts in {stamp.parent} were not compiled all at once.",
            "Run `commonhold compile`, so that others can compile the same code from the sources.",
        )


@cache
def _load(path: Path, stamp: int) -> Artifact:
    return Artifact(orjson.loads(path.read_bytes()))


def load(name: str, folder: Path | None = None) -> Artifact:
    """The artifact of a contract or interface by name. Raises ArtifactError."""
    path = (folder or artifacts_folder()) / f"{name}.json"
    try:
        return _load(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise ArtifactError(
            f"There is no artifact of {name} ({path}).", "Run `commonhold compile`."
        ) from None
    except orjson.JSONDecodeError as error:
        raise ArtifactError(f"{path} is damaged ({error}).", "Run `commonhold compile --force`.") from error


def exists(name: str, folder: Path | None = None) -> bool:
    return ((folder or artifacts_folder()) / f"{name}.json").is_file()


def every(folder: Path | None = None) -> Iterator[Artifact]:
    """All artifacts, by name."""
    place = folder or artifacts_folder()
    for path in sorted(place.glob("*.json")):
        if path.name not in (".stamp.json", "standard-input.json", "source-numbers.json"):
            yield load(path.stem, place)


def create_address(deployer: str, nonce: int) -> str:
    """Where the transaction `nonce` of `deployer` puts the contract it creates."""
    count = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    number = count if len(count) == 1 and count[0] < 0x80 else bytes([0x80 + len(count)]) + count
    payload = bytes([0x80 + 20]) + bytes.fromhex(deployer[2:]) + number
    return _checksummed("0x" + keccak(bytes([0xC0 + len(payload)]) + payload)[_ADDRESS_WORD:].hex())
