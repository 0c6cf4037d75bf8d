"""PartyRegistry with PartyRecovery and the real token, against a model in Python that knows every rule.

Whatever people, guardians, officers and thieves do in whatever order: the contracts refuse and accept what
the model does, for the same reason. At the end every party can still be reached by its wallet and every
token is paid out exactly.

Invariants (numbers of the contracts): PartyRegistry 1 one party a wallet · 2 a wallet once, a wallet always ·
3 held back only while a recovery is on record. PartyRecovery 1 no completion before its delay or against a
standing veto · 2 every recovery ends by itself · 3 guardians rest after a lapse. In docs/invariants.md: P1 a
wallet has one party at most, a replaced one none; P2 a recovery loses nothing, as the teardown shows.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.evm import Reverted
from tests.lease_world import InProcess
from tests.registry_world import DAY, NOBODY, World, account
from tests.stateful.party_model import ADDRESSES, WALLETS, Model, Party, Refused

FAR = 2**40
SINK = "0x" + "5a" * 20


_world: list[World] = []


def shared_world() -> World:
    """One deployment for all examples; each starts from its snapshot."""
    if not _world:
        _world.append(World(InProcess()))
    return _world[0]


wallets = st.integers(0, len(WALLETS) - 1)
numbers = st.integers(0, 5)


class PartiesMachine(RuleBasedStateMachine):
    """Eight wallets, up to six parties, and everything that can happen between them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = shared_world()
        self.mark = self.world.backend.snapshot()
        self.model = Model(self.world.time, self.world.parties.partyCount() + 1)
        self.minted = 0
        for number in range(4):
            self.add(ADDRESSES[number])

    def teardown(self) -> None:
        try:
            self.everybody_leaves()
        finally:
            self.world.backend.restore(self.mark)

    # ---- tools

    def same(self, expected: Callable[[], None], call: Callable[[], Any]) -> None:
        """Contract and model accept, or refuse for the same reason."""
        try:
            expected()
            reason = None
        except Refused as refused:
            reason = str(refused)
        try:
            call()
            answer = None
        except Reverted as reverted:
            answer = reverted.name
        assert answer == reason

    def pick(self, index: int) -> int:
        """One of the parties."""
        known = list(self.model.parties)
        return known[index % len(known)]

    def pick_running(self, index: int) -> int:
        """A party whose recovery runs, if there is one; otherwise any."""
        running = [number for number, party in self.model.parties.items() if self.model.runs(party)]
        return running[index % len(running)] if running else self.pick(index)

    def consent(self, kind: str, wallet: str, first: Any) -> tuple[int, bytes]:
        who = WALLETS[ADDRESSES.index(wallet)]
        nonces = self.model.nonce if kind == "ReplaceWallet" else self.model.link_nonce
        return self.world.sign(kind, who, first, nonce=nonces[wallet], deadline=FAR)

    def add(self, wallet: str) -> None:
        identity = self.world.identity()
        consent = self.consent("JoinCommunity", wallet, identity) if wallet != NOBODY else (0, b"")
        manager = self.world.wallet("manager")
        self.same(
            lambda: self.model.add_party(wallet),
            lambda: self.world.parties.register(1, identity, wallet, *consent, sender=manager),
        )

    # ---- people

    @rule(index=wallets, bare=st.booleans())
    def register(self, index: int, bare: bool) -> None:
        if len(self.model.parties) < 6:
            self.add(NOBODY if bare else ADDRESSES[index])

    @rule(which=numbers, index=wallets)
    def link_first(self, which: int, index: int) -> None:
        party, wallet = self.pick(which), ADDRESSES[index]
        consent = self.consent("LinkWallet", wallet, party)
        attestor = self.world.wallet("attestor")
        self.same(
            lambda: self.model.link_first(party, wallet),
            lambda: self.world.parties.linkFirst(party, wallet, *consent, sender=attestor),
        )

    @rule(which=numbers, sender=wallets, index=wallets, honest=st.booleans())
    def link(self, which: int, sender: int, index: int, honest: bool) -> None:
        party, wallet = self.pick(which), ADDRESSES[index]
        caller = self.model.parties[party].wallet if honest else ADDRESSES[sender]
        consent = self.consent("LinkWallet", wallet, party)
        if caller != NOBODY:
            self.same(
                lambda: self.model.link(party, caller, wallet),
                lambda: self.world.parties.link(party, wallet, *consent, sender=caller),
            )

    @rule(sender=wallets, index=wallets)
    def unlink(self, sender: int, index: int) -> None:
        caller, wallet = ADDRESSES[sender], ADDRESSES[index]
        self.same(
            lambda: self.model.unlink(caller, wallet),
            lambda: self.world.parties.unlink(wallet, sender=caller),
        )

    @rule(sender=wallets, index=wallets, own=st.booleans())
    def switch(self, sender: int, index: int, own: bool) -> None:
        caller, wallet = ADDRESSES[sender], ADDRESSES[index]
        spares = sorted(self.model.parties.get(self.model.party_of(caller), Party()).linked)
        if own and spares:
            wallet = spares[index % len(spares)]
        self.same(
            lambda: self.model.switch(caller, wallet),
            lambda: self.world.parties.switchWallet(wallet, sender=caller),
        )

    # ---- guardians and recovery

    @rule(sender=wallets, mask=st.integers(0, 63), threshold=st.integers(0, 3))
    def set_guardians(self, sender: int, mask: int, threshold: int) -> None:
        caller = ADDRESSES[sender]
        guardians = tuple(party for bit, party in enumerate(self.model.parties) if mask >> bit & 1)
        self.same(
            lambda: self.model.set_guardians(caller, guardians, threshold),
            lambda: self.world.recovery.setGuardians(guardians, threshold, sender=caller),
        )

    def supported(self, party: int, caller: str, wallet: str) -> None:
        consent = self.consent("ReplaceWallet", wallet, party)
        self.same(
            lambda: self.model.support(caller, party, wallet),
            lambda: self.world.recovery.supportRecovery(party, wallet, *consent, sender=caller),
        )

    @rule(which=numbers, sender=wallets, index=wallets)
    def support(self, which: int, sender: int, index: int) -> None:
        self.supported(self.pick(which), ADDRESSES[sender], ADDRESSES[index])

    @rule(which=numbers, mask=st.integers(0, 63), threshold=st.integers(1, 3), index=wallets)
    def guarded_recovery(self, which: int, mask: int, threshold: int, index: int) -> None:
        """A party names guardians, time passes, they all support one wallet."""
        number = self.pick(which)
        party = self.model.parties[number]
        if party.wallet == NOBODY:
            return
        others = tuple(n for bit, n in enumerate(self.model.parties) if mask >> bit & 1 and n != number)
        caller = party.wallet
        self.same(
            lambda: self.model.set_guardians(caller, others, min(threshold, len(others))),
            lambda: self.world.recovery.setGuardians(others, min(threshold, len(others)), sender=caller),
        )
        self.pass_time(7 * DAY)
        for guardian in others:
            if self.model.parties[guardian].wallet != NOBODY:
                self.supported(number, self.model.parties[guardian].wallet, ADDRESSES[index])

    @rule(which=numbers, index=wallets)
    def propose(self, which: int, index: int) -> None:
        party, wallet = self.pick(which), ADDRESSES[index]
        consent = self.consent("ReplaceWallet", wallet, party)
        manager = self.world.wallet("manager")
        self.same(
            lambda: self.model.propose(party, wallet),
            lambda: self.world.recovery.proposeRecovery(party, wallet, *consent, sender=manager),
        )

    @rule(which=numbers, index=wallets, right=st.booleans())
    def confirm(self, which: int, index: int, right: bool) -> None:
        party = self.pick(which)
        proposal = self.model.parties[party].proposal
        wallet = proposal[0] if proposal and right else ADDRESSES[index]
        committee = self.world.wallet("committee")
        self.same(
            lambda: self.model.confirm(party, wallet),
            lambda: self.world.recovery.confirmRecovery(party, wallet, sender=committee),
        )

    @rule(which=numbers, index=wallets)
    def started_by_two_officers(self, which: int, index: int) -> None:
        self.propose(which, index)
        self.confirm(which, index, True)

    @rule(sender=wallets, which=numbers, aimed=st.booleans())
    def cancel(self, sender: int, which: int, aimed: bool) -> None:
        caller = ADDRESSES[sender]
        if aimed:
            caller = self.model.parties[self.pick_running(which)].wallet
        if caller == NOBODY:
            return
        self.same(
            lambda: self.model.cancel(caller), lambda: self.world.recovery.cancelRecovery(sender=caller)
        )

    @rule(which=numbers, index=wallets, right=st.booleans())
    def overrule(self, which: int, index: int, right: bool) -> None:
        party = self.pick_running(which)
        recovery = self.model.parties[party].recovery
        wallet = recovery.new if recovery and right else ADDRESSES[index]
        committee = self.world.wallet("committee")
        self.same(
            lambda: self.model.overrule(party, wallet),
            lambda: self.world.recovery.overruleVeto(party, wallet, sender=committee),
        )

    @rule(which=numbers)
    def complete(self, which: int) -> None:
        party = self.pick_running(which)
        stranger = self.world.wallet("stranger")
        self.same(
            lambda: self.model.complete(party),
            lambda: self.world.recovery.completeRecovery(party, sender=stranger),
        )

    @rule(which=numbers)
    def expire(self, which: int) -> None:
        party = self.pick_running(which)
        stranger = self.world.wallet("stranger")
        self.same(
            lambda: self.model.expire(party),
            lambda: self.world.recovery.expireRecovery(party, sender=stranger),
        )

    # ---- money and time

    @rule(index=wallets, amount=st.integers(1, 1_000))
    def mint(self, index: int, amount: int) -> None:
        self.world.fund(ADDRESSES[index], amount)
        self.model.balance[self.model.heir(ADDRESSES[index])] += amount
        self.minted += amount

    @rule(sender=wallets, index=wallets, part=st.integers(0, 4))
    def transfer(self, sender: int, index: int, part: int) -> None:
        caller, to = ADDRESSES[sender], ADDRESSES[index]
        amount = self.model.balance[caller] * part // 4
        self.same(
            lambda: self.model.transfer(caller, to, amount),
            lambda: self.world.token.transfer(to, amount, sender=caller),
        )

    @rule(seconds=st.sampled_from([1, 3_600, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 17 * DAY, 40 * DAY]))
    def pass_time(self, seconds: int) -> None:
        self.world.later(seconds)
        self.model.time += seconds

    # ---- what always holds

    @invariant()
    def invariant_1_a_wallet_belongs_to_one_party(self) -> None:
        for wallet in ADDRESSES:
            assert self.world.parties.partyOf(wallet) == self.model.party_of(wallet)
            assert bool(self.world.parties.replacedOf(wallet)) == (wallet in self.model.successor)

    @invariant()
    def invariant_2_and_3_current_wallets_and_holds(self) -> None:
        world, model = self.world, self.model
        for number, party in model.parties.items():
            assert world.parties.walletOf(number) == party.wallet
            assert world.parties.walletCount(number) == len(party.linked)
            assert world.parties.recoveryUntil(number) == party.until
            assert world.parties.recoveryPending(number) == model.runs(party)
        for wallet in ADDRESSES:
            assert world.token.balanceOf(wallet) == model.balance[wallet]
            assert world.token.statusOf(wallet)[1] == model.held(wallet)

    # ---- the end

    def everybody_leaves(self) -> None:
        """Long after, every party acts with its wallet, and all money leaves."""
        world, model = self.world, self.model
        self.pass_time(100 * DAY)
        stranger = world.wallet("stranger")
        fresh = iter(range(200, 300))
        for number, party in model.parties.items():
            if world.parties.recoveryUntil(number):
                world.recovery.expireRecovery(number, sender=stranger)
            if party.wallet == NOBODY:
                who = account(next(fresh))
                consent = world.sign("LinkWallet", who, number, deadline=FAR)
                world.parties.linkFirst(number, who.address, *consent, sender=world.wallet("attestor"))
            world.parties.setCollectingConsent(True, sender=world.parties.walletOf(number))
            assert world.parties.collectingConsent(number)
        paid = 0
        for wallet in ADDRESSES:
            amount = world.token.balanceOf(wallet)
            assert amount == model.balance[wallet]
            if amount:
                world.token.transfer(SINK, amount, sender=wallet)
                paid += amount
        assert paid == self.minted == world.token.balanceOf(SINK)


TestParties = PartiesMachine.TestCase
TestParties.settings = settings(stateful_step_count=40)
