"""Where each step of a deployment stands: what the journal says was signed, and what the chain says of it.

A step is known by what its transaction says (receiver and data); one that creates a contract by its number
too, because its address follows from it. Marks of the journal are not believed where the chain can be asked:
a reorganisation may have taken back what was mined.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.receipts import Receipt, receipt_of
from commonhold.chain.signing import signed_in
from commonhold.ops.deploy.plan import Plan, Step

JOURNAL: Final = "journal.jsonl"
PLAN: Final = "plan"  # name of the note with which a deployment begins
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
    """What a transaction says: to whom, and the hash of its data."""
    return f"{(to or '').lower()}:0x{keccak(data).hex()}"


@lru_cache(maxsize=1024)
def _content_in(raw: str) -> str:
    said = signed_in(bytes.fromhex(raw[2:]))
    return content_of(said.to, said.data)


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
            found.append(Version(entry["hash"], entry["nonce"], _content_in(entry["raw"]), entry))
        elif entry.get("kind") == "note" and entry.get("name") == TRACKED:
            found.append(Version(entry["hash"], entry["nonce"], entry["content"], None))
    return found + _from_wallets(entries, deployer)


def _from_wallets(entries: Sequence[Mapping[str, Any]], deployer: str) -> list[Version]:
    """What wallets outside were asked for, and said that they had sent (`chain.outside`)."""
    asked = {entry["ask"]: entry for entry in entries if entry.get("kind") == "asked"}
    never = {entry["ask"] for entry in entries if entry.get("kind") == "answered" and not entry["hash"]}
    found = {}
    for entry in entries:
        if entry.get("kind") not in ("sent", "answered") or entry["ask"] in never:
            continue
        question = asked[entry["ask"]]
        if str(question["from"]).lower() == deployer.lower():
            content = f"{(question['to'] or '').lower()}:{question['input']}"
            found[entry["hash"]] = Version(entry["hash"], question["nonce"], content, None)
    return list(found.values())


def dropped_in(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    """Hashes that the journal says can never be mined."""
    found: set[str] = set()
    for entry in entries:
        if entry.get("kind") == "dropped":
            found.add(entry["hash"])
        elif entry.get("kind") == "lost":
            found.discard(entry["hash"])
    return found


_FINAL: Final = 1_000  # blocks, deeper than any reorganisation; nodes may forget older receipts


def _settled(connection: Connection, entries: Iterable[Mapping[str, Any]]) -> set[str]:
    """Hashes that the journal saw succeed so long ago that nothing can have taken them back."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.get("kind") == "mined" and entry.get("ok"):
            found[entry["hash"]] = entry["block"]
        elif entry.get("kind") == "lost":
            found.pop(entry["hash"], None)
    head = connection.block_number() if found else 0
    return {hash_ for hash_, block in found.items() if block + _FINAL < head}


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
    dropped, settled = dropped_in(entries), _settled(connection, entries)
    return [
        Standing(index, step, State.DONE, versions)
        if any(version.hash in settled and version.hash not in receipts for version in versions)
        else _standing(index, step, versions, receipts, dropped, used - plan.first_nonce > index)
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
