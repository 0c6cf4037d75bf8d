"""DepositEscrow: deposits, claims, offers and awards. Amounts in [cmt], days in [day]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


class DepositPhase(IntEnum):
    NONE = 0
    HELD = 1
    CLAIMING = 2
    ANSWERING = 3
    AWARDING = 4
    SETTLED = 5


@dataclass(frozen=True, slots=True)
class Review:
    """Where the review of a deposit stands. last_day: of the party whose turn it is [day]."""

    phase: DepositPhase
    extended: bool
    answered: int
    last_day: int
    arbiter: int
    claim: int
    offer: int


class DepositEscrow(Contract):
    """Kept apart from the rent, with a clock on every side."""

    NAME = "DepositEscrow"

    def file_claim(self, lease: int, amounts: Sequence[int], evidence: Sequence[bytes]) -> Call:
        return self.call("fileClaim", lease, list(amounts), list(evidence))

    def accept_offer(self, lease: int, offer: int) -> Call:
        return self.call("acceptOffer", lease, offer)

    def accept_claim(self, lease: int, claim: int) -> Call:
        return self.call("acceptClaim", lease, claim)

    def make_offer(self, lease: int, offer: int) -> Call:
        return self.call("makeOffer", lease, offer)

    def award(self, lease: int, amount: int) -> Call:
        return self.call("award", lease, amount)

    def finalise(self, lease: int) -> Call:
        return self.call("finalise", lease)

    def extend_clock(self, lease: int) -> Call:
        return self.call("extendClock", lease)

    def withdraw_owed(self, party: int) -> Call:
        return self.call("withdrawOwed", party)

    def deposit_of(self, lease: int, block: int | str = "latest") -> int:
        return int(self.read("depositOf", lease, block=block))

    def deposits_of(self, leases: Iterable[int], block: int | str = "latest") -> list[int]:
        return [int(x) for x in self.read_many([("depositOf", (one,)) for one in leases], block=block)]

    def review_of(self, lease: int, block: int | str = "latest") -> Review:
        phase, extended, answered, last_day, arbiter, claim, offer = self.read("reviewOf", lease, block=block)
        return Review(
            DepositPhase(phase),
            bool(extended),
            int(answered),
            int(last_day),
            int(arbiter),
            int(claim),
            int(offer),
        )

    def owed(self, party: int, block: int | str = "latest") -> int:
        return int(self.read("owed", party, block=block))

    def held(self, block: int | str = "latest") -> int:
        return int(self.read("held", block=block))
