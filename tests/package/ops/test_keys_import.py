"""Keys that are brought along (faults K1, K2, K3, K4).

a private key with and without 0x · a phrase, its other accounts · an encrypted file · what is neither ·
a phrase misspelt · a number that is no key · a path that is none · published keys · a file that others read ·
another password · a file for another address · never over another
"""

import json
from pathlib import Path

import pytest
from eth_account import Account

from commonhold.chain.node import MNEMONIC
from commonhold.chain.signing import dev_account
from commonhold.errors import InputError, SigningError
from commonhold.ops import keys
from commonhold.ops.keys import PasswordSource, find_key, list_keys, open_key
from commonhold.ops.keys_import import import_file, import_secret

PASSWORD = "correct horse battery"
# of nobody: made for this test
KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Account.encrypt
    monkeypatch.setattr(
        keys.Account, "encrypt", lambda key, password: real(key, password, kdf="pbkdf2", iterations=1)
    )


@pytest.fixture
def password(tmp_path: Path) -> PasswordSource:
    path = tmp_path / "password"
    path.write_text(PASSWORD)
    path.chmod(0o600)
    return PasswordSource(path)


@pytest.mark.parametrize("text", [KEY, "0x" + KEY, KEY.upper(), f"  0x{KEY}\n"])
def test_a_private_key_is_stored_encrypted_for_its_owner_alone(
    tmp_path: Path, password: PasswordSource, text: str
) -> None:
    stored = import_secret(tmp_path / "keys", "old", text, PASSWORD)
    assert stored.address == Account.from_key(KEY).address and stored.private
    assert KEY not in stored.path.read_text().lower()
    assert open_key("old", tmp_path / "keys", password).address == stored.address
    assert find_key(stored.address.lower(), tmp_path / "keys") == stored


def test_a_recovery_phrase_gives_the_account_at_the_path(tmp_path: Path, password: PasswordSource) -> None:
    Account.enable_unaudited_hdwallet_features()
    first = import_secret(tmp_path, "first", f" {PHRASE.replace(' ', '  ')} ", PASSWORD)
    third = import_secret(tmp_path, "third", PHRASE, PASSWORD, "m/44'/60'/0'/0/2")
    assert first.address == Account.from_mnemonic(PHRASE).address
    assert third.address == Account.from_mnemonic(PHRASE, account_path="m/44'/60'/0'/0/2").address
    assert first.address != third.address and "winner" not in first.path.read_text()


def test_an_encrypted_file_is_encrypted_anew(tmp_path: Path, password: PasswordSource) -> None:
    old = tmp_path / "UTC--old"
    old.write_text(json.dumps(Account.encrypt(KEY, "the old password")))
    old.chmod(0o600)
    stored = import_file(tmp_path / "keys", "old", old, "the old password", PASSWORD)
    assert open_key("old", tmp_path / "keys", password).address == stored.address
    with pytest.raises(SigningError, match="does not open") as caught:
        import_file(tmp_path / "keys", "again", old, "another password", PASSWORD)
    assert "another password" not in f"{caught.value}{caught.value!r}"
    old.chmod(0o644)
    with pytest.raises(SigningError, match="can be read by others"):
        import_file(tmp_path / "keys", "again", old, "the old password", PASSWORD)
    assert [key.path.stem for key in list_keys(tmp_path / "keys")] == ["old"]


def test_a_keystore_that_holds_another_key_than_it_says_is_refused(
    tmp_path: Path, password: PasswordSource
) -> None:
    stored = import_secret(tmp_path, "mine", KEY, PASSWORD)
    content = json.loads(stored.path.read_text())
    content["address"] = dev_account(1).address[2:].lower()
    stored.path.write_text(json.dumps(content))
    with pytest.raises(SigningError, match="holds the key of"):
        open_key("mine", tmp_path, password)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither"),
        (KEY[:-1], "neither"),
        (KEY + "0", "neither"),
        ("two words", "neither"),
        ("g" * 64, "neither"),
        ("0" * 64, "no private key"),
        ("f" * 64, "no private key"),
        (PHRASE.replace("sausage", "sausages"), "no recovery phrase"),
        (PHRASE.replace("yellow", "winner"), "no recovery phrase"),
    ],
)
def test_K2_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SigningError, match=words) as caught:
        import_secret(tmp_path, "x", text, PASSWORD)
    error = caught.value
    shown = f"{error}{error!r}{error.as_json()}{error.__cause__}"
    assert error.__suppress_context__ or error.__context__ is None
    assert not text.strip() or text not in shown
    assert "sausage" not in shown and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["", "m", "44'/60'/0'/0/0", "m/44'/x", "m/" + "0/" * 20])
def test_a_derivation_path_that_is_none_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(SigningError, match="derivation path"):
        import_secret(tmp_path, "x", PHRASE, PASSWORD, path)


def test_K3_a_published_key_is_not_taken(tmp_path: Path) -> None:
    for text in (MNEMONIC, bytes(dev_account(3).key).hex()):
        with pytest.raises(SigningError, match="published development key"):
            import_secret(tmp_path, "x", text, PASSWORD)
    assert list(tmp_path.iterdir()) == []


def test_no_key_is_written_over_another_and_passwords_are_long(tmp_path: Path) -> None:
    import_secret(tmp_path, "x", KEY, PASSWORD)
    with pytest.raises(InputError, match="exists already"):
        import_secret(tmp_path, "x", PHRASE, PASSWORD)
    with pytest.raises(SigningError, match="shorter"):
        import_secret(tmp_path, "y", KEY, "short")
