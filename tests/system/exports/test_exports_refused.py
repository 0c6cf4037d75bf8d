"""`commonhold export` where something cannot be trusted or cannot be, and the command itself.

Branches: a log altered, a transfer unexplained, a balance altered on chain, a node without old states, a
block replaced meanwhile · a file appears whole or not at all · bad arguments · the file, words and codes of
the command.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from commonhold import cli
from commonhold.chain.connect import Block, Connection, RpcError
from commonhold.chain.rawlogs import Log
from commonhold.errors import ChainError, InputError
from commonhold.ops.exports import Request, export
from commonhold.ops.exports.journal import LedgerWrong
from tests.faults.kinds import Kind
from tests.faults.proxy import Fault, FaultProxy
from tests.package.ops.town import Town
from tests.system.exports.exports_world import a_told_town, all_logs


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with a_told_town() as built:
        yield built


# ---------------------------------------------------------------- what cannot be trusted


def test_a_ledger_with_one_altered_log_is_refused_and_leaves_no_file(town: Town, tmp_path: Path) -> None:
    logs = all_logs(town)
    at = next(i for i, log in enumerate(logs) if log.event == "Settled")
    lease, tenant, code, amount = logs[at].values
    logs[at] = logs[at]._replace(values=(lease, tenant, code, amount + 1))
    target = tmp_path / "ledger.csv"
    target.write_text("the one of yesterday")
    with pytest.raises(LedgerWrong, match="do not prove themselves"):
        export(town.connection, town.deployment, Request("ledger"), target, logs=logs)
    assert target.read_text() == "the one of yesterday" and list(tmp_path.iterdir()) == [target]


def test_a_transfer_that_no_event_explains_is_refused(town: Town) -> None:
    logs = [log for log in all_logs(town) if log.event != "DepositBooked"]
    with pytest.raises(LedgerWrong):
        export(town.connection, town.deployment, Request("ledger"), io.StringIO(), logs=logs)


def test_a_balance_that_is_not_the_tokens_is_refused_with_the_wallet(town: Town) -> None:
    logs = all_logs(town)
    wallet = next(log.values[1] for log in logs if log.event == "Minted")
    minted = next(i for i, log in enumerate(logs) if log.event == "Minted")
    some = logs[minted : minted + 2]  # one issue twice over, which the twin alone could not know of
    again = [
        one._replace(transaction="0x" + "77" * 32, values=_other(one), place=one.place + 1_000)
        for one in some
    ]
    doubled = [*logs[: minted + 2], *again, *logs[minted + 2 :]]
    with pytest.raises(LedgerWrong, match=f"(?i){wallet} is|do not prove"):
        export(town.connection, town.deployment, Request("balances"), io.StringIO(), logs=doubled)


def _other(log: Log) -> tuple[Any, ...]:
    """The same issue under another citation."""
    return (*log.values[:3], "0x" + "99" * 32) if log.event == "Minted" else log.values


def test_a_node_without_old_states_leaves_the_balances_uncompared_and_says_so(town: Town) -> None:
    def forgotten(entry: dict[str, Any]) -> dict[str, Any]:
        error = {"code": -32000, "message": "missing trie node"}
        return {"jsonrpc": "2.0", "id": entry["id"], "error": error}

    block = town.connection.block_number()
    with FaultProxy(town.connection.url) as proxy:
        proxy.plan(Fault(Kind.CHANGED, "eth_call", times=0, change=forgotten))
        connection = Connection(proxy.url)
        stream = io.StringIO()
        request = Request("balances", "json", at=block - 5)
        assert not export(connection, town.deployment, request, stream).checked
        assert json.loads(stream.getvalue())["balances_checked"] is False
        with pytest.raises(RpcError, match="missing trie node"):  # the newest state every node has
            export(connection, town.deployment, Request("balances"), io.StringIO())
        connection.close()


def test_a_block_that_is_replaced_meanwhile_is_no_export_N11(town: Town) -> None:
    class Moving(Connection):
        asked = 0

        def block(self, number: int | str = "latest") -> Block:
            found = super().block(number)
            self.asked += 1
            return replace(found, hash="0xother") if self.asked > 1 else found

    moving = Moving(town.connection.url)
    with pytest.raises(ChainError, match="was replaced while it was read"):
        export(moving, town.deployment, Request("leases"), io.StringIO())
    moving.close()


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request("rents"), "no export 'rents'"),
        (Request("ledger", "pdf"), "no format 'pdf'"),
        (Request("leases", "beancount"), "Only the ledger"),
        (Request("leases", first=1), "not from a day on"),
        (Request("ledger", first=9, last=8), "after the last"),
        (Request("ledger", last=8, at=8), "Both a day and a block"),
        (Request("ledger", "xlsx"), "no text"),
        (Request("ledger", at=10**9), "no block 1000000000"),
        (Request("ledger", last=9_000), "began after"),
    ],
)
def test_what_cannot_be_is_refused_with_words(town: Town, request_: Request, words: str) -> None:
    with pytest.raises(InputError, match=words):
        export(town.connection, town.deployment, request_, io.StringIO())


def test_the_command_writes_the_file_and_names_block_hash_and_confirmations(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "commonhold.toml").write_text(f'[network]\nrpc = "{town.connection.url}"\n')
    town.deployment.write(tmp_path / "deployments" / "local")

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["commonhold", "export", *arguments])
        try:
            cli.main()
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else 0
        return 0

    assert run("ledger", "--format", "beancount", "--out", "year/ledger.beancount") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert town.connection.block().hash in told and "0 confirmations" in told
    assert loader.load_file("year/ledger.beancount")[1] == []
    assert run("payments", "--from", "2026-01-01", "--language", "zh") == 0
    assert capsys.readouterr().out.startswith("日期,")
    assert run("payments", "--from", "1.1.2026") == 2
    assert run("leases", "--names") == 2
    assert "no names on this computer" in capsys.readouterr().err
