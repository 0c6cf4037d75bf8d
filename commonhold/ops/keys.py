"""Keystores: encrypted key files (Web3 Secret Storage), read with a password from a prompt, a file or a
descriptor.

A key is made here for the person who runs the command, on that person's machine. Nothing else in the package
makes keys for others, but `simulate` and the demo, whose residents are invented.
"""

import contextlib
import getpass
import json
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from commonhold.errors import InputError, SigningError

_SHORTEST: Final = 8
_MOST_FILE: Final = 1 << 16  # a keystore is about 500 bytes


@dataclass(frozen=True, slots=True)
class PasswordSource:
    """Where a password comes from: a file, an open file descriptor, or (neither given) a prompt.

    what: how messages call it, where it is another secret. option: by which it is given, without the end.
    """

    file: Path | None = None
    descriptor: int | None = None
    what: str = "password"
    option: str = "password"

    def read(self, prompt: str, *, twice: bool = False) -> str:
        """The password. Raises SigningError; no message ever contains it."""
        if self.file is not None:
            refuse_shared(self.file, f"{self.what} file")
            return self._first_line(self.file.read_bytes())
        if self.descriptor is not None:
            try:
                with os.fdopen(self.descriptor, "rb", closefd=False) as stream:
                    return self._first_line(stream.read(_MOST_FILE))
            except OSError as error:
                raise SigningError(
                    f"Descriptor {self.descriptor} cannot be read ({error.strerror}).",
                    f"Open it in the shell: --{self.option}-fd 3 3< file",
                ) from None
        if not sys.stdin.isatty():
            raise SigningError(
                f"There is no terminal to ask for the {self.what}.",
                f"Use --{self.option}-file or --{self.option}-fd.",
            )
        password = getpass.getpass(prompt)
        if twice and getpass.getpass("Once more: ") != password:
            raise SigningError("The two passwords differ.", "Try again.")
        return password

    def _first_line(self, content: bytes) -> str:
        try:
            return content.decode("utf-8").split("\n")[0].rstrip("\r")
        except UnicodeDecodeError:
            raise SigningError(f"The {self.what} is not UTF-8 text.", "Save the file as UTF-8.") from None


def refuse_shared(path: Path, what: str) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SigningError(f"There is no {what} {path}.", "Check the path.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningError(
            f"The {what} {path} can be read by others on this machine.", f"Run: chmod 600 {path}"
        )


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A keystore file and the address it is for."""

    path: Path
    address: str

    @property
    def private(self) -> bool:
        """Whether its owner alone can read the file."""
        return not self.path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def find_key(name: str, folder: Path) -> StoredKey:
    """A keystore by its path, its name in the folder, or its address; not opened. SigningError."""
    path = _find(name, folder)
    return StoredKey(path, _address(parse_keystore(path), path))


def list_keys(folder: Path) -> list[StoredKey]:
    """The keystores in a folder, by name."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        with contextlib.suppress(SigningError):
            if path.is_file():
                found.append(StoredKey(path, _address(parse_keystore(path), path)))
    return found


def new_key(folder: Path, name: str, password: str) -> StoredKey:
    """Make a key and store it encrypted as `folder/name.json`, readable by its owner alone."""
    account: LocalAccount = Account.create()
    return store_key(folder, name, account, password)


def store_key(folder: Path, name: str, account: LocalAccount, password: str) -> StoredKey:
    """Store a key encrypted as `folder/name.json`, readable by its owner alone; never over another."""
    if not name or name != Path(name).name or name.startswith("."):
        raise InputError(f"{name!r} is no name for a key.", "Use letters, digits, - and _.")
    if len(password) < _SHORTEST:
        raise SigningError(f"The password is shorter than {_SHORTEST} characters.", "Choose a longer one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.json"
    content = json.dumps(Account.encrypt(account.key, password))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(
            f"{path} exists already.", "Choose another name: keys are never overwritten."
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return StoredKey(path, account.address)


def open_key(name: str, folder: Path, source: PasswordSource) -> LocalAccount:
    """The signer in a keystore, by its path, its name in the folder, or its address. SigningError."""
    path = _find(name, folder)
    refuse_shared(path, "keystore")
    keystore = parse_keystore(path)
    password = source.read(f"Password of {path.name} ({_address(keystore, path)}): ")
    return decrypted(keystore, password, path)


def decrypted(keystore: Mapping[str, Any], password: str, path: Path) -> LocalAccount:
    """The account in a keystore. Raises SigningError, without the password."""
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(dict(keystore), password))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SigningError(f"The password does not open {path}.", "Try again; capitals count.") from None
    named = str(keystore.get("address", "")).removeprefix("0x")
    if named and named.lower() != account.address[2:].lower():
        raise SigningError(
            f"{path} says that it is for {to_checksum_address('0x' + named)}, but holds the key of "
            f"{account.address}.",
            "Somebody has changed the file. Do not use it before you know why.",
        )
    return account


def _find(name: str, folder: Path) -> Path:
    for path in (Path(name), folder / name, folder / f"{name}.json"):
        if path.is_file():
            return path
    for stored in list_keys(folder):
        if stored.address.lower() == name.lower():
            return stored.path
    known = ", ".join(stored.path.stem for stored in list_keys(folder)) or "none"
    raise SigningError(
        f"There is no keystore {name}.", f"In {folder}: {known}. `commonhold keys new` makes one."
    )


def parse_keystore(path: Path) -> Mapping[str, Any]:
    """The JSON of a keystore. Raises SigningError."""
    try:
        if path.stat().st_size > _MOST_FILE:
            raise ValueError
        keystore = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(keystore, dict) or not isinstance(keystore.get("crypto"), dict):
            raise ValueError
    except (ValueError, OSError):
        raise SigningError(
            f"{path} is no keystore.", "A keystore is a JSON file with a `crypto` part."
        ) from None
    return keystore


def _address(keystore: Mapping[str, Any], path: Path) -> str:
    text = str(keystore.get("address", "")).removeprefix("0x")
    if len(text) != 40:
        raise SigningError(f"{path} does not name its address.", "Make a new one with `commonhold keys new`.")
    try:
        return to_checksum_address("0x" + text)
    except ValueError:
        raise SigningError(f"{path} does not name its address.", "Is the file damaged?") from None
