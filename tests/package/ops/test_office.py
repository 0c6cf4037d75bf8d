"""Acts of offices from the command line (fault A4), and what an emergency costs.

prepare: roles, contracts, spans, moments, lists, structs, reasons, booleans by name · every function · no
such contract, function, number of values, value · a view
list · call at once · refused without the role · announced, too early, carried out · what is announced is
shown · for a Safe · dry run
emergency: a manager is dismissed, leases and bills paused, a minter stopped, each in one transaction
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_abi.grammar import parse

from commonhold import cli
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.signing import dev_account
from commonhold.errors import InputError
from commonhold.ops.deploy import deploy_local, local_account
from commonhold.ops.office import announced, members, prepare
from commonhold.ops.reasons import hash_of_reason
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Town

SOMEBODY = "0x000000000000000000000000000000000000bEEF"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def place(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a deployment on the node."""
    folder = tmp_path_factory.mktemp("office")
    deploy_local(node.rpc_url, folder=folder / "deployments" / "local")
    (folder / "commonhold.toml").write_text(f'[network]\nrpc = "{node.rpc_url}"\n')
    return folder


@pytest.fixture
def chain(node: Node, place: Path) -> Iterator[Connection]:
    connection = Connection(node.rpc_url)
    with set_back(connection):
        yield connection
    connection.close()


