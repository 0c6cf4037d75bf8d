"""What only shows when the lines of a roll are laid side by side: repeated units, a unit leased twice at
once, vacant and let, or described in two ways."""

from collections import defaultdict
from collections.abc import Sequence

from commonhold.ops.intake.line import RollLine
from commonhold.ops.intake.opening import is_running
from commonhold.ops.intake.parties import Mention, PartyBook
from commonhold.units import Day, format_day

_LEASES_PER_UNIT = 2  # one runs, one follows


def group_leases(lines: Sequence[RollLine]) -> list[list[RollLine]]:
    """Lines of one lease together: those that share a lease number."""
    groups: dict[str, list[RollLine]] = {}
    for line in lines:
        groups.setdefault(f"no {line.ref}" if line.ref else f"line {line.line}", []).append(line)
    return list(groups.values())


def check_units(heads: Sequence[RollLine], vacant: Sequence[RollLine], cutover: Day) -> None:
    """Note a problem on every line that contradicts an earlier one. heads: the first line of each lease."""
    leases = defaultdict(list)
    for head in heads:
        if head.label:
            leases[head.unit].append(head)
    for ordered in leases.values():
        _one_at_a_time(ordered)
    _vacancies(leases, vacant, cutover)
    _same_description([*heads, *vacant])


def check_owners(named: Sequence[tuple[RollLine, Mention | None]], book: PartyBook) -> None:
    """A unit has one owner, who is its landlord on every line."""
    first: dict[str, tuple[str, int]] = {}
    for line, owner in sorted(named, key=lambda pair: pair[0].line):
        if owner is None or not line.label:
            continue
        key, where = first.setdefault(line.unit, (book.key(owner), line.line))
        if key != book.key(owner):
            line.reader.problem(
                "landlord",
                f"line {where} names another landlord for this unit",
                "Write the present owner on both lines; a sale inside a lease is recorded after the import.",
            )


def _one_at_a_time(heads: list[RollLine]) -> None:
    dated = [head for head in heads if head.start is not None and head.end is not None]
    dated.sort(key=lambda head: (head.start or 0, head.line))
    for index, after in enumerate(dated[1:], start=1):
        before = max(dated[:index], key=lambda head: head.end or 0)
        first, second = sorted((before, after), key=lambda head: head.line)
        if before.start == after.start and before.end == after.end:
            what = f"the unit stands on line {first.line} already, with the same days"
            advice = (
                "Delete one of the lines; or, if these are joint tenants, give both lines one lease number."
            )
            second.reader.problem("unit", what, advice)
        elif (after.start or 0) < (before.end or 0):
            days = f"{format_day(before.start or Day(0))} to {format_day(Day((before.end or 1) - 1))}"
            _twice(after, before, days)
    for head in dated[_LEASES_PER_UNIT:]:
        if not head.reader.failed:
            head.reader.problem(
                "unit",
                f"the unit has {len(dated)} leases one after the other",
                "A unit takes the running lease and the next one: import later ones when their time comes.",
            )


def _twice(after: RollLine, before: RollLine, days: str) -> None:
    advice = "Correct the days, so that one ends before the other starts; or leave one of the lines out."
    after.reader.problem("start", f"the unit is leased on line {before.line} from {days}", advice)
    before.reader.problem(
        "end", f"the unit is leased on line {after.line} from {format_day(after.start or Day(0))}", advice
    )


def _vacancies(leases: dict[str, list[RollLine]], vacant: Sequence[RollLine], cutover: Day) -> None:
    seen: dict[str, int] = {}
    for line in vacant:
        if not line.label:
            continue
        if line.unit in seen:
            line.reader.problem(
                "unit",
                f"the vacant unit stands on line {seen[line.unit]} already",
                "Delete one of the lines.",
            )
        seen.setdefault(line.unit, line.line)
        for head in leases.get(line.unit, []):
            if head.start is not None and is_running(head.start, cutover):
                line.reader.problem(
                    "unit",
                    f"the unit is let on line {head.line}, and vacant here",
                    "Delete one of the lines.",
                )
        for name, amount in line.money.items():
            if amount:
                line.reader.problem(
                    name,
                    "the unit is vacant, but money stands in its books",
                    "Empty the cell; settle what a former tenant owes, or is owed, outside.",
                )


def _same_description(lines: Sequence[RollLine]) -> None:
    first: dict[str, RollLine] = {}
    for line in sorted(lines, key=lambda one: one.line):
        if not line.label:
            continue
        other = first.setdefault(line.unit, line)
        if line.area is None and not line.reader.failed and other is line:
            line.reader.problem(
                "area",
                "the area is missing",
                'Fill in square metres; or declare one for all: [defaults] area = "60.00".',
            )
        for name, one, two in (
            ("area", other.area, line.area),
            ("unit_share", other.share, line.share),
            ("kind", other.unit_kind, line.unit_kind),
        ):
            if two is not None and one is not None and one != two:
                line.reader.problem(
                    name,
                    f"line {other.line} says something else of this unit",
                    "Write the same on both lines.",
                )
