"""A community of parties and units on a chain of its own, for the tests of access and registries: real
contracts, six people of offices and four residents, each with a wallet of the published development phrase.

    world = World(backend_for(plugins))
    world.parties.switchWallet(spare.address, sender=world.wallet("ann"))
    with world.reverts("PartyNotLinked", world.wallet("stranger")): ...

Roles and functions come from `commonhold.roles`, as in a deployment.
"""

import contextlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold.chain.node import MNEMONIC
from commonhold.roles import GUARDED, ROLE_ID, ROLES
from tests.lease_world import Backend

UTC_OFFSET = 28_800  # [s]
DAY = 86_400  # [s]
PEOPLE = ("admin", "manager", "officer", "attestor", "committee", "stranger", "ann", "ben", "cleo", "dora")
RESIDENTS = PEOPLE[6:]
OFFICES = {"MANAGER": "manager", "OFFICER": "officer", "ATTESTOR": "attestor", "COMMITTEE": "committee"}
PERSON, COMPANY, STAFF, MERCHANT, DEVICE = range(1, 6)  # kinds of parties
HOME, PARKING, SHOP = range(1, 4)  # kinds of units
NOBODY = "0x" + "00" * 20
NOTHING = bytes(32)
REASON = keccak(text="reason")

_FIELDS = {
    "JoinCommunity": (("identity", "bytes32"), ("wallet", "address")),
    "LinkWallet": (("party", "uint32"), ("wallet", "address")),
    "ReplaceWallet": (("party", "uint32"), ("newWallet", "address")),
}
_TAIL = (("nonce", "uint256"), ("deadline", "uint256"))


@cache
def account(number: int) -> LocalAccount:
    """An account of the published development phrase."""
    Account.enable_unaudited_hdwallet_features()
    made: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")
    return made


def spare(number: int) -> LocalAccount:
    """A wallet that belongs to nobody yet."""
    return account(20 + number)


