"""One sponsored call of each function of the credit contracts that is open to residents."""

from collections.abc import Callable
from typing import Any

from eth_account.messages import encode_typed_data

from commonhold.rules.history import Standing
from tests.credit_world import LENDING, SHARING, CreditWorld
from tests.registry_world import DAY, PEOPLE, REASON, account

Case = Callable[[CreditWorld], None]


def _forward(world: CreditWorld, person: str, contract: Any, function: str, *arguments: Any) -> None:
    world.forward(person, contract, contract.data(function, *arguments))


def _overdue(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.owe(1, "ann", world.today, grace=0)
    world.to_day(world.today + 1)
    _forward(world, "ben", world.credit, "reportOverdue", world.reporter, 1)
    assert world.outcome(key).standing is Standing.NOTICED


def _dispute(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.entered("ann")
    _forward(world, "ann", world.review, "dispute", key, REASON)
    assert world.outcome(key).standing is Standing.DISPUTED


def _statement(world: CreditWorld) -> None:
    _forward(world, "ann", world.review, "setConsumerStatement", REASON)
    assert bytes(world.review.consumerStatementOf(world.party["ann"])) == REASON


def _allowed(world: CreditWorld, purpose: int) -> bool:
    return bool(world.consent.allows(world.party["ann"], world.party["ben"], purpose))


def _grant(world: CreditWorld) -> None:
    _forward(world, "ann", world.consent, "grant", world.party["ben"], LENDING, world.time + DAY, 1)
    assert _allowed(world, LENDING)


def _grant_signed(world: CreditWorld) -> None:
    values = (world.party["ann"], world.party["ben"], SHARING, world.time + DAY, 1)
    names = ("party", "reader", "purpose", "expiry", "uses", "nonce", "deadline")
    kinds = ("uint32", "uint32", "uint8", "uint40", "uint32", "uint256", "uint256")
    deadline = world.time + DAY
    domain = {
        "name": "Commonhold CreditConsent", "version": "1", "chainId": world.backend.chain_id,
        "verifyingContract": world.consent.address,
    }  # fmt: skip
    types = {"CreditConsent": [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)]}
    message = dict(zip(names, (*values, 0, deadline), strict=True))
    signable = encode_typed_data(domain, types, message)
    signature = bytes(account(PEOPLE.index("ann")).sign_message(signable).signature)
    _forward(world, "cleo", world.consent, "grantBySignature", *values, deadline, signature)
    assert _allowed(world, SHARING)


def _revoke(world: CreditWorld) -> None:
    _grant(world)
    _forward(world, "ann", world.consent, "revoke", world.party["ben"], LENDING)
    assert not _allowed(world, LENDING)


def _nonce(world: CreditWorld) -> None:
    _forward(world, "ann", world.consent, "raiseConsentNonce")
    assert world.consent.consentNonce(world.party["ann"]) == 1


def _read(world: CreditWorld) -> None:
    _grant(world)
    _forward(world, "ben", world.consent, "recordRead", world.party["ann"], LENDING, REASON)
    assert not _allowed(world, LENDING)


CASES: dict[tuple[str, str], Case] = {
    ("CreditRegistry", "reportOverdue"): _overdue,
    ("CreditReview", "dispute"): _dispute,
    ("CreditReview", "setConsumerStatement"): _statement,
    ("CreditConsent", "grant"): _grant,
    ("CreditConsent", "grantBySignature"): _grant_signed,
    ("CreditConsent", "revoke"): _revoke,
    ("CreditConsent", "raiseConsentNonce"): _nonce,
    ("CreditConsent", "recordRead"): _read,
}
