"""`commonhold export` on a real node, after a life in which every contract had something to tell.

Branches: ledger as beancount, CSV, JSON, XLSX · balances, payments, parties, units, leases, deposits, fee
accounts, bills, arrears · a period with opening balances, an earlier block, the end of a day · numbers alone,
names where asked for, formulas in names (I2) · three languages. What is refused: test_exports_refused.py.
"""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction

from commonhold.ops.arrears import arrears as arrears_of_views
from commonhold.ops.exports import KINDS, Request, export
from commonhold.units import format_day, parse_day
from commonhold.words import LANGUAGES
from tests.package.ops.town import Town
from tests.system.exports.exports_world import ONE, a_told_town, balance, rows, written


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with a_told_town() as built:
        yield built


# ---------------------------------------------------------------- the ledger


def test_the_beancount_checker_accepts_the_ledger_with_its_balances(town: Town, tmp_path: Path) -> None:
    target = tmp_path / "ledger.beancount"
    report = export(town.connection, town.deployment, Request("ledger", "beancount"), target)
    entries, errors, _ = loader.load_file(str(target))
    assert errors == []
    moves = [one for one in entries if isinstance(one, Transaction)]
    asserted = {one.account: one.amount.number for one in entries if isinstance(one, Balance)}
    assert len(moves) == report.rows > 30
    assert asserted.keys() == {one.account for one in entries if isinstance(one, Open)}
    assert asserted["Assets:DepositEscrow:Deposit:Lease1"] == 2_000
    supply = town.suite.token.read("totalSupply")
    issued = asserted["Liabilities:Issued:Bank"] + asserted["Liabilities:Issued:Reserve"]
    assert -issued * ONE == supply
    reasons = {posting.meta["for"] for one in moves for posting in one.postings}
    assert {"rent", "late_fee", "commission", "deposit", "refund", "one_off_fee", "prepaid", "issued",
            "redemption", "share_withdrawn", "transfer"} <= reasons  # fmt: skip


def test_the_checker_finds_one_base_unit(town: Town) -> None:
    """So that its silence says something."""
    text = written(town, "ledger", "beancount")
    line = next(one for one in text.splitlines() if " balance Assets:Parties:P2 " in one)
    amount = line.split()[3]
    wrong = line.replace(amount, f"{Decimal(amount) + Decimal('0.000001'):f}")
    _, errors, _ = loader.load_string(text.replace(line, wrong))
    assert len(errors) == 1


def test_what_contracts_hold_is_their_own_balance(town: Town) -> None:
    found = json.loads(written(town, "ledger"))
    sums: dict[str, int] = {}
    for row in found["ledger"]:
        sums[row["account"]] = sums.get(row["account"], 0) + int(row["amount"])
    assert {row["account"]: int(row["closing"]) for row in found["balances"]} == sums
    for contract in ("LeaseAgreement", "DepositEscrow", "RedemptionDesk"):
        pots = sum(amount for name, amount in sums.items() if name.startswith(f"Assets:{contract}:"))
        assert pots == balance(town, town.deployment.address(contract))
    assert sum(sums.values()) == 0


def test_every_transaction_adds_up_to_zero_and_names_what_it_was_for(town: Town) -> None:
    sums: dict[str, int] = {}
    for row in rows(town, "ledger"):
        sums[row["transaction"]] = sums.get(row["transaction"], 0) + int(row["amount"])
        assert row["why"]
    assert len(sums) > 30 and set(sums.values()) == {0}


