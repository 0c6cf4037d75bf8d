"""Deploy the whole suite, or continue a deployment that was interrupted.

Every step has a fixed place in the deployer's count of transactions, so all addresses are known before the
first one is sent. What is signed is in the journal first; running the command again after a crash continues
with the same addresses. At the end every constant, immutable, role and mark is read back from the chain and
compared (`checks`); only then is the manifest written.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from commonhold import __version__
from commonhold.chain.artifacts import load
from commonhold.chain.connect import Connection
from commonhold.chain.contracts.access import CommunityAccess
from commonhold.chain.journal import Journal
from commonhold.chain.send import AnySigner, Fees, Order, Sender, Waiting
from commonhold.chain.signing import address_of, dev_account
from commonhold.errors import ChainError, SettingsError
from commonhold.ops.checks import check
from commonhold.ops.manifest import FILE, Deployed, Deployment, code_hash, read
from commonhold.ops.plan import CONTRACTS, Parameters, Plan, make_plan
from commonhold.roles import ROLE_ID

JOURNAL: Final = "journal.jsonl"
_CREATION_GAS: Final = 8_000_000
_WIRING_GAS: Final = 600_000
_PLAN: Final = "plan"
SHORTEST_ADMIN_DELAY: Final = 86_400  # that CommunityAccess takes [s]

Progress = Callable[[str, int, int], None]  # what is done, how many steps of how many


class DeploymentStuck(ChainError):
    """A step of an interrupted deployment can no longer take its place."""


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
    journalled: one transaction at a time, on disk before it is sent; otherwise in arrays (development chains)
    fresh: begin anew although an unfinished deployment is in the journal
    """
    if folder is not None and (folder / FILE).is_file() and not fresh:
        known = read(folder)
        known.verify(connection)
        if not known.pending:
            return known
    with _journal(connection, folder if journalled else None) as journal:
        sender = Sender(connection, signer, journal=journal, fees=fees, waiting=waiting)
        sender.resume()
        plan = _plan(connection, parameters, address_of(signer), journal, fresh)
        if journal is None:
            _run_in_arrays(sender, plan, progress)
        else:
            _run_one_by_one(sender, plan, progress)
        pending = _hand_over(sender, plan, parameters, admin_signer)
        deployment = _describe(connection, plan, parameters, network, pending)
        check(connection, plan, parameters, pending=bool(pending))
    if folder is not None:
        deployment.write(folder)
    return deployment


@contextlib.contextmanager
def _journal(connection: Connection, folder: Path | None) -> Iterator[Journal | None]:
    if folder is None:
        yield None
    else:
        with Journal(folder / JOURNAL, connection) as journal:
            yield journal


def _plan(
    connection: Connection, parameters: Parameters, deployer: str, journal: Journal | None, fresh: bool
) -> Plan:
    """The plan that the journal began, or a new one."""
    note = journal.note(_PLAN) if journal is not None and not fresh else None
    if note is not None and note["deployer"] == deployer:
        plan = make_plan(connection, parameters, deployer, note["first_nonce"])
        if plan.fingerprint != note["fingerprint"]:
            raise DeploymentStuck(
                "An unfinished deployment was begun with other parameters or other contracts.",
                "Finish it with those, or begin anew with --fresh (new addresses, new gas).",
            )
        return plan
    plan = make_plan(connection, parameters, deployer, connection.nonce(deployer))
    if journal is not None:
        entry = {"deployer": deployer, "first_nonce": plan.first_nonce, "fingerprint": plan.fingerprint}
        journal.append([{"kind": "note", "name": _PLAN, **entry}])
    return plan


def _run_in_arrays(sender: Sender, plan: Plan, progress: Progress | None) -> None:
    orders = [
        Order(sender.signer, step.call, _CREATION_GAS if step.creates else _WIRING_GAS) for step in plan.steps
    ]
    sender.send_many(orders)
    if progress is not None:
        progress("suite", len(orders), len(orders))


def _run_one_by_one(sender: Sender, plan: Plan, progress: Progress | None) -> None:
    connection = sender.connection
    for index, step in enumerate(plan.steps):
        number = plan.first_nonce + index
        if connection.nonce(plan.deployer, "latest") <= number:
            sender.send(step.call, nonce=number)
        if step.creates is not None and step.address is not None:
            code = connection.code(step.address)
            if not load(step.creates).is_code(code, plan.addresses):
                raise DeploymentStuck(
                    f"{plan.deployer} used its number {number} for something else than {step.creates}.",
                    "The deployment cannot continue with its addresses; begin anew with --fresh.",
                )
        if progress is not None:
            progress(step.call.label, index + 1, len(plan.steps))


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
            return [f"{admin} calls acceptAdmin of {access.address}; after that, deploy again to finish"]
        Sender(sender.connection, admin_signer, fees=sender.fees, waiting=sender.waiting).send(
            access.accept_admin()
        )
    sender.send(access.renounce_role(ROLE_ID["ADMIN"], plan.deployer))
    return []


def _describe(
    connection: Connection, plan: Plan, parameters: Parameters, network: str, pending: list[str]
) -> Deployment:
    """The manifest, from the plan and the chain."""
    codes = connection.codes(list(plan.addresses.values()))
    creations = {step.creates: step for step in plan.creations}
    return Deployment(
        network=network,
        chain_id=connection.chain_id,
        genesis=connection.genesis_hash,
        version=__version__,
        compiler=str(load(CONTRACTS[0]).raw["compiler"]["version"]),
        deployer=plan.deployer,
        block=connection.block_number(),
        parameters=asdict(parameters),
        contracts={
            name: Deployed(address, code_hash(code), dict(creations[name].arguments))
            for (name, address), code in zip(plan.addresses.items(), codes, strict=True)
        },
        pending=pending,
    )
