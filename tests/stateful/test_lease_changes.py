"""LeaseChanges over a real lease, against a model in Python that knows who must accept what.

Whoever proposes, accepts, signs and withdraws in whatever order: the contract refuses and accepts what the
model does, for the same reason, and the lease changes when the last acceptor has agreed and not before.

Invariants (numbers of the contract): 1 nothing is applied without every acceptor · 2 nor at another version
than the accepted one · 3 the month's waivers are those applied · 4 a party's proposal blocks nobody else.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from commonhold.rules.calendar import month_of
from tests.evm import Reverted
from tests.examples import LONG
from tests.lease_world import CMT, END, REASON, RENEWAL, RENT, SALE, TENANT, WAIVE_RENT, InProcess, World

ANYBODY = ("landlord", "ann", "ben", "cleo", "buyer", "arbiter", "stranger")
OFFICE = "the office"
_world: list[World] = []


def world() -> World:
    if not _world:
        _world.append(World(InProcess()))
    return _world[0]


@dataclass
class Open:
    proposal: Any
    kind: int
    version: int
    deadline: int
    proposer: str
    required: frozenset[str]
    accepted: set[str]
    newcomer: str = ""
    index: int = 0
    amount: int = 0


class Refused(Exception):
    """What the contract must answer."""


class LeaseChangesMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = world()
        self.mark = self.world.backend.snapshot()
        self.lease = self.world.activate("ann", "ben", startDay=self.world.today)
        for person in ("ann", "ben"):
            self.world.revoke_mandate(person)
        self.landlord, self.tenants = "landlord", ["ann", "ben"]
        self.versions, self.waivers, self.waived = 0, 0, 0
        self.made: list[Open] = []

    def teardown(self) -> None:
        self.world.backend.restore(self.mark)

    # ---------------------------------------------------------------- the model

    def version(self, kind: int) -> int:
        return self.versions + self.waivers if kind == WAIVE_RENT else self.versions

    def live(self, one: Open) -> bool:
        return one.version == self.version(one.kind) and one.deadline >= self.world.backend.time()

    def must_accept(self, kind: int, newcomer: str) -> frozenset[str]:
        everybody = {self.landlord, *self.tenants}
        if kind in (TENANT, SALE) and newcomer in everybody:
            raise Refused("ProposalInvalid")
        if kind == WAIVE_RENT:
            return frozenset({self.landlord, OFFICE})
        if kind == SALE:
            return frozenset({self.landlord, newcomer})
        return frozenset(everybody | {newcomer} if kind == TENANT else everybody)

    def expect(self, reason: str | None, act: Any) -> bool:
        """Both refuse for this reason, or both do it; what the lease itself refuses keeps everything."""
        try:
            act()
        except Reverted as error:
            if reason is None:
                assert error.name.startswith("Lease") or error.name.startswith("Unit"), error
                return False
            assert error.name == reason, f"{error} instead of {reason}"
            return False
        assert reason is None, f"nothing reverted instead of {reason}"
        return True

    def applied(self, one: Open) -> None:
        """The lease did what was agreed."""
        assert one.accepted == one.required
        if one.kind == WAIVE_RENT:
            self.waivers += 1
            self.waived += one.amount
        else:
            self.versions += 1
        if one.kind == TENANT:
            self.tenants[one.index] = one.newcomer
        if one.kind == SALE:
            self.landlord = one.newcomer
        self.made.remove(one)

    # ---------------------------------------------------------------- what people do

    @rule(
        kind=st.sampled_from([RENT, RENEWAL, TENANT, SALE, END, WAIVE_RENT]),
        who=st.sampled_from(ANYBODY),
        newcomer=st.sampled_from(ANYBODY[:6]),
        index=st.integers(0, 1),
        size=st.integers(1, 3),
        days=st.integers(5, 60),
        wild=st.booleans(),
        settled=st.booleans(),
    )
    def propose(
        self, kind: int, who: str, newcomer: str, index: int, size: int, days: int, wild: bool, settled: bool
    ):
        if not wild:  # somebody who may
            who = self.landlord if size != 2 or kind in (SALE, WAIVE_RENT) else self.tenants[index]
        now, today = self.world.backend.time(), self.world.today
        fields: dict[str, Any] = {
            RENT: {"day": self.world.month_start(1 + size), "amount": (900 + size) * CMT},
            RENEWAL: {"day": today + 365 * size, "amount": (900 + size) * CMT},
            TENANT: {"index": index, "party": newcomer},
            SALE: {"party": newcomer},
            END: {"day": today + 100 * size},
            WAIVE_RENT: {
                "index": index,
                "party": self.tenants[index],
                "amount": size * CMT,
                "reason": REASON,
            },
        }[kind]
        by_office = kind == WAIVE_RENT and who == "stranger"
        name = OFFICE if by_office else who
        proposal = self.world.proposal(self.lease, kind, deadline=now + days * 86_400, **fields)
        one = Open(
            proposal, kind, self.version(kind), now + days * 86_400, name, frozenset(), {name}, newcomer
        )
        one.index, one.amount = index, fields.get("amount", 0)
        reason = None
        try:
            one.required = self.must_accept(kind, newcomer)
            if name not in one.required:
                raise Refused("ProposalNotParty")
            if any(other.proposal == proposal for other in self.made):
                raise Refused("ProposalExists")
            if any(o.proposer == name and o.kind == kind and self.live(o) for o in self.made):
                raise Refused("ProposalOpen")
        except Refused as refused:
            reason = str(refused)
        function, sender = ("proposeWaiver", "manager") if by_office else ("propose", who)
        act = getattr(self.world.changes, function)
        if self.expect(reason, lambda: act(proposal, sender=self.world.wallet(sender))):
            replaced = [o for o in self.made if o.proposer == name and o.kind == kind]
            self.made = [o for o in self.made if o not in replaced] + [one]
            if settled:
                self.all_agree(one)

    @rule(pick=st.integers(0, 20), who=st.sampled_from((*ANYBODY, OFFICE)), sign=st.booleans())
    def accept(self, pick: int, who: str, sign: bool) -> None:
        if self.made:
            self.try_to_accept(self.made[pick % len(self.made)], who, sign)

    def all_agree(self, one: Open) -> None:
        """Everybody who is missing accepts, one after the other."""
        for who in sorted(one.required - one.accepted):
            self.try_to_accept(one, who, sign=who != "ann")

    def try_to_accept(self, one: Open, who: str, sign: bool) -> None:
        reason = None
        if one.deadline < self.world.backend.time():
            reason = "ProposalExpired"
        elif one.version != self.version(one.kind):
            reason = "ProposalStale"
        elif one.kind == END and one.proposal[0][3] < self.world.today:
            reason = "ProposalInvalid"
        elif who not in one.required:
            reason = "ProposalNotParty"
        elif who in one.accepted:
            reason = "ProposalAcceptedAlready"
        changes, wallet = self.world.changes, self.world.wallet
        if who == OFFICE:
            done = self.expect(reason, lambda: changes.approveWaiver(one.proposal, sender=wallet("manager")))
        elif sign and who != "stranger":
            signature = self.world.acceptance(one.proposal, who)
            party, stranger = self.world.party[who], wallet("stranger")
            act = changes.acceptBySignature
            done = self.expect(reason, lambda: act(one.proposal, party, signature, sender=stranger))
        else:
            done = self.expect(reason, lambda: changes.accept(one.proposal, sender=wallet(who)))
        if done:
            one.accepted.add(who)
            if one.accepted == one.required:
                self.applied(one)

    @rule(pick=st.integers(0, 20), who=st.sampled_from(ANYBODY))
    def withdraw(self, pick: int, who: str) -> None:
        if not self.made:
            return
        one = self.made[pick % len(self.made)]
        id_ = self.world.changes.hashProposal(one.proposal)
        reason = None if who == one.proposer else "ProposalNotProposer"
        if self.expect(reason, lambda: self.world.changes.withdraw(id_, sender=self.world.wallet(who))):
            self.made.remove(one)

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.world.pass_days(days)

    # ---------------------------------------------------------------- what always holds

    @invariant()
    def the_lease_is_as_agreed(self) -> None:
        landlord, tenants = self.world.leases.termsOf(self.lease)[1], self.world.leases.accountsOf(self.lease)
        assert landlord == self.world.party[self.landlord]
        assert [account[0] for account in tenants] == [self.world.party[name] for name in self.tenants]

    @invariant()
    def versions_and_waivers_count_what_was_applied(self) -> None:
        changes = self.world.changes
        assert changes.versionOf(self.lease, RENT) == self.version(RENT)
        assert changes.versionOf(self.lease, WAIVE_RENT) == self.version(WAIVE_RENT)
        month, waived = month_of(self.world.today), 0
        for back in range(24):
            waived += changes.waivedIn(month - back)[0]
        assert waived == self.waived

    @invariant()
    def open_proposals_are_those_of_the_model(self) -> None:
        for one in self.made:
            progress = self.world.changes.progressOf(self.world.changes.hashProposal(one.proposal))
            assert bin(progress[4]).count("1") == len(one.accepted)
            assert bin(progress[3]).count("1") == len(one.required)


TestLeaseChanges = LeaseChangesMachine.TestCase
TestLeaseChanges.settings = settings(max_examples=500 if LONG else 50, stateful_step_count=30, deadline=None)
