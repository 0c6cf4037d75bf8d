"""The money ledger: every transaction as postings that add up to zero, each with what it is for.

    journal = Journal(arguments)
    for entry in journal.entries(logs): …        # Entry(day, …, postings)
    journal.closing                              # account → balance

What moved is believed of the token's Transfer logs alone; what it was for is said by the audit's twin, which
takes in the other logs of the transaction. Both have to agree to the base unit, the pots of the contracts
too, or there is no ledger. Amounts [cmt], days [day], times [unix].
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, NamedTuple

from commonhold.chain.rawlogs import Log
from commonhold.errors import TwinError
from commonhold.ops.audit.moment import IN, NOBODY, OUT, STRAIGHT, Flow, Moment
from commonhold.ops.audit.money import TOKEN
from commonhold.ops.audit.parties import PARTIES
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.exports.accounts import (
    BY_BANK,
    BY_RESERVE,
    Account,
    of_party,
    of_wallet,
)
from commonhold.ops.exports.holdings import held, touched

_LINKS: Final = ("WalletLinked", "WalletUnlinked", "WalletReplaced")
_HINT: Final = "`commonhold audit` names the figure; rely on no export before that is explained."


class LedgerWrong(TwinError):
    """Transfers and what the twin says of them do not agree: no ledger is made."""


class Posting(NamedTuple):
    """amount: into the account, negative out of it [cmt]. about: as ("lease", 7). note: a hash that the log
    carries, such as a bank slip's."""

    account: Account
    amount: int
    why: str
    about: tuple[str, int] = ("", 0)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction on chain. payments: what came into a contract from whom, before it went on."""

    day: int
    time: int
    block: int
    transaction: str
    postings: tuple[Posting, ...]
    payments: tuple[Posting, ...] = ()


@dataclass(slots=True)
class Journal:
    """Takes in logs in chain order and gives entries; its books are those of an audit."""

    arguments: Arguments
    books: Books = field(init=False)
    told: Callable[[Moment], None] | None = None  # hears of every transaction after it was taken in
    closing: dict[Account, int] = field(default_factory=dict)
    wallets: dict[str, int] = field(default_factory=dict)  # of all that are no contract of the suite [cmt]
    _contracts: dict[str, str] = field(init=False)  # address → contract
    _shown: dict[str, Account] = field(default_factory=dict)  # wallet → its account until now
    _pots: dict[Account, int] = field(default_factory=dict)
    _done: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.books = Books(self.arguments)
        self.books.after = self._after
        self._contracts = {address: name for name, address in self.arguments.addresses.items()}

    def entries(self, logs: Iterable[Log]) -> Iterator[Entry]:
        """Every transaction that moves money. Raises LedgerWrong."""
        for _, group in groupby(logs, key=lambda log: log.transaction):
            self.books.replay(group)
            yield from self._done
            self._done.clear()

    def account_of(self, wallet: str) -> Account:
        """The party's account where the wallet belongs to one."""
        parties = self.books.parties
        party = parties.links.get(wallet, 0) or parties.replaced.get(wallet, 0)
        return of_party(party) if party else of_wallet(wallet)

    # ---- one transaction

    def _after(self, moment: Moment) -> None:
        found = self.books.findings
        if found.total:
            raise LedgerWrong(f"The books do not prove themselves: {found.differences[0]}", _HINT)
        if self.told is not None:
            self.told(moment)
        moves = [*self._relinked(moment)]
        payments: list[Posting] = []
        if moment.flows or any(log.contract == TOKEN and log.event == "Transfer" for log in moment.logs):
            moves += self._moved(moment, payments)
            self._check_wallets(moment, moves)
        moves += self._pots_changed(moment)
        postings = _together(moves)
        if sum(posting.amount for posting in postings):
            raise LedgerWrong(f"The money of transaction {moment.transaction} does not add up.", _HINT)
        if not postings:
            return
        for posting in postings:
            self.closing[posting.account] = self.closing.get(posting.account, 0) + posting.amount
        self._done.append(
            Entry(moment.day, moment.time, moment.block, moment.transaction, postings, tuple(payments))
        )

    def _relinked(self, moment: Moment) -> Iterator[Posting]:
        """A wallet with money joins a party or leaves it: its money is shown under its new name."""
        for log in moment.logs:
            if log.contract != PARTIES or log.event not in _LINKS:
                continue
            for wallet in log.values[1:]:
                amount, after = self.wallets.get(wallet, 0), self.account_of(wallet)
                before = self._shown.get(wallet, of_wallet(wallet))
                self._shown[wallet] = after
                if amount and before != after:
                    yield Posting(before, -amount, "wallet_linked")
                    yield Posting(after, amount, "wallet_linked")

    def _moved(self, moment: Moment, payments: list[Posting]) -> Iterator[Posting]:
        """Money in wallets, by the flows that the twin noted."""
        callers = _Callers(moment)
        notes = _Notes(moment.logs, self.arguments.addresses)
        for flow in moment.flows or ():
            if flow.way == STRAIGHT:
                yield from self._straight(flow, notes)
            elif flow.way == IN:
                for wallet, amount in callers.of(flow):
                    if wallet not in self._contracts:
                        posting = Posting(self.account_of(wallet), -amount, flow.why, flow.about)
                        payments.append(posting)
                        yield posting
            elif flow.way == OUT and flow.who not in self._contracts:
                yield Posting(self.account_of(str(flow.who)), flow.amount, flow.why, flow.about)

    def _straight(self, flow: Flow, notes: "_Notes") -> Iterator[Posting]:
        sender, receiver = str(flow.who), flow.to
        why, note, side = notes.of(sender, receiver, flow.amount)
        for wallet, amount in ((sender, -flow.amount), (receiver, flow.amount)):
            if wallet == NOBODY:
                yield Posting(side, amount, why, note=note)
            elif wallet not in self._contracts:
                yield Posting(self.account_of(wallet), amount, why, note=note)

    def _check_wallets(self, moment: Moment, moves: list[Posting]) -> None:
        """The postings of every account are its Transfer logs, to the unit."""
        net: dict[Account, int] = {}
        for log in moment.logs:
            if log.contract == TOKEN and log.event == "Transfer":
                sender, receiver, amount = log.values
                for wallet, change in ((sender, -amount), (receiver, amount)):
                    if wallet != NOBODY and wallet not in self._contracts:
                        self.wallets[wallet] = self.wallets.get(wallet, 0) + change
                        account = self._shown.setdefault(wallet, self.account_of(wallet))
                        net[account] = net.get(account, 0) + change
        for posting in moves:
            if posting.why != "wallet_linked" and posting.account not in (BY_BANK, BY_RESERVE):
                net[posting.account] = net.get(posting.account, 0) - posting.amount
        wrong = next((account for account, rest in net.items() if rest), None)
        if wrong is not None:
            raise LedgerWrong(
                f"Transaction {moment.transaction}: what moved of {wrong.name} is not what the events say.",
                _HINT,
            )

    def _pots_changed(self, moment: Moment) -> Iterator[Posting]:
        for account in dict.fromkeys(pot for log in moment.logs for pot in touched(log)):
            now = held(self.books, account)
            change = now - self._pots.get(account, 0)
            if change:
                self._pots[account] = now
                yield Posting(account, change, account.what, (account.about, account.id))


