"""`commonhold fee list | subscribe | close | hand-over | waive | credit-note`; `fee_money` has the others."""

from typing import Annotated

import typer

from commonhold.chain.contracts.fees import Relief
from commonhold.chain.send import Order
from commonhold.commands import fee_money
from commonhold.commands.arguments import (
    AccountArgument,
    AmountArgument,
    ApproveOption,
    ReasonOption,
    read_amount,
    read_day,
)
from commonhold.commands.books import books, has_books, names_of
from commonhold.commands.fee_shared import done
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session
from commonhold.ops.fees import accounts as fee_accounts
from commonhold.ops.reasons import hash_of_reason
from commonhold.present import day, money, out, print_json, progress_bar, say, table

fee_app = typer.Typer(no_args_is_help=True, help="Accounts of property fees.")
for _name, _command in (("pay", fee_money.pay), ("refund", fee_money.refund), ("plan", fee_money.plan)):
    fee_app.command(_name)(_command)
DayOption = Annotated[
    str, typer.Option("--on", help="First day that it does not charge, such as 2026-02-01.")
]


def _names(session: Session) -> dict[str, str]:
    if not has_books(session.settings):
        return {}
    with books(session) as store:
        return names_of(store)


@fee_app.command("list")
@on_chain
def fee_list(
    session: Session,
    unit: Annotated[int | None, typer.Option("--unit", help="Of this unit alone.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that ended and are paid.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The fee accounts that run or owe: who is charged for what since when, and what is due."""
    block = session.connection.block_number()
    rows = fee_accounts.rows(session.suite, unit=unit, every=every, block=block)
    if as_json:
        print_json({"block": block, "rows": [row.as_json() for row in rows]})
        return
    names = _names(session)
    lines = [
        [
            str(row.number),
            names.get(f"unit {row.account.unit}", str(row.account.unit)),
            names.get(f"party {row.account.party}", str(row.account.party)),
            str(row.account.category),
            day(row.account.from_day)
            + (f" until {day(row.account.until_day)}" if row.account.until_day else ""),
            money(row.account.due),
            money(row.account.late_fees),
            money(row.account.pot),
        ]
        for row in rows
    ]
    columns = ["no.", "unit", "party", "for", "from", "due", "late fees", "prepaid"]
    out.print(table(f"Fee accounts at block {block}", columns, lines, right=(0, 5, 6, 7)))


@fee_app.command("subscribe")
@signed("MANAGER", dry=True)
def subscribe(
    desk: Desk,
    category: Annotated[str, typer.Argument(help="Charge category: number, or name in the fee schedule.")],
    units: Annotated[list[int] | None, typer.Argument(help="Units by number (default: all).")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="First day (default: the first of next month).")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="First day without charge (default: further notice).")
    ] = None,
    party: Annotated[
        int | None, typer.Option("--party", help="Who pays (default: each unit's owner).")
    ] = None,
    users: Annotated[
        bool, typer.Option("--users", help="Who uses the unit by a lease pays, not the owner.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Open fee accounts: from a day on the units are charged by the category's tariff.

    A unit that is charged already is left alone, so the same command again opens nothing twice.
    """
    suite = desk.session.suite
    openings, charged = fee_accounts.plan_openings(
        suite,
        fee_accounts.category_of(suite, category),
        units or [],
        start=read_day(start, "--from"),
        until=read_day(until, "--until") or 0,
        party=party,
        users=users,
    )
    if openings and not desk.dry:
        desk.confirm(f"Open {len(openings)} fee accounts?")
        with desk.sending() as sender, progress_bar() as bar:
            task = bar.add_task("opening", total=len(openings))
            sender.send_many(
                [Order(sender.signer, opening.call(suite)) for opening in openings],
                progress=lambda count: bar.advance(task, count),
            )
    if as_json:
        print_json(
            {
                "dry_run": desk.dry,
                "opened": [opening.as_json() for opening in openings],
                "charged_already": {str(one.unit): one.account for one in charged},
            }
        )
    for opening in openings[:1]:
        say(f"From {day(opening.start)} on: {len(openings)} units of category {opening.category}.")
    for one in charged:
        say(f"Unit {one.unit} has account {one.account} of it already.")
    say("Nothing was sent." if desk.dry or not openings else f"{len(openings)} accounts opened.")


@fee_app.command("close")
@signed("MANAGER", dry=True)
def close(desk: Desk, account: AccountArgument, on: DayOption, as_json: JsonOption = False) -> None:
    """End an account; all of it falls due, and what was paid beyond the end goes back."""
    until = read_day(on, "--on") or 0
    suite = desk.session.suite
    fee_accounts.check_end(suite, fee_accounts.account_of(suite, account), until)
    if not desk.dry:
        desk.confirm(f"Close fee account {account} on {day(until)}?")
        with desk.sending() as sender:
            sender.send(suite.fees.close(account, until))
    done(desk, account, as_json)


@fee_app.command("hand-over")
@signed("MANAGER", dry=True)
def hand_over(
    desk: Desk,
    account: AccountArgument,
    to: Annotated[int, typer.Option("--to", help="The party that is charged from then on.")],
    on: DayOption,
    as_json: JsonOption = False,
) -> None:
    """After a sale or a change of tenant: end an account and open the next one, each pays his days."""
    first = read_day(on, "--on") or 0
    suite = desk.session.suite
    found = fee_accounts.account_of(suite, account)
    fee_accounts.check_end(suite, found, first)
    number = account
    if not desk.dry:
        desk.confirm(f"Hand fee account {account} over to party {to} on {day(first)}?")
        with desk.sending() as sender:
            sender.send(suite.fees.hand_over(account, to, first))
        (number,) = suite.fees.latest_accounts([(found.unit, found.category)])
        say(f"Account {account} is closed; {number} follows it.")
    done(desk, number, as_json)


def _relieve(
    desk: Desk, account: int, kind: Relief, amount: str, reason: str, approve: bool, as_json: bool
) -> None:
    """Proposed by one person, granted by another."""
    sum_ = read_amount(amount)
    claim = (account, kind, sum_, hash_of_reason(reason))
    suite = desk.session.suite
    fee_accounts.check_relief(suite, account, kind, sum_)
    if not desk.dry:
        desk.confirm(f"{'Approve' if approve else 'Propose'} {money(sum_)} on fee account {account}?")
        with desk.sending("COMMITTEE" if approve else "MANAGER") as sender:
            sender.send(suite.fees.approve_relief(*claim) if approve else suite.fees.propose_relief(*claim))
        say("Granted." if approve else "Proposed: COMMITTEE agrees with the same command and --approve.")
    done(desk, account, as_json)


@fee_app.command("waive")
@signed("MANAGER", dry=True)
def waive(
    desk: Desk,
    account: AccountArgument,
    amount: AmountArgument,
    reason: ReasonOption,
    late_fees: Annotated[bool, typer.Option("--late-fees", help="Of late fees, not of what is due.")] = False,
    approve: ApproveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Waive part of what an account owes: MANAGER proposes, COMMITTEE approves; it counts as a waiver."""
    kind = Relief.WAIVE_FEES if late_fees else Relief.WAIVE_PRINCIPAL
    _relieve(desk, account, kind, amount, reason, approve, as_json)


@fee_app.command("credit-note")
@signed("MANAGER", dry=True)
def credit_note(
    desk: Desk,
    account: AccountArgument,
    amount: AmountArgument,
    reason: ReasonOption,
    approve: ApproveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Correct a wrong charge: MANAGER proposes, COMMITTEE approves; what was paid too much goes back."""
    _relieve(desk, account, Relief.CREDIT_NOTE, amount, reason, approve, as_json)
