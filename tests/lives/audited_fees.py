"""Lives of fee accounts whose logs are kept for an audit.

The acts are those of tests/stateful/test_fees.py.
"""

from random import Random

import pytest

from commonhold.ops.audit.replay import Arguments
from tests.fee_world import CREDIT_NOTE, WAIVE_FEES, WAIVE_PRINCIPAL, FeeWorld, Recorder
from tests.recorded import Recorded, arguments, differences
from tests.stateful import test_fees
from tests.suite import CAP, OFFSET, START

ACTS = 120


class Chain(Recorded, Recorder):
    """Recorded, and a transaction's events stay over the looks that follow it."""


class Life(test_fees.FeeMachine):
    """The machine of the state test, driven by the dice."""

    dice: Random


def begin(seed: int, patch: pytest.MonkeyPatch) -> Life:
    """A life on a chain of its own."""
    patch.setattr(test_fees, "deployed", lambda: FeeWorld(chain=Chain(timestamp=START)))
    life = Life()
    life.dice = Random(seed)
    life.begin(prompt=life.dice.random() < 0.5, grace=life.dice.choice((0, 10)))
    return life


def step(life: test_fees.FeeMachine, rng: Random) -> None:
    """One act by the dice."""

    def pick() -> int:
        return rng.randint(0, 10**6)

    acts = (
        lambda: life.pass_days(days=rng.choice((1, 2, 4, 9, 20, 31, 62))),
        lambda: life.pass_days(days=rng.choice((1, 4, 9))),
        lambda: life.change_the_tariff(
            pick=pick(), ahead=rng.choice((1, 1, 2, 5)), rate=rng.choice((1, 2_500_000))
        ),
        lambda: life.subscribe(pick=pick(), back=rng.choice((-40, -3, 0, 5))),
        lambda: life.close(pick=pick(), back=rng.choice((-9, 0, 1, 8))),
        lambda: life.sell_and_hand_over(pick=pick(), buyer=pick(), back=rng.choice((0, 1, 12))),
        lambda: life.reopen(pick=pick(), area=rng.choice((8_937, 9_001)), back=0, vacant=rng.random() < 0.5),
        lambda: life.pay(pick=pick(), payer=pick(), amount=pick()),
        lambda: life.pay(pick=pick(), payer=pick(), amount=pick()),
        lambda: life.refund(pick=pick(), amount=pick()),
        lambda: life.change_a_mandate(
            pick=pick(), limit=rng.choice((0, 10_000, 300 * 10**6, 10**12)), partial=rng.random() < 0.5
        ),
        lambda: life.settle(picks=[pick() for _ in range(rng.randint(0, 8))]),
        lambda: life.settle(picks=[pick() for _ in range(rng.randint(0, 8))]),
        lambda: life.relieve(
            pick=pick(), kind=rng.choice((WAIVE_PRINCIPAL, WAIVE_FEES, CREDIT_NOTE)), amount=pick()
        ),
        lambda: life.agree_a_plan(pick=pick(), count=rng.choice((2, 3, 12)), days=rng.choice((1, 20, 62))),
        lambda: credits(life, rng),
    )
    rng.choice(acts)()


def credits(life: test_fees.FeeMachine, rng: Random) -> None:
    """Somebody pays what a payee owes, if anybody is owed anything."""
    if life.twin.credits and all(life.twin.credits.values()):
        life.credits(pick=rng.randint(0, 10**6), payer=rng.randrange(3), part=rng.choice((1, 2, 3)))


def given(world: FeeWorld) -> Arguments:
    """What an audit believes of this world."""
    addresses = {
        "CommunityToken": world.token.address,
        "PartyRegistry": world.parties.address,
        "UnitRegistry": world.units.address,
        "LeaseAgreement": world.leases.address,
        "DepositEscrow": world.escrow.address,
        "TariffBook": world.tariffs.address,
        "PropertyFee": world.fees.address,
    }
    return arguments(addresses, OFFSET, CAP)


def found(world: FeeWorld) -> list[str]:
    """What an audit of all of it finds."""
    chain = world.chain
    assert isinstance(chain, Recorded)
    return [str(one) for one in differences(chain, given(world), chain.raws)]
