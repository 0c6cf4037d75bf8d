"""The ledger as a beancount file: it balances, and says at its end what every account must hold.

Amounts are written with all six decimals and asserted without tolerance.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final

from commonhold.ops.exports.accounts import Account
from commonhold.ops.exports.journal import Entry, Posting
from commonhold.ops.exports.moves import Period
from commonhold.ops.exports.names import Names
from commonhold.ops.exports.table import AsOf
from commonhold.units import MONEY_DECIMALS, MONEY_ONE, Day, date_of, format_day

CURRENCY: Final = "CMT"


def lines(
    entries: Iterable[Entry], period: Period, as_of: AsOf, names: Names, checked: Callable[[], bool]
) -> Iterator[str]:
    """Every line of the file. checked: whether balances were compared with the token; known at the end."""
    yield from _head(as_of)
    opened: set[Account] = set()
    begun = period.first is None
    for entry in entries:
        if not begun:
            yield from _opening(period, opened, names)
            begun = True
        for posting in entry.postings:
            yield from _open(posting.account, entry.day, opened, names)
        yield from _transaction(entry)
    if not begun:
        yield from _opening(period, opened, names)
    yield from _closing(period, as_of, opened)
    compared = "are those of" if checked() else "were not compared with"
    yield f"\n; All balances {compared} the token at block {as_of.block.number}.\n"


def amount_of(amount: int) -> str:
    """[cmt] with all decimals and nothing between the digits."""
    whole, rest = divmod(abs(amount), MONEY_ONE)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{MONEY_DECIMALS}d} {CURRENCY}"


def quoted(text: str) -> str:
    """A string of the format: quotes and backslashes escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _head(as_of: AsOf) -> Iterator[str]:
    block = as_of.block
    yield f"; Block {block.number} {block.hash}, {as_of.confirmations} confirmations\n"
    yield f'option "title" "Ledger at block {block.number}"\n'
    yield f'option "operating_currency" "{CURRENCY}"\n\n'


def _open(account: Account, day: int, opened: set[Account], names: Names) -> Iterator[str]:
    if account in opened:
        return
    opened.add(account)
    yield f"{format_day(Day(day))} open {account.name} {CURRENCY}\n"
    called = names.party(account.party) if account.party else ""
    if called:
        yield f"  name: {quoted(called)}\n"


def _opening(period: Period, opened: set[Account], names: Names) -> Iterator[str]:
    """What every account held before the period: known once the first entry of the period was read."""
    day = period.first or 0
    held = {account: sums.opening for account, sums in period.sums.items() if sums.opening}
    for account in held:
        yield from _open(account, day, opened, names)
    if held:
        yield f'\n{format_day(Day(day))} * "Opening balances"\n'
        for account, amount in held.items():
            yield f"  {account.name}  {amount_of(amount)}\n"


def _transaction(entry: Entry) -> Iterator[str]:
    reasons = dict.fromkeys(posting.why.replace("_", " ") for posting in entry.postings)
    yield f"\n{format_day(Day(entry.day))} * {quoted(', '.join(reasons))}\n"
    yield f"  transaction: {quoted(entry.transaction)}\n"
    yield f"  block: {quoted(str(entry.block))}\n"
    for posting in entry.postings:
        yield from _posting(posting)


def _posting(posting: Posting) -> Iterator[str]:
    yield f"  {posting.account.name}  {amount_of(posting.amount)}\n"
    yield f"    for: {quoted(posting.why)}\n"
    about, number = posting.about
    if about:
        shown = f"{number:#x}" if about == "bill" else str(number)
        yield f"    {about}: {quoted(shown)}\n"
    if posting.note:
        yield f"    note: {quoted(posting.note)}\n"


def _closing(period: Period, as_of: AsOf, opened: set[Account]) -> Iterator[str]:
    """Of every account that had money or moved in the period. A balance is asserted at the beginning of a
    day: of the one after the block's."""
    following = date_of(Day(as_of.day)) + timedelta(days=1)
    yield "\n"
    for account, sums in period.sums.items():
        if account not in opened:
            continue
        amount, currency = amount_of(sums.closing).split(" ")
        yield f"{following.isoformat()} balance {account.name}  {amount} ~ 0.000000 {currency}\n"
