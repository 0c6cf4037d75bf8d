"""Random lives of billing runs, audited: the logs alone give what every view answers.

The acts are those of tests/stateful/test_bills.py: runs, bills issued and paid by proof, mandates of all
kinds, settlements, disputes decided, withdrawn and lapsed, waivers, credit notes, repayments, held shares.
"""

import pytest

from tests.bill_world import BillWorld
from tests.examples import LONG
from tests.lives.audited_bills import ACTS, Life, found
from tests.recorded import Recorded
from tests.stateful import test_bills
from tests.suite import START

LIVES = 40 if LONG else 5


@pytest.mark.parametrize("seed", range(LIVES))
def test_the_logs_of_a_random_life_of_bills_give_what_every_view_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = BillWorld(chain=Recorded(timestamp=START))
    monkeypatch.setattr(test_bills, "world_once", lambda: world)
    life = Life(seed)
    for act in range(ACTS):
        life.step()
        if act % 40 == 39:
            assert found(world) == []
