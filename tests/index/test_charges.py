"""Fees and bills in the tables: what seldom happens, told to the end and compared with the contracts.

fees ── prepaid cash taken back, moved to the account that follows · a payee's debt paid
bills ── a run dropped · paid at once, put on the books, credited, repaid · waived
logs ── of which an earlier one is missing: named, nothing else is upset · of an unknown event · of an
earlier version, when the tables are made anew
kept ── however few rows are kept in memory, the tables are the same
"""

from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.chain.artifacts import load
from commonhold.index import Index, Source, open_index, queries, rows
from commonhold.index.derive import leases
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.index_check import compare_tables
from tests.bill_world import DROPPED
from tests.index.charge_stories import CMT, LINE, bill_story, fee_story
from tests.index.lives import Raw, manifest, one_block_each, opened, put
from tests.index.test_tables import lease_life, wrong
from tests.index.worlds import dump


def filled(folder: Path, given: Arguments, raws: list[Raw], name: str = "index") -> Index:
    index = opened(f"sqlite:///{folder}/{name}.sqlite", given)
    put(index, raws)
    return index


def test_prepaid_cash_that_came_back_or_moved_along_is_on_the_right_account(tmp_path: Path) -> None:
    told = fee_story()
    with filled(tmp_path, told.given, told.raws) as index:
        assert wrong(index, told.given) == []
        accounts = {row.account: row for row in queries.fee_accounts(index).rows}
        first, second = accounts[told.account], accounts[told.following]
        assert told.moved > 0
        assert (first.prepaid, second.prepaid) == (2 * LINE - told.moved, told.moved)
        assert (first.size, second.size) == (8_937, 10_000)
        rows_ = queries.payments(index, subject=told.account, contract="PropertyFee").rows
        assert [(row.event, row.party, row.payer, row.prepaid, row.amount) for row in rows_[:2]] == [
            ("FeePaid", told.ann.party, told.ben.wallet.lower(), 3 * LINE, 3 * LINE),
            ("PrepaymentRefunded", told.ann.party, "", -LINE, -LINE),
        ]
        (credit,) = [row for row in queries.payments(index).rows if row.event == "CreditPaid"]
        assert (credit.subject, credit.party, credit.amount) == (
            told.following, told.ann.party, -told.credit
        )  # fmt: skip
        before = dump(index)
        index.derive_anew()
        assert dump(index) == before


def test_a_dropped_run_and_a_bill_that_is_changed_after_it_was_paid_are_as_the_contract_says(
    tmp_path: Path,
) -> None:
    told = bill_story()
    with filled(tmp_path, told.given, told.raws) as index:
        assert wrong(index, told.given) == []
        assert {row.run: row.state for row in queries.runs(index).rows}[told.dropped] == DROPPED
        assert told.world.bills.runOf(told.dropped)[0] == DROPPED
        bills = {row.bill: row for row in queries.bills(index).rows}
        for key in (told.ann, told.ben):
            row, standing = bills[key], told.world.standing(key)
            assert (row.party, row.amount, row.removed, row.open, row.at_once) == (
                standing["party"], standing["amount"], standing["removed"], standing["open"], 0
            )  # fmt: skip
        assert [row.at_once for row in queries.bills(index, told.world.unit[told.world.cleo.party]).rows] == [
            1
        ]
        works = told.world.works.wallet.lower()
        (repaid,) = [row for row in queries.payments(index, subject=told.ann).rows if row.amount < 0]
        assert (repaid.event, repaid.payer, repaid.amount) == ("CreditRepaid", works, -30 * CMT)


# ---------------------------------------------------------------- logs that are not whole


