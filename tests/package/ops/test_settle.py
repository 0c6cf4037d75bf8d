"""Settling in batches: the contract's codes, in few transactions, twice without harm.

Branches: nothing due · all collected · each way to fail · joint tenants, shares missing · from the prepayment
· named leases, unknown ids · dry run · no sender · batches halved to fit half a block (B6), one too large ·
more than 500 leases.
"""

from dataclasses import replace
from typing import Any

import pytest

from commonhold.chain.send import Fees, FeeTooHigh, Order, Sender
from commonhold.ops.settle import Leases, engine, plan, preview, run, whole_code
from commonhold.rules.codes import Code
from tests.package.ops.town import CMT, Person, Town


@pytest.fixture(scope="module")
def landlord(built: Town) -> Person:
    return built.people(1)[0]


def _tenant(town: Town, funds: int = 10_000 * CMT, mandate: int = 5_000 * CMT) -> Person:
    return town.people(1, funds=funds, mandate=mandate)[0]


def _codes(report: Any) -> dict[int, Code]:
    return {row.lease: row.code for row in report.rows}


def test_every_lease_gets_its_code_and_the_money_moves(town: Town, landlord: Person) -> None:
    good = town.lease(landlord, [_tenant(town)])
    nobody = town.lease(landlord, [_tenant(town, mandate=0)])
    poor = town.lease(landlord, [_tenant(town, funds=999 * CMT)])
    limited = town.lease(landlord, [_tenant(town, mandate=999 * CMT)])
    joint = town.lease(landlord, [_tenant(town), _tenant(town, mandate=0)])
    partial = _tenant(town, funds=400 * CMT)
    town.send(partial.account, town.suite.token.set_mandate(town.mandate(5_000 * CMT, partial=True)))
    part = town.lease(landlord, [partial])
    before = town.suite.token.balance_of(landlord.wallet)
    expected = preview(town.suite)
    heard: list[int] = []
    report = run(town.suite, town.sender("STAFF"), progress=heard.append)
    assert _codes(report) == {
        good: Code.COLLECTED,
        nobody: Code.NO_MANDATE,
        poor: Code.NO_FUNDS,
        limited: Code.LIMIT_EXCEEDED,
        joint: Code.SHARES_MISSING,
        part: Code.PARTIAL,
    }
    assert list(report.rows) == expected
    assert report.discharged == (1_000 + 500 + 400) * CMT
    assert report.due == 6_000 * CMT
    assert town.suite.token.balance_of(landlord.wallet) == before + report.discharged
    assert {row.lease for row in report.failed} == {nobody, poor, limited, joint, part}
    assert len(report.transactions) == 1 and sum(heard) == 6


def test_B8_a_second_run_collects_nothing_twice(town: Town, landlord: Person) -> None:
    town.lease(landlord, [_tenant(town)])
    run(town.suite, town.sender("MANAGER"))
    report = run(town.suite, town.sender("MANAGER"))
    assert report.rows == () and report.transactions == ()


def test_B9_three_periods_overdue_are_collected_in_one_call(town: Town, landlord: Person) -> None:
    lease = town.lease(landlord, [_tenant(town)])
    town.to_day(town.today + 70)
    report = run(town.suite, town.sender("MANAGER"))
    assert [(row.lease, row.amount, row.left) for row in report.rows] == [(lease, 3_000 * CMT, 0)]


def test_a_prepayment_pays_what_falls_due(town: Town, landlord: Person) -> None:
    tenant = _tenant(town, mandate=0)
    item = town.item("x", landlord, [tenant])
    lease = town.activate(item, [landlord, tenant])
    leases = town.suite.leases
    town.send(tenant.account, town.suite.token.approve(leases.address, 3_000 * CMT))
    town.send(tenant.account, leases.pay(lease, tenant.party, 2_500 * CMT, leases.hash_terms(item.terms)))
    assert preview(town.suite) == []
    town.to_day(town.today + 70)
    (row,) = run(town.suite, town.sender("MANAGER")).rows
    assert (row.code, row.amount, row.left) == (Code.NO_MANDATE, 1_500 * CMT, 500 * CMT)


def test_B5_named_leases_and_unknown_ids(town: Town, landlord: Person) -> None:
    one, two = (town.lease(landlord, [_tenant(town)]) for _ in range(2))
    rows = preview(town.suite, [two, 99], every=True)
    assert [(row.lease, row.code) for row in rows] == [(two, Code.COLLECTED), (99, Code.UNKNOWN)]
    report = run(town.suite, town.sender("MANAGER"), [two, 99])
    assert _codes(report) == {two: Code.COLLECTED}
    assert _codes(run(town.suite, None)) == {one: Code.COLLECTED}


