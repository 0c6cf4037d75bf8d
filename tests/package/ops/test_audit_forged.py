"""Logs that no contract would write: the audit names each one's row, field, and what it should have been.

Branches: a figure beyond its bound · something told twice, too early or too late · money that no log
explains · figures that cannot add up · more differences than are kept. The logs are written by hand
(tests/package/ops/forged.py); what real contracts write is in tests/system/test_audit*.py.
"""

from collections.abc import Sequence

import pytest

from commonhold.ops.audit.compare import balances, check_supply
from commonhold.rules.billbook import Extent, RunTerms
from commonhold.rules.calendar import first_of
from tests.package.ops.forged import (
    ADDRESSES,
    ANN,
    BEN,
    CAP,
    DAY,
    FUND,
    HASH,
    KEY,
    MONTH,
    OTHER,
    TERMS,
    Forger,
    Told,
    minted,
    party,
)
from tests.suite import START


@pytest.fixture
def forger() -> Forger:
    return Forger()


# ---------------------------------------------------------------- bills


def posted(number: int = 1, count: int = 1, total: int = 100, terms: RunTerms = TERMS) -> Sequence[Told]:
    extent = Extent(count, total, int(ANN, 16)).word
    return (
        ("BillRuns", "RunPosted", (number, (HASH, terms.word, extent, HASH))),
        ("BillRuns", "RunApproved", (number, BEN)),
    )


def issued(key: int = KEY, run: int = 1, amount: int = 100) -> Told:
    return ("BillRuns", "BillIssued", (key, run, 2, amount, DAY + 30, HASH))


def test_a_bill_is_issued_once_and_within_what_was_approved(forger: Forger) -> None:
    assert forger.tell(*posted()) == []
    assert forger.tell(issued()) == []
    assert forger.tell(issued()) == [
        f"BillRuns, bill {KEY:#x}, BillIssued: expected once, found again",
        "BillRuns, run 1, BillIssued: expected at most 1 bills of 100, found 2 of 200",
    ]


def test_a_run_is_approved_once(forger: Forger) -> None:
    forger.tell(*posted())
    again = forger.tell(("BillRuns", "RunApproved", (1, BEN)))
    assert again == ["BillRuns, run 1, state before: expected 1, found 2"]


def test_a_run_keeps_to_its_categorys_terms_and_due_day(forger: Forger) -> None:
    terms = (3, 3, 0, 0, 0, 20, 1, 5, 0, 0)
    forger.tell(
        ("TariffBook", "CategoryProposed", (7, OTHER, ANN)),
        ("TariffBook", "CategoryApproved", (7, BEN, OTHER, terms, (0, 0))),
    )
    earliest = first_of(MONTH + 1) + 19
    assert (
        f"BillRuns, run 1, RunPosted.dueDay: expected from {earliest}, found {TERMS.due_day}"
        in forger.tell(*posted())
    )


def test_a_bill_paid_beyond_what_is_open_is_named_and_counts_as_paid_whole(forger: Forger) -> None:
    forger.tell(*party(1, ANN), *party(2, BEN, OTHER), *party(3, FUND, "0x" + "09" * 32))
    forger.tell(*posted())
    forger.tell(issued())
    found = forger.tell(
        ("BillRuns", "BillPaid", (KEY, 2, ANN, 101, 0)),
        ("CommunityToken", "Transfer", (ANN, FUND, 101)),
    )
    assert f"BillRuns, bill {KEY:#x}, BillPaid: expected at most 100, found 101" in found
    assert f"BillRuns, wallet {FUND}, paid to: expected 100, found 101" in found
    assert forger.books.bills.bills[KEY].open == 0


def test_a_payment_of_nothing_moves_nothing(forger: Forger) -> None:
    forger.tell(*posted())
    forger.tell(issued())
    assert forger.tell(("BillRuns", "BillPaid", (KEY, 2, ANN, 0, 0))) == []
    bill = forger.books.bills.bills[KEY]
    assert (bill.open, bill.was_paid) == (100, False)


