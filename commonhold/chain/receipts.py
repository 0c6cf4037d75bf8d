"""What is sent and what comes back: orders, limits of cost and patience, receipts, outcomes, failures."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.call import Call
from commonhold.chain.errors_decode import ContractError
from commonhold.chain.signing import AnySigner
from commonhold.errors import ChainError, RefusedError

GWEI: Final = 10**9
# The largest transaction that public networks take (EIP-7825). [gas]
GAS_MOST: Final = 2**24


class CallRefused(RefusedError):
    """A contract would refuse the call; nothing was sent. refusal: its decoded answer."""

    def __init__(self, call: Call, refusal: ContractError) -> None:
        super().__init__(
            f"{call.label} is refused: {refusal}",
            "Nothing was sent.",
            contract=call.contract,
            error=refusal.name,
            values=refusal.values,
        )
        self.refusal = refusal


class TransactionFailed(RefusedError):
    """A transaction was mined and reverted: it changed nothing but cost its gas."""

    def __init__(self, call: Call, hash_: str, refusal: ContractError) -> None:
        super().__init__(
            f"{call.label} was mined in {hash_} but reverted: {refusal}",
            "Something changed between the check and the block. Run it again.",
            contract=call.contract,
            error=refusal.name,
            values=refusal.values,
        )
        self.hash = hash_
        self.refusal = refusal


class FeeTooHigh(ChainError):
    """The network asks more for gas, or a call needs more of it, than the settings allow."""


class TransactionLost(ChainError):
    """A transaction was not mined in time, or another one took its number."""


class Interrupted(ChainError):
    """Somebody asked this process to stop while it waited; what was signed is in the journal."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction may cost.

    cap: most that is paid for one gas, base fee and tip together [wei/gas]
    tip: for the block's maker [wei/gas]
    gas_most: gas of one transaction [gas]
    patience: how long to wait for the base fee to fall below the cap [s]
    """

    cap: int = 200 * GWEI
    tip: int = GWEI
    gas_most: int = GAS_MOST
    patience: float = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait for a transaction: until it is mined, and until it is buried.

    timeout: then TransactionLost is raised; the bytes stay in the journal [s]
    stuck: then the fee is raised by an eighth, for the same number [s]
    poll: longest pause between two looks [s]
    depth: blocks on top of it before it counts as done; a reorganisation takes fewer back
    stop: when it is set, waiting ends with Interrupted; the bytes stay in the journal
    """

    timeout: float = 600
    stuck: float = 90
    poll: float = 2
    depth: int = 0
    stop: threading.Event | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction. gas_used in [gas], price in [wei/gas]; logs as the node gives them."""

    hash: str
    sender: str
    to: str | None
    created: str | None
    block: int
    block_hash: str
    ok: bool
    gas_used: int
    price: int
    logs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One item of `Sender.send_many`.

    gas: its limit; None asks the node for an estimate, which needs a state in which the call works. [gas]
    reference: what it belongs to; stands beside its bytes in the journal as `for`
    """

    signer: AnySigner
    call: Call
    gas: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: a receipt, or the contract's refusal, or both (mined, but reverted)."""

    order: Order
    receipt: Receipt | None
    error: ContractError | None

    @property
    def ok(self) -> bool:
        return self.receipt is not None and self.receipt.ok


def receipt_of(answer: Mapping[str, Any]) -> Receipt:
    """A receipt from the node's JSON."""
    return Receipt(
        hash=str(answer["transactionHash"]),
        sender=str(answer["from"]),
        to=answer.get("to"),
        created=answer.get("contractAddress"),
        block=int(answer["blockNumber"], 16),
        block_hash=str(answer["blockHash"]),
        ok=int(answer.get("status") or "0x1", 16) == 1,
        gas_used=int(answer["gasUsed"], 16),
        price=int(answer.get("effectiveGasPrice") or "0x0", 16),
        logs=tuple(answer["logs"]),
    )
