"""One line of the roll with its cells read: a lease (or a joint tenant's line of one), a vacant unit, or a
total."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from commonhold.ops.intake.dates import read_day
from commonhold.ops.intake.headings import MONEY_FIELDS
from commonhold.ops.intake.problems import ValueProblem
from commonhold.ops.intake.reader import RowReader
from commonhold.ops.intake.roll import UnitKind
from commonhold.ops.intake.values import MAX_RENT, MIN_RENT, read_amount
from commonhold.rules.terms import DayCount
from commonhold.text import fold
from commonhold.units import Area, Bps, Day, Money, Ppm

LineKind = Literal["let", "vacant", "subtotal", "total"]
BALANCE: Final = "balance"

KINDS: Final[dict[str, UnitKind]] = {
    "home": "home",
    "residential": "home",
    "apartment": "home",
    "住宅": "home",
    "住居": "home",
    "parking": "parking",
    "parking space": "parking",
    "车位": "parking",
    "駐車場": "parking",
    "shop": "shop",
    "retail": "shop",
    "商铺": "shop",
    "店铺": "shop",
    "店舗": "shop",
}
INTERVALS: Final = {
    "monthly": 1,
    "month": 1,
    "月付": 1,
    "月": 1,
    "毎月": 1,
    "月払い": 1,
    "two-monthly": 2,
    "双月付": 2,
    "quarterly": 3,
    "季付": 3,
    "半年付": 6,
    "half-yearly": 6,
    "半年払い": 6,
    "yearly": 12,
    "annually": 12,
    "年付": 12,
    "年払い": 12,
}
DAY_COUNTS: Final = {
    "actual": DayCount.ACTUAL,
    "actual/actual": DayCount.ACTUAL,
    "按实际天数": DayCount.ACTUAL,
    "实际天数": DayCount.ACTUAL,
    "実日数": DayCount.ACTUAL,
    "30/360": DayCount.THIRTY_360,
    "thirty_360": DayCount.THIRTY_360,
    "按30天": DayCount.THIRTY_360,
    "actual/365": DayCount.ACTUAL_365,
    "actual_365": DayCount.ACTUAL_365,
    "按365天": DayCount.ACTUAL_365,
}
_NUMERALS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "六": 6, "半年": 6, "十二": 12}
_DEPOSIT_AND_PAY = re.compile(r"押[一二两三四六\d]{1,2}付(一|二|两|三|四|六|半年|十二|\d{1,2})")


@dataclass(slots=True)
class RollLine:
    """What one line says; None where a cell is empty or could not be read (then `reader.failed`)."""

    reader: RowReader
    kind: LineKind
    building: str = ""
    label: str = ""
    money: dict[str, Money] = field(default_factory=dict)  # the columns that totals cover [cmt]
    marker: str = ""  # of a total row
    ref: str = ""
    tenants: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    wallets: tuple[str, ...] = ()
    shares: tuple[Bps, ...] = ()
    start: Day | None = None
    end: Day | None = None  # first day after the lease
    numbers: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[tuple[Day, Money], ...] = ()
    day_count: DayCount = DayCount.ACTUAL
    unit_kind: UnitKind = "home"
    area: Area | None = None
    share: Ppm | None = None

    @property
    def line(self) -> int:
        return self.reader.line

    @property
    def unit(self) -> str:
        """The unit's key."""
        return unit_key(self.building, self.label)


def unit_key(building: str, label: str) -> str:
    return f"{fold(building)}/{fold(label)}"


