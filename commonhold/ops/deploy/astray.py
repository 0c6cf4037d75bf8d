"""Transactions of a deployment gone astray: adopt one that was sent elsewhere, forget one that can never be.

Nothing is adopted or forgotten on anybody's word: the chain has to prove it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eth_utils.address import to_checksum_address

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.journal import Journal
from commonhold.errors import ChainError, InputError, SettingsError
from commonhold.ops.deploy.care import begun
from commonhold.ops.deploy.plan import Plan
from commonhold.ops.deploy.steps import (
    JOURNAL,
    TRACKED,
    Standing,
    State,
    content_of,
    receipts_of,
    standings,
)

_HASH_LENGTH: Final = 66


def track(connection: Connection, folder: Path, hash_: str) -> Standing:
    """Adopt a transaction that was sent elsewhere, if it is a step of this deployment in every respect.

    Raises InputError where sender, number or content are not those of a step that is still missing.
    """
    hash_ = _hash(hash_)
    with Journal(_existing(folder), connection) as journal:
        plan = begun(connection, journal.path, journal.entries())
        found = connection.call("eth_getTransactionByHash", hash_)
        if not isinstance(found, dict):
            raise ChainError(
                f"The node knows no transaction {hash_}.", "Is it of this chain? Try again later."
            )
        index = _step_of(plan, found)
        standing = standings(connection, plan, journal.entries())[index]
        if any(version.hash == hash_ for version in standing.versions):
            raise InputError(f"{hash_} is in the journal already.", "`commonhold deploy resume` continues.")
        if standing.state is State.DONE:
            raise InputError(
                f"{standing.step.call.label} is done already, by {standing.hash}.", "Nothing was changed."
            )
        receipt = receipts_of(connection, [hash_]).get(hash_)
        if receipt is not None and not receipt.ok:
            raise InputError(f"{hash_} was mined but reverted.", "It did nothing, so it is no step.")
        content = content_of(standing.step.call.to, standing.step.call.data)
        entry = {"hash": hash_, "nonce": int(found["nonce"], 16), "content": content}
        journal.append([{"kind": "note", "name": TRACKED, **entry, "label": standing.step.call.label}])
        return standings(connection, plan, journal.entries())[index]


def _step_of(plan: Plan, transaction: Mapping[str, Any]) -> int:
    sender, number = to_checksum_address(transaction["from"]), int(transaction["nonce"], 16)
    if sender != plan.deployer:
        raise InputError(f"It was sent by {sender}; the deployer is {plan.deployer}.", "Nothing was changed.")
    said = content_of(transaction.get("to"), bytes.fromhex(transaction["input"][2:]))
    same = [
        index
        for index, step in enumerate(plan.steps)
        if content_of(step.call.to, step.call.data) == said and int(transaction["value"], 16) == 0
    ]
    if not same:
        raise InputError(
            "Its content is not that of any step: other code, arguments or receiver.",
            "Nothing of it is used. `commonhold deploy status` lists the steps.",
        )
    for index in same:
        if plan.steps[index].creates is None or number == plan.first_nonce + index:
            return index
    step = plan.steps[same[0]]
    raise InputError(
        f"It has number {number}, so its contract is not at {step.address}; {step.creates} needs number "
        f"{plan.first_nonce + same[0]}.",
        "Nothing of it is used.",
    )


def forget(connection: Connection, folder: Path, hash_: str, depth: int) -> str:
    """Write a signed transaction off, once it is proven that it can never be mined; returns its label.

    depth: how many blocks deep the transaction must be that used its number. Raises InputError otherwise.
    """
    hash_ = _hash(hash_)
    with Journal(_existing(folder), connection) as journal:
        entry = next((one for one in journal.entries("signed") if one["hash"] == hash_), None)
        if entry is None:
            raise InputError(f"The journal has no signed transaction {hash_}.", f"Look into {journal.path}.")
        if any(one.get("forgotten") and one["hash"] == hash_ for one in journal.entries("dropped")):
            raise InputError(f"{hash_} was forgotten already.", "Nothing was changed.")
        _refuse_possible(connection, entry, depth)
        _refuse_proof(connection, begun(connection, journal.path, journal.entries()), journal, hash_)
        journal.append([{"kind": "dropped", "hash": hash_, "forgotten": True}])
        return str(entry["label"])


def _refuse_possible(connection: Connection, entry: Mapping[str, Any], depth: int) -> None:
    """Raises InputError unless another transaction has used its number for good."""
    head = connection.block_number()
    used = connection.nonce(entry["from"], hex(max(0, head - depth)))
    receipt, known = _answers(connection, entry["hash"])
    if receipt is not None:
        block = int(receipt["blockNumber"], 16)
        raise InputError(f"{entry['hash']} is on the chain, in block {block}.", "It cannot be forgotten.")
    if used <= entry["nonce"]:
        raise InputError(
            f"{entry['hash']} can still be mined: no other transaction that is {depth} blocks deep has used "
            f"its number {entry['nonce']}.",
            "Send another one with that number, for example a payment of 0 to yourself, and wait; or resume.",
        )
    if known is not None:
        raise InputError(f"The node still has {entry['hash']}.", "Try again later.")


def _answers(connection: Connection, hash_: str) -> Sequence[Any]:
    """Its receipt and itself, None where the node has not got them."""
    found = connection.batch(
        [("eth_getTransactionReceipt", (hash_,)), ("eth_getTransactionByHash", (hash_,))]
    )
    for answer in found:
        if isinstance(answer, RpcError):
            raise answer
    return found


def _refuse_proof(connection: Connection, plan: Plan, journal: Journal, hash_: str) -> None:
    """Raises InputError for the only transaction that can have made a contract which is there."""
    for one in standings(connection, plan, journal.entries()):
        name, address = one.step.creates, one.step.address
        if name is None or address is None or all(version.hash != hash_ for version in one.versions):
            continue
        proven = one.receipt is not None and one.receipt.ok and one.receipt.hash != hash_
        if not proven and load(name).is_code(connection.code(address), plan.addresses):
            raise InputError(
                f"{name} is at {address}, and this is the last proof of how it came there.",
                "Is the node without its old receipts? Ask a full one. Nothing was changed.",
            )


def _existing(folder: Path) -> Path:
    path = folder / JOURNAL
    if not path.is_file():
        raise SettingsError(f"No deployment was begun in {folder}.", "Begin one with `commonhold deploy`.")
    return path


def _hash(text: str) -> str:
    text = text.lower()
    if len(text) != _HASH_LENGTH or not text.startswith("0x") or set(text[2:]) - set("0123456789abcdef"):
        raise InputError(f"{text!r} is no hash of a transaction.", "Write 0x and 64 hexadecimal digits.")
    return text
