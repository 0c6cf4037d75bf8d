"""The audit's twin against a second ledger that goes day by day through the calendar (tests/brute_books.py).

Both read the same logs of small random lives; every account's settled and prepaid sums, late fees and what
has fallen due, and every deposit have to be the same, at the end and on days after it.
"""

from random import Random

import pytest

from commonhold.chain.rawlogs import LogReader, read_all
from tests.brute_books import BruteBooks
from tests.lives.audited_leases import suite
from tests.lives.leases import Life
from tests.mirror import Mirror
from tests.recorded import Recorded, arguments, replayed
from tests.suite import CAP, OFFSET

ACTS = 60


@pytest.mark.parametrize("seed", range(100, 106))
def test_a_ledger_that_counts_every_day_agrees_with_the_audit(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mirror.Suite", suite)
    monkeypatch.setattr(Mirror, "compare", lambda mirror: None)
    life = Life(seed)
    for _ in range(ACTS):
        life.step()
    town = life.mirror.suite
    chain = town.chain
    assert isinstance(chain, Recorded)
    addresses = {
        "CommunityToken": town.token.address,
        "PartyRegistry": town.parties.address,
        "UnitRegistry": town.units.address,
        "LeaseAgreement": town.leases.address,
        "DepositEscrow": town.escrow.address,
    }
    given = arguments(addresses, OFFSET, CAP)
    books = replayed(given, chain.raws)
    brute = BruteBooks(town.terms)
    for log in read_all(LogReader(given.addresses), chain.raws):
        brute.take(log, (log.time + OFFSET) // 86_400)
    assert brute.leases.keys() == books.leases.leases.keys()
    for later in (0, 1, Random(seed).randint(2, 200)):
        day = town.day + later
        for lease, ledger in books.leases.leases.items():
            twin = [(t.settled, t.pot, t.late_fees, t.due) for t in ledger.all_touched(day)]
            assert brute.figures(lease, day) == twin, f"lease {lease} on day {day}"
    for lease, left in brute.deposits.items():
        assert books.escrow.twin.deposit(lease).left == left, f"deposit of lease {lease}"
