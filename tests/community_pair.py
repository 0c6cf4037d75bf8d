"""Leases, deposits, property fees, bills and the credit history of one community, in the contracts and in
their twins: one token, one purse a party, one mandate that all collectors share.

    pair = CommunityPair(Town())
    ann = pair.person(funds=10**9, units=2, allowance=True)
    pair.bill(category, [(ann, 5_000_000)])      # a run posted and approved
    pair.compare()

LeaseChanges is a puppet, as in tests/mirror.py; everything else is the real contract.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from commonhold.roles import GUARDED, ROLE_ID
from commonhold.rules.bill_ledger import BILLS, BillLedger
from commonhold.rules.billbook import BillBookRefused, RunTerms
from commonhold.rules.bills import Bill, Place, Tree, key_of, leaf_of
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.community import ESCROW, LEASES, Community
from commonhold.rules.fee_book import FEES, FeeBook
from commonhold.rules.history import Discharge, History, HistoryRefused, Kind, Overdue
from commonhold.rules.ledger import LeaseRefused
from commonhold.rules.mandates import Mandate, MandateBook
from commonhold.rules.tariff import TariffBook
from tests.evm import Contract, Reverted, artifact
from tests.fee_mirror import FeeMirror
from tests.fee_world import FeeWorld
from tests.mirror import UNLIMITED, Mirror, same
from tests.suite import OFFSET, _person

HALF, HALVES = 108, 24  # half-years of the history that are compared


@dataclass
class Town(FeeWorld):
    """The whole suite on one token, with somebody who may recover wallets."""

    recorded: bool = False
    rescued: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        chain, admin = self.chain, self.admin
        chain.link("BillRuns")
        self.bills = chain.deploy(
            "BillRuns", self.access, self.forwarder, self.token, self.parties, self.units, self.tariffs,
            self.credit, OFFSET,
        )  # fmt: skip
        self.token.registerCollector(self.bills, sender=admin)
        self.credit.registerReporter(self.bills, 1 << Kind.FEES, sender=admin)
        for signature, role in GUARDED["BillRuns"].items():
            if role != "ADMIN":
                self._allow(self.bills, keccak(text=signature)[:4], role)
        self.rescuer = chain.user()
        for contract, names, role, holder in (
            (self.token, ("setRecoveryHold", "replaceWallet"), "REGISTRY", str(self.parties)),
            (self.parties, ("setRecovery", "replaceWallet"), "RECOVERY", self.rescuer),
        ):
            for name in names:
                self._allow(contract, contract._functions[name][0], role)
            self.access.grantRole(ROLE_ID[role], holder, 0, sender=admin)
        chain.set_code(self.changes.address, bytes.fromhex(artifact("Puppet")["deployedBytecode"][2:]))
        self.puppet = chain.at("Puppet", self.changes.address)

    def _allow(self, contract: Contract, selector: bytes, role: str) -> None:
        self.access.setTargetFunctionRole(contract, [selector], ROLE_ID[role], sender=self.admin)

    def next_person(self) -> Any:
        """The key of a wallet that nobody has yet."""
        self.rescued += 1
        return _person(100_000 + self.rescued)


class _Fees(FeeMirror):
    """The fees' half. A refusal puts older books back, and with them an older purse: all halves follow."""

    def __init__(self, world: Town, whole: "CommunityPair") -> None:
        super().__init__(world)
        self.whole = whole
        self.people = whole.people
        self.twin = FeeBook(whole.money, TariffBook(), bit=int(world.token.collectorBit(world.fees)))

    def _both(self, contract: Callable[[], Any], twin: Callable[[], Any]) -> bool:
        done = super()._both(contract, twin)
        self.whole.money = self.twin.money
        return done


