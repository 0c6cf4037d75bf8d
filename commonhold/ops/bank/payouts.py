"""Redemptions: community money handed in, to be paid out by the bank.

The treasurer completes a request first and orders the bank transfer then, under the reference of the payout;
the debit that the bank books names it, and so the two are found together.
"""

from dataclasses import dataclass

from eth_utils.crypto import keccak

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.reserve import Redemption
from commonhold.chain.send import Receipt, Sender
from commonhold.errors import InputError
from commonhold.ops.bank.reference import Purpose, Reference


@dataclass(frozen=True, slots=True)
class Payout:
    """A request at the desk, and the reference that its bank transfer carries."""

    redemption: Redemption
    reference: Reference


def payouts(suite: Suite, tag: int) -> list[Payout]:
    """All requests, the oldest first."""
    return [Payout(one, Reference(tag, Purpose.PAYOUT, one.number)) for one in suite.desk.redemptions()]


def citation_of(reference: Reference) -> bytes:
    """Under what the desk burns a completed redemption."""
    return bytes(keccak(text=f"commonhold payout {reference.plain}"))


def complete(suite: Suite, sender: Sender, tag: int, number: int) -> tuple[Payout, Receipt]:
    """Destroy the money that was handed in; the bank transfer may be ordered now. Raises InputError."""
    found = next((one for one in payouts(suite, tag) if one.redemption.number == number), None)
    if found is None or found.redemption.state != "requested":
        state = found.redemption.state if found is not None else "unknown"
        raise InputError(f"Redemption {number} is {state}.", "See `commonhold bank payouts`.")
    return found, sender.send(suite.desk.complete(number, citation_of(found.reference)))
