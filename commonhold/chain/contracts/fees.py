"""TariffBook and PropertyFee. Amounts [cmt], days [day], months [month], sizes [0.01 m²], shares [bps]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import NOBODY, Contract
from commonhold.rules.codes import Code
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode, Tariff, Version


class Relief(IntEnum):
    """The same numbers as `IPropertyFee.Relief`."""

    WAIVE_PRINCIPAL = 0
    WAIVE_FEES = 1
    CREDIT_NOTE = 2


@dataclass(frozen=True, slots=True)
class FeeAccount:
    """One account as of today, after its prepaid cash has paid what is due."""

    unit: int
    category: int
    party: int
    size: int
    share: int
    from_day: int
    until_day: int
    open_day: int
    due: int
    late_fees: int
    plan_left: int
    pot: int
    level: int
    assumed: bool

    @property
    def owing(self) -> int:
        """Due and open, late fees included [cmt]."""
        return self.due + self.late_fees


@dataclass(frozen=True, slots=True)
class FeePlan:
    """Arrears paid by instalments; zeros if there is none. Amounts [cmt], days [day]; broken_day: 0 while
    it is kept."""

    total: int
    paid: int
    first_day: int
    count: int
    broken_day: int


@dataclass(frozen=True, slots=True)
class FeeResult:
    """What a collection answered for one account; amount = discharged by it [cmt]."""

    account: int
    code: Code
    amount: int


def _terms(category: Category) -> tuple[tuple[int, ...], tuple[int, int]]:
    one = category
    terms = (
        int(one.kind), one.payee, int(one.mode), one.manager, one.manager_bps, one.due_day, one.due_month,
        one.grace_days, one.late_fee_rate, one.late_fee_max_days,
    )  # fmt: skip
    return terms, (one.prompt_bps, one.vacancy_bps)


def _category(terms: Sequence[Any], reductions: Sequence[Any]) -> Category:
    """From the contract's structs."""
    kind, payee, mode, *rest = (int(value) for value in terms)
    return Category(CategoryKind(kind), payee, PayeeMode(mode), *rest, *(int(bps) for bps in reductions))


class TariffBook(Contract):
    """Charge categories and their tariffs."""

    NAME = "TariffBook"

    def propose_category(self, category: Category, name_hash: bytes) -> Call:
        return self.call("proposeCategory", *_terms(category), name_hash)

    def approve_category(self, number: int, category: Category) -> Call:
        return self.call("approveCategory", number, *_terms(category))

    def propose_payee(self, number: int, payee: int, mode: PayeeMode, manager: int, bps: int) -> Call:
        return self.call("proposePayee", number, payee, int(mode), manager, bps)

    def approve_payee(self, number: int, payee: int, mode: PayeeMode, manager: int, bps: int) -> Call:
        return self.call("approvePayee", number, payee, int(mode), manager, bps)

    def propose_tariff(self, number: int, month: int, rate: int) -> Call:
        return self.call("proposeTariff", number, month, rate)

    def approve_tariff(self, number: int, month: int, rate: int) -> Call:
        return self.call("approveTariff", number, month, rate)

    def named(self, name_hashes: Iterable[bytes], block: int | str = "latest") -> list[int]:
        """The category of each name, 0 where there is none."""
        asked = [("categoryNamed", (name,)) for name in name_hashes]
        return [int(found) for found in self.read_many(asked, block=block)]

    def category_count(self, block: int | str = "latest") -> int:
        return int(self.read("categoryCount", block=block))

    def category_of(self, number: int, block: int | str = "latest") -> tuple[Category, Tariff] | None:
        """A category with all its tariffs; None if it was never approved."""
        terms, reductions, words = self.read("termsAt", number, 0, block=block)
        found = _category(terms, reductions)
        if found.kind == CategoryKind.NONE:
            return None
        versions = tuple(Version(int(w) & 0xFFFF, int(w) >> 16 & 2**64 - 1, int(w) >> 80) for w in words)
        return found, Tariff(versions)

    def proposed(self, number: int) -> Category | None:
        """The terms of a category that were proposed last, by the log."""
        events = self.events("CategoryProposed", topics=[number])
        return _category(events[-1]["terms"], events[-1]["reductions"]) if events else None

    def pending_of(self, number: int, block: int | str = "latest") -> tuple[int, int] | None:
        """Month and rate of the tariff that waits for the checker; None if none does."""
        maker, month, rate = self.read("pendingOf", number, block=block)
        return None if maker == NOBODY else (int(month), int(rate))


