"""Leases and their changes, audited in the rarer turns. Logs alone give what every view answers.

proposals ── a second in place of the first · withdrawn · agreed by its maker alone
default ── of joint tenants of whom one has paid · of a lease that ends anyway
payments ── prepaid cash whose use is not told · beyond the end · a refund beyond what is prepaid
end ── prepaid cash goes back with the closing · a credit that the landlord's mandate pays at once
one transaction ── settled twice · settled and paid
"""

from collections.abc import Iterator
from typing import Any

import pytest

from commonhold.ops.audit.moment import Moment
from commonhold.rules.codes import Code
from tests.lease_world import CMT, END, RENT, TENANT, World
from tests.suite import OFFSET
from tests.system.audit.lease_audits import Audited, audited

MONTH_RENT = 1_000 * CMT


@pytest.fixture
def town() -> Iterator[Audited]:
    with audited().fresh() as found:
        yield found


def settle(world: World, *leases: int) -> None:
    world.leases.settle(list(leases), sender=world.wallet("stranger"))


def pay(world: World, lease: int, amount: int, tenant: str = "ann", payer: str = "cleo") -> None:
    world.leases.pay(lease, world.party[tenant], amount, world.terms_hash[lease], sender=world.wallet(payer))


def propose(world: World, proposal: Any, person: str) -> bytes:
    world.changes.propose(proposal, sender=world.wallet(person))
    return bytes(world.changes.hashProposal(proposal))


# ---------------------------------------------------------------- proposals


