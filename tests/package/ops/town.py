"""A small town on a real Anvil: the suite deployed as everywhere else, people with keys, units and leases.

town = Town.build(node.rpc_url)
ann, ben = town.people(2, funds=5_000 * CMT)
item = town.item("A-1", landlord=ann, tenants=[ben], rent=1_000 * CMT)
lease = town.activate(item)
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.parties import PartyKind
from commonhold.chain.contracts.token import Mandate
from commonhold.chain.contracts.units import UnitKind
from commonhold.chain.send import Order, Sender
from commonhold.ops.deploy import deploy_local, local_account
from commonhold.ops.leases.activate import Signed, activate
from commonhold.ops.leases.prepare import Item
from commonhold.ops.leases.typed import digest, signable, typed_link, typed_terms
from commonhold.ops.manifest import Deployment, read
from commonhold.rules.terms import LeaseTerms

CMT = 10**6
FAR = 2**40
GAS = 1_000_000


@dataclass(frozen=True)
class Person:
    account: LocalAccount
    party: int

    @property
    def wallet(self) -> str:
        return str(self.account.address)


@dataclass
class Town:
    connection: Connection
    deployment: Deployment
    suite: Suite
    counter: Any = field(default_factory=lambda: itertools.count(1))
    balance_method: str = "anvil_setBalance"

    @classmethod
    def build(cls, rpc_url: str) -> "Town":
        deployment = deploy_local(rpc_url)
        connection = Connection(rpc_url)
        return cls(connection, deployment, deployment.suite(connection))

    @classmethod
    def build_on(cls, rpc_url: str, folder: Path) -> "Town":
        """On a suite that is there already, by its manifest."""
        deployment, connection = read(folder), Connection(rpc_url)
        return cls(connection, deployment, deployment.suite(connection))

    def sender(self, role: str) -> Sender:
        return Sender(self.connection, local_account(role))

    def send(self, account: LocalAccount, *calls: Any) -> None:
        Sender(self.connection, account).send_many(calls)

    @property
    def today(self) -> int:
        return self.suite.leases.today()

    def to_day(self, day: int) -> None:
        """Midday of a civil day."""
        time = day * 86_400 - self.deployment.utc_offset + 43_200
        self.connection.call("evm_setNextBlockTimestamp", time)
        self.connection.call("evm_mine")

    # ---- people

    def account(self) -> LocalAccount:
        account: LocalAccount = Account.from_key(keccak(text=f"somebody {next(self.counter)}"))
        self.connection.call(self.balance_method, account.address, hex(10**21))
        return account

    def party(self, kind: PartyKind = PartyKind.PERSON) -> int:
        identity = keccak(text=f"identity {next(self.counter)}")
        self.sender("MANAGER").send(self.suite.parties.register(kind, identity))
        return self.suite.parties.party_of_identity(identity)

    def people(self, count: int, *, funds: int = 0, mandate: int = 0) -> list[Person]:
        """Registered people with a linked wallet, money, and (if `mandate` [cmt]) a mandate for rent."""
        accounts = [self.account() for _ in range(count)]
        identities = [keccak(text=f"identity {next(self.counter)}") for _ in range(count)]
        parties = self.suite.parties
        manager = self.sender("MANAGER")
        manager.send_many([parties.register(PartyKind.PERSON, one) for one in identities])
        people = [
            Person(account, party)
            for account, party in zip(accounts, parties.parties_of_identities(identities), strict=True)
        ]
        domain = parties.domain()
        links = []
        for person in people:
            form = typed_link(domain, person.party, person.wallet, 0, FAR)
            signature = bytes(person.account.sign_message(signable(form)).signature)
            links.append(parties.link_first(person.party, person.wallet, FAR, signature))
        self.sender("ATTESTOR").send_many(links)
        for person in people if funds else ():
            self.fund(person.wallet, funds)
        if mandate:
            orders = [
                Order(one.account, self.suite.token.set_mandate(self.mandate(mandate))) for one in people
            ]
            manager.send_many(orders)
        return people

    def mandate(self, limit: int, *, partial: bool = False) -> Mandate:
        token = self.suite.token
        return Mandate(
            limit, token.collector_bit(self.suite.leases.address), token.current_month() + 240, partial
        )

    def fund(self, wallet: str, amount: int) -> None:
        citation = next(self.counter).to_bytes(32, "big")
        self.sender("TREASURER").send(self.suite.token.mint(wallet, amount, citation))

    # ---- leases

    def unit(self, owner: Person) -> int:
        self.sender("MANAGER").send(self.suite.units.register(owner.party, 1, UnitKind.HOME, 8_900, 100))
        return self.suite.units.unit_count()

    def terms(self, landlord: Person, tenants: Sequence[Person], **changes: Any) -> LeaseTerms:
        """Plain terms from today for a year, unless `changes` say otherwise."""
        shares = {1: (10_000,), 2: (5_000, 5_000)}[len(tenants)]
        values: dict[str, Any] = {
            "unit": self.unit(landlord) if "unit" not in changes else changes["unit"],
            "landlord": landlord.party,
            "tenants": tuple(tenant.party for tenant in tenants),
            "shares": shares,
            "rent": 1_000 * CMT,
            "deposit": 0,
            "start_day": self.today,
            "end_day": self.today + 365,
            "salt": next(self.counter).to_bytes(32, "big"),
            "deadline": FAR,
        }
        return LeaseTerms(**{**values, **changes})

    def item(self, key: str, landlord: Person, tenants: Sequence[Person], **changes: Any) -> Item:
        return Item(key, self.terms(landlord, tenants, **changes))

    def signed(self, item: Item, people: Sequence[Person]) -> Signed:
        typed = typed_terms(self.suite.leases.domain(), item.terms)
        signatures = {one.party: bytes(one.account.sign_message(signable(typed)).signature) for one in people}
        wallets = {one.party: one.wallet for one in people}
        return Signed(item.key, item.terms, digest(typed), signatures, wallets, {}, {})

    def activate(self, item: Item, people: Sequence[Person]) -> int:
        """people: landlord, then tenants."""
        rows = activate(self.suite, self.sender("MANAGER"), [self.signed(item, people)])
        assert rows[0].state == "activated", rows[0]
        return rows[0].lease

    def lease(self, landlord: Person, tenants: Sequence[Person], **changes: Any) -> int:
        item = self.item(f"lease {next(self.counter)}", landlord, tenants, **changes)
        return self.activate(item, [landlord, *tenants])
