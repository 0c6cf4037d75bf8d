"""What the lines of a scenario mean: each becomes the same act on both sides."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from commonhold.errors import InputError
from commonhold.ops.demo.habits import Habits, read_habit
from commonhold.ops.demo.scenario import ALL, LANDLORD, Action, Amount, Scenario
from commonhold.ops.demo.sides import Side
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.rules.accounts import Touched
from commonhold.rules.calendar import label_of
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import LANDLORD_INDEX, Change, LeaseLedger
from commonhold.rules.mandates import LIMIT_UNIT, Mandate
from commonhold.rules.rent import BPS, ChangeKind
from commonhold.text import fold
from commonhold.units import Day, Money, format_day, format_money, parse_day, parse_month

_YEARS: Final = 60  # how long a mandate lasts if nothing is said [months]
_OF_OTHERS: Final = ("pay fees", "waive fees")  # where there are no property fees, nothing happens
_LEAVE_DAYS: Final = 14  # from the end for default to the last day [days]


class Acts:
    """leases: number of each lease of the roll, by its key as compared ("fl-23-001").

    others: acts that are not about leases, by their name; each answers what happened to which party."""

    def __init__(
        self,
        chain: Side,
        twin: TwinSide,
        scenario: Scenario,
        habits: Habits,
        leases: Mapping[str, int],
        others: Mapping[str, Callable[[int], str]] | None = None,
    ) -> None:
        self._chain = chain
        self._twin = twin
        self._habits = habits
        self._leases = leases
        self._labels = {number: key.upper() for key, number in leases.items()}
        self._guardians: dict[int, list[int]] = {}
        for action in scenario:
            if action.lease != "*" and action.lease not in leases:
                raise InputError(
                    f"Line {action.line} of the scenario: the roll has no lease {action.lease}.",
                    "Use the numbers of the roll.",
                )
        by_action = defaultdict(set)
        for action in scenario:
            if action.lease != "*":
                by_action[action.action].add(leases[action.lease])
        self._closed_by_hand = by_action["close"]
        self._kept = by_action["keep"] | by_action["claim"]
        self._performers: dict[str, Callable[[Action], str]] = {
            "habit": self._habit,
            "mandate": self._mandate,
            "revoke": self._revoke,
            "fund": self._fund,
            "pay": self._pay,
            "refund": self._refund,
            "rent": self._rent,
            "renewal": self._renewal,
            "holdover": self._holdover,
            "notice": self._notice,
            "end": self._end,
            "tenant": self._tenant_change,
            "sale": self._sale,
            "waive rent": self._waive,
            "waive late fees": self._waive,
            "default notice": self._default_notice,
            "default end": self._default_end,
            "close": self._close_by_hand,
            "keep": lambda action: "",
            "claim": self._claim,
            "offer": self._offer,
            "accept claim": self._accept_claim,
            "accept offer": self._accept_offer,
            "award": self._award,
            "finalise": self._finalise,
            "guardians": self._name_guardians,
            "lost": self._lost,
            "recovered": self._recovered,
        }
        self._others = others or {}

    def perform(self, action: Action) -> str:
        """Does it on both sides; answers what happened, in words ("" for habits and mandates)."""
        self._day = action.day
        if action.action in _OF_OTHERS:
            act = self._others.get(action.action)
            return self._say(self._lease(action)[0], act(self._party(action))) if act else ""
        return self._performers[action.action](action)

    def closed_by_scenario(self, lease: int) -> bool:
        return lease in self._closed_by_hand

    def close(self, leases: Sequence[int]) -> None:
        """Closes ended leases; unless the landlord keeps it, a deposit goes back at once."""
        self._twin.close(leases)
        phases = {lease: self._twin.community.deposits.deposit(lease).phase for lease in leases}
        free = [lease for lease in leases if phases[lease] == Phase.CLAIMING and lease not in self._kept]
        self._twin.give_back(free)
        self._chain.close(leases)
        self._chain.give_back(free)

    # ---------------------------------------------------------------- helpers

    def _both(self, act: Callable[[Side], None]) -> None:
        act(self._chain)
        act(self._twin)

    def _lease(self, action: Action) -> tuple[int, LeaseLedger]:
        number = self._leases[action.lease]
        return number, self._twin.community.leases[number]

    def _party(self, action: Action) -> int:
        _, ledger = self._lease(action)
        return ledger.landlord if action.who == LANDLORD else ledger.accounts[action.who].tenant

    def _named(self, text: str) -> tuple[LeaseLedger, int]:
        """ "FL-23-010 tenant 2": that lease and account."""
        ref, _, who = text.strip().partition(" ")
        if fold(ref) not in self._leases:
            raise InputError(f"The scenario names the lease {ref!r}, which the roll does not have.")
        index = int(who.removeprefix("tenant ")) - 1 if who else 0
        return self._twin.community.leases[self._leases[fold(ref)]], index

    def _rent_of(self, ledger: LeaseLedger) -> int:
        label = label_of(ledger.schedule.anchor, self._day)
        begun = [one.rent for one in ledger.schedule.segments if one.label <= label]
        return begun[-1] if begun else ledger.terms.rent

    def _sum(self, action: Action, amount: Amount, ledger: LeaseLedger) -> int:
        """An amount of the scenario as money. [cmt]"""
        rent = self._rent_of(ledger)
        base = {"rent": rent, "payment": rent * ledger.terms.interval, "deposit": ledger.terms.deposit}
        if amount.of in base:
            return base[amount.of] * amount.percent // 100
        if amount.of == "break fee":
            return ledger.terms.break_fee
        if amount.of:
            touched: Touched = ledger.touched(max(action.who, 0), self._day)
            fees = touched.late_fees if amount.of == "late fees" or action.action == "pay" else 0
            principal = touched.principal if amount.of == "due" else 0
            return principal + fees
        return amount.money

    def _say(self, lease: int, text: str) -> str:
        return f"{format_day(self._day)}  {self._labels[lease]}: {text}"

    def _change(self, lease: int, kind: ChangeKind, *, notice: bool = False, **fields: Any) -> None:
        self._both(lambda side: side.change(lease, Change(kind, **fields), notice=notice))

    # ---------------------------------------------------------------- paying

    def _accounts(self, action: Action) -> list[tuple[int, int]]:
        if action.lease == "*":
            return [
                (lease, index)
                for lease, ledger in self._twin.community.leases.items()
                for index in range(len(ledger.accounts))
            ]
        lease, ledger = self._lease(action)
        return [(lease, one) for one in (range(len(ledger.accounts)) if action.who == ALL else [action.who])]

    def _habit(self, action: Action) -> str:
        habit = read_habit(action.detail)
        for lease, index in self._accounts(action):
            self._habits.set(lease, index, habit)
        return ""

    def _mandate(self, action: Action) -> str:
        limits: dict[int, int] = defaultdict(int)
        books = self._twin.community.leases
        if action.who == LANDLORD:
            owners = (
                {one.landlord for one in books.values()} if action.lease == "*" else {self._party(action)}
            )
            limits |= dict.fromkeys(sorted(owners), action.amount.money)
        else:
            for lease, index in self._accounts(action):
                ledger = books[lease]
                if action.lease == "*" and self._habits.of(lease, index).kind == "by hand":
                    continue
                share = ledger.accounts[index].share
                limit = self._sum(action, action.amount, ledger) * share // BPS
                limits[ledger.accounts[index].tenant] += limit
        given = [(party, self._mandate_of(action, limit)) for party, limit in sorted(limits.items()) if limit]
        self._both(lambda side: side.mandate(given))
        if action.lease == "*":
            return ""
        lease, _ = self._lease(action)
        return self._say(lease, f"mandate of {format_money(Money(given[0][1].limit))} a month")

    def _mandate_of(self, action: Action, limit: int) -> Mandate:
        words = [word.strip() for word in action.detail.split(",") if word.strip()]
        expiry, collectors = label_of(1, action.day) + _YEARS, self._twin.collectors
        for word in words:
            if word.startswith("until "):
                expiry = parse_month(word.removeprefix("until "))
            elif word == "rents only":
                collectors = self._twin.community.bit
            elif word != "part":
                raise InputError(f"Line {action.line} of the scenario: {word!r} is no word about a mandate.")
        limit = max(LIMIT_UNIT, -(-limit // LIMIT_UNIT) * LIMIT_UNIT)
        return Mandate(limit, collectors, expiry, "part" in words)

    def _revoke(self, action: Action) -> str:
        party = self._party(action)
        self._both(lambda side: side.revoke(party))
        return self._say(self._lease(action)[0], "the tenant revokes the mandate")

    def _fund(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        party, amount = self._party(action), self._sum(action, action.amount, ledger)
        self._both(lambda side: side.fund([(party, amount)]))
        return self._say(lease, f"{format_money(Money(amount))} arrives from the bank")

    def _pay(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        party, amount = self._party(action), self._sum(action, action.amount, ledger)
        self._both(lambda side: side.fund([(party, amount)]))
        self._both(lambda side: side.pay([(lease, action.who, amount)]))
        return self._say(lease, f"pays {format_money(Money(amount))} by hand")

    def _refund(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        touched = ledger.touched(action.who, self._day)
        touched.allocate_pot()
        amount = self._sum(action, action.amount, ledger) or touched.pot
        self._both(lambda side: side.refund(lease, action.who, amount))
        return self._say(lease, f"takes {format_money(Money(amount))} of the prepayment back")

    # ---------------------------------------------------------------- changes

    def _rent(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        amount, old = self._sum(action, action.amount, ledger), self._rent_of(ledger)
        self._change(lease, ChangeKind.RENT, day=parse_day(action.detail), amount=amount)
        told = (
            f"rent {format_money(Money(old))} becomes {format_money(Money(amount))} from {action.detail} on"
        )
        return self._say(lease, told)

    def _renewal(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        amount = self._sum(action, action.amount, ledger)
        self._change(lease, ChangeKind.RENEWAL, day=parse_day(action.detail) + 1, amount=amount)
        return self._say(lease, f"renewed until {action.detail} at {format_money(Money(amount))}")

    def _holdover(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        last = ledger.schedule.segments[-1].rent
        amount = last * ledger.terms.holdover_rate // BPS
        self._change(lease, ChangeKind.HOLDOVER, day=parse_day(action.detail) + 1, amount=amount)
        return self._say(lease, f"stays on until {action.detail} at {format_money(Money(amount))}")

    def _notice(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        fee, party = ledger.terms.break_fee, self._party(action)
        self._both(lambda side: side.fund([(party, fee)]))
        index = LANDLORD_INDEX if action.who == LANDLORD else action.who
        day = parse_day(action.detail) + 1
        self._change(lease, ChangeKind.END, notice=True, index=index, day=day, party=party, amount=fee)
        return self._say(lease, f"notice: ends {action.detail}, break fee {format_money(Money(fee))}")

    def _end(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self._change(lease, ChangeKind.END, day=parse_day(action.detail) + 1)
        return self._say(lease, f"both sides agree to end it on {action.detail}")

    def _tenant_change(self, action: Action) -> str:
        lease, _ = self._lease(action)
        other, index = self._named(action.detail)
        newcomer = other.accounts[index].tenant
        self._change(lease, ChangeKind.TENANT, index=action.who, party=newcomer)
        return self._say(lease, f"tenant {action.who + 1} leaves, another takes his place")

    def _sale(self, action: Action) -> str:
        lease, _ = self._lease(action)
        other, _ = self._named(action.detail)
        self._change(lease, ChangeKind.SALE, party=other.landlord)
        return self._say(lease, "the landlord sells the unit; the lease goes on")

    def _waive(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        rent = action.action == "waive rent"
        kind = ChangeKind.WAIVE_RENT if rent else ChangeKind.WAIVE_FEES
        amount, party = self._sum(action, action.amount, ledger), self._party(action)
        self._change(lease, kind, index=action.who, party=party, amount=amount)
        return self._say(lease, f"{format_money(Money(amount))} of {'rent' if rent else 'late fees'} waived")

    def _default_notice(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self._both(lambda side: side.default_notice(lease))
        return self._say(lease, "default notice; the tenant has 14 days to pay")

    def _default_end(self, action: Action) -> str:
        lease, _ = self._lease(action)
        day = Day(self._day + _LEAVE_DAYS)
        self._both(lambda side: side.default_end(lease, day))
        return self._say(lease, f"ended for default; last day {format_day(Day(day - 1))}")

    # ---------------------------------------------------------------- the end

    def _close_by_hand(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self.close([lease])
        return self._say(lease, "closed")

    def _claim(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        left = self._twin.community.deposits.deposit(lease).left
        amount = min(left, self._sum(action, action.amount, ledger))
        items = [word.strip() for word in action.detail.split(";")]
        parts = [amount // len(items)] * (len(items) - 1)
        parts.append(amount - sum(parts))
        self._both(lambda side: side.claim(lease, parts))
        return self._say(
            lease, f"landlord claims {format_money(Money(amount))} of the deposit: {action.detail}"
        )

    def _offer(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        amount = self._sum(action, action.amount, ledger)
        self._both(lambda side: side.offer(lease, action.who, amount))
        return self._say(lease, f"tenant offers {format_money(Money(amount))}")

    def _accept_claim(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self._both(lambda side: side.accept_claim(lease, action.who))
        return self._say(lease, "tenant accepts the claim")

    def _accept_offer(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self._both(lambda side: side.accept_offer(lease))
        return self._say(lease, "landlord accepts the offer")

    def _award(self, action: Action) -> str:
        lease, ledger = self._lease(action)
        amount = self._sum(action, action.amount, ledger)
        self._both(lambda side: side.award(lease, amount))
        return self._say(lease, f"the arbiter awards {format_money(Money(amount))}")

    def _finalise(self, action: Action) -> str:
        lease, _ = self._lease(action)
        self._both(lambda side: side.finalise(lease))
        return self._say(lease, "the clock has run out: silence decides")

    # ---------------------------------------------------------------- a lost wallet

    def _name_guardians(self, action: Action) -> str:
        lease, _ = self._lease(action)
        party = self._party(action)
        found: Sequence[int] = [
            ledger.accounts[index].tenant for ledger, index in map(self._named, action.detail.split(","))
        ]
        self._guardians[party] = list(found)
        self._both(lambda side: side.guardians(party, found))
        return self._say(lease, f"names {len(found)} guardians")

    def _lost(self, action: Action) -> str:
        lease, _ = self._lease(action)
        party = self._party(action)
        self._both(lambda side: side.lost(party, self._guardians[party]))
        return self._say(lease, "lost the phone: the guardians start the recovery")

    def _recovered(self, action: Action) -> str:
        lease, _ = self._lease(action)
        party = self._party(action)
        self._both(lambda side: side.recovered(party))
        return self._say(lease, "a new wallet takes the old one's place")
