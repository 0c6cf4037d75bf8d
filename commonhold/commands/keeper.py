"""`commonhold keeper`."""

import signal
import sys
import threading
from decimal import Decimal, InvalidOperation
from types import FrameType
from typing import Annotated, Final

import typer

from commonhold.chain.connect import LOCAL_CHAIN_IDS
from commonhold.chain.send import AnySigner, Waiting
from commonhold.chain.signing import address_of
from commonhold.commands.options import Desk, signed
from commonhold.commands.session import JsonOption, fees_of, journal_of
from commonhold.errors import InputError, SigningError
from commonhold.ops.deploy import local_account
from commonhold.ops.keeper import Keeper, Metrics, Plan, Schedule, Teller, serve, time_of_day
from commonhold.ops.keeper.keeper import BOOKS, Trouble
from commonhold.ops.keys import open_key

_COIN: Final = 10**18  # [wei]
_HOURLY: Final = 60  # [min]


@signed("MANAGER", dry=True)
def keeper(
    desk: Desk,
    every: Annotated[float | None, typer.Option("--every", help="A round every so many minutes.")] = None,
    at: Annotated[list[str] | None, typer.Option("--at", help="A round at this time of day (07:30).")] = None,
    book: Annotated[
        list[str] | None, typer.Option("--book", help="leases, fees or bills (default: all three).")
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Most of the chain's coin for gas in any hour.")
    ] = None,
    low_coin: Annotated[
        str | None, typer.Option("--low-coin", help="Alarm when the key has less of it (default: 0.05).")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65_535, help="Health and metrics; 0: any (default: 9632)."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Settle leases, fees and bills on a schedule until stopped; a line for each decision.

    Health and figures for Prometheus are on 127.0.0.1. SIGTERM and Ctrl-C end it with the journal whole. What
    no option says is said by [keeper] of commonhold.toml.
    """
    settings, deployment = desk.place.settings, desk.place.deployment
    own = settings.keeper
    if every is None and not at:
        every, at = own.every, list(own.at)
    schedule = _schedule(every, at or [], deployment.utc_offset)
    books = _books(book or list(own.books))
    limit = own.budget if budget is None else budget
    signer = None if desk.dry else _signer(desk)
    journal = journal_of(settings, "nobody" if signer is None else address_of(signer))
    plan = Plan(
        deployment=deployment,
        url=settings.rpc,
        signer=signer,
        journal=journal,
        memory=journal.with_suffix(".keeper.json"),
        schedule=schedule,
        books=books,
        budget=None if limit is None else _coin(str(limit), "--budget"),
        low_coin=_coin(str(own.low_coin if low_coin is None else low_coin), "--low-coin"),
        pauses=(own.retry_after * 60, own.retry_at_most * 60),
        fees=fees_of(settings),
        waiting=Waiting(depth=settings.depth),
        dry_run=desk.dry,
    )
    _work(plan, Teller(Metrics(), _line, as_json=as_json), own.port if port is None else port, once)


def _signer(desk: Desk) -> AnySigner:
    """Without asking the node, which may be away when a keeper starts."""
    deployment, key = desk.place.deployment, desk.key
    local = deployment.chain_id in LOCAL_CHAIN_IDS
    if key is None:
        if not local:
            raise SigningError("Nobody is named who signs.", "Name a keystore with --key.")
        return local_account(desk.role)
    if key == "browser" or key.startswith("safe-json:"):
        raise InputError("Nobody is there to sign for a keeper.", "Name a keystore with --key.")
    if not (local or desk.yes):
        raise SigningError(
            f"A keeper settles on {deployment.network} without asking.", "Agree to that with --yes."
        )
    return open_key(key.removeprefix("keystore:"), desk.place.settings.keystore, desk.password)


def _work(plan: Plan, teller: Teller, port: int, once: bool) -> None:
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with serve(teller, port) as place:
        teller.tell(
            "started",
            network=plan.deployment.network,
            books=",".join(plan.books),
            key=None if plan.signer is None else address_of(plan.signer),
            depth=plan.waiting.depth,
            port=place,
        )
        worker = Keeper(plan, teller, stop)
        if not once:
            worker.keep()
            return
        try:
            worker.round()
        except Trouble as trouble:
            if trouble.error is not None:
                raise trouble.error from None
            raise typer.Exit(4) from None


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _schedule(every: float | None, at: list[str], offset: int) -> Schedule:
    if every is not None and every <= 0:
        raise InputError(f"--every {every:g}: that is no pause.", "Give minutes, more than 0.")
    minutes = _HOURLY if every is None and not at else every or 0
    return Schedule(minutes * 60, tuple(time_of_day(text) for text in at), offset)


def _books(names: list[str]) -> list[str]:
    for name in names:
        if name not in BOOKS:
            raise InputError(f"--book {name}: there is no such book.", f"There are {', '.join(BOOKS)}.")
    return list(dict.fromkeys(names))


def _coin(text: str, option: str) -> int:
    """In [wei]."""
    try:
        amount = Decimal(text)
        if not amount.is_finite() or amount < 0:
            raise InvalidOperation
    except InvalidOperation:
        raise InputError(
            f"{option} {text}: that is no amount.", "Write it in the chain's coin: 0.02."
        ) from None
    return int(amount * _COIN)
