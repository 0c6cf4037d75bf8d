"""Rows of an index: asked for by what they are of, and compared with the audit's books one by one.

questions ── every filter against the same rows chosen by hand · more values than one question takes
compared ── a row that is missing and a row too many are named, of every table that the books know
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from commonhold.errors import StoreError
from commonhold.index import Index, open_index, queries, tables
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.index_check import compare_tables
from tests.index.charge_stories import bill_story, fee_story
from tests.index.lives import manifest, one_block_each, opened, put
from tests.index.test_tables import lease_life


@dataclass
class Told:
    index: Index
    books: Books


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    """Leases, fees and bills, each in an index of its own."""
    folder = tmp_path_factory.mktemp("lives")
    fees, bills = fee_story(), bill_story()
    with pytest.MonkeyPatch.context() as patch:
        given, raws = lease_life(0, patch)
    found = {}
    for name, arguments, logs in (
        ("leases", given, one_block_each(raws)),
        ("fees", fees.given, fees.raws),
        ("bills", bills.given, bills.raws),
    ):
        index = opened(f"sqlite:///{folder}/{name}.sqlite", arguments)
        put(index, logs)
        books = Books(arguments)
        books.replay(index.logs())
        found[name] = Told(index, books)
    yield found
    for told in found.values():
        told.index.close()


# ---------------------------------------------------------------- questions


def test_payments_are_found_by_contract_subject_party_and_days(lives: dict[str, Told]) -> None:
    for told in lives.values():
        index = told.index
        every = queries.payments(index).rows
        assert len(every) > 2
        one = every[len(every) // 2]
        chosen: list[tuple[dict[str, Any], Any]] = [
            ({"contract": one.contract}, lambda row, one=one: row.contract == one.contract),
            ({"subject": one.subject}, lambda row, one=one: row.subject == one.subject),
            ({"party": one.party}, lambda row, one=one: row.party == one.party),
            ({"first_day": one.day}, lambda row, one=one: row.day >= one.day),
            ({"last_day": one.day - 1}, lambda row, one=one: row.day < one.day),
            (
                {"party": one.party, "first_day": one.day, "last_day": one.day},
                lambda row, one=one: (row.party, row.day) == (one.party, one.day),
            ),
        ]
        for filters, keep in chosen:
            assert queries.payments(index, **filters).rows == [row for row in every if keep(row)], filters
        assert queries.payments(index, contract="Nobody").rows == []


def test_rows_are_found_by_the_ids_and_wallets_that_are_asked_for(lives: dict[str, Told]) -> None:
    index = lives["leases"].index
    for ask, column in (
        (queries.parties, "party"),
        (queries.units, "unit"),
        (queries.leases, "lease"),
        (queries.lease_accounts, "lease"),
    ):
        every: list[Any] = ask(index).rows  # type: ignore[operator]
        wanted = [getattr(every[-1], column), getattr(every[0], column)]
        found = ask(index, [*wanted, *range(10**6, 10**6 + 1_200), *wanted]).rows  # type: ignore[operator]
        assert sorted(found) == sorted(row for row in every if getattr(row, column) in wanted), column
    wallets = queries.wallets(index).rows
    assert queries.wallets(index, party=3).rows == [row for row in wallets if row.party == 3] != []
    names = [row.wallet.upper().replace("0X", "0x") for row in wallets]
    assert {row.wallet for row in queries.balances(index, names).rows} <= {row.wallet for row in wallets}
    assert queries.mandates(index, names).rows == queries.mandates(index).rows != []
    outcomes = queries.outcomes(index).rows
    party = outcomes[0].party
    assert queries.outcomes(index, party).rows == [row for row in outcomes if row.party == party]


def test_the_tariffs_of_an_index_are_the_approved_ones(lives: dict[str, Told]) -> None:
    (tariff,) = queries.tariffs(lives["fees"].index).rows
    assert (tariff.category, tariff.rate) == (1, 2_500_000)
    assert queries.tariffs(lives["bills"].index).rows == []


def test_an_index_of_another_way_of_checking_is_refused_with_the_ways_there_are(tmp_path: Path) -> None:
    given = Arguments({}, 31337, 0, 0)
    with pytest.raises(StoreError, match=r"index\.check is 'twice'") as caught:
        open_index(f"sqlite:///{tmp_path}/i.sqlite", manifest(given), check="twice")
    assert "bloom" in caught.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        open_index(f"sqlite:///{tmp_path}/file/i.sqlite", manifest(given))
    assert "[index] url" in caught.value.hint


def test_tables_of_an_empty_index_can_be_made_anew(tmp_path: Path) -> None:
    with open_index(f"sqlite:///{tmp_path}/i.sqlite", manifest(Arguments({}, 31337, 0, 0))) as index:
        index.derive_anew()
        assert index.at_or_none() is None


# ---------------------------------------------------------------- verify


def test_the_books_and_the_tables_of_all_lives_agree(lives: dict[str, Told]) -> None:
    assert {name: differences(told) for name, told in lives.items()} == {name: [] for name in lives}


COMPARED = {
    "parties": ("leases", "party", "PartyRegistry party"),
    "units": ("leases", "unit", "UnitRegistry unit"),
    "mandates": ("leases", "wallet", "CommunityToken mandate of"),
    "leases": ("leases", "lease", "LeaseAgreement lease"),
    "outcomes": ("leases", "outcome", "CreditRegistry outcome"),
    "fee_accounts": ("fees", "account", "PropertyFee account"),
    "runs": ("bills", "run", "BillRuns run"),
    "bills": ("bills", "bill", "BillRuns bill"),
}


def differences(told: Told) -> list[Any]:
    findings = told.books.findings
    findings.differences.clear()
    compare_tables(told.index, told.books)
    return list(findings.differences)


def changed(told: Told, name: str, statement: str) -> list[Any]:
    """What differs once somebody has written to a table, which is put right afterwards."""
    table = tables.KEPT[name]
    with told.index.database.writing() as connection:
        before = connection.execute(table.select()).all()
        connection.execute(text(statement))
    try:
        return differences(told)
    finally:
        with told.index.database.writing() as connection:
            connection.execute(table.delete())
            connection.execute(table.insert(), [row._asdict() for row in before])


@pytest.mark.parametrize("table", COMPARED)
def test_a_row_that_is_missing_is_named(table: str, lives: dict[str, Told]) -> None:
    life, key, name = COMPARED[table]
    which = "WHERE at_once = 0" if table == "bills" else ""  # of those paid at once the books keep the number
    (found, *others) = changed(
        lives[life], table, f"DELETE FROM {table} WHERE {key} = (SELECT min({key}) FROM {table} {which})"
    )
    assert f"{found.contract} {found.id}".startswith(name) and found.found == "no row" and others == []


@pytest.mark.parametrize("lease", [1, 4, 9])
def test_accounts_that_are_missing_are_named_and_no_other_lease_gets_them(
    lease: int, lives: dict[str, Told]
) -> None:
    found = changed(lives["leases"], "lease_accounts", f"DELETE FROM lease_accounts WHERE lease = {lease}")
    assert [(one.id, one.field, one.found) for one in found] == [(f"lease {lease}", "index accounts", [])]
    found = changed(lives["leases"], "leases", f"DELETE FROM leases WHERE lease = {lease}")
    assert [(one.id, one.found) for one in found] == [(f"lease {lease}", "no row")]


@pytest.mark.parametrize("table", COMPARED)
def test_a_row_that_no_log_tells_of_is_named(table: str, lives: dict[str, Told]) -> None:
    life, key, name = COMPARED[table]
    columns = [column.name for column in tables.KEPT[table].columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    strange = {"wallet": "'0x" + "ee" * 20 + "'", "outcome": "'0x" + "0e" * 32 + "'", "bill": "'77'"}
    copied = ", ".join(strange.get(key, "77") if column == key else f'"{column}"' for column in columns)
    found = changed(
        lives[life],
        table,
        f"INSERT INTO {table} ({listed}) SELECT {copied} FROM {table} "
        f"WHERE {key} = (SELECT max({key}) FROM {table})",
    )
    assert len(found) == 1
    shown = f"{found[0].contract} {found[0].id}"
    assert shown.startswith(name) and shown.endswith(("77", "0x4d", "ee" * 20, "0e" * 31))
