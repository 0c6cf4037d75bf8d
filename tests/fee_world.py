"""A small community with fees: the suite of tests/suite.py, TariffBook, PropertyFee, a maker, a checker.

    world = FeeWorld()
    fund = world.person()
    area = world.category(payee=fund, rate=2_500_000)              # 2.50 a month and m², from next month on
    account = world.subscribe(world.home(ann), area, ann)

Days are civil days (UTC+8), money is in base units [cmt].
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from commonhold.roles import GUARDED, ROLE_ID
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from commonhold.rules.tariff import Category, CategoryKind
from tests.evm import Chain
from tests.suite import OFFSET, START, Person, Suite

CMT = 10**6
AREA = 8_937  # of a home [0.01 m²]
RATE = 2_500_000  # [cmt per m² and month]
REASON = keccak(text="reason")
WAIVE_PRINCIPAL, WAIVE_FEES, CREDIT_NOTE = range(3)


class Recorder(Chain):
    """Keeps a transaction's events over the looks that follow it."""

    found: list[dict[str, Any]] = []  # noqa: RUF012

    def send(self, *arguments: Any, view: bool = False, **options: Any) -> bytes:
        answer = super().send(*arguments, view=view, **options)
        if not view:
            self.found = self.events()
        return answer


@dataclass
class FeeWorld(Suite):
    """One community with fees. `maker` holds MANAGER, `checker` COMMITTEE."""

    chain: Chain = field(default_factory=lambda: Recorder(timestamp=START))
    names: int = 0
    recorded: bool = True  # outcomes go to a recorder; else to the real CreditRegistry
    rules: dict[int, Category] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        chain, common = self.chain, (self.access, self.forwarder)
        history = chain.deploy("CreditRecorder") if self.recorded else self.credit
        self.tariffs = chain.deploy("TariffBook", *common, self.parties, OFFSET)
        self.fees = chain.deploy(
            "PropertyFee",
            *common, self.token, self.parties, self.units, self.tariffs, history, OFFSET,
        )  # fmt: skip
        self.token.registerCollector(self.fees, sender=self.admin)
        if not self.recorded:
            self.credit.registerReporter(self.fees, 2, sender=self.admin)
        self.maker, self.checker = chain.user(), chain.user()
        for contract in (self.tariffs, self.fees):
            rows = GUARDED[contract._name]
            for signature, role in rows.items():
                if role != "ADMIN":
                    selectors = [keccak(text=signature)[:4]]
                    self.access.setTargetFunctionRole(contract, selectors, ROLE_ID[role], sender=self.admin)
        # the admin waits from the second day on: what the town's life needs is the manager's here
        for contract, names in (
            (self.units, ("register", "setOwner", "correct")),
            (self.parties, ("register",)),
        ):
            selectors = [contract._functions[name][0] for name in names]
            self.access.setTargetFunctionRole(contract, selectors, ROLE_ID["MANAGER"], sender=self.admin)
        for who in (self.maker, self.admin):
            self.access.grantRole(ROLE_ID["MANAGER"], who, 0, sender=self.admin)
        self.access.grantRole(ROLE_ID["COMMITTEE"], self.checker, 0, sender=self.admin)

    # ---- time

    @property
    def month(self) -> int:
        """This month."""
        return month_of(self.day)

    def to_month(self, month: int, day_of_month: int = 1) -> None:
        """Midday of a day of a month."""
        self.to_day(first_of(month) + day_of_month - 1)

    def next_month(self, day_of_month: int = 1) -> None:
        """On into the next month."""
        self.to_month(self.month + 1, day_of_month)

    # ---- people and homes

    def allow_recoveries(self) -> None:
        """The checker may say that a wallet is being recovered. On the first day only."""
        rights = ((self.parties, "setRecovery", "COMMITTEE"), (self.token, "setRecoveryHold", "REGISTRY"))
        for contract, name, role in rights:
            selectors = [contract._functions[name][0]]
            self.access.setTargetFunctionRole(contract, selectors, ROLE_ID[role], sender=self.admin)
        self.access.grantRole(ROLE_ID["REGISTRY"], str(self.parties), 0, sender=self.admin)

    def payer(self, funds: int = 10_000 * CMT, *, mandate: bool = True) -> Person:
        """A party with money and, unless told otherwise, a mandate for everything."""
        who = self.person(funds=funds)
        if mandate:
            self.mandate(who)
        return who

    def mandate(
        self, who: Person, limit: int = 100_000 * CMT, *, months: int = 240, partial: bool = False
    ) -> None:
        """A mandate that names leases, deposits and fees."""
        bits = self.token.collectorBit(self.leases) | self.token.collectorBit(self.fees)
        self.token.setMandate((limit, bits, self.token.currentMonth() + months, partial), sender=who)

    def home(self, owner: Person, area: int = AREA) -> int:
        """A home of its own area. [0.01 m²]"""
        return int(self.units.register(owner.party, 1, 1, area, 100, sender=self.admin))

    def sell(self, unit: int, buyer: Person) -> None:
        """The roll names another owner."""
        self.units.setOwner(unit, buyer.party, sender=self.admin)

    # ---- tariffs

    def category(
        self, *, payee: Person, rate: int = RATE, kind: int = CategoryKind.AREA, **terms: Any
    ) -> int:
        """A category approved today, with a tariff from the first of next month on."""
        rules = Category(CategoryKind(kind), payee.party, **terms)
        number = self.add_category(rules)
        if kind != CategoryKind.POSTED:
            self.tariff(number, self.month + 1, rate)
        return number

    def add_category(self, rules: Category) -> int:
        """A category proposed by the maker and approved by the checker."""
        self.names += 1
        terms, reductions = as_terms(rules)
        name = keccak(text=f"category {self.names}")
        number = int(self.tariffs.proposeCategory(terms, reductions, name, sender=self.maker))
        self.tariffs.approveCategory(number, terms, reductions, sender=self.checker)
        self.rules[number] = rules
        return number

    def tariff(self, number: int, month: int, rate: int) -> None:
        """A rate proposed by the maker and approved by the checker."""
        self.tariffs.proposeTariff(number, month, rate, sender=self.maker)
        self.tariffs.approveTariff(number, month, rate, sender=self.checker)

    # ---- accounts

    def subscribe(self, unit: int, number: int, who: Person, start: int = 0, until: int = 0) -> int:
        """An account from a day (today) to a day (none)."""
        return int(self.fees.subscribe(unit, number, who.party, start or self.day, until, sender=self.maker))

    def account(self, account: int) -> Any:
        """What accountOf answers, by name."""
        names = (
            "unit category party size share from_day until_day open_day "
            "due late_fees plan_left pot level assumed"
        )
        Figures = dataclasses.make_dataclass("Figures", names.split())
        return Figures(*self.fees.accountOf(account))

    def pay(self, account: int, amount: int, payer: Person) -> None:
        """A payment by mandate of a payer who knows what he pays for."""
        found = self.account(account)
        self.fees.pay(account, found.unit, found.category, found.party, amount, sender=payer)

    def settle(self, *accounts: int) -> list[tuple[int, Code, int]]:
        """Preview and run, which must agree."""
        preview = self.fees.previewSettle(list(accounts), sender=self.maker)
        results = self.fees.settle(list(accounts), sender=self.maker)
        assert results == preview
        return [(account, Code(code), amount) for account, code, amount in results]

    def relieve(self, account: int, kind: int, amount: int, reason: bytes = REASON) -> None:
        """A waiver or credit note by two persons."""
        self.fees.proposeRelief(account, kind, amount, reason, sender=self.maker)
        self.fees.approveRelief(account, kind, amount, reason, sender=self.checker)

    def plan(self, account: int, who: Person, count: int, first_day: int) -> int:
        """An instalment plan for all that is due; answers its sum."""
        due = int(self.account(account).due)
        self.fees.offerPlan(account, count, first_day, sender=self.maker)
        self.fees.acceptPlan(account, due, count, first_day, sender=who)
        return due

    def events(self, name: str) -> list[dict[str, Any]]:
        """The last transaction's events of a name."""
        assert isinstance(self.chain, Recorder)
        return [event for event in self.chain.found if event["event"] == name]

    def solvent(self) -> None:
        """What the contract has covers all that it owes."""
        assert self.balance(self.fees) == self.fees.held()


def as_terms(rules: Category) -> tuple[tuple[int, ...], tuple[int, int]]:
    """A category as the contract's ABI takes it: terms and reductions."""
    terms = (
        int(rules.kind), rules.payee, int(rules.mode), rules.manager, rules.manager_bps, rules.due_day,
        rules.due_month, rules.grace_days, rules.late_fee_rate, rules.late_fee_max_days,
    )  # fmt: skip
    return terms, (rules.prompt_bps, rules.vacancy_bps)
