"""The rules of PartyRegistry and PartyRecovery as a model in Python, and the wallets that it knows."""

from dataclasses import dataclass, field

from eth_account.signers.local import LocalAccount

from tests.registry_world import DAY, NOBODY, account

WALLETS: list[LocalAccount] = [account(100 + number) for number in range(8)]
ADDRESSES = [wallet.address for wallet in WALLETS]


@dataclass
class Recovery:
    new: str
    ready: int
    expires: int
    support: set[int]
    by_manager: bool
    vetoed: bool = False
    overruled: bool = False


@dataclass
class Party:
    wallet: str = NOBODY
    linked: set[str] = field(default_factory=set)
    guardians: tuple[int, ...] = ()
    threshold: int = 0
    coming: tuple[tuple[int, ...], int, int] | None = None
    version: int = 0
    until: int = 0
    recovery: Recovery | None = None
    proposal: tuple[str, int] | None = None


class Refused(Exception):
    """What the contract must answer."""


class Model:
    """The rules, in the order in which the contracts check them."""

    def __init__(self, time: int, first: int) -> None:
        self.time, self.first = time, first
        self.parties: dict[int, Party] = {}
        self.successor: dict[str, str] = {}
        self.balance = dict.fromkeys(ADDRESSES, 0)
        self.link_nonce = dict.fromkeys(ADDRESSES, 0)
        self.nonce = dict.fromkeys(ADDRESSES, 0)
        self.support_given: dict[tuple[int, str, int, int], set[int]] = {}

    # ---- looks

    def party_of(self, wallet: str) -> int:
        return next((number for number, party in self.parties.items() if wallet in party.linked), 0)

    def held(self, wallet: str) -> bool:
        return any(party.wallet == wallet and party.until for party in self.parties.values())

    def runs(self, party: Party) -> bool:
        return self.time < party.until

    def heir(self, wallet: str) -> str:
        while wallet in self.successor:
            wallet = self.successor[wallet]
        return wallet

    # ---- registry

    def check_free(self, wallet: str) -> None:
        if wallet in self.successor:
            raise Refused("PartyWalletReplaced")
        if self.party_of(wallet):
            raise Refused("PartyWalletTaken")

    def add_party(self, wallet: str) -> None:
        party = Party()
        if wallet != NOBODY:
            self.check_free(wallet)
            self.link_nonce[wallet] += 1
            party.wallet, party.linked = wallet, {wallet}
        self.parties[self.first + len(self.parties)] = party

    def link_first(self, number: int, wallet: str) -> None:
        party = self.parties[number]
        if party.wallet != NOBODY:
            raise Refused("PartyHasWallet")
        self.check_free(wallet)
        self.link_nonce[wallet] += 1
        party.wallet, party.linked = wallet, {wallet}

    def may_act(self, number: int, sender: str) -> None:
        if not number:
            raise Refused("PartyNotLinked")
        party = self.parties[number]
        if party.wallet != sender:
            raise Refused("PartyNotCurrentWallet")
        if party.until and self.runs(party) and party.recovery and not party.recovery.by_manager:
            raise Refused("PartyRecoveryRunning")

    def link(self, number: int, sender: str, wallet: str) -> None:
        self.may_act(number, sender)
        self.check_free(wallet)
        self.parties[number].until = 0
        self.link_nonce[wallet] += 1
        self.parties[number].linked.add(wallet)

    def unlink(self, sender: str, wallet: str) -> None:
        number = self.party_of(wallet)
        if not number:
            raise Refused("PartyNotLinked")
        party = self.parties[number]
        if party.wallet == wallet:
            raise Refused("PartyWalletIsCurrent")
        if sender != wallet:
            self.may_act(number, sender)
            party.until = 0
        party.linked.remove(wallet)

    def switch(self, sender: str, wallet: str) -> None:
        number = self.party_of(sender)
        self.may_act(number, sender)
        party = self.parties[number]
        if wallet not in party.linked:
            raise Refused("PartyWalletNotOfParty")
        party.until, party.wallet = 0, wallet

    # ---- recovery

    def clear_lapsed(self, party: Party) -> None:
        if party.until and not self.runs(party):
            party.until = 0

    def promote(self, party: Party) -> None:
        if party.coming and party.coming[2] <= self.time:
            party.guardians, party.threshold, _ = party.coming
            party.coming = None
            party.version += 1

    def cancel_by_manager(self, party: Party) -> bool:
        cancelled = party.proposal is not None
        party.proposal = None
        if self.runs(party):
            assert party.recovery is not None
            if not party.recovery.by_manager:
                return False
            party.until, cancelled = 0, True
        return cancelled

    def rest_until(self, party: Party) -> int:
        recovery = party.recovery
        if recovery is None or recovery.by_manager or recovery.expires > self.time:
            return 0
        return recovery.expires + 14 * DAY

    def check_startable(self, number: int, wallet: str) -> None:
        party = self.parties[number]
        if self.runs(party):
            raise Refused("RecoveryRunning")
        if party.wallet == NOBODY:
            raise Refused("RecoveryPartyHasNoWallet")
        if wallet == party.wallet or self.party_of(wallet) not in (0, number) or wallet in self.successor:
            raise Refused("RecoveryWalletUnfit")

    def start(self, number: int, wallet: str, support: set[int], by_manager: bool) -> None:
        self.check_startable(number, wallet)
        party = self.parties[number]
        ready = self.time + (14 if by_manager else 3) * DAY
        party.until = ready + 14 * DAY
        party.recovery = Recovery(wallet, ready, party.until, set(support), by_manager)
        party.proposal = None

    def overrule_now(self, party: Party) -> None:
        assert party.recovery is not None
        party.recovery.overruled = True
        party.until = party.recovery.expires = max(party.recovery.ready, self.time) + 14 * DAY

    def set_guardians(self, sender: str, guardians: tuple[int, ...], threshold: int) -> None:
        number = self.party_of(sender)
        if not number:
            raise Refused("RecoveryCallerNotLinked")
        party = self.parties[number]
        if party.wallet != sender:
            raise Refused("RecoveryNotCurrentWallet")
        running = party.recovery if self.runs(party) else None
        if running and not running.by_manager:
            raise Refused("RecoveryRunning")
        if number in guardians or threshold > len(guardians) or (threshold == 0) != (guardians == ()):
            raise Refused("RecoveryGuardiansInvalid")
        party.until, party.proposal = 0, None
        self.promote(party)
        party.coming = (guardians, threshold, self.time + 7 * DAY)

    def support(self, sender: str, number: int, wallet: str) -> None:
        party = self.parties[number]
        guardians = party.guardians
        version = party.version
        if party.coming and party.coming[2] <= self.time:
            guardians, version = party.coming[0], version + 1
        guardian = self.party_of(sender)
        if guardian not in guardians or not guardian or self.parties[guardian].wallet != sender:
            raise Refused("RecoveryNotGuardian")
        if self.runs(party):
            recovery = party.recovery
            assert recovery is not None
            if recovery.by_manager or recovery.new != wallet:
                raise Refused("RecoveryRunning")
            if guardian in recovery.support:
                raise Refused("RecoveryAlreadySupported")
            recovery.support.add(guardian)
            if recovery.vetoed and not recovery.overruled and recovery.support == set(guardians):
                self.overrule_now(party)
            return
        if self.time < self.rest_until(party):
            raise Refused("RecoveryGuardiansRest")
        key = (number, wallet, self.nonce[wallet], version)
        given = self.support_given.get(key, set())
        if guardian in given:
            raise Refused("RecoveryAlreadySupported")
        threshold = party.coming[1] if version != party.version and party.coming else party.threshold
        starts = len(given) + 1 >= threshold
        if starts:
            self.check_startable(number, wallet)
        self.promote(party)
        self.clear_lapsed(party)
        self.support_given[key] = given | {guardian}
        if starts:
            self.nonce[wallet] += 1
            party.coming = None
            self.start(number, wallet, given | {guardian}, False)

    def propose(self, number: int, wallet: str) -> None:
        self.check_startable(number, wallet)
        self.clear_lapsed(self.parties[number])
        self.nonce[wallet] += 1
        self.parties[number].proposal = (wallet, self.time + 7 * DAY)

    def confirm(self, number: int, wallet: str) -> None:
        proposal = self.parties[number].proposal
        if proposal is None or proposal[1] < self.time or proposal[0] != wallet:
            raise Refused("RecoveryProposalNone")
        self.start(number, wallet, set(), True)

    def cancel(self, sender: str) -> None:
        number = self.party_of(sender)
        if not number:
            raise Refused("RecoveryCallerNotLinked")
        party = self.parties[number]
        running = party.recovery if self.runs(party) else None
        if not (running and not running.by_manager):
            if not self.cancel_by_manager(party):
                raise Refused("RecoveryNone")
            self.clear_lapsed(party)
            return
        if running.vetoed:
            raise Refused("RecoveryVetoUsed")
        party.proposal = None
        running.vetoed = True
        party.until = running.expires = self.time + 7 * DAY
        if running.support == set(party.guardians):
            self.overrule_now(party)

    def overrule(self, number: int, wallet: str) -> None:
        party = self.parties[number]
        if not self.runs(party):
            raise Refused("RecoveryNone")
        recovery = party.recovery
        assert recovery is not None
        if not recovery.vetoed or recovery.overruled or recovery.new != wallet:
            raise Refused("RecoveryNoVeto")
        self.overrule_now(party)

    def complete(self, number: int) -> None:
        party = self.parties[number]
        if not self.runs(party):
            raise Refused("RecoveryNone")
        recovery = party.recovery
        assert recovery is not None
        if self.time < recovery.ready:
            raise Refused("RecoveryTooEarly")
        if recovery.vetoed and not recovery.overruled:
            raise Refused("RecoveryVetoStands")
        if recovery.new not in party.linked:
            self.check_free(recovery.new)
        old, new = party.wallet, recovery.new
        party.linked = (party.linked - {old}) | {new}
        party.wallet, party.until, party.recovery = new, 0, None
        if recovery.by_manager:
            party.guardians, party.threshold, party.coming = (), 0, None
            party.version += 1
        self.successor[old] = new
        self.balance[new] += self.balance[old]
        self.balance[old] = 0

    def expire(self, number: int) -> None:
        party = self.parties[number]
        if not party.until:
            raise Refused("RecoveryNone")
        if self.runs(party):
            raise Refused("RecoveryTooEarly")
        party.until = 0

    # ---- money

    def transfer(self, sender: str, to: str, amount: int) -> None:
        if sender in self.successor:
            raise Refused("TokenWalletReplaced")
        if self.held(sender):
            raise Refused("TokenRecoveryPending")
        self.balance[sender] -= amount
        self.balance[self.heir(to)] += amount
