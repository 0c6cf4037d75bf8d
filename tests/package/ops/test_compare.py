"""compare: no figure of the story is left out of the comparison with the twin.

pictures ── every field of a lease, an account, a preview, a wallet, a waiting share, a sum: named alone
  an account more or less: named · nothing differs: nothing is said
batches ── an answer · a record that is only on one side: told from whose
more than twenty: the rest is counted
"""

from collections.abc import Iterator
from typing import Any

import pytest

from commonhold.ops.demo.compare import Difference, TwinDisagrees, batches, need_same, pictures
from commonhold.ops.demo.sides import AccountFigures, LeaseFigures, Line, Picture, Result, Settled
from commonhold.rules.codes import Code
from commonhold.units import Day

NAMES = {7: "R-7"}


def lease(**other: Any) -> LeaseFigures:
    account = AccountFigures(*range(11, 18))
    values: dict[str, Any] = {
        "state": 1, "end_day": 20_000, "landlord": 3, "accounts": (account,), "deposit": 5, "phase": 0,
    }  # fmt: skip
    return LeaseFigures(**{**values, **other})


def picture(**other: Any) -> Picture:
    values: dict[str, Any] = {
        "day": Day(19_000), "leases": {7: lease()}, "preview": {7: answer()}, "purses": {1: 100},
        "owed": {}, "held": (1, 2), "cash": (3, 4, 5),
    }  # fmt: skip
    return Picture(**{**values, **other})


def answer(code: Code = Code.COLLECTED, amount: int = 10) -> Result:
    return Result(7, code, amount)


def altered() -> Iterator[tuple[str, Picture]]:
    """(field that must be named, a picture that differs in it alone)."""
    for name in ("state", "end_day", "landlord", "deposit", "phase"):
        yield name, picture(leases={7: lease(**{name: 99})})
    account = lease().accounts[0]
    for name in AccountFigures._fields:
        yield name, picture(leases={7: lease(accounts=(account._replace(**{name: 99}),))})
    yield "accounts", picture(leases={7: lease(accounts=(account, account))})
    yield "code", picture(preview={7: answer(Code.NO_FUNDS)})
    yield "amount", picture(preview={7: answer(amount=11)})
    yield "amount", picture(purses={1: 101})
    yield "amount", picture(owed={4: 1})
    for index in range(2):
        yield "amount", picture(held=tuple(9 if at == index else at + 1 for at in range(2)))
    for index in range(3):
        yield "amount", picture(cash=tuple(9 if at == index else at + 3 for at in range(3)))


@pytest.mark.parametrize(("name", "found"), list(altered()))
def test_every_single_figure_that_differs_is_named_alone(name: str, found: Picture) -> None:
    differences = list(pictures(picture(), found, NAMES))
    assert [one.field for one in differences] == [name]
    assert differences[0].expected != differences[0].found


def test_what_is_the_same_says_nothing() -> None:
    assert list(pictures(picture(), picture(), NAMES)) == []
    need_same(Day(19_000), iter(()))


def test_each_sum_has_a_name_of_its_own() -> None:
    found = picture(held=(8, 8), cash=(8, 8, 8))
    assert len({one.subject for one in pictures(picture(), found, NAMES)}) == 5


def test_another_answer_of_a_batch_and_a_record_on_one_side_alone_are_named() -> None:
    line = Line(7, 11, Code.COLLECTED, 10)
    mine = Settled((answer(),), (line,))
    assert list(batches(mine, mine, NAMES)) == []
    (differs,) = batches(mine, mine._replace(results=(answer(amount=9),)), NAMES)
    assert (differs.subject, differs.field, differs.expected, differs.found) == (
        "lease 7 (R-7)",
        "amount",
        10,
        9,
    )
    (lost,) = batches(mine, mine._replace(lines=()), NAMES)
    (extra,) = batches(mine._replace(lines=()), mine, NAMES)
    assert (lost.expected, lost.found) == (extra.found, extra.expected)
    assert lost.found == "not there" and "COLLECTED" in lost.expected


def test_a_flood_of_differences_is_cut_and_counted() -> None:
    flood = [Difference(f"lease {number}", "due", 1, 2) for number in range(23)]
    with pytest.raises(TwinDisagrees, match="… and 3 more") as caught:
        need_same(Day(19_000), iter(flood))
    assert len(caught.value.differences) == 23
    assert "lease 19:" in str(caught.value) and "lease 20:" not in str(caught.value)
