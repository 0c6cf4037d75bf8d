"""Views asked and answered in plain words: nothing is decoded that agrees."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

from commonhold.chain.artifacts import load
from commonhold.chain.connect import BATCH, Connection, RpcError

_NOBODY: Final = "0x" + "00" * 20
_CHUNK: Final = 20 * BATCH  # questions that are held in memory at a time
_MASK: Final = 2**256 - 1


class Question(NamedTuple):
    """One call of a view, and what it must answer.

    arguments, expected: one word each, signed ones as negative numbers. fields: a name for each word; empty
    for words that only say where others stand.
    """

    contract: str
    function: str
    arguments: tuple[int, ...]
    id: str
    fields: tuple[str, ...]
    expected: tuple[int, ...]


@cache
def _selector(contract: str, function: str) -> str:
    return load(contract).function(function).selector.hex()


def call_data(question: Question) -> str:
    """What is sent, in hex."""
    head = _selector(question.contract, question.function)
    return "0x" + head + "".join(f"{word & _MASK:064x}" for word in question.arguments)


def encoded(words: Sequence[int]) -> str:
    """Words as an answer shows them."""
    return "0x" + "".join(f"{word & _MASK:064x}" for word in words)


def ask(
    connection: Connection, addresses: dict[str, str], questions: Iterable[Question], block: int
) -> Iterator[tuple[Question, str]]:
    """Each question with the answer in the state of a block: hex, or "refused" with the reason."""
    todo = iter(questions)
    while some := list(islice(todo, _CHUNK)):
        calls = [
            (
                "eth_call",
                (
                    {"from": _NOBODY, "to": addresses[one.contract], "data": call_data(one)},
                    hex(block),
                ),
            )
            for one in some
        ]
        for one, answer in zip(some, connection.batch(calls), strict=True):
            if isinstance(answer, RpcError):
                if answer.revert_data is None:
                    raise answer
                answer = f"refused {answer.reason}"
            yield one, answer
