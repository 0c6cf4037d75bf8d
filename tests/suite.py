"""The whole suite of contracts in an EVM inside this process, with people who have keys.

    suite = Suite()
    landlord, tenant = suite.person(), suite.person()
    unit = suite.unit(landlord)
    lease = suite.lease(unit, landlord, [tenant], rent=1_000_000000)

Days are civil days of the community's calendar (UTC+8), money is in base units [cmt].
"""

import dataclasses
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from coincurve import PrivateKey
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import create_address
from commonhold.rules.terms import DayCount, LeaseTerms, Opening
from tests.evm import Chain, Contract

OFFSET = 28_800  # China [seconds]
CAP = 10**24
JOIN = "JoinCommunity(bytes32 identity,address wallet,uint256 nonce,uint256 deadline)"
EVERYTHING = 0xFFFF
FAR = 2**40
GENESIS_DAY = 20_454  # 2026-01-01 [day]
START = GENESIS_DAY * 86_400 - OFFSET + 43_200  # midday [unix]


@dataclass
class Person:
    """A party with a key of its own."""

    key: PrivateKey
    wallet: str
    party: int = 0

    def __str__(self) -> str:
        return self.wallet

    def sign(self, digest: bytes) -> bytes:
        raw = self.key.sign_recoverable(digest, hasher=None)
        return raw[:64] + bytes([raw[64] + 27])


def typed_digest(name: str, contract: Contract, struct_hash: bytes, chain_id: int = 31337) -> bytes:
    """The EIP-712 digest in the domain of one of the suite's contracts, version 1."""
    domain_type = keccak(
        text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    domain = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [domain_type, keccak(text=name), keccak(text="1"), chain_id, contract.address],
        )
    )
    return keccak(b"\x19\x01" + domain + struct_hash)


@cache
def _person(number: int) -> Person:
    key = PrivateKey(keccak(text=f"person {number}"))
    wallet = to_checksum_address(keccak(key.public_key.format(compressed=False)[1:])[12:])
    return Person(key, wallet)


def as_tuple(terms: LeaseTerms) -> tuple[Any, ...]:
    """Terms as the contract's ABI takes them."""
    values = []
    for item in dataclasses.fields(terms):
        value = getattr(terms, item.name)
        if dataclasses.is_dataclass(value):
            value = dataclasses.astuple(value)  # type: ignore[arg-type]
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            value = [dataclasses.astuple(part) for part in value]
        values.append(value)
    return tuple(values)


