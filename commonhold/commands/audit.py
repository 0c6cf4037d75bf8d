"""`commonhold audit`: the books proved from raw logs."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.arguments import AtOption
from commonhold.commands.options import on_chain
from commonhold.commands.session import JsonOption, Session, opened_index
from commonhold.errors import InputError, TwinError
from commonhold.ops.audit import Report
from commonhold.ops.audit import audit as run_audit
from commonhold.present import err, money, print_json, say

_SHOWN = 20  # differences


@on_chain
def audit(
    session: Session,
    at: AtOption = None,
    logs: Annotated[
        Path | None, typer.Option("--logs", help="Raw logs from a file in place of the node's.")
    ] = None,
    from_index: Annotated[
        bool, typer.Option("--index", help="The logs of the index, at its block, in place of the node's.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Derive every figure anew from raw logs, and compare it with what the contracts say.

    Leaves with 8 and names contract, id, field, expected and found where they differ by one base unit.
    """
    connection, deployment = session.connection, session.deployment
    if from_index:
        if at is not None or logs is not None:
            raise InputError("--index brings its own logs and its own block.", "Leave out --at and --logs.")
        with opened_index(session.settings, deployment) as index:
            place = index.at().block
            report = run_audit(connection, deployment, at=place, kept=index.logs(last=place))
    else:
        report = run_audit(connection, deployment, at=at, logs=logs)
    if as_json:
        print_json(report.as_json())
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(TwinError.exit_code)


def _show(report: Report) -> None:
    say(f"Audit at block {report.block.number} ({report.block.hash}).")
    told = [line for line in report.lines if line.rows or line.checked or not line.ok]
    width = max(len(line.contract) for line in told)
    for line in told:
        sums = line.money
        print(
            f"{line.contract:<{width}}  {line.logs:>9,} logs  {line.checked + line.rows:>11,} figures  "
            f"in {money(sums.into)} - out {money(sums.out)} = {money(sums.balance)} "
            f">= held {money(sums.held)}  {'OK' if line.ok else f'{line.differences:,} DIFFER'}"
        )
    silent = [line.contract for line in report.lines if line not in told]
    if silent:
        say(f"No figures of their own: {', '.join(silent)}.")
    for one in report.differences[:_SHOWN]:
        err.print(str(one), style="bold red", soft_wrap=True, markup=False, highlight=False)
    if report.total > _SHOWN:
        say(f"… and {report.total - _SHOWN:,} more (--json shows up to 1,000).")
    compared = sum(line.checked + line.rows for line in report.lines)
    verdict = "The books prove themselves" if report.ok else f"The books are wrong in {report.total:,} places"
    say(f"{verdict}: {compared:,} figures, {report.seconds:.1f} s, {report.megabytes} MB.")