def test_a_bill_is_not_settled_before_it_is_due(forger: Forger) -> None:
    forger.tell(*posted())
    forger.tell(issued())
    found = forger.tell(("BillRuns", "BillSettled", (KEY, 2, 1, 0, 0)))
    assert found[0] == f"BillRuns, bill {KEY:#x}, BillSettled: expected due and not disputed, found {DAY}"


def test_a_bill_recorded_as_paid_at_once_was_paid_at_once(forger: Forger) -> None:
    forger.tell(*posted())
    found = forger.tell(("BillRuns", "BillRecorded", (KEY, 1, 2, 100)))
    assert found == [f"BillRuns, bill {KEY:#x}, BillRecorded: expected paid at once, found not"]
    unknown = forger.tell(("BillRuns", "BillRecorded", (KEY + 1, 4, 2, 100)))
    assert unknown == [f"BillRuns, bill {KEY + 1:#x}, BillRecorded: expected paid at once, found not"]
    assert set(forger.books.bills.bills) == {KEY}


# ---------------------------------------------------------------- money


def test_a_citation_is_used_once_and_a_minter_has_an_allowance(forger: Forger) -> None:
    assert forger.tell(*minted(ANN, 500)) == []
    found = forger.tell(*minted(ANN, 7)[1:])
    assert found == [
        f"CommunityToken, citation {HASH}, Minted: expected new, found used before",
        f"CommunityToken, minter {FUND}, Minted.amount: expected at most 0, found 7",
    ]


def test_money_above_the_cap_and_purses_that_do_not_add_up_are_named(forger: Forger) -> None:
    books = forger.books
    forger.tell(*minted(ANN, CAP))
    check_supply(books)
    assert books.findings.differences == []
    forger.tell(*minted(BEN, 1, OTHER))
    check_supply(books)
    assert str(books.findings.differences[-1]) == (
        f"CommunityToken, supply, supply: expected at most {CAP}, found {CAP + 1}"
    )
    books.token.purse(ANN).balance -= 3
    check_supply(books)
    assert f"CommunityToken, supply, Σ balances: expected {CAP + 1}, found {CAP - 2}" in map(
        str, books.findings.differences
    )


def test_a_wallet_that_pays_what_it_never_had_is_named(forger: Forger) -> None:
    assert forger.tell(("CommunityToken", "Transfer", (ANN, BEN, 5))) == [
        f"CommunityToken, wallet {ANN}, balance: expected at least 0, found -5"
    ]


def test_a_contract_that_holds_less_than_it_owes_is_named(forger: Forger) -> None:
    forger.tell(*party(1, ANN))
    found = forger.tell(("RedemptionDesk", "RedemptionRequested", (1, ANN, 9, HASH)))
    assert found == [f"RedemptionDesk, wallet {ANN}, paid by: expected 9, found 0"]
    money = {one.contract: one for one in balances(forger.books)}
    assert (money["RedemptionDesk"].balance, money["RedemptionDesk"].held) == (0, 9)
    assert str(forger.books.findings.differences[-1]) == (
        "RedemptionDesk, balance, Σ in − Σ out: expected at least 9, found 0"
    )


def test_a_redemption_of_nothing_moves_nothing(forger: Forger) -> None:
    forger.tell(*party(1, ANN))
    assert forger.tell(("RedemptionDesk", "RedemptionRequested", (1, ANN, 0, HASH))) == []
    assert forger.tell(("RedemptionDesk", "RedemptionRefused", (1, ANN, 0, HASH))) == []
    assert forger.books.desk.held == 0


