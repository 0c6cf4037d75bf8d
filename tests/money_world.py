"""The money of a community on a chain of its own: token, reserve and redemption desk, and people with keys.

    world = Money(backend_for(plugins))
    world.fund("ann", 5 * CMT)
    world.mandate("ann", limit=3 * CMT)
    assert world.collect(("ann", 2 * CMT)) == [(Code.COLLECTED, 2 * CMT)]
    with world.reverts("TokenNotMinter", world.wallet("ann")): ...

The suite's other contracts are puppets that call what a test tells them: `leases` and `fees` are registered
collectors with bits 1 and 2, `escrow` is only marked as one of the suite. Everything else is real.
"""

import contextlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold.chain.node import MNEMONIC
from commonhold.rules.codes import Code
from tests.evm import artifact
from tests.lease_world import Backend, InProcess

UTC_OFFSET = 28_800  # [s]
DAY = 86_400  # [s]
CMT = 10**6  # [cmt]
CAP = 10**15  # [cmt]
FAR = 2**40  # [unix]
NOBODY = "0x" + "00" * 20
NOTHING = bytes(32)
REASON = keccak(text="reason")
SALT = keccak(text="salt")
LEASES, FEES = 1, 2  # bits of the two collectors
PEOPLE = (
    "admin", "treasurer", "officer", "committee", "registry", "bank", "stranger",
    "ann", "ben", "cleo", "dora", "emil",
)  # fmt: skip
ROLES = {"TREASURER": 2, "OFFICER": 3, "COMMITTEE": 6, "REGISTRY": 7}
_KINDS = {
    "Permit": "owner:address spender:address value:uint256 nonce:uint256 deadline:uint256",
    "SetMandate": "wallet:address limit:uint256 collectors:uint16 expiryMonth:uint16 allowPartial:bool"
    " nonce:uint256 deadline:uint256",
    "TransferWithAuthorization": "from:address to:address value:uint256 validAfter:uint256"
    " validBefore:uint256 nonce:bytes32",
    "ReceiveWithAuthorization": "from:address to:address value:uint256 validAfter:uint256"
    " validBefore:uint256 nonce:bytes32",
    "CancelAuthorization": "authorizer:address nonce:bytes32",
    "ForwardRequest": "from:address to:address value:uint256 gas:uint256 nonce:uint256 deadline:uint48"
    " data:bytes",
}


@cache
def person(name: str) -> LocalAccount:
    """The account of one of the people, from the published development phrase."""
    Account.enable_unaudited_hdwallet_features()
    path = f"m/44'/60'/0'/0/{PEOPLE.index(name)}"
    made: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=path)
    return made


def roles_of(interface: str) -> Mapping[str, str]:
    """Function -> role, as the interface's `@custom:role` says."""
    methods = artifact(interface)["devdoc"].get("methods", {})
    found = {sign: doc["custom:role"] for sign, doc in methods.items() if "custom:role" in doc}
    return {sign.split("(")[0]: role for sign, role in found.items()}


