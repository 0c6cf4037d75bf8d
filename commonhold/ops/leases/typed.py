"""EIP-712 typed data of lease terms and permits: what a wallet shows and a party signs.

Types come from the contract's own ABI, so they are field for field what `LeaseAgreement.hashTerms` hashes.
Numbers stand as decimal strings, because some wallets read JSON numbers as floating point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Final

from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load
from commonhold.errors import InputError
from commonhold.rules.terms import DayCount, LeaseTerms, OneOffFee, Opening, RentStep

_DOMAIN: Final = (
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
)
_FORMS: Final = {
    "Permit": "owner:address spender:address value:uint256 nonce:uint256 deadline:uint256",
    "LinkWallet": "party:uint32 wallet:address nonce:uint256 deadline:uint256",
}
TERMS: Final = "LeaseTerms"


def _struct(internal: str) -> str:
    """The name of a struct in an ABI: `struct ILeaseAgreement.RentStep[]` is RentStep."""
    return internal.removeprefix("struct ").split(".")[-1].split("[")[0]


@cache
def terms_types() -> dict[str, list[dict[str, str]]]:
    """The EIP-712 types of lease terms, by struct."""
    entry = next(entry for entry in load("LeaseAgreement").abi if entry.get("name") == "hashTerms")
    found: dict[str, list[dict[str, str]]] = {"EIP712Domain": [dict(part) for part in _DOMAIN]}

    def walk(part: Mapping[str, Any]) -> str:
        kind = str(part["type"])
        if not kind.startswith("tuple"):
            return kind
        name = _struct(part["internalType"])
        if name not in found:
            found[name] = []
            found[name] = [{"name": inner["name"], "type": walk(inner)} for inner in part["components"]]
        return name + kind[len("tuple") :]

    walk(entry["inputs"][0])
    return found


def _value(kind: str, value: Any) -> Any:
    """A value of the terms as typed data writes it."""
    if kind.endswith("]"):
        inner = kind[: kind.rindex("[")]
        return [_value(inner, item) for item in value]
    if kind in terms_types():
        names = (field.name for field in fields(value))
        members = zip(terms_types()[kind], names, strict=True)
        return {member["name"]: _value(member["type"], getattr(value, name)) for member, name in members}
    if kind.startswith("bytes"):
        return "0x" + value.hex()
    return str(int(value))


def typed_terms(domain: Mapping[str, Any], terms: LeaseTerms) -> dict[str, Any]:
    """The typed data that every party of the lease signs. domain: LeaseAgreement's."""
    return {
        "types": terms_types(),
        "primaryType": TERMS,
        "domain": {**domain, "chainId": str(domain["chainId"])},
        "message": _value(TERMS, terms),
    }


def typed_permit(
    domain: Mapping[str, Any], owner: str, spender: str, value: int, nonce: int, deadline: int
) -> dict[str, Any]:
    """An EIP-2612 permit: `spender` may take `value` [cmt] until `deadline` [unix]. domain: the token's."""
    return _form("Permit", domain, (owner, spender, value, nonce, deadline))


def typed_link(
    domain: Mapping[str, Any], party: int, wallet: str, nonce: int, deadline: int
) -> dict[str, Any]:
    """A wallet's consent to speak for a party, until `deadline` [unix]. domain: PartyRegistry's."""
    return _form("LinkWallet", domain, (party, wallet, nonce, deadline))


