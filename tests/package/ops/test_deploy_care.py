"""Plan and cost, status, verify, track-tx and forget of a deployment, on a real chain.

Branches: rehearsed, no Anvil · nothing begun, half, complete, other contracts · created by another
transaction, not on the chain, another block, a member missing, other addresses · tracked: a contract, a call,
pending; other sender, number, content, reverted, done, known, unknown, no hash · forgotten: on the chain,
possible, not deep enough, proven; twice, unknown; the last proof of a contract
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.flight import Tower
from commonhold.chain.journal import read_entries
from commonhold.chain.send import Fees, Sender
from commonhold.chain.signing import Transaction, dev_account, sign
from commonhold.errors import ChainError, InputError, SettingsError
from commonhold.ops.deploy import JOURNAL, DeploymentStuck, deploy, local_account, local_parameters
from commonhold.ops.deploy import suite as module
from commonhold.ops.deploy.astray import forget, track
from commonhold.ops.deploy.care import status, verify
from commonhold.ops.deploy.checks import DeploymentWrong
from commonhold.ops.deploy.cost import cost_of
from commonhold.ops.deploy.plan import Plan, make_plan
from commonhold.ops.deploy.steps import State
from commonhold.ops.manifest import read
from commonhold.roles import ROLE_ID
from tests.faults.chainfaults import mine, reorg, use_number
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy

DEPLOYER = dev_account(0)


def _deploy(connection: Connection, folder: Path, **changes: Any) -> Any:
    values: dict[str, Any] = {"network": "local", "folder": folder, "admin_signer": local_account("ADMIN")}
    return deploy(connection, DEPLOYER, local_parameters(), **{**values, **changes})


class Killed(Exception):
    """The process ends here."""


def _begin(connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, sent: int) -> Plan:
    """A deployment that ends after so many arrays, with one more in the journal that was not sent."""
    plan = make_plan(connection, local_parameters(), DEPLOYER.address, connection.nonce(DEPLOYER.address))
    real, arrays = Tower.broadcast, [0]

    def die(self: Tower, flights: Any) -> Any:
        arrays[0] += 1
        if arrays[0] > sent:
            raise Killed
        return real(self, flights)

    with monkeypatch.context() as patched:
        patched.setattr(Tower, "broadcast", die)
        with pytest.raises(Killed):
            _deploy(connection, folder)
    return plan


def _begin_empty(connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A deployment that has a plan and nothing more."""

    def die(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, "carry_out", die)
        with pytest.raises(Killed):
            _deploy(connection, folder)
    return make_plan(connection, local_parameters(), DEPLOYER.address, connection.nonce(DEPLOYER.address))


def _send(
    connection: Connection, plan: Plan, index: int, *, number: int | None = None, **changes: Any
) -> str:
    """A step from elsewhere: signed by hand, not in the journal; its hash."""
    call = plan.steps[index].call
    values: dict[str, Any] = {
        "chain_id": connection.chain_id,
        "nonce": plan.first_nonce + index if number is None else number,
        "to": call.to,
        "data": call.data,
        "value": 0,
        "gas": 8_000_000,
        "max_fee": 10**11,
        "tip": 10**9,
    }
    signer = changes.pop("signer", DEPLOYER)
    signed = sign(signer, Transaction(**{**values, **changes}))
    return str(connection.call("eth_sendRawTransaction", "0x" + signed.raw.hex()))


# ------------------------------------------------------------------------------------- plan and cost


def test_the_plan_says_to_the_gas_what_the_deployment_then_costs(empty: Connection, tmp_path: Path) -> None:
    start = empty.block_number()
    plan = make_plan(empty, local_parameters(), DEPLOYER.address, empty.nonce(DEPLOYER.address))
    cost = cost_of(empty, plan, local_parameters(), Fees(cap=7 * 10**9, tip=2))
    assert empty.block_number() == start, "nothing is sent for a plan"
    assert cost.rehearsed and cost.unmeasured == 0 and len(cost.items) == len(plan.steps) + 1
    _deploy(empty, tmp_path)
    used = 0
    for number in range(start + 1, empty.block_number() + 1):
        for found in empty.call("eth_getBlockByNumber", hex(number), True)["transactions"]:
            if found["from"] == DEPLOYER.address.lower():
                used += int(empty.call("eth_getTransactionReceipt", found["hash"])["gasUsed"], 16)
    assert abs(cost.gas - used) < used // 1_000
    assert cost.most == cost.gas * 7 * 10**9 and cost.now == cost.gas * min(cost.base_fee + 2, 7 * 10**9)
    assert cost.as_json()["gas"] == str(cost.gas)


