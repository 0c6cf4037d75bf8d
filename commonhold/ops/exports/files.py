"""Tables as CSV and JSON. A CSV runs nothing in a spreadsheet; JSON has amounts in base units as strings."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TextIO

from commonhold.ops.exports.table import AsOf, Column, Kind, Table, Value, decimal_of
from commonhold.ops.exports.words import heading, state, told
from commonhold.text import harmless
from commonhold.units import Day, format_day

AS_OF: Final = ("as_of_block", "as_of_hash", "confirmations")
_SPOKEN: Final = {  # columns whose values are words
    **dict.fromkeys(("why", "about"), told),
    **dict.fromkeys(("state", "kind", "suspended", "recovery"), state),
}


def shown_time(time: int) -> str:
    """[unix] in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")


def empty(column: Column, value: Value) -> bool:
    """Whether there is nothing to show."""
    return value is None or (column.optional and value == 0)


def cell(column: Column, value: Value, language: str) -> str | int | Decimal | None:
    """A value as a CSV has it: amounts as plain decimal numbers, days as ISO dates."""
    if empty(column, value):
        return None
    if isinstance(value, int):
        if column.kind == Kind.MONEY:
            return decimal_of(value)
        if column.kind == Kind.DAY:
            return format_day(Day(value))
        if column.kind == Kind.TIME:
            return shown_time(value)
        if column.kind == Kind.AREA:
            return Decimal(value) / 100
        return value
    return spoken(column, value, language)


def spoken(column: Column, value: Value, language: str) -> Value:
    """A word of the language where the column has words."""
    say = _SPOKEN.get(column.name)
    return value if say is None else say(language, str(value))


def write_csv(table: Table, stream: TextIO, as_of: AsOf, language: str) -> int:
    """Every row says as of which block it is. Answers the number of rows."""
    writer = csv.writer(stream)
    writer.writerow([harmless(heading(language, name)) for name in _names(table.columns)])
    seal = (as_of.block.number, as_of.block.hash, as_of.confirmations)
    count = 0
    for row in table.rows:
        cells = [cell(column, value, language) for column, value in zip(table.columns, row, strict=True)]
        writer.writerow([harmless(_plain(one)) for one in (*cells, *seal)])
        count += 1
    return count


def _names(columns: Sequence[Column]) -> list[str]:
    return [*(column.name for column in columns), *AS_OF]


def _plain(value: str | int | Decimal | None) -> str | int | None:
    """Decimals without an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def as_json(column: Column, value: Value) -> Any:
    """Amounts as decimal strings [cmt], days as ISO dates, times [unix]."""
    if empty(column, value):
        return None
    if isinstance(value, int):
        if column.kind == Kind.MONEY:
            return str(value)
        if column.kind == Kind.DAY:
            return format_day(Day(value))
    return value


def seal(as_of: AsOf) -> Mapping[str, Any]:
    """The block that an export shows."""
    return {
        "block": as_of.block.number,
        "block_hash": as_of.block.hash,
        "time": as_of.block.time,
        "day": format_day(Day(as_of.day)),
        "confirmations": as_of.confirmations,
    }


def json_parts(tables: Iterable[Table], as_of: AsOf, checked: Callable[[], bool]) -> Iterator[str]:
    """One document, row by row: {"block": …, "ledger": [{…}, …], …, "balances_checked": true}."""
    yield json.dumps(seal(as_of), ensure_ascii=False)[:-1]
    for table in tables:
        yield f',\n"{table.name}": ['
        separator = "\n"
        for row in table.rows:
            pairs = zip(table.columns, row, strict=True)
            one = {column.name: as_json(column, value) for column, value in pairs}
            yield separator + json.dumps(one, ensure_ascii=False)
            separator = ",\n"
        yield "]"
    yield f',\n"balances_checked": {"true" if checked() else "false"}}}\n'
