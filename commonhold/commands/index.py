"""`commonhold index`: a copy of all logs in a database of one's own, and what it is worth."""

import signal
import threading
import time
from types import FrameType
from typing import Annotated, Any

import orjson
import typer

from commonhold.chain.connect import NodeUnreachable, RpcError
from commonhold.commands.options import Place, on_chain, placed
from commonhold.commands.session import JsonOption, Session, opened_index
from commonhold.errors import CommonholdError, TwinError
from commonhold.index import At, Index, Progress
from commonhold.index.database import IndexBusy
from commonhold.index.fetch import NodeBehind, NodeInconsistent
from commonhold.index.figures import counts
from commonhold.ops.index_check import verify
from commonhold.present import err, print_json, say, show_error

index_app = typer.Typer(
    name="index",
    help="All logs in a database of one's own; figures without asking a node.",
    no_args_is_help=True,
)

_SHOWN = 20  # differences
# What waiting can help.
_PASSING = (NodeUnreachable, NodeBehind, NodeInconsistent, RpcError, IndexBusy)
_LONGEST_PAUSE = 300.0  # between two tries while the node is away [s]

UntilOption = Annotated[
    int | None,
    typer.Option("--until", help="Read up to this block (default: the newest).", show_default=False),
]
ConfirmationsOption = Annotated[
    int | None,
    typer.Option(
        "--confirmations", help="Read no block with fewer on top of it.", show_default="depth of the network"
    ),
]


def _confirmed(session: Session, until: int | None, wanted: int | None) -> int:
    """The last block to read."""
    depth = session.settings.depth if wanted is None else wanted
    newest = session.connection.block_number() - depth
    return newest if until is None else min(until, newest)


def _as_json(at: At) -> dict[str, Any]:
    return {
        "block": at.block,
        "block_hash": at.hash,
        "time": at.time,
        "confirmations": at.confirmations,
    }


def _told(at: At) -> str:
    return f"block {at.block} ({at.hash}), {at.confirmations} on top of it"


def _place(index: Index) -> dict[str, Any] | None:
    """None for an index without a block."""
    at = index.at_or_none()
    return None if at is None else _as_json(at)


def _show(progress: Progress, index: Index) -> None:
    if progress.rolled_back:
        say(f"The chain was reorganised: {progress.rolled_back} blocks were taken out.")
    if progress.behind:
        say("The node is behind the index; nothing was changed. Try again later.")
    if progress.found:
        say(f"{progress.found} logs were missing in the node's first answers, and were found.")
    at = index.at_or_none()
    if at is None:
        say("There is no block yet with so many on top of it; the index is empty.")
        return
    say(
        f"{progress.blocks:,} blocks with {progress.logs:,} logs read in {progress.seconds:.1f} s. "
        f"The index is at {_told(at)}."
    )


def _update(session: Session, index: Index, until: int | None, wanted: int | None) -> Progress:
    last = _confirmed(session, until, wanted)
    return index.update(session.connection, until=max(0, last), depth=session.settings.index_depth)


@index_app.command("update")
@on_chain
def update(
    session: Session,
    until: UntilOption = None,
    confirmations: ConfirmationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the blocks that are new. May be stopped at any point; the next run goes on."""
    with opened_index(session.settings, session.deployment) as index:
        progress = _update(session, index, until, confirmations)
        if as_json:
            print_json({**progress.as_json(), "at": _place(index)})
        else:
            _show(progress, index)


@index_app.command("follow")
@on_chain
def follow(
    session: Session,
    every: Annotated[float, typer.Option("--every", min=0.05, help="Seconds between two looks.")] = 5,
    confirmations: ConfirmationsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
) -> None:
    """Keep the index up to date until Ctrl-C or a termination signal.

    A node that is away or behind, or another process that writes, is waited for; what a person has to decide
    ends it with its exit code.
    """
    stop = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    with opened_index(session.settings, session.deployment) as index:
        pause = every
        while not stop.is_set():
            try:
                progress = _update(session, index, None, confirmations)
                pause = every
                if progress.blocks or progress.rolled_back:
                    _tell_step(progress, index, as_json)
            except _PASSING as error:
                show_error(error)
                pause = min(_LONGEST_PAUSE, pause * 2)
            stop.wait(pause)
        say("Stopped.")


def _tell_step(progress: Progress, index: Index, as_json: bool) -> None:
    if as_json:
        line = {**progress.as_json(), "at": _place(index)}
        print(orjson.dumps(line).decode(), flush=True)
    else:
        _show(progress, index)


@index_app.command("status")
@placed
def status(place: Place, as_json: JsonOption = False) -> None:
    """How far the index is, how far the node is, and what is in it."""
    with opened_index(place.settings, place.deployment) as index:
        at, rows, shown = index.at(), counts(index.database), index.database.shown
    head: int | None
    try:
        head = place.connect().block_number()
    except CommonholdError as error:
        say(f"The node was not asked: {error.message}")
        head = None
    if as_json:
        print_json({"url": shown, "at": _as_json(at), "node": head, "rows": rows})
        return
    say(f"{shown} is at {_told(at)} when it was read.")
    if head is not None:
        say(f"The node is at block {head}: {max(0, head - at.block)} to read.")
    for table, count in rows.items():
        print(f"{table:<16}{count:>12,}")


@index_app.command("verify")
@placed
def verify_index(
    place: Place,
    no_node: Annotated[
        bool, typer.Option("--no-node", help="Only the tables against the index's own logs.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the logs with the node's and the tables with the audit's books.

    Leaves with 8 and names the first difference.
    """
    connection = None if no_node else place.session.connection
    began = time.monotonic()
    with opened_index(place.settings, place.deployment) as index:
        verdict = verify(index, place.deployment, connection)
    if as_json:
        print_json(verdict.as_json())
    else:
        for one in verdict.differences[:_SHOWN]:
            err.print(str(one), style="bold red", soft_wrap=True, markup=False, highlight=False)
        right = "The index is right" if verdict.ok else f"The index is wrong in {verdict.total:,} places"
        say(
            f"{right} at {_told(verdict.at)}: {verdict.logs:,} logs, {verdict.rows:,} rows, "
            f"{time.monotonic() - began:.1f} s."
        )
    if not verdict.ok:
        raise typer.Exit(TwinError.exit_code)


@index_app.command("rebuild")
@placed
def rebuild(
    place: Place,
    tables: Annotated[
        bool, typer.Option("--tables", help="Only the tables, out of the logs that are there; asks no node.")
    ] = False,
    until: UntilOption = None,
    confirmations: ConfirmationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget everything and read it anew. Nothing is lost: the chain is the book."""
    if tables:
        with opened_index(place.settings, place.deployment) as index:
            index.derive_anew()
            at = index.at()
        if as_json:
            print_json({"at": _as_json(at)})
        else:
            say(f"The tables were made anew out of the logs up to {_told(at)}.")
        return
    session = place.session
    with opened_index(session.settings, session.deployment, anew=True) as index:
        progress = _update(session, index, until, confirmations)
        if as_json:
            print_json({**progress.as_json(), "at": _place(index)})
        else:
            _show(progress, index)
