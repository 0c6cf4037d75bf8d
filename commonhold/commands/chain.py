"""`commonhold compile`, `commonhold chain up`."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from commonhold.chain.compile import CompileError, compile_project
from commonhold.chain.node import Node, NodeError
from commonhold.errors import SettingsError
from commonhold.present import say

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
