"""The rounds of a keeper: look, decide, settle, tell, wait."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from commonhold.chain.connect import Connection, NodeUnreachable
from commonhold.chain.contracts import Suite
from commonhold.chain.journal import Journal, JournalBusy
from commonhold.chain.receipts import Fees, FeeTooHigh, Interrupted, Waiting
from commonhold.chain.send import Sender
from commonhold.chain.signing import AnySigner, address_of
from commonhold.errors import ChainError, CommonholdError, PartlyDoneError, RefusedError
from commonhold.ops.keeper.backoff import FIRST, LONGEST, Backoff
from commonhold.ops.keeper.bills import SAFE, OpenBills
from commonhold.ops.keeper.budget import Budget
from commonhold.ops.keeper.memory import Memory
from commonhold.ops.keeper.schedule import Schedule
from commonhold.ops.keeper.telling import Teller
from commonhold.ops.manifest import Deployment, ManifestMismatch
from commonhold.ops.settle import Bills, Book, BudgetSpent, Leases, Row, preview, resume, run
from commonhold.ops.settle import Fees as FeeBook
from commonhold.ops.settle.runs import runs_in

BOOKS: Final[Mapping[str, Callable[[Suite], Book]]] = {"leases": Leases, "fees": FeeBook, "bills": Bills}
_FIRST_PAUSE: Final = 5.0  # after trouble, doubled each time [s]
_LONGEST_PAUSE: Final = 300.0  # [s]
_BEAT: Final = 30.0  # between two signs of life while nothing is to be done [s]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a keeper is to do.

    journal: of the key; memory: the keeper's own file. books: of BOOKS, in this order.
    budget: gas in any hour, None for no limit [wei]; low_coin: less than this alarms [wei]
    pauses: the first and the longest after a failure [s]
    """

    deployment: Deployment
    url: str
    signer: AnySigner | None
    journal: Path
    memory: Path
    schedule: Schedule
    books: Sequence[str] = tuple(BOOKS)
    budget: int | None = None
    low_coin: int = 0
    pauses: tuple[float, float] = (FIRST, LONGEST)
    fees: Fees = field(default_factory=Fees)
    waiting: Waiting = field(default_factory=Waiting)
    dry_run: bool = False


