"""Random lives of small communities, audited: the logs alone give what every view answers.

The lives are those of tests/system/test_twin_replay.py: leases of all shapes, payments, refunds, settlements,
changes, closings, claims, offers, awards, mandates with limits, empty wallets.
"""

import os

import pytest

from tests.mirror import Mirror
from tests.recorded import Recorded, arguments, differences
from tests.suite import CAP, OFFSET, START, Suite
from tests.system.test_twin_replay import ACTS, Life

LIVES = 60 if os.environ.get("COMMONHOLD_EXAMPLES") == "long" else 6


@pytest.mark.parametrize("seed", range(LIVES))
def test_the_logs_of_a_random_life_give_what_every_view_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mirror.Suite", lambda: Suite(chain=Recorded(timestamp=START)))
    life = Life(seed)
    for _ in range(ACTS):
        life.step()
    assert found(life.mirror) == []
    life.walk_out()
    assert found(life.mirror) == []


def found(mirror: Mirror) -> list[str]:
    suite = mirror.suite
    addresses = {
        "CommunityToken": suite.token.address,
        "PartyRegistry": suite.parties.address,
        "UnitRegistry": suite.units.address,
        "LeaseAgreement": suite.leases.address,
        "DepositEscrow": suite.escrow.address,
    }
    chain = suite.chain
    assert isinstance(chain, Recorded)
    given = arguments(addresses, OFFSET, CAP)
    return [str(one) for one in differences(chain, given, chain.raws)]
