"""Writes the sample rent roll: invented people in three buildings, as a property manager would keep them.

    python3 -m tools.make_sample_roll        writes commonhold/samples/rent-roll.csv

Everything follows from a fixed seed and sample_roll.toml: running it again writes the same bytes. Names are
put together by chance from common ones; telephone numbers and addresses are of kinds that nobody has.
Money is in units of account with two decimals. The books are those of the end of 2024-01-31, so that
the fourteen months after it hold a February of 29 days and one of 28.
"""

import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from commonhold.rules.calendar import boundary, month_of
from commonhold.text import CsvValue, write_csv
from commonhold.units import Day, date_of, day_of

TARGET: Final = Path(__file__).resolve().parent.parent / "commonhold" / "samples" / "rent-roll.csv"
CUTOVER: Final = date(2024, 1, 31)
SEED: Final = 20240131

SUMMED: Final = ("rent", "deposit", "deposit_held", "arrears", "prepaid", "late_fees")

TABLES: Final = tomllib.loads(Path(__file__).with_name("sample_roll.toml").read_text(encoding="utf-8"))
HEADINGS: Final[dict[str, str]] = TABLES["headings"]
OWNER_COMPANY: Final = "枫林资产管理有限公司"

Row = dict[str, CsvValue]
Dates = Callable[[date], str]


@dataclass(slots=True)
class Person:
    name: str
    contact: str


@dataclass(slots=True)
class People:
    """Makes each person once, with one of three kinds of names."""

    chance: random.Random
    made: set[str] = field(default_factory=set)

    def next(self) -> Person:
        kind = self.chance.choices(("han", "kanji", "western"), (60, 20, 20))[0]
        number = len(self.made) + 1
        while True:
            name = self._name(kind)
            if name not in self.made:
                break
        self.made.add(name)
        contacts = {
            "han": f"130-0000-{number:04d}",
            "kanji": f"090-0000-{number:04d}",
            "western": f"resident{number}@example.org",
        }
        return Person(name, contacts[kind])

    def _name(self, kind: str) -> str:
        pick = self.chance.choice
        if kind == "han":
            return f"{pick(TABLES['han_family'])}{pick(TABLES['han_given'])}"
        if kind == "kanji":
            return f"{pick(TABLES['kanji_family'])} {pick(TABLES['kanji_given'])}"
        return f"{pick(TABLES['western_first'])} {pick(TABLES['western_last'])}"


@dataclass(slots=True)
class Building:
    """name: as on the roll. units: label, use, area [m²], rent. dates: how this building's clerk writes."""

    name: str
    units: list[tuple[str, str, str, int]]
    dates: Dates
    owners: list[Person]


