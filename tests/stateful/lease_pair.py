"""The community of tests/lease_world.py and its Python twin side by side.

Acts and comparisons are those of `tests.mirror.Mirror`; this adds what only a whole community has: the real
LeaseChanges with agreements of people, wallets under recovery, shares that wait, pauses.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from commonhold.rules.codes import Code
from commonhold.rules.community import ESCROW, Community
from commonhold.rules.ledger import Change, ChangeKind
from commonhold.rules.mandates import Mandate
from commonhold.rules.terms import DayCount, LeaseTerms, OneOffFee, Opening, RentStep
from tests.evm import Reverted
from tests.lease_world import PARTIES, REASON, World
from tests.mirror import Mirror, same

FUNDS = 10**12  # of each person at the beginning [cmt]
WAIVERS = (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES)


@dataclass(frozen=True)
class Resident:
    """One of the people with a party, as a sender."""

    party: int
    name: str
    wallet: str

    def __str__(self) -> str:
        return self.wallet


class _House:
    """What the mirror asks of the contracts' surroundings."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.chain, self.admin = world.backend.chain, world.wallet("stranger")  # type: ignore[attr-defined]

    @property
    def day(self) -> int:
        return self._world.today

    def to_day(self, day: int) -> None:
        self._world.to_day(day)

    def balance(self, who: Any) -> int:
        return int(self._world.token.balanceOf(str(who)))

    def hash_of(self, lease: int) -> bytes:
        return self._world.terms_hash[lease]


