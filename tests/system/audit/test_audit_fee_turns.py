"""Fee accounts audited in the rarer turns: notices, debts taken over, plans paid ahead, prepaid cash that
moves or goes back, credits that payees owe. Logs alone give every view's answer; what is altered is named.

notices ── three stages, paid, begun anew · of a broken plan
debts ── assumed and taken over · by somebody who never assumed it: named · of a party without a wallet
prepaid ── refunded, beyond the pot: named · moved by a reopening · back by a closing · beyond the room: named
credits ── kept from what the same call forwards, less than that: named · untold: named · paid by somebody
obligations ── every month of an account is what the contract says
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from commonhold.chain.rawlogs import LogReader
from commonhold.ops.audit.moment import NOBODY, Moment
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.rules.calendar import first_of
from commonhold.rules.codes import Code
from tests.fee_world import AREA, CMT, CREDIT_NOTE, RATE, REASON, FeeWorld
from tests.lives import audited_fees
from tests.recorded import Raw, arguments, differences, replayed
from tests.suite import CAP, OFFSET, START, Person

LINE = RATE * AREA // 100  # a month of a home [cmt]


@dataclass
class Town:
    """Ann's account: due on the 5th, ten days of grace, 0.05 % a day; all may be collected from."""

    world: FeeWorld
    fund: Person
    ann: Person
    ben: Person
    category: int
    unit: int
    account: int
    start: int  # the first month that costs something

    @property
    def raws(self) -> list[Raw]:
        assert isinstance(self.world.chain, audited_fees.Chain)
        return self.world.chain.raws

    def audit(self, raws: list[Raw] | None = None) -> list[str]:
        given = self._given()
        found = differences(self.world.chain, given, self.raws if raws is None else raws)
        return [str(one).partition(" (transaction")[0] for one in found]

    def _given(self) -> Arguments:
        given = audited_fees.given(self.world)
        return arguments({**given.addresses, "CreditRegistry": self.world.credit}, OFFSET, CAP)

    def books(self) -> Books:
        return replayed(self._given(), self.raws)

    def place(self, event: str) -> int:
        """Of the last such log of PropertyFee."""
        reader = LogReader(self._given().addresses)
        logs = ((at, reader.read(raw, 0)) for at, raw in enumerate(self.raws))
        return [at for at, log in logs if log and (log.contract, log.event) == ("PropertyFee", event)][-1]

    def without(self, event: str) -> list[Raw]:
        at = self.place(event)
        return self.raws[:at] + self.raws[at + 1 :]

    def more(self, event: str, **words: int) -> list[Raw]:
        """The last such log with words of its data, by their places w0, w1 …, greater by so much."""
        at = self.place(event)
        data = self.raws[at]["data"]
        for name, by in words.items():
            begin = 2 + 64 * int(name[1:])
            value = int(data[begin : begin + 64], 16) + by
            data = f"{data[:begin]}{value:064x}{data[begin + 64 :]}"
        return [*self.raws[:at], {**self.raws[at], "data": data}, *self.raws[at + 1 :]]

    def to(self, months: int, day: int) -> None:
        """A day of the month so many months after the first."""
        self.world.to_month(self.start + months, day)

    def serve(self, stage: int) -> None:
        self.world.fees.serveNotice(self.account, stage, REASON, sender=self.world.maker)


@cache
def built() -> Town:
    world = FeeWorld(chain=audited_fees.Chain(timestamp=START), recorded=False)
    fund, ann, ben = world.payer(0), world.payer(), world.payer()
    start = world.month + 1
    category = world.category(
        payee=fund, due_day=5, grace_days=10, late_fee_rate=5, late_fee_max_days=100, vacancy_bps=3_000
    )
    unit = world.home(ann)
    return Town(world, fund, ann, ben, category, unit, world.subscribe(unit, category, ann), start)


@pytest.fixture
def town() -> Iterator[Town]:
    found = built()
    chain, logs = found.world.chain, len(found.raws)
    mark, time = chain.evm.snapshot(), chain.timestamp
    yield found
    chain.evm.revert(mark)
    chain.warp(time)
    del found.raws[logs:]


# ---------------------------------------------------------------- notices and debts


