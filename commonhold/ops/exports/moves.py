"""Tables of what moved: the ledger, its balances, and what was paid by whom for what. Amounts [cmt]."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commonhold.ops.exports.accounts import Account
from commonhold.ops.exports.journal import Entry
from commonhold.ops.exports.table import TIME, Table, columns, day, money, number, reference

LEDGER = columns(
    day("day"), TIME, number("block"), "transaction", "account", reference("party"), money("amount"), "why",
    "about", reference("number"), "note",
)  # fmt: skip
BALANCES = columns(
    "account", reference("party"), money("opening"), money("into"), money("out_of"), money("closing")
)
PAYMENTS = columns(
    day("day"), TIME, number("block"), "transaction", reference("payer"), "wallet", "why", "about",
    reference("number"), money("amount"),
)  # fmt: skip


@dataclass(slots=True)
class Sums:
    """One account over a period. [cmt]"""

    opening: int = 0
    into: int = 0
    out_of: int = 0

    @property
    def closing(self) -> int:
        """[cmt]"""
        return self.opening + self.into - self.out_of


@dataclass(slots=True)
class Period:
    """The entries of a period, first and last day included, and the sums of every account. What came before
    is in the opening balances. None: from the beginning."""

    first: int | None = None
    sums: dict[Account, Sums] = field(default_factory=dict)

    def entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Those of the period; sums are right when all were read."""
        for entry in entries:
            inside = self.first is None or entry.day >= self.first
            for posting in entry.postings:
                found = self.sums.get(posting.account)
                if found is None:
                    found = self.sums[posting.account] = Sums()
                if not inside:
                    found.opening += posting.amount
                elif posting.amount > 0:
                    found.into += posting.amount
                else:
                    found.out_of -= posting.amount
            if inside:
                yield entry


def ledger(entries: Iterable[Entry]) -> Table:
    """One row for each posting; those of a transaction add up to zero."""
    return Table(
        "ledger",
        LEDGER,
        (
            (
                entry.day, entry.time, entry.block, entry.transaction, one.account.name, one.account.party,
                one.amount, one.why, one.about[0], one.about[1], one.note,
            )
            for entry in entries
            for one in entry.postings
        ),
    )  # fmt: skip


def balances(period: Period) -> Table:
    """Opening, what came in, what went out, closing. Call it when all entries were read."""
    ordered = sorted(period.sums.items(), key=lambda item: _order(item[0]))
    return Table(
        "balances",
        BALANCES,
        (
            (account.name, account.party, sums.opening, sums.into, sums.out_of, sums.closing)
            for account, sums in ordered
        ),
    )


def _order(account: Account) -> tuple[str, str, int, str]:
    return account.owner, account.what, account.id, account.wallet


def payments(entries: Iterable[Entry]) -> Table:
    """What somebody paid into a contract, and what for."""
    return Table(
        "payments",
        PAYMENTS,
        (
            (
                entry.day, entry.time, entry.block, entry.transaction, one.account.party, one.account.wallet,
                one.why, one.about[0], one.about[1], -one.amount,
            )
            for entry in entries
            for one in entry.payments
        ),
    )  # fmt: skip
