"""Random lives of small communities, in the contracts and in their twin: every answer and every figure alike.

Branches: leases of all shapes, new and taken over, plain and joint, with and without commission and late
fees · mandates with limits, expiries and part payments, revoked and renewed · empty wallets · pay, refund,
settle, preview, every kind of change, closing, claims, offers, awards, silence · refusals, with the same
error and figures.
"""

import pytest

from tests.examples import LONG
from tests.lives.leases import ACTS, Life

LIVES = 150 if LONG else 20


@pytest.mark.parametrize("seed", range(LIVES))
def test_l1_a_random_life_is_the_same_in_contract_and_twin_and_pays_everybody_out(seed: int) -> None:
    life = Life(seed)
    for _ in range(ACTS):
        life.step()
        life.mirror.compare()
    life.walk_out()
