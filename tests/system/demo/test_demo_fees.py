"""Property fees and water bills in the demo, small: three months of some leases of the sample, on a chain.

schedule ── brought in by two persons · a later tariff agreed on its way, and charged
accounts ── of every home and of places for cars · a sold home handed over · an owner who keeps fees out of
            his mandate, and pays by hand · late fees waived
water    ── readings of the days so far · by proof · by mandate · by hand · those who do not pay
receipts ── right and forged, after the chain is stopped
twin     ── one base unit of difference names the account, the bill
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from commonhold.ops.demo import SAMPLES, receipts
from commonhold.ops.demo.compare import TwinDisagrees
from commonhold.ops.demo.desks import FeeFiles
from commonhold.ops.demo.fees import FeeDesk
from commonhold.ops.demo.life import Play, live
from commonhold.ops.demo.outcome import Life
from commonhold.ops.demo.scenario import read_scenario
from commonhold.ops.demo.water import WaterDesk
from commonhold.ops.intake import RollReport
from commonhold.rules.calendar import month_of
from commonhold.units import MONEY_ONE, parse_day
from tests.system.demo.demo_rehearsal import scenario_file
from tests.system.demo.test_demo import small_roll

LINES = (
    '2024-01-31,mandate,*,landlord,"300,000.00",,',
    "2024-01-31,mandate,*,*,400% payment,,",
    '2024-01-31,mandate,FL-22-042,landlord,"300,000.00",rents only,',
    '2024-01-31,mandate,FL-22-036,landlord,"300,000.00",rents only,',
    "2024-03-12,sale,FL-23-007,landlord,,FL-22-023,",
    "2024-03-28,waive fees,FL-22-042,landlord,,,",
    "2024-03-28,pay fees,FL-22-042,landlord,,,",
)
HEAD = (
    "category,kind,rate,from,due day,due month,grace days,late fee,late fee days,payee,mode,prompt payment\n"
)
OFFICE = "安居物业服务有限公司"
SCHEDULE = HEAD + (
    f"Fee,area,2.5,2024-02,5,same,15,0.05%/day,100,{OFFICE},lump sum,1%\n"
    "Fee,,2.8,2024-04,,,,,,,,\n"
    f"Parking,flat,150,2024-02,5,same,15,0.05%/day,100,{OFFICE},lump sum,\n"
    f"Water,posted,,,20,next,10,0.05%/day,60,{OFFICE},lump sum,\n"
)
FEBRUARY, APRIL = month_of(parse_day("2024-02-01")), month_of(parse_day("2024-04-01"))


def files(folder: Path, roll: RollReport) -> FeeFiles:
    """A schedule with an early change, and the sample readings of the units of a roll."""
    folder.mkdir()
    units = {(unit.building, unit.label) for unit in roll.units}
    head, *rows = (SAMPLES / "readings.csv").read_text(encoding="utf-8-sig").splitlines()
    kept = [row for row in rows if tuple(row.split(",")[:2]) in units]
    (folder / "readings.csv").write_text("\n".join([head, *kept, ""]), encoding="utf-8")
    (folder / "schedule.csv").write_text(SCHEDULE, encoding="utf-8")
    return FeeFiles(folder / "schedule.csv", folder / "readings.csv", SAMPLES / "water.toml")


def play_of(folder: Path, months: int, *lines: str) -> Play:
    roll = small_roll()
    return Play(
        title="A small grove with fees",
        report=roll,
        scenario=read_scenario(scenario_file(folder, *lines)),
        months=months,
        seed=1,
        fees=files(folder / "files", roll),
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Life, str]]:
    folder = tmp_path_factory.mktemp("demo")
    sources = tmp_path_factory.mktemp("sources")
    screen = StringIO()
    life = live(folder, play_of(sources, 3, *LINES), Console(file=screen, width=100))
    yield folder, life, screen.getvalue()


def told(life: Life, word: str) -> list[str]:
    """What the office and the scenario told with a word in it."""
    return [text for month in life.months for text in (*month.office, *month.events) if word in text]


def test_the_homes_and_places_for_cars_are_charged_by_the_tariff_of_each_month(
    lived: tuple[Path, Life, str],
) -> None:
    _, life, _ = lived
    area = sum(unit.area for unit in small_roll().units)
    cars = sum(number % 4 == 1 for number in range(1, life.units + 1))

    def month(rate: int) -> int:
        homes = sum(unit.area * rate // 100 for unit in small_roll().units)
        return homes + cars * 150 * MONEY_ONE

    assert [one.due for one in life.fees[:1]] == [month(2_500_000)]
    # a home sold on the 12th is charged in two pieces, each rounded down
    assert 0 <= month(2_500_000) - life.fees[1].due <= 2
    assert life.fees[2].due == month(2_800_000) == month(2_500_000) + area * 300_000 // 100
    (agreed,) = told(life, "approved; tariff") or told(life, "tariff of Fee from 2024-04 approved")
    assert "2024-04" in agreed and agreed in life.months[0].office


def test_an_owner_who_keeps_fees_out_of_his_mandate_owes_them_until_he_pays(
    lived: tuple[Path, Life, str],
) -> None:
    folder, life, _ = lived
    (waived,), (paid,) = told(life, "late fees on property fees waived"), told(life, "by hand")[-1:]
    assert "FL-22-042" in waived and "FL-22-042" in paid and " 0.00" not in waived + paid
    assert life.fees[1].paid > 0 == life.fees[0].paid
    owing = [row for row in life.arrears if row.what == "account"]
    assert {len(row.buckets) for row in owing} == {4}
    # the other one has paid nothing since February
    worst = max(owing, key=lambda row: row.total)
    assert all(worst.buckets[:3]) and worst.late_fees and not worst.buckets[3]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert [row for row in summary["arrears"] if "account" in row] == [row.as_json() for row in owing]
    assert summary["fees"][1]["paid_by_hand"] == str(life.fees[1].paid)


def test_a_sold_home_is_handed_over_on_the_day_of_the_sale(lived: tuple[Path, Life, str]) -> None:
    _, life, _ = lived
    (handed,) = told(life, "is the buyer's")
    assert handed in life.months[1].office


def test_water_is_billed_from_the_readings_and_paid_in_every_way(lived: tuple[Path, Life, str]) -> None:
    folder, life, _ = lived
    posted, proved = told(life, "posted, approved, due"), told(life, "paid by their proof")
    assert ["of 2024-02" in posted[0], "of 2024-03" in posted[1]] == [True, True]
    assert [text.split()[1] for text in posted] == [str(2 * life.units), str(life.units)]
    assert len(proved) == 2 and not any(text.startswith("Water: 0 ") for text in proved)
    assert life.water[FEBRUARY + 1] > 0 < life.water[APRIL]
    # the readings that the office had on the last posting day
    assert "2024-03-31" in (folder / "readings.csv").read_text(encoding="utf-8")
    names = {path.name for path in (folder / "store" / "bills").iterdir()}
    assert {"run-000001.json", "run-000002.json", "readings.json"} <= names


def test_receipts_prove_themselves_after_the_chain_is_stopped(lived: tuple[Path, Life, str]) -> None:
    folder, life, _ = lived
    assert life.receipts is not None
    head, *lines = receipts.told(folder, life.receipts, stopped=True)
    assert "stopped" in head
    assert [line.split(": ")[1] for line in lines] == ["correct", "correct", "wrong by 5.00"]
    found = json.loads((folder / life.receipts.right).read_text(encoding="utf-8"))
    assert found["standing"]["state"] == "PAID_AT_ONCE"


def test_the_page_shows_all_charts_and_links_the_receipt(lived: tuple[Path, Life, str]) -> None:
    folder, life, shown = lived
    page = (folder / "index.html").read_text(encoding="utf-8")
    for name in ("collections", "fees", "arrears", "scores"):
        chart = (folder / f"{name}.svg").read_text(encoding="utf-8")
        ElementTree.fromstring(chart)
        assert chart in page
    assert life.receipts is not None and f'href="{life.receipts.page}"' in page
    assert "Arrears by age" in shown and "Property fees and water" in shown
    assert "90 and more days" in (folder / "arrears.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("where", ["account 1", "bill"])
def test_one_base_unit_of_difference_stops_the_story_and_names_it(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falsified(honest: Any) -> Any:
        def compare(desk: Any, day: Any) -> None:
            if isinstance(desk, FeeDesk):
                desk.book.accounts[1].pot += 1
            elif desk.ledger.bills:
                bill = next(iter(desk.ledger.bills.values()))
                desk.ledger.bills[bill.key] = replace(bill, removed=bill.removed + 1)
            honest(desk, day)

        return compare

    desk: Any = FeeDesk if where == "account 1" else WaterDesk
    monkeypatch.setattr(desk, "_compare", falsified(desk._compare))
    months = 1 if where == "account 1" else 2
    with pytest.raises(TwinDisagrees, match=where) as caught:
        live(tmp_path / "demo", play_of(tmp_path, months, *LINES[:2]), Console(file=StringIO(), width=100))
    assert caught.value.differences[0].expected - caught.value.differences[0].found == 1
