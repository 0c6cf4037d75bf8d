"""Registering parties and units on chain, whatever was interrupted before.

Parties are found again by their identity. Units have none: before they are sent, the store notes which ones,
in which order, and the next free id; an interrupted registration is found among the units from there on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from commonhold.store.schema import Unit
from commonhold.store.store import Store

T = TypeVar("T")

CHUNK: Final = 200  # registrations handed over at a time


@dataclass(frozen=True, slots=True)
class PartyRequest:
    """identity: keyed commitment of 32 bytes, unique. kind: "person" or "company".

    Wallets are linked later, by the party's own signature."""

    identity: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class UnitRequest:
    """owner: party. building: its number. kind: "home", "parking" or "shop". area [0.01 m²], share [ppm]."""

    owner: int
    building: int
    kind: str
    area: int
    share: int


class Registrar(Protocol):
    """What the import needs of the chain. Answers are in the order of the questions."""

    def parties_of(self, identities: Sequence[bytes]) -> Sequence[int]:
        """The parties with these identities, 0 where there is none."""
        ...

    def register_parties(self, requests: Sequence[PartyRequest]) -> Sequence[int]:
        """Register new parties; returns their ids once they are final enough."""
        ...

    def unit_count(self) -> int:
        """How many units are registered; ids count from 1."""
        ...

    def units_from(self, first: int) -> Sequence[UnitRequest]:
        """What is on record of the units from this id on, with their present owners."""
        ...

    def register_units(self, requests: Sequence[UnitRequest]) -> Sequence[int]:
        """Register new units in this order; returns their ids."""
        ...


def register_waiting(
    store: Store, registrar: Registrar, *, progress: Callable[[int, int], object] | None = None
) -> tuple[int, int]:
    """Register what has no id yet; returns how many parties and units were new on chain."""
    _find_units(store, registrar)
    parties = [row for row in store.parties() if row.id is None]
    units = [row for row in store.units() if row.id is None]
    total, done = len(parties) + len(units), 0
    registered = 0
    for part in _chunks(parties):
        identities = {row.key: store.identity_of(row.key) for row in part}
        found = registrar.parties_of(list(identities.values()))
        ids = {row.key: number for row, number in zip(part, found, strict=True) if number}
        store.set_party_ids(ids)
        missing = [row for row in part if row.key not in ids]
        requests = [PartyRequest(identities[row.key], row.kind) for row in missing]
        if requests:
            numbers = registrar.register_parties(requests)
            store.set_party_ids(dict(zip((row.key for row in missing), numbers, strict=True)))
        registered += len(missing)
        done += len(part)
        _tell(progress, done, total)
    owners = store.party_ids()
    for chunk in _chunks(units):
        keys = [row.key for row in chunk]
        store.begin_units(registrar.unit_count() + 1, keys)
        numbers = registrar.register_units([_request(row, owners) for row in chunk])
        store.finish_units(dict(zip(keys, numbers, strict=True)))
        done += len(chunk)
        _tell(progress, done, total)
    return registered, len(units)


def _find_units(store: Store, registrar: Registrar) -> None:
    """Units of an interrupted registration that reached the chain, in the order in which they were sent."""
    owners = store.party_ids()
    rows = {row.key: row for row in store.units()}
    for intent in store.intents():
        waiting = [rows[key] for key in intent.units if rows[key].id is None]
        found: dict[str, int] = {}
        for number, record in enumerate(registrar.units_from(intent.first), start=intent.first):
            if len(found) < len(waiting) and record == _request(waiting[len(found)], owners):
                found[waiting[len(found)].key] = number
        store.finish_units(found)


def _request(row: Unit, owners: dict[str, int]) -> UnitRequest:
    return UnitRequest(owners[row.owner], row.building, row.kind, row.area, row.share)


def _chunks(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]


def _tell(progress: Callable[[int, int], object] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