class Money:
    """The contracts, the people, and short ways to what the tests do all the time."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        admin = self.wallet("admin")
        self.access = backend.deploy("CommunityAccess", admin, DAY)
        self.forwarder = backend.deploy("CommunityForwarder", "Commonhold Forwarder")
        houses = (self.access, self.forwarder)
        self.token = backend.deploy("CommunityToken", *houses, UTC_OFFSET, CAP, "Community Token", "CMT")
        self.reserve = backend.deploy("Reserve", *houses, self.token)
        self.desk = backend.deploy("RedemptionDesk", *houses, self.token)
        self.leases, self.fees, self.escrow, self.outsider = (backend.deploy("Puppet") for _ in range(4))
        self._grant()
        self.citations = 0
        for collector in (self.leases, self.fees):
            self.token.registerCollector(collector, sender=admin)
        for contract in (self.escrow, self.reserve, self.desk):
            self.token.markSuite(contract, True, sender=admin)
        self.token.setMinter(self.wallet("bank"), CAP, sender=admin)
        self.token.setMinter(self.reserve, CAP, sender=admin)

    def _grant(self) -> None:
        admin = self.wallet("admin")
        for contract, interface in self.guarded.values():
            for role, number in ROLES.items():
                names = [name for name, granted in roles_of(interface).items() if granted == role]
                if names:
                    selectors = [self.backend.selector(contract, name) for name in names]
                    self.access.setTargetFunctionRole(contract, selectors, number, sender=admin)
        for role, number in ROLES.items():
            self.access.grantRole(number, self.wallet(role.lower()), 0, sender=admin)

    @property
    def in_process(self) -> bool:
        return isinstance(self.backend, InProcess)

    @property
    def guarded(self) -> Mapping[str, tuple[Any, str]]:
        """The contracts whose functions have roles, with their interfaces."""
        return {
            "CommunityToken": (self.token, "ICommunityToken"),
            "Reserve": (self.reserve, "IReserve"),
            "RedemptionDesk": (self.desk, "IRedemptionDesk"),
        }

    # ---------------------------------------------------------------- people, money, mandates

    def wallet(self, name: str) -> str:
        """The address of one of the people."""
        return str(person(name).address)

    def address(self, who: Any) -> str:
        """Of a person's name, a contract, or an address itself."""
        return self.wallet(who) if isinstance(who, str) and who in PEOPLE else str(who)

    def citation(self) -> bytes:
        """One never used before."""
        self.citations += 1
        return keccak(text=f"slip {self.citations}")

    def fund(self, who: Any, amount: int) -> None:
        """Bank money comes in. [cmt]"""
        self.token.mint(self.address(who), amount, self.citation(), sender=self.wallet("bank"))

    def balance(self, who: Any) -> int:
        """[cmt]"""
        return int(self.token.balanceOf(self.address(who)))

    def month(self) -> int:
        return int(self.token.currentMonth())

    def terms(
        self, limit: int = 100 * CMT, collectors: int = LEASES, months: int = 12, partial: bool = False
    ) -> tuple[int, int, int, bool]:
        """A mandate as the ABI takes it; `months` from now it expires."""
        return (limit, collectors, self.month() + months, partial)

    def mandate(self, who: str, **terms: Any) -> None:
        """A wallet gives a mandate by its own transaction."""
        self.token.setMandate(self.terms(**terms), sender=self.wallet(who))

    def mandate_of(self, who: Any) -> tuple[tuple[int, int, int, bool], int, int]:
        """((limit, collectors, expiry month, partial), spent, month of spending)."""
        mandate, spent, month = self.token.mandateOf(self.address(who))
        return tuple(mandate), spent, month  # type: ignore[return-value]

    # ---------------------------------------------------------------- the suite's contracts act

    def act(self, puppet: Any, target: Any, function: str, *arguments: Any) -> bytes:
        """A puppet calls; the raw answer."""
        data = target.data(function, *arguments)
        sender = self.wallet("stranger")
        if isinstance(self.backend, InProcess):
            return bytes(puppet.act(target, data, sender=sender))
        answer = puppet.act(target, data)  # a look first: the answer of a transaction needs a trace
        puppet.act(target, data, sender=sender)
        return bytes.fromhex(answer[2:]) if isinstance(answer, str) else bytes(answer)

    def item(self, who: Any, amount: int) -> int:
        return amount << 160 | int(self.address(who), 16)

    def collect_words(self, *items: int, by: Any = None) -> list[int]:
        """The raw answers of one collection."""
        answer = self.act(by or self.leases, self.token, "collect", list(items))
        return list(decode(["uint256[]"], answer)[0])

    def collect(self, *items: tuple[Any, int], by: Any = None) -> list[tuple[Code, int]]:
        """(who, amount) each -> (code, taken) each."""
        words = self.collect_words(*(self.item(who, amount) for who, amount in items), by=by)
        return [(Code(word >> 96), word & (2**96 - 1)) for word in words]

    def pull(self, who: Any, amount: int, by: Any = None) -> None:
        self.act(by or self.leases, self.token, "pull", self.address(who), amount)

    def disburse(self, *items: tuple[Any, int], by: Any = None) -> int:
        """(who, amount) each -> the bits of those not paid."""
        words = [self.item(who, amount) for who, amount in items]
        return int.from_bytes(self.act(by or self.leases, self.token, "disburse", words), "big")

    # ---------------------------------------------------------------- freezing and recovery

    def freeze(self, who: Any, until: int | None = None) -> int:
        """Officer and committee freeze a wallet. Returns until when."""
        until = self.time + 30 * DAY if until is None else until
        wallet = self.address(who)
        self.token.proposeFreeze(wallet, REASON, until, sender=self.wallet("officer"))
        self.token.confirmFreeze(wallet, REASON, until, sender=self.wallet("committee"))
        return until

    def hold(self, who: Any, hold: bool = True) -> None:
        self.token.setRecoveryHold(self.address(who), hold, sender=self.wallet("registry"))

    def replace(self, old: Any, new: Any) -> None:
        self.token.replaceWallet(self.address(old), self.address(new), sender=self.wallet("registry"))

    # ---------------------------------------------------------------- signatures

    def sign(
        self,
        kind: str,
        by: str,
        values: tuple[Any, ...],
        *,
        chain_id: int | None = None,
        contract: Any = None,
        name: str = "Community Token",
    ) -> bytes:
        """What a wallet signs in the token's domain, unless another is named."""
        fields = [
            dict(zip(("name", "type"), part.split(":"), strict=True)) for part in _KINDS[kind].split(" ")
        ]
        domain = {
            "name": name,
            "version": "1",
            "chainId": chain_id or self.backend.chain_id,
            "verifyingContract": self.address(contract or self.token),
        }
        message = {field["name"]: value for field, value in zip(fields, values, strict=True)}
        return bytes(person(by).sign_typed_data(domain, {kind: fields}, message).signature)

    def permit(
        self,
        owner: str,
        spender: Any,
        value: int,
        *,
        nonce: int | None = None,
        deadline: int = FAR,
        **other: Any,
    ) -> tuple[Any, ...]:
        """The arguments of `permit`, signed."""
        who, to = self.wallet(owner), self.address(spender)
        nonce = self.token.nonces(who) if nonce is None else nonce
        raw = self.sign("Permit", owner, (who, to, value, nonce, deadline), **other)
        return who, to, value, deadline, raw[64], raw[:32], raw[32:64]

    def authorization(
        self, kind: str, sender: Any, to: Any, value: int, *, after: int = 0, before: int = FAR,
        nonce: bytes = SALT, by: str | None = None, **other: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        """The arguments of an ERC-3009 call, signed: kind is "Transfer" or "Receive"."""
        values = (self.address(sender), self.address(to), value, after, before, nonce)
        signature = self.sign(f"{kind}WithAuthorization", by or sender, values, **other)
        return (*values, signature)

    def forward(self, who: str, contract: Any, function: str, *arguments: Any) -> None:
        """A sponsored call: this person signs it, a stranger sends it."""
        data = contract.data(function, *arguments)
        wallet = self.wallet(who)
        nonce, deadline, gas = self.forwarder.nonces(wallet), self.time + 600, 3_000_000
        values = (wallet, contract.address, 0, gas, nonce, deadline, data)
        domain = {"contract": self.forwarder, "name": "Commonhold Forwarder"}
        signature = self.sign("ForwardRequest", who, values, **domain)
        request = (wallet, contract.address, 0, gas, deadline, data, signature)
        self.forwarder.execute(request, sender=self.wallet("stranger"))

    # ---------------------------------------------------------------- time and errors

    @property
    def time(self) -> int:
        """[unix]"""
        return self.backend.time()

    def later(self, seconds: int) -> None:
        """Some time passes. [s]"""
        self.backend.warp(self.time + seconds)

    def at(self, timestamp: int) -> None:
        """The next transaction stands in a block of exactly this time. [unix]"""
        self.backend.next_block_at(timestamp)

    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]:
        """The block must revert with this custom error."""
        return self.backend.reverts(name, *values)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The fields of the events of that name in the last transaction."""
        return [
            {key: value for key, value in event.items() if key not in ("event", "address")}
            for event in self.backend.events(name)
        ]

    def transfers(self) -> list[tuple[str, str, int]]:
        """The token's movements in the last transaction."""
        return [tuple(event.values()) for event in self.events("Transfer")]  # type: ignore[misc]

    # ---------------------------------------------------------------- outside tokens at the reserve

    def asset(self, decimals: int = 6, ceiling: int = CAP, quirk: int = 0) -> Any:
        """A listed outside token that behaves, or that has a quirk (OddToken.Quirk) from the start."""
        odd = self.backend.deploy("OddToken", decimals)
        if quirk:
            odd.setQuirk(quirk, sender=self.wallet("stranger"))
        self.reserve.listAsset(odd, ceiling, sender=self.wallet("admin"))
        return odd

    def supply(self, asset: Any, who: Any, amount: int, *, approve: bool = True) -> None:
        """A person gets some of an outside token and approves it to the reserve. [asset]"""
        asset.mint(self.address(who), amount, sender=self.wallet("stranger"))
        if approve:
            asset.approve(self.reserve, 2**255, sender=self.address(who))

    def enter(self, asset: Any, who: str, paid: int) -> None:
        self.reserve.enter(asset, paid, sender=self.wallet(who))

    def exit(self, asset: Any, who: str, amount: int, *, to: Any = None, least: int = 0) -> None:
        """Leaves with community money, approving it first."""
        self.token.approve(self.reserve, amount, sender=self.wallet(who))
        target = self.address(to or who)
        self.reserve.exit(asset, amount, target, least, sender=self.wallet(who))

    def net(self, asset: Any) -> int:
        """What stands against an asset. [cmt]"""
        return int(self.reserve.assetOf(asset)[3])
