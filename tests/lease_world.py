"""A small community on a chain of its own, for the tests of the lease contracts: real contracts, ten people.

    world = World(backend)
    lease = world.activate("ann", "ben", rent=900 * CMT)
    world.escrow.fileClaim(lease, [5], [REASON], sender=world.wallet("landlord"))
    with world.reverts("DepositPhaseWrong", lease, 3): ...

The same tests run in an EVM inside this process (plain pytest: fast) and inside brownie (on Anvil or Ganache,
with coverage); `backend_for` picks by pytest's plugins. tests/backends.py says how contracts are called.
"""

import contextlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak

from commonhold.chain.node import MNEMONIC
from commonhold.rules.calendar import first_of, month_of
from tests.backends import Backend
from tests.backends import InProcess as InProcess
from tests.backends import backend_for as backend_for

UTC_OFFSET = 28_800  # [s]
CMT = 10**6  # [cmt]
PEOPLE = ("admin", "manager", "committee", "landlord", "ann", "ben", "cleo", "buyer", "arbiter", "stranger")
PARTIES = PEOPLE[3:9]  # the others have no party
MANAGER, COMMITTEE, REGISTRY, RECOVERY = 1, 6, 7, 8  # roles
LEASE_LIBRARIES = (
    "LeaseCredit",
    "LeaseRounds",
    "LeaseSettlement",
    "LeasePayments",
    "LeaseRevision",
    "LeaseOpening",
    "LeaseClosing",
    "LeaseReading",
)
LANDLORD = 0xFF  # in place of an account's index
RENT, RENEWAL, TENANT, SALE, END, HOLDOVER, WAIVE_RENT, WAIVE_FEES = range(8)
ACTIVE, NOTICE, HELD_OVER, ENDED, DEPOSIT_REVIEW, CLOSED = range(1, 7)  # states of a lease
REASON = keccak(text="reason")
NO_HASH = bytes(32)
NOBODY = "0x" + "00" * 20


def field(name: str) -> bytes:
    """The name of a struct's field as errors carry it."""
    return name.encode().ljust(32, b"\0")


@cache
def key_of(person: str) -> PrivateKey:
    """The published development key of one of the people."""
    Account.enable_unaudited_hdwallet_features()
    path = f"m/44'/60'/0'/0/{PEOPLE.index(person)}"
    return PrivateKey(bytes(Account.from_mnemonic(MNEMONIC, account_path=path).key))


def sign_hash(person: str, digest: bytes) -> bytes:
    """A 65-byte signature over a digest."""
    signature = key_of(person).sign_msg_hash(digest)
    return bytes(signature.to_bytes()[:64]) + bytes([27 + signature.v])


def sign_typed(person: str, domain: dict[str, Any], types: dict[str, Any], message: dict[str, Any]) -> bytes:
    """A signature over typed data as a wallet makes it, from the types alone."""
    signable = encode_typed_data(domain, types, message)
    return bytes(Account.sign_message(signable, key_of(person).to_bytes()).signature)