def test_a_period_begins_with_opening_balances_and_ends_with_closing_ones(town: Town) -> None:
    days = sorted({row["day"] for row in rows(town, "ledger")})
    middle = days[len(days) // 2]
    first = parse_day(middle)
    whole = {row["account"]: row for row in rows(town, "balances")}
    early = {row["account"]: row for row in rows(town, "balances", last=first - 1)}
    late = {row["account"]: row for row in rows(town, "balances", first=first)}
    assert early.keys() < late.keys() == whole.keys()
    for account, row in late.items():
        assert row["opening"] == (early[account]["closing"] if account in early else "0"), account
        assert row["closing"] == whole[account]["closing"]
        assert int(row["opening"]) + int(row["into"]) - int(row["out_of"]) == int(row["closing"])
    assert {row["day"] for row in rows(town, "ledger", first=first)} == {day for day in days if day >= middle}
    entries, errors, _ = loader.load_string(written(town, "ledger", "beancount", first=first))
    moves = [one for one in entries if isinstance(one, Transaction)]
    assert errors == [] and moves[0].narration == "Opening balances" != moves[1].narration


def test_a_ledger_as_of_an_earlier_block_is_that_of_the_block(town: Town) -> None:
    block = town.connection.block_number() - 60
    document = json.loads(written(town, "balances", at=block))
    assert (document["block"], document["confirmations"]) == (block, 60)
    assert document["block_hash"] == town.connection.block(block).hash
    pots = [row for row in document["balances"] if row["account"].startswith("Assets:LeaseAgreement:")]
    held = int(town.suite.token.read("balanceOf", town.suite.leases.address, block=block))
    assert sum(int(row["closing"]) for row in pots) == held


def test_the_end_of_a_day_is_the_last_block_before_the_next(town: Town) -> None:
    day = town.suite.leases.today() - 10
    found = json.loads(written(town, "leases", last=day))
    following = town.connection.block(found["block"] + 1)
    offset = town.deployment.utc_offset
    assert (found["time"] + offset) // 86_400 <= day < (following.time + offset) // 86_400


# ---------------------------------------------------------------- what was paid, what there is


def test_payments_name_who_paid_what_for(town: Town) -> None:
    found = rows(town, "payments")
    paid = [(row["payer"], row["why"], row["about"], row["number"]) for row in found]
    assert (2, "rent", "lease", 1) in paid and (3, "late_fee", "lease", 2) in paid
    assert (1, "prepaid", "lease", 1) in paid  # anybody may pay for anybody
    assert all(int(row["amount"]) > 0 for row in found)
    deposits = [row for row in found if row["why"] == "deposit" and row["number"] == 2]
    assert sum(int(row["amount"]) for row in deposits) == 1_001 * ONE + 1
    strangers = [row for row in found if row["payer"] is None]
    assert {row["wallet"] for row in strangers} != {""}


def test_leases_deposits_and_units_are_those_of_the_contracts(town: Town) -> None:
    suite = town.suite
    leases = {row["lease"]: row for row in rows(town, "leases")}
    assert list(leases) == list(range(1, suite.leases.lease_count() + 1))
    for lease, row in leases.items():
        terms, accounts = suite.leases.terms_of(lease), suite.leases.accounts_of(lease)
        assert row["unit"] == terms.unit and row["landlord"] == terms.landlord
        assert row["tenants"] == " ".join(str(one.tenant) for one in accounts)
        assert row["state"] == suite.leases.state_of(lease).name
        assert int(row["rent"]) == terms.rent
        assert row["last_day"] == format_day(terms.end_day - 1)
        assert int(row["rent_owed"]) == sum(one.arrears for one in accounts)
        assert int(row["late_fees"]) == sum(one.late_fees for one in accounts)
        assert int(row["prepaid"]) == sum(one.pot for one in accounts)
        assert int(row["deposit"]) == suite.escrow.deposit_of(lease)
    for row in rows(town, "deposits"):
        assert int(row["deposit"]) == suite.escrow.deposit_of(row["lease"])
    for row in rows(town, "units"):
        assert row["owner"] == suite.units.read("ownerPartyOf", row["unit"])


def test_parties_show_numbers_wallets_and_money_but_nobodys_name(town: Town) -> None:
    found = rows(town, "parties")
    assert [row["party"] for row in found] == list(range(1, 9))
    assert found[-1]["kind"] == "company" and found[-1]["wallet"] == ""
    second = next(row for row in found if row["party"] == 2)
    assert int(second["balance"]) == balance(town, second["wallet"])
    assert found[2]["wallets"] == 2
    assert not any("name" in column for column in found[0])


def test_arrears_are_those_of_the_contracts_views_tenant_by_tenant(town: Town) -> None:
    wanted = {(row.what, str(row.number)): row for row in arrears_of_views(town.suite)}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows(town, "arrears"):
        found.setdefault((row["about"], row["number"]), []).append(row)
    assert found.keys() == wanted.keys() and found
    for key, parts in found.items():
        assert sum(int(row["total"]) for row in parts) == wanted[key].total
        assert sum(int(row["late_fees"]) for row in parts) == wanted[key].late_fees
        if len(parts) == 1:
            ages = tuple(int(parts[0][f"days_{age}"]) for age in (0, 30, 60, 90))
            assert ages == wanted[key].buckets


# ---------------------------------------------------------------- files


def test_a_csv_has_plain_numbers_and_the_block_in_every_row(town: Town, tmp_path: Path) -> None:
    target = tmp_path / "leases.csv"
    export(town.connection, town.deployment, Request("leases"), target)
    with target.open(encoding="utf-8-sig", newline="") as stream:
        found = list(csv.reader(stream))
    assert found[0][:3] == ["Lease", "Unit", "Landlord"] and found[0][-1] == "Confirmations"
    row = dict(zip(found[0], found[1], strict=True))
    assert Decimal(row["Security deposit"]) == 2_000 and row["Last day"].count("-") == 2
    assert row["Block hash"] == town.connection.block().hash and row["Confirmations"] == "0"


def test_no_file_runs_a_formula_that_somebody_called_himself_I2(town: Town, tmp_path: Path) -> None:
    evil = {"party 1": '=HYPERLINK("http://evil","pay")', "party 2": "@SUM(A1)", "unit 1": "+1|cmd"}
    text = written(town, "leases", "csv", names=evil)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'" + evil["party 1"] in cells and "'+1|cmd" in cells
    assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
    target = tmp_path / "leases.xlsx"
    export(town.connection, town.deployment, Request("leases", "xlsx", names=evil), target)
    sheet = openpyxl.load_workbook(target).worksheets[0]
    values = [(cell.data_type, cell.value) for row in sheet.iter_rows() for cell in row]
    assert ("s", evil["party 1"]) in values and not any(kind == "f" for kind, _ in values)
    beancount = written(town, "ledger", "beancount", names={"party 1": 'a "quoted" name'})
    _, errors, _ = loader.load_string(beancount)
    assert errors == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_has_real_numbers_real_dates_and_sheets_in_the_language(
    town: Town, tmp_path: Path, language: str
) -> None:
    target = tmp_path / "ledger.xlsx"
    export(town.connection, town.deployment, Request("ledger", "xlsx", language=language), target)
    book = openpyxl.load_workbook(target)
    titles = {"en": ["Ledger", "Balances", "About"], "zh": ["资金流水", "余额", "说明"],
              "ja": ["資金元帳", "残高", "この表について"]}  # fmt: skip
    assert book.sheetnames == titles[language]
    row = next(book.worksheets[0].iter_rows(min_row=2, max_row=2))
    assert row[0].is_date and row[0].number_format == "yyyy-mm-dd"
    assert row[6].data_type == "n" and abs(row[6].value) == 50_000
    about = [[cell.value for cell in line] for line in book.worksheets[2].iter_rows()]
    assert town.connection.block().hash in [line[1] for line in about] and about[-1][1] == "✓"


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_comes_in_every_language_and_format(town: Town, tmp_path: Path, kind: str) -> None:
    for language in LANGUAGES:
        text = written(town, kind, "csv", language=language)
        assert len({len(row) for row in csv.reader(io.StringIO(text))}) == 1
    target = tmp_path / "some.xlsx"
    report = export(town.connection, town.deployment, Request(kind, "xlsx"), target)
    sheets = openpyxl.load_workbook(target, read_only=True).worksheets[:-1]
    assert sum(sum(1 for _ in sheet.iter_rows()) - 1 for sheet in sheets) == report.rows
    assert (report.rows > 0) == (kind not in ("accounts", "bills"))


@pytest.mark.parametrize(("language", "words"), [("en", "running"), ("zh", "履行中"), ("ja", "契約中")])
def test_people_read_states_and_kinds_in_their_language_and_programs_the_keys(
    town: Town, language: str, words: str
) -> None:
    assert words in written(town, "leases", "csv", language=language)
    shown = [
        written(town, kind, "csv", language=language) for kind in ("leases", "deposits", "parties", "units")
    ]
    assert not any(key in text for text in shown for key in ("ACTIVE", "CLOSED", "HELD", "SETTLED"))
    assert {row["state"] for row in rows(town, "leases", language=language)} >= {"ACTIVE", "CLOSED"}
