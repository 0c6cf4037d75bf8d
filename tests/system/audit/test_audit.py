"""`commonhold audit` on a real node: a clean chain passes, a tampered one is named to the row.

Branches: clean, at the newest and at an earlier block, as lines and as JSON · one storage word of each
contract that keeps figures · one amount of one log altered, one log left out (logs from a file) · a damaged
file of logs · a block that is not there · a chain that is not that of the manifest.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from eth_utils.crypto import keccak

from commonhold import cli
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.rawlogs import stream
from commonhold.errors import CommonholdError, TwinError
from commonhold.ops.audit import audit
from commonhold.ops.audit.audit import arguments_of
from tests.audit_story import tell
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Town

Answer = tuple[int, str, str]  # exit code, standard output, standard error
Run = Callable[..., Answer]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with Node() as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


@pytest.fixture
def kept(town: Town) -> Iterator[Town]:
    """The town, put back afterwards."""
    with set_back(town.connection):
        yield town


@pytest.fixture
def run(
    kept: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """The command in a folder that has only the manifest and the node's address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{kept.connection.url}"\n')
    kept.deployment.write(tmp_path / "deployments" / "local")

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr("sys.argv", ["commonhold", "audit", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


# ---------------------------------------------------------------- clean


def test_a_clean_chain_proves_itself_in_one_line_for_each_contract(run: Run) -> None:
    code, shown, told = run()
    assert code == 0, told
    assert "The books prove themselves" in told
    lines = {line.split()[0]: line for line in shown.splitlines()}
    for contract in ("CommunityToken", "Reserve", "RedemptionDesk", "PartyRegistry", "UnitRegistry",
                     "LeaseAgreement", "LeaseChanges", "DepositEscrow"):  # fmt: skip
        assert lines[contract].endswith("OK")
    assert ">= held" in lines["DepositEscrow"]


def test_the_json_has_the_sums_and_the_rows_of_every_contract(run: Run, kept: Town) -> None:
    code, shown, _ = run("--json")
    document = json.loads(shown)
    assert code == 0 and document["ok"] and document["differences"] == []
    assert document["block"] == kept.connection.block_number()
    escrow = next(one for one in document["contracts"] if one["contract"] == "DepositEscrow")
    assert int(escrow["in"]) - int(escrow["out"]) == int(escrow["balance"]) >= int(escrow["held"]) > 0
    assert escrow["rows"] > 20 and escrow["logs"] > 5 and escrow["checked"] > 10


def test_an_earlier_block_is_audited_as_it_was(run: Run, kept: Town) -> None:
    block = kept.connection.block_number() - 40
    code, shown, told = run("--at", str(block), "--json")
    assert code == 0, told
    assert json.loads(shown)["block"] == block


def test_a_block_that_is_not_there_is_an_argument_to_put_right(run: Run) -> None:
    code, _, told = run("--at", "999999")
    assert code == 2 and "There is no block 999999" in told


def test_a_chain_that_is_not_that_of_the_manifest_is_not_audited(run: Run, kept: Town) -> None:
    kept.connection.call("anvil_setCode", kept.deployment.address("Reserve"), "0x6000")
    code, _, told = run()
    assert code == 4 and "is not the Reserve" in told


# ---------------------------------------------------------------- one storage word


def slot_of(key: int | str, base: int) -> str:
    """Where a mapping keeps the value of a key."""
    number = int(key, 16) if isinstance(key, str) else key
    return "0x" + keccak(number.to_bytes(32, "big") + base.to_bytes(32, "big")).hex()


def tamper(town: Town, contract: str, slot: str, add: int) -> None:
    """One storage word becomes greater."""
    address = town.deployment.address(contract)
    word = int(town.connection.call("eth_getStorageAt", address, slot, "latest"), 16)
    town.connection.call("anvil_setStorageAt", address, slot, f"0x{word + add:064x}")


def place_of(
    town: Town, contract: str, function: str, arguments: tuple[Any, ...], keys: list[int | str]
) -> str:
    """The mapping's slot on which a view depends: the first that changes its answer."""
    found = next(one for one in town.suite.contracts if contract == one.NAME)
    before = found.read(function, *arguments)
    for base in range(40):
        slot = f"0x{base:064x}"
        for key in keys:
            slot = slot_of(key, base)
        with set_back(town.connection):
            tamper(town, contract, slot, 1)
            try:
                changed = found.read(function, *arguments) != before
            except (CommonholdError, ValueError):  # an answer that cannot be read is another one
                changed = True
        if changed:
            return slot
    raise AssertionError(f"no slot of {contract}.{function}")


CASES: list[tuple[str, str, tuple[Any, ...], list[Any], int, str, str]] = [
    # contract, view, arguments, keys of the mapping, what is added, id, field
    ("LeaseAgreement", "accountsOf", (1,), [1], 1, "lease 1", "account 0 settled"),
    ("LeaseAgreement", "accountsOf", (1,), [1], 1 << 56, "lease 1", "account 0 pot"),
    ("LeaseAgreement", "accountsOf", (2,), [9], 1 << 104, "lease 2", "account 1 pot"),
    ("LeaseAgreement", "owed", (6,), [6], 1, "party 6", "owed"),
    ("DepositEscrow", "depositOf", (1,), [1], 1, "lease 1", "depositOf"),
    ("DepositEscrow", "owed", (4,), [4], 1, "party 4", "owed"),
    ("PartyRegistry", "walletOf", (2,), [2], 1 << 208, "party 2", "isSuspended"),
    ("UnitRegistry", "ownerPartyOf", (1,), [1], 1, "unit 1", "ownerPartyOf"),
    ("LeaseChanges", "versionOf", (1, 0), [1], 1, "lease 1", "version"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "view", "arguments", "keys", "add", "id_", "name"), CASES, ids=lambda one: str(one)
)
def test_one_storage_word_is_named_with_contract_id_and_field(
    run: Run,
    kept: Town,
    contract: str,
    view: str,
    arguments: tuple[Any, ...],
    keys: list[Any],
    add: int,
    id_: str,
    name: str,
) -> None:
    tamper(kept, contract, place_of(kept, contract, view, arguments, keys), add)
    code, shown, told = run("--json")
    document = json.loads(shown)
    assert code == TwinError.exit_code == 8, told
    rows = [(one["contract"], one["id"], one["field"]) for one in document["differences"]]
    assert (contract, id_, name) in rows
    row = document["differences"][rows.index((contract, id_, name))]
    assert row["expected"] != row["found"]


def test_money_that_no_transfer_brought_is_named(run: Run, kept: Town) -> None:
    wallet = kept.deployment.address("DepositEscrow")
    tamper(kept, "CommunityToken", place_of(kept, "CommunityToken", "balanceOf", (wallet,), [wallet]), 1)
    code, shown, told = run()
    assert code == 8
    assert f"CommunityToken, wallet {wallet.lower()}, balanceOf: expected " in told
    assert "CommunityToken" in shown and "1 DIFFER" in shown


# ---------------------------------------------------------------- the logs


def write_logs(town: Town, path: Path) -> list[dict[str, Any]]:
    """All logs of the deployment, as an auditor keeps them."""
    addresses = list(arguments_of(town.deployment).addresses.values())
    raws = list(stream(town.connection, addresses, 0, town.connection.block_number()))
    path.write_bytes(b"\n".join(orjson.dumps(raw) for raw in raws))
    return raws


def rewrite(path: Path, raws: list[dict[str, Any]]) -> None:
    path.write_bytes(b"\n".join(orjson.dumps(raw) for raw in raws) + b"\n")


def logs_of(town: Town, raws: list[dict[str, Any]], contract: str, event: str) -> list[int]:
    found = next(one for one in town.suite.contracts if contract == one.NAME)
    topic, address = found.artifact.topic(event), found.address.lower()
    return [
        at for at, raw in enumerate(raws) if raw["topics"][0] == topic and raw["address"].lower() == address
    ]


def test_logs_from_a_file_do_as_well(run: Run, kept: Town, tmp_path: Path) -> None:
    write_logs(kept, tmp_path / "logs")
    assert run("--logs", "logs")[0] == 0


def test_one_altered_amount_of_one_log_is_named(run: Run, kept: Town, tmp_path: Path) -> None:
    raws = write_logs(kept, tmp_path / "logs")
    at = next(
        i for i in logs_of(kept, raws, "LeaseAgreement", "Settled") if int(raws[i]["topics"][1], 16) == 1
    )
    data = raws[at]["data"]
    raws[at]["data"] = data[:-64] + f"{int(data[-64:], 16) + 1:064x}"
    rewrite(tmp_path / "logs", raws)
    code, _, told = run("--logs", "logs")
    assert code == 8
    named = "LeaseAgreement, lease 1 party 2, Settled.amount: expected 0 to 1000000000, found 1000000001"
    assert named in told


def test_one_omitted_log_is_named(run: Run, kept: Town, tmp_path: Path) -> None:
    raws = write_logs(kept, tmp_path / "logs")
    del raws[logs_of(kept, raws, "LeaseAgreement", "RentPaid")[0]]
    rewrite(tmp_path / "logs", raws)
    code, shown, _ = run("--logs", "logs", "--json")
    assert code == 8
    found = json.loads(shown)["differences"]
    assert ("LeaseAgreement", "lease 4") in {(one["contract"], one["id"]) for one in found}
    assert any(one["transaction"] for one in found)


def test_a_damaged_file_of_logs_is_an_input_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text('{"topics": []}\n')
    code, _, told = run("--logs", "logs")
    assert code == 2 and "line 1" in told
    assert run("--logs", "nowhere")[0] == 2


# ---------------------------------------------------------------- the node


def test_a_node_that_refuses_long_ranges_is_asked_for_shorter_ones(kept: Town) -> None:
    """N13: the answers together are the same."""

    class Narrow(Connection):
        def call(self, method: str, *params: Any) -> Any:
            if method == "eth_getLogs":
                span = int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16)
                if span > 20:
                    return super().call("eth_getLogs", {"fromBlock": "nonsense"})
            return super().call(method, *params)

    narrow = Narrow(kept.connection.url)
    assert audit(narrow, kept.deployment).ok
    narrow.close()


def test_a_block_that_is_replaced_meanwhile_is_no_proof(kept: Town) -> None:
    """N11."""

    class Moving(Connection):
        def block(self, number: int | str = "latest") -> Any:
            found = super().block(number)
            self.asked = getattr(self, "asked", 0) + 1
            if self.asked > 1:
                object.__setattr__(found, "hash", "0xother")
            return found

    moving = Moving(kept.connection.url)
    with pytest.raises(Exception, match="was replaced while it was audited"):
        audit(moving, kept.deployment)
    moving.close()
