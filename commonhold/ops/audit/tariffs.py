"""TariffBook replayed: categories, and the cumulative index of each by its twin.

Only month and rate of a version are taken from its log; the index before it is worked out and compared.
Rates [cmt per m² and month] or [cmt/month], months [month], shares [bps].
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode, Tariff

TARIFFS: Final = "TariffBook"
_CATEGORY: Final = (
    "kind", "payee", "mode", "manager", "managerBps", "dueDayOfMonth", "dueMonth", "graceDays", "lateFeeRate",
    "lateFeeMaxDays",
)  # fmt: skip


@dataclass(slots=True)
class TariffRows:
    """All categories by number."""

    findings: Findings
    names: dict[int, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    tariffs: dict[int, Tariff] = field(default_factory=dict)
    pending: dict[int, tuple[str, int, int]] = field(default_factory=dict)  # maker, month, rate

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "CategoryProposed": self.category_proposed,
            "CategoryApproved": self.category_approved,
            "PayeeChanged": self.payee_changed,
            "TariffProposed": self.tariff_proposed,
            "TariffApproved": self.tariff_approved,
        }

    def category_proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        number, _, name, _, _ = values
        expected = self.numbers.get(name, len(self.names) + 1)
        self.findings.check(TARIFFS, f"category {number}", "id", expected, number)
        self.names[number], self.numbers[name] = name, number

    def category_approved(self, values: tuple[Any, ...], moment: Moment) -> None:
        number, _, name, terms, (prompt, vacancy) = values
        self.findings.check(TARIFFS, f"category {number}", "name", self.names.get(number), name)
        kind, payee, mode, manager, share, due_day, due_month, grace, rate, most = terms
        self.categories[number] = Category(
            CategoryKind(kind), payee, PayeeMode(mode), manager, share, due_day, due_month, grace, rate, most,
            prompt, vacancy,
        )  # fmt: skip
        self.tariffs.setdefault(number, Tariff())

    def payee_changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        number, _, payee, mode, manager, share = values
        old = self.categories[number]
        self.categories[number] = Category(
            old.kind, payee, PayeeMode(mode), manager, share, old.due_day, old.due_month, old.grace_days,
            old.late_fee_rate, old.late_fee_max_days, old.prompt_bps, old.vacancy_bps,
        )  # fmt: skip

    def tariff_proposed(self, values: tuple[Any, ...], moment: Moment) -> None:
        number, month, rate, maker = values
        self.pending[number] = (maker, month, rate)

    def tariff_approved(self, values: tuple[Any, ...], moment: Moment) -> None:
        number, month, rate, before, version, _ = values
        id_ = f"category {number}"
        waiting = self.pending.pop(number, ("", 0, 0))
        self.findings.check(TARIFFS, id_, "TariffApproved (month, rate)", waiting[1:], (month, rate))
        if month <= moment.month:
            self.findings.differ(TARIFFS, id_, "TariffApproved.month", f"after {moment.month}", month)
        tariff = self.tariffs[number] = self.tariffs[number].approved(month, rate)
        self.findings.check(TARIFFS, id_, "TariffApproved.indexBefore", tariff.versions[-1].before, before)
        self.findings.check(TARIFFS, id_, "TariffApproved.version", len(tariff.versions), version)


def tariff_rows(book: TariffRows, month: int) -> Iterator[Question]:
    """Every category; its index at the beginning of every version, now, and a year after."""
    yield Question(TARIFFS, "categoryCount", (), "categories", ("categoryCount",), (len(book.names),))
    for number, name in book.names.items():
        id_ = f"category {number}"
        yield Question(TARIFFS, "categoryNamed", (int(name, 16),), id_, ("number",), (number,))
        maker, begins, rate = book.pending.get(number, ("0x0", 0, 0))
        fields = ("pending maker", "pending month", "pending rate")
        yield Question(TARIFFS, "pendingOf", (number,), id_, fields, (int(maker, 16), begins, rate))
    for number, one in book.categories.items():
        id_, tariff = f"category {number}", book.tariffs[number]
        words = (
            one.kind, one.payee, one.mode, one.manager, one.manager_bps, one.due_day, one.due_month,
            one.grace_days, one.late_fee_rate, one.late_fee_max_days,
        )  # fmt: skip
        yield Question(TARIFFS, "categoryOf", (number,), id_, _CATEGORY, tuple(map(int, words)))
        reductions = ("promptBps", "vacancyBps")
        yield Question(TARIFFS, "reductionsOf", (number,), id_, reductions, (one.prompt_bps, one.vacancy_bps))
        yield Question(TARIFFS, "versionCount", (number,), id_, ("versions",), (len(tariff.versions),))
        months = {
            month,
            month + 12,
            *(v.month - 1 for v in tariff.versions),
            *(v.month for v in tariff.versions),
        }
        for when in sorted(months):
            index = (tariff.index(when),)
            yield Question(TARIFFS, "indexAt", (number, when), id_, (f"index of month {when}",), index)
            names = (f"rate of month {when}", f"version of month {when}")
            figures = (tariff.rate(when), tariff.number(when))
            yield Question(TARIFFS, "rateAt", (number, when), id_, names, figures)
