"""The money ledger of random lives: every transaction adds up to zero, every balance is the token's.

The lives are those of the audit's tests: leases and deposits, fee accounts, bills. A ledger that could not
explain one base unit of one transaction would refuse to be made.
"""

from collections.abc import Callable

import pytest

from commonhold.chain.rawlogs import LogReader, read_all
from commonhold.chain.rawviews import encoded
from commonhold.ops.audit.replay import Arguments
from commonhold.ops.exports.export import balance_questions
from commonhold.ops.exports.journal import Entry, Journal
from tests.bill_world import BillWorld
from tests.examples import LONG
from tests.lives import audited_bills, audited_fees, audited_leases
from tests.lives.leases import ACTS, Life
from tests.mirror import Mirror
from tests.recorded import Recorded, answers
from tests.stateful import test_bills
from tests.suite import START

LIVES = 30 if LONG else 3
Lived = tuple[Recorded, Arguments]


def lived_fees(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    life = audited_fees.begin(seed, patch)
    for _ in range(120):
        audited_fees.step(life, life.dice)
    chain = life.world.chain
    assert isinstance(chain, Recorded)
    return chain, audited_fees.given(life.world)


def lived_bills(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    chain = Recorded(timestamp=START)
    world = BillWorld(chain=chain)
    patch.setattr(test_bills, "world_once", lambda: world)
    life = audited_bills.Life(seed)
    for _ in range(120):
        life.step()
    return chain, audited_bills.given(world)


def lived_leases(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    patch.setattr("tests.mirror.Suite", audited_leases.suite)
    patch.setattr(Mirror, "compare", lambda mirror: None)
    life = Life(seed)
    for _ in range(ACTS):
        life.step()
    life.walk_out()
    chain = life.mirror.suite.chain
    assert isinstance(chain, Recorded)
    return chain, audited_leases.arguments_of_mirror(life.mirror)


@pytest.mark.parametrize("seed", range(LIVES))
@pytest.mark.parametrize("live", [lived_leases, lived_fees, lived_bills])
def test_every_transaction_of_a_random_life_balances_and_every_balance_is_the_tokens(
    live: Callable[[int, pytest.MonkeyPatch], Lived], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, given = live(seed, monkeypatch)
    journal = Journal(given)
    entries = list(journal.entries(read_all(LogReader(given.addresses), chain.raws)))
    assert len(entries) > 4
    assert all(sum(one.amount for one in entry.postings) == 0 for entry in entries)
    questions = balance_questions(journal)
    assert len(questions) > 4
    for question, answer in answers(chain, given, questions):
        assert answer == encoded(question.expected), question
    assert sum(journal.closing.values()) == 0
    assert unexplained(entries) == []


def unexplained(entries: list[Entry]) -> list[str]:
    """Money into and out of contracts always has a purpose that people know."""
    return [
        entry.transaction
        for entry in entries
        for one in entry.postings
        if not one.why or (one.account.what and not one.about[1])
    ]