class Trouble(Exception):
    """A round that could not be done now. again: when to try, None for soon [unix]."""

    def __init__(self, error: CommonholdError | None, again: float | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again


class Keeper:
    """Give it a plan and somebody to tell; `stop` ends it between two steps, with the journal whole."""

    def __init__(
        self, plan: Plan, teller: Teller, stop: threading.Event, clock: Callable[[], float] = time.time
    ) -> None:
        self._plan = plan
        self._teller = teller
        self._stop = stop
        self._clock = clock
        self._memory: Memory | None = None
        self._wait = replace(plan.waiting, stop=stop)

    # ---- the loop

    def keep(self) -> None:
        """Until stopped. Raises ManifestMismatch when the node is not the deployment's chain any more."""
        pause = _FIRST_PAUSE
        while not self._stop.is_set():
            try:
                self.round()
                pause = _FIRST_PAUSE
                again = self._plan.schedule.following(self._clock())
            except Trouble as trouble:
                planned = self._plan.schedule.following(self._clock())
                again = trouble.again or min(self._clock() + pause, planned)
                pause = min(pause * 2, _LONGEST_PAUSE)
            self._teller.metrics.next_round.set(again)
            while not self._stop.is_set() and self._clock() < again:
                self._teller.alive()
                self._stop.wait(min(_BEAT, max(0.0, again - self._clock())))
        self._teller.tell("stopped")

    def round(self) -> None:
        """Look at every book once and settle what is due. Raises Trouble, ManifestMismatch."""
        self._teller.alive()
        try:
            connection = Connection(self._plan.url, timeout=20, tries=3)
            try:
                self._on(connection)
            finally:
                connection.close()
        except ManifestMismatch as error:
            self._teller.ready(False, node=False)
            self._teller.tell("stop", why=error.message)
            raise
        except Interrupted:
            self._teller.tell("interrupted", why="asked to stop; the journal is whole")
        except JournalBusy as error:
            self._teller.tell("busy", why=error.message)
            raise Trouble(None, None) from error
        except BudgetSpent as error:
            self._teller.tell("paused", why=error.message, again=_moment(error.again))
            raise Trouble(error, error.again) from error
        except FeeTooHigh as error:
            again = self._clock() + _LONGEST_PAUSE
            self._teller.tell("paused", why=error.message, again=_moment(again))
            raise Trouble(error, again) from error
        except NodeUnreachable as error:
            self._teller.ready(False, node=False)
            self._teller.tell("node_lost", why=error.message)
            raise Trouble(error, None) from error
        except (ChainError, PartlyDoneError, RefusedError) as error:
            self._teller.ready(False)
            self._teller.tell("trouble", kind=type(error).__name__, why=error.message)
            raise Trouble(error, None) from error
        else:
            self._teller.metrics.last_good.set(self._clock())

    # ---- one round

    def _on(self, connection: Connection) -> None:
        plan, metrics = self._plan, self._teller.metrics
        plan.deployment.verify(connection)
        memory = self._remember(connection.genesis_hash)
        head = connection.block()
        metrics.head.set(head.number)
        metrics.head_age.set(max(0.0, self._clock() - head.time))
        if head.number < memory.seen:
            self._teller.ready(False)
            self._teller.tell("behind", block=head.number, seen=memory.seen)
            raise Trouble(None, None)
        memory.seen = head.number
        self._teller.ready(True)
        suite = plan.deployment.suite(connection)
        if plan.dry_run or plan.signer is None:
            for name in plan.books:
                self._look(suite, name, self._book(suite, name, memory), memory)
            return
        self._count_coin(connection)
        with self._sender(connection) as sender, self._purse(memory) as purse:
            sender.resume()
            for name in plan.books:
                self._settle(suite, sender, name, self._book(suite, name, memory), memory, purse)
        memory.write()

    def _book(self, suite: Suite, name: str, memory: Memory) -> Book:
        """Of bills only what may be open: the round asks nothing about those paid long ago."""
        book = BOOKS[name](suite)
        if not isinstance(book, Bills):
            return book
        return OpenBills(suite, memory.bills, max(SAFE, self._plan.waiting.depth))

    def _remember(self, genesis: str) -> Memory:
        if self._memory is None:
            self._memory = Memory.read(self._plan.memory, genesis)
        return self._memory

    def _count_coin(self, connection: Connection) -> None:
        signer = self._plan.signer
        assert signer is not None
        coin = connection.balance(address_of(signer))
        low = coin < self._plan.low_coin
        self._teller.metrics.coin.set(coin)
        self._teller.metrics.coin_low.set(int(low))
        if low:
            self._teller.tell("coin_low", key=address_of(signer), coin_wei=str(coin))

    @contextmanager
    def _sender(self, connection: Connection) -> Iterator[Sender]:
        plan = self._plan
        with Journal(plan.journal, connection) as journal:
            try:
                yield Sender(connection, plan.signer, journal=journal, fees=plan.fees, waiting=self._wait)
            finally:
                left = sum(one.end is None for one in runs_in(journal.entries()))
                self._teller.metrics.open_runs.set(left)

    @contextmanager
    def _purse(self, memory: Memory) -> Iterator[Budget | None]:
        if self._plan.budget is None:
            self._teller.metrics.budget_left.set(-1)
            yield None
            return

        def keep() -> None:
            memory.spent = budget.as_json()
            memory.write()

        budget = Budget(self._plan.budget, memory.spent, keep, self._clock)
        try:
            yield budget
        finally:
            self._teller.metrics.budget_left.set(budget.left)

    def _look(self, suite: Suite, name: str, book: Book, memory: Memory) -> tuple[list[Row], Backoff]:
        """Who is due and ripe; told here where nobody is, or where nothing is to be sent."""
        rows = preview(suite, book=book)
        self._keep(book, memory)
        backoff = self._backoff(name, memory)
        ripe = backoff.ripe(rows, self._clock())
        self._teller.metrics.backing_off.labels(book.name).set(len(rows) - len(ripe))
        waiting = len(rows) - len(ripe)
        if not ripe:
            again = _moment(backoff.first()) if waiting else None
            self._teller.tell("nothing_to_do", book=book.name, waiting=waiting, first_try=again)
        elif self._plan.dry_run or self._plan.signer is None:
            amount = sum(row.amount for row in ripe)
            self._teller.tell(
                "would_settle", book=book.name, ids=len(ripe), waiting=waiting, collects=str(amount)
            )
        return ripe, backoff

    def _settle(
        self, suite: Suite, sender: Sender, name: str, book: Book, memory: Memory, purse: Budget | None
    ) -> None:
        left = None if purse is None else str(purse.left)
        for report in resume(suite, sender, book=book, purse=purse):
            self._teller.report("resumed", report, budget_left_wei=left)
            self._learn(suite, name, book, memory, [row.lease for row in report.rows])
        ripe, _ = self._look(suite, name, book, memory)
        if not ripe:
            return
        ids = [row.lease for row in ripe]
        report = run(suite, sender, ids, book=book, purse=purse)
        left = None if purse is None else str(purse.left)
        self._teller.report("settled", report, budget_left_wei=left)
        self._learn(suite, name, book, memory, ids)

    def _learn(self, suite: Suite, name: str, book: Book, memory: Memory, tried: Sequence[int]) -> None:
        """What the contract says of them now decides when each is tried again."""
        backoff = self._backoff(name, memory)
        backoff.learn(tried, preview(suite, tried, book=book), self._clock())
        memory.backoff[name] = backoff.as_json()
        self._keep(book, memory)
        memory.write()

    def _backoff(self, name: str, memory: Memory) -> Backoff:
        first, longest = self._plan.pauses
        return Backoff(memory.backoff.get(name), first=first, longest=longest)

    def _keep(self, book: Book, memory: Memory) -> None:
        if isinstance(book, OpenBills):
            memory.bills = book.as_json()


def _moment(when: float | None) -> str | None:
    return None if when is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