@pytest.mark.parametrize(
    ("contract", "event", "named"),
    [
        ("BillRuns", "RunPosted", "run 1"),
        ("BillRuns", "BillIssued", "bill 0x"),
        ("BillRuns", "BillPaidAtOnce", "bill 0x"),
        ("PartyRegistry", "PartyRegistered", "party 1"),
        ("UnitRegistry", "UnitRegistered", "unit 1"),
    ],
)
def test_what_is_told_of_something_that_no_log_began_is_named_and_upsets_nothing_else(
    contract: str, event: str, named: str, tmp_path: Path
) -> None:
    told = bill_story()
    topic = load(contract).topic(event)
    left = [raw for raw in told.raws if raw["topics"][0] != topic]
    assert len(left) < len(told.raws)
    with (
        filled(tmp_path, told.given, left) as index,
        filled(tmp_path, told.given, told.raws, "whole") as whole,
    ):
        found, complete = dump(index), dump(whole)
        for table in ("balances", "mandates"):
            assert found[table] == complete[table]
        events = {row.event for row in queries.payments(index).rows}
        assert events >= {"BillPaid", "CreditRepaid"}
        books = Books(told.given)
        books.replay(whole.logs())
        compare_tables(index, books)
        assert any(named in str(one) for one in books.findings.differences)


def test_fees_of_an_account_that_no_log_opened_stay_among_the_payments(tmp_path: Path) -> None:
    told = fee_story()
    topic = load("PropertyFee").topic("AccountOpened")
    left = [raw for raw in told.raws if raw["topics"][0] != topic]
    with filled(tmp_path, told.given, left) as index:
        assert queries.fee_accounts(index).rows == []
        paid = [(row.event, row.amount) for row in queries.payments(index).rows]
        assert ("FeePaid", 3 * LINE) in paid and ("CreditPaid", -told.credit) in paid


def test_a_log_of_an_event_that_nobody_knows_is_kept_and_not_read(tmp_path: Path) -> None:
    told = bill_story()
    last = int(told.raws[-1]["blockNumber"], 16)
    strange = {
        **told.raws[-1],
        "address": told.given.addresses["CommunityToken"],
        "topics": ["0x" + "99" * 32],
        "blockNumber": hex(last + 1),
        "transactionHash": f"0x{last + 1:064x}",
    }
    with filled(tmp_path, told.given, [*told.raws, strange]) as index:
        assert max(log.block for log in index.logs()) <= last < index.at().block
        assert max(row[0] for row in dump(index)["logs"]) == last + 1
        before = dump(index)
        index.derive_anew()
        assert dump(index) == before
        assert wrong(index, told.given) == []


def test_an_earlier_version_says_nothing_in_the_tables_when_they_are_made_anew(tmp_path: Path) -> None:
    told = bill_story()
    early = told.given.addresses["PartyRegistry"]
    events = tuple(entry for entry in load("PartyRegistry").abi if entry["type"] == "event")
    others = {name: at for name, at in told.given.addresses.items() if name != "PartyRegistry"}
    given = replace(told.given, addresses=others)
    source = Source(
        "PartyRegistry@0.9", early, frozenset({load("PartyRegistry").topic("PartyRegistered")}), abi=events
    )
    with open_index(f"sqlite:///{tmp_path}/index.sqlite", manifest(given), earlier=[source]) as index:
        put(index, told.raws)
        assert queries.parties(index).rows == []
        assert {log.contract for log in index.logs(earlier=True)} > {log.contract for log in index.logs()}
        before = dump(index)
        index.derive_anew()
        assert dump(index) == before and queries.parties(index).rows == []


# ---------------------------------------------------------------- in memory


def test_the_tables_are_the_same_however_little_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, told = lease_life(0, monkeypatch)
    raws = one_block_each(told)
    with opened(f"sqlite:///{tmp_path}/much.sqlite", given) as index:
        put(index, raws, together=40)
        expected = dump(index)
    for module, name, value in ((rows, "_MISSES", 2), (rows, "_MOST", 5), (leases, "_MOST", 1)):
        monkeypatch.setattr(module, name, value)
    with opened(f"sqlite:///{tmp_path}/little.sqlite", given) as index:
        put(index, raws, together=40)
        assert dump(index) == expected
