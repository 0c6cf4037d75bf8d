"""The command `commonhold`: arguments, tables, progress and exit codes; the work is in `ops`.

Data goes to standard output, messages to standard error. Exit codes:

    0 done                                              5 a contract refused
    1 something unforeseen                              6 a key, a password or a signature
    2 a file or an argument to put right                7 partly done: run it again
    3 settings, data folder or a program                8 contracts and their twin disagree
    4 the node, or not the chain of the manifest        9 a receipt that no posted run holds
                                                        130 interrupted
"""

import sys
from typing import Annotated

import typer

from commonhold import __version__
from commonhold.commands import bank_mint  # noqa: F401 - adds its commands to those of `bank`
from commonhold.commands.audit import audit
from commonhold.commands.bank import bank_app, slip
from commonhold.commands.bill import bill_app, receipt, verify_receipt
from commonhold.commands.care import demo, doctor, simulate
from commonhold.commands.chain import chain_app, compile_contracts
from commonhold.commands.collect import arrears, collect_app
from commonhold.commands.credit import credit_app
from commonhold.commands.deploy import deploy_app
from commonhold.commands.export import export
from commonhold.commands.fee import fee_app
from commonhold.commands.imports import import_app
from commonhold.commands.index import index_app
from commonhold.commands.keeper import keeper
from commonhold.commands.keys import keys_app
from commonhold.commands.lease import lease_app
from commonhold.commands.letters import calendar, letter
from commonhold.commands.money import settle_app, statement
from commonhold.commands.notify import notify_app
from commonhold.commands.office import office_app
from commonhold.commands.schedule import fee_schedule
from commonhold.commands.sources import verify_source
from commonhold.errors import EXIT_INTERRUPTED, CommonholdError
from commonhold.present import show_error

# No pretty tracebacks: they print local variables, which may hold a password.
app = typer.Typer(
    name="commonhold",
    help="The money, the records and the promises of a residential community.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"commonhold {__version__}")
        raise typer.Exit(0)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The money, the records and the promises of a residential community.

    Exit codes: 0 done, 1 unforeseen, 2 input, 3 settings, 4 chain, 5 refused by a contract, 6 keys and
    signatures, 7 partly done (run it again), 8 contracts and twin disagree, 9 a receipt that no posted run
    holds, 130 interrupted.
    """


app.command("compile")(compile_contracts)
app.add_typer(chain_app, name="chain")
app.add_typer(deploy_app, name="deploy")
deploy_app.command("verify-source")(verify_source)
import_app.command("fee-schedule")(fee_schedule)
app.add_typer(import_app, name="import")
app.add_typer(lease_app, name="lease")
app.add_typer(settle_app, name="settle")
app.command("statement")(statement)
app.add_typer(fee_app, name="fee")
app.add_typer(collect_app, name="collect")
app.command("arrears")(arrears)
app.command("keeper")(keeper)
app.add_typer(credit_app, name="credit")
app.command("audit")(audit)
app.add_typer(index_app, name="index")
app.command("export")(export)
app.add_typer(bill_app, name="bill")
app.command("receipt")(receipt)
app.command("verify-receipt")(verify_receipt)
app.add_typer(bank_app, name="bank")
app.command("slip")(slip)
app.add_typer(notify_app, name="notify")
app.command("letter")(letter)
app.command("calendar")(calendar)
app.command("simulate")(simulate)
app.command("demo")(demo)
app.command("doctor")(doctor)
app.add_typer(keys_app, name="keys")
app.add_typer(office_app, name="office")


def main() -> None:
    """Run the command and leave with its exit code."""
    try:
        app()
    except CommonholdError as error:
        show_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
