"""`commonhold bill pay | repay`: money for one bill, from who signs."""

from collections.abc import Callable
from typing import Annotated

import typer

from commonhold.chain.contracts import Suite
from commonhold.chain.send import Sender
from commonhold.commands.arguments import RunArgument, UnitArgument, read_amount
from commonhold.commands.bill_care import show
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption
from commonhold.errors import InputError, SigningError
from commonhold.ops.billing import corrections, payments, runs
from commonhold.ops.billing.corrections import OneBill
from commonhold.present import money, say

SumArgument = Annotated[str | None, typer.Argument(help="Amount, such as 12.50 (default: all).")]


def _bring(
    desk: Desk,
    place: tuple[int, int],
    sum_: int,
    words: str,
    send: Callable[[Suite, Sender, OneBill, int], None],
) -> None:
    """Told, agreed to, looked at again, sent. place: run and unit; words: what is done with the sum."""
    if desk.dry:
        say(f"{words}.")
        return
    if desk.key is None:
        raise SigningError("Nobody is named who brings the money.", "Name a keystore with --key.")
    suite, (run, unit) = desk.session.suite, place
    file = runs.load(desk.session.settings.data, run)
    before = corrections.find(suite, file, unit).standing
    desk.confirm(f"{words}?")
    with desk.sending() as sender:
        found = corrections.find(suite, file, unit)  # what an earlier run had begun is done by now
        if found.standing != before:
            raise InputError(
                "This bill has changed meanwhile.", "Nothing more was sent. Look at it with --dry-run."
            )
        send(suite, sender, found, sum_)


@signed("", dry=True)
def pay(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    amount: SumArgument = None,
    as_json: JsonOption = False,
) -> None:
    """Pay a bill with your own key, whosever it is: principal first, then late fees."""
    suite = desk.session.suite
    found = corrections.find(suite, runs.load(desk.session.settings.data, run), unit)
    sum_ = _sum(amount, "what can be paid", payments.payable(suite, found))
    words = f"Pay {money(sum_)} for party {_party(found)}, run {run}, unit {unit}"
    _bring(desk, (run, unit), sum_, words, payments.pay)
    show(desk, run, unit, as_json)


@signed("", dry=True)
def repay(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    amount: SumArgument = None,
    as_json: JsonOption = False,
) -> None:
    """Give back, out of your own money, what a credit note says was paid too much; usually the payee does."""
    found = corrections.find(desk.session.suite, runs.load(desk.session.settings.data, run), unit)
    sum_ = _sum(amount, "what is to be repaid", payments.repayable(found))
    words = f"Repay {money(sum_)} to party {_party(found)}, for run {run}, unit {unit}"
    _bring(desk, (run, unit), sum_, words, payments.repay)
    show(desk, run, unit, as_json)


def _sum(amount: str | None, what: str, most: int) -> int:
    return payments.sum_of(None if amount is None else read_amount(amount), what, most)


def _party(found: OneBill) -> int:
    return int(found.run.bills[found.index].party)
