"""`commonhold import rent-roll | readings`: a manager's rent roll and the readings of meters."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.books import books
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import DryRunOption, JsonOption, Session
from commonhold.errors import InputError
from commonhold.ops.billing import desk
from commonhold.ops.billing.readings import Readings
from commonhold.ops.intake import read_roll, render, report_json
from commonhold.ops.intake.importing import apply_plan, plan_import
from commonhold.ops.intake.registrar import ChainRegistrar
from commonhold.present import err, out, print_json, progress_bar, say

import_app = typer.Typer(no_args_is_help=True, help="Bring in what a manager has.")


@import_app.command("rent-roll")
@signed("MANAGER", dry=True)
def rent_roll(
    office: Desk,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="TOML that names the columns, dates and totals.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad lines out, take the others.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read a rent roll, check every line, register parties and units, keep the leases as drafts.

    The same file again changes nothing; an interrupted import continues.
    """
    report = read_roll(file, mapping)
    (err if as_json else out).print(render(report))
    if report.problems and not (skip_bad or office.dry):
        wrong = InputError(
            f"{file}: {len(report.problems)} problems; nothing was applied.",
            "Put them right, or leave these lines out with --skip-bad.",
        )
        if not as_json:
            raise wrong
        print_json({"report": report_json(report), "plan": None})
        say(str(wrong))
        raise typer.Exit(wrong.exit_code)
    session = office.session
    with books(session) as store:
        plan = plan_import(store, report, skip_bad=skip_bad or office.dry)
        if as_json:
            print_json({"report": report_json(report), "plan": plan.as_json()})
        if office.dry or plan.empty:
            say("Nothing was sent." if office.dry else "Nothing to do: all of it is there already.")
            if office.dry and report.problems:
                raise typer.Exit(InputError.exit_code)
            return
        new = f"{len(plan.parties)} parties, {len(plan.units)} units, {len(plan.leases)} leases"
        office.confirm(f"Bring in {new}?")
        with office.sending() as sender, progress_bar() as bar:
            task = bar.add_task("registering", total=None)
            applied = apply_plan(
                store,
                plan,
                ChainRegistrar(session.suite, sender),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    say(
        f"New on chain: {applied.parties} parties, {applied.units} units. "
        f"Leases to sign: {applied.leases}; amendments to look at: {applied.amendments}. "
        "Next: commonhold lease prepare"
    )


@import_app.command("readings")
@on_chain
def readings(
    session: Session,
    file: Annotated[Path, typer.Argument(help="CSV.")],
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read meter readings, check every line, keep them for billing. Nothing is sent.

    The same file again changes nothing. What is odd or unsigned waits for a person: `bill preview` says why.
    """
    with books(session) as store:
        known = Readings(session.settings.data)
        found = desk.take_readings(session.suite, store, known, file)
    if not found.problems and not dry_run:
        known.keep(found.new)
    if as_json:
        problems = [problem.as_json() for problem in found.problems]
        print_json({"new": len(found.new), "same": found.same, "problems": problems})
    for problem in found.problems if not as_json else ():
        say(str(problem))
    if found.problems:
        raise InputError(
            f"{file}: {len(found.problems)} problems; nothing was kept.", "Put them right and import again."
        )
    say(
        f"{len(found.new)} new readings, {found.same} known. "
        + ("Nothing was kept." if dry_run else "Next: commonhold bill preview")
    )
