"""The plan of a settlement by the twin is what `previewSettle` answers, in random lives of all lease shapes.

Branches: due, nothing due, closed, unknown · rent, late fee, both, prepaid · joint tenants · some leases only
· a day ahead.
"""

from typing import NamedTuple

import pytest

from commonhold.ops.audit.replay import Books
from commonhold.ops.planning import Due, plan
from commonhold.rules.codes import Code
from commonhold.rules.ledger import LeaseLedger
from tests.examples import LONG
from tests.lives import audited_leases
from tests.lives.audited_leases import arguments_of_mirror
from tests.lives.leases import ACTS, Life
from tests.mirror import Mirror
from tests.recorded import Recorded, replayed

LIVES = 40 if LONG else 3
IDLE = (Code.NOTHING_DUE, Code.NOT_ACTIVE, Code.UNKNOWN)


class Figures(NamedTuple):
    lease: int
    ledger: LeaseLedger


def figures(books: Books) -> list[Figures]:
    return [Figures(lease, ledger) for lease, ledger in books.leases.leases.items()]


@pytest.mark.parametrize("seed", range(LIVES))
def test_what_the_twin_plans_is_what_the_contract_previews(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mirror.Suite", audited_leases.suite)
    monkeypatch.setattr(Mirror, "compare", lambda mirror: None)
    life = Life(seed)
    seen = 0
    for act in range(ACTS):
        life.step()
        if act % 10 == 9:
            seen += compare(life)
    life.walk_out()
    compare(life)
    assert seen


def compare(life: Life) -> int:
    """Plan against preview now; answers how many leases were due."""
    suite, chain = life.mirror.suite, life.mirror.suite.chain
    assert isinstance(chain, Recorded)
    books = replayed(arguments_of_mirror(life.mirror), chain.raws)
    assert books.findings.differences == []
    today = suite.leases.today()
    found = plan(figures(books), today)
    ids = list(books.leases.leases)
    assert found.leases == len(ids)
    answers = {one[0]: (Code(one[1]), one[2]) for one in suite.leases.previewSettle(ids)} if ids else {}
    busy = {lease for lease, (code, _) in answers.items() if code not in IDLE}
    assert {row.lease for row in found.rows} == busy
    for row in found.rows:
        accounts = suite.leases.accountsOf(row.lease)
        assert row.parts == len(accounts)
        assert row.principal == sum(max(0, one[2] - one[3]) for one in accounts)
        assert row.late_fees == sum(one[5] for one in accounts)
        code, amount = answers[row.lease]
        assert row.prepaid <= amount <= row.principal + row.late_fees
        assert (amount == row.principal + row.late_fees) == (code == Code.COLLECTED)
    return len(busy)


def test_only_the_leases_that_were_asked_for_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.mirror.Suite", audited_leases.suite)
    life = Life(1)
    for _ in range(30):
        life.step()
    chain = life.mirror.suite.chain
    assert isinstance(chain, Recorded)
    books = replayed(arguments_of_mirror(life.mirror), chain.raws)
    far = life.mirror.suite.leases.today() + 400
    everything = plan(figures(books), far)
    assert len(everything.rows) > 1
    first = everything.rows[0]
    assert isinstance(first, Due) and first.asked == first.principal + first.late_fees - first.prepaid
    some = plan(figures(books), far, [first.lease, 10**6])
    assert (some.leases, some.rows) == (1, (first,))
    shown = everything.as_json()
    assert shown["principal"] == str(sum(row.principal for row in everything.rows))
    assert shown["due"] == len(everything.rows)
