"""Deploying: predicted addresses, roles, hand-over, checks, resuming, the manifest.

Branches: in arrays, one by one · admin is the deployer, another whose key is at hand, another who has not
accepted, then has · delays kept, dropped · deployed already · interrupted at every kind of step · begun with
other parameters · fresh · number used for something else · not a development chain · name too long · unknown
office · every kind of difference that the checks find.
"""

import itertools
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.flight import Tower
from commonhold.chain.send import CallRefused, Sender
from commonhold.chain.signing import dev_account
from commonhold.errors import SettingsError
from commonhold.ops.deploy import suite as module
from commonhold.ops.deploy.checks import DeploymentWrong, check
from commonhold.ops.deploy.plan import CONTRACTS, Parameters, libraries_of, make_plan
from commonhold.ops.deploy.suite import (
    JOURNAL,
    LOCAL_ACCOUNTS,
    DeploymentStuck,
    deploy,
    deploy_local,
    local_account,
    local_parameters,
)
from commonhold.ops.manifest import read
from commonhold.roles import GUARDED, ROLE_ID, ROLES
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.chain.conftest import pay
from tests.package.ops.town import Town

DEPLOYER = dev_account(0)


def _deploy(connection: Connection, folder: Path | None = None, **changes: Any) -> Any:
    values: dict[str, Any] = {"network": "local", "folder": folder, "admin_signer": local_account("ADMIN")}
    parameters = changes.pop("parameters", local_parameters())
    return deploy(connection, changes.pop("signer", DEPLOYER), parameters, **{**values, **changes})


def test_every_contract_lies_where_it_was_predicted_and_knows_the_others(town: Town) -> None:
    deployment = town.deployment
    assert set(deployment.contracts) == {*libraries_of(CONTRACTS), *CONTRACTS}
    knows = {
        "LeaseAgreement": (
            "CommunityToken",
            "PartyRegistry",
            "UnitRegistry",
            "LeaseChanges",
            "DepositEscrow",
        ),
        "LeaseChanges": ("PartyRegistry", "LeaseAgreement"),
        "DepositEscrow": ("CommunityToken", "PartyRegistry", "LeaseAgreement"),
    }
    for name, others in knows.items():
        code = town.connection.code(deployment.address(name))
        for other in (*others, "CommunityForwarder"):
            assert bytes.fromhex(deployment.address(other)[2:]) in code, f"{name} knows {other}"
    deployment.verify(town.connection)


def test_each_office_may_do_its_own_work_and_nothing_else(town: Town) -> None:
    access = town.suite.access
    for contract, functions in GUARDED.items():
        for signature, role in functions.items():
            selector = load(contract).function(signature).selector
            found = access.target_function_role(town.deployment.address(contract), selector)
            assert found == ROLE_ID[role], f"{contract}.{signature}"
    for role in LOCAL_ACCOUNTS:
        assert access.has_role(ROLE_ID[role], local_account(role).address)[0], role
        others = [name for name in LOCAL_ACCOUNTS if name != role]
        assert not any(access.has_role(ROLE_ID[name], local_account(role).address)[0] for name in others)


def test_the_deployer_keeps_no_right_where_another_is_admin(town: Town) -> None:
    access = town.suite.access
    assert not any(access.has_role(role.id, DEPLOYER.address)[0] for role in ROLES)
    with pytest.raises(CallRefused, match="AccessManagerUnauthorizedAccount"):
        Sender(town.connection, DEPLOYER).send(access.grant_role(1, DEPLOYER.address))


def test_A9_delays_are_those_of_the_table_where_they_are_kept(empty: Connection) -> None:
    admin = local_account("ADMIN").address
    parameters = Parameters(admin=admin, roles={"MANAGER": {dev_account(2).address: 3_600}})
    deployment = _deploy(empty, parameters=parameters, journalled=False)
    access = deployment.suite(empty).access
    for role in ROLES:
        assert access.role_grant_delay(role.id) == role.grant_delay
    assert access.target_admin_delay(deployment.address("CommunityToken")) == 2 * 86_400
    assert access.has_role(1, dev_account(2).address) == (True, 3_600)
    assert access.has_role(0, admin) == (True, parameters.admin_delay)


