"""docs/scale.md is made of docs/scale.json, and what it is made of adds up.

Tables as kept · the largest size inside its goals · prices on the page and in the file are those of the tool
· cost of an L2 by hand · batches by hand · a page without a place for a table is refused
"""

import json

import pytest

from tools.bench.scale import (
    BLOCK,
    COIN,
    FIGURES,
    GWEI,
    PAGE,
    PRICES,
    TABLES,
    batches,
    l2_wei,
    planned,
    with_tables,
    year_of,
)
from tools.bench.scale_plan import GOALS, SIZES, invented

REPORT = json.loads(FIGURES.read_text(encoding="utf-8"))
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_those_of_the_figures() -> None:
    assert with_tables(TEXT, REPORT) == TEXT


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table gas"):
        with_tables(TEXT.replace("<!-- end: gas -->", ""), REPORT)


def test_planning_100_000_leases_is_inside_its_goals_and_linear() -> None:
    sizes = {one["leases"]: one for one in REPORT["plans"]}
    assert tuple(sizes) == SIZES
    largest = sizes[SIZES[-1]]
    assert largest["cpu"] < GOALS[0] and largest["megabytes"] < GOALS[1]
    each = [one["cpu"] / one["leases"] for one in REPORT["plans"]]
    assert max(each) < 3 * min(each)
    assert all(0 < one["due"] < one["leases"] for one in REPORT["plans"])


def test_the_assumed_prices_are_on_the_page_and_in_the_file() -> None:
    assert REPORT["prices"] == PRICES
    words = [*(str(one) for one in PRICES["gas_gwei"]), f"{PRICES['coin']:,}", str(PRICES["l2_gas_gwei"])]
    words += [str(PRICES["base_fee_scalar"]), str(PRICES["blob_base_fee_scalar"]), str(PRICES["size_factor"])]
    assert all(word in TEXT for word in words)


def test_the_cost_of_an_l2_is_execution_and_data() -> None:
    prices = {**PRICES, "l2_gas_gwei": 2, "l1_base_fee_gwei": 10, "blob_base_fee_gwei": 3}
    prices |= {"base_fee_scalar": 0.5, "blob_base_fee_scalar": 2.0, "size_factor": 0.25}
    assert l2_wei(1_000, 0, prices) == 2_000 * GWEI
    assert l2_wei(0, 100, prices) == 25 * (16 * 0.5 * 10 + 2 * 3) * GWEI
    assert COIN == 10**9 * GWEI


def test_a_year_has_half_an_activation_and_all_collections() -> None:
    works = [
        {"times": 1, "gas": 100, "data": 10, "packed": 6},
        {"times": 12, "gas": 1_200, "data": 120, "packed": 60},
    ]
    assert year_of(works) == {"gas": 1_250, "data": 125, "packed": 63}


def test_batches_are_full_transactions_and_a_rest() -> None:
    assert batches(10, BLOCK) == 10
    assert batches(1_000, BLOCK // 100) == 10
    assert batches(1_001, BLOCK // 100) == 11


def test_what_was_not_measured_is_in_proportion_and_says_so() -> None:
    largest = REPORT["plans"][-1]
    ten = planned(REPORT, 10 * largest["leases"])
    assert not ten["measured"] and ten["cpu"] == pytest.approx(10 * largest["cpu"])
    assert planned(REPORT, largest["leases"])["measured"]
    for make in TABLES.values():
        assert len({row.count("|") for row in make(REPORT)}) == 1


def test_the_leases_that_are_planned_have_all_shapes() -> None:
    ledgers = [ledger for _, ledger in invented(400)]
    assert len(ledgers) == 400
    assert {len(one.accounts) for one in ledgers} == {1, 2, 3}
    assert {one.terms.interval for one in ledgers} == {1, 3}
    assert any(one.terms.opening.day for one in ledgers) and any(one.accounts[0].pot for one in ledgers)
    assert any(one.terms.commission for one in ledgers) and any(one.whole for one in ledgers)
