"""check: what stands on the chain beside what was to be deployed, where a deployment can go wrong unseen.

arguments ── a getter that answers otherwise · an immutable without getter that is not there
marks ── a contract that may not collect · delays, marks, reporters and clearances changed on the chain · a
registry that does not know the leases
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.ops.deploy import checks
from commonhold.ops.deploy.checks import DeploymentWrong, check
from commonhold.ops.deploy.plan import Plan, make_plan
from commonhold.ops.deploy.suite import SHORTEST_ADMIN_DELAY, local_account, local_parameters
from commonhold.roles import ROLE_ID
from tests.package.ops.test_deploy import DEPLOYER
from tests.package.ops.town import Town


@pytest.fixture
def plan(town: Town) -> Iterator[Plan]:
    """The plan by which the town was deployed."""
    last = town.connection.nonce(DEPLOYER.address)
    plans = (make_plan(town.connection, local_parameters(), DEPLOYER.address, nonce) for nonce in range(last))
    yield next(found for found in plans if found.addresses == town.deployment.addresses)


def differences(town: Town, plan: Plan) -> list[str]:
    with pytest.raises(DeploymentWrong) as caught:
        check(town.connection, plan, local_parameters(), begin=town.deployment.begin)
    return caught.value.differences


def altered(plan: Plan, contract: str, **arguments: Any) -> Plan:
    steps = [
        replace(step, arguments={**step.arguments, **arguments}) if step.creates == contract else step
        for step in plan.steps
    ]
    return replace(plan, steps=tuple(steps))


def test_the_town_is_what_was_planned(town: Town, plan: Plan) -> None:
    check(town.connection, plan, local_parameters(), begin=town.deployment.begin)


def test_an_argument_that_a_getter_answers_otherwise_is_found(town: Town, plan: Plan) -> None:
    (name, value) = next(
        item
        for step in plan.creations
        if step.creates == "CommunityToken"
        for item in step.arguments.items()
        if isinstance(item[1], int) and item[1] > 10**6
    )
    found = differences(town, altered(plan, "CommunityToken", **{name: value + 1}))
    assert len(found) == 1 and f"not {value + 1}" in found[0] and found[0].startswith("CommunityToken.")


def test_a_contract_that_may_not_collect_is_found(
    town: Town, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "COLLECTORS", (*checks.COLLECTORS, "UnitRegistry"))
    assert differences(town, plan) == ["UnitRegistry may not collect"]


def test_an_immutable_without_a_getter_that_is_not_there_is_found(town: Town, plan: Plan) -> None:
    suite = {contract.NAME: contract for contract in town.suite.contracts}
    contract, name = next(
        (step.creates, name)
        for step in plan.creations
        if step.creates in suite
        for name, value in step.arguments.items()
        if checks._getter(suite[step.creates].artifact, name) is None
        and name.strip("_") not in ("initialAdmin", "name", "symbol")
    )
    assert contract is not None
    elsewhere = "0x" + "77" * 20
    assert differences(town, altered(plan, contract, **{name: elsewhere})) == [
        f"{contract} was not constructed with {name} = {elsewhere}"
    ]


def test_delays_marks_reporters_and_clearances_that_were_changed_are_all_found(
    town: Town, plan: Plan
) -> None:
    suite, admin = town.suite, local_account("ADMIN")
    manager = local_account("MANAGER").address
    acts = [
        suite.access.grant_role(ROLE_ID["MANAGER"], manager, 3_600),
        suite.token.call("markSuite", suite.units.address, False),
        suite.credit.retire_reporter(suite.leases.address),
        suite.transfers.call("setClearance", suite.bills.address),
        suite.fees.call("setFurtherClearance", suite.token.address),
    ]
    town.send(admin, *(suite.access.schedule(act) for act in acts))
    town.connection.call("evm_increaseTime", SHORTEST_ADMIN_DELAY + 1)
    town.connection.call("evm_mine")
    town.send(admin, *acts)
    town.connection.call("evm_increaseTime", 8 * 86_400)  # a longer delay counts later, a new clearance too
    town.connection.call("evm_mine")
    found = differences(town, plan)
    for words in (
        f"{manager} acts in role {ROLE_ID['MANAGER']} after 3600 s, not 0 s",
        "the token does not know UnitRegistry as one of the suite's",
        "CreditRegistry lets LeaseAgreement report kinds",
        f"UnitTransfers asks {suite.bills.address} for clearance, not PropertyFee",
        f"PropertyFee asks {suite.token.address} for clearance, not BillRuns",
    ):
        assert any(words in one for one in found), (words, found)


def test_a_registry_that_does_not_know_the_leases_is_found(town: Town, plan: Plan) -> None:
    # the word in which the registry keeps what it knows of the lease contract, as if it was never registered
    before = town.suite.units.lease_contract_of(town.suite.leases.address)
    assert before[0] != 0
    for slot in range(24):
        inner = keccak(encode(["address", "uint256"], [town.suite.leases.address, slot])).hex()
        town.connection.call("anvil_setStorageAt", town.suite.units.address, "0x" + inner, "0x" + "00" * 32)
    assert town.suite.units.lease_contract_of(town.suite.leases.address)[0] == 0
    assert "UnitRegistry does not know LeaseAgreement" in differences(town, plan)