def read_line(reader: RowReader, above: Mapping[str, str]) -> RollLine:
    """Read one line. above: building and unit of the line before, for `fill_down`."""
    mapping = reader.context.mapping
    marked = _total_marker(reader)
    if marked is not None:
        kind, marker = marked
        return RollLine(reader, kind, marker=marker, money=_money(reader, total=True))
    line = RollLine(reader, "let")
    line.building = reader.text("building") or (
        above.get("building", "") if "building" in mapping.fill_down else ""
    )
    line.label = reader.text("unit") or (above.get("unit", "") if "unit" in mapping.fill_down else "")
    if not line.label and not reader.failed:
        reader.problem("unit", "the unit is missing", "Fill in the unit's number, or delete the line.")
    line.unit_kind = reader.choice("kind", KINDS) or "home"
    line.area = reader.area("area")
    line.share = reader.share("unit_share")
    if _is_vacant(reader):
        line.kind = "vacant"
        line.money = _money(reader, total=False, names=("arrears", "prepaid", "deposit_held", "late_fees"))
        return line
    _lease(reader, line)
    return line


def _total_marker(reader: RowReader) -> tuple[LineKind, str] | None:
    """A total row says so in a text cell, and has neither a start nor an end."""
    mapping = reader.context.mapping
    if reader.own_cell("start") is not None or reader.own_cell("end") is not None:
        return None
    texts = [reader.own_text(name) for name in ("building", "unit", "tenant", "landlord", "status", "kind")]
    first = next(iter(reader.any_text()), "")
    for text in (first, *texts):
        kinds: tuple[tuple[LineKind, tuple[str, ...]], ...] = (
            ("subtotal", mapping.subtotal),
            ("total", mapping.total),
        )
        for kind, words in kinds:
            if any(_says(text, word) for word in words):
                return kind, text
    return None


def _says(text: str, word: str) -> bool:
    """A Latin word as a whole one, a Chinese or Japanese one anywhere."""
    text, word = fold(text), fold(word)
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text


def _is_vacant(reader: RowReader) -> bool:
    mapping = reader.context.mapping
    tenant = reader.own_cell("tenant")
    if reader.says("tenant", mapping.vacant):
        return True
    if reader.says("status", mapping.vacant):
        if tenant is not None:
            reader.problem(
                "status",
                "the unit is said to be vacant, but a tenant is named",
                "Empty the tenant's cell, or correct the status.",
            )
        return True
    return tenant is None and mapping.vacant_when_empty


def _money(reader: RowReader, *, total: bool, names: tuple[str, ...] = MONEY_FIELDS) -> dict[str, Money]:
    """The money columns of a line. Total rows may hold any sign; defaults do not count there."""
    answer: dict[str, Money] = {}
    for name in names:
        if reader.own_cell(name) is None and (total or name not in reader.context.mapping.defaults):
            continue
        amount = reader.amount(name) if total else reader.positive(name)
        if amount is not None:
            answer[name] = amount
    if reader.own_cell(BALANCE) is not None:
        _balance(reader, answer, total=total)
    return answer


def _balance(reader: RowReader, answer: dict[str, Money], *, total: bool) -> None:
    """One column for arrears and prepayment: its sign says which, as the mapping declares."""
    balance = reader.amount(BALANCE)
    meaning = reader.context.mapping.balance
    if balance is None:
        return
    if total:
        answer[BALANCE] = balance
        return
    if "arrears" in answer or "prepaid" in answer:
        reader.problem(
            BALANCE,
            "the balance stands beside arrears or prepaid",
            'Leave the balance column out: [columns] ignore = ["its heading"].',
        )
        return
    if balance and not meaning:
        reader.problem(
            BALANCE,
            "it is not declared what a positive balance means",
            'Declare it in the mapping file: [lease] balance = "arrears" or "prepaid".',
        )
        return
    answer[BALANCE] = balance
    behind = balance if meaning == "arrears" else Money(-balance)
    if behind > 0:
        answer["arrears"] = behind
    elif behind < 0:
        answer["prepaid"] = Money(-behind)


