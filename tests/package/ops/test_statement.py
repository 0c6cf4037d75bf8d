"""Statements: every line adds up to what the contract says at the block, or there is none.

Branches: new lease, taken over · collected, partly, not at all · payment, prepayment, from it, refunded ·
late fees with history, without · waived · covered by another · end with credit, from the deposit, closed ·
earlier block · next due, none left · unknown lease · figures that do not fit · page in three languages,
hostile names, telephones, changes in words, CSV that runs nothing, JSON.
"""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.changes import Change, Proposal
from commonhold.errors import InputError
from commonhold.ops.settle import run
from commonhold.ops.statements.lease import Line, Statement, StatementWrong, balance_of, statement
from commonhold.ops.statements.lease_files import as_json, page, write_page, write_table
from commonhold.ops.statements.lines import describe, shown
from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.rent import ChangeKind
from commonhold.rules.terms import Opening
from commonhold.units import Money, format_money
from commonhold.words import LANGUAGES
from tests.faults.proxy import FaultProxy
from tests.package.ops.town import CMT, FAR, Person, Town

LATE = {"late_fee_rate": 5, "late_fee_max_days": 100}


@pytest.fixture(scope="module")
def people(built: Town) -> list[Person]:
    return built.people(3, funds=60_000 * CMT, mandate=20_000 * CMT)


def _settle(town: Town) -> None:
    run(town.suite, town.sender("MANAGER"))


def _months(town: Town, count: int) -> None:
    for _ in range(count):
        town.to_day(town.today + 31)
        _settle(town)


def _whats(found: Statement) -> list[str]:
    return [line.what for line in found.lines]


def _check(town: Town, lease: int) -> Statement:
    """The statement, whose figures are those of the contract's views at its block."""
    found = statement(town.suite, lease)
    accounts = town.suite.leases.accounts_of(lease, found.block)
    assert found.lines[-1].balance == balance_of(accounts) == found.balance
    assert found.rent_owed == sum(max(0, one.due - one.settled) for one in accounts)
    assert found.prepaid == sum(one.pot for one in accounts)
    rent = sum(line.charged for line in found.lines if line.what in ("rent_due", "carried"))
    assert rent == town.suite.leases.due_on(lease, [found.today])[0]
    assert [line.day for line in found.lines] == sorted(line.day for line in found.lines)
    return found


def test_a_punctual_tenant_owes_nothing_and_sees_the_next_rent(town: Town, people: list[Person]) -> None:
    lease = town.lease(people[0], [people[1]], deposit=700 * CMT)
    _settle(town)
    _months(town, 3)
    found = _check(town, lease)
    assert (found.owed, found.balance, found.deposit) == (0, 0, 700 * CMT)
    assert found.next_due is not None and found.next_due[1] == 1_000 * CMT
    assert town.suite.leases.due_on(lease, [found.next_due[0] - 1, found.next_due[0]])[1] == 5_000 * CMT
    assert _whats(found).count("collected") == 4 and "late_fee" not in _whats(found)


def test_late_fees_stand_where_they_grew(town: Town, people: list[Person]) -> None:
    (poor,) = town.people(1)
    lease = town.lease(people[0], [poor], **LATE)
    _settle(town)
    _months(town, 2)
    town.send(poor.account, town.suite.token.set_mandate(town.mandate(9_000 * CMT)))
    town.fund(poor.wallet, 9_000 * CMT)
    _settle(town)
    town.to_day(town.today + 5)
    found = _check(town, lease)
    fees = [line for line in found.lines if line.what == "late_fee"]
    assert len(fees) >= 2 and not found.late_fees_in_one
    assert "not_collected" in _whats(found)
    assert sum(line.charged for line in fees) == sum(line.credited for line in found.lines) - 3_000 * CMT + (
        found.late_fees
    )


def test_without_history_late_fees_stand_in_one_line_and_the_sum_is_the_same(
    town: Town, people: list[Person]
) -> None:
    (poor,) = town.people(1)
    lease = town.lease(people[0], [poor], **LATE)
    _months(town, 3)
    full = _check(town, lease)
    with FaultProxy(town.connection.url) as faulty:
        blocks: set[int] = {found.block for found in town.suite.leases.events(topics=[lease])}
        assert blocks
        connection = Connection(faulty.url)
        suite = Suite(connection, town.deployment.addresses)
        real = suite.leases.read_at

        def forgetful(function: str, arguments: Any, at: Any) -> Any:
            faulty.next("eth_call", lambda _: {"error": {"code": -32000, "message": "missing trie node"}})
            return real(function, arguments, at)

        suite.leases.read_at = forgetful  # type: ignore[method-assign]
        short = statement(suite, lease)
    assert short.late_fees_in_one and short.balance == full.balance == short.lines[-1].balance
    assert [line.what for line in short.lines].count("late_fee") == 1


