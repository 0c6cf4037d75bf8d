"""Offers of leases as people sign them, step by step: terms, changes to them, signatures, submission."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from eth_utils.crypto import keccak

from tests.lease_world import CMT, NOBODY, World, sign_hash, sign_typed

RENT = 1_000 * CMT
COLLECTED, PARTIAL, NOTHING_DUE, NO_MANDATE, LIMIT_EXCEEDED, MANDATE_EXPIRED, NO_FUNDS = range(1, 8)
NOT_ACTIVE, UNKNOWN, RENT_ONLY, SHARES_MISSING, NO_WALLET = range(8, 13)
_FIELDS = (
    "unit landlord tenants shares rent deposit startDay endDay billingDay interval dueOffset rentFreeDays "
    "steps fees graceDays lateFeeRate lateFeeMaxDays noticeDays breakDay breakFee manager commission "
    "holdoverRate dayCount arbiter coverMask opening documentHash nonce salt deadline"
)
FIELDS = tuple(_FIELDS.split())


def changed(terms: Sequence[Any], **other: Any) -> tuple[Any, ...]:
    """The same terms but for some fields."""
    assert other.keys() <= set(FIELDS)
    return tuple(other.get(name, value) for name, value in zip(FIELDS, terms, strict=True))


def signed(world: World, terms: Sequence[Any], *people: str) -> list[bytes]:
    """The signatures of these people under these terms."""
    digest = bytes(world.leases.hashTerms(terms))
    return [sign_hash(person, digest) for person in people]


def submit(
    world: World,
    terms: Sequence[Any],
    signatures: Sequence[bytes],
    *,
    sender: str = "stranger",
    permits: Sequence[Any] = (),
) -> int:
    """Somebody brings terms and signatures to the contract; answers the lease's id."""
    world.leases.activate(terms, list(signatures), list(permits), sender=world.wallet(sender))
    lease = int(world.leases.leaseCount())
    world.terms_hash[lease] = bytes(world.leases.hashTerms(terms))
    return lease


def permit(world: World, person: str, value: int, deadline: int) -> tuple[Any, ...]:
    """A permit of this person towards the leases, as the contract takes it."""
    types = {
        "owner": "address",
        "spender": "address",
        "value": "uint256",
        "nonce": "uint256",
        "deadline": "uint256",
    }
    message = {
        "owner": world.wallet(person), "spender": world.leases.address, "value": value,
        "nonce": world.token.nonces(world.wallet(person)), "deadline": deadline,
    }  # fmt: skip
    fields = [{"name": name, "type": kind} for name, kind in types.items()]
    signature = sign_typed(person, world.domain("Community Token", world.token), {"Permit": fields}, message)
    return value, deadline, signature[64], signature[:32], signature[32:64]


def as_admin(world: World, contract: Any, function: str, *arguments: Any) -> None:
    """An administrator announces a call and makes it when the delay is over; then the next month begins."""
    admin = world.wallet("admin")
    world.access.schedule(contract, contract.data(function, *arguments), 0, sender=admin)
    world.pass_days(2)
    getattr(contract, function)(*arguments, sender=admin)
    world.to_day(world.month_start(1))


def walletless(world: World, name: str) -> int:
    """A party without a wallet; it is the first of the next month afterwards."""
    as_admin(world, world.parties, "register", 1, keccak(text=name), NOBODY, 0, b"")
    return int(world.parties.partyCount())


@contextlib.contextmanager
def code_at(world: World, person: str, mock: str) -> Iterator[None]:
    """This person's wallet is a contract for a while."""
    from tests.evm import artifact

    world.backend.chain.set_code(world.wallet(person), bytes.fromhex(artifact(mock)["deployedBytecode"][2:]))
    try:
        yield
    finally:
        world.backend.chain.set_code(world.wallet(person), b"")


def settle(world: World, *leases: int) -> list[tuple[int, int, int]]:
    """A settlement run by a stranger; its answers."""
    return [
        tuple(map(int, row)) for row in world.leases.settle(list(leases), sender=world.wallet("stranger"))
    ]


def account(world: World, lease: int, index: int = 0) -> tuple[int, ...]:
    """One account: tenant, share, due, settled, pot, late fees."""
    return tuple(map(int, world.leases.accountsOf(lease)[index]))


def give_away(world: World, person: str, left: int = 0) -> None:
    """The wallet is emptied but for a rest."""
    amount = world.balance(person) - left
    world.token.transfer(world.wallet("stranger"), amount, sender=world.wallet(person))


def act(world: World, function: str, *arguments: Any, sender: str) -> Any:
    """A call of the lease contract by one of the people."""
    return getattr(world.leases, function)(*arguments, sender=world.wallet(sender))


def pay(world: World, lease: int, amount: int, *, tenant: str = "ann", payer: str = "") -> None:
    """`payer` (the tenant himself unless said) pays for a tenant."""
    act(world, "pay", lease, world.party[tenant], amount, world.terms_hash[lease], sender=payer or tenant)