def test_notices_follow_each_other_and_begin_anew_once_the_arrears_are_paid(town: Town) -> None:
    world = town.world
    for stage, day in ((1, 16), (2, 23), (3, 28)):
        town.to(0 if stage < 3 else 1, day if stage < 3 else 2)
        town.serve(stage)
    assert town.audit() == []
    assert town.books().fees.notices[town.account].days == list(world.fees.noticesOf(town.account)[1])
    world.pay(town.account, LINE, town.ben)
    town.to(1, 20)
    assert town.audit() == []
    town.serve(1)
    assert town.audit() == []
    row = f"PropertyFee, account {town.account}"
    assert f"{row}, NoticeServed.principal: expected {LINE}, found {LINE + 1}" in town.audit(
        town.more("NoticeServed", w1=1)
    )
    assert f"{row}, notice stage: expected 0, found 1" in town.audit(town.without("NoticeServed"))


def test_a_broken_plan_is_noticed_until_it_is_paid(town: Town) -> None:
    world = town.world
    town.to(0, 20)
    world.plan(town.account, town.ann, 2, world.day + 1)
    world.to_day(world.day + 12)
    town.serve(1)
    assert town.audit() == []
    assert world.fees.noticesOf(town.account)[0] == 1
    world.settle(town.account)
    assert town.audit() == []
    assert world.fees.noticesOf(town.account)[0] == 0


def test_a_debt_is_taken_over_by_who_assumed_it(town: Town) -> None:
    world = town.world
    town.to(0, 20)
    world.fees.assumeDebt(town.unit, town.ann.party, 2 * LINE, sender=town.ben)
    assert town.audit() == []
    world.sell(town.unit, town.ben)
    world.fees.handOver(town.account, town.ben.party, world.day, sender=world.maker)
    owing = town.books().fees.look(town.account, world.day).owing
    world.fees.takeOverDebt(town.account, sender=town.ann)
    assert town.audit() == []
    books = town.books()
    assert (books.fees.accounts[town.account].party, books.fees.accounts[town.account].assumed) == (
        town.ben.party,
        True,
    )
    assert books.fees.assumptions[town.unit].most == 2 * LINE - owing
    row = f"PropertyFee, account {town.account}"
    unsaid = town.audit(town.without("DebtAssumption"))
    assert f"{row}, DebtTakenOver.toParty: expected no log, found {town.ben.party}" in unsaid


def test_from_a_party_without_a_wallet_nothing_is_collected_and_the_log_says_why(town: Town) -> None:
    world = town.world
    party = int(world.parties.register(1, b"\7" * 32, NOBODY, 0, b"", sender=world.admin))
    unit = int(world.units.register(party, 1, 1, AREA, 100, sender=world.admin))
    account = int(world.fees.subscribe(unit, town.category, party, world.day, 0, sender=world.maker))
    town.to(0, 6)
    assert world.settle(account) == [(account, Code.NO_WALLET, 0)]
    assert town.audit() == []
    other = town.audit(town.more("Settled", w1=1))
    assert any(
        one.startswith(f"PropertyFee, account {account}, Settled.code: expected NO_WALLET") for one in other
    )


# ---------------------------------------------------------------- prepaid cash


def test_prepaid_cash_goes_back_to_its_party_and_no_more_of_it(town: Town) -> None:
    world, row = town.world, f"PropertyFee, account {town.account}"
    world.pay(town.account, 9 * CMT, town.ben)
    assert town.audit() == []
    world.fees.refund(town.account, 9 * CMT, sender=town.ann)
    assert town.audit() == []
    beyond = town.audit(town.more("PrepaymentRefunded", w0=1))
    assert f"{row}, PrepaymentRefunded.amount: expected at most {9 * CMT}, found {9 * CMT + 1}" in beyond


def test_prepaid_cash_moves_along_when_an_account_is_opened_anew(town: Town) -> None:
    world = town.world
    world.pay(town.account, 3 * LINE, town.ben)
    town.to(0, 20)
    world.fees.reopen(town.account, world.day, True, REASON, sender=world.maker)
    assert town.audit() == []
    (moved,) = world.events("PrepaymentMoved")
    books = town.books()
    assert books.fees.accounts[int(moved["next"])].pot == moved["amount"] > 0
    assert books.fees.accounts[town.account].pot == 0
    unmoved = town.audit(town.without("PrepaymentMoved"))
    expected = (int(moved["next"]), moved["amount"])
    row = f"PropertyFee, account {town.account}"
    assert f"{row}, PrepaymentMoved.amount: expected {expected}, found no log" in unmoved


