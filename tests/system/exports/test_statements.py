"""`commonhold statement --unit | --party | --month` on a real node, after a life with everything in it.

Branches: a unit, a party, a lease, everybody; all time, a month, a month under way, one not begun, an earlier
block · opening and movements give the closing, which is what the contracts answer · joint tenants each their
share, a tenant who left · a party's money · pages in three languages, hostile names (W1) · CSV that runs
nothing (I2) · JSON · unknown unit, nothing named, too much named · figures that do not fit.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commonhold import cli
from commonhold.chain.node import Node
from commonhold.errors import InputError
from commonhold.ops.exports.journal import LedgerWrong
from commonhold.ops.statements import Scope, Sheet, as_json, make, page, write_page, write_table
from commonhold.rules.calendar import first_of, month_of
from commonhold.units import Month, format_money, format_month
from commonhold.words import LANGUAGES
from tests.audit_story import tell
from tests.package.ops.town import Town
from tests.system.exports.exports_world import BEGIN, all_logs


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node(timestamp=BEGIN) as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


def of(town: Town, month: int | None = None, **scope: int) -> Sheet:
    found = make(town.connection, town.deployment, Scope(**scope), month=month)
    assert found.checked
    assert found.opening + found.charged - found.credited == found.owed
    for section in found.sections:
        assert section.opening + section.charged - section.credited == section.balance
        assert not section.lines or section.lines[-1].balance == section.balance
    return found


def balance_of(town: Town, lease: int, tenant: int | None = None) -> int:
    """By the contract's views."""
    accounts = [one for one in town.suite.leases.accounts_of(lease) if tenant in (None, one.tenant)]
    return sum(one.due - one.settled + one.late_fees - one.pot for one in accounts)


def test_a_units_statement_ends_with_what_the_contracts_say_is_owed(town: Town) -> None:
    for lease in range(1, town.suite.leases.lease_count() + 1):
        found = of(town, unit=town.suite.leases.terms_of(lease).unit)
        assert [one.debt.id for one in found.sections] == [lease]
        assert found.owed == balance_of(town, lease)
        whats = {line.what for line in found.sections[0].lines}
        assert {"activated", "rent_due"} <= whats


def test_a_partys_statement_has_its_share_alone_and_its_money(town: Town) -> None:
    gus = of(town, party=7)
    shares = {one.debt.id: one.balance for one in gus.sections}
    assert shares == {lease: balance_of(town, lease, 7) for lease in (2, 3, 5)}
    joint = next(one for one in gus.sections if one.debt.id == 2)
    assert joint.lines[0].what == "changed"  # he took a tenant's place
    left = of(town, party=4)
    assert [one.debt.id for one in left.sections] == [2, 4] and left.sections[0].balance == 0
    assert gus.wallets is not None and gus.wallets.opening == 0
    wallet = town.suite.parties.wallet_of(7)
    assert gus.wallets.balance == int(town.suite.token.read("balanceOf", wallet))
    assert gus.wallets.movements[-1].balance == gus.wallets.balance
    reasons = {one.why for one in gus.wallets.movements}
    assert {"issued", "rent", "late_fee", "deposit", "transfer"} <= reasons


def test_months_join_without_a_gap_for_a_party_and_for_everybody(town: Town) -> None:
    first, today = month_of(town.suite.leases.today()) - 3, town.suite.leases.today()
    for scope in ({"party": 7}, {}):
        owed: int | None = None
        money: int | None = None
        for month in range(first, month_of(today) + 1):
            found = of(town, month, **scope)
            assert found.first == first_of(month) and found.last == min(today, first_of(month + 1) - 1)
            assert owed is None or found.opening == owed
            owed = found.owed
            if found.wallets is not None:
                assert money is None or found.wallets.opening == money
                money = found.wallets.balance
        assert owed == of(town, **scope).owed


def test_a_lease_and_a_month_together_are_a_part_of_the_leases_statement(town: Town) -> None:
    month = month_of(town.suite.leases.today()) - 2
    whole, part = of(town, lease=1), of(town, month, lease=1)
    lines = [line for line in whole.sections[0].lines if month_of(line.day) == month]
    told = [(line.day, line.what, line.credited) for line in part.sections[0].lines if line.credited]
    assert told == [(line.day, line.what, line.credited) for line in lines if line.credited]


