"""One sponsored call of each function of fees and tariffs that is open to residents."""

from collections.abc import Callable
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.rules.calendar import first_of
from tests.fee_world import CMT, REASON, FeeWorld
from tests.suite import Person, typed_digest

RATE = 100 * CMT  # of a flat fee
REQUEST = (
    "ForwardRequest(address from,address to,uint256 value,"
    "uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
)


class SponsoredFees(FeeWorld):
    """Ann owes a flat fee for her home; nobody has coin."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fund_, self.ann, self.ben = self.payer(0), self.payer(), self.payer()
        self.number = self.category(payee=self.fund_, kind=2, rate=RATE, grace_days=10, late_fee_rate=5)
        self.home_ = self.home(self.ann)
        self.charged = self.subscribe(self.home_, self.number, self.ann)
        self.begin = self.month + 1

    @property
    def backend(self) -> "SponsoredFees":
        return self

    def snapshot(self) -> Any:
        return self.chain.evm.snapshot(), self.chain.timestamp

    def restore(self, mark: Any) -> None:
        self.chain.evm.revert(mark[0])
        self.chain.warp(mark[1])

    def wallet(self, person: str) -> str:
        return str({"ann": self.ann, "ben": self.ben, "cleo": self.fund_, "stranger": self.ben}[person])

    def forward(self, who: Person, function: str, *arguments: Any) -> None:
        """`who` signs, a stranger sends."""
        data, deadline = self.fees.data(function, *arguments), self.chain.timestamp + 600
        request = (who.wallet, self.fees.address, 0, 5_000_000, self.forwarder.nonces(who.wallet), deadline)
        struct = keccak(
            encode(
                ["bytes32", "address", "address", "uint256", "uint256", "uint256", "uint48", "bytes32"],
                [keccak(text=REQUEST), *request, keccak(data)],
            )
        )
        signature = who.sign(typed_digest("Commonhold Forwarder", self.forwarder, struct))
        sender, to, value, gas, _, until = request
        self.forwarder.execute((sender, to, value, gas, until, data, signature), sender=self.chain.user())

    @property
    def claim(self) -> tuple[int, int, int, int]:
        return self.charged, self.home_, self.number, self.ann.party


Case = Callable[[SponsoredFees], None]


def _pay(world: SponsoredFees) -> None:
    world.forward(world.ben, "pay", *world.claim, 2 * RATE)
    assert world.account(world.charged).pot == 2 * RATE


def _pay_authorized(world: SponsoredFees) -> None:
    from tests.contracts.PropertyFee.test_payWithAuthorization import TYPE

    nonce = keccak(encode(["uint32", "uint32", "uint16", "uint32", "bytes32"], [*world.claim, REASON]))
    before = world.chain.timestamp + 60
    struct = keccak(
        encode(
            ["bytes32", "address", "address", "uint256", "uint256", "uint256", "bytes32"],
            [keccak(text=TYPE), world.ben.wallet, world.fees.address, RATE, 0, before, nonce],
        )
    )
    signature = world.ben.sign(typed_digest("Community Token", world.token, struct))
    rest = (RATE, world.ben.wallet, 0, before, REASON, signature)
    world.forward(world.fund_, "payWithAuthorization", *world.claim, *rest)
    assert world.account(world.charged).pot == RATE


def _refund(world: SponsoredFees) -> None:
    world.pay(world.charged, RATE, world.ben)
    world.forward(world.ann, "refund", world.charged, RATE)
    assert world.fees.held() == 0


def _settle(world: SponsoredFees) -> None:
    world.to_month(world.begin)
    world.forward(world.fund_, "settle", [world.charged])
    assert world.balance(world.fund_) == RATE


def _preview(world: SponsoredFees) -> None:
    world.to_month(world.begin)
    world.forward(world.fund_, "previewSettle", [world.charged])
    assert world.balance(world.fund_) == 0


def _withdraw_owed(world: SponsoredFees) -> None:
    world.allow_recoveries()
    until = world.chain.timestamp + 60 * 86_400
    world.parties.setRecovery(world.fund_.party, until, True, sender=world.checker)
    world.to_month(world.begin)
    world.settle(world.charged)
    world.parties.setRecovery(world.fund_.party, 0, False, sender=world.checker)
    world.forward(world.ben, "withdrawOwed", world.fund_.party)
    assert world.balance(world.fund_) == RATE


def _credit(world: SponsoredFees) -> int:
    """The fund owes Ann the rest of a month."""
    world.token.revokeMandate(sender=world.fund_)
    world.to_month(world.begin)
    world.settle(world.charged)
    world.fees.close(world.charged, world.day, sender=world.maker)
    return int(world.fees.creditOf(world.charged, world.fund_.party))


def _pay_credit(world: SponsoredFees) -> None:
    credit = _credit(world)
    world.forward(world.ben, "payCredit", world.charged, world.fund_.party, credit)
    assert world.fees.creditOf(world.charged, world.fund_.party) == 0 < credit


def _claim_credit(world: SponsoredFees) -> None:
    other = world.subscribe(world.home(world.ben), world.number, world.ben, first_of(world.begin))
    _credit(world)
    world.settle(other)
    before = world.balance(world.ann)
    world.forward(world.ben, "claimCredit", world.charged, world.fund_.party)
    assert world.balance(world.ann) == before + RATE


def _accept_plan(world: SponsoredFees) -> None:
    world.to_month(world.begin)
    world.fees.offerPlan(world.charged, 2, world.day + 9, sender=world.maker)
    world.forward(world.ann, "acceptPlan", world.charged, RATE, 2, world.day + 9)
    assert world.account(world.charged).plan_left == RATE


def _clear(world: SponsoredFees) -> None:
    world.forward(world.ann, "giveClearance", world.home_)
    assert world.events("ClearanceGiven")


def _assume(world: SponsoredFees) -> None:
    world.forward(world.ben, "assumeDebt", world.home_, world.ann.party, RATE)
    assert world.fees.assumptionOf(world.home_)[:3] == (world.ann.party, world.ben.party, RATE)


def _assume_signed(world: SponsoredFees) -> None:
    terms = (world.home_, world.ann.party, world.ben.party, RATE, world.chain.timestamp + 60)
    signature = world.ben.sign(world.fees.hashAssumption(*terms))
    world.forward(world.ann, "assumeDebtBySignature", *terms, signature)
    assert world.fees.assumptionOf(world.home_)[1] == world.ben.party


def _nonce(world: SponsoredFees) -> None:
    world.forward(world.ben, "raiseAssumptionNonce")
    assert world.fees.assumptionNonce(world.ben.party) == 1


def _take_over(world: SponsoredFees) -> None:
    world.to_month(world.begin)
    _assume(world)
    world.sell(world.home_, world.ben)
    world.fees.handOver(world.charged, world.ben.party, world.day + 1, sender=world.maker)
    world.to_day(world.day + 1)
    world.forward(world.ann, "takeOverDebt", world.charged)
    assert world.account(world.charged).party == world.ben.party


CASES: dict[tuple[str, str], Case] = {
    ("PropertyFee", "pay"): _pay,
    ("PropertyFee", "payWithAuthorization"): _pay_authorized,
    ("PropertyFee", "refund"): _refund,
    ("PropertyFee", "settle"): _settle,
    ("PropertyFee", "previewSettle"): _preview,
    ("PropertyFee", "withdrawOwed"): _withdraw_owed,
    ("PropertyFee", "payCredit"): _pay_credit,
    ("PropertyFee", "claimCredit"): _claim_credit,
    ("PropertyFee", "acceptPlan"): _accept_plan,
    ("PropertyFee", "giveClearance"): _clear,
    ("PropertyFee", "assumeDebt"): _assume,
    ("PropertyFee", "assumeDebtBySignature"): _assume_signed,
    ("PropertyFee", "raiseAssumptionNonce"): _nonce,
    ("PropertyFee", "takeOverDebt"): _take_over,
}
