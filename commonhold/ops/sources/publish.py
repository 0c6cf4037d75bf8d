"""Hand in every contract that is not published yet, wait for the answers, write each down."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commonhold.errors import SettingsError
from commonhold.ops.sources import etherscan, sourcify
from commonhold.ops.sources.record import Record
from commonhold.ops.sources.request import SourceRequest
from commonhold.ops.sources.service import Answer, Line, Patience, Service, ServiceAway, State
from commonhold.settings import PRIVATE_FILE

SERVICES = ("sourcify", "etherscan")
Told = Callable[[str, Answer], None]  # a contract's name, and how it stands


@dataclass(frozen=True, slots=True)
class Published:
    """How one contract ended. asked: whether the service was spoken to in this run."""

    contract: str
    address: str
    answer: Answer
    asked: bool


def service_of(name: str, address: str, key: str | None, patience: Patience | None = None) -> Service:
    """The service by name; an empty address is the usual one. Raises SettingsError."""
    if name == "sourcify":
        return sourcify.Sourcify(Line(address or sourcify.ADDRESS, patience))
    if name == "etherscan":
        if not key:
            raise SettingsError(
                "Etherscan wants a key of yours.",
                f"Write it into {PRIVATE_FILE}: [etherscan] key, or give --api-key-file or --api-key-fd.",
            )
        return etherscan.Etherscan(Line(address or etherscan.ADDRESS, patience), key)
    raise SettingsError(f"{name}: no such service.", f"There are {', '.join(SERVICES)}.")


def publish(
    service: Service,
    requests: Sequence[SourceRequest],
    record: Record,
    *,
    patience: Patience | None = None,
    sleep: Callable[[float], None] = time.sleep,
    told: Told | None = None,
) -> list[Published]:
    """Publish all; what was published before is not asked for again.

    Everything is handed in before the first answer is waited for. A service that goes away leaves the rest
    WAITING, with the reason.
    """
    waits = patience or Patience()
    found: dict[str, Published] = {}

    def note(request: SourceRequest, answer: Answer, asked: bool = True, keep: bool = True) -> None:
        if asked and keep:
            record.write(service.name, request, answer)
        found[request.contract] = Published(request.contract, request.address, answer, asked)
        if told is not None:
            told(request.contract, answer)

    away: ServiceAway | None = None
    for request in requests:
        before = record.answer(service.name, request)
        if before is not None and before.state.verified:
            note(request, before, asked=False)
            continue
        if away is None:
            try:
                note(request, _begin(service, request, before))
                continue
            except ServiceAway as error:
                away = error
        ticket = before.ticket if before is not None else None
        note(request, Answer(State.WAITING, away.message, ticket), keep=False)
    for request in requests:
        if found[request.contract].answer.state is State.WAITING and away is None:
            try:
                note(request, _wait(service, request, found[request.contract].answer, waits, sleep))
            except ServiceAway as error:
                away = error
                ticket = found[request.contract].answer.ticket
                note(request, Answer(State.WAITING, error.message, ticket), keep=False)
    return [found[request.contract] for request in requests]


def _begin(service: Service, request: SourceRequest, before: Answer | None) -> Answer:
    """Where it stands now: its old ticket, what the service knows of the address, else handed in anew."""
    if before is not None and before.state is State.WAITING and before.ticket is not None:
        answer = service.poll(request, before.ticket)
        if answer is not None and answer.state is not State.REFUSED:
            return answer
    known = service.look(request)
    if known is not None and known.state is State.EXACT:
        return known
    if known is not None and service.name != "sourcify":
        return known
    answer = service.submit(request)
    return known if known is not None and answer.state is State.REFUSED else answer


def _wait(
    service: Service, request: SourceRequest, answer: Answer, waits: Patience, sleep: Callable[[float], None]
) -> Answer:
    """Until the ticket is answered or patience ends."""
    end = time.monotonic() + waits.total
    while answer.state is State.WAITING:
        if time.monotonic() >= end:
            return Answer(State.WAITING, f"not answered within {waits.total:g} s", answer.ticket)
        sleep(waits.pause)
        if answer.ticket is None:
            answer = service.look(request) or answer
        else:
            answer = service.poll(request, answer.ticket) or service.submit(request)
    return answer
