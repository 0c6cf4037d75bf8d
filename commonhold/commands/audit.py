"""`commonhold audit`: the books proved from raw logs."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.chain.connect import Connection
from commonhold.commands.session import ConfigOption, JsonOption, NetworkOption, RpcOption, settings_of
from commonhold.errors import TwinError
from commonhold.ops.audit import Report
from commonhold.ops.audit import audit as run_audit
from commonhold.ops.manifest import read
from commonhold.present import err, money, out, print_json, say, table

_SHOWN = 20  # differences


def audit(
    at: Annotated[int | None, typer.Option("--at", help="As of this block (default: the newest).")] = None,
    logs: Annotated[
        Path | None, typer.Option("--logs", help="Raw logs from a file in place of the node's.")
    ] = None,
    as_json: JsonOption = False,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
) -> None:
    """Derive every figure anew from raw logs, and compare it with what the contracts say.

    Leaves with 8 and names contract, id, field, expected and found where they differ by one base unit.
    """
    settings = settings_of(config, network, rpc)
    deployment = read(settings.deployment)
    connection = Connection(settings.rpc)
    deployment.verify(connection)
    report = run_audit(connection, deployment, at=at, logs=logs)
    if as_json:
        print_json(report.as_json())
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(TwinError.exit_code)


def _show(report: Report) -> None:
    rows = [
        [
            line.contract,
            f"{line.logs:,}",
            f"{line.checked:,}",
            f"{line.rows:,}",
            money(line.money.into),
            money(line.money.out),
            money(line.money.balance),
            money(line.money.held),
            "OK" if line.ok else f"{line.differences} differ",
        ]
        for line in report.lines
    ]
    heading = f"Audit at block {report.block.number}"
    columns = ["contract", "logs", "figures of logs", "of views", "in", "out", "balance", "held", ""]
    out.print(table(heading, columns, rows, right=(1, 2, 3, 4, 5, 6, 7)))
    for one in report.differences[:_SHOWN]:
        err.print(str(one), style="bold red", soft_wrap=True, markup=False, highlight=False)
    if report.total > _SHOWN:
        say(f"… and {report.total - _SHOWN} more (--json shows up to 1,000).")
    compared = sum(line.checked + line.rows for line in report.lines)
    verdict = "The books prove themselves" if report.ok else f"The books are wrong in {report.total} places"
    say(f"{verdict}: {compared:,} figures, {report.seconds:.1f} s, {report.megabytes} MB.")
