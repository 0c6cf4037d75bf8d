"""The sample statement is read by its sample mapping, to the base unit."""

from pathlib import Path

import commonhold
from commonhold.ops.bank import read_bank_file
from commonhold.ops.bank.mapping import load_bank_mapping
from tests.package.bank.files import ACCOUNT, CMT, day

SAMPLES = Path(commonhold.__file__).parent / "samples"


def test_the_sample_statement_is_read_by_its_mapping() -> None:
    mapping = load_bank_mapping(SAMPLES / "bank.toml")
    found = read_bank_file(SAMPLES / "bank-statement.csv", mapping, ACCOUNT)
    (statement,) = found.statements
    assert found.problems == () and statement.gap == 0
    assert (statement.opening, statement.closing) == (5_000 * CMT, 8_346_400_000)
    assert [(one.side, one.amount, one.counterparty) for one in statement.entries] == [
        ("credit", 2_350 * CMT, "王芳"),
        ("debit", 3_600_000, ""),
        ("credit", 1_000 * CMT, "山田 太郎"),
    ]
    assert statement.entries[0].told == ("Gutschrift", 'Miete "Februar"')
    assert statement.entries[0].day == day("2024-02-04")
