"""Every function that a resident may call works through the forwarder, from a wallet without coin.

all ── each state-changing function of each contract needs a role, is for contracts or officers, or has a case
case ── the author signs, a stranger sends, the author's act takes effect though he has no coin
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from commonhold.roles import GUARDED, OPEN
from tests.credit_world import CreditWorld
from tests.evm import artifact
from tests.lease_world import InProcess
from tests.lease_world import World as LeaseWorld
from tests.money_world import CMT, Money
from tests.registry_world import World as RegistryWorld
from tests.system.sponsored import (
    sponsored_bills,
    sponsored_credit,
    sponsored_fees,
    sponsored_leases,
    sponsored_money,
    sponsored_registry,
)

# contracts and functions that no resident calls
OFFICIAL = {
    "CommunityAccess": "roles of officers",
    "CommunityForwarder": "the sponsor's own door",
}
NOT_RESIDENTS = {
    "CommunityToken": {"mint", "burn", "collect", "pull", "disburseFrom", "pullTo", "disburse"},
    "UnitRegistry": {"occupy", "changeOccupancy", "transferByLease"},
    "LeaseAgreement": {"settleAndRevert", "applyChange", "finishClosing", "offsetLandlordDebt"},
    "DepositEscrow": {"book", "openReview", "takeArrears"},
    "CreditRegistry": {"countOnTime", "reportLate", "reportDefault", "reportProvider"},
    "PropertyFee": {"settleAndRevert"},
    "CreditFormula": {"takeExposure", "releaseExposure"},
    "BillRuns": {"settleAndRevert"},
}
# these move a unit only through its transfer, and always refuse
REFUSED = {"UnitRegistry": {"approve", "setApprovalForAll", "transferFrom", "safeTransferFrom", "setUser"}}
MODULES = (
    sponsored_money,
    sponsored_registry,
    sponsored_leases,
    sponsored_credit,
    sponsored_fees,
    sponsored_bills,
)
CASES: dict[tuple[str, str], Any] = {key: case for module in MODULES for key, case in module.CASES.items()}


def resident_functions() -> Iterator[tuple[str, str]]:
    """All that is left of the contracts' interfaces."""
    for contract in OPEN:
        if contract in OFFICIAL:
            continue
        roles = {signature.partition("(")[0] for signature in GUARDED.get(contract, {})}
        others = NOT_RESIDENTS.get(contract, set()) | REFUSED.get(contract, set()) | {"setAuthority"}
        names = {
            entry["name"]
            for entry in artifact(contract)["abi"]
            if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
        }
        yield from ((contract, name) for name in names - roles - others)


def test_every_function_of_a_resident_is_tried_sponsored() -> None:
    assert set(resident_functions()) == set(CASES)


def test_the_roles_page_lists_the_same_functions_as_open() -> None:
    listed = {(contract, name) for contract, rows in OPEN.items() for name in rows}
    assert set(CASES) <= listed


@cache
def world_for(module: Any) -> Any:
    if module is sponsored_bills:
        return sponsored_bills.SponsoredBills()
    backend = InProcess()
    if module is sponsored_money:
        world = Money(backend)
        for person in ("ann", "ben", "cleo"):
            world.fund(person, 10 * CMT)
        return world
    if module is sponsored_fees:
        return sponsored_fees.SponsoredFees()
    if module is sponsored_credit:
        return CreditWorld(backend)
    return RegistryWorld(backend) if module is sponsored_registry else LeaseWorld(backend)


@pytest.mark.parametrize(("contract", "function"), CASES)
def test_a_sponsored_call_takes_effect(contract: str, function: str) -> None:
    module = next(module for module in MODULES if (contract, function) in module.CASES)
    world = world_for(module)
    evm = world.backend.chain.evm
    people = ("ann", "ben", "cleo")
    assert [evm.get_balance(world.wallet(person)) for person in people] == [0, 0, 0]
    before = {person: world.forwarder.nonces(world.wallet(person)) for person in (*people, "stranger")}
    mark = world.backend.snapshot()
    try:
        CASES[contract, function](world)
        calls = sum(world.forwarder.nonces(world.wallet(person)) for person in before)
        offices = {"landlord", "arbiter", "dora"} & set(getattr(world, "party", ()))
        calls += sum(world.forwarder.nonces(world.wallet(person)) for person in offices)
        assert calls > sum(before.values()), "nothing went through the forwarder"
    finally:
        world.backend.restore(mark)