def han(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def slashes(value: date) -> str:
    return f"{value.year}/{value.month}/{value.day}"


def money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def add_months(value: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    return date_of(Day(boundary(value.day, month_of(day_of(value)) + months)))


def buildings(chance: random.Random, people: People) -> list[Building]:
    """Three buildings: flats and a caretaker's; shops and flats; flats of one company, and parking."""
    homes = [
        (f"{floor:02d}{door:02d}", 42 + 11 * door + floor % 3)
        for floor in range(2, 12)
        for door in range(1, 6)
    ]
    first: list[tuple[str, str, str, int]] = [
        (label, "住宅 Home", f"{area}.{chance.randrange(100):02d}", 4_200 + 55 * area)
        for label, area in homes
    ]
    first.append(("0101", "住宅 Home", "28.00", 0))  # the caretaker's flat
    second: list[tuple[str, str, str, int]] = [
        (f"S{number}", "商铺 Shop", f"{60 + 35 * number}.00", 9_000 + 4_500 * number)
        for number in range(1, 6)
    ]
    second += [(label, "住宅 Home", f"{area}.50", 5_100 + 61 * area) for label, area in homes[5:50]]
    third: list[tuple[str, str, str, int]] = [
        (label, "住宅 Home", f"{area + 4}.00", 6_300 + 70 * area) for label, area in homes[:42]
    ]
    third += [(f"P{number:02d}", "车位 Parking", "12.50", 380 + 20 * (number % 4)) for number in range(1, 13)]
    return [
        Building("1号楼", first, date.isoformat, [people.next() for _ in range(22)]),
        Building("2号楼", second, han, [people.next() for _ in range(18)]),
        Building("3号楼", third, slashes, [Person(OWNER_COMPANY, "")]),
    ]


# wording, deposit [months of rent], months paid at a time
PAYMENTS: Final = (("月付", 1, 1), ("押一付三", 1, 3), ("押二付一", 2, 1), ("季付", 1, 3), ("半年付", 2, 6))


@dataclass(slots=True)
class Clerk:
    """Fills in the lines of the roll, one unit after the other."""

    chance: random.Random
    people: People
    leases: int = 0
    odd: list[date] = field(default_factory=lambda: list(TABLES["odd_starts"]))
    new: list[date] = field(default_factory=lambda: list(TABLES["coming_starts"]))
    homes: list[Person] = field(default_factory=list)
    shops: list[str] = field(default_factory=lambda: list(TABLES["companies"]))

    def unit(self, building: Building, index: int) -> Iterator[Row]:
        """The lines of one unit: vacant, a running lease, a coming one, or one after the other."""
        label, use, area, rent = building.units[index]
        owner = building.owners[index * len(building.owners) // len(building.units)]
        unit: Row = {
            "building": building.name,
            "unit": label,
            "kind": use,
            "area": area,
            "landlord": owner.name,
            "landlord_contact": owner.contact,
        }
        turn = index % 17
        if rent == 0:
            start = date(2022, 8, 1)
            yield from self.lease(building, unit, start, add_months(start, 36), cents=1, plain=True)
        elif turn == 5 and index % 2:
            yield {
                **unit,
                "status": "空置 Vacant",
                "remarks": "待维修后出租, repainting" if index % 3 else None,
            }
        elif turn == 11 and self.new:
            start = self.new.pop(0)
            months = self.chance.choice((12, 12, 24))
            yield from self.lease(building, unit, start, add_months(start, months), cents=rent * 100)
        else:
            start = self.odd.pop(0) if turn == 3 and self.odd else self.past_start()
            end = self.future_end(start)
            yield from self.lease(building, unit, start, end, cents=rent * 100 + 50 * (index % 3))
            if turn == 8 and end < date(2025, 1, 31):
                start = end + timedelta(days=self.chance.choice((0, 5, 14)))
                yield from self.lease(building, unit, start, add_months(start, 12), cents=rent * 103)

    def past_start(self) -> date:
        start = add_months(CUTOVER, -self.chance.randrange(3, 30))
        return start.replace(day=self.chance.choice((1, 1, 1, 5, 8, 12, 15, 20, 23, 28)))

    def future_end(self, start: date) -> date:
        """The first day after the lease; now and then not on an anniversary."""
        end = add_months(start, 12)
        while end <= date(2024, 2, 29):
            end = add_months(end, 12)
        if self.chance.random() < 0.25:
            end = add_months(end, 12)
        return end + timedelta(days=9) if self.chance.random() < 0.08 else end

    def lease(
        self, building: Building, unit: Row, start: date, end: date, *, cents: int, plain: bool = False
    ) -> Iterator[Row]:
        """One lease: one line, or a line for each joint tenant."""
        self.leases += 1
        number, running = self.leases, start <= CUTOVER
        wording, deposits, interval = (
            PAYMENTS[0] if plain else self.chance.choices(PAYMENTS, (50, 26, 12, 8, 4))[0]
        )
        parking = "Parking" in str(unit["kind"])
        if parking:
            wording, deposits, interval = "年付", 0, 12
        tenants = self.tenants(unit, number)
        row: Row = {
            **unit,
            "status": "在租 Let" if running else "已签约 Signed",
            "lease_ref": f"FL-{start.year % 100}-{number:03d}",
            "start": building.dates(start),
            "end": building.dates(end - timedelta(days=1)),
            "rent": money(cents),
            "interval": wording,
            "deposit": money(cents * deposits) if deposits and not plain else None,
        }
        if not plain:
            row |= self.clauses(number, start, end, cents, building.dates)
            row |= self.books(number, start, cents * interval, cents * deposits) if running else {}
        if parking:
            row |= {"steps": None, "rent_free_days": None, "break_day": None, "break_fee": None}
        if number in (12, 88):
            row["remarks"] = '租客自备家具，\n退租时搬走 ("as agreed by e-mail")'
        yield from self.people_on(row, tenants, number)

    def tenants(self, unit: Row, number: int) -> list[Person]:
        if "Parking" in str(unit["kind"]) and self.homes:
            return [self.homes[(number * 7) % len(self.homes)]]
        if "Shop" in str(unit["kind"]) and self.shops:
            return [Person(self.shops.pop(0), f"shop{number}@example.com")]
        count = {0: 2, 7: 3, 13: 2, 19: 4}.get(number % 23, 1)
        found = [self.people.next() for _ in range(count)]
        if count == 1:
            self.homes.append(found[0])
        return found

    def people_on(self, row: Row, tenants: Sequence[Person], number: int) -> Iterator[Row]:
        shares = {1: (), 2: ("60%", "40%"), 3: ("33.33%", "33.33%", "33.34%"), 4: ("25%",) * 4}[len(tenants)]
        if len(tenants) == 1:
            yield {**row, "tenant": tenants[0].name, "tenant_contact": tenants[0].contact}
        elif number % 2:
            yield {
                **row,
                "tenant": "、".join(person.name for person in tenants),
                "tenant_contact": "、".join(person.contact for person in tenants),
                "shares": " / ".join(shares),
                "cover": "全部" if number % 3 else tenants[0].name,
            }
        else:
            keys = (
                "building",
                "unit",
                "kind",
                "area",
                "landlord",
                "landlord_contact",
                "lease_ref",
                "start",
                "end",
            )
            for index, person in enumerate(tenants):
                one = {"tenant": person.name, "tenant_contact": person.contact, "shares": shares[index]}
                yield {**row, **one} if index == 0 else {**{key: row[key] for key in keys}, **one}

    def clauses(self, number: int, start: date, end: date, cents: int, dates: Dates) -> Row:
        """What some leases agree and others do not."""
        row: Row = {"grace_days": 5, "late_fee_rate": "0.05%/日", "late_fee_max_days": 90, "notice_days": 30}
        if number % 6 == 0:
            row |= {"grace_days": 10, "late_fee_rate": "万分之三", "late_fee_max_days": 365}
        if number % 10 == 4:
            row |= {"grace_days": 0, "late_fee_rate": None, "late_fee_max_days": None}
        if number % 9 == 1:
            row["billing_day"] = self.chance.choice((1, 1, 10, 25, 31))
        if number % 11 == 5:
            row["due_offset"] = self.chance.choice((-5, -3, 7))
        if number % 12 == 7:
            row["day_count"] = "30/360"
        if number % 25 == 10:
            row["day_count"] = "actual/365"
        if number % 8 == 3:
            row |= {"commission": "5%"}
        if number % 14 == 9:
            row |= {"holdover_rate": "150%"}
        if number % 13 == 6 and "billing_day" not in row:
            day = add_months(start, 12)
            while day <= CUTOVER:
                day = add_months(day, 12)
            if day < end:
                row["steps"] = f"{dates(day)}: {money(cents * 105 // 100)}"
        if number % 16 == 2:
            row |= {"break_day": dates(end - timedelta(days=120)), "break_fee": money(cents)}
        if start > CUTOVER:
            row |= {"rent_free_days": 14} if number % 3 == 0 else {}
            row |= {"key_money": money(cents)} if number % 5 == 0 else {}
            row |= {"agency_fee": money(cents // 2)} if number % 4 == 1 else {}
        elif number % 15 == 8 and start < date(2023, 7, 1):
            row["rent_free_days"] = 15
        return row

    def books(self, number: int, start: date, payment: int, deposit: int) -> Row:
        """Arrears, prepayments and deposits at the cut-over."""
        row: Row = {"deposit_held": money(deposit) if deposit else None}
        if number % 21 == 17 and deposit:
            row["deposit_held"] = money(deposit - deposit // 4)
        if number % 7 == 2:
            row["arrears"] = money(
                (payment, payment // 2, payment * 2 if start < date(2023, 5, 1) else payment)[number % 3]
            )
            row["late_fees"] = money(payment * 5 * 20 // 10_000) if number % 14 == 2 else None
        elif number % 10 == 6 and deposit:
            row["prepaid"] = money((payment, payment // 3, 20_000)[number % 3])
        return row


def cents_of(cell: CsvValue) -> int:
    return round(float(str(cell).replace(",", "")) * 100) if cell else 0


def roll() -> list[Row]:
    """Every line below the headings, with a subtotal for each building and the total."""
    chance = random.Random(SEED)
    people = People(chance)
    clerk = Clerk(chance, people)
    rows: list[Row] = []
    everything = dict.fromkeys(SUMMED, 0)
    for building in buildings(chance, people):
        sums = dict.fromkeys(SUMMED, 0)
        for index in range(len(building.units)):
            for row in clerk.unit(building, index):
                rows.append(row)
                for name in SUMMED:
                    sums[name] += cents_of(row.get(name))
        rows.append(
            {"building": f"{building.name} 小计 Subtotal", **{name: money(sums[name]) for name in SUMMED}}
        )
        everything = {name: everything[name] + sums[name] for name in SUMMED}
    rows.append({"building": "总计 Total", **{name: money(everything[name]) for name in SUMMED}})
    return rows


def main() -> None:
    """Write the roll as a spreadsheet program exports it: with a mark, titles above, CR LF."""
    titles = ["枫林里小区 租金台账 / Maple Grove rent roll", f"截至 as of {CUTOVER}"]
    lines: list[list[CsvValue]] = [[titles[1]], [], list(HEADINGS.values())]
    lines += [[row.get(name) for name in HEADINGS] for row in roll()]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    count = write_csv(TARGET, [titles[0]], lines)
    print(f"{TARGET}: {count - 3} lines")


if __name__ == "__main__":
    main()
