"""Random lives of fee accounts, audited: the logs alone give what every view answers.

The acts are those of tests/stateful/test_fees.py: tariffs, accounts opened, closed, handed over and reopened,
payments, settlements with mandates of all kinds, refunds, waivers, credit notes, plans, credits of payees.
"""

import pytest

from tests.examples import LONG
from tests.lives.audited_fees import ACTS, begin, found, step

LIVES = 40 if LONG else 5


@pytest.mark.parametrize("seed", range(LIVES))
def test_the_logs_of_a_random_life_of_fees_give_what_every_view_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = begin(seed, monkeypatch)
    for act in range(ACTS):
        step(life, life.dice)
        if act % 30 == 29:
            assert found(life.world) == []
