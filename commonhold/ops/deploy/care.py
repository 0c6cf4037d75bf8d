"""Looking after a deployment: how far it is, and whether it is what it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address

from commonhold.chain.connect import Connection
from commonhold.chain.journal import read_entries, refuse_other_chain
from commonhold.errors import SettingsError
from commonhold.ops.deploy.checks import DeploymentWrong, check
from commonhold.ops.deploy.plan import Parameters, Plan, make_plan
from commonhold.ops.deploy.run import DeploymentStuck
from commonhold.ops.deploy.steps import JOURNAL, PLAN, Standing, State, receipts_of, standings
from commonhold.ops.manifest import FILE, Deployment, read


@dataclass(frozen=True, slots=True)
class Status:
    """How far a deployment is. complete: its manifest is written; pending: what others still have to do."""

    plan: Plan
    steps: tuple[Standing, ...]
    complete: bool
    pending: tuple[str, ...]

    def count(self, state: State) -> int:
        return sum(one.state is state for one in self.steps)

    def as_json(self) -> dict[str, Any]:
        return {
            "deployer": self.plan.deployer,
            "first_nonce": self.plan.first_nonce,
            "complete": self.complete,
            "pending": list(self.pending),
            "steps": [
                {
                    "step": one.index + 1,
                    "label": one.step.call.label,
                    "state": one.state.value,
                    "address": one.step.address,
                    "transaction": one.hash,
                    "block": one.receipt.block if one.receipt is not None else None,
                }
                for one in self.steps
            ],
        }


def status(connection: Connection, folder: Path) -> Status:
    """Read without a lock, while it may be at work. Raises SettingsError where none was begun."""
    entries = read_entries(folder / JOURNAL)
    plan = begun(connection, folder / JOURNAL, entries)
    known = read(folder) if (folder / FILE).is_file() else None
    own = known is not None and known.addresses == plan.addresses
    return Status(
        plan=plan,
        steps=tuple(standings(connection, plan, entries)),
        complete=own,
        pending=tuple(known.pending) if known is not None and own else (),
    )


def begun(connection: Connection, path: Path, entries: Sequence[Mapping[str, Any]]) -> Plan:
    """The plan of the journal at `path`, from the parameters that stand in it."""
    notes = [entry for entry in entries if entry.get("kind") == "note" and entry.get("name") == PLAN]
    if not notes and (path.parent / FILE).is_file():
        raise SettingsError(
            f"The deployment in {path.parent} is complete and has no journal: it was made at once.",
            "Compare it with the chain: `commonhold deploy verify`.",
        )
    if not notes:
        raise SettingsError(
            f"No deployment was begun in {path.parent}.", "Begin one with `commonhold deploy`."
        )
    refuse_other_chain(path, entries, connection)
    note = notes[-1]
    plan = make_plan(connection, Parameters(**note["parameters"]), note["deployer"], note["first_nonce"])
    if plan.fingerprint != note["fingerprint"]:
        raise DeploymentStuck(
            f"The deployment in {path.parent} was begun with other contracts than those of this version.",
            "Use the version with which it was begun.",
        )
    return plan


def verify(connection: Connection, folder: Path) -> Deployment:
    """Compare the manifest with the chain: chain, code, creation, arguments, roles, delays and marks.

    Raises ManifestMismatch, DeploymentWrong with every difference.
    """
    known = read(folder)
    known.verify(connection)
    parameters = Parameters(**known.parameters)
    plan = make_plan(connection, parameters, known.deployer, known.first_nonce)
    if plan.addresses != known.addresses:
        raise DeploymentWrong(
            ["the manifest's addresses do not follow from its deployer, first number and parameters"]
        )
    differences = _creations(connection, known)
    try:
        check(connection, plan, parameters, begin=known.begin, pending=bool(known.pending))
    except DeploymentWrong as wrong:
        differences += wrong.differences
    if differences:
        raise DeploymentWrong(differences)
    return known


def _creations(connection: Connection, known: Deployment) -> list[str]:
    """Where the transaction that the manifest names did not create the contract."""
    named = {name: contract for name, contract in known.contracts.items() if contract.transaction}
    receipts = receipts_of(connection, [contract.transaction for contract in named.values()])
    found = []
    for name, contract in named.items():
        receipt = receipts.get(contract.transaction)
        if receipt is None:
            found.append(f"{name}: its transaction {contract.transaction} is not on the chain")
        elif receipt.created is None or to_checksum_address(receipt.created) != contract.address:
            found.append(f"{name} was not created by {contract.transaction}")
        elif receipt.block != contract.block:
            found.append(f"{name} was created in block {receipt.block}, not {contract.block}")
    return found
