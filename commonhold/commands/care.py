"""`commonhold doctor`, `commonhold simulate`, `commonhold demo`."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.options import Place, placed
from commonhold.commands.session import JsonOption
from commonhold.ops.doctor import examine
from commonhold.present import out, print_json, table


@placed
def doctor(place: Place, as_json: JsonOption = False) -> None:
    """Check this computer, the node and the deployment, and say what to do."""
    findings = list(examine(place.settings))
    if as_json:
        print_json(
            [{"name": f.name, "state": f.state, "detail": f.detail, "advice": f.advice} for f in findings]
        )
    else:
        rows = [[finding.name, finding.state, finding.detail, finding.advice] for finding in findings]
        out.print(table("Examination", ["what", "", "found", "what to do"], rows))
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(3)


def simulate(
    units: Annotated[int, typer.Option("--units", min=1, help="Homes of the invented community.")] = 100,
    months: Annotated[int, typer.Option("--months", min=1, help="How long it lives.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="The same seed lives the same life.")] = 1,
    folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("simulation"),
) -> None:
    """Live through months of an invented community on a chain of its own."""
    from commonhold.ops.simulate import simulate as run_simulation

    raise typer.Exit(run_simulation(units, months, seed, folder, console=out))


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("demo"),
    months: Annotated[int, typer.Option("--months", min=1, help="How long it lives.")] = 14,
    keep_chain: Annotated[bool, typer.Option("--keep-chain", help="Leave the chain running.")] = False,
) -> None:
    """Bring in the sample rent roll, fee schedule and readings, live 14 months, compare every figure."""
    from commonhold.ops.demo import run_demo

    raise typer.Exit(run_demo(folder, months=months, keep_chain=keep_chain, console=out))
