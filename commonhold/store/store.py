"""The local store: who the ids on chain are, which unit has which address, and how far each lease has come.

    with Store.open(folder) as store:
        store.name_of(PartyId(7)); store.leases("planned"); store.mark_activated(key, LeaseId(3))

One SQLite file, `store.sqlite`, readable by its owner alone. Every method is one transaction. Names, contacts
and addresses never leave it for the chain: a party's identity there is a commitment keyed with a secret of
this store. Losing the file loses the names, never money; losing the secret lets nobody find out a name, but a
person could then be registered twice: keep a backup.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from commonhold.errors import StoreError
from commonhold.store.schema import (
    STATES,
    Amendment,
    Base,
    Batch,
    Building,
    Intent,
    Lease,
    Meta,
    Party,
    Unit,
)
from commonhold.store.upgrade import bring_up_to_date
from commonhold.units import Day, LeaseId, PartyId, UnitId

Row = TypeVar("Row", bound=Base)

FILE: Final = "store.sqlite"
_WAIT: Final = 10  # for another process that writes [s]


class Store:
    """An open store. Rows that it hands out are copies: changing them changes nothing."""

    def __init__(self, folder: Path, engine: Engine, clock: Callable[[], float]) -> None:
        self.folder = folder
        self._engine = engine
        self._clock = clock
        self._session = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], float] = time.time) -> Self:
        """Open the store in a data folder; both are made if they are missing. Raises StoreError.

        clock: the present [unix], for the dates of imports."""
        path = folder / FILE
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # the file exists with its rights before anything is written to it
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
        except OSError as error:
            raise StoreError(
                f"The store {path} cannot be opened: {error.strerror}", "Choose a data folder of your own."
            ) from None
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _WAIT})
        event.listen(engine, "connect", _prepare)
        store = cls(folder, engine, clock)
        try:
            store._check_version()
        except DatabaseError as error:
            engine.dispose()
            raise StoreError(
                f"The store {path} cannot be read: {error.orig}", "Bring the file back from a backup."
            ) from None
        return store

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction over the tables of `schema`, for the use cases of `commonhold.ops`."""
        with self._session.begin() as session:
            yield session

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """The tables of `schema` to look at; nothing is written."""
        with self._session() as session:
            yield session

    @contextlib.contextmanager
    def exclusive(self, *, wait: float = 0) -> Iterator[None]:
        """Keep other processes from importing into this store meanwhile. Raises StoreError if one does, and
        goes on doing so for `wait` [s]."""
        lock = FileLock(self.folder / "store.lock", mode=0o600)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise StoreError(
                "Another import into this store is running.", "Wait until it has finished."
            ) from None
        try:
            yield
        finally:
            lock.release()

    # ---- what it belongs to

    def _check_version(self) -> None:
        try:
            bring_up_to_date(self._engine)
        except StoreError:
            self.close()
            raise

    def _meta(self, key: str, make: Callable[[], str]) -> str:
        with self._session.begin() as session:
            row = session.get(Meta, key)
            if row is None:
                row = Meta(key=key, value=make())
                session.add(row)
            return row.value

    def bind_chain(self, chain_id: int, genesis: str) -> None:
        """Say which chain the ids are of; the first call decides. Raises StoreError for another chain."""
        identity = f"{chain_id} {genesis.lower()}"
        known = self._meta("chain", lambda: identity)
        if known != identity:
            raise StoreError(
                f"The store belongs to another chain (chain id and genesis {known}, here {identity}).",
                "Connect to that chain, or use another data folder for this one.",
            )

    def identity_of(self, party_key: str) -> bytes:
        """The keyed commitment under which a party is registered: 32 bytes that tell nobody who it is."""
        secret = bytes.fromhex(self._meta("secret", lambda: secrets.token_hex(32)))
        return hmac.new(secret, party_key.encode(), hashlib.sha256).digest()

    # ---- parties and units

    def parties(self) -> list[Party]:
        with self._session() as session:
            return list(session.scalars(select(Party).order_by(Party.id, Party.key)))

    def party(self, key: str) -> Party | None:
        with self._session() as session:
            return session.get(Party, key)

    def party_ids(self) -> dict[str, int]:
        """key → id of every registered party."""
        with self._session() as session:
            rows = session.execute(select(Party.key, Party.id).where(Party.id.is_not(None)))
            return {key: number for key, number in rows if number is not None}

    def name_of(self, party: PartyId) -> str:
        """The name behind an id, "party 7" if the store does not know it."""
        with self._session() as session:
            return session.scalar(select(Party.name).where(Party.id == party)) or f"party {party}"

    def set_party_ids(self, ids: dict[str, int]) -> None:
        """Record registrations: key → id. Raises StoreError if one has another id already."""
        with self._session.begin() as session:
            for key, number in ids.items():
                row = _need(session, Party, key)
                if row.id not in (None, number):
                    raise StoreError(f"The party {row.name} has the id {row.id} already, not {number}.")
                row.id = number

    def set_wallet(self, party_key: str, wallet: str) -> None:
        """Note the wallet that a party has told the manager."""
        with self._session.begin() as session:
            _need(session, Party, party_key).wallet = wallet

    def units(self) -> list[Unit]:
        with self._session() as session:
            return list(session.scalars(select(Unit).order_by(Unit.building, Unit.key)))

    def unit_ids(self) -> dict[str, int]:
        """key → id of every registered unit."""
        with self._session() as session:
            rows = session.execute(select(Unit.key, Unit.id).where(Unit.id.is_not(None)))
            return {key: number for key, number in rows if number is not None}

    def label_of(self, unit: UnitId) -> str:
        """Building and number behind an id, "unit 7" if the store does not know it."""
        with self._session() as session:
            row = session.execute(
                select(Building.name, Unit.label).join(Unit).where(Unit.id == unit)
            ).one_or_none()
            return f"{row[0]} {row[1]}".strip() if row else f"unit {unit}"

    def building_number(self, name: str) -> int:
        """The number under which a building stands on chain; a new one for a new name."""
        with self._session.begin() as session:
            row = session.scalar(select(Building).where(Building.name == name))
            if row is None:
                row = Building(name=name)
                session.add(row)
                session.flush()
            return row.number

    def begin_units(self, first: int, keys: Sequence[str]) -> None:
        """Note that these units are being registered in this order, while `first` is the next free id."""
        with self._session.begin() as session:
            session.add(Intent(first=first, units=list(keys)))

    def intents(self) -> list[Intent]:
        with self._session() as session:
            return list(session.scalars(select(Intent).order_by(Intent.id)))

    def finish_units(self, ids: dict[str, int]) -> None:
        """Record registrations, key → id, and forget what was being registered."""
        with self._session.begin() as session:
            for key, number in ids.items():
                row = _need(session, Unit, key)
                if row.id not in (None, number):
                    raise StoreError(f"The unit {row.label} has the id {row.id} already, not {number}.")
                row.id = number
            for intent in session.scalars(select(Intent)):
                session.delete(intent)

    # ---- leases

    def leases(self, *states: str) -> list[Lease]:
        """The leases in these states (none named: all), by unit and start."""
        question = select(Lease).order_by(Lease.unit, Lease.start_day)
        if states:
            question = question.where(Lease.state.in_(states))
        with self._session() as session:
            return list(session.scalars(question))

    def lease(self, key: str) -> Lease | None:
        with self._session() as session:
            return session.get(Lease, key)

    def lease_by_id(self, lease: LeaseId) -> Lease | None:
        with self._session() as session:
            return session.scalar(select(Lease).where(Lease.lease_id == lease))

    def lease_by_hash(self, terms_hash: str) -> Lease | None:
        with self._session() as session:
            return session.scalar(select(Lease).where(Lease.terms_hash == terms_hash.lower()))

    def count_by_state(self) -> dict[str, int]:
        with self._session() as session:
            rows = session.execute(select(Lease.state, func.count()).group_by(Lease.state))
            counts = {row[0]: row[1] for row in rows}
            return {state: counts.get(state, 0) for state in STATES}

    def mark_prepared(self, key: str, terms_hash: str) -> None:
        """The terms are ready for signing. Preparing again, before anybody signed, replaces them."""
        with self._session.begin() as session:
            row = _step(session, key, "prepared", ("planned", "prepared"))
            row.terms_hash = terms_hash.lower()

    def mark_signed(self, key: str) -> None:
        """All signatures are there."""
        with self._session.begin() as session:
            _step(session, key, "signed", ("prepared", "signed"))

    def mark_activated(self, key: str, lease: LeaseId) -> None:
        """The lease is on chain, whatever the store knew before. The same id again changes nothing."""
        with self._session.begin() as session:
            row = _need(session, Lease, key)
            if row.lease_id not in (None, lease):
                raise StoreError(f"The lease {key} is lease {row.lease_id} on chain already, not {lease}.")
            row.lease_id = lease
            if row.state != "ended":
                row.state = "activated"

    def withdraw(self, key: str) -> None:
        """The prepared terms are void (an offer withdrawn or expired): the lease is planned again."""
        with self._session.begin() as session:
            row = _step(session, key, "planned", ("planned", "prepared", "signed"))
            row.terms_hash = None

    def mark_end(self, key: str, end_day: Day, *, ended: bool = False) -> None:
        """The books of the chain say that the lease ends on another day, or that it is over. [day]"""
        with self._session.begin() as session:
            row = _step(session, key, "ended" if ended else "activated", ("activated", "ended"))
            row.end_day = end_day

    def drop(self, key: str) -> None:
        """Forget a lease that is only planned, so that a corrected roll can bring it in anew."""
        with self._session.begin() as session:
            session.delete(_step(session, key, "planned", ("planned",)))

    # ---- imports

    def batches(self) -> list[Batch]:
        with self._session() as session:
            return list(session.scalars(select(Batch).order_by(Batch.id)))

    def now(self) -> int:
        return int(self._clock())

    def amendments(self, *states: str) -> list[Amendment]:
        """What later files say differently; the open ones if no state is named."""
        question = select(Amendment).where(Amendment.state.in_(states or ("open",))).order_by(Amendment.id)
        with self._session() as session:
            return list(session.scalars(question))

    def close_amendments(self, ids: Iterable[int], state: str) -> None:
        """Mark amendments "applied" (agreed and recorded on chain) or "dismissed"."""
        if state not in ("applied", "dismissed"):
            raise ValueError(f"{state!r} is neither applied nor dismissed")
        with self._session.begin() as session:
            for number in ids:
                _need(session, Amendment, number).state = state


def _prepare(connection: Any, record: Any) -> None:
    """Each connection: foreign keys are checked, and what is committed is on the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _need(session: Session, table: type[Row], key: Any) -> Row:
    row = session.get(table, key)
    if row is None:
        raise StoreError(f"There is no {table.__name__.lower()} {key!r} in the store.")
    return row


def _step(session: Session, key: str, state: str, allowed: Sequence[str]) -> Lease:
    row = _need(session, Lease, key)
    if row.state not in allowed:
        raise StoreError(
            f"The lease {key} is {row.state}, and cannot become {state}.",
            f"It has to be {' or '.join(allowed)}.",
        )
    row.state = state
    return row
