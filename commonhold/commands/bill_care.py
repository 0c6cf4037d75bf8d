"""`commonhold bill charge | dispute | withdraw-dispute | resolve | waive | credit-note`."""

from typing import Annotated

import typer

from commonhold.chain.contracts.bills import AdjustmentKind
from commonhold.commands.arguments import (
    AmountArgument,
    ApproveOption,
    PeriodOption,
    ReasonOption,
    RunArgument,
    UnitArgument,
    read_amount,
    read_day,
    read_month,
)
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption
from commonhold.errors import InputError, SigningError
from commonhold.ops.billing import charge as charging
from commonhold.ops.billing import corrections, runs
from commonhold.ops.billing import desk as billing
from commonhold.ops.reasons import hash_of_reason
from commonhold.present import day, money, print_json, say


@signed("MANAGER", dry=True)
def charge(
    desk: Desk,
    unit: UnitArgument,
    amount: AmountArgument,
    category: Annotated[int, typer.Option("--category", help="Charge category of posted bills, by number.")],
    period: PeriodOption,
    reason: Annotated[str, typer.Option("--reason", help="What it is for; it stands on the receipt.")],
    party: Annotated[
        int | None, typer.Option("--party", help="Who pays (default: the unit's owner).")
    ] = None,
    due: Annotated[str | None, typer.Option("--due", help="A later due day than the category's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Charge one unit once, for a repair or a key: a run of one bill, which the committee approves."""
    month, formula = read_month(period), charging.formula_of(reason, category, read_amount(amount))
    session, suite = desk.session, desk.session.suite
    due_day = billing.due_day_of(suite, formula, month, read_day(due, "--due"))
    if not 1 <= unit <= suite.units.unit_count():
        raise InputError(f"There is no unit {unit}.", f"Units run from 1 to {suite.units.unit_count()}.")
    payer = party or suite.units.owner_party_of(unit)
    draft = charging.draft_of(formula, month, unit, payer)
    told = f"{formula.name}: {money(draft.total)} for unit {unit}, party {payer}, due {day(due_day)}."
    if desk.dry:
        if as_json:
            print_json(
                {
                    "dry_run": True,
                    "unit": unit,
                    "party": payer,
                    "amount": str(draft.total),
                    "due_day": due_day,
                }
            )
        say(f"{told} Nothing was sent.")
        return
    desk.confirm(f"Charge {money(draft.total)} to party {payer}?")
    with desk.sending() as sender:
        run = charging.prepare(suite, session.settings.data, draft, due_day)
        billing.post(suite, sender, session.settings.data, run)
    number = run.values["run"]
    path = runs.path_of(session.settings.data, number)
    if as_json:
        print_json({"run": number, "root": run.values["root"], "file": str(path)})
    say(f"Run {number}: {told} Keep {path}. Next: commonhold bill approve {number}")


def show(desk: Desk, run: int, unit: int, as_json: bool) -> None:
    """How the bill stands now."""
    found = corrections.find(desk.session.suite, runs.load(desk.session.settings.data, run), unit)
    one = found.standing
    if as_json:
        print_json({"dry_run": desk.dry, **found.as_json()})
    say(
        f"Run {run}, unit {unit}: {money(one.open)} open, {money(one.late_fees)} of late fees, "
        f"{money(one.disputed)} disputed, {money(one.removed)} taken off"
        + (f", {money(one.repayable)} to be repaid." if one.repayable else ".")
    )
    if desk.dry:
        say("Nothing was sent.")


@signed("", dry=True)
def dispute(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    amount: AmountArgument,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Dispute what is wrong in your bill, with your own key; meanwhile it is neither late nor collected."""
    sum_, hashed = read_amount(amount), hash_of_reason(reason)
    suite = desk.session.suite
    found = corrections.find(suite, runs.load(desk.session.settings.data, run), unit)
    corrections.check_dispute(found, sum_, billing.place_of(suite).today)
    if not desk.dry:
        if desk.key is None:
            raise SigningError("A bill is disputed by who owes it.", "Name that party's keystore with --key.")
        desk.confirm(f"Dispute {money(sum_)} of run {run}, unit {unit}?")
        with desk.sending() as sender:
            sender.send(suite.bills.dispute(found.key, sum_, hashed))
    show(desk, run, unit, as_json)


@signed("", dry=True)
def withdraw_dispute(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    as_json: JsonOption = False,
) -> None:
    """Give your dispute up, with your own key: all of the bill is owed again, as if it had never been."""
    suite = desk.session.suite
    found = corrections.find(suite, runs.load(desk.session.settings.data, run), unit)
    corrections.check_disputed(found)
    if not desk.dry:
        if desk.key is None:
            raise SigningError("Who disputed a bill gives it up.", "Name that party's keystore with --key.")
        sum_ = money(found.standing.disputed)
        desk.confirm(f"Owe the {sum_} of run {run}, unit {unit} again? It cannot be disputed once more.")
        with desk.sending() as sender:
            sender.send(suite.bills.withdraw_dispute(found.key))
    show(desk, run, unit, as_json)


@signed("COMMITTEE", dry=True)
def resolve(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    removed: Annotated[str, typer.Argument(help="What is taken off; 0 if the bill was right.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Decide a dispute: what is taken off, the rest stays owed. Silence until its last day takes off all."""
    sum_, hashed = read_amount(removed), hash_of_reason(reason)
    suite = desk.session.suite
    found = corrections.find(suite, runs.load(desk.session.settings.data, run), unit)
    corrections.check_decision(found, sum_)
    if not desk.dry:
        desk.confirm(f"Take {money(sum_)} off run {run}, unit {unit}?")
        with desk.sending() as sender:
            sender.send(suite.bills.decide_dispute(found.key, sum_, hashed))
    show(desk, run, unit, as_json)


def _adjust(
    desk: Desk,
    place: tuple[int, int],
    kind: AdjustmentKind,
    sums: tuple[int, int],
    reason: str,
    approve: bool,
    as_json: bool,
) -> None:
    """Proposed by one person, agreed to by another. place: run and unit; sums: principal, late fees [cmt]"""
    suite, (run, unit) = desk.session.suite, place
    found = corrections.find(suite, runs.load(desk.session.settings.data, run), unit)
    made = corrections.adjustment_of(found, kind, *sums, reason)
    if not desk.dry:
        word = "Approve" if approve else "Propose"
        desk.confirm(f"{word} {money(sum(sums))} off run {run}, unit {unit}?")
        with desk.sending("COMMITTEE" if approve else "MANAGER") as sender:
            if approve:
                corrections.approve(suite, sender, made)
            else:
                corrections.propose(suite, sender, found, made)
        say("Done." if approve else "Proposed: COMMITTEE agrees with the same command and --approve.")
    show(desk, run, unit, as_json)


@signed("MANAGER", dry=True)
def waive(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    reason: ReasonOption,
    amount: Annotated[str, typer.Argument(help="Of what is open, such as 12.50.")] = "0",
    late_fees: Annotated[str, typer.Option("--late-fees", help="Of the late fees that are owed.")] = "0",
    approve: ApproveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Waive part of a bill: MANAGER proposes, COMMITTEE approves; it counts as a waiver of the month."""
    sums = (read_amount(amount), read_amount(late_fees))
    _adjust(desk, (run, unit), AdjustmentKind.WAIVER, sums, reason, approve, as_json)


@signed("MANAGER", dry=True)
def credit_note(
    desk: Desk,
    run: RunArgument,
    unit: UnitArgument,
    amount: AmountArgument,
    reason: ReasonOption,
    approve: ApproveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Correct a wrong bill: MANAGER proposes, COMMITTEE approves; what was paid too much is repayable."""
    sums = (read_amount(amount), 0)
    _adjust(desk, (run, unit), AdjustmentKind.CREDIT_NOTE, sums, reason, approve, as_json)
