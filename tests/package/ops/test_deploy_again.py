"""A deployment that is asked for again, elsewhere begun, or overtaken by time (faults N5, N6, N11).

again ── without a journal · on a chain that began anew, with a journal and without · a journal of other
contracts, of another first number, of another deployer
elsewhere ── waited for, in vain and in the end · questions of another wallet · a node that gives no receipts
over ── the day of set-up · code that is another's · what the node still has is not forgotten
the command ── track-tx, resume, verify, forget with its own depth; who is in no keystore
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold import cli
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.node import Node
from commonhold.chain.send import Sender, TransactionLost, Waiting
from commonhold.chain.signing import dev_account
from commonhold.errors import InputError
from commonhold.ops.deploy import JOURNAL, DeploymentStuck, deploy, local_parameters
from commonhold.ops.deploy.astray import forget, track
from commonhold.ops.deploy.care import status
from commonhold.ops.deploy.plan import make_plan
from commonhold.ops.deploy.run import refuse_other_code
from commonhold.ops.deploy.steps import State, _from_wallets
from commonhold.ops.manifest import CodeMissing, read
from tests.faults.chainfaults import mine, set_back, use_number
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.chain.test_flight import _mining
from tests.package.ops.test_deploy_care import (
    DEPLOYER,
    _begin,
    _begin_empty,
    _deploy,
    _send,
    _unsent,
)

ERROR = {"result": None, "error": {"code": -32000, "message": "missing trie node"}}


# ---------------------------------------------------------------- again


def test_a_deployment_without_a_journal_is_made_once(empty: Connection, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    first = _deploy(empty, tmp_path, journalled=False, progress=lambda *one: told.append(one))
    assert told == [("suite", told[0][2], told[0][2])] and told[0][2] > 30
    number = empty.nonce(DEPLOYER.address)
    assert _deploy(empty, tmp_path, journalled=False) == first
    assert empty.nonce(DEPLOYER.address) == number and not (tmp_path / JOURNAL).exists()


def test_N11_a_chain_that_lost_everything_gets_the_same_contracts_from_the_journal(
    empty: Connection, tmp_path: Path
) -> None:
    with set_back(empty):
        first = _deploy(empty, tmp_path)
    assert empty.code(first.address("Reserve")) == b""
    again = _deploy(empty, tmp_path)
    assert again.addresses == first.addresses and empty.code(first.address("Reserve")) != b""


def test_N11_a_chain_that_lost_everything_is_said_where_no_journal_can_tell_why(
    empty: Connection, tmp_path: Path
) -> None:
    with set_back(empty):
        _deploy(empty, tmp_path, journalled=False)
    with pytest.raises(CodeMissing):
        _deploy(empty, tmp_path)


def test_a_journal_of_something_else_says_nothing_about_a_deployment_that_stands(
    empty: Connection, tmp_path: Path
) -> None:
    made, number = _deploy(empty, tmp_path), empty.nonce(DEPLOYER.address)
    other = replace(made, first_nonce=made.first_nonce + 1)
    other.write(tmp_path)
    assert _deploy(empty, tmp_path) == other
    made.write(tmp_path)
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"fingerprint":"0x', b'"fingerprint":"0xf'))
    assert _deploy(empty, tmp_path) == made
    assert empty.nonce(DEPLOYER.address) == number, "nothing is sent twice"


def test_what_one_key_began_another_does_not_finish(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin_empty(empty, tmp_path, monkeypatch)
    with pytest.raises(DeploymentStuck, match=f"begun by {DEPLOYER.address}, not by") as caught:
        deploy(empty, dev_account(5), local_parameters(), network="local", folder=tmp_path)
    assert "--fresh" in caught.value.hint


# ---------------------------------------------------------------- elsewhere


def test_what_was_sent_elsewhere_is_waited_for_and_told_when_it_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Node(options=("--no-mining",)) as still:
        chain = Connection(still.rpc_url)
        plan = _begin_empty(chain, tmp_path, monkeypatch)
        hash_ = _send(chain, plan, 0)
        assert track(chain, tmp_path, hash_).state is State.SENT
        with pytest.raises(TransactionLost, match=f"{hash_}, sent elsewhere, was not mined within 0.2 s"):
            _deploy(chain, tmp_path, waiting=Waiting(timeout=0.2, poll=0.05))
        with _mining(chain):
            made = _deploy(chain, tmp_path, waiting=Waiting(timeout=60, poll=0.05))
        assert made.contracts[plan.steps[0].creates or ""].transaction == hash_
        chain.close()


def test_what_a_wallet_was_asked_for_by_somebody_else_is_no_step() -> None:
    asked = {"kind": "asked", "from": DEPLOYER.address, "nonce": 3, "to": None, "input": "0xab"}
    entries = [
        {**asked, "ask": 0},
        {**asked, "ask": 1, "from": dev_account(5).address},
        {**asked, "ask": 2},
        {"kind": "sent", "ask": 0, "hash": "0x01"},
        {"kind": "sent", "ask": 1, "hash": "0x02"},
        {"kind": "sent", "ask": 2, "hash": "0x03"},
        {"kind": "answered", "ask": 2, "hash": None},
    ]
    assert [(one.hash, one.number, one.content) for one in _from_wallets(entries, DEPLOYER.address)] == [
        ("0x01", 3, ":0xab")
    ]


def test_N4_a_node_that_gives_no_receipts_says_nothing_about_steps(empty: Connection, tmp_path: Path) -> None:
    made = _deploy(empty, tmp_path)
    proof = made.contracts["Reserve"].transaction
    with FaultProxy(empty.url) as faulty:
        faulty.always(Kind.CHANGED, "eth_getTransactionReceipt", change=lambda _: ERROR)
        with pytest.raises(RpcError, match="missing trie node"):
            status(Connection(faulty.url), tmp_path)
        with pytest.raises(RpcError, match="missing trie node"):
            forget(Connection(faulty.url), tmp_path, proof, 0)
        faulty.clear()
        faulty.always(Kind.NULL_RECEIPT)
        with pytest.raises(InputError, match=f"The node still has {proof}"):
            forget(Connection(faulty.url), tmp_path, proof, 0)


# ---------------------------------------------------------------- over


def test_a_set_up_that_was_left_for_more_than_a_day_cannot_be_finished(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin(empty, tmp_path, monkeypatch, sent=6)
    empty.call("evm_increaseTime", 2 * 86_400)
    mine(empty)
    with pytest.raises(DeploymentStuck, match="The day of set-up, which began with CommunityAccess, is over"):
        _deploy(empty, tmp_path)


def test_code_that_is_not_the_artifacts_is_not_used(empty: Connection, tmp_path: Path) -> None:
    made = _deploy(empty, tmp_path)
    plan = make_plan(empty, local_parameters(), DEPLOYER.address, made.first_nonce)
    sender = Sender(empty, DEPLOYER)
    refuse_other_code(sender, plan)
    place = made.address("Reserve")
    empty.call("anvil_setCode", place, "0x" + (empty.code(place) + b"\x00").hex())
    with pytest.raises(DeploymentStuck, match=f"The code at {place} is not that of Reserve"):
        refuse_other_code(sender, plan)


# ---------------------------------------------------------------- the command


def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["commonhold", "deploy", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    shown = capsys.readouterr()
    return int(left.value.code or 0), shown.out, " ".join(shown.err.split())


def test_a_step_from_elsewhere_is_adopted_by_the_command_and_all_of_it_verified(
    empty: Connection,
    node: Node,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    folder = tmp_path / "deployments" / "local"
    plan = _begin_empty(empty, folder, monkeypatch)
    hash_ = _send(empty, plan, 0)
    code, _, said = _run(monkeypatch, capsys, "track-tx", hash_)
    assert code == 0 and "step 1, is done." in said and "deploy resume" in said
    code, _, said = _run(monkeypatch, capsys, "resume", "--yes", "--confirmations", "0")
    assert code == 0, said
    code, _, said = _run(monkeypatch, capsys, "verify")
    made = read(folder)
    assert code == 0 and f"{len(made.contracts)} contracts: code, arguments, roles" in said
    assert "Still to do" not in said
    code, shown, _ = _run(monkeypatch, capsys, "verify", "--json")
    assert code == 0 and json.loads(shown) == json.loads(json.dumps(made.as_json()))


def test_what_is_still_to_do_is_said_whenever_a_deployment_is_verified(
    empty: Connection,
    node: Node,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    made = _deploy(empty, tmp_path / "deployments" / "local", admin_signer=None)
    (line,) = made.pending
    code, _, said = _run(monkeypatch, capsys, "verify")
    assert code == 0 and f"Still to do: {' '.join(line.split())}" in said


def test_the_command_forgets_what_can_never_be_mined_as_deep_as_it_is_told(
    empty: Connection,
    node: Node,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    folder = tmp_path / "deployments" / "local"
    plan = _begin(empty, folder, monkeypatch, sent=0)
    entry = _unsent(folder)
    for number in range(plan.first_nonce, entry["nonce"] + 1):
        use_number(empty, DEPLOYER, number)
    code, _, said = _run(monkeypatch, capsys, "forget", entry["hash"], "--confirmations", "3")
    assert code == 2 and "that is 3 blocks deep" in said
    mine(empty, 3)
    code, _, said = _run(monkeypatch, capsys, "forget", entry["hash"], "--confirmations", "3")
    assert code == 0 and f"{entry['label']} is forgotten" in said and "deploy resume" in said


def test_a_plan_of_somebody_without_a_keystore_goes_by_the_offices_own_key(
    empty: Connection,
    node: Node,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    empty.call("anvil_setBalance", DEPLOYER.address, hex(7 * 10**18 + 7))
    number = empty.nonce(DEPLOYER.address)
    code, shown, _ = _run(monkeypatch, capsys, "--plan", "--json", "--confirmations", "2")
    assert code == 0 and json.loads(shown)["balance"] == str(7 * 10**18 + 7)
    assert empty.nonce(DEPLOYER.address) == number and not (tmp_path / "deployments").exists()
