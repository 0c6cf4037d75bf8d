"""One sponsored call of each function of leases, changes and deposits that is open to residents."""

from collections.abc import Callable
from typing import Any

from tests.lease_world import CLOSED, CMT, END, NO_HASH, RENT, World, sign_hash

Case = Callable[[World], None]
MONTH = 1_000 * CMT


def _signed(world: World) -> tuple[Any, list[bytes]]:
    terms = world.terms(["ann"])
    digest = bytes(world.leases.hashTerms(terms))
    return terms, [sign_hash(person, digest) for person in ("landlord", "ann")]


def _activate(world: World) -> None:
    terms, signatures = _signed(world)
    world.forward("ann", world.leases, "activate", terms, signatures, [])
    assert world.leases.stateOf(1) == 1


def _cancel(world: World) -> None:
    terms, signatures = _signed(world)
    world.forward("landlord", world.leases, "cancelTerms", terms)
    with world.reverts("LeaseTermsWithdrawn", ...):
        world.leases.activate(terms, signatures, [], sender=world.wallet("ann"))


def _offer_nonce(world: World) -> None:
    world.forward("landlord", world.leases, "raiseOfferNonce")
    assert world.leases.offerNonce(world.party["landlord"]) == 1


def _pay(world: World) -> None:
    lease = world.activate("ann")
    before = world.balance("ben")
    arguments = (lease, world.party["ann"], 2 * MONTH, world.terms_hash[lease])
    world.forward("ben", world.leases, "pay", *arguments)
    assert world.leases.accountsOf(lease)[0][3:5] == (MONTH, MONTH)
    assert world.balance("ben") == before - 2 * MONTH


def _pay_authorized(world: World) -> None:
    from tests.contracts.LeaseAgreement.test_payWithAuthorization import Paper

    lease = world.activate("ann")
    paper = Paper(world, lease)
    arguments = (*paper.values.values(), paper.signature)
    world.forward("cleo", world.leases, "payWithAuthorization", *arguments)
    assert world.leases.accountsOf(lease)[0][3] == MONTH


def _refund(world: World) -> None:
    _pay(world)
    world.forward("ann", world.leases, "refund", 1, MONTH)
    assert world.leases.held() == 0


def _withdraw_owed(world: World) -> None:
    world.start_recovery("landlord")
    _settle(world)
    world.end_recovery("landlord")
    world.forward("cleo", world.leases, "withdrawOwed", world.party["landlord"])
    assert world.leases.held() == 0


def _settle(world: World) -> None:
    lease = world.activate("ann")
    world.forward("landlord", world.leases, "settle", [lease])
    assert world.leases.accountsOf(lease)[0][3] == MONTH


def _preview(world: World) -> None:
    lease = world.activate("ann")
    world.forward("landlord", world.leases, "previewSettle", [lease])
    assert world.leases.accountsOf(lease)[0][3] == 0


def _ended_early(world: World) -> int:
    """A lease closed inside a paid month; the landlord owes the rest."""
    lease = world.activate("ann", deposit=MONTH)
    world.leases.settle([lease], sender=world.wallet("ann"))
    world.agree(world.proposal(lease, END, day=world.today + 9), "landlord", "ann")
    world.revoke_mandate("landlord")
    world.pass_days(9)
    world.forward("ann", world.leases, "close", lease)
    return lease


def _close(world: World) -> None:
    assert world.leases.stateOf(_ended_early(world)) == 5


def _landlord_debt(world: World) -> None:
    lease = _ended_early(world)
    debt = world.leases.landlordDebt(lease, world.party["ann"])
    world.forward("landlord", world.token, "approve", world.leases, debt)
    world.forward("landlord", world.leases, "payLandlordDebt", lease, world.party["ann"], debt)
    assert world.leases.landlordDebt(lease, world.party["ann"]) == 0 < debt


# ---------------------------------------------------------------- changes


def _new_rent(world: World) -> tuple[int, Any]:
    lease = world.activate("ann")
    return lease, world.proposal(lease, RENT, day=world.month_start(2), amount=2 * MONTH)


def _propose(world: World) -> tuple[int, Any]:
    lease, proposal = _new_rent(world)
    world.forward("landlord", world.changes, "propose", proposal)
    assert bytes(world.changes.openOf(lease, RENT, world.party["landlord"])) != NO_HASH
    return lease, proposal


def _accept(world: World) -> None:
    lease, proposal = _propose(world)
    world.forward("ann", world.changes, "accept", proposal)
    assert world.leases.dueOn(lease, world.month_start(2)) == 4 * MONTH


def _accept_signed(world: World) -> None:
    lease, proposal = _propose(world)
    signature = world.acceptance(proposal, "ann")
    world.forward("cleo", world.changes, "acceptBySignature", proposal, world.party["ann"], signature)
    assert world.leases.dueOn(lease, world.month_start(2)) == 4 * MONTH


def _apply_signed(world: World) -> None:
    lease, proposal = _new_rent(world)
    signatures = [world.acceptance(proposal, person) for person in ("landlord", "ann")]
    world.forward("cleo", world.changes, "applySigned", proposal, signatures)
    assert world.leases.dueOn(lease, world.month_start(2)) == 4 * MONTH


