"""Statements of random lives: opening and movements give the closing, month after month, to the base unit.

For every unit, every party and everybody: the closing of a month is the opening of the next, the months
together are the whole, and the whole is what the twin says is owed. The lives are those of the exports.
"""

from collections.abc import Callable

import pytest

from commonhold.chain.rawlogs import Log, LogReader, read_all
from commonhold.ops.audit.replay import Arguments
from commonhold.ops.exports.journal import Journal
from commonhold.ops.statements.debts import Scope, owed
from commonhold.ops.statements.history import History, Section
from commonhold.rules.calendar import day_of, first_of, month_of
from tests.examples import LONG
from tests.system.exports.test_exports_lives import Lived, lived_bills, lived_fees, lived_leases

LIVES = 12 if LONG else 1
Read = tuple[list[Log], Arguments, int]


def history(read: Read, scope: Scope, first: int | None, last: int) -> tuple[History, list[Section]]:
    logs, given, _ = read
    journal = Journal(given)
    found = History(journal.books, scope, first, last)
    journal.books.before, journal.told = found.before, found.after
    for _ in journal.entries(log for log in logs if day_of(log.time, given.utc_offset) <= last):
        pass
    return found, found.finish()


def scopes(read: Read) -> list[Scope]:
    journal = Journal(read[1])
    for _ in journal.entries(read[0]):
        pass
    units = [Scope(unit=unit) for unit in journal.books.units.units]
    return [Scope(), *units[:1], *(Scope(party=one) for one in list(journal.books.parties.parties)[1:3])]


@pytest.mark.parametrize("seed", range(LIVES))
@pytest.mark.parametrize("live", [lived_leases, lived_fees, lived_bills])
def test_months_of_a_random_life_join_without_a_gap(
    live: Callable[[int, pytest.MonkeyPatch], Lived], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, given = live(seed, monkeypatch)
    logs = list(read_all(LogReader(given.addresses), chain.raws))
    read = (logs, given, day_of(chain.timestamp, given.utc_offset))
    told = sum(months(read, scope) for scope in scopes(read))
    assert told > 10


def months(read: Read, scope: Scope) -> int:
    """Every month and the whole of one scope; answers how many lines they have."""
    logs, given, today = read
    whole, sections = history(read, scope, None, today)
    for one in whole.sections.values():
        if one.debt in whole.sections:
            assert one.balance == owed(whole.books, one.debt, scope.party, today), one.debt
    first, lines = month_of(day_of(logs[0].time, given.utc_offset)), 0
    closing: dict[object, int] = {}
    for month in range(first, month_of(today) + 1):
        last = min(today, first_of(month + 1) - 1)
        _, found = history(read, scope, first_of(month), last)
        for section in found:
            assert section.opening == closing.pop(section.debt, 0), (scope, section.debt, month)
            assert section.opening + section.charged - section.credited == section.balance
            assert all(first_of(month) <= line.day <= last for line in section.lines)
            balances = [section.opening]
            for line in section.lines:
                assert line.charged >= 0 and line.credited >= 0
                balances.append(balances[-1] + line.charged - line.credited)
                assert line.balance == balances[-1]
            lines += len(section.lines)
        assert not any(closing.values()), (scope, month)
        closing = {section.debt: section.balance for section in found if section.balance}
    assert sum(closing.values()) == sum(section.balance for section in sections)
    return lines
