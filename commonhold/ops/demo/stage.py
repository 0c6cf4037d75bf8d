"""The stage of the story: a chain of its own, the suite on it, the roll imported, every lease signed.

Everything goes through the doors that a manager uses (deploy, import, registrar, activate); only the
residents are invented, and sign with keys that follow from the seed.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.leases import Permit
from commonhold.chain.node import Node
from commonhold.chain.send import Order, Sender, Waiting
from commonhold.errors import CommonholdError, InputError
from commonhold.ops.demo.clock import Clock, morning_of
from commonhold.ops.demo.keys import Keys, digest, separator
from commonhold.ops.deploy import deploy_local, local_account, local_parameters
from commonhold.ops.intake.importing import apply_plan, plan_import
from commonhold.ops.intake.registrar import ChainRegistrar
from commonhold.ops.intake.roll import LeaseDraft, RollReport
from commonhold.ops.leases import activate as activation
from commonhold.ops.leases.prepare import first_payment
from commonhold.ops.manifest import Deployment
from commonhold.rules.terms import LeaseTerms
from commonhold.store import Lease, Store
from commonhold.units import Day

FAR: Final = 20 * 365 * 86_400  # until when residents' signatures of the story are good, from its begin [s]
OFFICE: Final = -10  # the manager's own purse in the twin: it is no party's
_CAP: Final = 10**18  # of the supply [cmt]
# Anvil mines once per arrival: a block has to hold a whole array of transactions, or the rest would wait.
_GAS_LIMIT: Final = 10**9
_HISTORY: Final = "chain-history"
_MARK: Final = ".commonhold-demo"  # in every folder that a run has made
_WAITING: Final = Waiting(stuck=20, poll=0.05)
_PERMIT: Final = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
_LINK: Final = "LinkWallet(uint32 party,address wallet,uint256 nonce,uint256 deadline)"

Tell = Callable[[int], None]  # how many more are done


@dataclass(slots=True)
class Offices:
    """Who signs for which role on this chain: published development accounts."""

    manager: Sender
    attestor: Sender
    treasurer: Sender
    officer: Sender
    committee: Sender


@dataclass(slots=True)
class Stage:
    """All that the story plays on. forms: terms with ids of every lease, in the order of their lease ids."""

    folder: Path
    node: Node
    connection: Connection
    deployment: Deployment
    suite: Suite
    clock: Clock
    store: Store
    keys: Keys
    offices: Offices
    cutover: Day
    until: int  # deadline of what residents sign [unix]
    drafts: list[LeaseDraft]
    forms: list[LeaseTerms]
    hashes: list[bytes]


@contextmanager
def open_stage(folder: Path, cutover: Day, seed: int, *, keep: bool = False) -> Iterator[Stage]:
    """A chain that begins on the cut-over day, with the suite deployed. Its state stays in `folder`.

    keep: leave it running when all went well. Raises InputError for a folder with something else in it."""
    _clear(folder)
    state = folder / "chain-state.json"
    parameters = local_parameters(
        supply_cap=_CAP, minters={local_account("TREASURER").address: _CAP}, name="Maple Grove"
    )
    begin = morning_of(cutover, parameters.utc_offset)
    # a chain that goes on has its old states beside the others, where the next run clears them away
    history = folder / _HISTORY if keep else None
    node = Node(state=state, timestamp=begin, gas_limit=_GAS_LIMIT, keep=keep, history=history).start()
    try:
        deployment = deploy_local(node.rpc_url, parameters, folder / "deployments" / "local")
        connection = Connection(node.rpc_url)
        with Store.open(folder / "store") as store:
            store.bind_chain(connection.chain_id, connection.genesis_hash)
            senders = (Sender(connection, local_account(role), waiting=_WAITING) for role in _ROLES)
            yield Stage(
                folder=folder,
                node=node,
                connection=connection,
                deployment=deployment,
                suite=deployment.suite(connection),
                clock=Clock(connection, parameters.utc_offset),
                store=store,
                keys=Keys(connection, seed),
                offices=Offices(*senders),
                cutover=cutover,
                until=begin + FAR,
                drafts=[],
                forms=[],
                hashes=[],
            )
        connection.close()
    except BaseException:
        node.stop()
        raise
    if not keep:
        node.stop()


def _clear(folder: Path) -> None:
    """Make the folder, and take away what an earlier run left; nothing else is ever removed."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file.", "Choose another folder with --out.")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise InputError(
                f"{folder} is not empty, and not of an earlier run.", "Choose another folder with --out."
            )
        for name in ("deployments", "store", "statements", "receipts", _HISTORY):
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in ("chain-state.json", "readings.csv", "water.toml"):
            (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


_ROLES: Final = ("MANAGER", "ATTESTOR", "TREASURER", "OFFICER", "COMMITTEE")


def bring_in(stage: Stage, report: RollReport, tell: Tell) -> None:
    """Import the roll: the store, then parties and units on chain; then every party's first wallet."""
    plan = plan_import(stage.store, report)
    done = 0

    def told(now: int, _: int) -> None:
        nonlocal done
        tell(now - done)
        done = now

    apply_plan(stage.store, plan, ChainRegistrar(stage.suite, stage.offices.manager), progress=told)
    stage.drafts = list(report.leases)
    _link_wallets(stage, tell)


def _link_wallets(stage: Stage, tell: Tell) -> None:
    domain = separator(stage.suite.parties.domain())
    calls = []
    for party in sorted(stage.store.party_ids().values()):
        key = stage.keys.of(party)
        signature = key.sign(digest(domain, _LINK, party, key.address, 0, stage.until))
        calls.append(stage.suite.parties.link_first(party, key.address, stage.until, signature))
    stage.offices.attestor.send_many(
        [Order(stage.offices.attestor.signer, call, 400_000) for call in calls], progress=tell
    )


def mint_to(stage: Stage, sums: Sequence[tuple[str, int]], slip: str) -> None:
    """Bank money enters: one mint per wallet, each with the name of its slip. [cmt]"""
    signer = stage.offices.treasurer.signer
    orders = [
        Order(signer, stage.suite.token.mint(wallet, amount, keccak(text=f"{slip} {index}")), 200_000)
        for index, (wallet, amount) in enumerate(sums)
    ]
    stage.offices.treasurer.send_many(orders)


def sign_and_activate(stage: Stage, tell: Tell) -> None:
    """Both sides of every lease sign; tenants of new leases add a permit for their first payment."""
    units, parties = stage.store.unit_ids(), stage.store.party_ids()
    stage.forms = [
        draft.terms_with(units, parties, salt=keccak(text=f"salt {draft.key}"), deadline=stage.until)
        for draft in stage.drafts
    ]
    stage.hashes = stage.suite.leases.hashes_of_terms(stage.forms)
    permits = _permits(stage)
    signed = []
    for draft, terms, terms_hash in zip(stage.drafts, stage.forms, stage.hashes, strict=True):
        signers = (terms.landlord, *terms.tenants)
        signed.append(
            activation.Signed(
                key=draft.key,
                terms=terms,
                terms_hash=terms_hash,
                signatures={party: stage.keys.of(party).sign(terms_hash) for party in signers},
                wallets={party: stage.keys.of(party).address for party in signers},
                permits=permits[terms_hash],
                links={},
            )
        )
    brought = sum(lease.brought for lease in signed)
    manager = stage.offices.manager
    if brought:
        mint_to(stage, [(manager.address, brought)], "taken over")
    rows = activation.activate(stage.suite, manager, signed, progress=tell)
    _note_activated(stage.store, rows)


def _note_activated(store: Store, rows: Sequence[activation.Row]) -> None:
    """The store's notes of all leases, in one transaction."""
    with store.writing() as session:
        for number, row in enumerate(rows, start=1):
            if row.lease != number:
                raise CommonholdError(f"{row.key} became lease {row.lease}, not {number}.", row.why)
            entry = session.get_one(Lease, row.key)
            entry.state, entry.terms_hash, entry.lease_id = "activated", row.terms_hash, row.lease


def first_payments(stage: Stage) -> list[tuple[int, int]]:
    """(party, sum) that each tenant of a new lease brings at activation. [cmt]"""
    return [
        (tenant, amount)
        for terms in stage.forms
        for index, tenant in enumerate(terms.tenants)
        if (amount := first_payment(terms, index))
    ]


def _permits(stage: Stage) -> dict[bytes, dict[int, Permit]]:
    """Permits by lease and account, and the money that they are about."""
    domain = separator(stage.suite.token.domain())
    spender = stage.suite.leases.address
    nonces: dict[int, int] = {}
    found: dict[bytes, dict[int, Permit]] = {}
    for terms, terms_hash in zip(stage.forms, stage.hashes, strict=True):
        found[terms_hash] = {}
        for index, tenant in enumerate(terms.tenants):
            amount = first_payment(terms, index)
            if amount == 0:
                continue
            key, nonce = stage.keys.of(tenant), nonces.get(tenant, 0)
            nonces[tenant] = nonce + 1
            text = digest(domain, _PERMIT, key.address, spender, amount, nonce, stage.until)
            raw = key.sign(text)
            found[terms_hash][index] = Permit(amount, stage.until, raw[64], raw[:32], raw[32:64])
    mint_to(
        stage, [(stage.keys.of(party).address, sum_) for party, sum_ in first_payments(stage)], "first money"
    )
    return found