def _form(name: str, domain: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    members = [part.split(":") for part in _FORMS[name].split()]
    return {
        "types": {
            "EIP712Domain": [dict(part) for part in _DOMAIN],
            name: [{"name": member, "type": kind} for member, kind in members],
        },
        "primaryType": name,
        "domain": {**domain, "chainId": str(domain["chainId"])},
        "message": {member: str(value) for (member, _), value in zip(members, values, strict=True)},
    }


# ---- read


def _whole(value: Any, name: str) -> int:
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        return int(value)
    raise InputError(f"{name} is {value!r}, not a whole number in decimal digits.", "Ask for the file again.")


def _bytes(value: Any, name: str) -> bytes:
    try:
        found = bytes.fromhex(str(value).removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32 or not str(value).startswith("0x"):
        raise InputError(f"{name} is {value!r}, not 32 bytes as 0x….", "Ask for the file again.")
    return found


def _members(kind: str, message: Any) -> list[Any]:
    """The members of a struct in order; exactly those that belong to it."""
    expected = [member["name"] for member in terms_types()[kind]]
    if not isinstance(message, Mapping) or list(message) != expected:
        raise InputError(
            f"{kind} has not the members {', '.join(expected)}, in this order.",
            "The file is damaged or of another version: ask for it again.",
        )
    return [_read(member["type"], message[member["name"]], member["name"]) for member in terms_types()[kind]]


_CLASSES: Final[dict[str, Any]] = {"RentStep": RentStep, "OneOffFee": OneOffFee, "Opening": Opening}


def _read(kind: str, value: Any, name: str) -> Any:
    if kind.endswith("]"):
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise InputError(f"{name} is no list.", "Ask for the file again.")
        return tuple(_read(kind[: kind.rindex("[")], item, name) for item in value)
    if kind in _CLASSES:
        return _CLASSES[kind](*_members(kind, value))
    if kind.startswith("bytes"):
        return _bytes(value, name)
    number = _whole(value, name)
    if name == "dayCount":
        if number not in tuple(DayCount):
            raise InputError(f"dayCount is {number}: there is no such convention.", "Ask for the file again.")
        return DayCount(number)
    return number


def read_terms(typed: Mapping[str, Any]) -> LeaseTerms:
    """The terms in typed data, which must be exactly ours. Raises InputError."""
    if typed.get("primaryType") != TERMS or typed.get("types") != terms_types():
        raise InputError(
            "This is not a lease: its types are not those of the lease contract.",
            "Do not sign it. Ask for the file again, from whom you know.",
        )
    return LeaseTerms(*_members(TERMS, typed.get("message")))


def read_permit(typed: Mapping[str, Any]) -> dict[str, Any]:
    """owner, spender, value, nonce, deadline of a permit, which must be exactly ours. Raises InputError."""
    return _read_form("Permit", typed, "a permit of the community's money")


def read_link(typed: Mapping[str, Any]) -> dict[str, Any]:
    """party, wallet, nonce, deadline of a joining form, which must be exactly ours. Raises InputError."""
    return _read_form("LinkWallet", typed, "the form by which a wallet joins")


def _read_form(name: str, typed: Mapping[str, Any], what: str) -> dict[str, Any]:
    members = [part.split(":") for part in _FORMS[name].split()]
    expected = _form(name, {"chainId": 0}, [0] * len(members))
    message = typed.get("message")
    if (
        typed.get("primaryType") != name
        or typed.get("types") != expected["types"]
        or not isinstance(message, Mapping)
        or list(message) != list(expected["message"])
    ):
        raise InputError(f"This is not {what}.", "Do not sign it.")
    return {
        member: str(message[member]) if kind == "address" else _whole(message[member], member)
        for member, kind in members
    }


# ---- hash


def _numbers(types: Mapping[str, Any], kind: str, value: Any) -> Any:
    """Decimal strings as numbers, for eth-account."""
    if kind.endswith("]"):
        return [_numbers(types, kind[: kind.rindex("[")], item) for item in value]
    if kind in types:
        return {part["name"]: _numbers(types, part["type"], value[part["name"]]) for part in types[kind]}
    if kind.startswith(("uint", "int")):
        return int(value)
    if kind == "bytes32":
        return bytes.fromhex(value[2:])
    return value


def signable(typed: Mapping[str, Any]) -> SignableMessage:
    """What eth-account signs."""
    types = typed["types"]
    return encode_typed_data(
        full_message={
            **typed,
            "domain": _numbers(types, "EIP712Domain", typed["domain"]),
            "message": _numbers(types, typed["primaryType"], typed["message"]),
        }
    )


def digest(typed: Mapping[str, Any]) -> bytes:
    """The 32 bytes that are signed; for terms the same as `LeaseAgreement.hashTerms`."""
    message = signable(typed)
    return keccak(b"\x19" + message.version + message.header + message.body)