def _withdraw(world: World) -> None:
    lease, proposal = _propose(world)
    world.forward("landlord", world.changes, "withdraw", world.changes.hashProposal(proposal))
    assert bytes(world.changes.openOf(lease, RENT, world.party["landlord"])) == NO_HASH


def _notice_of_default(world: World) -> int:
    lease = world.activate("ann")
    world.revoke_mandate("ann")
    world.pass_days(19)
    world.forward("landlord", world.changes, "giveDefaultNotice", lease)
    assert world.changes.defaultNoticeOf(lease)[0] == MONTH
    return lease


def _end_for_default(world: World) -> None:
    lease = _notice_of_default(world)
    world.pass_days(15)
    world.forward("landlord", world.changes, "endForDefault", lease)
    assert world.leases.stateOf(lease) == 2


def _acceptance_nonce(world: World) -> None:
    world.forward("ann", world.changes, "raiseAcceptanceNonce")
    assert world.changes.acceptanceNonce(world.party["ann"]) == 1


# ---------------------------------------------------------------- deposits


def _in_review(world: World) -> int:
    lease = world.activate("ann", deposit=1_000, endDay=world.month_start(1))
    world.end(lease)
    return lease


def _file_claim(world: World) -> int:
    lease = _in_review(world)
    world.forward("landlord", world.escrow, "fileClaim", lease, [300], [NO_HASH])
    assert world.escrow.reviewOf(lease)[5] == 300
    return lease


def _accept_claim(world: World) -> None:
    lease = _file_claim(world)
    world.forward("ann", world.escrow, "acceptClaim", lease, 300)
    assert world.leases.stateOf(lease) == CLOSED


def _make_offer(world: World) -> int:
    lease = _file_claim(world)
    world.forward("ann", world.escrow, "makeOffer", lease, 100)
    assert world.escrow.depositOf(lease) == 200
    return lease


def _accept_offer(world: World) -> None:
    lease = _make_offer(world)
    world.forward("landlord", world.escrow, "acceptOffer", lease, 100)
    assert world.leases.stateOf(lease) == CLOSED


def _award(world: World) -> None:
    lease = _make_offer(world)
    world.forward("arbiter", world.escrow, "award", lease, 200)
    assert world.leases.stateOf(lease) == CLOSED


def _finalise(world: World) -> None:
    lease = _in_review(world)
    world.pass_days(15)
    world.forward("cleo", world.escrow, "finalise", lease)
    assert world.leases.stateOf(lease) == CLOSED


def _extend(world: World) -> None:
    lease = _in_review(world)
    last = world.escrow.reviewOf(lease)[3]
    world.start_recovery("landlord")
    world.forward("cleo", world.escrow, "extendClock", lease)
    assert world.escrow.reviewOf(lease)[3] == last + 30


def _withdraw_deposit(world: World) -> None:
    lease = _in_review(world)
    world.start_recovery("ann", days=90)
    world.pass_days(15)
    world.forward("cleo", world.escrow, "finalise", lease)
    world.end_recovery("ann")
    world.forward("cleo", world.escrow, "withdrawOwed", world.party["ann"])
    assert world.escrow.held() == 0


CASES: dict[tuple[str, str], Callable[[World], Any]] = {
    ("LeaseAgreement", "activate"): _activate,
    ("LeaseAgreement", "cancelTerms"): _cancel,
    ("LeaseAgreement", "raiseOfferNonce"): _offer_nonce,
    ("LeaseAgreement", "pay"): _pay,
    ("LeaseAgreement", "payWithAuthorization"): _pay_authorized,
    ("LeaseAgreement", "refund"): _refund,
    ("LeaseAgreement", "withdrawOwed"): _withdraw_owed,
    ("LeaseAgreement", "payLandlordDebt"): _landlord_debt,
    ("LeaseAgreement", "settle"): _settle,
    ("LeaseAgreement", "previewSettle"): _preview,
    ("LeaseAgreement", "close"): _close,
    ("LeaseChanges", "propose"): _propose,
    ("LeaseChanges", "accept"): _accept,
    ("LeaseChanges", "acceptBySignature"): _accept_signed,
    ("LeaseChanges", "applySigned"): _apply_signed,
    ("LeaseChanges", "withdraw"): _withdraw,
    ("LeaseChanges", "giveDefaultNotice"): _notice_of_default,
    ("LeaseChanges", "endForDefault"): _end_for_default,
    ("LeaseChanges", "raiseAcceptanceNonce"): _acceptance_nonce,
    ("DepositEscrow", "fileClaim"): _file_claim,
    ("DepositEscrow", "acceptClaim"): _accept_claim,
    ("DepositEscrow", "makeOffer"): _make_offer,
    ("DepositEscrow", "acceptOffer"): _accept_offer,
    ("DepositEscrow", "award"): _award,
    ("DepositEscrow", "finalise"): _finalise,
    ("DepositEscrow", "extendClock"): _extend,
    ("DepositEscrow", "withdrawOwed"): _withdraw_deposit,
}
