"""`commonhold import fee-schedule`: categories and tariffs from a file, by a maker and a checker."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.books import books
from commonhold.commands.session import (
    ConfigOption,
    DryRunOption,
    JsonOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    YesOption,
    confirm,
    open_session,
    sending,
    signer_of,
)
from commonhold.errors import InputError
from commonhold.ops.fee_schedule import approve as approve_schedule
from commonhold.ops.fee_schedule import plan_schedule
from commonhold.ops.fee_schedule import propose as propose_schedule
from commonhold.ops.intake.feeschedule import read_schedule
from commonhold.ops.keys import PasswordSource
from commonhold.present import print_json, say


def fee_schedule(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve as COMMITTEE what was proposed as the file says it.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    yes: YesOption = False,
) -> None:
    """Read a fee schedule and propose its categories and tariffs as MANAGER; COMMITTEE approves.

    A category is approved before its tariffs are proposed, one tariff at a time. The same file again changes
    nothing.
    """
    schedule = read_schedule(file)
    session = open_session(config, network, rpc)
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
        raise InputError(
            f"{file}: {len(problems)} problems; nothing was sent.", "Put them right and run it again."
        )
    mine = [step for step in plan.steps if step.waiting == approve]
    for step in mine:
        say(f"{'approve' if approve else 'propose'} {step}")
    waiting = len(plan.steps) - len(mine)
    if dry_run or not mine:
        say("Nothing was sent." if dry_run else f"Nothing to {'approve' if approve else 'propose'}.")
        if waiting and not dry_run:
            say(f"{waiting} wait for {'the manager' if approve else 'the committee: --approve'}.")
        return
    confirm(f"{'Approve' if approve else 'Propose'} {len(mine)}?", session, yes)
    role = "COMMITTEE" if approve else "MANAGER"
    password = PasswordSource(password_file, password_fd)
    signer = signer_of(session.settings, session.connection, key, password, role)
    with sending(session, signer) as sender:
        done = (approve_schedule if approve else propose_schedule)(session.suite, plan, sender)
    say(f"{'Approved' if approve else 'Proposed'}: {done}.")
