"""`commonhold import fee-schedule`: categories and tariffs from a file, by a maker and a checker."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.books import books
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption
from commonhold.errors import InputError
from commonhold.ops.fees.schedule import approve as approve_schedule
from commonhold.ops.fees.schedule import plan_schedule
from commonhold.ops.fees.schedule import propose as propose_schedule
from commonhold.ops.intake.feeschedule import read_schedule
from commonhold.present import print_json, say


@signed("MANAGER", dry=True)
def fee_schedule(
    desk: Desk,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve as COMMITTEE what was proposed as the file says it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read a fee schedule and propose its categories and tariffs as MANAGER; COMMITTEE approves.

    A category is approved before its tariffs are proposed, one tariff at a time. The same file again changes
    nothing.
    """
    schedule = read_schedule(file)
    session = desk.session
    with books(session) as store:
        parties = {row.name: int(row.id) for row in store.parties() if row.id is not None}
    plan = plan_schedule(session.suite, schedule, parties)
    problems = [*schedule.problems, *plan.problems]
    if as_json:
        print_json(
            {
                "file": schedule.path,
                "categories": len(schedule.categories),
                "problems": [problem.as_json() for problem in problems],
                "steps": [step.as_json() for step in plan.steps],
            }
        )
    for problem in problems:
        say(str(problem))
    if problems:
        wrong = InputError(
            f"{file}: {len(problems)} problems; nothing was sent.", "Put them right and run it again."
        )
        if not as_json:
            raise wrong
        say(str(wrong))
        raise typer.Exit(wrong.exit_code)
    mine = [step for step in plan.steps if step.waiting == approve]
    for step in mine:
        say(f"{'approve' if approve else 'propose'} {step}")
    waiting = len(plan.steps) - len(mine)
    if desk.dry or not mine:
        say("Nothing was sent." if desk.dry else f"Nothing to {'approve' if approve else 'propose'}.")
        if waiting and not desk.dry:
            say(f"{waiting} wait for {'the manager' if approve else 'the committee: --approve'}.")
        return
    desk.confirm(f"{'Approve' if approve else 'Propose'} {len(mine)}?")
    with desk.sending("COMMITTEE" if approve else "MANAGER") as sender:
        done = (approve_schedule if approve else propose_schedule)(session.suite, plan, sender)
    say(f"{'Approved' if approve else 'Proposed'}: {done}.")