class World:
    """The contracts, the people, and short ways to what the tests do all the time."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        admin = self.wallet("admin")
        self.access = backend.deploy("CommunityAccess", admin, 86_400)
        self.forwarder = backend.deploy("CommunityForwarder", "Commonhold Forwarder")
        houses = (self.access, self.forwarder)
        self.token = backend.deploy(
            "CommunityToken", *houses, UTC_OFFSET, 10**9 * CMT, "Community Token", "CMT"
        )
        self.parties = backend.deploy("PartyRegistry", *houses, self.token)
        self.units = backend.deploy("UnitRegistry", *houses, self.parties, UTC_OFFSET)
        self._deploy_leases(houses)
        self._grant()
        self.party: dict[str, int] = {}
        self.terms_hash: dict[int, bytes] = {}
        for person in PARTIES:
            self._register(person)
        self.token.setMinter(admin, 10**9 * CMT, sender=admin)
        for person in PARTIES:
            self.token.mint(self.wallet(person), 10**6 * CMT, keccak(text=person), sender=admin)
            self.give_mandate(person)
        # noon of the first day of a month, so that no test depends on the day it runs on
        month = month_of((backend.time() + UTC_OFFSET) // 86_400) + 1
        self.first_day = first_of(month)
        self.to_day(self.first_day)

    def _deploy_leases(self, houses: tuple[Any, Any]) -> None:
        backend = self.backend
        for library in LEASE_LIBRARIES:
            backend.deploy_library(library)
        self.credit = backend.deploy("CreditDouble")
        leases, changes, escrow = backend.next_addresses(3)
        self.leases = backend.deploy(
            "LeaseAgreement",
            *houses,
            self.token,
            self.parties,
            self.units,
            changes,
            escrow,
            self.credit,
            UTC_OFFSET,
        )
        self.changes = backend.deploy("LeaseChanges", *houses, self.parties, leases, self.credit)
        self.escrow = backend.deploy("DepositEscrow", *houses, self.token, self.parties, leases, self.credit)
        assert (self.leases.address, self.changes.address, self.escrow.address) == (leases, changes, escrow)

    def _grant(self) -> None:
        admin = self.wallet("admin")
        grants = {MANAGER: self.wallet("manager"), COMMITTEE: self.wallet("committee")}
        grants |= {REGISTRY: self.parties, RECOVERY: self.wallet("committee")}
        for role, holder in grants.items():
            self.access.grantRole(role, holder, 0, sender=admin)
        waivers = ("proposeWaiver", "approveWaiver", "withdrawWaiver")
        defaults = ("giveDefaultNoticeAsManager", "endForDefaultAsManager")
        self._guard(self.changes, (*waivers, *defaults), MANAGER)
        self._guard(self.leases, ("pause",), COMMITTEE)
        self._guard(self.units, ("register",), MANAGER)
        self._guard(self.token, ("proposeFreeze",), MANAGER)
        self._guard(self.token, ("confirmFreeze",), COMMITTEE)
        self._guard(self.parties, ("setRecovery", "replaceWallet"), RECOVERY)
        self._guard(self.token, ("setRecoveryHold", "replaceWallet"), REGISTRY)
        self.token.registerCollector(self.leases, sender=admin)
        self.token.markSuite(self.escrow, True, sender=admin)
        self.units.registerLeaseContract(self.leases, sender=admin)

    def _guard(self, contract: Any, functions: Sequence[str], role: int) -> None:
        selectors = [self.backend.selector(contract, function) for function in functions]
        self.access.setTargetFunctionRole(contract, selectors, role, sender=self.wallet("admin"))

    def _register(self, person: str) -> None:
        identity, wallet = keccak(text=f"identity of {person}"), self.wallet(person)
        deadline = self.backend.time() + 86_400
        signature = self._consent(person, "JoinCommunity", "identity", "bytes32", identity, deadline)
        self.parties.register(1, identity, wallet, deadline, signature, sender=self.wallet("admin"))
        self.party[person] = self.parties.partyOf(wallet)

    def _consent(self, person: str, kind: str, name: str, type_: str, value: Any, deadline: int) -> bytes:
        """A wallet agrees to belong to a party."""
        names = {name: type_, "wallet": "address", "nonce": "uint256", "deadline": "uint256"}
        fields = [{"name": key, "type": found} for key, found in names.items()]
        wallet = self.wallet(person)
        message = {
            name: value,
            "wallet": wallet,
            "nonce": self.parties.linkNonce(wallet),
            "deadline": deadline,
        }
        domain = self.domain("Commonhold PartyRegistry", self.parties)
        return sign_typed(person, domain, {kind: fields}, message)

    def link(self, person: str, other: str) -> None:
        """A second wallet for a person, that of somebody without a party; the first stays the current one."""
        party, deadline = self.party[person], self.backend.time() + 86_400
        signature = self._consent(other, "LinkWallet", "party", "uint32", party, deadline)
        self.parties.link(party, self.wallet(other), deadline, signature, sender=self.wallet(person))

    # ---------------------------------------------------------------- look

    def wallet(self, person: str) -> str:
        """The address of one of the people."""
        return str(key_of(person).public_key.to_checksum_address())

    def domain(self, name: str, contract: Any) -> dict[str, Any]:
        """The EIP-712 domain of a contract."""
        return {
            "name": name,
            "version": "1",
            "chainId": self.backend.chain_id,
            "verifyingContract": contract.address,
        }

    def balance(self, person: str) -> int:
        """[cmt]"""
        return int(self.token.balanceOf(self.wallet(person)))

    @property
    def today(self) -> int:
        """[day]"""
        return int(self.leases.today())

    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]:
        """The block must revert with this custom error."""
        return self.backend.reverts(name, *values)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of that name in the last transaction."""
        return self.backend.events(name)

    # ---------------------------------------------------------------- act

    def to_day(self, day: int) -> None:
        """On to noon of a day. [day]"""
        self.backend.warp(day * 86_400 - UTC_OFFSET + 43_200)

    def pass_days(self, days: int) -> None:
        """Some days later, at noon."""
        self.to_day(self.today + days)

    def give_mandate(self, person: str) -> None:
        """This wallet lets the leases collect what falls due."""
        month = month_of((self.backend.time() + UTC_OFFSET) // 86_400)
        self.token.setMandate((10**6 * CMT, 1, month + 60, False), sender=self.wallet(person))

    def revoke_mandate(self, person: str) -> None:
        """This wallet lets nobody collect."""
        self.token.revokeMandate(sender=self.wallet(person))

    def start_recovery(self, person: str, days: int = 60) -> None:
        """The wallet of this person is being recovered, for at most so many days."""
        until = self.backend.time() + days * 86_400
        self.parties.setRecovery(self.party[person], until, True, sender=self.wallet("committee"))

    def end_recovery(self, person: str) -> None:
        """The recovery is off."""
        self.parties.setRecovery(self.party[person], 0, False, sender=self.wallet("committee"))

    def freeze(self, person: str, days: int) -> None:
        """Manager and committee freeze a wallet."""
        freeze = (self.wallet(person), REASON, self.backend.time() + days * 86_400)
        self.token.proposeFreeze(*freeze, sender=self.wallet("manager"))
        self.token.confirmFreeze(*freeze, sender=self.wallet("committee"))

    def pause(self, days: int) -> None:
        """The committee pauses the leases."""
        self.leases.pause(days * 86_400, sender=self.wallet("committee"))

    def terms(self, tenants: Sequence[str], **other: Any) -> tuple[Any, ...]:
        """Lease terms: a year from today at 1,000 a month with a deposit of 2,000, unless said otherwise."""
        today = self.today
        shares = [10_000 // len(tenants)] * len(tenants)
        shares[-1] += 10_000 - sum(shares)
        unit = self.units.unitCount() + 1
        landlord = self.party["landlord"]
        self.units.register(landlord, 1, 1, 6_000, 10, sender=self.wallet("manager"))
        values: dict[str, Any] = {
            "unit": unit, "landlord": landlord, "tenants": [self.party[name] for name in tenants],
            "shares": shares, "rent": 1_000 * CMT, "deposit": 2_000 * CMT, "startDay": today,
            "endDay": today + 365, "billingDay": 0, "interval": 1, "dueOffset": 0, "rentFreeDays": 0,
            "steps": [], "fees": [], "graceDays": 5, "lateFeeRate": 0, "lateFeeMaxDays": 0, "noticeDays": 30,
            "breakDay": 0, "breakFee": 0, "manager": 0, "commission": 0, "holdoverRate": 0, "dayCount": 0,
            "arbiter": self.party["arbiter"], "coverMask": 0, "opening": (0, 0, 0, 0, 0),
            "documentHash": NO_HASH, "nonce": 0, "salt": NO_HASH, "deadline": self.backend.time() + 86_400,
        }  # fmt: skip
        assert other.keys() <= values.keys()
        return tuple((values | other).values())

    def activate(self, *tenants: str, **other: Any) -> int:
        """A lease of these tenants, signed by all; answers its id."""
        terms = self.terms(tenants, **other)
        digest = self.leases.hashTerms(terms)
        signatures = [sign_hash(person, bytes(digest)) for person in ("landlord", *tenants)]
        self.leases.activate(terms, signatures, [], sender=self.wallet(tenants[0]))
        lease = int(self.leases.leaseCount())
        self.terms_hash[lease] = bytes(digest)
        return lease

    def proposal(
        self,
        lease: int,
        kind: int,
        *,
        index: int = 0,
        day: int = 0,
        party: int | str = 0,
        amount: int = 0,
        notice: bool = False,
        reason: bytes = NO_HASH,
        version: int | None = None,
        deadline: int | None = None,
    ) -> tuple[Any, ...]:
        """A proposal for ten minutes at the lease's present version; `party` by id or name."""
        if isinstance(party, str):
            party = self.party[party]
        if version is None:
            version = self.changes.versionOf(lease, kind)
        change = (kind, lease, index, day, party, amount)
        return change, notice, reason, version, deadline or self.backend.time() + 600

    def acceptance(self, proposal: tuple[Any, ...], person: str) -> bytes:
        """This person's signature under a proposal."""
        return sign_hash(person, bytes(self.changes.hashAcceptance(proposal, self.party[person])))

    def agree(self, proposal: tuple[Any, ...], *people: str) -> None:
        """The first proposes, the others accept."""
        self.changes.propose(proposal, sender=self.wallet(people[0]))
        for person in people[1:]:
            self.changes.accept(proposal, sender=self.wallet(person))

    def month_start(self, months: int) -> int:
        """The first day of the month so many months from now. [day]"""
        return first_of(month_of(self.today) + months)

    def end(self, lease: int) -> None:
        """On to the lease's last day and over it, everything settled; then closed."""
        self.to_day(self.leases.termsOf(lease)[4])
        self.leases.settle([lease], sender=self.wallet("stranger"))
        self.leases.close(lease, sender=self.wallet("landlord"))

    def forward(self, person: str, contract: Any, function: str, *arguments: Any) -> None:
        """A sponsored call: this person signs it, a stranger sends it. Why it fails stays hidden."""
        request = {
            "from": self.wallet(person),
            "to": contract.address,
            "value": 0,
            "gas": 3_000_000,
            "nonce": self.forwarder.nonces(self.wallet(person)),
            "deadline": self.backend.time() + 600,
            "data": contract.data(function, *arguments),
        }
        kinds = ("address", "address", "uint256", "uint256", "uint256", "uint48", "bytes")
        fields = [{"name": name, "type": kind} for name, kind in zip(request, kinds, strict=True)]
        domain = self.domain("Commonhold Forwarder", self.forwarder)
        signature = sign_typed(person, domain, {"ForwardRequest": fields}, request)
        sender, to, value, gas, _, deadline, data = request.values()
        self.forwarder.execute(
            (sender, to, value, gas, deadline, data, signature), sender=self.wallet("stranger")
        )


class Gains:
    """What people have got since; `gains.of("ann")`. [cmt]"""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = {person: world.balance(person) for person in PARTIES}

    def of(self, *people: str) -> Any:
        """One figure for one person, a tuple for several."""
        found = tuple(self._world.balance(person) - self._before[person] for person in people)
        return found[0] if len(found) == 1 else found