def test_without_anvil_the_node_estimates_what_it_can_and_the_rest_is_said(
    empty: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOLD_ANVIL", "/nonexistent/anvil")
    plan = make_plan(empty, local_parameters(), DEPLOYER.address, empty.nonce(DEPLOYER.address))
    cost = cost_of(empty, plan, local_parameters(), Fees())
    assert not cost.rehearsed and cost.gas > 10_000_000
    assert len(plan.steps) - len(plan.creations) <= cost.unmeasured < len(plan.steps)


# ------------------------------------------------------------------------------------- status and verify


def test_the_status_follows_journal_and_chain(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="No deployment was begun"):
        status(empty, tmp_path)
    (tmp_path / "manifest.json").touch()
    with pytest.raises(SettingsError, match="is complete and has no journal"):
        status(empty, tmp_path)
    (tmp_path / "manifest.json").unlink()
    plan = _begin(empty, tmp_path, monkeypatch, sent=2)
    found = status(empty, tmp_path)
    done, sent = found.count(State.DONE), found.count(State.SENT)
    assert done > 8 and 0 < sent <= 8 and done + sent + found.count(State.WAITING) == len(plan.steps)
    assert not found.complete and found.steps[0].receipt is not None and found.steps[-1].hash is None
    deployment = _deploy(empty, tmp_path)
    found = status(empty, tmp_path)
    assert found.complete and found.count(State.DONE) == len(plan.steps)
    told = found.as_json()
    assert told["steps"][0]["address"] == plan.steps[0].address and told["deployer"] == deployment.deployer
    reorg(empty, 4)
    assert status(empty, tmp_path).count(State.SENT) >= 1, "what was taken back is not called done"


def test_a_status_under_other_contracts_is_refused(empty: Connection, tmp_path: Path) -> None:
    _deploy(empty, tmp_path)
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"fingerprint":"0x', b'"fingerprint":"0xf'))
    with pytest.raises(DeploymentStuck, match="other contracts"):
        status(empty, tmp_path)


def test_A9_verify_compares_manifest_code_creations_and_roles(empty: Connection, tmp_path: Path) -> None:
    deployment = _deploy(empty, tmp_path)
    assert verify(empty, tmp_path) == deployment
    one, two = deployment.contracts["Reserve"], deployment.contracts["BillRuns"]
    wrong = {
        "Reserve": replace(one, transaction=two.transaction, block=two.block),
        "BillRuns": replace(two, block=two.block + 1),
        "CommunityToken": replace(deployment.contracts["CommunityToken"], transaction="0x" + "12" * 32),
    }
    replace(deployment, contracts={**deployment.contracts, **wrong}).write(tmp_path)
    with pytest.raises(DeploymentWrong) as caught:
        verify(empty, tmp_path)
    text = "\n".join(caught.value.differences)
    assert f"Reserve was not created by {two.transaction}" in text
    assert f"BillRuns was created in block {two.block}, not {two.block + 1}" in text
    assert "CommunityToken: its transaction" in text and len(caught.value.differences) == 3
    replace(deployment, first_nonce=deployment.first_nonce + 1).write(tmp_path)
    with pytest.raises(DeploymentWrong, match="do not follow"):
        verify(empty, tmp_path)
    deployment.write(tmp_path)
    staff = local_account("STAFF")
    access = deployment.suite(empty).access
    Sender(empty, staff).send(access.renounce_role(ROLE_ID["STAFF"], staff.address))
    with pytest.raises(DeploymentWrong, match="has not got role 5"):
        verify(empty, tmp_path)


# ------------------------------------------------------------------------------------- track-tx


def test_a_contract_sent_elsewhere_is_adopted_and_the_rest_follows(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _begin_empty(empty, tmp_path, monkeypatch)
    hash_ = _send(empty, plan, 0)
    with pytest.raises(DeploymentStuck, match="used its number") as caught:
        _deploy(empty, tmp_path)
    assert "track-tx" in caught.value.hint
    assert track(empty, tmp_path, hash_.upper().replace("0X", "0x")).state is State.DONE
    with pytest.raises(InputError, match="in the journal already"):
        track(empty, tmp_path, hash_)
    deployment = _deploy(empty, tmp_path)
    assert deployment.addresses == plan.addresses
    assert next(iter(deployment.contracts.values())).transaction == hash_


def test_a_call_sent_elsewhere_is_adopted_and_not_sent_again(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _begin(empty, tmp_path, monkeypatch, sent=6)
    first = len(plan.creations)
    monkeypatch.setattr(module, "carry_out", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        _deploy(empty, tmp_path)  # what was signed goes out
    monkeypatch.undo()
    index = next(
        one.index for one in status(empty, tmp_path).steps if one.state is State.WAITING and one.index > first
    )
    hash_ = _send(empty, plan, index, number=empty.nonce(DEPLOYER.address))
    assert track(empty, tmp_path, hash_).state is State.DONE
    number = empty.nonce(DEPLOYER.address)
    left = status(empty, tmp_path).count(State.WAITING)
    _deploy(empty, tmp_path)
    assert empty.nonce(DEPLOYER.address) == number + left + 1  # and the deployer's leave
    with pytest.raises(InputError, match="in the journal already"):
        track(empty, tmp_path, hash_)


def test_a_waiting_transaction_is_adopted_and_waited_for(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _begin_empty(empty, tmp_path, monkeypatch)
    empty.call("evm_setAutomine", False)
    hash_ = _send(empty, plan, 0)
    assert track(empty, tmp_path, hash_).state is State.SENT
    empty.call("evm_setAutomine", True)
    mine(empty)
    assert _deploy(empty, tmp_path).contracts[plan.steps[0].creates or ""].transaction == hash_


def test_nothing_else_is_adopted(empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = _begin_empty(empty, tmp_path, monkeypatch)
    first = plan.first_nonce
    with pytest.raises(ChainError, match="knows no transaction"):
        track(empty, tmp_path, "0x" + "ab" * 32)
    with pytest.raises(InputError, match="no hash"):
        track(empty, tmp_path, "0xab")
    other = dev_account(3)
    stranger = _send(empty, plan, 0, signer=other, number=empty.nonce(other.address))
    with pytest.raises(InputError, match=f"sent by {other.address}"):
        track(empty, tmp_path, stranger)
    wrong_place = _send(empty, plan, 3, number=first)
    with pytest.raises(InputError, match=f"has number {first}.*needs number {first + 3}"):
        track(empty, tmp_path, wrong_place)
    code = plan.steps[1].call.data
    altered = _send(empty, plan, 1, data=code[:-1] + bytes([code[-1] ^ 1]))
    with pytest.raises(InputError, match="not that of any step"):
        track(empty, tmp_path, altered)
    reverted = _send(empty, plan, 2, gas=1_000_000)
    with pytest.raises(InputError, match="reverted"):
        track(empty, tmp_path, reverted)
    assert not [entry for entry in read_entries(tmp_path / JOURNAL) if entry.get("name") == "tracked"]
    with pytest.raises(SettingsError, match="No deployment was begun"):
        track(empty, tmp_path / "elsewhere", reverted)


def test_a_step_that_is_done_takes_no_second_transaction(empty: Connection, tmp_path: Path) -> None:
    _deploy(empty, tmp_path)
    found = status(empty, tmp_path)
    label = next(one for one in found.steps if one.step.call.function == "setMinter")
    again = _send(empty, found.plan, label.index, number=empty.nonce(DEPLOYER.address))
    with pytest.raises(InputError, match="is done already"):
        track(empty, tmp_path, again)


# ------------------------------------------------------------------------------------- forget


def _unsent(folder: Path) -> dict[str, Any]:
    return read_entries(folder / JOURNAL)[-1]


def test_what_can_still_be_mined_is_not_forgotten(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _begin(empty, tmp_path, monkeypatch, sent=0)
    entry = _unsent(tmp_path)
    with pytest.raises(InputError, match="can still be mined"):
        forget(empty, tmp_path, entry["hash"], 0)
    with pytest.raises(InputError, match="no signed transaction"):
        forget(empty, tmp_path, "0x" + "ab" * 32, 0)
    for number in range(plan.first_nonce, entry["nonce"] + 1):
        use_number(empty, DEPLOYER, number)
    with pytest.raises(InputError, match="can still be mined: no other transaction that is 4 blocks deep"):
        forget(empty, tmp_path, entry["hash"], 4)
    mine(empty, 4)
    assert forget(empty, tmp_path, entry["hash"], 4) == entry["label"]
    with pytest.raises(InputError, match="forgotten already"):
        forget(empty, tmp_path, entry["hash"], 4)
    assert all(
        version.hash != entry["hash"] for one in status(empty, tmp_path).steps for version in one.versions
    )


def test_what_is_on_the_chain_is_not_forgotten_nor_the_last_proof_of_a_contract(
    empty: Connection, tmp_path: Path
) -> None:
    deployment = _deploy(empty, tmp_path)
    proof = deployment.contracts["Reserve"].transaction
    with pytest.raises(InputError, match="is on the chain, in block"):
        forget(empty, tmp_path, proof, 0)
    with FaultProxy(empty.url) as faulty:  # a node that has thrown old transactions away
        for method in ("eth_getTransactionReceipt", "eth_getTransactionByHash"):
            faulty.always(Kind.CHANGED, method, change=lambda _: {"result": None})
        with pytest.raises(InputError, match="the last proof"):
            forget(Connection(faulty.url), tmp_path, proof, 0)
    assert read(tmp_path) == deployment
    assert orjson.loads((tmp_path / JOURNAL).read_bytes().splitlines()[-1])["kind"] == "mined"
