"""Charge categories and their tariffs: the twin of `TariffBook`.

A category keeps a cumulative index per month: the sum of its monthly rates up to the end of a month. Rates
are [cmt per m² and month] for AREA and [cmt per month] for FLAT; months since 1970-01 [month]; shares [bps].
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from commonhold.rules.refused import Refused

MAX_AHEAD: Final = 24  # a tariff is approved at most so long before it begins [months]
MAX_MANAGER_BPS: Final = 3_000
MAX_PROMPT_BPS: Final = 2_000
MAX_VACANCY_BPS: Final = 9_000
MAX_GRACE_DAYS: Final = 60
MAX_LATE_RATE: Final = 100  # [bps/day]
MAX_LATE_DAYS: Final = 400
MAX_AREA_RATE: Final = 10**9  # [cmt per m² and month]
MAX_FLAT_RATE: Final = 10**12  # [cmt/month]


class CategoryKind(IntEnum):
    """How a charge comes about, the same numbers as `interfaces/ICategories.sol`."""

    NONE = 0
    AREA = 1
    FLAT = 2
    POSTED = 3


class PayeeMode(IntEnum):
    """Who owns what a category earns."""

    LUMP_SUM = 0
    COMMISSION = 1


class FeeRefused(Refused):
    """An act that TariffBook or PropertyFee would refuse."""


@dataclass(frozen=True, slots=True)
class Category:
    """What a charge is, when it falls due, what lateness costs and where its money goes."""

    kind: CategoryKind
    payee: int  # party
    mode: PayeeMode = PayeeMode.LUMP_SUM
    manager: int = 0  # party that earns `manager_bps`
    manager_bps: int = 0
    due_day: int = 1  # of the month, 1–28
    due_month: int = 0  # 0 in the month itself, 1 in the next
    grace_days: int = 0
    late_fee_rate: int = 0  # [bps/day]
    late_fee_max_days: int = 0
    prompt_bps: int = 0  # taken off a line that is paid whole by its due day
    vacancy_bps: int = 0  # taken off the lines of a vacant unit


def problem_of(category: Category) -> tuple[str, int, int] | None:
    """The first field that the contract would refuse, its value and the bound; None if all are good."""
    posted = category.kind == CategoryKind.POSTED
    commission = category.mode == PayeeMode.COMMISSION
    if category.kind == CategoryKind.NONE:
        return "kind", 0, 1
    bounds = (
        ("dueDayOfMonth", category.due_day, 28),
        ("dueMonth", category.due_month, 1),
        ("graceDays", category.grace_days, MAX_GRACE_DAYS),
        ("lateFeeRate", category.late_fee_rate, MAX_LATE_RATE),
        ("lateFeeMaxDays", category.late_fee_max_days, MAX_LATE_DAYS),
        ("promptBps", category.prompt_bps, 0 if posted else MAX_PROMPT_BPS),
        ("vacancyBps", category.vacancy_bps, 0 if posted else MAX_VACANCY_BPS),
        ("managerBps", category.manager_bps, MAX_MANAGER_BPS if commission else 0),
    )
    for name, value, most in bounds:
        if value > most:
            return name, value, most
        if name == "dueDayOfMonth" and value == 0:
            return name, 0, 1
    if commission and category.manager == category.payee:
        return "manager", category.manager, category.payee
    if not commission and category.manager:
        return "manager", category.manager, 0
    return None


@dataclass(frozen=True, slots=True)
class Version:
    """A rate from the first of a month on; before: the index at the end of the month before."""

    month: int
    rate: int
    before: int

    def index(self, month: int) -> int:
        """The index at the end of a month that this version rules."""
        return self.before + self.rate * (month + 1 - self.month)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The versions of one category, ascending."""

    versions: tuple[Version, ...] = ()

    def number(self, month: int) -> int:
        """The number of the version that rules a month, from 1; 0 if none does yet."""
        return sum(version.month <= month for version in self.versions)

    def index(self, month: int) -> int:
        """Σ rates of the months up to and with `month`."""
        number = self.number(month)
        return self.versions[number - 1].index(month) if number else 0

    def rate(self, month: int) -> int:
        """The rate of a month."""
        number = self.number(month)
        return self.versions[number - 1].rate if number else 0

    @property
    def last_rate(self) -> int:
        """The rate that was agreed last, begun or not."""
        return self.versions[-1].rate if self.versions else 0

    def approved(self, month: int, rate: int) -> "Tariff":
        """With a new version; those from its month on, not begun, are dropped."""
        kept = tuple(version for version in self.versions if version.month < month)
        return Tariff((*kept, Version(month, rate, Tariff(kept).index(month - 1))))


class TariffBook:
    """All categories of a community, without persons: who may propose and approve is up to the contract."""

    def __init__(self) -> None:
        self.categories: dict[int, Category] = {}
        self.tariffs: dict[int, Tariff] = {}

    def add(self, category: Category) -> int:
        """A category that was approved; answers its number, from 1."""
        problem = problem_of(category)
        if problem:
            raise FeeRefused("TariffCategoryInvalid", *problem)
        number = len(self.categories) + 1
        self.categories[number] = category
        self.tariffs[number] = Tariff()
        return number

    def set_payee(self, number: int, payee: int, mode: PayeeMode, manager: int, manager_bps: int) -> None:
        """Where the money goes from now on."""
        changed = replace(
            self.categories[number], payee=payee, mode=mode, manager=manager, manager_bps=manager_bps
        )
        problem = problem_of(changed)
        if problem:
            raise FeeRefused("TariffCategoryInvalid", *problem)
        self.categories[number] = changed

    def set_rate(self, number: int, month: int, rate: int, now: int) -> None:
        """A tariff approved in the month `now`."""
        category = self.categories.get(number)
        if category is None:
            raise FeeRefused("TariffCategoryUnknown", number)
        if category.kind == CategoryKind.POSTED:
            raise FeeRefused("TariffCategoryPosted", number)
        most = MAX_AREA_RATE if category.kind == CategoryKind.AREA else MAX_FLAT_RATE
        if rate > most:
            raise FeeRefused("TariffRateTooHigh", number, rate, most)
        if not now < month <= now + MAX_AHEAD:
            raise FeeRefused("TariffMonthInvalid", number, month, now + 1, now + MAX_AHEAD)
        self.tariffs[number] = self.tariffs[number].approved(month, rate)
