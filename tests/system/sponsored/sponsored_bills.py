"""One sponsored call of each function of BillRuns that is open to residents."""

from collections.abc import Callable
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.rules.codes import Code
from tests.bill_world import CMT, CREDIT_NOTE, ISSUED, PAID_AT_ONCE, REASON, BillWorld, Run
from tests.contracts.BillRuns.test_pay import authorised
from tests.suite import FAR, Person, typed_digest

REQUEST = (
    "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,"
    "bytes data)"
)


class _Backend:
    """What the test of sponsored calls asks of a chain."""

    def __init__(self, world: BillWorld) -> None:
        self.chain = world.chain

    def snapshot(self) -> tuple[Any, int]:
        return self.chain.evm.snapshot(), self.chain.timestamp

    def restore(self, mark: tuple[Any, int]) -> None:
        self.chain.evm.revert(mark[0])
        self.chain.warp(mark[1])


class SponsoredBills(BillWorld):
    """The same community, whose residents call through the forwarder."""

    def __init__(self) -> None:
        super().__init__()
        self.backend = _Backend(self)
        self.forwarder = self.suite.forwarder

    def wallet(self, name: str) -> str:
        return self.stranger if name == "stranger" else str(getattr(self, name))

    def forward(self, who: Person, function: str, *arguments: Any) -> None:
        """This person signs the call, a stranger sends it."""
        data = self.bills.data(function, *arguments)
        nonce = self.forwarder.nonces(who.wallet)
        struct = keccak(
            encode(
                ["bytes32", "address", "address", "uint256", "uint256", "uint256", "uint48", "bytes32"],
                [
                    keccak(text=REQUEST),
                    who.wallet,
                    self.bills.address,
                    0,
                    3_000_000,
                    nonce,
                    FAR,
                    keccak(data),
                ],
            )
        )
        signature = who.sign(typed_digest("Commonhold Forwarder", self.forwarder, struct))
        request = (who.wallet, self.bills.address, 0, 3_000_000, FAR, data, signature)
        self.forwarder.execute(request, sender=self.stranger)


Case = Callable[[SponsoredBills], None]


def _run(world: SponsoredBills) -> Run:
    return world.run([(world.ann, 100 * CMT), (world.ben, 50 * CMT)])


def _issue(world: SponsoredBills) -> None:
    run = _run(world)
    world.forward(world.cleo, "issue", *run.of(world.ann))
    assert world.standing(run.key(world.ann))["state"] == ISSUED


def _issue_many(world: SponsoredBills) -> None:
    run = _run(world)
    bills = [bill.as_tuple() for bill in run.bills]
    world.forward(world.cleo, "issueMany", 1, bills, [run.tree.proof(0), run.tree.proof(1)])
    assert world.standing(run.key(world.ben))["state"] == ISSUED


def _record(world: SponsoredBills) -> None:
    run = _run(world)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    world.forward(world.cleo, "record", *run.of(world.ann))
    assert world.standing(run.key(world.ann))["amount"] == 100 * CMT


def _pay_by_proof(world: SponsoredBills) -> None:
    run = _run(world)
    before = world.balance(world.ben)
    world.forward(world.ben, "payByProof", *run.of(world.ann), 100 * CMT)
    assert world.standing(run.key(world.ann))["state"] == PAID_AT_ONCE
    assert world.balance(world.ben) == before - 100 * CMT


def _pay(world: SponsoredBills) -> None:
    key = world.issued(100 * CMT)
    before = world.balance(world.ben)
    world.forward(world.ben, "pay", key, world.ann.party, 40 * CMT)
    assert world.balance(world.ben) == before - 40 * CMT


def _pay_authorized(world: SponsoredBills) -> None:
    key = world.issued(100 * CMT)
    world.forward(world.cleo, "payWithAuthorization", *authorised(world, key, CMT))
    assert world.standing(key)["open"] == 99 * CMT


def _due(world: SponsoredBills) -> int:
    key = world.issued(100 * CMT)
    world.mandate(world.ann)
    world.to_day(world.standing(key)["due_day"])
    return key


def _settle(world: SponsoredBills) -> None:
    key = _due(world)
    world.forward(world.cleo, "settle", [key])
    assert world.standing(key)["open"] == 0


def _preview(world: SponsoredBills) -> None:
    key = _due(world)
    world.forward(world.cleo, "previewSettle", [key])
    assert world.standing(key)["open"] == 100 * CMT
    assert world.bills.previewSettle([key])[0][1] == Code.COLLECTED


def _repay(world: SponsoredBills) -> None:
    key = world.issued(100 * CMT)
    world.bills.pay(key, world.ann.party, 100 * CMT, sender=world.ann)
    world.adjust(key, 10 * CMT, kind=CREDIT_NOTE)
    world.forward(world.ben, "repay", key, 10 * CMT)
    assert world.standing(key)["repayable"] == 0


def _withdraw_owed(world: SponsoredBills) -> None:
    run = _run(world)
    world.recovering(world.works, 30)
    world.bills.payByProof(*run.of(world.ann), 100 * CMT, sender=world.ann)
    world.recovering(world.works, 0)
    world.forward(world.cleo, "withdrawOwed", world.works.party)
    assert world.balance(world.works) == 100 * CMT


def _dispute(world: SponsoredBills) -> int:
    key = world.issued(100 * CMT)
    world.forward(world.ann, "dispute", key, 40 * CMT, REASON)
    assert world.standing(key)["disputed"] == 40 * CMT
    return key


def _withdraw_dispute(world: SponsoredBills) -> None:
    key = _dispute(world)
    world.forward(world.ann, "withdrawDispute", key)
    assert world.standing(key)["disputed"] == 0


def _close_dispute(world: SponsoredBills) -> None:
    key = _dispute(world)
    world.pass_days(31)
    world.forward(world.cleo, "closeDispute", key)
    assert world.standing(key)["removed"] == 40 * CMT


CASES: dict[tuple[str, str], Case] = {
    ("BillRuns", "issue"): _issue,
    ("BillRuns", "issueMany"): _issue_many,
    ("BillRuns", "record"): _record,
    ("BillRuns", "payByProof"): _pay_by_proof,
    ("BillRuns", "pay"): _pay,
    ("BillRuns", "payWithAuthorization"): _pay_authorized,
    ("BillRuns", "settle"): _settle,
    ("BillRuns", "previewSettle"): _preview,
    ("BillRuns", "repay"): _repay,
    ("BillRuns", "withdrawOwed"): _withdraw_owed,
    ("BillRuns", "dispute"): lambda world: (None, _dispute(world))[0],
    ("BillRuns", "withdrawDispute"): _withdraw_dispute,
    ("BillRuns", "closeDispute"): _close_dispute,
}
