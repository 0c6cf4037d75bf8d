"""Parts of the demo by themselves.

Branches: scenario: wrong columns, day, action, who, amount, unknown lease, habit, word about a mandate ·
compare: equal pictures, one figure by one unit, a missing record of a batch · keys: the same seed, another
seed, after a recovery, a chain that is no development chain, where else keys are made · chart: well-formed,
every value in it, markup in names, unequal lengths · tables: cents and whole units.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_account import Account
from rich.console import Console

from commonhold.chain.connect import Connection
from commonhold.errors import InputError, SigningError
from commonhold.ops.chart import Series, bars
from commonhold.ops.demo import compare, run_demo
from commonhold.ops.demo.keys import Keys, digest, separator
from commonhold.ops.demo.months import Month
from commonhold.ops.demo.scenario import Amount, read_scenario
from commonhold.ops.demo.show import cents, show_month, whole
from commonhold.ops.demo.sides import Line, Result, Settled
from commonhold.rules.codes import Code
from commonhold.rules.ledger import State
from commonhold.units import Day, parse_day, parse_month
from tests.system.demo.demo_rehearsal import rehearse, sample_roll, scenario_file
from tools.environment import ROOT

PACKAGE = ROOT / "commonhold"
LOCAL = cast(Connection, SimpleNamespace(is_local=True, chain_id=31337))
PUBLIC = cast(Connection, SimpleNamespace(is_local=False, chain_id=1))


# ---------------------------------------------------------------- scenario


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("31/01/2024,fund,FL-23-001,tenant,1.00,,", "day"),
        ("2024-02-01,dance,FL-23-001,tenant,1.00,,", "action"),
        ("2024-02-01,fund,FL-23-001,tenant 9,1.00,,", "who"),
        ("2024-02-01,fund,FL-23-001,tenant,one,,", "amount"),
        ("2024-02-01,fund,FL-23-001,tenant,150%,,", "amount"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_number_and_column(
    tmp_path: Path, line: str, word: str
) -> None:
    path = scenario_file(tmp_path, "2024-02-01,revoke,FL-23-001,tenant,,,", line)
    with pytest.raises(InputError, match=f"line 3: {word}"):
        read_scenario(path)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scenario.csv"
    path.write_text("day,lease\n2024-02-01,FL-23-001\n", encoding="utf-8")
    with pytest.raises(InputError, match="columns"):
        read_scenario(path)


def test_amounts_are_money_or_parts_of_what_the_lease_says(tmp_path: Path) -> None:
    path = scenario_file(
        tmp_path,
        '2024-02-01,fund,FL-23-001,tenant,"1,500.50",,',
        "2024-02-01,fund,fl-23-001,tenant 2,50% rent,,",
        "2024-02-02,pay,FL-23-001,tenant,due,,",
    )
    scenario = read_scenario(path)
    first, second = scenario.on(parse_day("2024-02-01"))
    assert first.amount == Amount(money=1_500_500_000)
    assert (second.amount, second.who, second.lease) == (Amount(percent=50, of="rent"), 1, "fl-23-001")
    assert [action.amount.of for action in scenario] == ["", "rent", "due"]


def test_a_lease_that_the_roll_does_not_have_is_named(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_file(tmp_path, "2024-02-01,revoke,FL-99-001,tenant,,,"))
    with pytest.raises(InputError, match="fl-99-001"):
        rehearse(sample_roll(), scenario)


def test_a_sale_to_the_landlord_of_a_lease_that_the_roll_does_not_have_is_refused(tmp_path: Path) -> None:
    lines = ("2024-02-01,sale,FL-23-001,landlord,,FL-99-001,",)
    story, _ = rehearse(sample_roll(), read_scenario(scenario_file(tmp_path, *lines)))
    with pytest.raises(InputError, match="names the lease 'FL-99-001', which the roll does not have"):
        list(story.live(parse_day("2024-02-01"), 1, lambda count, day: None))


def test_a_tenant_may_be_given_what_breaking_his_lease_costs(tmp_path: Path) -> None:
    lines = ("2024-01-31,fund,FL-23-002,tenant,break fee,,",)
    plain, _ = rehearse(sample_roll(), read_scenario(scenario_file(tmp_path)))
    before = plain.twin.picture(list(plain.names), []).cash[-1]
    story, _ = rehearse(sample_roll(), read_scenario(scenario_file(tmp_path, *lines)))
    ledger = next(
        story.twin.community.leases[number] for number, name in story.names.items() if name == "FL-23-002"
    )
    assert ledger.terms.break_fee > 0
    assert story.twin.picture(list(story.names), []).cash[-1] == before + ledger.terms.break_fee


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("2024-01-31,habit,FL-23-001,tenant,,now and then,", "no habit"),
        ("2024-01-31,mandate,FL-23-001,tenant,1.00,whenever,", "no word about a mandate"),
    ],
)
def test_words_that_mean_nothing_are_refused(tmp_path: Path, line: str, word: str) -> None:
    scenario = read_scenario(scenario_file(tmp_path, line))
    with pytest.raises(InputError, match=word):
        rehearse(sample_roll(), scenario)


# ---------------------------------------------------------------- compare


def test_one_base_unit_of_difference_stops_and_names_lease_field_and_both_figures(tmp_path: Path) -> None:
    story, _ = rehearse(sample_roll(), read_scenario(scenario_file(tmp_path)))
    mine = story.twin.picture(list(story.names), [])
    compare.need_same(mine.day, compare.pictures(mine, mine, story.names))
    wrong = mine.leases[7]
    account = wrong.accounts[1]
    other = wrong._replace(
        accounts=(wrong.accounts[0], account._replace(pot=account.pot + 1), *wrong.accounts[2:])
    )
    found = replace(mine, leases={**mine.leases, 7: other})
    with pytest.raises(compare.TwinDisagrees) as caught:
        compare.need_same(mine.day, compare.pictures(mine, found, story.names))
    assert caught.value.exit_code == 8
    assert [(one.field, one.expected, one.found) for one in caught.value.differences] == [("pot", 0, 1)]
    assert "lease 7 (FL-23-007), tenant 2" in str(caught.value)
    assert "2024-01-31" in str(caught.value)


def test_a_chain_that_settles_otherwise_stops_the_story_on_that_day(tmp_path: Path) -> None:
    lines = ["2024-01-31,mandate,*,*,400% payment,,"]
    story, _ = rehearse(sample_roll(), read_scenario(scenario_file(tmp_path, *lines)))
    honest = story.chain.settle

    def lying(leases: Any) -> Settled:
        settled = honest(leases)
        first = settled.results[0]
        return settled._replace(results=(first._replace(amount=first.amount - 1), *settled.results[1:]))

    story.chain.settle = lying  # type: ignore[method-assign]
    with pytest.raises(compare.TwinDisagrees, match="amount should be"):
        list(story.live(parse_day("2024-02-01"), 1, lambda count, day: None))


def test_a_record_that_is_missing_or_new_is_told() -> None:
    results = (Result(1, Code.COLLECTED, 5),)
    mine = Settled(results, (Line(1, 9, Code.COLLECTED, 5),))
    told = [str(one) for one in compare.batches(mine, Settled(results, ()), {1: "A"})]
    assert len(told) == 1 and "lease 1 (A), party 9" in told[0] and "not there" in told[0]
    assert not list(compare.batches(mine, mine, {}))


def test_a_state_is_told_by_its_name_and_an_amount_in_words_and_units() -> None:
    state = str(compare.Difference("lease 1", "state", State.ACTIVE, State.CLOSED))
    assert state == "lease 1: state should be ACTIVE, but the chain says CLOSED"
    pot = str(compare.Difference("lease 1", "pot", 1_500_000, 0))
    assert "1.50 (1500000 base units)" in pot and "0.00 (0 base units)" in pot


def test_a_month_of_many_events_shows_the_first_ones_and_counts_the_rest() -> None:
    events = tuple(f"FL-{n}: something {n}" for n in range(15)) + ("FL-1: renewed until 2025-01-31",) * 2
    month = Month(
        parse_month("2024-02"), 1, 2, 3, 4, 5, 6, 7, 8,
        Counter({Code.COLLECTED: 3}), Counter(), events, ("Water: 2",),
    )  # fmt: skip
    screen = Console(file=StringIO(), width=100)
    show_month(screen, month)
    assert isinstance(screen.file, StringIO)
    told = screen.file.getvalue()
    assert "FL-11: something 11" in told and "something 12" not in told
    assert "… and 3 more" in told and "2 leases renewed" in told and "Water: 2" in told
    few = Console(file=StringIO(), width=100)
    show_month(few, replace(month, events=events[:12]))
    assert isinstance(few.file, StringIO) and "more" not in few.file.getvalue()


def test_no_months_are_no_demo(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="0 months cannot be lived") as caught:
        run_demo(tmp_path / "out", months=0)
    assert caught.value.hint == "Give 1 or more." and not (tmp_path / "out").exists()


# ---------------------------------------------------------------- keys


def test_keys_follow_from_the_seed_and_change_with_a_recovery() -> None:
    keys = Keys(LOCAL, 5)
    first, later = keys.of(3).address, keys.of(3, later=1).address
    assert Keys(LOCAL, 5).of(3).address == first != later
    assert Keys(LOCAL, 6).of(3).address != first
    keys.replace(3)
    assert keys.of(3).address == later


def test_no_resident_gets_a_key_on_a_chain_that_is_in_earnest() -> None:
    with pytest.raises(SigningError, match="development chains alone"):
        Keys(PUBLIC, 5)


def test_signatures_are_those_of_the_address() -> None:
    key = Keys(LOCAL, 5).of(1)
    domain = {"name": "X", "version": "1", "chainId": 31337, "verifyingContract": "0x" + "11" * 20}
    form = "Note(address from,uint256 amount,bytes data)"
    message = {"from": key.address, "amount": 7, "data": b"\x01\x02"}
    types = {
        "Note": [dict(zip(("type", "name"), member.split(), strict=True)) for member in form[5:-1].split(",")]
    }
    signature = key.sign(digest(separator(domain), form, *message.values()))
    made = Account.from_key(bytes(key.secret.secret)).sign_typed_data(domain, types, message)
    assert bytes(made.signature) == signature


def test_nothing_else_in_the_package_makes_keys_for_others() -> None:
    making = re.compile(r"PrivateKey\(|Account\.create|Account\.from_key|from_mnemonic")
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if making.search(path.read_text(encoding="utf-8"))
    }
    # signing with a key at hand, the user's own keystore and what he brings into it, and the demo
    assert found <= {"chain/signing.py", "ops/keys.py", "ops/keys_import.py", "ops/demo/keys.py"}


# ---------------------------------------------------------------- chart and tables


def test_a_chart_is_well_formed_and_holds_every_value() -> None:
    text = bars(
        "收款 <b>",
        ["2024-02", "2024-03"],
        [Series("collected & more", "#111", [10, 30.5]), Series("by hand", "#222", [0, 4])],
        Series("owed", "#333", [3, 5]),
        unit="thousand",
    )
    root = ElementTree.fromstring(text)
    titles = [found.text for found in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == [
        "2024-02 collected & more: 10.00",
        "2024-03 collected & more: 30.50",
        "2024-03 by hand: 4.00",
        "2024-02 owed: 3.00",
        "2024-03 owed: 5.00",
    ]
    assert "Noto Sans CJK SC" in text


def test_bars_are_as_high_as_their_values() -> None:
    root = ElementTree.fromstring(bars("T", ["a", "b"], [Series("x", "#111", [10, 20])]))
    heights = [
        float(rect.attrib["height"])
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
        if len(rect)  # bars have a title
    ]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 values for 2 labels"):
        bars("T", ["a", "b"], [Series("x", "#111", [1, 2, 3])])


@pytest.mark.parametrize(
    ("amount", "told", "rounded"),
    [
        (0, "0.00", "0"),
        (1_234_567_890, "1,234.57", "1,235"),
        (5_000, "0.01", "0"),
        (-2_500_000, "-2.50", "-2"),
    ],
)
def test_tables_show_cents_and_overviews_whole_units(amount: int, told: str, rounded: str) -> None:
    assert (cents(amount), whole(amount)) == (told, rounded)


def test_a_day_is_written_once(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_file(tmp_path, "2024-02-01,revoke,FL-23-001,tenant,,,"))
    assert scenario.on(Day(0)) == ()