@dataclass
class Suite:
    """One deployed community. `admin` holds every role, `manager` and `treasurer` theirs."""

    chain: Chain = field(default_factory=lambda: Chain(timestamp=START))
    people: int = 0
    terms: dict[int, LeaseTerms] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chain = self.chain
        self.admin = chain.user()
        deployer = chain.user()
        self.access = chain.deploy("CommunityAccess", self.admin, 86_400, sender=deployer)
        self.forwarder = chain.deploy("CommunityForwarder", "Commonhold Forwarder", sender=deployer)
        common = (self.access, self.forwarder)
        self.token = chain.deploy(
            "CommunityToken", *common, OFFSET, CAP, "Community Token", "CMT", sender=deployer
        )
        self.parties = chain.deploy("PartyRegistry", *common, self.token, sender=deployer)
        self.units = chain.deploy("UnitRegistry", *common, self.parties, OFFSET, sender=deployer)
        self.credit = chain.deploy("CreditRegistry", *common, self.parties, OFFSET, sender=deployer)
        builder = chain.user()
        chain.link("LeaseAgreement")
        leases, changes, escrow = (create_address(builder, nonce) for nonce in range(3))
        self.leases = chain.deploy(
            "LeaseAgreement",
            *common, self.token, self.parties, self.units, changes, escrow, self.credit, OFFSET,
            sender=builder,
        )  # fmt: skip
        self.changes = chain.deploy(
            "LeaseChanges", *common, self.parties, leases, self.credit, sender=builder
        )
        self.escrow = chain.deploy(
            "DepositEscrow", *common, self.token, self.parties, leases, self.credit, sender=builder
        )
        assert (self.leases.address, self.changes.address, self.escrow.address) == (leases, changes, escrow)
        for collector in (self.leases, self.escrow):
            self.token.registerCollector(collector, sender=self.admin)
        for reporter, kinds in ((self.leases, 1), (self.changes, 8), (self.escrow, 16)):
            self.credit.registerReporter(reporter, kinds, sender=self.admin)
        self.units.registerLeaseContract(self.leases, sender=self.admin)
        self.token.setMinter(self.admin, 2**96 - 1, sender=self.admin)
        self.minted = 0

    # ---- time

    @property
    def day(self) -> int:
        return (self.chain.timestamp + OFFSET) // 86_400

    def to_day(self, day: int, second: int = 43_200) -> None:
        """Midday of a civil day, or another second of it."""
        self.chain.warp(day * 86_400 - OFFSET + second)

    # ---- people, units, money

    def person(self, *, funds: int = 0, kind: int = 1) -> Person:
        """A registered party with a wallet and some money."""
        self.people += 1
        who = dataclasses.replace(_person(self.people))
        identity = keccak(text=f"identity {self.people}")
        struct = keccak(
            encode(
                ["bytes32", "bytes32", "address", "uint256", "uint256"],
                [
                    keccak(text=JOIN),
                    identity, who.wallet, 0, FAR,
                ],
            )
        )  # fmt: skip
        signature = who.sign(typed_digest("Commonhold PartyRegistry", self.parties, struct))
        who.party = self.parties.register(kind, identity, who.wallet, FAR, signature, sender=self.admin)
        self.parties.setCollectingConsent(True, sender=who)
        if funds:
            self.fund(who, funds)
        return who

    def fund(self, who: Person, amount: int) -> None:
        self.minted += 1
        self.token.mint(who.wallet, amount, self.minted.to_bytes(32, "big"), sender=self.admin)

    def unit(self, owner: Person) -> int:
        return int(self.units.register(owner.party, 1, 1, 8_900, 100, sender=self.admin))

    def mandate(
        self, who: Person, limit: int = 100_000 * 10**6, *, months: int = 240, partial: bool = False
    ) -> None:
        """A mandate that names the lease contract."""
        bits = self.token.collectorBit(self.leases)
        month = self.token.currentMonth() + months
        self.token.setMandate((limit, bits, month, partial), sender=who)

    def balance(self, who: Any) -> int:
        return int(self.token.balanceOf(str(who)))

    # ---- leases

    def draft(self, unit: int, landlord: Person, tenants: list[Person], **changes: Any) -> LeaseTerms:
        """Plain terms from today for a year, unless `changes` say otherwise."""
        shares = {1: (10_000,), 2: (5_000, 5_000), 3: (3_334, 3_333, 3_333), 4: (2_500,) * 4}
        values: dict[str, Any] = {
            "unit": unit, "landlord": landlord.party, "tenants": tuple(t.party for t in tenants),
            "shares": shares[len(tenants)], "rent": 1_000 * 10**6, "deposit": 0, "start_day": self.day,
            "end_day": self.day + 365, "day_count": DayCount.ACTUAL, "opening": Opening(),
            "salt": len(self.terms).to_bytes(32, "big"), "deadline": FAR,
        }  # fmt: skip
        return LeaseTerms(**{**values, **changes})

    def signatures(self, terms: LeaseTerms, signers: list[Person]) -> list[bytes]:
        digest = self.leases.hashTerms(as_tuple(terms))
        return [signer.sign(digest) for signer in signers]

    def activate(self, terms: LeaseTerms, signers: list[Person], sender: Any = None) -> int:
        lease = int(
            self.leases.activate(
                as_tuple(terms), self.signatures(terms, signers), [], sender=sender or signers[0]
            )
        )
        self.terms[lease] = terms
        return lease

    def lease(
        self, unit: int, landlord: Person, tenants: list[Person], *, mandates: bool = True, **changes: Any
    ) -> int:
        """A lease signed by all and activated; the tenants' first money comes out of their mandates."""
        for tenant in tenants if mandates else ():
            self.mandate(tenant)
        return self.activate(self.draft(unit, landlord, tenants, **changes), [landlord, *tenants])

    def hash_of(self, lease: int) -> bytes:
        return bytes(self.leases.hashTerms(as_tuple(self.terms[lease])))
