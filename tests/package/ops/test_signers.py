"""Who signs: what `open_signer` takes, and the files for a Safe.

open_signer: keystore, safe-json · every misspelling is refused with the right forms
safe: file with checksum, chain, methods and values · the same calls find the same file · creation refused ·
no contract there · the command goes on after the Safe has executed · nothing is sent or journalled
"""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal
from commonhold.chain.send import Sender
from commonhold.chain.signing import AnySigner, dev_account
from commonhold.errors import SettingsError, SigningError
from commonhold.ops import keys
from commonhold.ops.credit.statement import require_officer
from commonhold.ops.deploy import deploy, local_parameters
from commonhold.ops.keys import PasswordSource, new_key
from commonhold.ops.manifest import Deployment
from commonhold.ops.signers import open_signer
from commonhold.ops.signers.safe import SafeSigner, WrittenForSafe, checksum, write_batch
from commonhold.settings import Settings
from tests.package.ops.town import Town

SOMEBODY = "0x000000000000000000000000000000000000bEEF"


# ------------------------------------------------------------------------------------------- open_signer


def test_a_keystore_is_opened_by_its_name(
    empty: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Account.encrypt
    monkeypatch.setattr(
        keys.Account, "encrypt", lambda key, password: real(key, password, kdf="pbkdf2", iterations=1)
    )
    stored = new_key(tmp_path, "ann", "a good long password")
    secret = tmp_path / "password"
    secret.write_text("a good long password")
    secret.chmod(0o600)
    found = open_signer("keystore:ann", Settings(keystore=tmp_path), empty, PasswordSource(secret))
    assert found.address == stored.address


@pytest.mark.parametrize("spec", ["", "ann", "keystore", "keystore:", "browser:chrome", "ledger", "Browser"])
def test_a_signer_that_does_not_exist_is_answered_with_those_that_do(empty: Connection, spec: str) -> None:
    with pytest.raises(SettingsError, match="no such signer") as caught:
        open_signer(spec, Settings(), empty, PasswordSource())
    assert "keystore:NAME" in caught.value.hint and "browser" in caught.value.hint


@pytest.mark.parametrize("address", ["", "0x12", "my safe", "0x" + "g" * 40])
def test_a_safe_is_named_by_its_address(empty: Connection, address: str) -> None:
    with pytest.raises(SettingsError, match="names no Safe") as caught:
        open_signer(f"safe-json:{address}", Settings(), empty, PasswordSource())
    assert "safe-json:0x" in caught.value.hint


# ------------------------------------------------------------------------------------------------- safe


def test_the_checksum_is_that_of_the_transaction_builder() -> None:
    """The example that the Transaction Builder itself is tested with, and its known answer."""
    account, owner = (
        "0xDF8a1Ce35c9a6ACE153B4e0767942f1E2291a1Aa",
        "0x49d4450977E2c95362C13D3a31a09311E0Ea26A6",
    )

    def method(name: str, kind: str, parameter: str) -> dict[str, Any]:
        return {
            "inputs": [{"internalType": kind, "name": parameter, "type": kind}],
            "name": name,
            "payable": False,
        }

    batch = {
        "version": "1.0",
        "chainId": "4",
        "createdAt": 1646321521061,
        "meta": {
            "name": "test batch file",
            "txBuilderVersion": "1.4.0",
            "checksum": "",
            "createdFromSafeAddress": account,
            "createdFromOwnerAddress": owner,
        },
        "transactions": [
            {
                "to": owner,
                "value": "0",
                "contractMethod": method("testAddress", "address", "paramAddress"),
                "contractInputsValues": {"paramAddress": owner},
            },
            {
                "to": owner,
                "value": "0",
                "contractMethod": method("testBool", "bool", "paramBool"),
                "contractInputsValues": {"paramAddress": "", "paramBool": "false"},
            },
            {
                "to": owner,
                "value": "2000000000000000000",
                "data": "0x42f4579000000000000000000000000049d4450977e2c95362c13d3a31a09311e0ea26a6",
            },
        ],
    }
    known = "0x832ecdb6653751ed00b79dede73864163e46e71815b72e11e506d6399bedffc9"
    assert checksum(batch) == known
    assert checksum(dict(reversed(batch.items()))) == known
    assert checksum({**batch, "transactions": batch["transactions"][::-1]}) != known  # type: ignore[index]


def _wallet(connection: Connection, owner: int) -> str:
    """A contract wallet of a development account, which stands for a Safe here."""
    code = load("OwnedWallet").creation_code([dev_account(owner).address])
    made = Sender(connection, dev_account(owner)).send(Call(None, code, "OwnedWallet", "constructor"))
    assert made.created is not None
    return to_checksum_address(made.created)


def test_what_a_safe_is_to_do_is_in_a_file_and_the_command_goes_on_after_it(
    empty: Connection, tmp_path: Path
) -> None:
    """The Safe becomes ADMIN: the deployment waits for it, and is finished after it has executed the file."""
    safe = _wallet(empty, 9)
    folder = tmp_path / "deployments" / "town"

    def go_on(admin_signer: AnySigner | None = None) -> Deployment:
        return deploy(
            empty,
            dev_account(0),
            local_parameters(admin=safe),
            network="town",
            folder=folder,
            admin_signer=admin_signer,
        )

    waiting = go_on()
    access = waiting.suite(empty).access
    assert safe in waiting.pending[0] and not access.admin_accepted(safe)
    settings = Settings(deployments=folder.parent, network="town")
    signer = open_signer(f"safe-json:{safe}", settings, empty, PasswordSource())
    before = empty.block_number()
    paths = []
    for _ in range(2):
        with pytest.raises(WrittenForSafe, match="nothing was sent") as caught:
            go_on(signer)
        assert caught.value.exit_code == 7 and "Transaction Builder" in caught.value.hint
        paths.append(caught.value.path)
    assert paths[0] == paths[1] and paths[0].parent == folder / "safe" and empty.block_number() == before
    batch = json.loads(paths[0].read_text())
    assert batch["chainId"] == str(empty.chain_id) and batch["meta"]["createdFromSafeAddress"] == safe
    kept = batch["meta"].pop("checksum")
    assert kept == checksum(batch)
    (entry,) = batch["transactions"]
    assert entry["contractMethod"]["name"] == "acceptAdmin" and entry["to"] == access.address
    act = load("OwnedWallet").function("act")
    data = act.encode([entry["to"], bytes.fromhex(entry["data"][2:])])
    Sender(empty, dev_account(9)).send(Call(safe, data, "OwnedWallet", "act"))
    finished = go_on()
    assert finished.pending == [] and finished.addresses == waiting.addresses
    assert access.admin_accepted(safe) and not access.has_role(0, dev_account(0).address)[0]


def test_a_statement_is_not_signed_by_who_signs_transactions_only(town: Town, tmp_path: Path) -> None:
    safe = SafeSigner(town.suite.token.address, town.connection, tmp_path)
    with pytest.raises(SigningError, match="transactions only"):
        require_officer(town.suite, safe)


def test_nothing_is_journalled_for_a_safe(empty: Connection, tmp_path: Path) -> None:
    signer = SafeSigner(_wallet(empty, 9), empty, tmp_path)
    with Journal(tmp_path / "journal", empty) as journal:
        sender = Sender(empty, signer, journal=journal)
        with pytest.raises(WrittenForSafe, match="2 transactions are"):
            sender.send_many(
                [Call(SOMEBODY, b"", "Coin", "send"), Call(dev_account(1).address, b"", "Coin", "send")]
            )
        assert journal.entries("asked") == [] and sender.resume() == []


def test_the_methods_and_values_in_the_file_say_what_the_data_does(town: Town, tmp_path: Path) -> None:
    suite = town.suite
    selectors = [bytes.fromhex("01020304"), bytes.fromhex("aabbccdd")]
    calls = [
        suite.access.set_target_function_role(suite.token.address, selectors, 7),
        suite.access.set_target_closed(suite.token.address, True),
        Call(SOMEBODY, b"\x01\x02\x03\x04\x05", "Foreign", "thing", 12),
    ]
    batch = json.loads(write_batch(tmp_path, 1, SOMEBODY, calls).read_text())
    first, second, third = batch["transactions"]
    assert first["contractMethod"]["name"] == "setTargetFunctionRole"
    assert first["contractInputsValues"] == {
        "target": suite.token.address,
        "selectors": "[0x01020304,0xaabbccdd]",
        "roleId": "7",
    }
    assert [part["type"] for part in first["contractMethod"]["inputs"]] == ["address", "bytes4[]", "uint64"]
    assert second["contractInputsValues"]["closed"] == "true"
    assert third == {"to": SOMEBODY, "value": "12", "data": "0x0102030405"}
    for entry, call in zip(batch["transactions"], calls, strict=True):
        assert entry["data"] == "0x" + call.data.hex()


def test_a_safe_creates_no_contracts_and_must_exist(empty: Connection, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot create") as caught:
        write_batch(tmp_path, 1, SOMEBODY, [Call(None, b"\x00", "Echo", "constructor")])
    assert "`admin`" in caught.value.hint and list(tmp_path.iterdir()) == []
    with pytest.raises(SettingsError, match="no contract at"):
        SafeSigner(SOMEBODY, empty, tmp_path)
