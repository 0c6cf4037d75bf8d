"""Keystores and passwords (faults K1, K2, K4, K5)."""

import json
import os
from pathlib import Path

import pytest
from eth_account import Account

from commonhold.errors import InputError, SigningError
from commonhold.ops import keys
from commonhold.ops.keys import PasswordSource, list_keys, new_key, open_key

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same format with fewer rounds: the tests are about files, not about the curve's cost."""
    real = Account.encrypt
    monkeypatch.setattr(
        keys.Account, "encrypt", lambda key, password: real(key, password, kdf="pbkdf2", iterations=1)
    )


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\nsecond line is not read\n")
    path.chmod(0o600)
    return path


def test_a_new_key_is_found_by_name_path_and_address(tmp_path: Path, password_file: Path) -> None:
    stored = new_key(tmp_path / "keystore", "ann", PASSWORD)
    source = PasswordSource(password_file)
    assert list_keys(tmp_path / "keystore") == [stored]
    for name in ("ann", "ann.json", str(stored.path), stored.address, stored.address.lower()):
        assert open_key(name, tmp_path / "keystore", source).address == stored.address
    assert stored.path.stat().st_mode & 0o077 == 0
    assert PASSWORD not in stored.path.read_text()


def test_a_key_is_never_overwritten_and_needs_a_name_and_a_password(tmp_path: Path) -> None:
    new_key(tmp_path, "ann", PASSWORD)
    with pytest.raises(InputError, match="exists already"):
        new_key(tmp_path, "ann", PASSWORD)
    for name in ("", "../ann", "a/b", ".hidden"):
        with pytest.raises(InputError, match="no name for a key"):
            new_key(tmp_path, name, PASSWORD)
    with pytest.raises(SigningError, match="shorter"):
        new_key(tmp_path, "ben", "short")


def test_K1_a_wrong_password_is_a_clear_error_without_it(tmp_path: Path, password_file: Path) -> None:
    new_key(tmp_path, "ann", PASSWORD)
    password_file.write_text("wrong password 123")
    with pytest.raises(SigningError, match="does not open") as caught:
        open_key("ann", tmp_path, PasswordSource(password_file))
    shown = f"{caught.value}{caught.value!r}{caught.value.__cause__}"
    assert "wrong password 123" not in shown and caught.value.exit_code == 6


def test_K4_a_keystore_or_password_file_that_others_can_read_is_refused(
    tmp_path: Path, password_file: Path
) -> None:
    stored = new_key(tmp_path, "ann", PASSWORD)
    stored.path.chmod(0o640)
    with pytest.raises(SigningError, match="can be read by others") as caught:
        open_key("ann", tmp_path, PasswordSource(password_file))
    assert "chmod 600" in caught.value.hint
    stored.path.chmod(0o600)
    password_file.chmod(0o604)
    with pytest.raises(SigningError, match="password file"):
        open_key("ann", tmp_path, PasswordSource(password_file))


def test_K5_a_password_comes_from_a_descriptor(tmp_path: Path) -> None:
    stored = new_key(tmp_path, "ann", PASSWORD)
    read, write = os.pipe()
    os.write(write, PASSWORD.encode() + b"\n")
    os.close(write)
    assert open_key("ann", tmp_path, PasswordSource(descriptor=read)).address == stored.address
    os.close(read)
    with pytest.raises(SigningError, match="Descriptor"):
        open_key("ann", tmp_path, PasswordSource(descriptor=read))


def test_K5_a_password_comes_from_a_prompt_that_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["one one one", "two two two", PASSWORD, PASSWORD]
    monkeypatch.setattr(keys.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(keys.getpass, "getpass", lambda _: answers.pop(0))
    with pytest.raises(SigningError, match="differ"):
        PasswordSource().read("?", twice=True)
    assert PasswordSource().read("?", twice=True) == PASSWORD


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys.sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(SigningError, match="no terminal"):
        PasswordSource().read("?")


def test_files_that_are_no_keystores_are_told_apart(tmp_path: Path, password_file: Path) -> None:
    assert list_keys(tmp_path / "nowhere") == []
    with pytest.raises(SigningError, match="no keystore ann"):
        open_key("ann", tmp_path, PasswordSource(password_file))
    path = tmp_path / "ann.json"
    for content in ("{", "[]", '{"crypto": 5}', "x" * 70_000):
        path.write_text(content)
        path.chmod(0o600)
        with pytest.raises(SigningError, match="is no keystore"):
            open_key("ann", tmp_path, PasswordSource(password_file))
    for address in ("", "zz" * 20):
        path.write_text(json.dumps({"crypto": {}, "address": address}))
        with pytest.raises(SigningError, match="does not name its address"):
            open_key("ann", tmp_path, PasswordSource(password_file))
    assert list_keys(tmp_path) == []
    with pytest.raises(SigningError, match="no password file"):
        PasswordSource(tmp_path / "none").read("?")
    password_file.write_bytes(b"\xff\xfe")
    with pytest.raises(SigningError, match="not UTF-8"):
        PasswordSource(password_file).read("?")