def _lease(reader: RowReader, line: RollLine) -> None:
    line.ref = reader.text("lease_ref")
    line.tenants = reader.names("tenant")
    if not line.tenants and reader.own_cell("tenant") is None:
        reader.problem(
            "tenant",
            "no tenant is named",
            'Name the tenant; or write "vacant" (空置); or declare [rows] vacant_when_empty = true.',
        )
    line.contacts = reader.names("tenant_contact")
    line.wallets = reader.wallets("tenant_wallet")
    line.shares = tuple(_shares(reader))
    line.money = _money(reader, total=False)
    rent = line.money.get("rent")
    if rent is not None and not MIN_RENT <= rent <= MAX_RENT:
        reader.problem("rent", "the rent is not between 0.01 and 9,999,999", "Put the monthly rent in.")
    line.start = reader.day("start", "first")
    line.end = _end(reader)
    line.numbers = _numbers(reader)
    line.steps = tuple(_steps(reader))
    line.day_count = reader.choice("day_count", DAY_COUNTS) or DayCount.ACTUAL


def _end(reader: RowReader) -> Day | None:
    """The first day after the lease. A month that stands alone ends with its last day."""
    inclusive = reader.context.mapping.end == "last-day"
    day = reader.day("end", "last" if inclusive else "first")
    return Day(day + 1) if day is not None and inclusive else day


def _shares(reader: RowReader) -> list[Bps]:
    shares = []
    for text in reader.names("shares"):
        match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))? ?%?", text)
        if match is None:
            reader.problem(
                "shares", "this is not a share in percent", "Write one for each tenant: 60% / 40%.", text
            )
            return []
        shares.append(Bps(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))))
    return shares


_COUNTS: Final = {
    "billing_day": (1, 31),
    "due_offset": (-31, 31),
    "rent_free_days": (0, 3_660),
    "grace_days": (0, 60),
    "late_fee_max_days": (0, 400),
    "notice_days": (0, 366),
}
_RATES: Final = {"late_fee_rate": 100, "commission": 3_000, "holdover_rate": 30_000}


def _numbers(reader: RowReader) -> dict[str, int]:
    """Counts, rates and one-off amounts; what is empty is not in the answer."""
    found: dict[str, int | None] = {
        name: reader.count(name, least, most) for name, (least, most) in _COUNTS.items()
    }
    found["interval"] = _interval(reader)
    for name, most in _RATES.items():
        rate = reader.rate(name)
        if rate is not None and rate > most:
            reader.problem(name, f"the rate is above {most / 100:g}%", "Check the decimal mark.")
        found[name] = rate
    found["break_day"] = reader.day("break_day", "first")
    for name in ("break_fee", "key_money", "agency_fee"):
        found[name] = reader.positive(name)
    return {name: value for name, value in found.items() if value is not None}


def _interval(reader: RowReader) -> int | None:
    cell = reader.cell("interval")
    if isinstance(cell, str):
        match = _DEPOSIT_AND_PAY.search(fold(cell))
        if match is not None:
            number = _NUMERALS.get(match[1]) or int(match[1])
            if 1 <= number <= 12:
                return number
        elif not re.search(r"\d", cell):
            return reader.choice("interval", INTERVALS)
    return reader.count("interval", 1, 12)


def _steps(reader: RowReader) -> list[tuple[Day, Money]]:
    mapping = reader.context.mapping

    def step(text: str) -> tuple[Day, Money]:
        parts = re.split(r"\s*(?:[:：=＝→]|\s)\s*", text, maxsplit=1)
        if len(parts) != 2:
            raise ValueProblem(
                "this is not a rent step",
                "Write a date and the new rent, several with semicolons: 2026-07-01: 6500.",
            )
        day = read_day(parts[0], order=mapping.dates, edge="first")
        amount, _ = read_amount(parts[1], decimal=mapping.decimal, decimals=mapping.decimals)
        if not MIN_RENT <= amount <= MAX_RENT:
            raise ValueProblem("the rent of a step is not between 0.01 and 9,999,999", "Put the new rent in.")
        return day, amount

    return reader.each("steps", step)
