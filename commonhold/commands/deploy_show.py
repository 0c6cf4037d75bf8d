"""How plans, costs and states of deployments are shown."""

from collections import Counter
from typing import Final

from commonhold.ops.deploy.care import Status
from commonhold.ops.deploy.cost import Cost
from commonhold.ops.deploy.steps import State
from commonhold.ops.manifest import Deployment
from commonhold.present import out, say, table
from commonhold.settings import Settings

_GWEI: Final = 10**9
_COIN: Final = 10**18


def show_contracts(deployment: Deployment, settings: Settings) -> None:
    where = f"{settings.explorer}/address/" if settings.explorer else ""
    rows = [
        [name, where + contract.address, str(contract.block or "")]
        for name, contract in deployment.contracts.items()
    ]
    title = f"{deployment.network}, chain {deployment.chain_id}"
    out.print(table(title, ["contract", "address", "block"], rows, right=[2]))


def show_cost(cost: Cost) -> None:
    """Every contract, the calls by kind, and the sums."""
    rows = [
        [item.label, item.address, "1", _gas(item.gas)] for item in cost.items if item.address is not None
    ]
    calls = [item for item in cost.items if item.address is None]
    for label, count in Counter(item.label for item in calls).items():
        known = [item.gas for item in calls if item.label == label and item.gas is not None]
        rows.append([label, "", str(count), _gas(sum(known) if known else None)])
    out.print(table("What would be sent", ["step", "address", "transactions", "gas"], rows, right=[2, 3]))
    show_cost_in_brief(cost)


def show_cost_in_brief(cost: Cost) -> None:
    how = "run on a chain of its own" if cost.rehearsed else "estimated by the node"
    least = "" if not cost.unmeasured else f" and {cost.unmeasured} transactions that could not be measured"
    say(f"{len(cost.items)} transactions, {cost.gas:,} gas, {how}{least}.")
    say(f"At {_gwei(cost.price)} gwei, as now: {_coins(cost.now)} of the chain's coin.")
    say(f"At {_gwei(cost.cap)} gwei, the most allowed: {_coins(cost.most)}.")
    lacking = "" if cost.balance >= cost.now else " That is too little at the price of now."
    say(f"The deployer has {_coins(cost.balance)}.{lacking}")


def show_status(found: Status, settings: Settings) -> None:
    where = f"{settings.explorer}/tx/" if settings.explorer else ""
    rows = [
        [
            str(one.index + 1),
            one.step.call.label,
            one.state.value,
            str(one.receipt.block) if one.receipt is not None else "",
            where + one.hash if one.hash else "",
        ]
        for one in found.steps
    ]
    title = f"Deployment by {found.plan.deployer}"
    out.print(table(title, ["step", "what", "state", "block", "transaction"], rows, right=[0, 3]))
    counts = ", ".join(f"{found.count(state)} {state.value}" for state in State if found.count(state))
    say(f"{len(found.steps)} steps: {counts}. Manifest: {'written' if found.complete else 'not yet'}.")
    for line in found.pending:
        say(f"Still to do: {line}")


def _gas(value: int | None) -> str:
    return "not measured" if value is None else f"{value:,}"


def _gwei(price: int) -> str:
    return f"{price / _GWEI:,.9f}".rstrip("0").rstrip(".")


def _coins(wei: int) -> str:
    return f"{wei / _COIN:,.6f}"
