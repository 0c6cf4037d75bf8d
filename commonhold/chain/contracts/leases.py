"""LeaseAgreement: terms, payments, settlement and states of all leases. Amounts in [cmt], days in [day]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import NOBODY, Contract, Event
from commonhold.chain.receipts import CallRefused
from commonhold.rules.codes import Code
from commonhold.rules.lease_parts import State
from commonhold.rules.terms import LeaseTerms


@dataclass(frozen=True, slots=True)
class Permit:
    """An EIP-2612 permit of one tenant towards LeaseAgreement; value 0 = none."""

    value: int = 0
    deadline: int = 0
    v: int = 0
    r: bytes = bytes(32)
    s: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Result:
    """What a settlement answered for one lease; amount = discharged by it [cmt]."""

    lease: int
    code: Code
    amount: int


@dataclass(frozen=True, slots=True)
class Account:
    """One tenant's account in one lease. share [bps]; the rest [cmt]."""

    tenant: int
    share: int
    due: int
    settled: int
    pot: int
    late_fees: int

    @property
    def arrears(self) -> int:
        """Principal that is due and not discharged [cmt]."""
        return max(0, self.due - self.settled)


@dataclass(frozen=True, slots=True)
class Activation:
    """What LeaseActivated tells: opening figures [cmt] (zero for a new lease) and the first tenants."""

    block: int
    paid: int
    arrears: int
    late_fees: int
    prepaid: int
    tenants: tuple[int, ...]

    @classmethod
    def of(cls, event: Event, tenants: int) -> "Activation":
        """tenants: how many there are. The words are those of contracts/lib/LeaseWords.sol."""
        words = [int(word) for word in event["words"]]
        paid, arrears, late_fees, prepaid = (words[3] >> shift & 2**64 - 1 for shift in (0, 64, 128, 192))
        parties = [words[0] >> 192] if tenants == 1 else words[5 : 5 + tenants]
        first = tuple(word & 2**32 - 1 for word in parties)
        return cls(event.block, paid, arrears, late_fees, prepaid, first)


@dataclass(frozen=True, slots=True)
class Summary:
    """The terms as they stand today, after all changes."""

    unit: int
    landlord: int
    manager: int
    start_day: int
    end_day: int
    rent: int
    notice_days: int
    break_day: int
    break_fee: int
    holdover_rate: int
    grace_days: int


class LeaseAgreement(Contract):
    """All leases of a community."""

    NAME = "LeaseAgreement"

    # ---- sign and activate

    def activate(
        self, terms: LeaseTerms, signatures: Sequence[bytes], permits: Sequence[Permit] = ()
    ) -> Call:
        """signatures: the landlord's, then each tenant's in order. permits: none, or one for each tenant."""
        return self.call("activate", terms, list(signatures), list(permits))

    def cancel_terms(self, terms: LeaseTerms) -> Call:
        return self.call("cancelTerms", terms)

    def raise_offer_nonce(self) -> Call:
        return self.call("raiseOfferNonce")

    def hash_terms(self, terms: LeaseTerms) -> bytes:
        """The EIP-712 digest that every party signs."""
        return bytes(self.read("hashTerms", terms))

    def hashes_of_terms(self, terms: Iterable[LeaseTerms]) -> list[bytes]:
        return [bytes(x) for x in self.read_many([("hashTerms", (one,)) for one in terms])]

    def offer_nonces(self, landlords: Iterable[int]) -> list[int]:
        return [int(x) for x in self.read_many([("offerNonce", (one,)) for one in landlords])]

    def leases_of(self, digests: Iterable[bytes]) -> list[int]:
        """The lease that each digest of terms became, 0 if none."""
        return [int(x) for x in self.read_many([("leaseOf", (one,)) for one in digests])]

    # ---- pay

    def pay(self, lease: int, tenant: int, amount: int, terms_hash: bytes) -> Call:
        return self.call("pay", lease, tenant, amount, terms_hash)

    def refund(self, lease: int, amount: int) -> Call:
        return self.call("refund", lease, amount)

    def withdraw_owed(self, party: int) -> Call:
        return self.call("withdrawOwed", party)

    def pay_landlord_debt(self, lease: int, tenant: int, amount: int) -> Call:
        return self.call("payLandlordDebt", lease, tenant, amount)

    # ---- settle and close

    def settle(self, leases: Sequence[int]) -> Call:
        return self.call("settle", list(leases))

    def preview_settle(
        self, leases: Sequence[int], block: int | str = "latest", sender: str = NOBODY
    ) -> list[Result]:
        """What `settle` would answer now; at most `MAX_BATCH` ids."""
        try:
            answer = self.read("previewSettle", list(leases), block=block, sender=sender)
        except CallRefused as error:
            if error.refusal.name != "LeasePreview":
                raise
            answer = error.refusal.values["results"]
        return [Result(int(lease), Code(code), int(amount)) for lease, code, amount in answer]

    def close(self, lease: int) -> Call:
        return self.call("close", lease)

    # ---- look

    def state_of(self, lease: int, block: int | str = "latest") -> State:
        return State(self.read("stateOf", lease, block=block))

    def states_of(self, leases: Iterable[int], block: int | str = "latest") -> list[State]:
        answers = self.read_many([("stateOf", (one,)) for one in leases], block=block)
        return [State(answer) for answer in answers]

    def terms_of(self, lease: int, block: int | str = "latest") -> Summary:
        return Summary(*map(int, self.read("termsOf", lease, block=block)))

    def terms_of_many(self, leases: Iterable[int], block: int | str = "latest") -> list[Summary]:
        answers = self.read_many([("termsOf", (one,)) for one in leases], block=block)
        return [Summary(*map(int, answer)) for answer in answers]

    def accounts_of(self, lease: int, block: int | str = "latest") -> list[Account]:
        return self.accounts_of_many([lease], block)[0]

    def accounts_of_many(self, leases: Iterable[int], block: int | str = "latest") -> list[list[Account]]:
        answers = self.read_many([("accountsOf", (one,)) for one in leases], block=block)
        return [[Account(*map(int, account)) for account in answer] for answer in answers]

    def due_on(self, lease: int, days: Iterable[int], block: int | str = "latest") -> list[int]:
        """All principal that falls due by the end of each day, over all tenants [cmt]."""
        return [int(x) for x in self.read_many([("dueOn", (lease, day)) for day in days], block=block)]

    def landlord_debt(self, lease: int, tenant: int, block: int | str = "latest") -> int:
        return int(self.read("landlordDebt", lease, tenant, block=block))

    def owed(self, party: int, block: int | str = "latest") -> int:
        return int(self.read("owed", party, block=block))

    def held(self, block: int | str = "latest") -> int:
        return int(self.read("held", block=block))

    def lease_count(self, block: int | str = "latest") -> int:
        return int(self.read("leaseCount", block=block))

    def today(self, block: int | str = "latest") -> int:
        return int(self.read("today", block=block))
