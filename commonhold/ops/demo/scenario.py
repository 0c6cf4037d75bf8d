"""The payers' scenario: a table of who does what on which day, as a property manager could write it.

Columns: day, action, lease, who, amount, detail, remark. `lease` is the roll's own number of the lease, or *
for all; `who` is "landlord", "tenant", "tenant 2" (in the order of the roll), or "*". Amounts are money
("1,500.00"), or parts of what the lease says: "50% rent", "100% deposit", "400% payment" (one payment: the
rent of the months paid at a time), "due" (what is owed at that moment), "late fees", "break fee".

    habit      how a tenant pays from that day on: "on time", "late 4", "by hand 2", "early 6", "short 60",
               "nothing"
    mandate    lets rent be collected, at most `amount` a month; detail: "part" allows part payments,
               "until 2024-06" ends it, "rents only" keeps it from fees and bills
    revoke     takes the mandate back
    fund       money from the bank arrives in the wallet
    pay        pays by hand; refund: takes prepaid money back
    rent       both sides agree to a new rent from the day in `detail` on
    renewal    both sides agree to a later last day, and its rent; holdover: the tenant stays on until then
    notice     the tenants end the lease early by its break clause, with its fee; last day in `detail`
    end        both sides agree to an earlier last day
    tenant     `who` leaves, the party of the lease in `detail` takes his place ("FL-23-010 tenant 1")
    sale       the landlord sells to the landlord of the lease in `detail`
    waive rent, waive late fees
    default notice, default end
    close      closes an ended lease (otherwise the manager does it on the first day after the lease)
    keep       the landlord does nothing about the deposit (otherwise he gives it back on closing)
    claim, offer, accept claim, accept offer, award, finalise     the deposit's review
    guardians  names the tenants of the leases in `detail` as guardians
    lost       the wallet is lost: the guardians support the recovery; recovered: it is completed
    pay fees   the owner pays by hand what the property fees of all his units come to
    waive fees the committee waives the late fees on them
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonhold.errors import InputError
from commonhold.text import fold
from commonhold.units import Day, parse_day, parse_money

COLUMNS: Final = ("day", "action", "lease", "who", "amount", "detail", "remark")
ACTIONS: Final = (
    "habit",
    "mandate",
    "revoke",
    "fund",
    "pay",
    "refund",
    "rent",
    "renewal",
    "holdover",
    "notice",
    "end",
    "tenant",
    "sale",
    "waive rent",
    "waive late fees",
    "default notice",
    "default end",
    "close",
    "keep",
    "claim",
    "offer",
    "accept claim",
    "accept offer",
    "award",
    "finalise",
    "guardians",
    "lost",
    "recovered",
    "pay fees",
    "waive fees",
)
_WHO = re.compile(r"(?:landlord|tenant(?: ([1-4]))?|\*)?")
_PART = re.compile(r"(\d+)% (rent|deposit|payment)")
_WORDS: Final = ("", "due", "late fees", "break fee")
LANDLORD: Final = -1
ALL: Final = -2


@dataclass(frozen=True, slots=True)
class Amount:
    """Money [cmt], or a part [percent] of what `of` names, or what `of` names."""

    money: int = 0
    percent: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the scenario. lease: its number as compared, "*" for all. who: account, LANDLORD or ALL."""

    line: int
    day: Day
    action: str
    lease: str
    who: int
    amount: Amount
    detail: str
    remark: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """All lines by day, in the order of the file."""

    days: Mapping[Day, Sequence[Action]]

    def on(self, day: Day) -> Sequence[Action]:
        return self.days.get(day, ())

    def __iter__(self) -> Iterator[Action]:
        for day in sorted(self.days):
            yield from self.days[day]


def read_scenario(path: Path) -> Scenario:
    """Raises InputError with the line that has to be put right."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise InputError(
                f"{path}: the columns are not those of a scenario.", f"They are {', '.join(COLUMNS)}."
            )
        return scenario_of([_action(path, rows.line_num, row) for row in rows if any(row.values())])


def scenario_of(actions: Sequence[Action]) -> Scenario:
    """A scenario of these lines."""
    days: dict[Day, list[Action]] = defaultdict(list)
    for action in actions:
        days[action.day].append(action)
    return Scenario(days)


def _action(path: Path, line: int, row: Mapping[str, str | None]) -> Action:
    def wrong(column: str, advice: str) -> InputError:
        return InputError(f"{path}, line {line}: {column} {row.get(column)!r} cannot be read.", advice)

    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    try:
        day = parse_day(cells["day"])
    except ValueError as error:
        raise wrong("day", str(error)) from None
    if cells["action"] not in ACTIONS:
        raise wrong("action", f"There are {', '.join(ACTIONS)}.")
    who = _WHO.fullmatch(cells["who"])
    if who is None:
        raise wrong("who", 'Write "landlord", "tenant" or "tenant 2".')
    amount = _amount(cells["amount"])
    if amount is None:
        raise wrong("amount", 'Write "1,500.00", "50% rent" (or deposit, payment) or "due".')
    if cells["who"] == "landlord":
        account = LANDLORD
    elif cells["who"] == "*":
        account = ALL
    else:
        account = int(who[1] or 1) - 1
    lease = cells["lease"] if cells["lease"] == "*" else fold(cells["lease"])
    return Action(line, day, cells["action"], lease, account, amount, cells["detail"], cells["remark"])


def _amount(text: str) -> Amount | None:
    part = _PART.fullmatch(text)
    if part is not None:
        return Amount(percent=int(part[1]), of=part[2])
    if text in _WORDS:
        return Amount(of=text)
    try:
        return Amount(money=parse_money(text))
    except ValueError:
        return None