def _together(moves: Iterable[Posting]) -> tuple[Posting, ...]:
    """One posting for each account and purpose."""
    sums: dict[tuple[Any, ...], int] = {}
    for one in moves:
        key = (one.account, one.why, one.about, one.note)
        sums[key] = sums.get(key, 0) + one.amount
    return tuple(
        Posting(account, amount, why, about, note)
        for (account, why, about, note), amount in sums.items()
        if amount
    )


class _Callers:
    """Who paid where the events name nobody: whoever brought more than the twin expected of him."""

    def __init__(self, moment: Moment) -> None:
        self._left: dict[str, list[tuple[str, int]]] = {}
        for (contract, wallet), got in moment.got_in.items():
            rest = got - moment.wanted_in.get((contract, wallet), 0)
            if rest > 0:
                self._left.setdefault(contract, []).append((wallet, rest))

    def of(self, flow: Flow) -> Iterator[tuple[str, int]]:
        """The wallets of one flow, with their parts."""
        if flow.who:
            yield str(flow.who), flow.amount
            return
        amount, waiting = flow.amount, self._left.get(flow.contract, [])
        while amount and waiting:
            wallet, rest = waiting.pop()
            part = min(rest, amount)
            amount -= part
            if rest > part:
                waiting.append((wallet, rest - part))
            yield wallet, part


class _Notes:
    """What the token's other events of a transaction say of a transfer: why, a hash, and for money that is
    issued or taken back whose it is."""

    def __init__(self, logs: Iterable[Log], addresses: Any) -> None:
        self._found: dict[tuple[str, str, int], list[tuple[str, str, Account]]] = {}
        reserve = addresses.get("Reserve")
        for log in logs:
            if log.contract != TOKEN:
                continue
            values = log.values
            side = BY_RESERVE if values and values[0] == reserve else BY_BANK
            if log.event == "Minted":
                self._add(NOBODY, values[1], values[2], ("issued", values[3], side))
            elif log.event == "Burned":
                self._add(values[0], NOBODY, values[1], ("redeemed", values[2], side))
            elif log.event == "TransferMemo":
                sender, receiver, amount, memo = values
                self._add(sender, receiver, amount, ("transfer", memo, BY_BANK))
            elif log.event == "PurposePaid":
                sender, receiver, purpose, amount, _ = values
                self._add(sender, receiver, amount, ("purpose", purpose, BY_BANK))
            elif log.event == "WalletReplaced":
                old, new, amount = values
                self._add(old, new, amount, ("wallet_replaced", "", BY_BANK))

    def _add(self, sender: str, receiver: str, amount: int, found: tuple[str, str, Account]) -> None:
        self._found.setdefault((sender, receiver, amount), []).append(found)

    def of(self, sender: str, receiver: str, amount: int) -> tuple[str, str, Account]:
        """Without an event of its own it is a plain transfer."""
        waiting = self._found.get((sender, receiver, amount))
        return waiting.pop(0) if waiting else ("transfer", "", BY_BANK)
