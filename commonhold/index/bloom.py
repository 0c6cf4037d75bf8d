"""What the bloom filter in a block's head says about the logs of the block.

The filter holds every address and topic of the block's logs, and never loses one: what it denies is not
there. What it affirms may be chance, the more so the fuller it is.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from eth_utils.crypto import keccak

BITS: Final = 2048
# Above this share of set bits a filter affirms too much by chance: the three bits of an item are then all set
# in one case of eight.
_SPARSE: Final = 0.5


@lru_cache(maxsize=65536)
def bits_of(item: str) -> int:
    """The three bits of an address or topic (0x…)."""
    digest = keccak(bytes.fromhex(item[2:]))
    found = 0
    for at in (0, 2, 4):
        found |= 1 << (int.from_bytes(digest[at : at + 2], "big") % BITS)
    return found


def affirms(bloom: int, items: Iterable[str]) -> bool:
    """Whether all of these may be in the block."""
    return all(bloom & bits == bits for bits in map(bits_of, items))


def is_sparse(bloom: int) -> bool:
    """Whether what it affirms means something."""
    return bloom.bit_count() < BITS * _SPARSE
