"""Posted bills: what a leaf says, the tree of a run, and its proofs (twin of contracts/lib/BillTree.sol).

A run holds bills of one category for one period. A leaf is hashed twice, so that no inner node can pass for
one, and binds chain, contract and run. Pairs are sorted before hashing, so a proof needs no sides; an odd
node of a level goes up unchanged.

Money [cmt], periods are months since 1970-01 [month].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eth_utils.crypto import keccak

MAX_AMOUNT: Final = 2**64 - 1  # of one bill [cmt]
_LIMITS: Final = {"unit": 2**32, "version": 2**16, "party": 2**32, "amount": 2**64}


class BillRefused(ValueError):
    """A bill or a run that the contract would refuse; in words for a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf counts: one run of one contract on one chain."""

    chain_id: int
    contract: str
    run: int
    category: int
    period: int  # [month]


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill of a run. amount [cmt]; lines_hash: of its lines and formula; salt: random."""

    unit: int
    version: int
    party: int
    amount: int
    lines_hash: bytes
    salt: bytes

    def __post_init__(self) -> None:
        for name, bound in _LIMITS.items():
            if not 0 < getattr(self, name) < bound:
                raise BillRefused(f"{name} is {getattr(self, name)}: from 1 to {bound - 1} is possible")
        for name in ("lines_hash", "salt"):
            if len(getattr(self, name)) != 32:
                raise BillRefused(f"{name} has {len(getattr(self, name))} bytes: 32 are needed")

    def as_tuple(self) -> tuple[int, int, int, int, bytes, bytes]:
        """As the contract takes it."""
        return (self.unit, self.version, self.party, self.amount, self.lines_hash, self.salt)


def key_of(unit: int, category: int, period: int, version: int) -> int:
    """The number of a bill among all bills, and of its obligation."""
    return unit << 48 | category << 32 | period << 16 | version


def unit_of(key: int) -> int:
    """The unit that a bill is for."""
    return key >> 48


def parts_of(key: int) -> tuple[int, int, int, int]:
    """(unit, category, period, version) of a key."""
    return unit_of(key), key >> 32 & 0xFFFF, key >> 16 & 0xFFFF, key & 0xFFFF


def leaf_of(place: Place, bill: Bill) -> bytes:
    """The leaf of a bill at its place."""
    words = (
        place.chain_id, int(place.contract, 16), place.run, bill.unit, place.category, place.period,
        bill.version, bill.party, bill.amount,
    )  # fmt: skip
    inner = b"".join(word.to_bytes(32, "big") for word in words) + bill.lines_hash + bill.salt
    return keccak(keccak(inner))


def _pair(one: bytes, other: bytes) -> bytes:
    return keccak(min(one, other) + max(one, other))


class Tree:
    """The Merkle tree over the leaves of a run, in the order given."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        if not leaves:
            raise BillRefused("a run needs at least one bill")
        if len(set(leaves)) != len(leaves):
            raise BillRefused("a run holds the same bill twice")
        self._levels = [list(leaves)]
        while len(level := self._levels[-1]) > 1:
            above = [_pair(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
            self._levels.append(above + level[len(level) & ~1 :])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0]

    def proof(self, index: int) -> list[bytes]:
        """The neighbours from a leaf up to the root."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(f"there is no bill {index} in this run")
        found = []
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index //= 2
        return found


def proves(root: bytes, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof leads from a leaf to a root."""
    node = leaf
    for other in proof:
        node = _pair(node, other)
    return node == root
