"""Property fees in the story: a schedule from a file, an account for every home, collected month by month.

Everything goes through the doors that a manager uses: the schedule by maker and checker, the collection by
`collect run`. The twin of the fee contracts has the purses of the leases' twin, because money that a fee has
taken is not there for the rent. After each month every account is compared, to the base unit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.contracts.fees import Relief
from commonhold.chain.send import Order
from commonhold.errors import InputError
from commonhold.ops import settle
from commonhold.ops.demo import compare
from commonhold.ops.demo.months import FeeMonth
from commonhold.ops.demo.relay import Relay
from commonhold.ops.demo.show import cents
from commonhold.ops.demo.stage import Stage
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.ops.fees import schedule as fee_schedule
from commonhold.ops.intake.feeschedule import Schedule, read_schedule
from commonhold.rules.calendar import first_of, month_day, month_of
from commonhold.rules.community import Community
from commonhold.rules.fee_account import FeeAccount
from commonhold.rules.fee_book import FEES, FeeBook, Unit
from commonhold.rules.mandates import Mandate
from commonhold.rules.tariff import CategoryKind, TariffBook
from commonhold.units import Day, Money, Month, format_money, format_month

AGAIN: Final = 25  # day of the month on which what is left is collected
PARKING: Final = 4  # every so many homes have a place for a car
BATCH: Final = 150  # accounts in one transaction
_AHEAD: Final = 2  # a tariff is agreed so long before it begins [months]
_REFUNDS: Final = 50_000 * 10**6  # of the payee's mandate, for what was paid too much [cmt/month]
_FOR_EVER: Final = 600  # [months]
_ACT_GAS: Final = 900_000
_REASON: Final = keccak(text="he was abroad and the letter went astray")


@dataclass(slots=True)
class FeeDesk:
    """The office's side of the fees, and their twin."""

    stage: Stage
    relay: Relay
    twin: TwinSide
    count: compare.Count
    owners: Mapping[int, int]  # unit -> party, as the roll has it
    areas: Mapping[int, int]  # unit -> [0.01 m²]
    file: Path  # the schedule
    book: FeeBook = field(init=False)
    numbers: dict[str, int] = field(default_factory=dict)  # category by its name
    months: list[FeeMonth] = field(default_factory=list)
    due: int = 0  # all that has fallen due so far [cmt]
    collected: int = 0  # in this month [cmt]
    paid: int = 0
    today: Day = field(init=False)

    def __post_init__(self) -> None:
        self.today = self.stage.cutover
        bit = self.stage.suite.token.collector_bit(self.stage.suite.fees.address)
        self.book = FeeBook(self.twin.community.money, TariffBook(), bit)

    @property
    def acts(self) -> dict[str, Callable[[int], str]]:
        """What the scenario may tell of them, each for an owner."""
        return {"pay fees": self.pay_by_hand, "waive fees": self.waive_late_fees}

    def number_of(self, kind: CategoryKind) -> int:
        """The first category of a kind."""
        return next(number for number, one in self.book.tariffs.categories.items() if one.kind == kind)

    # ---------------------------------------------------------------- set up

    def open(self, day: Day) -> str:
        """The schedule, and from the next month on an account for every home and every place for a car."""
        self.today = day
        schedule = self._read()
        start = first_of(month_of(day) + 1)
        self.bring_in(schedule, month_of(start))
        self.book.units = {unit: Unit(owner, self.areas[unit]) for unit, owner in self.owners.items()}
        homes, cars = self.number_of(CategoryKind.AREA), self.number_of(CategoryKind.FLAT)
        wanted = [(unit, homes) for unit in self.owners]
        wanted += [(unit, cars) for unit in self.owners if unit % PARKING == 1]
        fees = self.stage.suite.fees
        self._send([fees.subscribe(unit, number, self.owners[unit], start) for unit, number in wanted])
        for unit, number in wanted:
            self.book.subscribe(unit, number, self.owners[unit], start, 0, day)
        homes_and_cars = f"{len(self.owners)} homes and {len(wanted) - len(self.owners)} places for cars"
        return (
            f"{len(schedule.categories)} categories of {self.file.name} approved; {homes_and_cars} are "
            f"charged from {format_month(Month(month_of(start)))} on."
        )

    def payees(self) -> Iterator[tuple[int, Mandate]]:
        """Those who receive fees let what was paid too much be taken back."""
        expiry = month_of(self.today) + _FOR_EVER
        for payee in {one.payee for one in self.book.tariffs.categories.values()}:
            yield payee, Mandate(_REFUNDS, self.twin.collectors, expiry, False)

    def _read(self) -> Schedule:
        schedule = read_schedule(self.file)
        if schedule.problems:
            raise InputError(f"The fee schedule has problems: {schedule.problems[0]}")
        return schedule

    def bring_in(self, schedule: Schedule, until: int) -> list[str]:
        """What of the schedule begins until a month: proposed by one person, approved by another."""
        suite, offices = self.stage.suite, self.stage.offices
        names = {row.name: int(row.id) for row in self.stage.store.parties() if row.id is not None}
        told: list[str] = []
        while True:
            plan = fee_schedule.plan_schedule(suite, schedule, names)
            if plan.problems:
                raise InputError(f"The fee schedule has problems: {plan.problems[0]}")
            steps = [step for step in plan.steps if step.month <= until]
            if not steps:
                return told
            fee_schedule.propose(suite, fee_schedule.SchedulePlan(tuple(steps), ()), offices.manager)
            waiting = fee_schedule.plan_schedule(suite, schedule, names).steps
            now = tuple(step for step in waiting if step.waiting and step.month <= until)
            fee_schedule.approve(suite, fee_schedule.SchedulePlan(now, ()), offices.committee)
            for step in now:
                told.append(str(step))
                if step.category is not None:
                    self.numbers[step.name] = self.book.tariffs.add(step.category)
                else:
                    today = month_of(self.today)
                    self.book.tariffs.set_rate(self.numbers[step.name], step.month, step.rate, today)

    # ---------------------------------------------------------------- every day

    def day(self, day: Day) -> str:
        """Sold homes are handed over; on the due day everything is collected, on another what is left."""
        self.today = day
        told = self._hand_over(day)
        due = {
            one.due_day for one in self.book.tariffs.categories.values() if one.kind != CategoryKind.POSTED
        }
        if month_day(day)[1] in {AGAIN, *due}:
            self._collect(day)
        return told

    def _hand_over(self, day: Day) -> str:
        """A home that was sold: the account ends, and the next one is the new owner's."""
        sold = {
            ledger.terms.unit: ledger.landlord
            for ledger in self.twin.community.leases.values()
            if self.book.units[ledger.terms.unit].owner != ledger.landlord and ledger.schedule.end_day > day
        }
        told = []
        for unit, buyer in sold.items():
            self.book.units[unit].owner = buyer
            running = [
                one for one in self.book.accounts.values() if one.unit == unit and not one.terms.until_day
            ]
            for account in running:
                self._send([self.stage.suite.fees.hand_over(account.id, buyer, day)])
                following = self.book.hand_over(account.id, buyer, day, day)
                told.append(f"account {account.id} closed, account {following} is the buyer's")
        return f"Fees: {'; '.join(told)}" if told else ""

    def _collect(self, day: Day) -> None:
        """The command's own collection, and the twin's."""
        suite = self.stage.suite
        ids = [account for account in self.book.accounts if self.book.look(account, day).owing]
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            report = settle.run(suite, self.stage.offices.manager, part, book=settle.Fees(suite))
            found = {f"account {row.lease}": {"code": row.code, "amount": row.amount} for row in report.rows}
            mine = {
                f"account {one.account}": {"code": one.code, "amount": one.amount}
                for one in self.book.settle([row.lease for row in report.rows], day)
            }
            compare.need_same(day, compare.tables(mine, found))
            self.count.add_tables(mine)
            self.collected += report.discharged

    # ---------------------------------------------------------------- acts of the scenario

    def _owing(self, party: int, day: Day) -> list[FeeAccount]:
        found = (self.book.look(account, day) for account in self.book.accounts)
        return [one for one in found if one.party == party and one.owing]

    def pay_by_hand(self, party: int) -> str:
        """Everything that an owner owes today."""
        day, suite, key = self._now(), self.stage.suite, self.stage.keys.of(party)
        bills = [(one, one.price() + one.late_fees) for one in self._owing(party, day)]
        requests = []
        for one, amount in bills:
            requests.append((key, suite.token.approve(suite.fees.address, amount)))
            requests.append((key, suite.fees.pay(one.id, one.unit, one.number, party, amount)))
        self.relay.send(requests)
        for one, amount in bills:
            self.book.money.purse(party).allowance = amount
            self.book.pay(party, one.id, amount, day)
            self.paid += amount
        total = sum(amount for _, amount in bills)
        return f"the owner pays {format_money(Money(total))} of property fees by hand"

    def waive_late_fees(self, party: int) -> str:
        """One officer proposes, another one grants."""
        day, suite, offices = self._now(), self.stage.suite, self.stage.offices
        waived = [(one.id, one.late_fees) for one in self._owing(party, day) if one.late_fees]
        for account, amount in waived:
            claim = (account, Relief.WAIVE_FEES, amount, _REASON)
            offices.manager.send_many(
                [Order(offices.manager.signer, suite.fees.propose_relief(*claim), _ACT_GAS)]
            )
            approval = suite.fees.approve_relief(*claim)
            offices.committee.send_many([Order(offices.committee.signer, approval, _ACT_GAS)])
            self.book.waive_fees(account, amount, day)
        return f"{format_money(Money(sum(sum_ for _, sum_ in waived)))} of late fees on property fees waived"

    def _now(self) -> Day:
        """The scenario acts before the evening of its day."""
        return Day(self.stage.suite.fees.today())

    # ---------------------------------------------------------------- at the month's end

    def month_end(self, community: Community, day: Day) -> str:
        """Tariffs that begin soon are agreed; then every account is compared with its twin."""
        schedule = self._read()
        until = month_of(day) + _AHEAD
        known = {
            number: {one.month for one in tariff.versions}
            for number, tariff in self.book.tariffs.tariffs.items()
        }
        new = any(
            month <= until and month not in known[self.numbers[draft.name]]
            for draft in schedule.categories
            for month in draft.rates
        )
        told = self.bring_in(schedule, until) if new else []
        self._compare(day)
        accounts = [self.book.look(account, day) for account in self.book.accounts]
        due = sum(one.due - one.terms.begin for one in accounts)
        month = FeeMonth(
            month=month_of(day),
            due=due - self.due,
            collected=self.collected,
            paid=self.paid,
            owed=sum(one.open for one in accounts),
            late_fees=sum(one.late_fees for one in accounts),
        )
        self.due, self.collected, self.paid = due, 0, 0
        self.months.append(month)
        agreed = "".join(f"; {text} approved" for text in told)
        behind = sum(one.owing > 0 for one in accounts)
        return (
            f"Fees: {cents(month.due)} fell due, {cents(month.collected)} collected from {len(accounts)} "
            f"accounts; {behind} owe {cents(month.owed)}{agreed}"
        )

    def _compare(self, day: Day) -> None:
        """Every figure of every account."""
        fees, book = self.stage.suite.fees, self.book
        found: dict[str, Any] = {
            f"account {number}": {
                name: getattr(one, name)
                for name in ("party", "due", "late_fees", "plan_left", "pot", "level")
            }
            for number, one in zip(book.accounts, fees.accounts_of_many(book.accounts), strict=True)
        }
        mine: dict[str, Mapping[str, int]] = {
            f"account {number}": _figures(book.look(number, day)) for number in book.accounts
        }
        holds = self.stage.suite.token.balance_of(fees.address)
        found["PropertyFee"] = {"held": fees.held(), "holds": holds}
        mine["PropertyFee"] = {"held": book.held, "holds": book.money.balance(FEES)}
        compare.need_same(day, compare.tables(mine, found))
        self.count.add_tables(mine)

    def _send(self, calls: Sequence[Any]) -> None:
        manager = self.stage.offices.manager
        manager.send_many([Order(manager.signer, call, _ACT_GAS) for call in calls])


def _figures(one: FeeAccount) -> dict[str, int]:
    return {
        "party": one.party,
        "due": one.open,
        "late_fees": one.late_fees,
        "plan_left": one.plan.left,
        "pot": one.pot,
        "level": one.level,
    }
