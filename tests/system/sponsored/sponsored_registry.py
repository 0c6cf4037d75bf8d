"""One sponsored call of each function of the registries that is open to residents."""

from collections.abc import Callable
from typing import Any

from tests.registry_world import DAY, REASON, World, spare

Case = Callable[[World], None]


def _forward(world: World, person: str, contract: Any, function: str, *arguments: Any) -> None:
    world.forward(person, contract, contract.data(function, *arguments))


def _link(world: World) -> None:
    consent = world.sign("LinkWallet", spare(0), world.party["ann"])
    _forward(world, "ann", world.parties, "link", world.party["ann"], spare(0).address, *consent)
    assert world.parties.partyOf(spare(0).address) == world.party["ann"]


def _unlink(world: World) -> None:
    world.link("ann", spare(0))
    _forward(world, "ann", world.parties, "unlink", spare(0).address)
    assert world.parties.partyOf(spare(0).address) == 0


def _switch(world: World) -> None:
    world.link("ann", spare(0))
    _forward(world, "ann", world.parties, "switchWallet", spare(0).address)
    assert world.parties.walletOf(world.party["ann"]) == spare(0).address


def _link_nonce(world: World) -> None:
    before = world.parties.linkNonce(world.wallet("ann"))
    _forward(world, "ann", world.parties, "raiseLinkNonce")
    assert world.parties.linkNonce(world.wallet("ann")) == before + 1


def _consent(world: World) -> None:
    _forward(world, "ann", world.parties, "setCollectingConsent", True)
    assert world.parties.collectingConsent(world.party["ann"])


def _guardians(world: World) -> None:
    _forward(world, "ann", world.recovery, "setGuardians", sorted(world.party[n] for n in ("ben", "cleo")), 2)
    world.later(7 * DAY)
    assert world.recovery.guardiansOf(world.party["ann"])[1] == 2


def _support(world: World) -> None:
    world.guard("ann", ["ben", "cleo"], 2)
    consent = world.sign("ReplaceWallet", spare(0), world.party["ann"], deadline=world.time + DAY)
    for guardian in ("ben", "cleo"):
        arguments = (world.party["ann"], spare(0).address, *consent)
        _forward(world, guardian, world.recovery, "supportRecovery", *arguments)
    assert world.parties.recoveryPending(world.party["ann"])


def _cancel(world: World) -> None:
    world.start_by_manager("ann", spare(0))
    _forward(world, "ann", world.recovery, "cancelRecovery")
    assert not world.parties.recoveryPending(world.party["ann"])


def _complete(world: World) -> None:
    _support(world)
    world.later(3 * DAY)
    _forward(world, "dora", world.recovery, "completeRecovery", world.party["ann"])
    assert world.parties.walletOf(world.party["ann"]) == spare(0).address


def _expire(world: World) -> None:
    _support(world)
    world.later(3 * DAY + 14 * DAY + 1)
    _forward(world, "dora", world.recovery, "expireRecovery", world.party["ann"])
    assert not world.parties.recoveryPending(world.party["ann"])


def _recovery_nonce(world: World) -> None:
    _forward(world, "ann", world.recovery, "raiseRecoveryNonce")
    assert world.recovery.recoveryNonce(world.wallet("ann")) == 1


def _announce(world: World) -> None:
    unit = world.unit("ann")
    _forward(world, "dora", world.units, "announce", [unit])
    assert world.units.ownerOf(unit) == world.wallet("ann")


def _transfer(world: World) -> None:
    unit = world.unit("ann")
    _forward(world, "ann", world.transfers, "transfer", unit, world.party["ben"])
    assert world.transfers.offerOf(unit)[0] == world.party["ann"]


def _accept(world: World) -> None:
    _transfer(world)
    _forward(world, "ben", world.transfers, "acceptTransfer", 1, world.party["ann"])
    world.transfers.confirmTransfer(1, world.party["ben"], sender=world.wallet("manager"))
    assert world.units.ownerPartyOf(1) == world.party["ben"]


def _withdraw(world: World) -> None:
    _transfer(world)
    _forward(world, "ann", world.transfers, "withdrawTransfer", 1)
    assert world.transfers.offerOf(1)[0] == 0


def _correction(world: World, owner: str = "", area: int = 0) -> None:
    world.unit("ann")
    values = (1, world.party[owner] if owner else 0, area, 0, REASON)
    world.transfers.proposeCorrection(*values, sender=world.wallet("manager"))
    world.transfers.confirmCorrection(1, REASON, sender=world.wallet("committee"))


def _object(world: World) -> None:
    _correction(world, owner="ben")
    _forward(world, "ann", world.transfers, "objectToCorrection", 1)
    world.later(8 * DAY)
    with world.reverts("CorrectionNone", 1):
        world.transfers.applyCorrection(1, sender=world.wallet("stranger"))


def _apply(world: World) -> None:
    _correction(world, area=99)
    world.later(7 * DAY)
    _forward(world, "dora", world.transfers, "applyCorrection", 1)
    assert world.units.detailsOf(1)[2] == 99


def _attest(world: World) -> None:
    world.attestations.addIssuer(REASON, world.party["ann"], sender=world.wallet("admin"))
    arguments = (REASON, world.party["ben"], REASON, world.time + DAY)
    _forward(world, "ann", world.attestations, "attest", *arguments)
    assert _attested(world)


def _attested(world: World) -> bool:
    found = world.attestations.attestationOf(REASON, world.party["ben"], world.party["ann"])
    return bytes(found[0]) == REASON


def _revoke(world: World) -> None:
    _attest(world)
    _forward(world, "ann", world.attestations, "revoke", REASON, world.party["ben"], REASON)
    assert not _attested(world)


def _drop(world: World) -> None:
    _attest(world)
    _forward(world, "ben", world.attestations, "drop", REASON, world.party["ann"])
    assert not _attested(world)


CASES: dict[tuple[str, str], Case] = {
    ("PartyRegistry", "link"): _link,
    ("PartyRegistry", "unlink"): _unlink,
    ("PartyRegistry", "switchWallet"): _switch,
    ("PartyRegistry", "raiseLinkNonce"): _link_nonce,
    ("PartyRegistry", "setCollectingConsent"): _consent,
    ("PartyRecovery", "setGuardians"): _guardians,
    ("PartyRecovery", "supportRecovery"): _support,
    ("PartyRecovery", "cancelRecovery"): _cancel,
    ("PartyRecovery", "completeRecovery"): _complete,
    ("PartyRecovery", "expireRecovery"): _expire,
    ("PartyRecovery", "raiseRecoveryNonce"): _recovery_nonce,
    ("UnitRegistry", "announce"): _announce,
    ("UnitTransfers", "transfer"): _transfer,
    ("UnitTransfers", "acceptTransfer"): _accept,
    ("UnitTransfers", "withdrawTransfer"): _withdraw,
    ("UnitTransfers", "objectToCorrection"): _object,
    ("UnitTransfers", "applyCorrection"): _apply,
    ("Attestations", "attest"): _attest,
    ("Attestations", "revoke"): _revoke,
    ("Attestations", "drop"): _drop,
}