@dataclass(frozen=True, slots=True)
class Leaf:
    """One bill of an approved run."""

    run: int
    terms: RunTerms
    bill: Bill
    proof: tuple[bytes, ...]

    @property
    def key(self) -> int:
        return key_of(self.bill.unit, self.terms.category, self.terms.period, self.bill.version)

    @property
    def call(self) -> tuple[Any, ...]:
        """(run, bill, proof) as the contract takes them."""
        return self.run, self.bill.as_tuple(), list(self.proof)


class CommunityPair(Mirror):
    """One community twice, whole."""

    def __init__(self, town: Town) -> None:
        self.suite = self.town = town
        self.leases, self.escrow, self.token, self.changes = town.leases, town.escrow, town.token, town.puppet
        self.refusal, self.people, self.units, self.told = "", {}, {}, Counter()
        bits = [int(town.token.collectorBit(one)) for one in (town.leases, town.fees, town.bills)]
        self.bits = sum(bits)
        self.twin = Community(bit=bits[0])
        self.bills = BillLedger(self.twin.money, bits[2])
        self.fees = _Fees(town, self)
        self.history = History()
        self.leaves: list[Leaf] = []
        self.recovering = 0  # the party whose wallet is being replaced
        self.most: dict[tuple[int, int], int] = {}  # highest limit by party and month [cmt]
        self._heard: dict[int, int] = {}  # outcomes of a lease that the history knows
        self._open: dict[int, int] = {}  # of the bills when the history last heard of them [cmt]

    @property
    def money(self) -> MandateBook:
        """The one purse of everybody."""
        return self.twin.money

    @money.setter
    def money(self, money: MandateBook) -> None:
        self.twin.money = self.bills.money = money

    # ---------------------------------------------------------------- people

    def person(self, *, funds: int = 0, units: int = 0, allowance: bool = False) -> int:
        party = super().person(funds=funds)
        if party % 4:
            self.history.consenting.add(party)
        else:
            self.town.parties.setCollectingConsent(False, sender=self.people[party])
        self.units[party] = [self.fees.home(party, 8_937 + party) for _ in range(units)]
        if allowance:
            for contract in (self.leases, self.fees.fees, self.town.bills):
                self.token.approve(contract, UNLIMITED, sender=self.people[party])
            self.money.purse(party).allowance = UNLIMITED
        return party

    def mandate(self, party: int, limit: int, expiry: int, partial: bool = False) -> None:
        """For leases, fees and bills alike. [cmt/month], [month]"""
        mandate = (limit, self.bits, expiry, partial)
        self.token.setMandate(mandate, sender=self.people[party])
        self.money.set_mandate(party, Mandate(*mandate))

    # ---------------------------------------------------------------- recovery

    def start_recovery(self, party: int, days: int) -> None:
        """From now on nothing is sent to or by this wallet; what falls due is still collected."""
        until = self.town.chain.timestamp + days * 86_400
        self.town.parties.setRecovery(party, until, True, sender=self.town.rescuer)
        self.money.purse(party).reachable = False
        self.recovering = party

    def end_recovery(self) -> None:
        """Another wallet takes the place, with money and mandate; what waited goes out."""
        party, new = self.recovering, self.town.next_person()
        self.town.parties.replaceWallet(party, new.wallet, sender=self.town.rescuer)
        person, purse = self.people[party], self.money.purse(party)
        person.key, person.wallet = new.key, new.wallet
        purse.reachable, purse.allowance = True, 0
        if purse.mandate is None:
            purse.spent = purse.spent_month = 0  # what was collected moves with the mandate alone
        self.recovering = 0
        self.withdraw(party)

    def withdraw(self, party: int) -> None:
        """What waits for a party, in every contract."""
        by = self.town.admin
        if self.twin.owed.get(party):
            self.leases.withdrawOwed(party, sender=by)
            self.twin.withdraw_owed(party)
        if self.fees.twin.owed.get(party):
            self.fees.fees.withdrawOwed(party, sender=by)
            self.fees.twin.withdraw_owed(party)
        if self.bills.owed.get(party):
            self.town.bills.withdrawOwed(party, sender=by)
            self.money.transfer(BILLS, party, self.bills.owed.pop(party))
        if self.twin.deposits.owed.get(party):
            self.escrow.withdrawOwed(party, sender=by)
            self.money.transfer(ESCROW, party, self.twin.deposits.owed.pop(party))

    # ---------------------------------------------------------------- bills

    def bill(self, category: int, amounts: Sequence[tuple[int, int]]) -> None:
        """A run of one bill a (party, amount), posted and approved today. [cmt]"""
        town, number = self.town, int(self.town.bills.runCount()) + 1
        rules = self.fees.twin.tariffs.categories[category]
        period = month_of(self.day)
        due_day = max(first_of(period + rules.due_month) + rules.due_day - 1, self.day + 3)
        terms = RunTerms(
            category, period, due_day, rules.payee, rules.manager, rules.manager_bps, rules.grace_days,
            rules.late_fee_rate, rules.late_fee_max_days,
        )  # fmt: skip
        unit = next(iter(self.fees.twin.units))
        bills = [
            Bill(unit + i, number, party, amount, keccak(text="lines"), keccak(text=f"salt {number} {i}"))
            for i, (party, amount) in enumerate(amounts)
        ]
        place = Place(31337, town.bills.address, number, category, period)
        tree = Tree([leaf_of(place, bill) for bill in bills])
        total = sum(bill.amount for bill in bills)
        plan = (number, tree.root, category, period, due_day, len(bills), total, keccak(text="formulas"))
        town.bills.postRun(*plan, sender=town.maker)
        (event,) = town.events("RunPosted")
        town.bills.approveRun(number, tuple(event["terms"]), sender=town.checker)
        self.leaves += [Leaf(number, terms, one, tuple(tree.proof(i))) for i, one in enumerate(bills)]

    def issue(self, leaf: Leaf) -> None:
        answer = self.town.bills.issue(*leaf.call, sender=self.town.admin)
        expected = self.bills.issue(leaf.key, leaf.terms, leaf.bill.party, leaf.bill.amount, self.day)
        same("issue", answer, int(expected))
        self.hear()

    def pay_by_proof(self, leaf: Leaf, payer: int) -> bool:
        """The whole bill before it is issued, or all that is owed of it."""
        key, party, amount = leaf.key, leaf.bill.party, leaf.bill.amount
        known = key in self.bills.bills
        amount = self.bills.look(key, self.day).payable if known else amount
        if amount == 0:
            return False
        done = self._both(
            lambda: self.town.bills.payByProof(*leaf.call, amount, sender=self.people[payer]),
            lambda: self.bills.pay_at_once(key, leaf.terms, payer, party, amount, self.day),
        )
        if done and not known and key not in self._open:
            due = max(leaf.terms.due_day, self.day + 7)
            self.history.on_time(Kind.FEES, [(month_of(due), party)])
            self._open[key] = 0
        self.hear()
        return done

    def pay_bill(self, key: int, payer: int, amount: int) -> bool:
        """Part of an issued bill, or too much. [cmt]"""
        party = self.bills.bills[key].party
        done = self._both(
            lambda: self.town.bills.pay(key, party, amount, sender=self.people[payer]),
            lambda: self.bills.pay(key, payer, amount, self.day),
        )
        self.hear()
        return done

    def settle_bills(self, keys: list[int]) -> None:
        by = self.town.admin
        preview = self.town.bills.previewSettle(keys, sender=by)
        answer = self.town.bills.settle(keys, sender=by)
        expected = [tuple(map(int, result)) for result in self.bills.settle(keys, self.day)]
        same("bills", [tuple(one) for one in answer], expected)
        same("bills' preview", [tuple(one) for one in preview], expected)
        self.hear()

    # ---------------------------------------------------------------- the credit history

    def _note_told(self) -> None:
        """The real CreditRegistry hears it: compared by its grid."""

    def _twin_told(self) -> Counter[tuple[Any, ...]]:
        return Counter()

    def _key(self, reporter: Contract, obligation: int) -> int:
        return int(self.town.credit.keyOf(reporter, obligation, False))

    def hear(self) -> None:
        """What the last act completed, in the words of the history."""
        for lease, ledger in self.twin.leases.items():
            for told in ledger.told[self._heard.get(lease, 0) :]:
                if told.in_time:
                    self.history.on_time(Kind.RENT, [(told.month, told.party)])
                else:
                    key = self._key(self.leases, lease << 24 | told.account << 16 | told.label)
                    self._late(Kind.RENT, key, told.party, told.due_day, told.day, told.waived)
            self._heard[lease] = len(ledger.told)
        for account, one in self.fees.twin.accounts.items():
            for outcome in one.outcomes:
                if outcome.on_time:
                    self.history.on_time(Kind.FEES, [(month_of(outcome.due_day), one.party)])
                else:
                    key = self._key(self.fees.fees, account << 16 | outcome.month)
                    self._late(Kind.FEES, key, one.party, outcome.due_day, one.day, outcome.neutral)
            one.outcomes = []
        for key, bill in self.bills.bills.items():
            if not bill.open and self._open.get(key, bill.amount):
                found = bill.outcome(True)
                if found.on_time:
                    self.history.on_time(Kind.FEES, [(found.month, found.party)])
                else:
                    known = self._key(self.town.bills, key)
                    self._late(Kind.FEES, known, found.party, found.due_day, found.day, found.waived)
            self._open[key] = bill.open

    def _late(self, kind: Kind, key: int, party: int, due_day: int, day: int, waived: bool) -> None:
        self.history.late(kind, [Discharge(key, party, due_day, day, waived)], self.day)

    def report_overdue(self, reporter: Contract, obligation: int) -> bool:
        """Anybody may: the notice, the entry after the cure, or the same refusal of both."""
        kind, *facts = reporter.overdueOf(obligation)
        key = self._key(reporter, obligation)
        refusal = ""
        try:
            self.town.credit.reportOverdue(reporter, obligation, sender=self.town.admin)
        except Reverted as error:
            refusal = error.name
        try:
            self.history.overdue(key, Overdue(Kind(kind), *map(int, facts)), self.day)
        except HistoryRefused as refused:
            same("report", refusal, refused.name)
            return False
        same("report", refusal, "")
        return True

    # ---------------------------------------------------------------- compare

    def _both(self, contract: Callable[[], Any], twin: Callable[[], Any]) -> bool:
        def act() -> None:
            try:
                twin()
            except BillBookRefused as error:
                raise LeaseRefused(error.error, *error.values) from None

        done = super()._both(contract, act)
        self.hear()
        return done

    def compare(self) -> None:
        """C1 to C5: every figure of everybody."""
        self.hear()
        super().compare()
        if self.fees.twin.accounts:
            self.fees.compare()
        town, people = self.town, list(self.people.values())
        for key, bill in self.bills.bills.items():
            twin, found = bill.at(self.day), town.bills.billOf(key)
            same(f"bill {key}", (found[8], found[9]), (twin.open, twin.late_fees))
        for party in self.people:
            same(f"bills owe {party}", town.bills.owed(party), self.bills.owed.get(party, 0))
        same("bills held", town.bills.held(), self.bills.held)
        houses = {self.leases: LEASES, self.escrow: ESCROW, self.fees.fees: FEES, town.bills: BILLS}
        for contract, holder in houses.items():
            same("balance", town.balance(contract), self.money.balance(holder))
            assert town.balance(contract) == contract.held(), "C2"
        everything = sum(map(town.balance, people)) + sum(map(town.balance, houses))
        assert everything == town.token.totalSupply() == self.money.total(), "C1"
        for party in self.people:
            words = list(town.credit.historyOf(party, HALF, HALVES))
            same(f"history of {party} (C4)", words, self.history.words(party, HALF, HALVES))