class Pair(Mirror):
    """A community twice; every refusal must be the same on both sides."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.suite = _House(world)  # type: ignore[assignment]
        self.leases, self.escrow, self.token = world.leases, world.escrow, world.token
        self.people = {}
        self.told = Counter()
        self.twin = Community(bit=int(world.token.collectorBit(world.leases)))
        self.pending: set[int] = set()  # parties whose wallets are being recovered
        for name in PARTIES:
            who = Resident(world.party[name], name, world.wallet(name))
            self.people[who.party] = who  # type: ignore[assignment]
            self.twin.money.mint(who.party, FUNDS)
            (limit, bits, expiry, partial), _, _ = world.token.mandateOf(who.wallet)
            self.twin.money.set_mandate(who.party, Mandate(limit, bits, expiry, partial))

    def events(self, name: str) -> list[dict[str, Any]]:
        return self.world.events(name)

    def name(self, party: int) -> str:
        return str(self.people[party].name)  # type: ignore[attr-defined]

    # ---------------------------------------------------------------- leases

    def begin(self, tenants: list[str], **terms: Any) -> int:
        """A lease signed by all and brought by the landlord; 0 if both refuse it."""
        from tests.contracts.LeaseAgreement.offers import signed

        world = self.world
        values = world.terms(tenants, **terms)
        signatures = signed(world, values, "landlord", *tenants)
        landlord = world.party["landlord"]
        done = self._both(
            lambda: world.leases.activate(values, signatures, [], sender=world.wallet("landlord")),
            lambda: self.twin.activate(_terms(values), self.day, submitter=landlord),
        )
        if not done:
            return 0
        lease = len(self.twin.leases)
        world.terms_hash[lease] = bytes(world.leases.hashTerms(values))
        return lease

    def agree(self, lease: int, change: Change, newcomer: int = 0) -> bool:
        """Landlord, tenants and newcomer agree on a change; false if somebody or something refuses it."""
        world, ledger = self.world, self.twin.lease(lease)
        fields = {"index": change.index, "day": change.day, "party": change.party, "amount": change.amount}
        reason = REASON if change.kind in WAIVERS else bytes(32)
        proposal = world.proposal(lease, int(change.kind), reason=reason, **fields)
        others = [account.tenant for account in ledger.accounts] + [newcomer] * bool(newcomer)
        mark = world.backend.snapshot()
        try:
            world.changes.propose(proposal, sender=self.people[ledger.landlord])
            if change.kind in WAIVERS:
                world.changes.approveWaiver(proposal, sender=world.wallet("manager"))
            for party in others if change.kind not in WAIVERS else ():
                if change.kind == ChangeKind.SALE and party != newcomer:
                    continue
                world.changes.accept(proposal, sender=self.people[party])
        except Reverted as error:
            world.backend.restore(mark)
            if error.name.startswith(("Proposal", "Unit")):
                return False  # rules of LeaseChanges and UnitRegistry, with tests of their own
            refusal = error

            def refuse() -> None:
                raise refusal

            return self._both(refuse, lambda: self.twin.apply(lease, change, self.day))
        return self._both(lambda: None, lambda: self.twin.apply(lease, change, self.day))

    # ---------------------------------------------------------------- wallets

    def recover(self, party: int, start: bool) -> None:
        """The recovery of a wallet begins, for long, or is called off."""
        name = self.name(party)
        if start:
            self.world.start_recovery(name, days=10_000)
            self.pending.add(party)
        else:
            self.world.end_recovery(name)
            self.pending.discard(party)
        self.twin.money.purse(party).reachable = not start

    def withdraw(self, party: int) -> None:
        """What waits for a party at the leases and, if it can be reached, at the deposits."""
        if self.twin.owed.get(party, 0):
            self.world.leases.withdrawOwed(party, sender=self.suite.admin)
            self.twin.withdraw_owed(party)
        waiting = self.twin.deposits.owed.get(party, 0)
        if waiting and party not in self.pending:
            self.world.escrow.withdrawOwed(party, sender=self.suite.admin)
            self.twin.deposits.owed.pop(party)
            self.twin.money.transfer(ESCROW, party, waiting)

    # ---------------------------------------------------------------- deposits

    def silence(self, lease: int) -> bool:
        """A clock has run out, or is extended while a recovery stands in the way."""
        hindered = self._hindered(lease)
        return self._both(
            lambda: self.escrow.finalise(lease, sender=self.suite.admin),
            lambda: self.twin.finalise(lease, self.day, hindered),
        )

    def _hindered(self, lease: int) -> bool:
        from commonhold.rules.deposit import Phase

        deposit, ledger = self.twin.deposits.deposit(lease), self.twin.lease(lease)
        if self.world.backend.time() < self.world.leases.pausedUntil():
            return True
        if deposit.phase == Phase.CLAIMING:
            return ledger.landlord in self.pending
        if deposit.phase == Phase.AWARDING:
            return deposit.arbiter in self.pending
        waiting = (a.tenant for i, a in enumerate(ledger.accounts) if not deposit.answered >> i & 1)
        return any(tenant in self.pending for tenant in waiting)

    # ---------------------------------------------------------------- the invariants

    def check(self) -> None:
        """L1 and L4, and every figure of contract and twin alike."""
        self.compare()
        twin, world = self.twin, self.world
        pots = sum(account[4] for lease in twin.leases for account in world.leases.accountsOf(lease))
        owed = sum(int(world.leases.owed(party)) for party in self.people)
        same("L1: held", world.leases.held(), pots + owed)
        assert self.suite.balance(world.leases) >= world.leases.held(), "L1"
        assert self.suite.balance(world.escrow) >= world.escrow.held(), "L1"
        for party in self.people:
            same("owed by the deposits", world.escrow.owed(party), twin.deposits.owed.get(party, 0))
        everywhere = [*self.people.values(), world.leases, world.escrow]
        same("L4: all money", sum(self.suite.balance(who) for who in everywhere), FUNDS * len(self.people))

    def settle_twice(self, leases: list[int]) -> None:
        """L3: the second run moves nothing."""
        self.settle(leases)
        balances = {who: self.suite.balance(who) for who in (*self.people.values(), self.leases)}
        for result in self.settle(leases):
            assert result.amount == 0, f"L3: {result}"
            assert result.code != Code.COLLECTED, f"L3: {result}"
        same("L3", {who: self.suite.balance(who) for who in balances}, balances)


def _terms(values: tuple[Any, ...]) -> LeaseTerms:
    """The ABI's tuple as the twin's terms."""
    from tests.contracts.LeaseAgreement.offers import FIELDS

    fields = dict(zip(FIELDS, values, strict=True))
    fields["tenants"], fields["shares"] = tuple(fields["tenants"]), tuple(fields["shares"])
    fields["steps"] = tuple(RentStep(*step) for step in fields["steps"])
    fields["fees"] = tuple(OneOffFee(*fee) for fee in fields["fees"])
    fields["opening"] = Opening(*fields["opening"])
    fields["dayCount"] = DayCount(fields["dayCount"])
    return LeaseTerms(*fields.values())
