"""Who is due, and in which batches: everything before something is signed."""

from collections.abc import Iterable, Sequence
from typing import Final

from commonhold.chain.call import Call
from commonhold.chain.connect import RpcError
from commonhold.chain.contracts import Suite
from commonhold.chain.send import FeeTooHigh, Sender
from commonhold.ops.settle.books import Answer, Book, Leases, Owed
from commonhold.ops.settle.report import Row
from commonhold.rules.codes import Code

_FIRST_SIZE: Final = 250
BLOCK_SHARE: Final = 2  # a batch takes at most 1 / BLOCK_SHARE of a block
_MARGIN: Final = 5, 4  # above the estimate, and
_ROOM: Final = 50_000  # for a slot or two that the next second may need [gas]
# More than this for a batch and for each of its ids is looked at twice. [gas]
_PLAUSIBLE: Final = 500_000, 600_000
# Codes that say that nothing was to be done.
IDLE: Final = (Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.UNKNOWN)


def _chunks(ids: Sequence[int], size: int) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def preview(
    suite: Suite,
    leases: Iterable[int] | None = None,
    *,
    block: int | None = None,
    every: bool = False,
    book: Book | None = None,
) -> list[Row]:
    """What a settlement would do for these ids (all, if none are named) in the state of a block.

    every: also those with nothing to do.
    """
    book = book or Leases(suite)
    number = suite.connection.block_number() if block is None else block
    ids = list(book.ids(number) if leases is None else leases)
    answers = [answer for part in _chunks(ids, book.most) for answer in book.preview(part, number)]
    busy = [answer for answer in answers if every or answer.code not in IDLE]
    return _rows(book, busy, number)


def _rows(book: Book, answers: Sequence[Answer], block: int) -> list[Row]:
    """With what each owed at `block`; unknown ids owe nothing."""
    known = [answer.id for answer in answers if answer.code != Code.UNKNOWN]
    owed = dict(zip(known, book.owed(known, block), strict=True))
    rows = []
    for answer in answers:
        one = owed.get(answer.id, Owed(0, 0, 0))
        rows.append(
            Row(answer.id, answer.code, answer.amount, one.principal, one.late_fees, one.parts, book.name)
        )
    return rows


def batches(book: Book, sender: Sender, ids: Sequence[int], most: int) -> Iterable[tuple[Sequence[int], int]]:
    """Batches with their gas limits, each estimated just before it is sent, halved until it fits.

    most: gas of one batch, as long as one id alone does not need more. [gas] Raises FeeTooHigh.
    """
    size, start = min(_FIRST_SIZE, book.most), 0
    while start < len(ids):
        batch = ids[start : start + size]
        gas = _estimate(book, sender, batch) * _MARGIN[0] // _MARGIN[1] + _ROOM
        if gas > most and len(batch) > 1:
            size = len(batch) // 2
            continue
        if gas > sender.fees.gas_most:
            raise FeeTooHigh(
                f"Settling {book.name} {batch[0]} alone needs {gas:,} gas, more than the "
                f"{sender.fees.gas_most:,} allowed for one transaction.",
                "Raise the limit of a transaction.",
            )
        yield batch, gas
        start += len(batch)
        if gas * 3 < most:
            size = min(book.most, size * 2)


def _estimate(book: Book, sender: Sender, batch: Sequence[int]) -> int:
    """What the node says the batch needs [gas]. Raises FeeTooHigh where that cannot be true."""
    call = book.settle(batch)
    needed = sender.estimate(call)
    plausible = _PLAUSIBLE[0] + _PLAUSIBLE[1] * len(batch)
    if needed > plausible and _works_with(sender, call, plausible):
        raise FeeTooHigh(
            f"The node estimates {needed:,} gas for {len(batch)} {book.name}s, "
            f"which work with {plausible:,}.",
            "Nothing was sent. Something is wrong with the node: use another one.",
        )
    return needed


def _works_with(sender: Sender, call: Call, gas: int) -> bool:
    request = call.request(sender.address) | {"gas": hex(gas)}
    try:
        sender.connection.call("eth_call", request, "latest")
    except RpcError:
        return False
    return True
