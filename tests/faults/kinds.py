"""What can be wrong between a client and a node."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    # the line: one HTTP request as a whole
    LOST_REQUEST = "the request is lost"
    LOST_ANSWER = "the answer is lost after acceptance"
    BUSY_BEFORE = "429 before acceptance"
    BUSY_AFTER = "503 after acceptance"
    GARBAGE = "the answer is garbage"
    TRUNCATED = "the answer is cut off"
    WRONG_ID = "the answer is to another question"
    DELAY = "the answer comes late"
    # the answer: entries of one method
    CHANGED = "the answer is changed"
    NULL_RECEIPT = "the receipt stays away"
    EVICTED = "the transaction is accepted and forgotten"
    BLOCK_BACK = "the node is some blocks behind"
    RANGE_LIMIT = "too many blocks in one query of logs"
    DUPLICATE_LOGS = "logs come twice"
    MISSING_LOGS = "a log is missing"
    REVERSED_LOGS = "logs come in reverse"
    FEE_SPIKE = "the base fee jumps"
    GAS_WILD = "the estimate of gas is wild"


LINE: Final = frozenset(
    {
        Kind.LOST_REQUEST,
        Kind.LOST_ANSWER,
        Kind.BUSY_BEFORE,
        Kind.BUSY_AFTER,
        Kind.GARBAGE,
        Kind.TRUNCATED,
        Kind.WRONG_ID,
        Kind.DELAY,
    }
)
# The method that a kind is about, where there is just one.
NATURAL: Final[Mapping[Kind, str]] = {
    Kind.NULL_RECEIPT: "eth_getTransactionReceipt",
    Kind.EVICTED: "eth_sendRawTransaction",
    Kind.RANGE_LIMIT: "eth_getLogs",
    Kind.DUPLICATE_LOGS: "eth_getLogs",
    Kind.MISSING_LOGS: "eth_getLogs",
    Kind.REVERSED_LOGS: "eth_getLogs",
    Kind.GAS_WILD: "eth_estimateGas",
}