def test_a_signed_transfer_uses_no_mandate_up(forger: Forger) -> None:
    """The signature of a transfer to a stranger, and of one into a contract, count for that one alone."""
    desk, bit = ADDRESSES["RedemptionDesk"], 1
    forger.tell(*minted(ANN, 300), *party(1, ANN))
    forger.tell(("CommunityToken", "CollectorRegistered", (ADDRESSES["LeaseAgreement"], bit, START)))
    forger.tell(("CommunityToken", "MandateSet", (ANN, 100, bit, MONTH + 9, 0)))
    purse = forger.books.token.purse(ANN)
    signed = ("CommunityToken", "AuthorizationUsed", (ANN, HASH))
    assert forger.tell(signed, ("CommunityToken", "Transfer", (ANN, BEN, 10))) == []
    requested = ("RedemptionDesk", "RedemptionRequested", (1, ANN, 10, HASH))
    assert forger.tell(signed, ("CommunityToken", "Transfer", (ANN, desk, 10)), requested) == []
    assert (purse.balance, purse.spent) == (280, 0)
    leases = ADDRESSES["LeaseAgreement"]
    forger.tell(signed, ("CommunityToken", "Transfer", (ANN, leases, 10)))
    assert purse.spent == 0
    forger.tell(("CommunityToken", "Transfer", (ANN, leases, 10)))
    assert (purse.spent, purse.spent_month) == (10, MONTH)
    forger.tell(("CommunityToken", "CollectorRetired", (leases, bit)))
    forger.tell(("CommunityToken", "Transfer", (ANN, leases, 10)))
    assert (forger.books.token.bit(leases, START + 86_400 * 9), purse.spent) == (0, 10)


def test_a_frozen_wallet_that_is_replaced_leaves_the_freeze_to_the_new_one(forger: Forger) -> None:
    token, until = "CommunityToken", START + 86_400 * 50
    forger.tell(*minted(ANN, 30), *party(1, ANN))
    forger.tell((token, "WalletFrozen", (ANN, FUND, HASH, until)))
    found = forger.tell(
        (token, "Transfer", (ANN, BEN, 30)),
        ("PartyRegistry", "WalletReplaced", (1, ANN, BEN)),
        (token, "WalletReplaced", (ANN, BEN, 30)),
    )
    assert found == []
    assert forger.books.token.frozen[BEN] == until
    assert forger.books.token.newest(ANN) == BEN


# ---------------------------------------------------------------- people and rights


def test_an_identity_belongs_to_one_party_and_none_may_be_without(forger: Forger) -> None:
    nothing = "0x" + "00" * 32
    assert forger.tell(*party(1, ANN), *party(2, BEN, nothing)) == []
    found = forger.tell(("PartyRegistry", "PartyRegistered", (3, 1, HASH)))
    assert found == [f"PartyRegistry, party 3, identity: expected new, found {HASH}"]


def test_a_nonce_of_consents_rises(forger: Forger) -> None:
    assert forger.tell(("CreditConsent", "ConsentNonceRaised", (2, 4))) == []
    assert forger.tell(("CreditConsent", "ConsentNonceRaised", (2, 4))) == [
        "CreditConsent, party 2, ConsentNonceRaised.nonce: expected above 4, found 4"
    ]


def test_a_tariff_begins_after_the_month_of_its_approval(forger: Forger) -> None:
    forger.tell(
        ("TariffBook", "CategoryProposed", (1, OTHER, ANN)),
        ("TariffBook", "CategoryApproved", (1, BEN, OTHER, (1, 3, 0, 0, 0, 5, 0, 5, 0, 0), (0, 0))),
        ("TariffBook", "TariffProposed", (1, MONTH, 250, ANN)),
    )
    assert forger.tell(("TariffBook", "TariffApproved", (1, MONTH, 250, 0, 1, BEN))) == [
        f"TariffBook, category 1, TariffApproved.month: expected after {MONTH}, found {MONTH}"
    ]


# ---------------------------------------------------------------- the credit history


