"""Every guarded function of token, reserve and desk, tried by all without its role and by the forwarder.

├── a caller without the role: reverts
├── the right caller through the forwarder: reverts
└── the contract roles of AccessManaged: setAuthority only by the access manager
"""

from typing import Any

import pytest

from tests.evm import artifact
from tests.money_world import REASON, ROLES, Money, roles_of

INTERFACES = {"CommunityToken": "ICommunityToken", "Reserve": "IReserve", "RedemptionDesk": "IRedemptionDesk"}
GUARDED = [
    (name, function, role)
    for name, interface in INTERFACES.items()
    for function, role in sorted(roles_of(interface).items())
]
VALUES = {"address": "0x" + "11" * 20, "bool": True, "bytes32": REASON}
HOLDERS = {"ADMIN": "admin"} | {role: role.lower() for role in ROLES}


def _arguments(name: str, function: str) -> list[Any]:
    entry = next(e for e in artifact(name)["abi"] if e.get("name") == function)
    return [VALUES.get(part["type"], 1) for part in entry["inputs"]]


@pytest.mark.parametrize(("name", "function", "role"), GUARDED)
def test_A1_only_its_role_may_call_it(world: Money, name: str, function: str, role: str) -> None:
    contract = world.guarded[name][0]
    call, arguments = getattr(contract, function), _arguments(name, function)
    for caller in sorted({*HOLDERS.values(), "ann", "bank", "stranger"} - {HOLDERS[role]}):
        with world.reverts("AccessManagedUnauthorized", world.wallet(caller)):
            call(*arguments, sender=world.wallet(caller))


@pytest.mark.parametrize(("name", "function", "role"), GUARDED)
def test_role_functions_refuse_forwarded_calls(world: Money, name: str, function: str, role: str) -> None:
    with world.reverts("FailedCall"):
        world.forward(HOLDERS[role], world.guarded[name][0], function, *_arguments(name, function))


@pytest.mark.parametrize("name", INTERFACES)
def test_a_forwarded_role_call_is_refused_by_name(world: Money, name: str) -> None:
    """The real forwarder hides the inner error; a puppet in its place shows it."""
    token = (0, 10**15, "Community Token", "CMT") if name == "CommunityToken" else (world.token,)
    contract = world.backend.deploy(name, world.access, world.outsider, *token)
    for _, function, role in (row for row in GUARDED if row[0] == name):
        holder = world.wallet(HOLDERS[role])
        data = contract.data(function, *_arguments(name, function)) + bytes.fromhex(holder[2:])
        with world.reverts("AccessForwardedCall", holder):
            world.outsider.act(contract, data, sender=world.wallet("stranger"))


def test_nothing_else_is_guarded() -> None:
    """The interfaces name a role for exactly these functions; a new one must be added here knowingly."""
    assert {(name, function): role for name, function, role in GUARDED} == {
        ("CommunityToken", "registerCollector"): "ADMIN",
        ("CommunityToken", "retireCollector"): "ADMIN",
        ("CommunityToken", "markSuite"): "ADMIN",
        ("CommunityToken", "setMinter"): "ADMIN",
        ("CommunityToken", "stopMinter"): "COMMITTEE",
        ("CommunityToken", "proposeFreeze"): "OFFICER",
        ("CommunityToken", "confirmFreeze"): "COMMITTEE",
        ("CommunityToken", "liftFreeze"): "COMMITTEE",
        ("CommunityToken", "setRecoveryHold"): "REGISTRY",
        ("CommunityToken", "replaceWallet"): "REGISTRY",
        ("Reserve", "listAsset"): "ADMIN",
        ("Reserve", "setCeiling"): "ADMIN",
        ("Reserve", "pauseEntry"): "COMMITTEE",
        ("RedemptionDesk", "complete"): "TREASURER",
        ("RedemptionDesk", "refuse"): "TREASURER",
    }


@pytest.mark.parametrize("name", INTERFACES)
def test_A6_the_authority_changes_only_through_the_access_manager(world: Money, name: str) -> None:
    contract = world.guarded[name][0]
    for caller in ("admin", "stranger"):
        with world.reverts("AccessManagedUnauthorized", world.wallet(caller)):
            contract.setAuthority(world.outsider, sender=world.wallet(caller))
