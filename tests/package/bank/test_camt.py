"""CAMT.053: what is read of it, and what is refused with its place.

read: versions 02 to 08, both forms of status, party and amount · balances with their sign · batches split ·
reversals · pending left out · texts cut in pieces · references that are none · several statements · repeats
refused: cut off anywhere · entities, external files, any DTD · nested too deep · not camt, not 053, not a
version · another account, another currency · amounts and days that are none, with line and element
"""

from pathlib import Path

import pytest

from commonhold.errors import InputError, SettingsError
from commonhold.ops.bank import read_bank_file
from commonhold.ops.bank.entries import BankFile, Entry
from commonhold.ops.intake.problems import FileProblem
from commonhold.settings import BankAccount
from tests.package.bank.files import (
    ACCOUNT,
    CMT,
    IBAN,
    Booking,
    balance,
    camt,
    day,
    ntry,
    reference,
    stmt,
    write,
)

RENT = Booking("2026-03-02", "1000.00", f"rent {reference(7)}", "Ann Lee", "B-000001")
FEE = Booking("2026-03-03", "-2.50", "charges of the bank", "", "B-000002")


def read(folder: Path, content: str | bytes, account: BankAccount = ACCOUNT) -> BankFile:
    return read_bank_file(write(folder / "s.xml", content), None, account)


@pytest.mark.parametrize("version", range(2, 9))
def test_every_version_gives_the_same_entries(tmp_path: Path, version: int) -> None:
    text = stmt(
        [RENT, FEE], opening=("100.00", "2026-03-02"), closing=("1097.50", "2026-03-03"), version=version
    )
    found = read(tmp_path, camt(text, version=version))
    assert found.form == f"camt.053.001.{version:02d}" and not found.problems
    (statement,) = found.statements
    assert (statement.opening, statement.closing, statement.gap) == (100 * CMT, 1097_500_000, 0)
    assert (statement.first_day, statement.last_day) == (day("2026-03-02"), day("2026-03-03"))
    assert statement.entries == (
        Entry("credit", 1000 * CMT, day(RENT.day), day(RENT.day), "B-000001", "", "Ann Lee", (RENT.text,)),
        Entry("debit", 2_500_000, day(FEE.day), day(FEE.day), "B-000002", "", "", (FEE.text,)),
    )


def test_a_reference_cut_by_the_banks_line_is_whole_again(tmp_path: Path) -> None:
    long = Booking("2026-03-02", "5", f"rent of the month of March {reference(7)} and thanks", "Ann")
    (entry,) = read(tmp_path, camt(stmt([long]))).statements[0].entries
    assert reference(7) in entry.told[0]


def test_an_overdrawn_account_has_a_balance_below_zero(tmp_path: Path) -> None:
    (statement,) = read(
        tmp_path, camt(stmt([FEE], opening=("-1.00", FEE.day), closing=("-3.50", FEE.day)))
    ).statements
    assert (statement.opening, statement.closing, statement.gap) == (-CMT, -3_500_000, 0)


def test_only_booked_balances_count_and_an_unclear_one_is_a_problem(tmp_path: Path) -> None:
    ends = {"opening": ("0.00", FEE.day), "closing": ("-2.50", FEE.day)}
    text = camt(stmt([FEE], **ends))
    # what is available tomorrow is no balance of today
    more = text.replace("<Bal>", balance("CLAV", "99.00", FEE.day) + "<Bal>", 1)
    (statement,) = read(tmp_path, more).statements
    assert (statement.opening, statement.closing) == (0, -2_500_000)
    for good, bad in (("<CdtDbtInd>CRDT</CdtDbtInd><Dt>", "<Dt>"), (">0.00<", ">nothing<")):
        found = read(tmp_path, text.replace(good, bad, 1))
        assert found.problems[-1].what == "the balance is not clear" and found.problems[-1].value == "OPBD"
        assert found.statements[0].opening is None and found.statements[0].closing == -2_500_000


def test_an_entry_without_a_day_of_booking_counts_from_its_value_day(tmp_path: Path) -> None:
    text = camt(stmt([RENT])).replace("<BookgDt><Dt>2026-03-02</Dt></BookgDt>", "")
    found = read(tmp_path, text)
    assert not found.problems and found.statements[0].entries[0].day == day("2026-03-02")


def test_pending_entries_and_entries_over_nothing_are_left_out(tmp_path: Path) -> None:
    soon = Booking("2026-03-02", "5", ref="B-000003", status="PDNG")
    empty = Booking("2026-03-02", "0.00", ref="B-000004")
    found = read(tmp_path, camt(stmt([RENT, soon, empty])))
    assert [entry.reference for entry in found.statements[0].entries] == ["B-000001"]
    assert found.statements[0].pending == 1 and "over nothing" in found.notes[0].text


def batch(*amounts: str, total: str) -> str:
    parts = "".join(
        f"<TxDtls><Refs><AcctSvcrRef>T-{number}</AcctSvcrRef></Refs>"
        f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>'
        f"<RmtInf><Ustrd>{reference(number)}</Ustrd></RmtInf></TxDtls>"
        for number, amount in enumerate(amounts, start=1)
    )
    whole = ntry(Booking("2026-03-02", total, ref="B-000009"), 2)
    return whole[: whole.index("<NtryDtls>")] + f"<NtryDtls>{parts}</NtryDtls></Ntry>"


