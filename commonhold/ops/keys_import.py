"""Bring a key of one's own into a keystore: from an encrypted file, a private key or a recovery phrase.

What is secret comes as a text from a prompt, a file or a descriptor; nothing here repeats it, not even in the
reason of an error.
"""

import re
from pathlib import Path
from typing import Final

from coincurve import PrivateKey
from eth_account import Account
from eth_account.signers.local import LocalAccount

from commonhold.chain.signing import is_published
from commonhold.errors import SigningError
from commonhold.ops.keys import StoredKey, decrypted, parse_keystore, refuse_shared, store_key

FIRST_ACCOUNT: Final = "m/44'/60'/0'/0/0"
_KEY: Final = re.compile(r"(0x)?[0-9a-fA-F]{64}\Z")
_PATH: Final = re.compile(r"m(/[0-9]+'?){1,10}\Z")
_PHRASES: Final = (12, 15, 18, 21, 24)


def import_secret(
    folder: Path, name: str, secret: str, password: str, path: str = FIRST_ACCOUNT
) -> StoredKey:
    """Store a private key (64 hex digits) or the account at `path` of a recovery phrase. SigningError."""
    return _store(folder, name, _account(secret.strip(), path), password)


def import_file(folder: Path, name: str, source: Path, old: str, password: str) -> StoredKey:
    """Store the key of an encrypted file, which `old` opens, encrypted anew with `password`. SigningError."""
    refuse_shared(source, "keystore")
    return _store(folder, name, decrypted(parse_keystore(source), old, source), password)


def _account(secret: str, path: str) -> LocalAccount:
    words = secret.split()
    if _KEY.match(secret):
        number = bytes.fromhex(secret.removeprefix("0x"))
        try:
            PrivateKey(number)
        except ValueError:
            raise SigningError("These 64 digits are no private key.", "Copy it again.") from None
        key: LocalAccount = Account.from_key(number)
        return key
    if len(words) not in _PHRASES:
        raise SigningError(
            "That is neither a private key (64 hexadecimal digits) nor a recovery phrase of 12 to 24 words.",
            "For an encrypted file name it: --from FILE.",
        )
    if not _PATH.match(path):
        raise SigningError(f"{path!r} is no derivation path.", f"Write it as {FIRST_ACCOUNT}.")
    Account.enable_unaudited_hdwallet_features()
    try:
        derived: LocalAccount = Account.from_mnemonic(" ".join(words), account_path=path)
    except Exception:  # noqa: BLE001 - the library's own message repeats the phrase
        raise SigningError(
            "The words are no recovery phrase: one is misspelt, missing or in the wrong place.",
            "Compare them with your copy; they are English words in small letters.",
        ) from None
    return derived


def _store(folder: Path, name: str, account: LocalAccount, password: str) -> StoredKey:
    if is_published(account.address):
        raise SigningError(
            f"This is the published development key of {account.address}: everybody can take what it holds.",
            "Make a key of your own with `commonhold keys new`.",
        )
    return store_key(folder, name, account, password)