class PropertyFee(Contract):
    """Fee accounts: payments, collection, arrears and clearance."""

    NAME = "PropertyFee"

    # ---- accounts

    def subscribe(self, unit: int, category: int, party: int, from_day: int, until_day: int = 0) -> Call:
        return self.call("subscribe", unit, category, party, from_day, until_day)

    def close(self, account: int, until_day: int) -> Call:
        return self.call("close", account, until_day)

    def hand_over(self, account: int, party: int, day: int) -> Call:
        return self.call("handOver", account, party, day)

    def reopen(self, account: int, day: int, vacant: bool, evidence_hash: bytes) -> Call:
        return self.call("reopen", account, day, vacant, evidence_hash)

    # ---- money

    def pay(self, account: int, unit: int, category: int, party: int, amount: int) -> Call:
        return self.call("pay", account, unit, category, party, amount)

    def refund(self, account: int, amount: int) -> Call:
        return self.call("refund", account, amount)

    def withdraw_owed(self, party: int) -> Call:
        return self.call("withdrawOwed", party)

    def settle(self, accounts: Sequence[int]) -> Call:
        return self.call("settle", list(accounts))

    def preview_settle(self, accounts: Sequence[int], block: int | str = "latest") -> list[FeeResult]:
        """What `settle` would answer in the state of a block."""
        found = self.read("previewSettle", list(accounts), block=block)
        return [FeeResult(int(account), Code(code), int(amount)) for account, code, amount in found]

    # ---- arrears

    def propose_relief(self, account: int, kind: Relief, amount: int, reason_hash: bytes) -> Call:
        return self.call("proposeRelief", account, int(kind), amount, reason_hash)

    def approve_relief(self, account: int, kind: Relief, amount: int, reason_hash: bytes) -> Call:
        return self.call("approveRelief", account, int(kind), amount, reason_hash)

    def offer_plan(self, account: int, count: int, first_day: int) -> Call:
        return self.call("offerPlan", account, count, first_day)

    def accept_plan(self, account: int, total: int, count: int, first_day: int) -> Call:
        return self.call("acceptPlan", account, total, count, first_day)

    def serve_notice(self, account: int, stage: int, document_hash: bytes) -> Call:
        return self.call("serveNotice", account, stage, document_hash)

    def set_further_clearance(self, address: str) -> Call:
        return self.call("setFurtherClearance", address)

    def further_clearance(self) -> str:
        """Who else is asked before a unit changes hands; the zero address if nobody."""
        return str(self.read("furtherClearance"))

    # ---- look

    def account_count(self, block: int | str = "latest") -> int:
        return int(self.read("accountCount", block=block))

    def today(self, block: int | str = "latest") -> int:
        return int(self.read("today", block=block))

    def accounts_of_many(self, accounts: Iterable[int], block: int | str = "latest") -> list[FeeAccount]:
        asked = [("accountOf", (account,)) for account in accounts]
        return [FeeAccount(*found) for found in self.read_many(asked, block=block)]

    def plans_of_many(self, accounts: Iterable[int], block: int | str = "latest") -> list[FeePlan]:
        asked = [("planOf", (account,)) for account in accounts]
        return [FeePlan(*map(int, found)) for found in self.read_many(asked, block=block)]

    def open_months_of(
        self, account: int, months: Iterable[int], block: int | str = "latest"
    ) -> list[tuple[int, int]]:
        """What is unpaid of each month of an account, as (due day, unpaid [cmt]). A plan that is kept and a
        debt that somebody else took over leave nothing open here."""
        asked = [("overdueOf", (account << 16 | month,)) for month in months]
        found = self.read_many(asked, block=block)
        return [(int(due_day), int(unpaid)) for _, _, due_day, _, unpaid in found]

    def latest_accounts(self, places: Iterable[tuple[int, int]], block: int | str = "latest") -> list[int]:
        """The last account of each (unit, category), 0 where there was none."""
        asked = [("latestAccount", place) for place in places]
        return [int(found) for found in self.read_many(asked, block=block)]

    def held(self, block: int | str = "latest") -> int:
        return int(self.read("held", block=block))
