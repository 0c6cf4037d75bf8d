"""The words of a LeaseActivated log as signed terms, and what they open in the books.

The layouts are those of contracts/lib/LeaseWords.sol, DepositMath.sol and RentMath.sol, low bits first.
Only terms are taken from the words; every total that stands beside them is worked out anew and compared.
Amounts [cmt], days [day], months [month], rates [bps].
"""

from collections.abc import Sequence
from dataclasses import dataclass

from commonhold.ops.audit.findings import Findings
from commonhold.rules.calendar import label_of
from commonhold.rules.lease_words import M16, M24, M32, M56, read_terms
from commonhold.rules.ledger import LeaseLedger, State
from commonhold.rules.rent import BPS
from commonhold.rules.shares import split

_SHAPED = 2  # of the hot word's flags


@dataclass(frozen=True, slots=True)
class Opened:
    """A lease as it begins. taken_over: whoever submitted it brought the money; None: the words leave it
    open."""

    ledger: LeaseLedger
    deposits: tuple[int, ...]  # by tenant [cmt]
    arbiter: int  # party
    prepaid: int  # [cmt]
    break_fee: int  # [cmt]
    taken_over: bool | None


def open_lease(lease: int, unit: int, words: Sequence[int], today: int, findings: Findings) -> Opened:
    """The twin of a lease on its first day; every derived figure of the words is compared."""
    terms, break_fee = read_terms(unit, words)
    ledger = LeaseLedger.opened(terms, today)
    deposits = split(terms.shares, terms.deposit)
    _compare(lease, words, ledger, deposits, findings)
    fee_word = words[2]
    taken_over = False if not fee_word else True if not break_fee else None
    return Opened(ledger, deposits, terms.arbiter, terms.opening.prepaid, break_fee, taken_over)


def _compare(
    lease: int, words: Sequence[int], ledger: LeaseLedger, deposits: Sequence[int], findings: Findings
) -> None:
    hot, parts = words[0], words[4]
    count, schedule = len(ledger.accounts), ledger.schedule
    id_ = f"lease {lease}"

    def check(name: str, expected: int, found: int) -> None:
        findings.check("LeaseAgreement", id_, f"LeaseActivated.{name}", expected, found)

    check("accounts", words[1] >> 84 & 7, count)
    check("shares", BPS, sum(account.share for account in ledger.accounts))
    first = ledger.accounts[0]
    check("tenant", first.tenant, hot >> 192 & M32)
    check("month", schedule.first, hot >> 156 & 0xFFF)
    check("endMonth", label_of(schedule.anchor, schedule.end_day), hot >> 168 & 0xFFF)
    check("state", State.ACTIVE, hot >> 185 & 7)
    flags = hot >> 188 & 15
    check("flag joint", count > 1, bool(flags & 1))
    check("flag shaped", not ledger.whole, bool(flags & _SHAPED))
    check("flag commission", ledger.terms.commission > 0, bool(flags & 8))
    if count == 1:
        check("settled", first.settled, hot & M56)
        check("pot", first.pot, hot >> 56 & M56)
    else:
        for account, word in zip(ledger.accounts, words[5 : 5 + count], strict=True):
            check(f"settled of party {account.tenant}", account.settled, word >> 48 & M56)
            check(f"pot of party {account.tenant}", account.pot, word >> 104)
    for i, part in enumerate(deposits):
        check(f"deposit of party {ledger.accounts[i].tenant}", part, parts >> 56 * i & M56)
    segments = words[5 + (count if count > 1 else 0) :]
    for segment, word in zip(schedule.segments if segments else (), segments, strict=False):
        check(f"dueBefore of month {segment.label}", segment.due_before, word >> 80 & 2**88 - 1)
        check(f"carried of month {segment.label}", segment.carried, word >> 168)
        check(f"segment of month {segment.label}", segment.label, word & M16)
    if words[2]:
        check("accrual", first.accrual, words[2] & 2**112 - 1)
        check("lastDay", first.day, words[2] >> 112 & M24)
