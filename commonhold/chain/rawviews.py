"""Views asked and answered in plain words: nothing is decoded that agrees."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection, RpcError

_NOBODY: Final = "0x" + "00" * 20
_TOGETHER: Final = 400  # views asked in one call: some 35 KB, below the limit of creation code
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
    while some := list(islice(todo, _TOGETHER)):
        answers = _together(connection, addresses, some, block)
        alone = [at for at, answer in enumerate(answers) if not answer]
        asked = _one_by_one(connection, addresses, [some[at] for at in alone], block)
        for at, answer in zip(alone, asked, strict=True):
            answers[at] = answer
        yield from zip(some, answers, strict=True)


def _one_by_one(
    connection: Connection, addresses: dict[str, str], some: Sequence[Question], block: int
) -> list[str]:
    """In arrays of calls; the reason of a refusal is known here."""
    calls = [{"from": _NOBODY, "to": addresses[one.contract], "data": call_data(one)} for one in some]
    found = []
    for answer in connection.batch([("eth_call", (call, hex(block))) for call in calls]):
        if isinstance(answer, RpcError):
            if answer.revert_data is None:
                raise answer
            answer = f"refused {answer.reason}"
        found.append(str(answer))
    return found


# ---- many views in one call

# Creation code that asks what stands behind it and reverts with the answers, so that nothing is created and
# no size limit of code applies. Behind it, for each question: contract (20 bytes), length of the call data
# (2 bytes), call data. The answer to each: 32 bytes, the highest bit for success, below it the length; then
# the data. Stack: end of the questions, end of the answers, place of the next question.
_PROGRAM: Final = (
    "6050380380605060003980"  # length of the questions; copy them to the beginning of the memory
    "6000"  # the first one
    "5b828110601a57"  # while there is one
    "5081900390fd"  # revert with all answers
    "5b80518060501c61ffff16"  # length of its call data
    "9060601c"  # its contract
    "600060008385601601845afa"  # staticcall
    "60ff1b3d17845250"  # head of the answer
    "01601601"  # the next question
    "906020013d6000823e3d0190"  # the answer behind its head
    "600d56"
)


def _together(
    connection: Connection, addresses: dict[str, str], some: Sequence[Question], block: int
) -> list[str]:
    """All in one `eth_call`; empty where a view did not answer, or the node will have none of it."""
    parts = [_PROGRAM]
    for one in some:
        data = call_data(one)[2:]
        parts.append(f"{addresses[one.contract][2:]}{len(data) // 2:04x}{data}")
    try:
        connection.call("eth_call", {"from": _NOBODY, "data": "0x" + "".join(parts)}, hex(block))
    except RpcError as error:
        answer = (error.revert_data or b"").hex()
        return list(_split(answer, len(some)))
    return [""] * len(some)


def _split(answer: str, count: int) -> Iterator[str]:
    at = 0
    for _ in range(count):
        head = answer[at : at + 64]
        if len(head) < 64:
            yield ""
            continue
        size = 2 * int(head[1:], 16)
        at += 64 + size
        yield "0x" + answer[at - size : at] if head[0] == "8" and size else ""
