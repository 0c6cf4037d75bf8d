"""`commonhold compile`, `commonhold chain up`, `commonhold deploy`."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from commonhold.chain.compile import CompileError, compile_project
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node, NodeError
from commonhold.chain.send import Fees, Waiting
from commonhold.commands.session import (
    DEPLOYER,
    ConfigOption,
    JsonOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    YesOption,
    confirm_chain,
    settings_of,
    signer_of,
)
from commonhold.errors import SettingsError
from commonhold.ops.deploy import deploy as deploy_suite
from commonhold.ops.deploy import local_account, local_parameters
from commonhold.ops.keys import PasswordSource
from commonhold.ops.manifest import Deployment
from commonhold.ops.parameters import FILE, read_parameters
from commonhold.present import out, print_json, progress_bar, say, table

chain_app = typer.Typer(no_args_is_help=True, help="A chain of your own.")
_PROJECT = Path(__file__).resolve().parent.parent.parent


def compile_contracts(
    paths: Annotated[list[Path] | None, typer.Argument(help="Only these files or folders.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Compile also what did not change.")] = False,
) -> None:
    """Compile the contracts into artifacts/."""
    if not (_PROJECT / "contracts").is_dir():
        raise SettingsError(
            "The sources of the contracts are not here.", "Compiled ones come with the package."
        )
    try:
        found = compile_project(_PROJECT, force=force, only=[path.resolve() for path in paths or []])
    except CompileError as error:
        raise SettingsError(str(error), "Correct the source, then compile again.") from None
    say(f"{len(found)} artifacts in {_PROJECT / 'artifacts'}")


@chain_app.command("up")
def chain_up(
    state: Annotated[Path | None, typer.Option(help="Keep the chain in this file over restarts.")] = None,
    port: Annotated[int, typer.Option(help="TCP port on 127.0.0.1.")] = 8545,
) -> None:
    """Start a development chain; it runs until Ctrl-C."""
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    try:
        with Node(port=port, state=state) as node:
            print(node.rpc_url, flush=True)
            say("Development accounts only; nothing here is worth anything. Ctrl-C stops it.")
            while node.running and not done.wait(0.2):
                pass
            if not node.running:
                raise SettingsError("The chain has stopped by itself.", "Start it again; is the disk full?")
    except NodeError as error:
        raise SettingsError(str(error), "Another port: --port 8546") from None
    if state is not None:
        say(f"The chain is kept in {state}.")


def deploy(
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, with new addresses.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Deploy the suite, or finish a deployment that was interrupted."""
    settings = settings_of(config, network, rpc)
    connection = Connection(settings.rpc)
    path = settings.deployment / FILE
    own = connection.is_local and not path.is_file()
    parameters = local_parameters() if own else read_parameters(path)
    password = PasswordSource(password_file, password_fd)
    signer = signer_of(settings, connection, key, password, DEPLOYER)
    confirm_chain(f"Deploy the suite for {parameters.name} to chain {connection.chain_id}?", connection, yes)
    with progress_bar() as bar:
        task = bar.add_task("deploying", total=None)
        deployment = deploy_suite(
            connection,
            signer,
            parameters,
            network=settings.network,
            folder=settings.deployment,
            admin_signer=local_account("ADMIN") if own else None,
            fresh=fresh,
            fees=Fees(cap=settings.max_fee, tip=settings.tip, patience=settings.patience),
            waiting=Waiting(depth=settings.depth),
            progress=lambda label, done, total: bar.update(
                task, description=label, completed=done, total=total
            ),
        )
    if as_json:
        print_json(deployment.as_json())
        return
    _show(deployment)
    say(f"Manifest: {settings.deployment / 'manifest.json'}")
    for line in deployment.pending:
        say(f"Still to do: {line}")


def _show(deployment: Deployment) -> None:
    rows = [[name, contract.address] for name, contract in deployment.contracts.items()]
    out.print(table(f"{deployment.network}, chain {deployment.chain_id}", ["contract", "address"], rows))
