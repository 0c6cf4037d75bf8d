"""Deploy the whole suite, or continue a deployment that was interrupted.

Every contract has a fixed place in the deployer's count of transactions, so all addresses are known before
the first one is sent. What is signed is in the journal first; running the command again after a crash
continues with the same addresses. At the end every constant, immutable, role and mark is read back from the
chain and compared (`checks`); only then is the manifest written.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from commonhold import __version__
from commonhold.chain.artifacts import require_one_build
from commonhold.chain.connect import Connection
from commonhold.chain.contracts.access import CommunityAccess
from commonhold.chain.journal import Journal
from commonhold.chain.receipts import Receipt
from commonhold.chain.send import AnySigner, Fees, Order, Sender, Waiting
from commonhold.chain.signing import address_of, dev_account
from commonhold.errors import ChainError, InputError, SettingsError
from commonhold.ops.deploy.checks import check
from commonhold.ops.deploy.plan import CONTRACTS, Parameters, Plan, make_plan
from commonhold.ops.deploy.provenance import commit, compiler, openzeppelin
from commonhold.ops.deploy.run import (
    DeploymentStuck,
    Progress,
    bury,
    carry_out,
    creations_in,
    refuse_other_code,
)
from commonhold.ops.deploy.steps import JOURNAL, PLAN, State, standings
from commonhold.ops.manifest import FILE, CodeMissing, Deployed, Deployment, code_hash, read
from commonhold.roles import ROLE_ID

__all__ = [
    "JOURNAL",
    "DeploymentStuck",
    "Progress",
    "deploy",
    "deploy_local",
    "local_account",
    "local_parameters",
]

_CREATION_GAS: Final = 8_000_000
_WIRING_GAS: Final = 600_000
SHORTEST_ADMIN_DELAY: Final = 86_400  # that CommunityAccess takes [s]


# Development accounts of a local chain: who holds which role.
LOCAL_DEPLOYER: Final = 0
LOCAL_ACCOUNTS: Final = {
    "ADMIN": 1,
    "MANAGER": 2,
    "TREASURER": 3,
    "OFFICER": 4,
    "ATTESTOR": 5,
    "STAFF": 6,
    "COMMITTEE": 7,
}


def local_account(role: str) -> LocalAccount:
    """The development account that holds `role` after `deploy_local`; the treasurer also mints."""
    if role not in LOCAL_ACCOUNTS:
        raise SettingsError(f"{role}: no such role.", f"There are {', '.join(LOCAL_ACCOUNTS)}.")
    return dev_account(LOCAL_ACCOUNTS[role])


def local_parameters(**changes: Any) -> Parameters:
    """Parameters for development chains: roles held by development accounts, the shortest delays."""
    values: dict[str, Any] = {
        "admin": local_account("ADMIN").address,
        "admin_delay": SHORTEST_ADMIN_DELAY,
        "roles": {role: {local_account(role).address: 0} for role in LOCAL_ACCOUNTS if role != "ADMIN"},
        "minters": {local_account("TREASURER").address: 10**15},
        "delays": False,
    }
    return Parameters(**{**values, **changes})


def deploy_local(
    rpc_url: str, parameters: Parameters | None = None, folder: Path | None = None
) -> Deployment:
    """Deploy on a development chain, in arrays of transactions; a second or two.

    Development accounts hold the roles (`local_account`). folder: where the manifest goes, if anywhere.
    """
    connection = Connection(rpc_url)
    if not connection.is_local:
        raise SettingsError(
            f"{connection} has chain id {connection.chain_id}, which is no development chain.",
            "Use `commonhold deploy` with a keystore.",
        )
    deployment = deploy(
        connection,
        dev_account(LOCAL_DEPLOYER),
        parameters or local_parameters(),
        network="local",
        folder=folder,
        admin_signer=local_account("ADMIN"),
        journalled=False,
    )
    connection.close()
    return deployment


@dataclass(frozen=True, slots=True)
class _Done:
    """What the chain says of a deployment that is complete. block: of its last step."""

    creations: Mapping[str, Receipt]
    block: int


def deploy(
    connection: Connection,
    signer: AnySigner,
    parameters: Parameters,
    *,
    network: str,
    folder: Path | None = None,
    admin_signer: AnySigner | None = None,
    journalled: bool = True,
    fresh: bool = False,
    fees: Fees | None = None,
    waiting: Waiting | None = None,
    progress: Progress | None = None,
) -> Deployment:
    """Deploy the suite and return what stands in the manifest.

    folder: `deployments/<network>`, for the journal and the manifest
    admin_signer: the account `parameters.admin`, if it is at hand: it takes over ADMIN at once and the
    deployer keeps no right; otherwise `pending` says what is missing, and deploying again finishes it
    journalled: on disk before it is sent, a few at a time; otherwise in arrays (development chains)
    fresh: begin anew although an unfinished deployment is in the journal
    """
    if connection.code(address_of(signer)):
        raise InputError(
            f"{address_of(signer)} is a contract: what it creates lies elsewhere than a key's contracts do.",
            "Deploy with a key, and hand ADMIN over to that contract: `admin` in config.toml.",
        )
    if not connection.is_local:
        require_one_build()
    known = None if folder is None or fresh else _known(connection, folder)
    if folder is None or not journalled:
        if known is not None and not known.pending:
            return known
        sender = Sender(connection, signer, fees=fees, waiting=waiting)
        plan = make_plan(connection, parameters, address_of(signer), connection.nonce(address_of(signer)))
        done = _run_in_arrays(sender, plan, progress)
        return _complete(sender, plan, parameters, network, folder, admin_signer, done)
    with Journal(folder / JOURNAL, connection) as journal:
        if known is not None and not known.pending and _stands(connection, journal, known):
            return known
        sender = Sender(connection, signer, journal=journal, fees=fees, waiting=waiting)
        _wait_for_head(sender, journal)
        bury(sender)
        plan = _plan(connection, parameters, address_of(signer), journal, fresh)
        found = carry_out(sender, journal, plan, progress)
        refuse_other_code(sender, plan)
        done = _Done(creations_in(found), max(one.receipt.block for one in found if one.receipt is not None))
        return _complete(sender, plan, parameters, network, folder, admin_signer, done)


def _known(connection: Connection, folder: Path) -> Deployment | None:
    """The manifest, compared with the chain. A contract may be missing where a journal can tell why."""
    if not (folder / FILE).is_file():
        return None
    known = read(folder)
    try:
        known.verify(connection)
    except CodeMissing:
        if not (folder / JOURNAL).is_file():
            raise
    return known


def _stands(connection: Connection, journal: Journal, known: Deployment) -> bool:
    """Whether every step is still on the chain, which a reorganisation may have changed."""
    note = journal.note(PLAN)
    if note is None or note["deployer"] != known.deployer or note["first_nonce"] != known.first_nonce:
        known.verify(connection)
        return True
    plan = make_plan(connection, Parameters(**note["parameters"]), known.deployer, known.first_nonce)
    if (
        plan.fingerprint != note["fingerprint"]
    ):  # contracts were changed since: the journal is not about these
        known.verify(connection)
        return True
    if not all(one.state is State.DONE for one in standings(connection, plan, journal.entries())):
        return False
    access = CommunityAccess(connection, known.address("CommunityAccess"))
    leaves = plan.deployer != (known.parameters["admin"] or plan.deployer)
    return not (leaves and access.has_role(ROLE_ID["ADMIN"], plan.deployer)[0])


def _wait_for_head(sender: Sender, journal: Journal) -> None:
    """Until the node has the blocks that the journal saw: one that lags would seem to have lost them."""
    seen = max((entry["block"] for entry in journal.entries("mined")), default=0)
    end = time.monotonic() + sender.waiting.timeout
    while not sender.connection.is_local and sender.connection.block_number() < seen:
        if time.monotonic() >= end:
            raise ChainError(
                f"The node is behind: it has not got block {seen}, in which a step was mined.",
                "Wait until it is synchronised, or use another node.",
            )
        time.sleep(sender.waiting.poll)


def _plan(
    connection: Connection, parameters: Parameters, deployer: str, journal: Journal, fresh: bool
) -> Plan:
    """The plan that the journal began, or a new one."""
    note = None if fresh else journal.note(PLAN)
    if note is not None and note["deployer"] != deployer:
        raise DeploymentStuck(
            f"An unfinished deployment was begun by {note['deployer']}, not by {deployer}.",
            "Finish it with that key, or begin anew with --fresh (new addresses, new gas).",
        )
    if note is not None:
        plan = make_plan(connection, parameters, deployer, note["first_nonce"])
        if plan.fingerprint != note["fingerprint"]:
            raise DeploymentStuck(
                "An unfinished deployment was begun with other parameters or other contracts.",
                "Finish it with those, or begin anew with --fresh (new addresses, new gas).",
            )
        return plan
    plan = make_plan(connection, parameters, deployer, connection.nonce(deployer))
    entry = {
        "deployer": deployer,
        "first_nonce": plan.first_nonce,
        "fingerprint": plan.fingerprint,
        "parameters": asdict(parameters),
    }
    journal.append([{"kind": "note", "name": PLAN, **entry}])
    return plan


def _run_in_arrays(sender: Sender, plan: Plan, progress: Progress | None) -> _Done:
    orders = [
        Order(sender.signer, step.call, _CREATION_GAS if step.creates else _WIRING_GAS) for step in plan.steps
    ]
    receipts = [outcome.receipt for outcome in sender.send_many(orders)]
    if progress is not None:
        progress("suite", len(orders), len(orders))
    mined = {step.creates: receipt for step, receipt in zip(plan.steps, receipts, strict=True) if receipt}
    return _Done(
        {name: receipt for name, receipt in mined.items() if name is not None},
        max(receipt.block for receipt in receipts if receipt is not None),
    )


def _complete(
    sender: Sender,
    plan: Plan,
    parameters: Parameters,
    network: str,
    folder: Path | None,
    admin_signer: AnySigner | None,
    done: _Done,
) -> Deployment:
    """Hand over, compare everything, write the manifest."""
    pending = _hand_over(sender, plan, parameters, admin_signer)
    begin = min(receipt.block for receipt in done.creations.values())
    check(sender.connection, plan, parameters, begin=begin, pending=bool(pending))
    deployment = _describe(sender.connection, plan, parameters, network, pending, done)
    if folder is not None:
        deployment.write(folder)
    return deployment


def _hand_over(
    sender: Sender, plan: Plan, parameters: Parameters, admin_signer: AnySigner | None
) -> list[str]:
    """The new ADMIN proves its key, the deployer leaves; returns what is still to be done, by whom."""
    access = CommunityAccess(sender.connection, plan.addresses["CommunityAccess"])
    admin = parameters.admin
    if admin is None or admin == plan.deployer or not access.has_role(ROLE_ID["ADMIN"], plan.deployer)[0]:
        return []
    if not access.admin_accepted(admin):
        if admin_signer is None:
            return [_acceptance(sender.connection, access, admin)]
        Sender(
            sender.connection, admin_signer, journal=sender.journal, fees=sender.fees, waiting=sender.waiting
        ).send(access.accept_admin())
    sender.send(access.renounce_role(ROLE_ID["ADMIN"], plan.deployer))
    return []


def _acceptance(connection: Connection, access: CommunityAccess, admin: str) -> str:
    """What the new ADMIN does; a contract (a Safe, a timelock) needs the call in full."""
    call = access.accept_admin()
    if connection.code(admin):
        how = f"{admin}, a contract, executes: to {call.to}, value 0, data 0x{call.data.hex()} (acceptAdmin)"
    else:
        how = f"{admin} calls acceptAdmin of {access.address} (data 0x{call.data.hex()})"
    return f"{how}; after that `commonhold deploy resume`: the deployer then gives up its last right"


def _describe(
    connection: Connection,
    plan: Plan,
    parameters: Parameters,
    network: str,
    pending: list[str],
    done: _Done,
) -> Deployment:
    """The manifest, from the plan and the chain."""
    codes = connection.codes(list(plan.addresses.values()))
    arguments = {step.creates: dict(step.arguments) for step in plan.creations}
    return Deployment(
        network=network,
        chain_id=connection.chain_id,
        genesis=connection.genesis_hash,
        version=__version__,
        compiler=compiler(CONTRACTS[0]),
        deployer=plan.deployer,
        block=done.block,
        parameters=asdict(parameters),
        contracts={
            name: Deployed(
                address,
                code_hash(code),
                arguments[name],
                block=done.creations[name].block,
                transaction=done.creations[name].hash,
            )
            for (name, address), code in zip(plan.addresses.items(), codes, strict=True)
        },
        pending=pending,
        first_nonce=plan.first_nonce,
        commit=commit(),
        openzeppelin=openzeppelin(),
    )
