"""`commonhold fee pay | refund | plan`: what the party of an account does with its own key."""

from collections.abc import Callable
from typing import Annotated

import typer

from commonhold.chain.contracts.fees import FeeAccount
from commonhold.chain.send import Sender
from commonhold.commands.arguments import AccountArgument, read_amount, read_day
from commonhold.commands.fee_shared import done
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption
from commonhold.errors import InputError, SigningError
from commonhold.ops.fees import accounts as fee_accounts
from commonhold.ops.fees import money as fee_money
from commonhold.ops.paying import send_with_money
from commonhold.present import day, money, say

SumArgument = Annotated[str | None, typer.Argument(help="Amount, such as 12.50 (default: all).")]


def _by_party(
    desk: Desk, account: int, before: FeeAccount, words: str, send: Callable[[Sender], object]
) -> None:
    """Told; and unless it is dry agreed to, looked at once more, sent with the key that was named."""
    if desk.dry:
        say(f"{words}.")
        return
    if desk.key is None:
        raise SigningError("Nobody is named who signs.", "Name a keystore with --key.")
    desk.confirm(f"{words}?")
    with desk.sending() as sender:
        if fee_accounts.account_of(desk.session.suite, account) != before:
            raise InputError(
                "This account has changed meanwhile.", "Nothing more was sent. Look at it with --dry-run."
            )
        send(sender)


@signed("", dry=True)
def pay(
    desk: Desk, account: AccountArgument, amount: SumArgument = None, as_json: JsonOption = False
) -> None:
    """Pay for an account with your own key, whosever it is: what is due, late fees, then ahead."""
    wanted = None if amount is None else read_amount(amount)
    suite = desk.session.suite
    found = fee_accounts.account_of(suite, account)
    sum_ = fee_money.sum_to_pay(found, wanted)
    call = fee_money.pay(suite, account, found, sum_)
    words = f"Pay {money(sum_)} for party {found.party} on fee account {account}"
    _by_party(desk, account, found, words, lambda sender: send_with_money(suite, sender, call, sum_))
    done(desk, account, as_json)


@signed("", dry=True)
def refund(
    desk: Desk, account: AccountArgument, amount: SumArgument = None, as_json: JsonOption = False
) -> None:
    """Take back, with your own key, what you paid ahead and what has not fallen due."""
    wanted = None if amount is None else read_amount(amount)
    suite = desk.session.suite
    found = fee_accounts.account_of(suite, account)
    sum_ = fee_money.sum_to_refund(found, wanted)
    words = f"Give {money(sum_)} of fee account {account} back to party {found.party}"
    _by_party(desk, account, found, words, lambda sender: sender.send(suite.fees.refund(account, sum_)))
    done(desk, account, as_json)


@signed("MANAGER", dry=True)
def plan(
    desk: Desk,
    account: AccountArgument,
    parts: Annotated[int, typer.Option("--parts", help="How many monthly parts.")],
    first: Annotated[str, typer.Option("--from", help="Due day of the first part, such as 2026-03-05.")],
    accept: Annotated[
        bool, typer.Option("--accept", help="As the party: agree to what was offered in the same words.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Let what is due be paid in parts: MANAGER offers, the party accepts the sum that it sees."""
    start = read_day(first, "--from") or 0
    suite = desk.session.suite
    found = fee_accounts.account_of(suite, account)
    fee_money.check_plan(found, parts, start, suite.fees.today())
    words = f"{money(found.due)} of fee account {account} in {parts} parts from {day(start)} on"
    if accept:
        call = suite.fees.accept_plan(account, found.due, parts, start)
        _by_party(desk, account, found, f"Owe {words}", lambda sender: sender.send(call))
    elif desk.dry:
        say(f"Offer {words}.")
    else:
        desk.confirm(f"Offer {words}?")
        with desk.sending() as sender:
            sender.send(suite.fees.offer_plan(account, parts, start))
        say(f"Offered: party {found.party} agrees with the same command, --accept and its own --key.")
    done(desk, account, as_json)
