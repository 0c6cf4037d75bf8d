"""A table as every format writes it: columns with kinds, rows as they come, and as of which block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple

from commonhold.chain.connect import Block
from commonhold.units import MONEY_ONE


class Kind(Enum):
    """What a column holds: MONEY [cmt], DAY [day], TIME [unix], AREA [0.01 m²], RATE [bps]."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    TIME = "time"
    AREA = "area"


class Column(NamedTuple):
    """name: a key of `commonhold.ops.exports.words`. optional: 0 means none, and is left empty."""

    name: str
    kind: Kind = Kind.TEXT
    optional: bool = False


Value = str | int | None


@dataclass(frozen=True, slots=True)
class AsOf:
    """The block whose state is shown. utc_offset: of the community's calendar [s]."""

    block: Block
    confirmations: int
    utc_offset: int

    @property
    def day(self) -> int:
        """[day]"""
        return (self.block.time + self.utc_offset) // 86_400


@dataclass(frozen=True, slots=True)
class Table:
    """name: a key of `commonhold.ops.exports.words`."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def decimal_of(amount: int) -> Decimal:
    """[cmt] as units of account."""
    return Decimal(amount) / MONEY_ONE


def columns(*names: str | Column) -> tuple[Column, ...]:
    """Columns of text, where nothing else is said."""
    return tuple(name if isinstance(name, Column) else Column(name) for name in names)


def money(name: str) -> Column:
    return Column(name, Kind.MONEY)


def day(name: str) -> Column:
    return Column(name, Kind.DAY, optional=True)


def number(name: str) -> Column:
    return Column(name, Kind.NUMBER)


def reference(name: str) -> Column:
    """A number that is left empty where it is 0."""
    return Column(name, Kind.NUMBER, optional=True)


TIME: Final = Column("time", Kind.TIME)