def test_a_batch_becomes_its_payments_if_they_add_up(tmp_path: Path) -> None:
    found = read(tmp_path, camt(stmt([batch("1", "2.5", total="3.50")], version=2), version=2))
    assert [(one.amount, one.part, one.reference) for one in found.statements[0].entries] == [
        (CMT, "T-1", "B-000009"),
        (2_500_000, "T-2", "B-000009"),
    ]
    odd = read(tmp_path, camt(stmt([batch("1", "2.5", total="4.00")], version=2), version=2))
    assert [one.amount for one in odd.statements[0].entries] == [4 * CMT]
    assert "do not add up" in odd.notes[0].text


def test_a_reversal_says_so_in_both_ways(tmp_path: Path) -> None:
    by_mark = Booking("2026-03-04", "-1000.00", "returned", ref="B-000001", reversal=True)
    by_reason = ntry(Booking("2026-03-04", "-7", "back", ref="B-000005")).replace(
        "</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
    )
    found = read(tmp_path, camt(stmt([RENT, by_mark, by_reason])))
    assert [entry.reversal for entry in found.statements[0].entries] == [False, True, True]


def test_a_running_number_of_the_statement_is_no_reference(tmp_path: Path) -> None:
    for text in ("NOTPROVIDED", "NONREF", "0001", "17"):
        (entry,) = read(tmp_path, camt(stmt([Booking("2026-03-02", "5", ref=text)]))).statements[0].entries
        assert entry.reference == ""


def test_a_statement_that_stands_twice_in_a_file_counts_once(tmp_path: Path) -> None:
    found = read(tmp_path, camt(stmt([RENT]), stmt([RENT]), stmt([FEE], name="S-2")))
    assert [one.name for one in found.statements] == ["S-1", "S-2"]
    assert "twice" in found.notes[0].text


def test_I1_byte_order_marks_and_other_encodings_are_read(tmp_path: Path) -> None:
    text = camt(stmt([Booking("2026-03-02", "5", "房租", "张伟", "B-000006")]))
    for encoding in ("utf-8-sig", "utf-16"):
        content = text.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"').encode(
            encoding
        )
        assert read(tmp_path, content).statements[0].entries[0].counterparty == "张伟"


def test_I1_a_file_cut_off_anywhere_is_refused_with_its_line(tmp_path: Path) -> None:
    whole = camt(stmt([RENT, FEE])).rstrip().encode()
    for end in range(60, len(whole), 37):
        with pytest.raises(FileProblem) as caught:
            read(tmp_path, whole[:end])
        assert caught.value.problem.line >= 1 and "breaks off" in str(caught.value)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "bad", [LAUGHS, OUTSIDE, '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', "<!DOCTYPE x>"]
)
def test_I1_entities_outside_files_and_any_document_type_are_refused(tmp_path: Path, bad: str) -> None:
    text = (
        camt(stmt([Booking("2026-03-02", "5", "MARK")])).replace("?>", f"?>{bad}", 1).replace("MARK", "&a;")
    )
    with pytest.raises(FileProblem, match="document type"):
        read(tmp_path, text)


def test_I1_an_endless_nest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="nested"):
        read(tmp_path, "<?xml version='1.0'?>" + "<a>" * 100_000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html></html>", "no statement by ISO 20022"),
        (camt(stmt([RENT]), message="054"), "camt.054, not a statement"),
        (camt(stmt([RENT]), version=1), "version 001.01"),
        (camt(stmt([RENT]), version=9), "version 001.09"),
        (camt(), "holds no statement"),
        (camt(stmt([RENT], iban="DE89370400440532013000")), "DE89370400440532013000"),
        (camt(stmt([RENT], currency="USD")), "in USD"),
    ],
)
def test_what_is_not_a_statement_of_this_account_is_refused(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert words in str(caught.value)


DAYS = "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt>"


@pytest.mark.parametrize(
    ("good", "bad", "element", "words"),
    [
        ("1000.00<", "1.000,00<", "Amt", "not an amount"),
        ("1000.00<", "<", "Amt", "not an amount"),
        ("1000.00<", "-5<", "Amt", "not an amount"),
        ("1000.00<", "１０００<", "Amt", "not an amount"),
        ("1000.00<", "0.0000001<", "Amt", "finer than a millionth"),
        ("1000.00<", "99999999999<", "Amt", "larger than any payment"),
        ('Ccy="EUR">1000', 'Ccy="USD">1000', "Amt", "in USD"),
        ("<Dt>2026-03-02</Dt></BookgDt>", "<Dt>2026-02-30</Dt></BookgDt>", "Dt", "no such day"),
        ("<CdtDbtInd>CRDT", "<CdtDbtInd>BOTH", "Ntry", "neither a credit nor a debit"),
        ('<Amt Ccy="EUR">1000.00</Amt>', "", "Ntry", "the amount is missing"),
        (DAYS, "", "Ntry", "the day of the booking is missing"),
        (f"<Id><IBAN>{IBAN}</IBAN></Id>", "", "Stmt", "names no account"),
    ],
)
def test_I3_a_bad_value_is_a_problem_of_its_line_and_element(
    tmp_path: Path, good: str, bad: str, element: str, words: str
) -> None:
    text = camt(stmt([RENT, FEE]))
    assert good in text
    found = read(tmp_path, text.replace(good, bad, 1))
    (problem,) = found.problems
    assert (problem.column, problem.line > 1) == (element, True) and words in problem.what
    assert text.replace(good, bad, 1).split("\n")[problem.line - 1].count(f"<{element}")


def test_without_an_account_in_the_settings_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name no bank account"):
        read(tmp_path, camt(stmt([RENT])), BankAccount())