def test_prepayments_are_told_when_they_come_go_and_are_used(town: Town, people: list[Person]) -> None:
    ann, ben, _ = people
    item = town.item("x", ann, [ben])
    lease = town.activate(item, [ann, ben])
    leases = town.suite.leases
    town.send(ben.account, leases.pay(lease, ben.party, 3_500 * CMT, leases.hash_terms(item.terms)))
    town.send(ben.account, leases.refund(lease, 200 * CMT))
    _months(town, 2)
    found = _check(town, lease)
    assert found.balance == -300 * CMT == -found.prepaid
    used = [int(line.note) for line in found.lines if line.what == "from_pot"]
    assert sum(used) == 2_000 * CMT
    assert [line.charged for line in found.lines if line.what == "refund"] == [200 * CMT]
    assert [line.credited for line in found.lines if line.what == "payment"] == [3_500 * CMT]


def test_a_lease_taken_over_begins_with_its_opening_figures(town: Town, people: list[Person]) -> None:
    ann, ben, cleo = people
    town.fund(town.sender("MANAGER").address, 2_000 * CMT)
    day = boundary(1, label_of(1, town.today))
    opening = Opening(day=day, paid=400 * CMT, arrears=77 * CMT, late_fees=3 * CMT, prepaid=500 * CMT)
    terms = {"start_day": day - 300, "end_day": day + 200, "billing_day": 1, "deposit": 900 * CMT, **LATE}
    lease = town.lease(ann, [ben, cleo], opening=opening, **terms)
    found = _check(town, lease)
    amounts = {line.what: (line.charged, line.credited) for line in found.lines if line.day == town.today}
    assert amounts["paid_before"] == (0, 400 * CMT) and amounts["prepaid"] == (0, 500 * CMT)
    assert amounts["late_fee"] == (3 * CMT, 0)
    assert [line.charged for line in found.lines if line.what == "carried"] == [77 * CMT]
    _settle(town)
    _months(town, 2)
    assert _check(town, lease).balance == 0


def test_joint_tenants_shares_and_cover_add_up(town: Town, people: list[Person]) -> None:
    ann, ben, _ = people
    (poor,) = town.people(1)
    lease = town.lease(ann, [ben, poor], cover_mask=1, **LATE)
    _settle(town)
    _months(town, 2)
    found = _check(town, lease)
    assert found.rent_owed == 0 and found.balance == found.late_fees > 0  # nobody covers another's late fee
    assert [int(line.note) for line in found.lines if line.what == "covered"] == [500 * CMT] * 3


def _agree(town: Town, kind: ChangeKind, lease: int, *who: Person, **values: Any) -> None:
    changes = town.suite.changes
    deadline = town.connection.block().time + 20 * 86_400
    proposal = Proposal(
        Change(kind, lease, **values), False, b"\x01" * 32, changes.version_of(lease, kind), deadline
    )
    town.send(who[0].account, changes.propose(proposal))
    for person in who[1:]:
        town.send(person.account, changes.accept(proposal))
    if kind in (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES):
        town.sender("MANAGER").send(changes.approve_waiver(proposal))


def test_waivers_and_changes_are_told(town: Town, people: list[Person]) -> None:
    ann = people[0]
    (poor,) = town.people(1)
    lease = town.lease(ann, [poor], **LATE)
    _months(town, 2)
    _agree(town, ChangeKind.WAIVE_RENT, lease, ann, party=poor.party, amount=600 * CMT)
    _agree(town, ChangeKind.WAIVE_FEES, lease, ann, party=poor.party, amount=1 * CMT)
    found = _check(town, lease)
    assert [line.credited for line in found.lines if line.what == "waived"] == [600 * CMT, 1 * CMT]


def test_the_end_of_a_lease_is_told_with_credit_and_deposit(town: Town, people: list[Person]) -> None:
    ann, ben, _ = people
    (poor,) = town.people(1, funds=400 * CMT, mandate=20_000 * CMT)
    town.fund(poor.wallet, 1_000 * CMT)
    paid, unpaid = (
        town.lease(ann, [tenant], deposit=400 * CMT, start_day=town.today, **LATE) for tenant in (ben, poor)
    )
    _settle(town)
    end = town.today + 10
    for lease, tenant in ((paid, ben), (unpaid, poor)):
        _agree(town, ChangeKind.END, lease, ann, tenant, day=end)
    town.to_day(end + 1)
    for lease in (paid, unpaid):
        town.send(ann.account, town.suite.leases.close(lease))
        found = _check(town, lease)
        assert found.balance == 0 and found.next_due is None
        assert _whats(found)[-1] == "closed" and "changed" in _whats(found)
    assert "credit" in _whats(statement(town.suite, paid))


def test_arrears_come_out_of_the_deposit(town: Town, people: list[Person]) -> None:
    (poor,) = town.people(1, funds=400 * CMT, mandate=20_000 * CMT)
    lease = town.lease(people[0], [poor], deposit=400 * CMT, end_day=town.today + 40)
    town.to_day(town.today + 41)
    town.send(people[0].account, town.suite.leases.close(lease))
    found = _check(town, lease)
    assert [line.credited for line in found.lines if line.what == "from_deposit"] == [400 * CMT]
    assert found.owed > 0 and found.state.name == "CLOSED"


