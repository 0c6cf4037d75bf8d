"""What is told of single leases at the end, with the names that people have for them."""

from collections.abc import Iterator, Mapping, Sequence

from commonhold.ops.demo.show import cents
from commonhold.ops.demo.sides import LeaseFigures
from commonhold.ops.demo.stage import Stage
from commonhold.units import Day, PartyId, UnitId, format_day
from commonhold.words import word


def names_of(stage: Stage) -> dict[str, str]:
    """ "party 7" and "unit 3" -> what people call them."""
    parties = {number: stage.store.name_of(PartyId(number)) for number in stage.store.party_ids().values()}
    units = {number: stage.store.label_of(UnitId(number)) for number in stage.store.unit_ids().values()}
    return {
        **{f"party {number}": name for number, name in parties.items()},
        **{f"unit {number}": name for number, name in units.items()},
    }


def numbers_of(stage: Stage, keys: Sequence[str]) -> dict[int, str]:
    """Lease id -> number in the roll, of these leases."""
    return {
        number: draft.key.removeprefix("no ").upper()
        for number, draft in enumerate(stage.drafts, start=1)
        if draft.key in keys
    }


def due_days(stage: Stage, keys: Sequence[str], last: Day) -> Iterator[str]:
    """The days until `last` on which these leases fell due, by the contract's own schedule."""
    days = range(stage.cutover - 1, last + 1)
    for number, name in numbers_of(stage, keys).items():
        dues = stage.suite.leases.due_on(number, days)
        steps = zip(days[1:], dues, dues[1:], strict=False)
        found = [format_day(Day(day)) for day, before, due in steps if due > before]
        yield f"{name} fell due on {', '.join(found)}"


def telling_rows(
    stage: Stage, keys: Sequence[str], figures: Mapping[int, LeaseFigures], names: Mapping[str, str]
) -> list[list[str]]:
    """A row for `show.leases_table` for each of these leases."""
    rows = []
    for number, name in numbers_of(stage, keys).items():
        one = figures[number]
        owed = sum(max(0, account.due - account.settled) + account.late_fees for account in one.accounts)
        rows.append(
            [
                str(number),
                name,
                names.get(f"unit {stage.forms[number - 1].unit}", ""),
                "、".join(names.get(f"party {account.tenant}", "") for account in one.accounts),
                word("en", one.state.name),
                cents(owed),
                cents(one.deposit),
            ]
        )
    return rows
