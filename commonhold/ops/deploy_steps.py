"""Where each step of a deployment stands: what the journal says was signed, and what the chain says of it.

A step is known by what its transaction says (receiver and data); one that creates a contract by its number
too, because its address follows from it. Marks of the journal are not believed where the chain can be asked:
a reorganisation may have taken back what was mined.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.receipts import Receipt, receipt_of
from commonhold.chain.signing import signed_in
from commonhold.ops.plan import Plan, Step

TRACKED: Final = "tracked"  # name of the note about a transaction sent elsewhere


class State(StrEnum):
    WAITING = "waiting"  # nothing was signed for it
    SENT = "sent"  # signed, perhaps sent, not on the chain
    DONE = "done"
    FAILED = "failed"  # mined, and reverted
    TAKEN = "taken"  # another transaction used the number of its contract


@dataclass(frozen=True, slots=True)
class Version:
    """One transaction for a step. entry: of the journal, with its bytes; None for one sent elsewhere."""

    hash: str
    number: int
    content: str
    entry: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A step: its place, how it stands, by which transaction, with which receipt."""

    index: int
    step: Step
    state: State
    versions: tuple[Version, ...] = field(default=(), repr=False)
    receipt: Receipt | None = field(default=None, repr=False)

    @property
    def hash(self) -> str | None:
        if self.receipt is not None:
            return self.receipt.hash
        return self.versions[-1].hash if self.versions else None


def content_of(to: str | None, data: bytes) -> str:
    """What a transaction says, as one hash."""
    return "0x" + keccak((to or "").lower().encode() + b"\0" + data).hex()


def versions_of(entries: Iterable[Mapping[str, Any]], deployer: str) -> list[Version]:
    """Everything that the journal knows the deployer to have signed or sent, oldest first."""
    entries = list(entries)
    forgotten = {
        entry["hash"] for entry in entries if entry.get("kind") == "dropped" and entry.get("forgotten")
    }
    found = []
    for entry in entries:
        if entry.get("hash") in forgotten:
            continue
        if entry.get("kind") == "signed" and str(entry["from"]).lower() == deployer.lower():
            said = signed_in(bytes.fromhex(entry["raw"][2:]))
            found.append(Version(entry["hash"], said.nonce, content_of(said.to, said.data), entry))
        elif entry.get("kind") == "note" and entry.get("name") == TRACKED:
            found.append(Version(entry["hash"], entry["nonce"], entry["content"], None))
    return found


def dropped_in(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    """Hashes that the journal says can never be mined."""
    found: set[str] = set()
    for entry in entries:
        if entry.get("kind") == "dropped":
            found.add(entry["hash"])
        elif entry.get("kind") == "lost":
            found.discard(entry["hash"])
    return found


def standings(connection: Connection, plan: Plan, entries: Sequence[Mapping[str, Any]]) -> list[Standing]:
    """Of every step, by the journal's entries and the chain as it is now."""
    known: dict[str, list[Version]] = {}
    for version in versions_of(entries, plan.deployer):
        known.setdefault(version.content, []).append(version)
    mine = [
        tuple(
            version
            for version in known.get(content_of(step.call.to, step.call.data), ())
            if step.creates is None or version.number == plan.first_nonce + index
        )
        for index, step in enumerate(plan.steps)
    ]
    receipts = receipts_of(connection, [version.hash for versions in mine for version in versions])
    used = connection.nonce(plan.deployer, "latest")
    dropped = dropped_in(entries)
    return [
        _standing(index, step, versions, receipts, dropped, used - plan.first_nonce > index)
        for index, (step, versions) in enumerate(zip(plan.steps, mine, strict=True))
    ]


def _standing(
    index: int,
    step: Step,
    versions: tuple[Version, ...],
    receipts: Mapping[str, Receipt],
    dropped: set[str],
    used: bool,
) -> Standing:
    mined = [receipts[version.hash] for version in versions if version.hash in receipts]
    good = [receipt for receipt in mined if receipt.ok]
    if good:
        return Standing(index, step, State.DONE, versions, good[0])
    over = dropped | {version.hash for version in versions if version.number in _numbers(versions, receipts)}
    if any(version.hash not in over for version in versions):
        return Standing(index, step, State.SENT, versions)
    if mined:
        return Standing(index, step, State.FAILED, versions, mined[-1])
    return Standing(index, step, State.TAKEN if step.creates and used else State.WAITING, versions)


def _numbers(versions: Iterable[Version], receipts: Mapping[str, Receipt]) -> set[int]:
    """Those that are used up by versions that were mined."""
    return {version.number for version in versions if version.hash in receipts}


def receipts_of(connection: Connection, hashes: Sequence[str]) -> dict[str, Receipt]:
    """Of those that are on the chain now."""
    answers = connection.batch([("eth_getTransactionReceipt", (hash_,)) for hash_ in hashes])
    found = {}
    for hash_, answer in zip(hashes, answers, strict=True):
        if isinstance(answer, RpcError):
            raise answer
        if isinstance(answer, dict) and answer.get("blockNumber"):
            found[hash_] = receipt_of(answer)
    return found
