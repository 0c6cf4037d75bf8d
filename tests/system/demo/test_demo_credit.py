"""The credit part of the demo: what is overdue, and what is told at the end.

overdue ── in grace, open past it, completed, of a lease taken over with arrears
two credit files ── best and worst of those with enough records · chart ── everybody is counted once
"""

from commonhold.ops.demo.credit import chart_of_scores, overdue, two_of
from commonhold.rules.score import Band, Score
from tests.lives.home import RENT, Home


def obligations(home: Home) -> list[tuple[int, int]]:
    return list(overdue(home.mirror.twin, home.mirror.day))


def test_a_rent_is_overdue_when_the_contract_says_so() -> None:
    home = Home()
    lease = home.lease(grace_days=5)
    home.mirror.to_day(home.first + 5)
    assert obligations(home) == []
    home.mirror.to_day(home.first + 6)
    ((obligation, due),) = obligations(home)
    kind, party, due_day, last_day, open_ = home.mirror.leases.overdueOf(obligation)
    assert (kind, party, due_day, last_day, open_) == (0, home.anna, due, home.first + 5, RENT)
    home.mirror.pay(lease, home.anna, RENT, home.anna)
    assert obligations(home) == []


def test_the_best_and_the_worst_of_those_who_are_known_stand_side_by_side() -> None:
    scores = {1: score(700), 2: score(520), 3: score(810), 4: score(300, sufficient=False), 5: score(520)}
    assert two_of(scores) == (3, 2)


def test_the_chart_counts_everybody_once() -> None:
    chart = chart_of_scores({1: score(300), 2: score(850), 3: score(720, sufficient=False)})
    assert "Credit scores" in chart
    assert "no score yet" in chart
    assert chart.count("<rect") >= 4  # the ground and three bars


def score(value: int, *, sufficient: bool = True) -> Score:
    return Score(value, Band.FAIR, sufficient, 9, 9, 9, 1, 1, 1, 1)