def test_prepaid_cash_goes_back_when_an_account_is_closed(town: Town) -> None:
    world = town.world
    world.pay(town.account, 3 * LINE, town.ben)
    town.to(0, 20)
    world.fees.close(town.account, world.day, sender=world.maker)
    assert town.audit() == []
    (back,) = world.events("PrepaymentRefunded")
    assert back["party"] == town.ann.party
    row = f"PropertyFee, account {town.account}"
    assert f"{row}, PrepaymentRefunded.amount: expected {back['amount']}, found no log" in town.audit(
        town.without("PrepaymentRefunded")
    )


def test_a_payment_ahead_of_a_plan_is_of_the_plan_and_one_beyond_all_room_is_named(town: Town) -> None:
    world, row = town.world, f"PropertyFee, account {town.account}"
    room = town.books().fees.look(town.account, world.day).room()
    world.pay(town.account, room, town.ben)
    assert town.audit() == []
    beyond = town.audit(town.more("FeePaid", w2=1))
    assert f"{row}, FeePaid.prepaid: expected at most {room}, found {room + 1}" in beyond


def test_what_is_paid_ahead_on_a_plan_is_principal(town: Town) -> None:
    world = town.world
    town.to(0, 20)
    fees = town.books().fees.look(town.account, world.day).late_fees
    total = world.plan(town.account, town.ann, 4, world.day + 9)
    world.pay(town.account, total // 2 + fees, town.ben)
    assert town.audit() == []
    (paid,) = world.events("FeePaid")
    assert (paid["principal"], paid["lateFees"], paid["prepaid"]) == (total // 2, fees, 0)
    assert town.books().fees.accounts[town.account].plan.left == total - total // 2


# ---------------------------------------------------------------- credits


def test_a_credit_is_kept_first_from_what_the_same_call_would_forward(town: Town) -> None:
    """Prepaid cash pays the month in the very call that says the month was charged wrongly."""
    world, row = town.world, f"PropertyFee, account {town.account}"
    world.pay(town.account, LINE, town.ben)
    town.to(0, 6)
    world.relieve(town.account, CREDIT_NOTE, 40 * CMT)
    assert town.audit() == []
    (credit,) = world.events("CreditDue")
    assert (credit["setOff"], credit["collected"], credit["debt"]) == (0, 40 * CMT, 0)
    less = town.audit(town.more("CreditDue", w1=-1, w2=1))
    assert f"{row}, CreditDue.collected: expected at least {40 * CMT}, found {40 * CMT - 1}" in less
    assert f"{row}, CreditDue: expected told, found no log" in town.audit(town.without("CreditDue"))


def test_a_credit_that_somebody_pays_is_at_most_what_the_payee_owes(town: Town) -> None:
    world, row = town.world, f"PropertyFee, account {town.account}"
    town.to(0, 6)
    world.settle(town.account)
    world.token.revokeMandate(sender=town.fund)
    world.relieve(town.account, CREDIT_NOTE, 40 * CMT)
    assert town.audit() == []
    assert town.books().fees.debts == {town.fund.party: 40 * CMT}
    world.fees.payCredit(town.account, town.fund.party, 40 * CMT, sender=town.ben)
    assert town.audit() == []
    assert town.books().fees.debts == {town.fund.party: 0}
    more = town.audit(town.more("CreditPaid", w0=1))
    assert f"{row}, CreditPaid.amount: expected at most {40 * CMT}, found {40 * CMT + 1}" in more


# ---------------------------------------------------------------- obligations


def test_every_month_of_an_account_is_the_obligation_that_the_contract_says(town: Town) -> None:
    """Noticed by the real history too: its facts are the account's."""
    world = town.world
    town.to(1, 20)
    world.credit.reportOverdue(world.fees, town.account << 16 | town.start, sender=town.ben)
    assert town.audit() == []
    world.plan(town.account, town.ann, 2, world.day + 1)
    world.to_day(world.day + 12)
    world.fees.close(town.account, first_of(world.month + 1), sender=world.maker)
    books = town.books()
    moment = Moment(books.findings, 1, world.chain.timestamp, "", OFFSET)
    seen = []
    for month in range(town.start - 2, town.start + 5):
        obligation = town.account << 16 | month
        found, told = books.fees.overdue(obligation, moment), tuple(world.fees.overdueOf(obligation))
        if found is None:
            assert told[1:] == (0, 0, 0, 0)
            continue
        assert told == (found.kind, found.party, found.due_day, found.last_on_time_day, found.open)
        seen.append(found.open)
    assert seen[0] == 0 and sum(1 for one in seen if one) == 3  # nothing before the tariff began
    assert books.fees.overdue(99 << 16 | town.start, moment) is None