def test_an_earlier_block_is_shown_as_it_was(town: Town) -> None:
    block = town.connection.block_number() - 60
    found = make(town.connection, town.deployment, Scope(unit=1), at=block)
    accounts = town.suite.leases.accounts_of(1, block)
    assert found.checked and found.as_of.confirmations == 60
    assert found.owed == sum(one.due - one.settled + one.late_fees - one.pot for one in accounts)


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "To pay at the end"), ("zh", "期末应付"), ("ja", "期末のお支払額")],
)
def test_the_page_says_in_the_readers_language_what_is_to_pay_and_as_of_when(
    town: Town, tmp_path: Path, language: str, words: str
) -> None:
    found = of(town, party=7)
    write_page(found, tmp_path / "deep" / "page.html", {"party 7": "高 雅"}, language)
    text = (tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    assert f'lang="{language}"' in text and words in text and "高 雅" in text
    assert format_money(found.to_pay) in text
    assert f" {found.as_of.block.number} " in text and found.as_of.block.hash in text
    assert "http" not in text and "<script" not in text and 'name="viewport"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_of_everybody_has_one_row_for_each_debt(town: Town, language: str) -> None:
    month = month_of(town.suite.leases.today()) - 1
    found = of(town, month)
    text = page(found, language=language)
    assert format_month(Month(month)) in text
    assert text.count("<tr><td") == len(found.sections) > 2


def test_W1_names_are_text_whatever_they_hold(town: Town) -> None:
    evil = "<script>alert(1)</script>\u202egnirts"
    text = page(of(town, unit=1), {"unit 1": evil, "party 2": evil})
    assert "<script>" not in text and "&lt;script&gt;" in text and "\u202e" not in text


def test_W3_I2_the_table_has_all_lines_and_runs_nothing(town: Town, tmp_path: Path) -> None:
    found = of(town, party=7)
    count = write_table(found, tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) - 1 == count == sum(len(one.lines) for one in found.sections)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_the_json_has_every_debt_with_its_lines(town: Town) -> None:
    document = json.loads(json.dumps(as_json(of(town, party=7))))
    assert document["party"] == 7 and document["checked"] is True
    assert [one["number"] for one in document["debts"]] == [2, 3, 5]
    assert all(one["lines"][-1]["balance"] == one["owed"] for one in document["debts"])
    assert document["money"]["movements"][-1]["balance"] == document["money"]["closing"]


# ---------------------------------------------------------------- what cannot be


def test_a_statement_that_the_contracts_contradict_is_not_made(town: Town) -> None:
    logs = all_logs(town)
    at = max(i for i, log in enumerate(logs) if log.event == "RentPaid" and log.values[0] == 1)
    paid = {log.transaction for log in logs[at : at + 1]}
    with pytest.raises(LedgerWrong, match="LeaseAgreement"):
        make(
            town.connection,
            town.deployment,
            Scope(unit=1),
            logs=[log for log in logs if log.transaction not in paid],
        )


@pytest.mark.parametrize(
    ("scope", "month", "words"),
    [
        (Scope(unit=999), None, "no unit 999"),
        (Scope(party=999), None, "no party 999"),
        (Scope(lease=999), 672, "no lease 999"),
        (Scope(), 700, "has not begun"),
        (Scope(), 100, "began after"),
    ],
)
def test_what_is_not_there_is_refused_with_words(
    town: Town, scope: Scope, month: int | None, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        make(town.connection, town.deployment, scope, month=month)


def test_the_command_shows_a_unit_a_party_and_a_month(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{town.connection.url}"\n')
    town.deployment.write(tmp_path / "deployments" / "local")

    def run(*arguments: str) -> tuple[int, Any]:
        monkeypatch.setattr("sys.argv", ["commonhold", "statement", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        return code, capsys.readouterr()

    code, shown = run("--unit", "1")
    assert code == 0 and town.connection.block().hash in "".join(shown.err.split())
    code, shown = run("--party", "7", "--month", "2026-03", "--json")
    assert code == 0 and json.loads(shown.out)["first"] == "2026-03-01"
    assert run("--month", "2026-03", "--html", "month.html", "--language", "ja")[0] == 0
    assert "2026-03" in Path("month.html").read_text(encoding="utf-8")
    assert run("1", "--month", "2026-03", "--csv", "x.csv")[0] == 0
    for wrong in (("--unit", "1", "--party", "2"), (), ("--month", "March"), ("1", "--language", "fr")):
        assert run(*wrong)[0] == 2
