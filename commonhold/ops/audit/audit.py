"""One audit of one deployment at one block."""

import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.chain.connect import Block, Connection
from commonhold.chain.rawlogs import Log, LogReader, first_block, read_all, saved, stream
from commonhold.chain.rawviews import ask
from commonhold.errors import ChainError, InputError
from commonhold.ops.audit.compare import Balance, balances, check_supply, compare
from commonhold.ops.audit.findings import Difference, Findings
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.audit.views import rows
from commonhold.ops.deploy.plan import CONTRACTS
from commonhold.ops.manifest import Deployment

_MEGABYTE: Final = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True, slots=True)
class Line:
    """One contract: logs read, figures of logs and of views compared, what it did with money. [cmt]"""

    contract: str
    logs: int
    checked: int
    rows: int
    money: Balance
    differences: int

    @property
    def ok(self) -> bool:
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        return {
            "contract": self.contract,
            "logs": self.logs,
            "checked": self.checked,
            "rows": self.rows,
            "in": str(self.money.into),
            "out": str(self.money.out),
            "balance": str(self.money.balance),
            "held": str(self.money.held),
            "differences": self.differences,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What was found at a block. seconds, megabytes: what it took [s], [MB]."""

    block: Block
    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    total: int  # differences, also those beyond the list
    views: int  # answers of contracts that were compared
    seconds: float
    megabytes: int

    @property
    def ok(self) -> bool:
        return not self.total

    def as_json(self) -> dict[str, Any]:
        return {
            "block": self.block.number,
            "block_hash": self.block.hash,
            "time": self.block.time,
            "ok": self.ok,
            "seconds": round(self.seconds, 2),
            "megabytes": self.megabytes,
            "views": self.views,
            "contracts": [line.as_json() for line in self.lines],
            "differences": [one.as_json() for one in self.differences],
            "difference_count": self.total,
        }


def arguments_of(deployment: Deployment) -> Arguments:
    """What the audit believes of a manifest: addresses and constructor arguments."""
    addresses = {
        name: contract.address.lower() for name, contract in deployment.contracts.items() if name in CONTRACTS
    }
    token = deployment.contracts["CommunityToken"].arguments
    return Arguments(addresses, deployment.chain_id, int(token["utcOffset_"]), int(token["supplyCap_"]))


def audit(
    connection: Connection,
    deployment: Deployment,
    *,
    at: int | None = None,
    logs: Path | None = None,
    kept: Iterable[Log] | None = None,
) -> Report:
    """Everything at a block (the newest). logs: a file of raw logs in place of the node's; kept: the logs up
    to that block out of an index.

    Raises InputError, ChainError; differences are in the report."""
    began = time.monotonic()
    head = _head(connection, at)
    arguments = arguments_of(deployment)
    books = Books(arguments)
    if kept is None:
        reader = LogReader(arguments.addresses)
        raws = saved(logs) if logs is not None else logs_of_node(connection, deployment, head.number)
        kept = read_all(reader, _until(raws, head.number))
    books.replay(log for log in kept if log.contract in arguments.addresses)
    questions = rows(books, head.time)
    views = compare(ask(connection, dict(arguments.addresses), questions, head.number), books.findings)
    money = {found.contract: found for found in balances(books)}
    check_supply(books)
    if connection.block(head.number).hash != head.hash:
        raise ChainError(
            f"Block {head.number} was replaced while it was audited.",
            "Run the audit again, at a block that is final (--at).",
        )
    return _report(head, books.findings, money, views, time.monotonic() - began)


def _head(connection: Connection, at: int | None) -> Block:
    newest = connection.block()
    if at is None:
        return newest
    if not 0 <= at <= newest.number:
        raise InputError(f"There is no block {at}: the newest is {newest.number}.")
    return connection.block(at)


def logs_of_node(connection: Connection, deployment: Deployment, last: int) -> Iterator[Any]:
    """The raw logs of a deployment up to a block. What the manifest says of its first block is believed only
    where the node cannot tell; were it too late, the books would not be those of the contracts."""
    addresses = arguments_of(deployment).addresses
    first = first_block(connection, addresses["CommunityAccess"], last, deployment.begin)
    return stream(connection, list(addresses.values()), first, last)


def _until(raws: Iterable[Any], last: int) -> Iterator[Any]:
    return (raw for raw in raws if int(raw["blockNumber"], 16) <= last)


def _report(
    head: Block, findings: Findings, money: Mapping[str, Balance], views: int, seconds: float
) -> Report:
    lines = tuple(
        Line(
            contract=name,
            logs=findings.logs.get(name, 0),
            checked=findings.checked.get(name, 0),
            rows=findings.rows.get(name, 0),
            money=found,
            differences=findings.count.get(name, 0),
        )
        for name, found in money.items()
    )
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE
    return Report(head, lines, tuple(findings.differences), findings.total, views, seconds, megabytes)
