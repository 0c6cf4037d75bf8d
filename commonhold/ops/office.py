"""Acts of offices: any function of the suite, prepared from words, announced where it has to wait.

For what has no command of its own: handing roles over, closing functions, retiring a version, a freeze. An
ADMIN's act after set-up waits: it is announced first (`announce`), and carried out when its time has come.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.grammar import parse
from eth_utils.address import is_address, to_checksum_address

from commonhold.chain.artifacts import ArtifactError, Function
from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.errors import InputError
from commonhold.ops.reasons import hash_of_reason
from commonhold.roles import GUARDED, ROLE_ID, ROLES

_ROLE_NAMES: Final = ("role", "roleId")
_TEXT: Final = "text:"  # before a text whose hash is meant
_SPANS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Member:
    """Who holds a role. delay: before each act [s]. since: when the grant counts [unix]."""

    role: str
    account: str
    delay: int
    since: int


@dataclass(frozen=True, slots=True)
class Announced:
    """An act that was announced. ready: when it may be carried out [unix]; until: when it lapses [unix]."""

    id: str
    contract: str
    call: Call
    caller: str
    ready: int
    until: int


def prepare(suite: Suite, contract: str, function: str, words: Sequence[str]) -> Call:
    """The call of a function with arguments as a person writes them. Raises InputError.

    Addresses may be names of contracts of the suite, roles their names, selectors `Contract.function`; lists
    and structs stand in JSON brackets; a span such as 7d, 12h, 30m may stand for seconds, `now+7d` for a
    moment, `text:why` for the hash of a reason.
    """
    found = {one.NAME: one for one in suite.contracts}
    if contract not in found:
        raise InputError(f"The suite has no contract {contract}.", f"There are {', '.join(sorted(found))}.")
    place = found[contract]
    try:
        codec = place.artifact.function(function)
    except ArtifactError as error:
        raise InputError(error.message, f"Its offices' functions: {', '.join(_guarded(contract))}.") from None
    if codec.view:
        raise InputError(f"{contract}.{function} changes nothing.", "Name a function that does.")
    if len(words) != len(codec.inputs.types):
        names = ", ".join(
            f"{name} ({kind})" for name, kind in zip(codec.inputs.names, codec.inputs.types, strict=True)
        )
        raise InputError(f"{contract}.{function} takes {names or 'nothing'}, not {len(words)} values.")
    values = [
        _value(suite, codec, name, kind, word)
        for name, kind, word in zip(codec.inputs.names, codec.inputs.types, words, strict=True)
    ]
    try:
        return place.call(codec.signature, *values)
    except ArtifactError as error:
        raise InputError(error.message, "Look at docs/roles.md and the contract's interface.") from None


def _guarded(contract: str) -> list[str]:
    return sorted({signature.split("(")[0] for signature in GUARDED.get(contract, {})}) or ["none"]


def _value(suite: Suite, function: Function, name: str, kind: str, word: str) -> Any:
    """One argument from its word."""
    try:
        if kind.endswith("]"):
            inner = kind[: kind.rindex("[")]
            return [_value(suite, function, name, inner, item) for item in _items(word)]
        if kind.startswith("("):
            kinds = [part.to_type_str() for part in parse(kind).components]
            items = zip(kinds, _items(word), strict=True)
            return tuple(_value(suite, function, name, one, item) for one, item in items)
        if kind == "address":
            return _address(suite, word)
        if kind == "bool":
            return {"true": True, "false": False}[word.lower()]
        if kind == "string":
            return word
        if kind == "bytes4" and "." in word:
            return _selector(suite, word)
        if kind == "bytes32" and word.startswith(_TEXT):
            return hash_of_reason(word.removeprefix(_TEXT))
        if kind.startswith("bytes"):
            return bytes.fromhex(word.removeprefix("0x"))
        return _number(suite, name.strip("_"), word)
    except (ValueError, KeyError):
        raise InputError(
            f"{function.name}: {name} is {word!r}, which is no {kind}.",
            'Lists and structs are JSON: [1,"0x…",true]; the interface names their parts.',
        ) from None


def _items(word: str) -> list[str]:
    """The parts of a list or struct in JSON, each as its word. Raises ValueError."""
    found = json.loads(word)
    if not isinstance(found, list):
        raise ValueError(word)
    return [item if isinstance(item, str) else json.dumps(item) for item in found]


def _address(suite: Suite, word: str) -> str:
    for contract in suite.contracts:
        if word == contract.NAME:
            return contract.address
    if not is_address(word):
        raise ValueError(word)
    return str(to_checksum_address(word))


def _selector(suite: Suite, word: str) -> bytes:
    """Of a function, written as LeaseAgreement.pause."""
    contract, _, function = word.partition(".")
    for one in suite.contracts:
        if contract == one.NAME and one.artifact.has(function):
            return one.artifact.function(function).selector
    raise ValueError(word)


def _number(suite: Suite, name: str, word: str) -> int:
    if name in _ROLE_NAMES and word in ROLE_ID:
        return ROLE_ID[word]
    if word.startswith("now+"):
        return suite.access.connection.block().time + _span(word.removeprefix("now+"))
    if word[-1:] in _SPANS and word[:-1].isdigit():
        return _span(word)
    if word.startswith("0x"):
        return int(word, 16)
    return int(word.replace("_", "").replace(",", ""))


def _span(word: str) -> int:
    return int(word[:-1]) * _SPANS[word[-1]]


def members(suite: Suite) -> list[Member]:
    """Who holds which role, by the event log and by the contract's own answer."""
    accounts: dict[tuple[int, str], None] = {}
    for event in suite.access.events("RoleGranted"):
        accounts[int(event["roleId"]), str(event["account"])] = None
    answers = suite.access.read_many([("getAccess", member) for member in accounts])
    names = {role.id: role.name for role in ROLES}
    return sorted(
        (
            Member(names.get(role, str(role)), account, int(delay), int(since))
            for (role, account), (since, delay, _, _) in zip(accounts, answers, strict=True)
            if since
        ),
        key=lambda member: (ROLE_ID.get(member.role, 99), member.account),
    )


def announced(suite: Suite) -> list[Announced]:
    """What was announced and is neither carried out, cancelled nor lapsed."""
    access = suite.access
    events = {event["operationId"]: event for event in access.events("OperationScheduled")}
    times = access.read_many([("getSchedule", (id_,)) for id_ in events])
    life = int(access.read("expiration"))
    found = []
    for (id_, event), ready in zip(events.items(), times, strict=True):
        if ready:
            target, data = str(event["target"]), bytes(event["data"])
            contract, name = _named(suite, target, data)
            call = Call(target, data, contract, name)
            found.append(
                Announced(
                    "0x" + bytes(id_).hex(),
                    contract,
                    call,
                    str(event["caller"]),
                    int(ready),
                    int(ready) + life,
                )
            )
    return sorted(found, key=lambda one: one.ready)


def _named(suite: Suite, target: str, data: bytes) -> tuple[str, str]:
    for contract in suite.contracts:
        if contract.address.lower() == target.lower():
            for function in contract.artifact.functions.values():
                if function.selector == data[:4]:
                    return contract.NAME, function.name
            return contract.NAME, "0x" + data[:4].hex()
    return target, "0x" + data[:4].hex()