def noticed(key: int, reporter: str, obligation: int) -> Told:
    return (
        "CreditRegistry", "DelinquencyNoticed",
        (key, 2, reporter, obligation, 0, DAY - 9, DAY + 14),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "obligation"),
    [
        ("LeaseAgreement", 9 << 24 | MONTH),  # no lease 9
        ("PropertyFee", 8 << 16 | MONTH),  # no account 8
        ("BillRuns", KEY),  # no such bill
    ],
)
def test_a_notice_of_an_obligation_that_there_is_not_is_named(
    forger: Forger, contract: str, obligation: int
) -> None:
    other, reporter = ADDRESSES["DepositEscrow"], ADDRESSES[contract]
    for number, address in enumerate((other, reporter), 1):
        forger.tell(("CreditRegistry", "ReporterRegistered", (address, number, 1, START)))
    key = 2 << 192 | obligation
    assert forger.tell(noticed(key, reporter, obligation)) == [
        f"CreditRegistry, outcome {key:#x}, DelinquencyNoticed.obligation: expected one that there is, found"
        f" {obligation}"
    ]


def test_a_notice_by_nobody_who_may_report_is_named(forger: Forger) -> None:
    forger.tell(("CreditRegistry", "ReporterRegistered", (ADDRESSES["BillRuns"], 1, 1, START)))
    key = 7 << 192 | KEY
    found = forger.tell(noticed(key, ANN, KEY))
    assert found == [
        f"CreditRegistry, outcome {key:#x}, DelinquencyNoticed.key: expected {KEY}, found {key}",
        f"CreditRegistry, outcome {key:#x}, DelinquencyNoticed.obligation: expected one that there is, found"
        f" {KEY}",
    ]


def test_counts_and_moves_that_no_report_explains_are_named(forger: Forger) -> None:
    move = (5, 2, MONTH, 15, 3, 3, 2, 1)
    corrected, cell = (0, 2, MONTH, 4, 9), f"party 2 month {MONTH}"
    found = forger.tell(
        ("CreditRegistry", "OutcomeMoved", move),
        ("CreditRegistry", "OutcomeNotCounted", (2, MONTH, 4, 0)),
        ("CreditRegistry", "ProviderCounted", (3, MONTH, 0)),
        ("CreditRegistry", "CountCorrected", corrected),
    )
    assert found == [
        f"CreditRegistry, {cell}, CountCorrected: expected no log, found {corrected}",
        f"CreditRegistry, outcome 0x5, OutcomeMoved: expected no log, found {move}",
        f"CreditRegistry, {cell}, OutcomeNotCounted: expected no log, found {(2, MONTH, 4, 0)}",
        f"CreditRegistry, party 3 month {MONTH}, ProviderCounted: expected no log, found {(3, MONTH, 0)}",
    ]


def test_a_correction_that_the_history_refuses_and_does_not_tell_is_named(forger: Forger) -> None:
    correction = (0, 0, 2, MONTH, 4, 9, HASH)
    forger.tell(("CreditReview", "CorrectionProposed", (HASH, 2, ANN, correction, START)))
    empty, cell = "refused: CreditCellEmpty", f"party 2 month {MONTH}"
    assert forger.tell(("CreditReview", "CorrectionApproved", (HASH, 2, BEN))) == [
        f"CreditRegistry, correction {HASH}, CorrectionApproved: expected {empty}, found done",
        f"CreditRegistry, {cell}, CountCorrected: expected {(0, 2, MONTH, 4, 9)}, found no log",
    ]


# ---------------------------------------------------------------- many


def test_a_thousand_differences_are_kept_and_all_are_counted(forger: Forger) -> None:
    for number in range(1, 1_003):
        forger.tell(("RedemptionDesk", "RedemptionTakenBack", (number, ANN, 5)))
    findings = forger.books.findings
    assert (len(findings.differences), findings.total) == (1_000, 1_002)
    assert findings.count == {"RedemptionDesk": 1_002}