@pytest.fixture
def run(
    place: Path, chain: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.chdir(place)

    def one(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["commonhold", *arguments])
        code: int | str | None = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code
        shown = capsys.readouterr()
        return int(code or 0), shown.out, " ".join(shown.err.split())

    return one


def test_arguments_are_written_as_a_person_writes_them(town: Town) -> None:
    suite, access = town.suite, town.suite.access
    grant = prepare(suite, "CommunityAccess", "grantRole", ["MANAGER", SOMEBODY, "2d"])
    assert grant == access.grant_role(1, SOMEBODY, 2 * 86_400)
    closed = prepare(suite, "CommunityAccess", "setTargetClosed", ["BillRuns", "true"])
    assert closed == access.set_target_closed(suite.bills.address, True)
    rules = prepare(
        suite, "CommunityAccess", "setTargetFunctionRole", ["CommunityToken", '["0x01020304"]', "ADMIN"]
    )
    assert rules == access.set_target_function_role(suite.token.address, [bytes.fromhex("01020304")], 0)
    rules = prepare(
        suite, "CommunityAccess", "setTargetFunctionRole", [SOMEBODY, '["LeaseAgreement.pause"]', "COMMITTEE"]
    )
    pause = suite.leases.artifact.function("pause").selector
    assert rules == access.set_target_function_role(SOMEBODY, [pause], 6)
    assert prepare(suite, "CommunityAccess", "grantRole", ["1", SOMEBODY, "1_000"]).data[-2:] == b"\x03\xe8"
    week = prepare(suite, "LeaseAgreement", "pause", ["7d"])
    assert int.from_bytes(week.data[4:], "big") == 7 * 86_400
    freeze = prepare(suite, "CommunityToken", "proposeFreeze", [SOMEBODY, "0x" + "11" * 32, "now+12h"])
    assert int.from_bytes(freeze.data[-32:], "big") == town.connection.block().time + 12 * 3_600


def test_structs_reasons_and_keys_are_written_too(town: Town) -> None:
    review, why = town.suite.review, hash_of_reason("It was paid in time")
    words = '[7,true,674,3,2,1,"text:It was  paid in time"]'
    expected = review.propose_correction((7, True, 674, 3, 2, 1, why))
    assert prepare(town.suite, "CreditReview", "proposeCorrection", [words]) == expected
    found = prepare(town.suite, "CreditReview", "dispute", ["0x1F", "text:It was paid in time"])
    assert found == review.dispute(31, why)
    with pytest.raises(InputError, match="no reason"):
        prepare(town.suite, "CreditReview", "dispute", ["0x1F", "text: "])


def _word(kind: str) -> Any:
    """Something that fits, as JSON has it."""
    if kind.endswith("]"):
        inner, _, size = kind[:-1].rpartition("[")
        return [_word(inner)] * int(size or 2)
    if kind.startswith("("):
        return [_word(part.to_type_str()) for part in parse(kind).components]
    if kind.startswith("bytes"):
        return "0x" + "11" * int(kind.removeprefix("bytes") or 3)
    return {"address": "Reserve", "bool": True, "string": "x"}.get(kind, 1)


def test_every_act_of_every_contract_can_be_written_in_words(town: Town) -> None:
    count = 0
    for contract in town.suite.contracts:
        for signature, function in contract.artifact.functions.items():
            if function.view:
                continue
            words = [_word(kind) for kind in function.inputs.types]
            texts = [word if isinstance(word, str) else json.dumps(word) for word in words]
            call = prepare(town.suite, contract.NAME, signature, texts)
            assert call.data[:4] == function.selector, signature
            assert len(function.inputs.decode(call.data[4:])) == len(words)
            count += 1
    assert count > 150


@pytest.mark.parametrize(
    ("contract", "function", "words", "said"),
    [
        ("Nothing", "pause", ["1"], "no contract Nothing"),
        ("LeaseAgreement", "fly", [], "no function fly"),
        ("LeaseAgreement", "today", [], "changes nothing"),
        ("LeaseAgreement", "pause", [], "not 0 values"),
        ("LeaseAgreement", "pause", ["soon"], "no uint64"),
        ("LeaseAgreement", "pause", ["-1"], "does not fit"),
        ("CommunityAccess", "grantRole", ["KING", SOMEBODY, "0"], "no uint64"),
        ("CommunityAccess", "grantRole", ["MANAGER", "0x12", "0"], "no address"),
        ("CommunityAccess", "setTargetClosed", ["BillRuns", "perhaps"], "no bool"),
        ("CommunityAccess", "setTargetFunctionRole", ["BillRuns", "0x01020304", "0"], "no bytes4"),
        ("CommunityAccess", "setTargetFunctionRole", ["BillRuns", '["A.b"]', "0"], "no bytes4"),
        ("LeaseAgreement", "activate", ["1", "2", "3"], "no \\(uint32"),
        ("CreditReview", "proposeCorrection", ["[1,true,2]"], "no \\(uint256"),
        ("CreditReview", "proposeCorrection", ['[1,true,2,3,4,5,"why"]'], "no bytes32"),
        ("CreditReview", "dispute", ["0xg", "text:why"], "no uint256"),
    ],
)
def test_what_is_written_wrongly_is_said(
    town: Town, contract: str, function: str, words: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        prepare(town.suite, contract, function, words)


def test_the_offices_are_listed_with_names_and_delays(run: Run) -> None:
    code, shown, _ = run("office", "list", "--json")
    found = {(entry["role"], entry["account"]): entry["delay"] for entry in json.loads(shown)}
    assert code == 0 and found["ADMIN", local_account("ADMIN").address] == 86_400
    assert found["MANAGER", local_account("MANAGER").address] == 0
    assert "CreditReview" in run("office", "list")[1]


def test_an_act_is_done_by_who_holds_the_office_and_by_nobody_else(run: Run, chain: Connection) -> None:
    manager = local_account("MANAGER").address
    before = chain.block_number()
    code, _, said = run("office", "call", "CommunityAccess.dismiss", "MANAGER", manager, "--dry-run")
    assert code == 0 and "Nothing was sent" in said and chain.block_number() == before
    code, shown, said = run("office", "call", "CommunityAccess.dismiss", "MANAGER", manager)
    assert code == 0 and shown.startswith("0x") and "gas" in said
    assert ("MANAGER", manager) not in {
        (entry["role"], entry["account"]) for entry in json.loads(run("office", "list", "--json")[1])
    }
    assert run("office", "call", "LeaseAgreement")[0] == 2
    assert run("office", "call", "CommunityToken.stopMinter", SOMEBODY)[0] == 5  # it never was one


def test_announced_calls_of_what_nobody_knows_are_shown_by_address_and_selector(town: Town) -> None:
    """Whoever holds ADMIN can announce anything: it is listed, though its name is unknown."""
    elsewhere = Call(SOMEBODY, bytes.fromhex("01020304aa"), "?", "?")
    unknown = Call(town.suite.token.address, bytes.fromhex("a1b2c3d4"), "?", "?")
    town.send(local_account("ADMIN"), *(town.suite.access.schedule(call) for call in (elsewhere, unknown)))
    found = {one.contract: one for one in announced(town.suite)}
    assert set(found) == {SOMEBODY, "CommunityToken"}
    assert found[SOMEBODY].call.function == "0x01020304" and found[SOMEBODY].call.data == elsewhere.data
    assert found["CommunityToken"].call.function == "0xa1b2c3d4"
    assert all(one.ready > town.connection.block().time for one in found.values())


def test_an_admins_act_is_announced_waits_and_is_carried_out(
    run: Run, chain: Connection, place: Path
) -> None:
    words = ("CommunityAccess.grantRole", "STAFF", SOMEBODY, "0")
    code, _, said = run("office", "call", *words)
    assert code == 2 and "office announce" in said
    code, _, said = run("office", "announce", *words)
    assert code == 0 and "CommunityAccess.grantRole" in said and "until" in said
    (one,) = json.loads(run("office", "announced", "--json")[1])
    assert one["act"] == "CommunityAccess.grantRole" and one["caller"] == local_account("ADMIN").address
    assert one["ready"] > chain.block().time and "STAFF" not in run("office", "announced")[1]
    code, _, said = run("office", "call", *words)
    assert code == 5 and "NotReady" in said
    chain.call("evm_increaseTime", 86_401)
    chain.call("evm_mine")
    assert run("office", "call", *words)[0] == 0
    assert json.loads(run("office", "announced", "--json")[1]) == []
    found = json.loads(run("office", "list", "--json")[1])
    assert ("STAFF", SOMEBODY) in {(entry["role"], entry["account"]) for entry in found}


def test_an_act_for_a_safe_is_written_and_not_sent(run: Run, chain: Connection, place: Path) -> None:
    wallet = json.loads((place / "deployments/local/manifest.json").read_text())["contracts"]["Reserve"]
    before = chain.block_number()
    # a Safe without the office is refused in the simulation already
    code, _, _ = run(
        "office", "call", "LeaseAgreement.pause", "7d", "--key", f"safe-json:{wallet['address']}"
    )
    assert code == 5 and chain.block_number() == before and not (place / "deployments/local/safe").exists()


# What docs/runbook-developer.md says that an emergency costs. [gas]
EMERGENCY = {
    ("CommunityAccess.dismiss", "MANAGER", local_account("MANAGER").address): 45_000,
    ("LeaseAgreement.pause", "7d"): 75_000,
    ("BillRuns.pause", "7d"): 75_000,
    ("PropertyFee.pause", "7d"): 75_000,
    ("CommunityToken.stopMinter", local_account("TREASURER").address): 55_000,
}


@pytest.mark.parametrize("act", EMERGENCY, ids=lambda act: act[0])
def test_A4_the_committee_closes_what_a_stolen_key_could_do_in_one_transaction_each(
    run: Run, chain: Connection, act: tuple[str, ...]
) -> None:
    code, hash_, said = run("office", "call", *act)
    assert code == 0, said
    receipt = chain.call("eth_getTransactionReceipt", hash_.strip())
    print(act[0], int(receipt["gasUsed"], 16))
    assert int(receipt["gasUsed"], 16) <= EMERGENCY[act]
    assert str(receipt["from"]).lower() == str(local_account("COMMITTEE").address).lower()


def test_members_and_announcements_are_empty_where_nothing_is(town: Town) -> None:
    assert announced(town.suite) == []
    assert all(member.account != dev_account(0).address for member in members(town.suite))
