"""Fees and bills told to the end in this process: what seldom happens, and what an index must say of it."""

from dataclasses import dataclass

from commonhold.ops.audit.replay import Arguments
from tests.bill_world import CREDIT_NOTE, REASON, WAIVER, BillWorld
from tests.fee_world import AREA, RATE, FeeWorld
from tests.index.lives import Raw, one_block_each
from tests.lives import audited_bills, audited_fees
from tests.recorded import Recorded
from tests.suite import START, Person

CMT = 10**6
LINE = RATE * AREA // 100  # a month of a home [cmt]


@dataclass
class Fees:
    """A home that was measured anew: its first account, what followed it, and what moved along [cmt]."""

    given: Arguments
    raws: list[Raw]
    ann: Person
    ben: Person
    account: int
    following: int
    moved: int
    credit: int


def fee_story() -> Fees:
    """Three months paid ahead, one taken back; another area; closed, the payee's debt paid by somebody."""
    world = FeeWorld(chain=audited_fees.Chain(timestamp=START))
    fund, ann, ben = world.payer(0), world.payer(), world.payer()
    area = world.category(payee=fund, due_day=5, grace_days=10, late_fee_rate=5, late_fee_max_days=100)
    unit = world.home(ann)
    account = world.subscribe(unit, area, ann)
    world.pay(account, 3 * LINE, ben)
    world.fees.refund(account, LINE, sender=ann)
    world.next_month(11)
    world.units.correct(unit, 10_000, 0, sender=world.admin)
    following = int(world.fees.reopen(account, world.day, False, REASON, sender=world.maker))
    (event,) = world.events("PrepaymentMoved")
    world.token.revokeMandate(sender=fund)
    world.next_month(5)
    world.settle(following)
    world.fees.close(following, world.day, sender=world.maker)
    credit = int(world.fees.creditOf(following, fund.party))
    world.fees.payCredit(following, fund.party, credit, sender=ben)
    assert isinstance(world.chain, Recorded)
    raws = one_block_each(world.chain.raws)
    moved = int(event["amount"])
    return Fees(audited_fees.given(world), raws, ann, ben, account, following, moved, credit)


@dataclass
class Bills:
    """Ann's bill was paid at once and then credited in part, Ben's waived in part; one run was dropped."""

    given: Arguments
    raws: list[Raw]
    world: BillWorld
    ann: int
    ben: int
    dropped: int


def bill_story() -> Bills:
    world = BillWorld(chain=Recorded(timestamp=START))
    run = world.run([(world.ann, 100 * CMT), (world.ben, 60 * CMT)])
    ann, ben = run.key(world.ann), world.issue(run, world.ben)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    world.bills.record(*run.of(world.ann), sender=world.stranger)
    world.adjust(ann, 30 * CMT, kind=CREDIT_NOTE)
    world.token.approve(world.bills, 2**255, sender=world.works)
    world.bills.repay(ann, 30 * CMT, sender=world.works)
    world.adjust(ben, 20 * CMT, kind=WAIVER)
    world.bills.pay(ben, world.ben.party, 40 * CMT, sender=world.ben)
    other = world.post(world.draft([(world.cleo, CMT)], version=2))
    world.bills.withdrawRun(other.number, REASON, sender=world.clerk)
    paid_at_once = world.run([(world.cleo, 5 * CMT)], version=3)
    world.bills.payByProof(*paid_at_once.of(world.cleo), 5 * CMT, sender=world.cleo)
    assert isinstance(world.chain, Recorded)
    raws = one_block_each(world.chain.raws)
    return Bills(audited_bills.given(world), raws, world, ann, ben, other.number)
