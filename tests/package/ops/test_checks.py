"""check: what stands on the chain beside what was to be deployed, where a deployment can go wrong unseen.

arguments ── a getter that answers otherwise · an immutable without getter that is not there
marks ── a contract that may not collect
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from commonhold.ops import checks
from commonhold.ops.checks import DeploymentWrong, check
from commonhold.ops.deploy import local_parameters
from commonhold.ops.plan import Plan, make_plan
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
        check(town.connection, plan, local_parameters())
    return caught.value.differences


def altered(plan: Plan, contract: str, **arguments: Any) -> Plan:
    steps = [
        replace(step, arguments={**step.arguments, **arguments}) if step.creates == contract else step
        for step in plan.steps
    ]
    return replace(plan, steps=tuple(steps))


def test_the_town_is_what_was_planned(town: Town, plan: Plan) -> None:
    check(town.connection, plan, local_parameters())


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
