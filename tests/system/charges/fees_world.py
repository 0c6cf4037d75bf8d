"""A community with a bank account, three homes under a monthly fee, and single charges.

with charged(folder) as world: to_month(world, 1); run = charge(world, 3, "40")
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from commonhold.chain.contracts.token import Mandate
from commonhold.ops.billing import runs
from commonhold.rules.bills import key_of
from commonhold.rules.calendar import first_of, month_of
from commonhold.store import Store
from commonhold.store.schema import Party
from commonhold.units import Month, format_month
from tests.package.bank.files import write
from tests.package.ops.town import CMT
from tests.system.bank.bank_world import BankWorld

HEAD = "category,kind,rate,from,due day,due month,grace days,late fee,late fee days,payee\n"
LINE = 2_500_000 * 8_900 // 100  # 2.50 for each of 89.00 m² [cmt]


@contextlib.contextmanager
def charged(folder: Path) -> Iterator[BankWorld]:
    """Three homes under a monthly fee from April on; ann (two homes) has a mandate, ben none."""
    with BankWorld.build(folder) as world:
        town, (works, ann, ben) = world.town, world.people
        for owner in (ann, ann, ben):
            town.unit(owner)
        payee = f"party {works.party}"
        rows = f"Fee,area,2.5,2026-04,5,same,10,0.05%/day,100,{payee}\n"
        rows += f"Repairs,posted,,,10,next,5,0.05%/day,60,{payee}\n"
        write(world.folder / "schedule.csv", HEAD + rows)
        for _ in range(2):
            world.do("import", "fee-schedule", "schedule.csv")
            world.do("import", "fee-schedule", "schedule.csv", "--approve")
        world.do("fee", "subscribe", "Fee")
        town.fund(ann.wallet, 1_000 * CMT)
        bit = town.suite.token.collector_bit(town.suite.fees.address)
        mandate = Mandate(1_000 * CMT, bit, town.suite.token.current_month() + 60, False)
        town.send(ann.account, town.suite.token.set_mandate(mandate))
        with Store.open(world.folder / ".commonhold") as store, store.writing() as session:
            for name, one in (("ann", ann), ("ben", ben)):
                session.add(Party(key=name, kind="person", name=f"{name.title()} Lee", id=one.party))
        yield world


def to_month(world: BankWorld, more: int, day_of_month: int = 6) -> int:
    """So many months on, to a day of that month; its first day. [day]"""
    first = first_of(month_of(world.town.today) + more)
    world.town.to_day(first + day_of_month - 1)
    return first


def charge(world: BankWorld, unit: int, amount: str) -> int:
    """A single bill, posted and approved: its run."""
    month = format_month(Month(month_of(world.town.today)))
    about = ("--category", "2", "--period", month, "--reason", "A new key")
    run: int = world.run("bill", "charge", str(unit), amount, *about)["run"]
    world.do("bill", "approve", str(run))
    return run


def key(world: BankWorld, run: int) -> int:
    """Of the only bill of a run."""
    file = runs.load(world.folder / ".commonhold", run)
    (bill,) = file.bills
    return key_of(bill.unit, file.values["category"], file.values["period"], bill.version)
