"""The files of signing a lease: one to sign for each signer, one that comes back.

    <key>/landlord-7.to-sign.json    typed data for the wallet of party 7, as any wallet signs it
    <key>/landlord-7.to-sign.txt     the same for a person
    <key>/landlord-7.signed.json     the signature, with the terms it is about

A file to sign holds the terms; for a tenant also, if asked for, a permit for the first payment; and for a
party that has no wallet on record yet, the form by which the signer's wallet joins. Numbers are decimal
strings.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonhold.errors import InputError

TO_SIGN: Final = "commonhold-to-sign-1"
SIGNED: Final = "commonhold-signed-1"
TO_SIGN_SUFFIX: Final = ".to-sign.json"
SIGNED_SUFFIX: Final = ".signed.json"


@dataclass(frozen=True, slots=True)
class ToSign:
    """One signer's file. wallet: None while the party has none. link: nonce and deadline of joining."""

    path: Path
    key: str
    role: str
    party: int
    wallet: str | None
    terms: dict[str, Any]
    terms_hash: str
    permit: dict[str, Any] | None
    link: dict[str, Any] | None
    names: dict[str, str]
    language: str

    @property
    def summary_path(self) -> Path:
        return self.path.with_name(self.path.name.removesuffix(TO_SIGN_SUFFIX) + ".to-sign.txt")

    @property
    def signed_path(self) -> Path:
        return self.path.with_name(self.path.name.removesuffix(TO_SIGN_SUFFIX) + SIGNED_SUFFIX)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": TO_SIGN,
            "key": self.key,
            "role": self.role,
            "party": self.party,
            "wallet": self.wallet,
            "terms_hash": self.terms_hash,
            "language": self.language,
            "names": self.names,
            "terms": self.terms,
            "permit": self.permit,
            "link": self.link,
        }


@dataclass(frozen=True, slots=True)
class SignedFile:
    """What one signer gave back. Signatures as 0x…; permit and link with their own signatures."""

    path: Path
    key: str
    party: int
    wallet: str
    terms: dict[str, Any]
    terms_hash: str
    signature: str
    permit: dict[str, Any] | None
    link: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return {
            "format": SIGNED,
            "key": self.key,
            "party": self.party,
            "wallet": self.wallet,
            "terms_hash": self.terms_hash,
            "signature": self.signature,
            "terms": self.terms,
            "permit": self.permit,
            "link": self.link,
        }


def folder_name(key: str) -> str:
    """A lease's key as the name of a folder on any system; letters of every script stay."""
    plain = re.sub(r"[^\w.-]+", "-", key).strip("-.") or "lease"
    return plain[:80]


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Whole or not at all, readable by its owner alone: it may hold names."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(path)


def _load(path: Path, kind: str, example: str) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} is damaged: {error}.", "Ask for the file again.") from None
    if not isinstance(document, dict) or document.get("format") != kind:
        raise InputError(f"{path} is not {example}.", f"Its `format` would be {kind}.")
    return document


def read_to_sign(path: Path) -> ToSign:
    """Raises InputError."""
    document = _load(path, TO_SIGN, "a file to sign")
    try:
        return ToSign(
            path=path,
            key=str(document["key"]),
            role=str(document["role"]),
            party=int(document["party"]),
            wallet=None if document["wallet"] is None else str(document["wallet"]),
            terms=dict(document["terms"]),
            terms_hash=str(document["terms_hash"]),
            permit=document["permit"],
            link=document["link"],
            names={str(key): str(value) for key, value in document["names"].items()},
            language=str(document["language"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is incomplete: {error}.", "Ask for the file again.") from None


def read_signed(path: Path) -> SignedFile:
    """Raises InputError."""
    document = _load(path, SIGNED, "a signed file")
    try:
        return SignedFile(
            path=path,
            key=str(document["key"]),
            party=int(document["party"]),
            wallet=str(document["wallet"]),
            terms=dict(document["terms"]),
            terms_hash=str(document["terms_hash"]),
            signature=str(document["signature"]),
            permit=document["permit"],
            link=document["link"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is incomplete: {error}.", "Ask the signer to sign again.") from None


def find(paths: list[Path], suffix: str) -> list[Path]:
    """The files with a suffix among files and folders, sorted. Raises InputError where there are none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob(f"*{suffix}"))
        else:
            found.append(path)
    if not found:
        places = ", ".join(str(path) for path in paths)
        raise InputError(f"There is no file *{suffix} in {places}.", "Check the folder.")
    return found
