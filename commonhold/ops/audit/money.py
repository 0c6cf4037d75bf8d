"""CommunityToken replayed: balances from Transfer logs, mandates and what was spent from them by the twin.

How much of a mandate is used up stands in no log. It follows from the transfers to collectors, by the
token's own rule: a payment that the mandate covers whole is taken from it, any other from an allowance.
Amounts [cmt], times [unix], months [month]; wallets in lower-case hex.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import NOBODY, Moment, Pull
from commonhold.rules.codes import Code
from commonhold.rules.mandates import Mandate, Purse

TOKEN: Final = "CommunityToken"  # noqa: S105 — a contract
Handler = Callable[[tuple[Any, ...], Moment], None]


@dataclass(slots=True)
class Collector:
    """A contract that may collect. effective: from when [unix]."""

    address: str
    bit: int
    effective: int
    retired: bool = False


@dataclass(slots=True)
class Sums:
    """What went in and out of one contract by Transfer logs. [cmt]"""

    into: int = 0
    out: int = 0


@dataclass(slots=True)
class TokenBook:
    """All wallets. contracts: those of the suite whose money is explained by their own events."""

    findings: Findings
    contracts: Mapping[str, str]  # address → contract
    supply_cap: int
    charged_by: Mapping[str, str]  # contract → the collector whose mandate pays into it
    purses: dict[str, Purse] = field(default_factory=dict)
    suite: set[str] = field(default_factory=set)
    held_back: set[str] = field(default_factory=set)  # wallets under recovery
    frozen: dict[str, int] = field(default_factory=dict)  # until [unix]
    newer: dict[str, str] = field(default_factory=dict)  # replaced wallet → the one in its place
    minters: dict[str, int] = field(default_factory=dict)  # allowance [cmt]
    stopped: set[str] = field(default_factory=set)
    collectors: dict[str, Collector] = field(default_factory=dict)  # by address, in order
    mandate_nonces: dict[str, int] = field(default_factory=dict)
    citations: set[str] = field(default_factory=set)
    supply: int = 0
    last: tuple[Any, ...] = ()  # the last Transfer
    sums: dict[str, Sums] = field(default_factory=dict)

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "Transfer": self.transfer,
            "MandateSet": self.mandate_set,
            "MandateRevoked": self.mandate_revoked,
            "AuthorizationUsed": self.authorization_used,
            "CollectorRegistered": self.collector_registered,
            "CollectorRetired": self.collector_retired,
            "SuiteMarked": self.suite_marked,
            "MinterSet": self.minter_set,
            "MinterStopped": self.minter_stopped,
            "Minted": self.minted,
            "Burned": self.burned,
            "WalletFrozen": self.wallet_frozen,
            "FreezeLifted": self.freeze_lifted,
            "RecoveryHoldSet": self.recovery_hold_set,
            "WalletReplaced": self.wallet_replaced,
        }

    # ---- look

    def purse(self, wallet: str) -> Purse:
        """The purse of a wallet, opened empty at its first mention."""
        found = self.purses.get(wallet)
        if found is None:
            found = self.purses[wallet] = Purse()
        return found

    def newest(self, wallet: str) -> str:
        """The wallet that receives for this one."""
        while wallet in self.newer:
            wallet = self.newer[wallet]
        return wallet

    def bit(self, contract_address: str, time: int) -> int:
        """The mandate bit of an effective collector, 0 for anybody else. [unix]"""
        found = self.collectors.get(contract_address)
        if found is None or found.retired or time < found.effective:
            return 0
        return found.bit

    def would_pay(self, wallet: str, contract_address: str, amount: int, moment: Moment) -> Code:
        """What the mandate of a wallet answers now when it is asked for an amount."""
        if wallet == NOBODY:
            return Code.NO_WALLET
        return self.purse(wallet).judge(amount, self.bit(contract_address, moment.time), moment.month).code

    # ---- transfers

    def transfer(self, values: tuple[Any, ...], moment: Moment) -> None:
        """A Transfer log: the one source of all balances."""
        sender, receiver, amount = self.last = values
        if receiver == NOBODY:
            self.supply -= amount
            moment.straight(sender, receiver, amount)
            moment.meet(TOKEN, "Transfer", f"wallet {sender}", "burned", amount)
        if sender == NOBODY:
            self.supply += amount
            moment.straight(sender, receiver, amount)
            moment.meet(TOKEN, "Transfer", f"wallet {receiver}", "minted", amount)
        else:
            self._leave(sender, receiver, amount, moment)
        if receiver != NOBODY:
            self.purse(receiver).balance += amount
            name = self.contracts.get(receiver)
            if name is not None:
                self._sums(name).into += amount

    def _sums(self, name: str) -> Sums:
        found = self.sums.get(name)
        if found is None:
            found = self.sums[name] = Sums()
        return found

    def _leave(self, sender: str, receiver: str, amount: int, moment: Moment) -> None:
        purse = self.purse(sender)
        name = self.contracts.get(sender)
        if name is not None:
            self._sums(name).out += amount
            if receiver != NOBODY:
                key = (name, receiver)
                moment.got_out[key] = moment.got_out.get(key, 0) + amount
        pulls = moment.pulls.get(sender)
        if pulls:
            self._pulled(pulls, sender, receiver, amount, moment)
        else:
            into = self.contracts.get(receiver)
            if into is not None:
                key = (into, sender)
                moment.got_in[key] = moment.got_in.get(key, 0) + amount
                if name is None:
                    self._charge(sender, into, amount, moment)
            else:
                if name is None and receiver != NOBODY:
                    moment.straight(sender, receiver, amount)
                if sender in moment.authorized:
                    moment.authorized.remove(sender)
        purse.balance -= amount
        if purse.balance < 0:
            self.findings.differ(TOKEN, f"wallet {sender}", "balance", "at least 0", purse.balance)

    def _pulled(self, pulls: list[Pull], payer: str, receiver: str, amount: int, moment: Moment) -> None:
        """A payment that the token moves in parts, to its contract and straight on to payees."""
        pull = pulls[0]
        if pull.left == pull.total:
            self._charge(payer, pull.contract, pull.total, moment)
        pull.left -= amount
        key = (pull.contract, payer)
        moment.got_in[key] = moment.got_in.get(key, 0) + amount
        if self.contracts.get(receiver) != pull.contract:
            there = (pull.contract, receiver)
            moment.got_out[there] = moment.got_out.get(there, 0) + amount
        if pull.left <= 0:
            pulls.pop(0)

    def _charge(self, payer: str, contract: str, amount: int, moment: Moment) -> None:
        """A mandate that covers all of it is used up by it."""
        if payer in moment.authorized:
            moment.authorized.remove(payer)
            return
        purse = self.purses[payer]
        if purse.mandate is None:
            return
        collector = self.charged_by.get(contract)
        if collector is None:
            return
        if purse.judge(amount, self.bit(collector, moment.time), moment.month).code == Code.COLLECTED:
            purse.spent = amount + (purse.spent if purse.spent_month == moment.month else 0)
            purse.spent_month = moment.month

    def authorization_used(self, values: tuple[Any, ...], moment: Moment) -> None:
        """The next transfer of the signer is by his signature, not by his mandate."""
        moment.authorized.append(values[0])

    # ---- supply

    def minted(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Each mint has a citation of its own, and an allowance."""
        minter, to, amount, citation = values
        self.findings.check(TOKEN, f"citation {citation}", "Minted", "new", self._new(citation))
        left = self.minters.get(minter, 0)
        if amount > left:
            self.findings.differ(TOKEN, f"minter {minter}", "Minted.amount", f"at most {left}", amount)
        self.minters[minter] = left - amount
        moment.announce(TOKEN, "Transfer", f"wallet {to}", "minted", amount)
        moment.scratch["minted", citation] = (minter, to, amount)

    def _new(self, citation: str) -> str:
        if citation in self.citations:
            return "used before"
        self.citations.add(citation)
        return "new"

    def burned(self, values: tuple[Any, ...], moment: Moment) -> None:
        """Whoever destroys money destroys his own."""
        burner, amount, citation = values
        moment.announce(TOKEN, "Transfer", f"wallet {burner}", "burned", amount)
        moment.scratch["burned", citation] = (burner, amount)

    def minter_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        minter, allowance = values
        self.minters[minter] = allowance
        self.stopped.discard(minter)

    def minter_stopped(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.minters[values[0]] = 0
        self.stopped.add(values[0])

    # ---- mandates

    def mandate_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        wallet, limit, collectors, expiry, partial = values
        self.purse(wallet).mandate = Mandate(limit, collectors, expiry, bool(partial))

    def mandate_revoked(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.purse(values[0]).mandate = None

    # ---- collectors and the suite

    def collector_registered(self, values: tuple[Any, ...], moment: Moment) -> None:
        collector, bit, effective = values
        self.findings.check(
            TOKEN, f"collector {collector}", "CollectorRegistered.bit", 1 << len(self.collectors), bit
        )
        self.collectors[collector] = Collector(collector, bit, effective)

    def collector_retired(self, values: tuple[Any, ...], moment: Moment) -> None:
        found = self.collectors.get(values[0])
        if found is None:
            row = f"collector {values[0]}"
            self.findings.differ(TOKEN, row, "CollectorRetired", "registered before", "no log")
            return
        found.retired = True

    def suite_marked(self, values: tuple[Any, ...], moment: Moment) -> None:
        account, marked = values
        (self.suite.add if marked else self.suite.discard)(account)

    # ---- freezes and recoveries

    def wallet_frozen(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.frozen[values[0]] = values[3]

    def freeze_lifted(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.frozen.pop(values[0], None)

    def recovery_hold_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        wallet, hold = values
        (self.held_back.add if hold else self.held_back.discard)(wallet)
        moment.meet(TOKEN, "RecoveryHoldSet", f"wallet {wallet}", "hold", hold)

    def wallet_replaced(self, values: tuple[Any, ...], moment: Moment) -> None:
        """The mandate and its use move to a wallet that has none; balances moved by their Transfer log."""
        old, new, amount = values
        before, after = self.purse(old), self.purse(new)
        id_ = f"wallet {old}"
        self.findings.check(TOKEN, id_, "balance after replacement", 0, before.balance)
        self.findings.check(TOKEN, id_, "WalletReplaced.amount", self.last, (old, new, amount))
        if after.mandate is None and before.mandate is not None:
            after.mandate, after.spent, after.spent_month = before.mandate, before.spent, before.spent_month
        before.mandate, before.spent, before.spent_month = None, 0, 0
        if self.frozen.get(old, 0) > self.frozen.get(new, 0):
            self.frozen[new] = self.frozen[old]
        self.held_back.discard(old)
        self.newer[old] = new
        moment.meet(TOKEN, "WalletReplaced", f"wallet {old}", "newWallet", new)
