"""The tables of the local store, the only place of the suite with personal data: names and contacts in
`parties` (and in its keys, which drafts and amendments quote), addresses in `units`.

    meta        what the store belongs to: schema version, secret of the identities, chain
    parties     people and companies: name, contact; id once registered
    buildings   the numbers under which buildings stand on chain
    units       label, address, description; id once registered
    batches     each file that was imported, by its fingerprint
    leases      one row per lease: draft, state, id once activated
    amendments  what a later file says differently: listed, never applied by itself
    intents     units that are being registered, so that an interruption finds them again

The tables of bank money stand in `bank`, those of notifications in `outbox`.
"""

from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION: Final = 3

# The states of a lease in the store, in order. `ended` is told by the books of the chain.
STATES: Final = ("planned", "prepared", "signed", "activated", "ended")


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own form


class Meta(Base):
    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Party(Base):
    """key: of name and contact, as compared. id: on chain [party], None until registered."""

    __tablename__ = "parties"
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    wallet: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[Any]] = mapped_column(default=list)
    id: Mapped[int | None] = mapped_column(unique=True, default=None)


class Building(Base):
    __tablename__ = "buildings"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(unique=True)


class Unit(Base):
    """area [0.01 m²], share [ppm]; building: its number. id: on chain [unit], None until registered."""

    __tablename__ = "units"
    key: Mapped[str] = mapped_column(primary_key=True)
    building: Mapped[int] = mapped_column(ForeignKey("buildings.number"))
    label: Mapped[str]
    kind: Mapped[str]
    area: Mapped[int]
    share: Mapped[int]
    address: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(ForeignKey("parties.key"))
    id: Mapped[int | None] = mapped_column(unique=True, default=None)


class Batch(Base):
    """One imported file. cutover [day], imported_at [unix]."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    file: Mapped[str]
    cutover: Mapped[int]
    imported_at: Mapped[int]


class Lease(Base):
    """draft: the lease as the roll says it. end_day: first day after it, as far as the store knows [day].

    terms_hash: of the terms that were prepared for signing, 0x…; lease_id: on chain, once activated.
    """

    __tablename__ = "leases"
    key: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.key"))
    batch: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    state: Mapped[str] = mapped_column(default="planned")
    draft: Mapped[dict[str, Any]]
    start_day: Mapped[int]
    end_day: Mapped[int]
    terms_hash: Mapped[str | None] = mapped_column(unique=True, default=None)
    lease_id: Mapped[int | None] = mapped_column(unique=True, default=None)


class Amendment(Base):
    """A later file says something else of a lease or a unit. state: open, applied or dismissed."""

    __tablename__ = "amendments"
    __table_args__ = (UniqueConstraint("subject", "field", "new", "batch"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]  # lease | unit
    subject: Mapped[str]  # key of the lease or the unit
    batch: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    field: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")


class Intent(Base):
    """Units sent for registration in this order, while `first` was the next free id."""

    __tablename__ = "intents"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    first: Mapped[int]
    units: Mapped[list[Any]]
