"""`commonhold bank propose | mint | withdraw | burn | payouts | complete`: onto the chain and off it."""

from typing import Annotated

import typer

from commonhold.commands.bank import bank_app
from commonhold.commands.bank_shared import ByOption, EntryArgument, ReasonOption, tag_of_session
from commonhold.commands.books import books
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import JsonOption, Session
from commonhold.errors import InputError, PartlyDoneError
from commonhold.ops.bank import mint as minting
from commonhold.ops.bank import payouts as redemptions
from commonhold.ops.bank import proposals
from commonhold.ops.bank.deciders import person
from commonhold.present import money, out, print_json, progress_bar, say, table


@bank_app.command("propose")
@signed("MANAGER", ask=False)
def propose(
    desk: Desk,
    entries: Annotated[
        list[int] | None, typer.Argument(help="Entries (default: all that belong to a party).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put credits that belong to parties into a batch to be minted, and sign it. Another officer mints it."""
    session = desk.session
    signer = desk.signer()
    with books(session) as store:
        made = proposals.propose(session.suite, store, signer, entries or ())
    if as_json:
        items = [{"entry": one.entry, "party": one.party, "amount": str(one.amount)} for one in made.items]
        left_out = [{"entry": entry, "why": why} for entry, why in made.left_out]
        print_json({"batch": made.number or None, "items": items, "left_out": left_out})
    for entry, why in made.left_out:
        say(f"Entry {entry} waits: {why}.")
    if not made.items:
        say("Nothing to propose.")
        return
    say(
        f"Batch {made.number}: {len(made.items)} entries, {money(made.total)}. "
        f"Next, with another officer's key: commonhold bank mint"
    )


@bank_app.command("mint")
@signed("TREASURER")
def mint(
    desk: Desk,
    batch: Annotated[int | None, typer.Argument(help="Batch (default: all that are open).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Mint what another officer proposed, every bank entry once. After an interruption run it again."""
    session = desk.session
    with books(session) as store:
        waiting = [row for row in minting.open_proposals(store) if batch in (None, row.id)]
        if not waiting:
            if batch is not None:
                raise InputError(f"There is no open batch {batch}.", "See `commonhold bank list`.")
            say("No batch is open.")
            return
        total = sum(item.amount for row in waiting for item in minting.items_of(store, row.id))
        desk.confirm(f"Mint {len(waiting)} batches of {money(total)}?")
        reports = []
        with desk.sending() as sender, progress_bar() as bar:
            task = bar.add_task("minting", total=None)
            for row in waiting:
                reports.append(
                    minting.mint(
                        session.suite,
                        store,
                        sender,
                        row.id,
                        progress=lambda count: bar.advance(task, count),
                    )
                )
    _tell(reports, as_json)


def _tell(reports: list[minting.Minted], as_json: bool) -> None:
    minted = [entry for one in reports for entry in one.minted]
    found = [entry for one in reports for entry in one.found]
    skipped = [entry for one in reports for entry in one.skipped]
    failed = [pair for one in reports for pair in one.failed]
    if as_json:
        failures = [{"entry": entry, "why": why} for entry, why in failed]
        print_json({"minted": minted, "found": found, "skipped": skipped, "failed": failures})
    for entry, why in failed:
        say(f"Entry {entry}: {why}")
    for entry in skipped:
        say(f"Entry {entry} was returned in the meantime and is not minted.")
    total = sum(one.total for one in reports)
    say(f"{len(minted)} entries minted, {money(total)}; {len(found)} had been minted before.")
    if failed:
        error = PartlyDoneError(
            f"{len(failed)} entries were not minted.",
            "Put right what is said above, then run it again: nothing is minted twice.",
            done=len(minted) + len(found),
            failed=len(failed),
        )
        if not as_json:
            raise error
        say(str(error))
        raise typer.Exit(error.exit_code)


@bank_app.command("withdraw")
@on_chain
def withdraw(
    session: Session,
    batch: Annotated[int, typer.Argument(help="Batch.")],
    reason: ReasonOption,
    by: ByOption,
) -> None:
    """Take a batch back, as far as it is not minted; its entries can be proposed anew."""
    who = person(by)
    with books(session) as store:
        count = proposals.withdraw(store, batch, reason, who)
    say(f"Batch {batch} is withdrawn; {count} entries can be proposed anew.")


@bank_app.command("burn")
@signed("TREASURER")
def burn(desk: Desk, entry: EntryArgument) -> None:
    """Cover a credit that the bank took back after it was minted: burns as much of the treasurer's own money.

    The party pays the treasurer first. Once for each entry, however often it is run.
    """
    session = desk.session
    with books(session) as store:
        desk.confirm(f"Burn the amount of entry {entry}?")
        with desk.sending() as sender:
            hash_ = minting.burn(session.suite, store, sender, entry)
    say(f"Entry {entry} is covered by a burn in {hash_}.")


@bank_app.command("payouts")
@on_chain
def payouts(
    session: Session,
    every: Annotated[bool, typer.Option("--all", help="Also those that are answered.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Redemptions: what residents handed in to be paid out, and the reference of each bank transfer."""
    rows = [
        one
        for one in redemptions.payouts(session.suite, tag_of_session(session))
        if every or one.redemption.state == "requested"
    ]
    if as_json:
        print_json(
            [
                {
                    "redemption": one.redemption.number,
                    "holder": one.redemption.holder,
                    "amount": str(one.redemption.amount),
                    "state": one.redemption.state,
                    "reference": one.reference.plain,
                }
                for one in rows
            ]
        )
        return
    lines = [
        [
            str(one.redemption.number),
            one.redemption.holder,
            money(one.redemption.amount),
            one.redemption.state,
            str(one.reference),
        ]
        for one in rows
    ]
    columns = ["redemption", "holder", "amount", "state", "reference of the transfer"]
    out.print(table("Redemptions", columns, lines, right=(0, 2)))


@bank_app.command("complete")
@signed("TREASURER")
def complete(
    desk: Desk, redemption: Annotated[int, typer.Argument(help="Number of the redemption.")]
) -> None:
    """Complete a redemption, then order its bank transfer under the reference that is printed."""
    session = desk.session
    desk.confirm(f"Complete redemption {redemption}? Its money is destroyed and cannot be taken back.")
    with desk.sending() as sender:
        done, receipt = redemptions.complete(session.suite, sender, tag_of_session(session), redemption)
    print(done.reference)
    say(
        f"Redemption {redemption} over {money(done.redemption.amount)} is completed in {receipt.hash}. "
        "Order the bank transfer now, under this reference."
    )