def test_a_second_proposal_of_a_kind_takes_the_place_of_the_first(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann", "ben")
    later = world.month_start(2)
    first = propose(world, world.proposal(lease, RENT, day=later, amount=MONTH_RENT + 1), "landlord")
    world.pass_days(1)  # the first is no longer open to anybody
    second = propose(world, world.proposal(lease, RENT, day=later, amount=MONTH_RENT + 2), "landlord")
    assert town.audit() == []
    assert list(town.books().changes.proposals) == ["0x" + second.hex()] != ["0x" + first.hex()]


def test_a_proposal_that_was_withdrawn_is_open_no_more(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann", "ben")
    made = propose(world, world.proposal(lease, TENANT, index=1, party="cleo"), "ann")
    world.changes.withdraw(made, sender=world.wallet("ann"))
    assert town.audit() == []
    assert town.books().changes.open == {}
    left = town.audit(town.without("LeaseChanges", "ProposalWithdrawn"))
    assert any(one.startswith(f"LeaseChanges, proposal 0x{made.hex()}, ") for one in left)


def test_a_notice_is_applied_with_its_proposal_where_nobody_else_has_to_agree(town: Audited) -> None:
    world, fee = town.world, 77 * CMT
    lease = world.activate("ann", breakDay=world.today + 40, breakFee=fee)
    day = world.today + 50
    notice = world.proposal(lease, END, index=0, party="ann", day=day, amount=fee, notice=True)
    propose(world, notice, "ann")
    assert town.audit() == []
    books = town.books()
    assert books.changes.proposals == {} and books.changes.changes == {lease: 1}
    assert books.leases.leases[lease].schedule.end_day == day
    missed = town.audit(town.without("LeaseChanges", "ProposalApplied"))
    assert any("ProposalApplied.applied: expected" in one and "found no log" in one for one in missed)


# ---------------------------------------------------------------- default


def defaulted(town: Audited, last: int = MONTH_RENT // 2, **terms: Any) -> int:
    """Ann never pays, Ben does; noticed, not cured, ended for default."""
    world = town.world
    lease = world.activate("ann", "ben", **terms)
    for person in ("ann", "ben"):
        world.revoke_mandate(person)
    for _ in range(3):
        pay(world, lease, MONTH_RENT // 2, "ben")
        world.to_day(world.month_start(1))
    pay(world, lease, last, "ben")
    world.changes.giveDefaultNotice(lease, sender=world.wallet("landlord"))
    assert town.audit() == []
    world.pass_days(15)
    world.changes.endForDefault(lease, sender=world.wallet("landlord"))
    return lease


def test_a_default_of_joint_tenants_counts_against_those_who_owe(town: Audited) -> None:
    lease = defaulted(town)
    assert town.audit() == []
    due = town.books().leases.leases[lease].all_touched(town.world.today)
    assert [one.due > one.settled for one in due] == [True, False]
    assert town.books().changes.changes == {lease: 1}


def test_a_default_of_a_lease_that_ends_anyway_leaves_its_end(town: Audited) -> None:
    world = town.world
    end = world.month_start(3) + 20
    lease = defaulted(town, last=300 * CMT, endDay=end)
    assert town.audit() == []
    assert world.events("LeaseDefaulted")[0]["endDay"] == end == world.leases.termsOf(lease)[4]
    assert town.books().changes.changes == {}


# ---------------------------------------------------------------- payments


def test_prepaid_cash_that_was_used_before_a_payment_and_is_not_told_is_named(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann")
    settle(world, lease)
    pay(world, lease, 300 * CMT)
    world.to_day(world.month_start(1))
    pay(world, lease, 100 * CMT)  # uses what is prepaid, then pays
    assert town.audit() == []
    found = town.audit(town.without("LeaseAgreement", "Settled"))
    ann = world.party["ann"]
    assert (
        f"LeaseAgreement, lease {lease} party {ann}, Settled.amount: expected {300 * CMT}, found no log"
        in found
    )


def test_a_payment_beyond_the_end_of_the_lease_is_named(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann", endDay=world.today + 60)
    total = town.books().leases.leases[lease].schedule.total
    pay(world, lease, total)
    assert town.audit() == []
    prepaid = world.events("RentPaid")[0]["prepaid"]
    found = town.audit(town.more("LeaseAgreement", "RentPaid", 2))
    row = f"LeaseAgreement, lease {lease} party {world.party['ann']}"
    assert f"{row}, RentPaid.prepaid: expected at most {prepaid}, found {prepaid + 1}" in found


def test_a_refund_beyond_what_is_prepaid_is_named(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann")
    settle(world, lease)
    pay(world, lease, 300 * CMT)
    world.leases.refund(lease, 300 * CMT, sender=world.wallet("ann"))
    assert town.audit() == []
    row = f"LeaseAgreement, lease {lease} party {world.party['ann']}"
    expected = f"{row}, PrepaymentRefunded.amount: expected at most {300 * CMT}, found {300 * CMT + 1}"
    assert expected in town.audit(town.more("LeaseAgreement", "PrepaymentRefunded", 0))


# ---------------------------------------------------------------- the end


def test_prepaid_cash_goes_back_with_the_closing(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann", deposit=0, endDay=world.today + 60)
    settle(world, lease)
    pay(world, lease, 900 * CMT)
    day = world.today + 20
    world.agree(world.proposal(lease, END, day=day), "landlord", "ann")
    world.to_day(day)
    world.leases.close(lease, sender=world.wallet("landlord"))
    assert town.audit() == []
    assert world.events("PrepaymentRefunded")[0]["amount"] == 900 * CMT
    assert town.books().leases.held == 0


def test_a_credit_at_the_end_is_paid_by_the_landlords_mandate_at_once(town: Audited) -> None:
    world = town.world
    lease = world.activate("ann", deposit=0)
    settle(world, lease)
    day = world.today + 10
    world.agree(world.proposal(lease, END, day=day), "landlord", "ann")
    world.to_day(day)
    world.leases.close(lease, sender=world.wallet("landlord"))
    assert town.audit() == []
    (credit,) = world.events("EndCredit")
    used = town.books().leases.leases[lease].schedule.total
    assert (credit["setOff"], credit["collected"], credit["debt"]) == (0, MONTH_RENT - used, 0)
    assert any("EndCredit" in one for one in town.audit(town.more("LeaseAgreement", "EndCredit", 2)))


# ---------------------------------------------------------------- one transaction


RENT_OF_TWO, FIRST = 1_000_000_007, 400_000_009  # apart, commission on it is rounded down twice [cmt]


def settled_in_part(town: Audited) -> tuple[int, int]:
    """Of Ann's rent FIRST is collected, all that she has; the lease, and what Cleo keeps for her."""
    world = town.world
    lease = world.activate("ann", deposit=0, rent=RENT_OF_TWO, manager=world.party["buyer"], commission=777)
    world.token.setMandate((10**6 * CMT, 1, 2**12 - 1, True), sender=world.wallet("ann"))
    spare = world.balance("ann") - FIRST
    world.token.transfer(world.wallet("cleo"), spare, sender=world.wallet("ann"))
    settle(world, lease)
    return lease, spare


def commissions() -> int:
    """Of both parts, one unit less than of the whole. [cmt]"""
    parts = sum(amount * 777 // 10_000 for amount in (FIRST, RENT_OF_TWO - FIRST))
    assert parts == RENT_OF_TWO * 777 // 10_000 - 1
    return parts


def test_a_lease_settled_twice_in_one_transaction_is_two_settlements(town: Audited) -> None:
    """Somebody's contract may settle as often as it likes: each time commission is rounded down."""
    world, before = town.world, town.world.balance("buyer")
    lease, spare = settled_in_part(town)
    world.token.transfer(world.wallet("ann"), spare, sender=world.wallet("cleo"))
    settle(world, lease)
    assert world.balance("buyer") - before == commissions()
    assert town.audit(town.together(3)) == []


def test_a_lease_settled_and_paid_in_one_transaction_is_audited_as_if_apart(town: Audited) -> None:
    world, before = town.world, town.world.balance("buyer")
    lease, _ = settled_in_part(town)
    pay(world, lease, RENT_OF_TWO - FIRST)
    assert world.balance("buyer") - before == commissions()
    assert town.audit(town.together(2)) == []


def test_money_of_others_in_the_transaction_of_a_lease_taken_over_is_told_apart(town: Audited) -> None:
    """Who submits a lease taken over pays its deposit, and no log names him: all else is named still."""
    world = town.world
    first = world.activate("ann", deposit=0)
    today = world.today
    world.activate("ben", startDay=today - 40, billingDay=1, opening=(today, 0, 0, 0, 0))
    settle(world, first)
    assert town.audit(town.together(2)) == []
    ann = world.wallet("ann").lower()
    raws = town.together(2)
    at = town.place("CommunityToken", "Transfer")
    pulled = next(i for i in range(at, 0, -1) if raws[i]["topics"][1].endswith(ann[2:]))
    found = town.audit(raws[:pulled] + raws[pulled + 1 :])
    assert f"LeaseAgreement, wallet {ann}, paid by: expected {MONTH_RENT}, found 0" in found


def test_a_settlement_that_collected_nothing_of_what_is_due_cannot_be_whole(town: Audited) -> None:
    """Prepaid cash alone may be used on the way to a payment, which comes after it and not before."""
    world = town.world
    lease = world.activate("ann")
    world.revoke_mandate("ann")
    settle(world, lease)
    told = dict(town.chain.raws[town.place("LeaseAgreement", "Settled")])
    pay(world, lease, 250 * CMT)
    assert town.audit() == []
    last = town.chain.raws[-1]
    names = ("transactionHash", "blockNumber", "blockTimestamp")
    forged = {**told, **{name: last[name] for name in names}, "logIndex": hex(len(town.chain.raws))}
    forged["data"] = f"{told['data'][:-128]}{int(Code.COLLECTED):064x}{0:064x}"
    row = f"LeaseAgreement, lease {lease} party {world.party['ann']}"
    found = town.audit([*town.chain.raws, forged])
    assert f"{row}, Settled.code: expected what the mandate answers, found COLLECTED" in found


# ---------------------------------------------------------------- obligations


@pytest.mark.parametrize("shape", [{}, {"interval": 3}, {"endDay": 75}, {"opening": 5_000_000}])
def test_every_obligation_of_a_lease_is_what_the_contract_says(town: Audited, shape: dict[str, int]) -> None:
    """Also those that there are not: another account, a month within a quarter, before and after the lease,
    and what was carried over."""
    world = town.world
    today = world.today
    terms: dict[str, Any] = dict(shape)
    if "endDay" in terms:
        terms["endDay"] += today
    if "opening" in terms:
        terms |= {"startDay": today - 59, "billingDay": 1, "opening": (today, 0, terms["opening"], 0, 0)}
    lease = world.activate("ann", "ben", shares=[6_000, 4_000], **terms)
    pay(world, lease, 700 * CMT)
    world.to_day(world.month_start(2))
    books = town.books()
    moment = Moment(books.findings, 1, town.chain.timestamp, "", OFFSET)
    schedule = books.leases.leases[lease].schedule
    open_ = 0
    for index in range(3):
        for label in range(schedule.first - 2, schedule.last + 3):
            obligation = lease << 24 | index << 16 | label
            found = books.leases.overdue(obligation, moment)
            told = world.leases.overdueOf(obligation)
            if found is None:
                assert tuple(told)[1:] == (0, 0, 0, 0)
                continue
            assert tuple(told) == (found.kind, found.party, found.due_day, found.last_on_time_day, found.open)
            open_ += found.open
    assert open_ > 0
    assert books.leases.overdue(99 << 24 | schedule.first, moment) is None
