"""The reference on a payment slip: a creditor reference by ISO 11649, always of sixteen signs.

    RF18 4271 0000 0007      two check digits · the community · what it is for · its number

    community   three digits of the hash of chain and party registry, so that the slip of another community
                that is paid into the same account is not taken for one of this
    purpose     1 money for a party · 2 a redemption paid out · 3 money sent back to its payer
    number      of the party, the redemption or the bank entry, eight digits

Its length is fixed, so that it ends where it ends, whatever follows. The check digits (97 as divisor) find
every single wrong digit and every two neighbours exchanged.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from eth_utils.crypto import keccak

from commonhold.errors import InputError
from commonhold.text import narrow

MOST: Final = 99_999_999
_RF: Final = "2715"  # R and F as the standard counts letters
# the letters and fourteen digits, with up to three signs that are no letter or digit between any two
_SHAPE = re.compile(r"R[^0-9A-Z]{0,3}F((?:[^0-9A-Z]{0,3}[0-9]){14})")


class Purpose(IntEnum):
    PARTY = 1
    PAYOUT = 2
    RETURN = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """What a slip says. tag: of the community, 0 to 999."""

    tag: int
    purpose: Purpose
    number: int

    def __post_init__(self) -> None:
        if not 0 < self.number <= MOST:
            raise InputError(f"A slip cannot name the number {self.number}.", f"It takes 1 to {MOST:,}.")

    @property
    def plain(self) -> str:
        """Without spaces, as a payment order takes it."""
        digits = f"{self.tag:03d}{int(self.purpose)}{self.number:08d}"
        return f"RF{check_digits(digits)}{digits}"

    def __str__(self) -> str:
        """In groups of four, as people read it."""
        return " ".join(self.plain[place : place + 4] for place in range(0, 16, 4))


def check_digits(digits: str) -> str:
    """The two that ISO 11649 puts in front of a reference of digits."""
    return f"{98 - int(digits + _RF + '00') % 97:02d}"


def tag_of(chain_id: int, genesis: str, registry: str) -> int:
    """The three digits of a community. registry: address of its PartyRegistry."""
    digest = bytes(keccak(text=f"commonhold slips {chain_id} {genesis.lower()} {registry.lower()}"))
    return int.from_bytes(digest) % 1000


def found_in(*texts: str) -> set[Reference]:
    """Every valid reference in some texts, whoever it is of; spaces, signs, case and width do not count."""
    found = set()
    for text in texts:
        for match in _SHAPE.finditer(narrow(text).upper()):
            reference = _parse(re.sub(r"[^0-9]", "", match[1]))
            if reference is not None:
                found.add(reference)
    return found


def _parse(digits: str) -> Reference | None:
    """The reference in two check digits and twelve of its own; None if it does not add up."""
    tag, purpose, number = int(digits[2:5]), int(digits[5]), int(digits[6:])
    if digits[:2] != check_digits(digits[2:]):
        return None
    if purpose not in Purpose.__members__.values() or number == 0:
        return None
    return Reference(tag, Purpose(purpose), number)
