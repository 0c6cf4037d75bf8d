"""What the party of a fee account, or anybody for it, does by the command, on a node.

pay    ── nothing owed · dry · no key · 0 · without money · a part, the rest, ahead · by a mandate, by an
          allowance of that sum · more than can be paid ahead · changed while it was asked
collect ── what was paid ahead comes off once
refund ── nothing prepaid · too much · a part, the rest · another's key
plan   ── bounds · offered, accepted by its party alone, in the same words · a second one · paid in parts
"""

from typing import Any

import pytest

from commonhold.chain.contracts.token import Mandate
from commonhold.commands import fee_money
from commonhold.present import money
from commonhold.rules.calendar import first_of, month_of
from tests.package.ops.town import CMT
from tests.system.charges.charges_world import World

LINE = 2_500_000 * 8_900 // 100  # of a month [cmt]


@pytest.fixture
def world(world: World) -> World:
    """With a fee account of unit 1."""
    world.run("fee", "subscribe", "Fee", 1)
    return world


def owing(world: World, months: int) -> None:
    """So many lines are due and in time."""
    start = month_of(world.town.today) + 1
    world.town.to_day(first_of(start + months - 1) + 6)


def test_anybody_pays_for_an_account_and_its_party_takes_back_what_was_paid_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, suite, town, ann, ben = world.run, world.suite, world.town, world.ann, world.ben
    anns, bens = world.keystore(ann), world.keystore(ben)
    run("fee", "pay", 1, *anns, code=2)
    assert "Nothing is owed" in run.err
    run("fee", "refund", 1, *anns, code=2)
    assert "Nothing was paid ahead" in run.err
    owing(world, 2)
    run("fee", "pay", 1, "--dry-run")
    sum_ = money(suite.fees.accounts_of_many([1])[0].owing)  # with the late fee of the first month
    assert f"Pay {sum_} for party {ann.party} on fee account 1" in run.err and "Nothing was sent" in run.err
    for words, code, arguments in (
        ("--key", 6, (1,)),
        ("paid by 0", 2, (1, "0", *anns)),
        ("no fee account 2", 2, (2, *anns)),
        ("1,000.00, less than 1,001.00", 2, (1, "1001", *bens)),
    ):
        run("fee", "pay", *arguments, code=code)
        assert words in run.err, run.err
    assert suite.fees.accounts_of_many([1])[0].due == 2 * LINE

    # a part by somebody else, with an allowance that leaves nothing over
    assert world.json("fee", "pay", 1, "100", *bens)["due"] == str(2 * LINE - 100 * CMT)
    assert suite.token.balance_of(ben.wallet) == 900 * CMT
    assert suite.token.allowance(ben.wallet, suite.fees.address) == 0

    # the rest by the party's mandate, in one transaction; then ahead
    limit = Mandate(900 * CMT, suite.token.collector_bit(suite.fees.address), 1_200, False)
    town.send(ann.account, suite.token.set_mandate(limit))
    nonce = town.connection.nonce(ann.wallet)
    assert world.json("fee", "pay", 1, *anns)["due"] == "0"
    assert town.connection.nonce(ann.wallet) == nonce + 1
    assert world.json("fee", "pay", 1, "30", *anns)["prepaid"] == str(30 * CMT)
    before = suite.token.balance_of(ann.wallet)
    run("fee", "refund", 1, "31", *anns, code=2)
    assert "At most 30.00" in run.err
    run("fee", "refund", 1, *bens, code=5)
    assert "FeeNotParty" in run.err
    run("fee", "refund", 1, "--dry-run")
    assert "Give 30.00 of fee account 1 back" in run.err
    assert world.json("fee", "refund", 1, "12", *anns)["prepaid"] == str(18 * CMT)
    assert world.json("fee", "refund", 1, *anns)["prepaid"] == "0"
    assert suite.token.balance_of(ann.wallet) == before + 30 * CMT

    # more than three years ahead; and an account that was paid while it was asked
    town.fund(ann.wallet, 20_000 * CMT)
    run("fee", "pay", 1, "19000", *anns, code=5)
    assert "FeePaymentTooLarge" in run.err
    confirm = fee_money.Desk.confirm

    def meanwhile(desk: Any, question: str) -> None:
        monkeypatch.setattr(fee_money.Desk, "confirm", confirm)
        town.send(ben.account, suite.token.approve(suite.fees.address, 5 * CMT))
        town.send(ben.account, suite.fees.pay(1, 1, 1, ann.party, 5 * CMT))

    monkeypatch.setattr(fee_money.Desk, "confirm", meanwhile)
    run("fee", "pay", 1, "7", *anns, code=2)
    assert "changed meanwhile" in run.err and suite.fees.accounts_of_many([1])[0].pot == 5 * CMT


def test_what_was_paid_ahead_comes_off_once(world: World) -> None:
    suite, town, ann = world.suite, world.town, world.ann
    town.fund(ann.wallet, 10 * CMT)
    town.send(ann.account, suite.token.approve(suite.fees.address, 5 * CMT))
    town.send(ann.account, suite.fees.pay(1, 1, 1, ann.party, 5 * CMT))
    owing(world, 1)
    for words, told in (
        (("collect", "list"), 5 * CMT),
        (("collect", "run"), 5 * CMT),
        (("collect", "list"), 0),
    ):
        (row,) = world.json(*words)["rows"]
        assert row["reason"] and (row["discharged"], row["left"]) == (str(told), str(LINE - 5 * CMT)), words
    assert suite.fees.accounts_of_many([1])[0].due == LINE - 5 * CMT


def test_arrears_are_paid_in_parts_that_the_manager_offers_and_the_party_accepts(world: World) -> None:
    run, suite, town, ann = world.run, world.suite, world.town, world.ann
    anns = world.keystore(ann)
    run("fee", "plan", 1, "--parts", 3, "--from", world.day(town.today + 5), code=2)
    assert "nothing due" in run.err
    owing(world, 3)
    first = town.today + 30
    words = ("--parts", 3, "--from", world.day(first))
    for parts, day, said in ((1, first, "2 to 36 parts"), (3, town.today, "cannot fall due on that day")):
        run("fee", "plan", 1, "--parts", parts, "--from", world.day(day), code=2)
        assert said in run.err
    run("fee", "plan", 1, *words, "--dry-run")
    assert "667.50 of fee account 1 in 3 parts" in run.err and "Nothing was sent" in run.err
    run("fee", "plan", 1, *words, "--accept", *anns, code=5)
    assert "FeePlanUnknown" in run.err
    run("fee", "plan", 1, *words)
    assert f"party {ann.party} agrees" in run.err
    run("fee", "plan", 1, *words, "--accept", code=6)
    run("fee", "plan", 1, "--parts", 4, "--from", world.day(first), "--accept", *anns, code=5)
    run("fee", "plan", 1, *words, "--accept", *world.keystore(world.ben), code=5)
    assert "FeeNotParty" in run.err
    agreed = world.json("fee", "plan", 1, *words, "--accept", *anns)
    assert (agreed["due"], agreed["plan_left"]) == ("0", str(3 * LINE))
    assert "667.50 left of a plan" in run.err
    run("fee", "plan", 1, *words, code=2)
    assert "A plan is running" in run.err
    town.to_day(first)
    part = suite.fees.accounts_of_many([1])[0].due
    assert part >= LINE
    assert world.json("fee", "pay", 1, *anns)["plan_left"] == str(2 * LINE)