def test_an_earlier_block_gives_the_statement_of_that_day(town: Town, people: list[Person]) -> None:
    lease = town.lease(people[0], [people[1]])
    block = town.connection.block_number()
    _settle(town)
    _months(town, 2)
    found = statement(town.suite, lease, block=block)
    assert found.block == block and found.owed == 1_000 * CMT
    assert found.block_hash == town.connection.block(block).hash


@pytest.mark.parametrize("lease", [0, 1, 99])
def test_an_unknown_lease_is_named(town: Town, lease: int) -> None:
    with pytest.raises(InputError, match=f"no lease {lease}"):
        statement(town.suite, lease)


def test_figures_that_do_not_fit_each_other_make_no_statement(
    town: Town, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = town.lease(people[0], [people[1]])
    _settle(town)
    leases = town.suite.leases
    real = leases.accounts_of
    monkeypatch.setattr(
        leases, "accounts_of", lambda *a: [replace(one, settled=one.settled + 5) for one in real(*a)]
    )
    with pytest.raises(StatementWrong):
        statement(town.suite, lease)
    monkeypatch.undo()
    monkeypatch.setattr(leases, "events", lambda *a, **k: [])
    with pytest.raises(StatementWrong, match="activation"):
        statement(town.suite, lease)


# ---- on paper


@pytest.mark.parametrize(
    ("language", "word"), [("en", "You owe now"), ("zh", "您现在应付"), ("ja", "現在のお支払額")]
)
def test_the_page_names_block_time_and_sum_in_the_readers_language(
    town: Town, people: list[Person], tmp_path: Path, language: str, word: str
) -> None:
    (poor,) = town.people(1)
    lease = town.lease(people[0], [poor], **LATE)
    _months(town, 2)
    found = _check(town, lease)
    write_page(found, tmp_path / "deep" / "page.html", language=language)
    text = (tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    assert f'lang="{language}"' in text and word in text
    assert format_money(Money(found.owed)) in text
    assert f" {found.block} " in text and found.block_hash in text and "UTC" in text
    assert "http" not in text and "<script" not in text


def test_a_telephone_shows_every_amount_under_its_own_label(town: Town, people: list[Person]) -> None:
    text = page(statement(town.suite, town.lease(people[0], [people[1]])), language="zh")
    assert 'name="viewport" content="width=device-width' in text
    for label in ("应付", "已付", "欠款余额"):
        assert f'data-label="{label}"' in text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "paid ahead 10.00"), ("zh", "多付 10.00"), ("ja", "前払 10.00")]
)
def test_money_that_is_ahead_is_no_debt_with_a_minus(
    town: Town, people: list[Person], language: str, words: str
) -> None:
    found = statement(town.suite, town.lease(people[0], [people[1]]))
    ahead = replace(found, lines=(replace(found.lines[0], balance=-10 * CMT),))
    assert shown(ahead.lines, language)[0].balance == words


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_kind_of_change_is_told_in_words(language: str) -> None:
    kinds = [kind.name for kind in ChangeKind if not kind.name.startswith("WAIVE")]
    told = [describe(Line(0, "changed", note=kind), language) for kind in kinds]
    assert len(set(told)) == len(kinds)
    assert not any(kind in text for kind, text in zip(kinds, told, strict=True))


def test_W1_names_are_shown_as_text_whatever_they_hold(town: Town, people: list[Person]) -> None:
    lease = town.lease(people[0], [people[1]])
    evil = "<script>alert(1)</script>\u202egnirts"
    unit = town.suite.leases.terms_of(lease).unit
    text = page(statement(town.suite, lease), {f"party {people[1].party}": evil, f"unit {unit}": evil})
    assert "<script>" not in text and "&lt;script&gt;" in text and "\u202e" not in text


def test_W3_I2_the_table_runs_nothing_and_its_amounts_are_plain(
    town: Town, people: list[Person], tmp_path: Path
) -> None:
    lease = town.lease(people[0], [people[1]])
    _settle(town)
    found = statement(town.suite, lease)
    lines = (replace(found.lines[0], what="changed", note="=cmd|' /C calc'!A0"), *found.lines[1:])
    write_table(replace(found, lines=lines), tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["Date", "What", "Charged", "Paid or credited", "Balance owed", "block"]
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for row in rows for cell in row)
    assert [row[2:5] for row in rows[1:] if row[1] == "Collected"] == [["0", "1000", "0"]]


def test_json_has_every_line(town: Town, people: list[Person]) -> None:
    lease = town.lease(people[0], [people[1]])
    _settle(town)
    document = json.loads(json.dumps(as_json(statement(town.suite, lease))))
    assert document["balance"] == "0" and document["lines"][-1]["code"] == "COLLECTED"
    assert document["next_due"]["amount"] == "1000000000"
    assert FAR
