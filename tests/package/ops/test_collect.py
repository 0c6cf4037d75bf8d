"""A fee schedule on a real node, by two persons; then fees are collected and their arrears aged.

schedule ── proposed, approved, tariffs after it · again: nothing · other terms, unknown payee: a problem
collect ── preview and run of accounts · a dry run sends nothing · twice collects nothing twice
arrears ── by age, from the chain alone
"""

from pathlib import Path

from commonhold.chain.contracts.token import Mandate
from commonhold.ops.arrears import arrears
from commonhold.ops.fees.schedule import SchedulePlan, approve, plan_schedule, propose
from commonhold.ops.intake.feeschedule import read_schedule
from commonhold.ops.settle import Fees, preview, run
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.codes import Code
from tests.package.ops.town import CMT, Person, Town

HEAD = "category,kind,rate,from,due day,grace days,late fee,late fee days,payee\n"


def month_text(month: int) -> str:
    return f"{1970 + month // 12}-{month % 12 + 1:02}"


def schedule(town: Town, path: Path, payee: str, due_day: int = 5) -> SchedulePlan:
    first = month_text(month_of(town.today) + 1)
    path.write_text(HEAD + f"Fee,area,2.5,{first},{due_day},10,0.05%/day,100,{payee}\n", encoding="utf-8")
    return plan_schedule(town.suite, read_schedule(path), {})


def bring_in(town: Town, path: Path, payee: str) -> None:
    """Category and tariff, each by maker and checker."""
    for _ in range(2):
        assert propose(town.suite, schedule(town, path, payee), town.sender("MANAGER")) == 1
        waiting = schedule(town, path, payee)
        assert [step.waiting for step in waiting.steps] == [True]
        assert propose(town.suite, waiting, town.sender("MANAGER")) == 0
        assert approve(town.suite, waiting, town.sender("COMMITTEE")) == 1


def charged(town: Town, people: list[Person]) -> list[int]:
    units = [town.unit(person) for person in people]
    calls = [
        town.suite.fees.subscribe(unit, 1, person.party, town.today)
        for unit, person in zip(units, people, strict=True)
    ]
    town.sender("MANAGER").send_many(calls)
    return list(range(1, len(people) + 1))


def test_a_schedule_comes_in_once_and_its_fees_are_collected_and_aged(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "schedule.csv"
    fund, ann, ben = town.people(3, funds=1_000 * CMT)
    (problem,) = schedule(town, path, "Nobody").problems
    assert (problem.line, problem.column, problem.value) == (2, "payee", "Nobody")
    payee = f"party {fund.party}"
    bring_in(town, path, payee)
    assert schedule(town, path, payee).steps == ()
    (problem,) = schedule(town, path, payee, due_day=6).problems
    assert "other terms" in problem.what

    accounts = charged(town, [ann, ben])
    bit = town.suite.token.collector_bit(town.suite.fees.address)
    mandate = Mandate(1_000 * CMT, bit, town.suite.token.current_month() + 60, False)
    town.send(ann.account, town.suite.token.set_mandate(mandate))
    start = month_of(town.today) + 1
    town.to_day(first_of(start) + 4)
    line = 2_500_000 * 8_900 // 100
    book = Fees(town.suite)
    rows = preview(town.suite, book=book)
    assert [(row.lease, row.code, row.principal) for row in rows] == [
        (accounts[0], Code.COLLECTED, line), (accounts[1], Code.NO_MANDATE, line),
    ]  # fmt: skip
    assert run(town.suite, town.sender("MANAGER"), dry_run=True, book=book).transactions == ()
    report = run(town.suite, town.sender("MANAGER"), book=book)
    assert (report.discharged, [row.lease for row in report.failed]) == (line, [accounts[1]])
    assert report.as_json()["rows"][0]["account"] == accounts[0]
    assert run(town.suite, town.sender("MANAGER"), book=book).discharged == 0

    town.to_day(first_of(start + 1) + 3)
    (debt,) = arrears(town.suite)
    assert (debt.what, debt.number, debt.party) == ("account", accounts[1], ben.party)
    late = town.today - (first_of(start) + 4)
    assert debt.buckets[late // 30] == line == debt.principal
    assert debt.late_fees == line * (late - 10) * 5 // 10_000