def test_the_deployer_stays_admin_where_nobody_else_is_named(empty: Connection) -> None:
    deployment = _deploy(empty, parameters=Parameters(), journalled=False)
    assert deployment.pending == []
    assert deployment.suite(empty).access.has_role(0, DEPLOYER.address)[0]


def test_a_new_admin_who_has_not_accepted_is_waited_for_and_then_the_deployer_leaves(
    empty: Connection, tmp_path: Path
) -> None:
    first = _deploy(empty, tmp_path, admin_signer=None)
    assert "acceptAdmin" in first.pending[0]
    access = first.suite(empty).access
    assert access.has_role(0, DEPLOYER.address)[0]
    assert _deploy(empty, tmp_path, admin_signer=None).pending == first.pending
    Sender(empty, local_account("ADMIN")).send(access.accept_admin())
    second = _deploy(empty, tmp_path, admin_signer=None)
    assert second.pending == [] and second.addresses == first.addresses
    assert not access.has_role(0, DEPLOYER.address)[0]


def test_deploying_again_changes_nothing(empty: Connection, tmp_path: Path) -> None:
    first = _deploy(empty, tmp_path)
    number = empty.nonce(DEPLOYER.address)
    assert _deploy(empty, tmp_path) == first == read(tmp_path)
    assert empty.nonce(DEPLOYER.address) == number


def test_fresh_deploys_to_new_addresses(empty: Connection, tmp_path: Path) -> None:
    first = _deploy(empty, tmp_path)
    second = _deploy(empty, tmp_path, fresh=True)
    assert not set(first.addresses.values()) & set(second.addresses.values())


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("arrays", [0, 2, 5, 9, 15])
def test_N5_N6_a_deployment_that_was_interrupted_continues_with_the_same_addresses(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrays: int
) -> None:
    first_nonce = empty.nonce(DEPLOYER.address)
    plan = make_plan(empty, local_parameters(), DEPLOYER.address, first_nonce)
    real, sent = Tower.broadcast, itertools.count()

    def die(self: Tower, flights: Any) -> Any:
        return _killed() if next(sent) == arrays else real(self, flights)

    monkeypatch.setattr(Tower, "broadcast", die)
    with pytest.raises(Killed):
        _deploy(empty, tmp_path)
    assert not (tmp_path / "manifest.json").exists()
    monkeypatch.undo()
    deployment = _deploy(empty, tmp_path)
    assert deployment.addresses == plan.addresses
    assert empty.nonce(DEPLOYER.address) == first_nonce + len(plan.steps) + 1  # and the deployer's leave


def _killed(*_: Any) -> Any:
    raise Killed


def test_an_unfinished_deployment_with_other_parameters_is_not_mixed_up(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "carry_out", _killed)
    with pytest.raises(Killed):
        _deploy(empty, tmp_path)
    monkeypatch.undo()
    with pytest.raises(DeploymentStuck, match="other parameters") as caught:
        _deploy(empty, tmp_path, parameters=local_parameters(name="Another"))
    assert "--fresh" in caught.value.hint
    assert _deploy(empty, tmp_path, parameters=local_parameters(name="Another"), fresh=True).pending == []


def test_a_number_used_for_something_else_stops(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "carry_out", _killed)
    with pytest.raises(Killed):
        _deploy(empty, tmp_path)
    monkeypatch.undo()
    Sender(empty, DEPLOYER).send(pay("0x" + "44" * 20))
    with pytest.raises(DeploymentStuck, match="used its number"):
        _deploy(empty, tmp_path)
    assert not (tmp_path / "manifest.json").exists()


