"""The roll's own totals beside the sums of its rows, to the base unit; the unit that explains a difference is
named.

A subtotal covers the rows since the last one, a total all rows before it. Further lines of a joint lease do
not count again. A column in which a covered line could not be read is not compared: that line's problem comes
first.
"""

from collections.abc import Sequence

from commonhold.ops.intake.headings import MONEY_FIELDS
from commonhold.ops.intake.line import BALANCE, RollLine
from commonhold.ops.intake.problems import Note
from commonhold.ops.intake.roll import Comparison
from commonhold.units import Money, format_money

_NAMED = 3  # units that a message names


def reconcile(lines: Sequence[RollLine]) -> tuple[list[Comparison], list[Note]]:
    """Compare every figure of every total row; a difference becomes a problem of that row."""
    comparisons: list[Comparison] = []
    notes: list[Note] = []
    since: list[RollLine] = []
    every: list[RollLine] = []
    seen: set[str] = set()
    for line in lines:
        if line.kind in ("let", "vacant"):
            if line.ref and line.ref in seen:
                continue
            seen.add(line.ref)
            since.append(line)
            every.append(line)
            continue
        covered = since if line.kind == "subtotal" else every
        for field in (*MONEY_FIELDS, BALANCE):
            if field in line.money:
                _compare(line, field, covered, comparisons, notes)
        if line.kind == "subtotal":
            since = []
    return comparisons, notes


def _compare(
    total: RollLine,
    field: str,
    covered: Sequence[RollLine],
    comparisons: list[Comparison],
    notes: list[Note],
) -> None:
    heading = total.reader.heading(field)
    unread = [line.line for line in covered if _unread(line, field)]
    if unread:
        notes.append(
            Note(
                total.line,
                f"{total.marker}: {heading} is not compared, because line {unread[0]} could not be read",
            )
        )
        return
    summed = Money(sum(line.money.get(field, 0) for line in covered))
    difference = total.money[field] - summed
    suspects = _suspects(covered, field, difference)
    comparison = Comparison(
        line=total.line,
        label=total.marker,
        column=heading,
        field=field,
        stated=total.money[field],
        summed=summed,
        first=min((line.line for line in covered), default=0),
        last=max((line.line for line in covered), default=0),
        suspects=suspects,
    )
    comparisons.append(comparison)
    if difference:
        more = "more" if difference > 0 else "less"
        total.reader.problem(
            field,
            f"the roll says {format_money(comparison.stated)}, lines {comparison.first} to {comparison.last} "
            f"add up to {format_money(summed)}: {format_money(Money(abs(difference)))} {more}",
            _advice(suspects, difference),
        )


def _unread(line: RollLine, field: str) -> bool:
    if line.kind == "vacant" and field in ("rent", "deposit"):
        return False
    return field not in line.money and line.reader.own_cell(field) is not None


def _suspects(covered: Sequence[RollLine], field: str, difference: int) -> tuple[str, ...]:
    """The units whose figure is the difference: left out of the total, or counted twice in it."""
    if not difference:
        return ()
    exact = [line for line in covered if abs(line.money.get(field, 0)) == abs(difference)]
    half = [line for line in covered if 2 * abs(line.money.get(field, 0)) == abs(difference)]
    return tuple(f"{line.building} {line.label}".strip() + f" (line {line.line})" for line in exact or half)


def _advice(suspects: Sequence[str], difference: int) -> str:
    if not suspects:
        return "No single unit has this figure: compare the rows with the books, then correct one of the two."
    named = ", ".join(suspects[:_NAMED]) + ("…" if len(suspects) > _NAMED else "")
    how = "counted twice in the total" if difference > 0 else "left out of the total"
    return f"{named} has this figure, and may be {how}: correct the row or the total."
