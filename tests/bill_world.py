"""BillRuns among real contracts, in an EVM inside this process: people, units, runs and their trees.

    world = BillWorld()
    run = world.run([(world.ann, 25 * CMT), (world.ben, 30 * CMT)])
    world.pay_by_proof(run, world.ann, 25 * CMT)
    world.bills.issue(*run.of(world.ben), sender=world.stranger)

Categories come from a double that a test sets as it likes; outcomes go to a double that takes them down;
both are the real contracts with `real`.
Days are civil days of the community's calendar (UTC+8), money is in base units [cmt].
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_utils.crypto import keccak

from commonhold.roles import GUARDED, ROLE_ID
from commonhold.rules.billbook import RunTerms
from commonhold.rules.bills import Bill, Place, Tree, key_of, leaf_of
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from tests.suite import OFFSET, Person, Suite

CMT = 10**6
WATER, HEAT = 7, 8  # posted categories; heat is in commission mode
AREA_FEE = 1  # a category that is not posted
GRACE, RATE, MOST_DAYS = 5, 5, 60  # [days], [bps/day], [days]
REASON = keccak(text="reason")
FORMULAS = keccak(text="formulas")
WAIVER, CREDIT_NOTE = 0, 1
NONE, ISSUED, PAID_AT_ONCE = range(3)  # BillState
UNPOSTED, POSTED, APPROVED, DROPPED = range(4)  # RunState
FEES_KIND = 1
STANDING = (
    "state", "run", "party", "issued_day", "due_day", "last_on_time", "dispute_until", "amount", "open",
    "late_fees", "removed", "disputed", "repayable",
)  # fmt: skip


Amounts = Sequence[tuple[Person, int] | Bill]  # who owes how much [cmt], or whole bills


def lines(text: str) -> bytes:
    """The hash of some lines."""
    return keccak(text=text)


@dataclass
class Run:
    """A posted run and its tree."""

    number: int
    terms: RunTerms
    bills: list[Bill]
    tree: Tree
    posted: tuple[Any, ...] = field(default=(), repr=False)  # RunTerms as the event carries them

    def index(self, who: Any) -> int:
        """The bill of a party (or the n-th)."""
        if isinstance(who, int):
            return who
        return next(i for i, bill in enumerate(self.bills) if bill.party == who.party)

    def of(self, who: Any) -> tuple[int, tuple[Any, ...], list[bytes]]:
        """(run, bill, proof) as issue and payByProof take them."""
        index = self.index(who)
        return self.number, self.bills[index].as_tuple(), self.tree.proof(index)

    def key(self, who: Any) -> int:
        bill = self.bills[self.index(who)]
        return key_of(bill.unit, self.terms.category, self.terms.period, bill.version)


class BillWorld:
    """One community with a manager's office, a committee, a payee, a fund and three residents."""

    def __init__(self, *, real: bool = False, chain: Any = None) -> None:
        self.suite = suite = Suite(chain) if chain else Suite()
        chain, admin = suite.chain, suite.admin
        self.chain = chain
        self.real = real
        common = (suite.access, suite.forwarder)
        self.tariffs = (
            chain.deploy("TariffBook", *common, suite.parties, OFFSET)
            if real
            else chain.deploy("CategoriesDouble")
        )
        self.credit = suite.credit if real else chain.deploy("BillOutcomes")
        chain.link("BillRuns")
        self.bills = chain.deploy(
            "BillRuns", suite.access, suite.forwarder, suite.token, suite.parties, suite.units,
            self.tariffs, self.credit, OFFSET,
        )  # fmt: skip
        self.token = suite.token
        self.token.registerCollector(self.bills, sender=admin)
        suite.credit.registerReporter(self.bills, 1 << FEES_KIND, sender=admin)
        self.clerk, self.checker, self.stranger = chain.user(), chain.user(), chain.user()
        for role, holder in (("MANAGER", self.clerk), ("COMMITTEE", self.checker)):
            suite.access.grantRole(ROLE_ID[role], holder, 0, sender=admin)
        guarded = {"BillRuns": self.bills} | ({"TariffBook": self.tariffs} if real else {})
        for name, contract in guarded.items():
            for signature, role in GUARDED[name].items():
                if role != "ADMIN":
                    selectors = [keccak(text=signature)[:4]]
                    suite.access.setTargetFunctionRole(contract, selectors, ROLE_ID[role], sender=admin)
        self.rescuer = chain.user()
        for contract, function, role, holder in (
            (self.token, "setRecoveryHold(address,bool)", "REGISTRY", suite.parties.address),
            (suite.parties, "setRecovery(uint32,uint40,bool)", "RECOVERY", self.rescuer),
        ):
            suite.access.grantRole(ROLE_ID[role], holder, 0, sender=admin)
            selectors = [keccak(text=function)[:4]]
            suite.access.setTargetFunctionRole(contract, selectors, ROLE_ID[role], sender=admin)
        self.works, self.fund = suite.person(kind=2), suite.person(kind=2)
        self.ann, self.ben, self.cleo = (suite.person(funds=10_000 * CMT) for _ in range(3))
        self.unit = {who.party: suite.unit(who) for who in (self.ann, self.ben, self.cleo)}
        for who in (self.ann, self.ben, self.cleo):
            self.token.approve(self.bills, 2**255, sender=who)
        self.water = WATER
        if real:
            self.water = self._real_category()
            return
        self.set_category(WATER)
        self.set_category(HEAT, mode=1, payee=self.fund.party, manager=self.works.party, managerBps=1_000)
        self.set_category(AREA_FEE, kind=1)

    # ---- set up

    def set_category(self, number: int, **changes: Any) -> None:
        """A posted category in lump-sum mode, due on the 10th of the month after, unless told otherwise."""
        values: dict[str, Any] = {
            "kind": 3, "payee": self.works.party, "mode": 0, "manager": 0, "managerBps": 0,
            "dueDayOfMonth": 10, "dueMonth": 1, "graceDays": GRACE, "lateFeeRate": RATE,
            "lateFeeMaxDays": MOST_DAYS,
        }  # fmt: skip
        assert changes.keys() <= values.keys() and not self.real
        self.tariffs.set(number, tuple((values | changes).values()), sender=self.stranger)

    def _real_category(self) -> int:
        """A category of TariffBook, as the double has it."""
        terms = (3, self.works.party, 0, 0, 0, 10, 1, GRACE, RATE, MOST_DAYS)
        name = keccak(text="water")
        self.tariffs.proposeCategory(terms, (0, 0), name, sender=self.clerk)
        number = int(self.tariffs.categoryNamed(name)) or 1
        self.tariffs.approveCategory(number, terms, (0, 0), sender=self.checker)
        return number

    def mandate(
        self, who: Person, limit: int = 10_000 * CMT, *, months: int = 60, partial: bool = False
    ) -> None:
        """A mandate that names BillRuns; what was approved is taken back."""
        bit = self.token.collectorBit(self.bills)
        self.token.setMandate((limit, bit, self.token.currentMonth() + months, partial), sender=who)
        self.token.approve(self.bills, 0, sender=who)

    def recovering(self, who: Person, days: int) -> None:
        """A recovery of this party is pending for so many days; 0 ends it."""
        until = self.chain.timestamp + days * 86_400 if days else 0
        self.suite.parties.setRecovery(who.party, until, bool(days), sender=self.rescuer)

    # ---- time

    @property
    def today(self) -> int:
        return self.suite.day

    def pass_days(self, days: int) -> None:
        self.suite.to_day(self.today + days)

    def to_day(self, day: int) -> None:
        self.suite.to_day(day)

    # ---- runs

    def terms(
        self, category: int | None = None, period: int | None = None, due_day: int | None = None
    ) -> RunTerms:
        """The terms a run will have by its category as it is now."""
        category = self.water if category is None else category
        period = month_of(self.today) - 1 if period is None else period
        _, payee, _, manager, bps, day, month, grace, rate, most = self.tariffs.categoryOf(category)
        due_day = first_of(period + month) + day - 1 if due_day is None else due_day
        return RunTerms(category, period, due_day, payee, manager, bps, grace, rate, most)

    def draft(
        self,
        amounts: Amounts,
        *,
        version: int = 1,
        number: int | None = None,
        **terms: Any,
    ) -> Run:
        """The bills of the next run and their tree; nothing is posted."""
        number = self.bills.runCount() + 1 if number is None else number
        found = self.terms(**terms)
        bills = [
            Bill(
                self.unit[one[0].party], version, one[0].party, one[1],
                lines(f"lines {i}"), keccak(text=f"salt {i}"),
            )
            if isinstance(one, tuple)
            else one
            for i, one in enumerate(amounts)
        ]  # fmt: skip
        place = Place(31337, self.bills.address, number, found.category, found.period)
        return Run(number, found, bills, Tree([leaf_of(place, bill) for bill in bills]))

    def posting(self, run: Run) -> tuple[Any, ...]:
        """The arguments of postRun."""
        total = sum(bill.amount for bill in run.bills)
        plan = (run.tree.root, run.terms.category, run.terms.period, run.terms.due_day)
        return (run.number, *plan, len(run.bills), total, FORMULAS)

    def post(self, run: Run) -> Run:
        self.bills.postRun(*self.posting(run), sender=self.clerk)
        run.posted = tuple(self.chain.events("RunPosted")[0]["terms"])
        return run

    def approve(self, run: Run) -> Run:
        self.bills.approveRun(run.number, run.posted, sender=self.checker)
        return run

    def run(self, amounts: Amounts, **other: Any) -> Run:
        """A run posted and approved."""
        return self.approve(self.post(self.draft(amounts, **other)))

    def issue(self, run: Run, who: Any) -> int:
        """The bill's key."""
        assert self.bills.issue(*run.of(who), sender=self.stranger) == Code.ISSUED
        return run.key(who)

    def issued(self, amount: int = 100 * CMT, who: Person | None = None, **other: Any) -> int:
        """The key of a bill of Ann's (or another's), issued today."""
        who = who or self.ann
        return self.issue(self.run([(who, amount)], **other), who)

    # ---- look

    def standing(self, key: int) -> dict[str, int]:
        return dict(zip(STANDING, self.bills.billOf(key), strict=True))

    def balance(self, who: Any) -> int:
        return self.suite.balance(who)

    def event(self, name: str) -> dict[str, Any]:
        """The fields of the one event of that name in the last transaction."""
        (found,) = self.chain.events(name)
        return {key: value for key, value in found.items() if key not in ("event", "address")}

    def outcomes(self) -> list[tuple[Any, ...]]:
        """What the last transaction reported: ("on time", month, party) or ("late", *Discharge)."""
        found: list[tuple[Any, ...]] = []
        for event in self.chain.events("ReportedOnTime"):
            assert event["kind"] == FEES_KIND and event["reporter"] == self.bills.address
            found += [("on time", item >> 32, item & 0xFFFFFFFF) for item in event["items"]]
        for event in self.chain.events("ReportedLate"):
            assert event["kind"] == FEES_KIND and event["reporter"] == self.bills.address
            found += [("late", *outcome) for outcome in event["outcomes"]]
        return found

    # ---- act

    def settle(self, *keys: int) -> list[tuple[Code, int]]:
        """(code, amount) per bill, checked against the preview."""
        preview = self.bills.previewSettle(list(keys), sender=self.stranger)
        results = self.bills.settle(list(keys), sender=self.stranger)
        assert results == preview and [result[0] for result in results] == list(keys)
        return [(Code(code), amount) for _, code, amount in results]

    def adjustment(self, key: int, principal: int, fees: int = 0, kind: int = WAIVER) -> tuple[Any, ...]:
        return (key, kind, principal, fees, REASON)

    def adjust(self, key: int, principal: int, fees: int = 0, kind: int = WAIVER) -> None:
        """Proposed by the manager, approved by the committee."""
        adjustment = self.adjustment(key, principal, fees, kind)
        self.bills.proposeAdjustment(adjustment, sender=self.clerk)
        self.bills.approveAdjustment(adjustment, sender=self.checker)


def other(bill: Bill, **changes: Any) -> Bill:
    """The same bill but for some fields."""
    return replace(bill, **changes)