class World:
    """The contracts, the people, and short ways to what the tests do all the time."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        admin = self.wallet("admin")
        self.access = backend.deploy("CommunityAccess", admin, 2 * DAY)
        self.forwarder = backend.deploy("CommunityForwarder", "Commonhold Forwarder")
        houses = (self.access, self.forwarder)
        self.token = backend.deploy("CommunityToken", *houses, UTC_OFFSET, 10**15, "Community Token", "CMT")
        self.parties = backend.deploy("PartyRegistry", *houses, self.token)
        self.recovery = backend.deploy("PartyRecovery", *houses, self.parties)
        self.units = backend.deploy("UnitRegistry", *houses, self.parties, UTC_OFFSET)
        self.transfers = backend.deploy("UnitTransfers", *houses, self.parties, self.units)
        self.attestations = backend.deploy("Attestations", *houses, self.parties)
        self._grant()
        self.identities = 0
        self.party = {name: self.register(account(PEOPLE.index(name))) for name in RESIDENTS}
        self.token.setMinter(admin, 10**12, sender=admin)

    @property
    def managed(self) -> dict[str, Any]:
        """The contracts whose functions have roles, by name."""
        return {
            "CommunityAccess": self.access, "CommunityToken": self.token, "PartyRegistry": self.parties,
            "PartyRecovery": self.recovery, "UnitRegistry": self.units, "UnitTransfers": self.transfers,
        }  # fmt: skip

    def _grant(self) -> None:
        admin = self.wallet("admin")
        for name, contract in self.managed.items():
            for role in ROLES[1:]:
                rows = [sign for sign, granted in GUARDED[name].items() if granted == role.name]
                if rows:
                    selectors = [keccak(text=row)[:4] for row in rows]
                    self.access.setTargetFunctionRole(contract, selectors, role.id, sender=admin)
        holders = {role: self.wallet(person) for role, person in OFFICES.items()}
        holders |= {"REGISTRY": self.parties, "RECOVERY": self.recovery, "TRANSFERS": self.transfers}
        for role, holder in holders.items():
            self.access.grantRole(ROLE_ID[role], holder, 0, sender=admin)

    # ---------------------------------------------------------------- people and signatures

    def wallet(self, person: str) -> str:
        """The address of one of the people."""
        return str(account(PEOPLE.index(person)).address)

    def sign(
        self,
        kind: str,
        who: LocalAccount,
        first: Any,
        *,
        nonce: int | None = None,
        deadline: int | None = None,
        chain_id: int | None = None,
    ) -> tuple[int, bytes]:
        """(deadline, signature) of a wallet that joins, is linked or replaces another.

        `first` is the identity or the party; the nonce is the wallet's next one unless said otherwise.
        """
        recovery = kind == "ReplaceWallet"
        contract = self.recovery if recovery else self.parties
        if nonce is None:
            nonce = (contract.recoveryNonce if recovery else contract.linkNonce)(who.address)
        deadline = self.time + DAY if deadline is None else deadline
        domain = {
            "name": "Commonhold PartyRecovery" if recovery else "Commonhold PartyRegistry",
            "version": "1",
            "chainId": chain_id or self.backend.chain_id,
            "verifyingContract": contract.address,
        }
        fields = (*_FIELDS[kind], *_TAIL)
        types = {kind: [{"name": name, "type": solidity} for name, solidity in fields]}
        values = (first, who.address, nonce, deadline)
        message = dict(zip((name for name, _ in fields), values, strict=True))
        return deadline, bytes(who.sign_typed_data(domain, types, message).signature)

    def identity(self) -> bytes:
        """A commitment never used before."""
        self.identities += 1
        return keccak(text=f"identity {self.identities}")

    def register(self, who: LocalAccount | None = None, kind: int = PERSON) -> int:
        """A new party, with the wallet of this account or without one."""
        identity = self.identity()
        wallet, deadline, signature = NOBODY, 0, b""
        if who is not None:
            wallet = who.address
            deadline, signature = self.sign("JoinCommunity", who, identity)
        manager = self.wallet("manager")
        self.parties.register(kind, identity, wallet, deadline, signature, sender=manager)
        return int(self.parties.partyCount())

    def link(self, person: str, who: LocalAccount) -> None:
        """The wallet of this account becomes another wallet of the person's party."""
        party = self.parties.partyOf(self.wallet(person))
        consent = self.sign("LinkWallet", who, party)
        self.parties.link(party, who.address, *consent, sender=self.wallet(person))

    def fund(self, wallet: str, amount: int) -> None:
        """[cmt]"""
        self.identities += 1
        reference = keccak(text=f"slip {self.identities}")
        self.token.mint(wallet, amount, reference, sender=self.wallet("admin"))

    # ---------------------------------------------------------------- guardians and recovery

    def guard(self, person: str, guardians: Sequence[str], threshold: int) -> None:
        """These people guard the person's wallet, from now on."""
        parties = sorted(self.party[name] for name in guardians)
        self.recovery.setGuardians(parties, threshold, sender=self.wallet(person))
        self.later(7 * DAY)

    def support(self, guardian: str, person: str, consent: tuple[int, bytes], new: LocalAccount) -> None:
        """A guardian supports replacing the person's wallet."""
        self.recovery.supportRecovery(self.party[person], new.address, *consent, sender=self.wallet(guardian))

    def start_by_guardians(self, person: str, guardians: Sequence[str], new: LocalAccount) -> None:
        """These guardians, enough of them, start a recovery."""
        consent = self.sign("ReplaceWallet", new, self.party[person])
        for guardian in guardians:
            self.support(guardian, person, consent, new)

    def propose(self, person: str, new: LocalAccount) -> None:
        """The manager proposes a recovery."""
        party = self.party[person]
        consent = self.sign("ReplaceWallet", new, party)
        self.recovery.proposeRecovery(party, new.address, *consent, sender=self.wallet("manager"))

    def start_by_manager(self, person: str, new: LocalAccount) -> None:
        """Manager and committee start a recovery."""
        self.propose(person, new)
        self.recovery.confirmRecovery(self.party[person], new.address, sender=self.wallet("committee"))

    # ---------------------------------------------------------------- units

    def unit(self, owner: str = "ann", area: int = 8_900) -> int:
        """A new home."""
        self.units.register(self.party[owner], 1, HOME, area, 100, sender=self.wallet("manager"))
        return int(self.units.unitCount())

    def lease_contract(self) -> Any:
        """A registered contract that occupies units as a lease contract does."""
        puppet = self.backend.deploy("Puppet")
        self.units.registerLeaseContract(puppet, sender=self.wallet("admin"))
        return puppet

    def occupy(self, puppet: Any, unit: int, lease: int, first: int, end: int, user: str = "ben") -> None:
        """A lease of the owner's: days count from today."""
        owner, party = self.units.ownerPartyOf(unit), self.party[user]
        values = (unit, lease, owner, party, self.today + first, self.today + end)
        self.as_contract(puppet, self.units, "occupy", *values)

    def as_contract(self, puppet: Any, target: Any, function: str, *arguments: Any) -> None:
        """Call a function in the name of a contract."""
        puppet.act(target, target.data(function, *arguments), sender=self.wallet("stranger"))

    # ---------------------------------------------------------------- time and errors

    @property
    def time(self) -> int:
        """[unix]"""
        return self.backend.time()

    @property
    def today(self) -> int:
        """[day]"""
        return int(self.units.today())

    def later(self, seconds: int) -> None:
        """Some time passes. [s]"""
        self.backend.warp(self.time + seconds)

    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]:
        """The block must revert with this custom error."""
        return self.backend.reverts(name, *values)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of that name in the last transaction."""
        return self.backend.events(name)

    def forward(self, person: str, contract: Any, data: bytes) -> None:
        """A sponsored call: this person signs it, a stranger sends it."""
        who = account(PEOPLE.index(person))
        request = {
            "from": who.address, "to": contract.address, "value": 0, "gas": 3_000_000,
            "nonce": self.forwarder.nonces(who.address), "deadline": self.time + 600, "data": data,
        }  # fmt: skip
        kinds = ("address", "address", "uint256", "uint256", "uint256", "uint48", "bytes")
        fields = [{"name": name, "type": kind} for name, kind in zip(request, kinds, strict=True)]
        domain = {
            "name": "Commonhold Forwarder", "version": "1", "chainId": self.backend.chain_id,
            "verifyingContract": self.forwarder.address,
        }  # fmt: skip
        signature = bytes(who.sign_typed_data(domain, {"ForwardRequest": fields}, request).signature)
        author, to, value, gas, _, deadline, _ = request.values()
        self.forwarder.execute(
            (author, to, value, gas, deadline, data, signature), sender=self.wallet("stranger")
        )