def test_the_journal_holds_every_transaction_before_it_was_sent(empty: Connection, tmp_path: Path) -> None:
    deployment = _deploy(empty, tmp_path)
    text = (tmp_path / JOURNAL).read_text()
    assert text.count('"kind":"signed"') == text.count('"kind":"mined"') >= len(deployment.contracts) + 30


@pytest.mark.parametrize("chain_id", [1, 31_338])
def test_K3_deploy_local_refuses_other_chains(empty: Connection, chain_id: int) -> None:
    with FaultProxy(empty.url) as faulty:
        faulty.always(Kind.CHANGED, "eth_chainId", change=lambda _: {"result": hex(chain_id)})
        with pytest.raises(SettingsError, match="no development chain"):
            deploy_local(faulty.url)
        assert faulty.count("eth_sendRawTransaction") == 0


def test_names_that_do_not_fit_and_unknown_offices_are_refused_before_anything() -> None:
    with pytest.raises(SettingsError, match="33 bytes"):
        Parameters(name="枫" * 11)
    with pytest.raises(SettingsError, match="0 bytes"):
        Parameters(money_name="")
    with pytest.raises(SettingsError, match="KING"):
        Parameters(roles={"KING": {}})
    with pytest.raises(SettingsError, match="no such role"):
        local_account("KING")


# ---- the checks find what is wrong


def _differences(town: Town, **changes: Any) -> list[str]:
    first = town.connection.nonce(DEPLOYER.address) - 1
    start = next(
        number
        for number in range(first, -1, -1)
        if make_plan(town.connection, local_parameters(), DEPLOYER.address, number).addresses
        == town.deployment.addresses
    )
    plan = make_plan(town.connection, local_parameters(), DEPLOYER.address, start)
    with pytest.raises(DeploymentWrong) as caught:
        check(town.connection, plan, local_parameters(**changes), begin=town.deployment.begin)
    return caught.value.differences


def test_A9_a_role_too_many_is_found(town: Town) -> None:
    _as_admin_now(town, "grantRole", 2, "0x" + "77" * 20, 0)
    assert any("has role 2 and should not" in line for line in _differences(town))


def _as_admin_now(town: Town, function: str, *arguments: Any) -> None:
    """ADMIN's delay passes at once: the node speaks for an ADMIN without one."""
    access = town.suite.access
    call = access.call(function, *arguments)
    town.sender("ADMIN").send(access.schedule(call))
    town.connection.call("evm_increaseTime", 86_400)
    town.connection.call("evm_mine")
    town.sender("ADMIN").send(access.execute(call))


def test_A9_a_member_missing_is_found(town: Town) -> None:
    town.sender("STAFF").send(
        town.suite.access.renounce_role(ROLE_ID["STAFF"], local_account("STAFF").address)
    )
    assert any("has not got role 5" in line for line in _differences(town))


def test_A9_a_function_opened_to_another_role_is_found(town: Town) -> None:
    selector = load("LeaseAgreement").function("retire").selector
    _as_admin_now(town, "setTargetFunctionRole", town.suite.leases.address, [selector], 5)
    assert any("retire() needs role 5, not 0" in line for line in _differences(town))


def test_A9_other_code_is_found(town: Town) -> None:
    address = town.suite.escrow.address
    code = bytearray(town.connection.code(address))
    code[-60] ^= 1
    town.connection.call("anvil_setCode", address, "0x" + code.hex())
    assert f"DepositEscrow at {address} has other code than its artifact" in _differences(town)


def test_other_arguments_than_those_deployed_are_found(town: Town) -> None:
    minter = local_account("TREASURER").address
    assert any("may mint" in line for line in _differences(town, minters={minter: 5}))
    delays = _differences(town, delays=True)
    assert any("a grant of MANAGER waits 0 s" in line for line in delays)
    assert any("CommunityToken's rules waits 0 s" in line for line in delays)