def test_a_dry_run_and_a_missing_key_send_nothing(town: Town, landlord: Person) -> None:
    lease = town.lease(landlord, [_tenant(town)])
    block = town.connection.block_number()
    for report in (run(town.suite, None), run(town.suite, town.sender("MANAGER"), dry_run=True)):
        assert report.dry and _codes(report) == {lease: Code.COLLECTED} and report.transactions == ()
    assert town.connection.block_number() == block


def test_B6_batches_are_halved_until_they_fit(
    town: Town, landlord: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = _tenant(town, funds=50_000 * CMT, mandate=50_000 * CMT)
    leases = [town.lease(landlord, [tenant]) for _ in range(8)]
    whole = Sender(town.connection, town.sender("MANAGER").signer).estimate(town.suite.leases.settle(leases))
    sender = Sender(town.connection, town.sender("MANAGER").signer, fees=Fees(gas_most=whole))
    report = run(town.suite, sender)
    assert len(report.transactions) >= 2
    assert all(gas < whole for _, gas in report.transactions)
    assert _codes(report) == dict.fromkeys(leases, Code.COLLECTED)
    town.to_day(town.today + 40)
    with pytest.raises(FeeTooHigh, match="alone needs"):
        run(town.suite, Sender(town.connection, town.sender("MANAGER").signer, fees=Fees(gas_most=30_000)))


def test_B6_no_batch_takes_more_than_half_a_block(
    town: Town, landlord: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.lease(landlord, [_tenant(town)])
    sent: list[Order] = []
    sender = town.sender("MANAGER")
    real = sender.send_many
    monkeypatch.setattr(
        sender, "send_many", lambda orders, **how: (sent.extend(orders), real(orders, **how))[1]
    )
    run(town.suite, sender)
    assert 0 < (sent[0].gas or 0) <= town.connection.block().gas_limit // 2


def test_B6_more_leases_than_a_call_takes_are_asked_in_parts(town: Town, landlord: Person) -> None:
    lease = town.lease(landlord, [_tenant(town)])
    book = Leases(town.suite)
    book.most = 3
    rows = preview(town.suite, [*range(50, 60), lease], every=True, book=book)
    assert [row.code for row in rows] == [Code.UNKNOWN] * 10 + [Code.COLLECTED]


def test_a_settlement_that_happened_in_between_is_told_as_it_was(
    town: Town, landlord: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = town.lease(landlord, [_tenant(town)])
    real = plan.batches

    def overtaken(*arguments: Any) -> Any:
        for batch, gas in real(*arguments):
            run(town.suite, town.sender("STAFF"), batch)
            yield batch, gas

    monkeypatch.setattr(engine, "batches", lambda *a: (monkeypatch.undo(), overtaken(*a))[1])
    report = run(town.suite, town.sender("MANAGER"))
    assert _codes(report) == {lease: Code.NOTHING_DUE}
    assert report.discharged == 0


@pytest.mark.parametrize(
    ("codes", "amount", "tenants", "answer"),
    [
        ([], 0, 1, Code.NOTHING_DUE),
        ([Code.COLLECTED], 5, 1, Code.COLLECTED),
        ([Code.NO_FUNDS], 5, 1, Code.NO_FUNDS),
        ([Code.COLLECTED, Code.COLLECTED], 5, 2, Code.COLLECTED),
        ([Code.COLLECTED, Code.NO_FUNDS], 5, 2, Code.SHARES_MISSING),
        ([Code.NO_MANDATE, Code.NO_FUNDS], 0, 2, Code.NO_MANDATE),
        ([Code.NO_FUNDS], 3, 2, Code.SHARES_MISSING),
    ],
)
def test_the_code_of_a_lease_from_those_of_its_accounts(
    codes: list[Code], amount: int, tenants: int, answer: Code
) -> None:
    assert whole_code(codes, amount, tenants) == answer


def test_json_has_amounts_as_decimal_strings_and_a_reason_in_words(town: Town, landlord: Person) -> None:
    town.lease(landlord, [_tenant(town, mandate=0)])
    report = run(town.suite, None).as_json("zh")
    assert report["rows"] == [
        {
            "lease": 1,
            "code": "NO_MANDATE",
            "reason": "无委托扣款授权",
            "due": "1000000000",
            "late_fees": "0",
            "discharged": "0",
            "left": "1000000000",
        }
    ]
    assert report["codes"] == {"NO_MANDATE": 1} and report["dry_run"] is True
    assert replace(run(town.suite, None), dry=False).as_json()["dry_run"] is False
