"""One export: logs in, a file out.

    report = export(connection, deployment, Request("ledger", "beancount"), Path("ledger.beancount"))

The logs come from the node, or from whatever else gives them in chain order. Before a ledger is put in its
place, every balance in it is compared with the token's own `balanceOf` at the block; where a node keeps no
state of that block, the export says that this was not done. A file appears whole or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TextIO, TypeVar

from commonhold.chain.connect import Block, Connection, RpcError
from commonhold.chain.rawlogs import Log, LogReader, read_all
from commonhold.chain.rawviews import Question, ask, encoded
from commonhold.errors import ChainError, InputError
from commonhold.ops.audit.audit import arguments_of, logs_of_node
from commonhold.ops.audit.money import TOKEN
from commonhold.ops.exports import beancount
from commonhold.ops.exports.aged import arrears
from commonhold.ops.exports.files import json_parts, write_csv
from commonhold.ops.exports.journal import Entry, Journal, LedgerWrong
from commonhold.ops.exports.moves import Period, balances, ledger, payments
from commonhold.ops.exports.names import Names
from commonhold.ops.exports.registers import REGISTERS, register
from commonhold.ops.exports.table import AsOf, Table
from commonhold.ops.exports.workbook import write_workbook
from commonhold.ops.manifest import Deployment
from commonhold.units import Day, format_day

MOVES: Final = ("ledger", "balances", "payments")  # what moved in a period
KINDS: Final = (*MOVES, *REGISTERS, "arrears")
Row = TypeVar("Row")
FORMATS: Final = ("csv", "json", "xlsx", "beancount")


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted. first, last: days of the community, both included [day]; at: a block."""

    kind: str
    format: str = "csv"
    first: int | None = None
    last: int | None = None
    at: int | None = None
    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises InputError."""
        if self.kind not in KINDS:
            raise InputError(f"There is no export {self.kind!r}.", f"One of {', '.join(KINDS)}.")
        if self.format not in FORMATS:
            raise InputError(f"There is no format {self.format!r}.", f"One of {', '.join(FORMATS)}.")
        if self.format == "beancount" and self.kind != "ledger":
            raise InputError("Only the ledger can be a beancount file.", "`commonhold export ledger`.")
        if self.first is not None and self.kind not in MOVES:
            raise InputError(
                f"{self.kind.capitalize()} are shown as of one day, not from a day on.",
                "Leave --from out; --to or --at choose the day.",
            )
        if self.first is not None and self.last is not None and self.first > self.last:
            raise InputError("The first day comes after the last.", "Give --from before --to.")
        if self.last is not None and self.at is not None:
            raise InputError("Both a day and a block are given as the end.", "Give --to or --at.")


@dataclass(frozen=True, slots=True)
class Report:
    """rows: entries of a beancount file. checked: whether balances were compared with the token."""

    as_of: AsOf
    rows: int
    checked: bool


def export(
    connection: Connection,
    deployment: Deployment,
    request: Request,
    target: Path | TextIO,
    *,
    logs: Iterable[Log] | None = None,
    newest: int | None = None,
) -> Report:
    """Write one export. target: a file, or an open text stream for what is text. logs: in chain order, also
    beyond the block; the node's where nothing is given. newest: the last block of these logs. Raises
    InputError, ChainError, LedgerWrong."""
    request.check()
    if not isinstance(target, Path) and request.format == "xlsx":
        raise InputError("A workbook is no text.", "Name a file with --out.")
    as_of = find_block(connection, deployment.utc_offset, request.last, request.at, newest)
    arguments = arguments_of(deployment)
    journal = Journal(arguments)
    if logs is None:
        raws = logs_of_node(connection, deployment, as_of.block.number)
        logs = read_all(LogReader(arguments.addresses), raws)
    work = _Work(connection, journal, as_of, request)
    if isinstance(target, Path):
        part = target.with_name(target.name + ".part")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            work.write(part, _upto(logs, as_of.block.number))
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    else:
        work.stream(target, _upto(logs, as_of.block.number))
    return Report(as_of, work.rows, work.checked)


def _upto(logs: Iterable[Log], last: int) -> Iterator[Log]:
    return (log for log in logs if log.block <= last)


def find_block(
    connection: Connection, utc_offset: int, day: int | None, at: int | None, known: int | None = None
) -> AsOf:
    """The block that is shown: the one that was asked for, the last of a day, or the newest. known: no later
    one."""
    head = connection.block()
    newest = found = head if known is None else connection.block(known)
    if at is not None:
        if not 0 <= at <= newest.number:
            hint = "" if known is None else "`commonhold index update` reads on."
            raise InputError(f"There is no block {at}: the newest is {newest.number}.", hint)
        found = connection.block(at)
    elif day is not None:
        found = _last_of_day(connection, newest, (day + 1) * 86_400 - utc_offset)
        if found.number == 0 and (found.time + utc_offset) // 86_400 > day:
            raise InputError(f"The chain began after {format_day(Day(day))}.", "Choose a later day.")
    return AsOf(found, head.number - found.number, utc_offset)


def _last_of_day(connection: Connection, newest: Block, end: int) -> Block:
    """The last block before a time, found by halving. [unix]"""
    if newest.time < end:
        return newest
    low, high = 0, newest.number
    while low < high:
        middle = (low + high + 1) // 2
        if connection.block(middle).time < end:
            low = middle
        else:
            high = middle - 1
    return connection.block(low)


@dataclass(slots=True)
class _Work:
    """One export under way. checked: known when all logs were read."""

    connection: Connection
    journal: Journal
    as_of: AsOf
    request: Request
    checked: bool = False
    rows: int = 0

    def write(self, path: Path, logs: Iterable[Log]) -> None:
        """Into a file."""
        if self.request.format == "xlsx":
            write_workbook(self._tables(logs), path, self.as_of, self.request.language, self._is_checked)
            return
        encoding = "utf-8-sig" if self.request.format == "csv" else "utf-8"
        with path.open("w", encoding=encoding, newline="") as stream:
            self.stream(stream, logs)

    def stream(self, stream: TextIO, logs: Iterable[Log]) -> None:
        """Into an open stream of text."""
        if self.request.format == "beancount":
            period = Period(self.request.first)
            names = Names(self.request.names)
            entries = self._counted(self._read(period, logs))
            stream.writelines(beancount.lines(entries, period, self.as_of, names, self._is_checked))
        elif self.request.format == "csv":
            write_csv(next(self._tables(logs)), stream, self.as_of, self.request.language)
        else:
            stream.writelines(json_parts(self._tables(logs), self.as_of, self._is_checked))

    def _is_checked(self) -> bool:
        return self.checked

    def _tables(self, logs: Iterable[Log]) -> Iterator[Table]:
        """What the export is about first; a ledger is followed by its balances."""
        names = Names(self.request.names)
        for table in self._plain_tables(logs):
            yield names.beside(replace(table, rows=self._counted(table.rows)))

    def _plain_tables(self, logs: Iterable[Log]) -> Iterator[Table]:
        kind, period = self.request.kind, Period(self.request.first)
        entries = self._read(period, logs)
        if kind == "payments":
            yield payments(entries)
            return
        if kind == "ledger":
            yield ledger(entries)
        for _ in entries:
            pass
        if kind == "arrears":
            yield arrears(self.journal.books, self.as_of.day)
        elif kind in REGISTERS:
            yield register(kind, self.journal.books, self.as_of.day)
        else:
            yield balances(period)

    def _read(self, period: Period, logs: Iterable[Log]) -> Iterator[Entry]:
        """All entries of the period; when they were read, every balance is held against the token."""
        yield from period.entries(self.journal.entries(logs))
        self.checked = compare_balances(self.connection, self.journal, self.as_of)

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            yield row


def balance_questions(journal: Journal) -> list[Question]:
    """What `balanceOf` must answer for every wallet and every contract."""
    expected = dict(journal.wallets)
    for account, amount in journal.closing.items():
        address = journal.arguments.addresses.get(account.owner)
        if address is not None:
            expected[address] = expected.get(address, 0) + amount
    return [
        Question(TOKEN, "balanceOf", (int(wallet, 16),), wallet, ("balance",), (amount,))
        for wallet, amount in expected.items()
    ]


def compare_balances(connection: Connection, journal: Journal, as_of: AsOf) -> bool:
    """Every wallet and every contract against the token at the block; False where the node keeps no state
    of it. Raises LedgerWrong."""
    return hold_against(connection, journal.arguments.addresses, balance_questions(journal), as_of)


def hold_against(
    connection: Connection, addresses: Mapping[str, str], questions: Iterable[Question], as_of: AsOf
) -> bool:
    """Views against what the books say at the block; False where the node keeps no state of it. Raises
    LedgerWrong for one that differs, ChainError if the block was replaced meanwhile."""
    block = as_of.block
    try:
        answers = list(ask(connection, dict(addresses), questions, block.number))
    except RpcError:
        if not as_of.confirmations:
            raise
        return False
    for question, answer in answers:
        if answer != encoded(question.expected):
            raise LedgerWrong(
                f"{question.contract}.{question.function} of {question.id} is {_number(answer)} at block "
                f"{block.number}, the logs say {', '.join(map(str, question.expected))}.",
                "`commonhold audit` compares everything; rely on no export before that is explained.",
            )
    if connection.block(block.number).hash != block.hash:
        raise ChainError(
            f"Block {block.number} was replaced while it was read.",
            "Do it again, as of a block that is final.",
        )
    return True


def _number(answer: str) -> str:
    """One word as a number, anything else as it is."""
    return str(int(answer, 16)) if answer.startswith("0x") and len(answer) == 66 else answer
