"""Compile a standard JSON input again, and compare with what lies on the chain: the double's judgement.

Written from what Sourcify and Etherscan document, without anything of the package: the compiler is run in an
empty folder, so that every source must be in the input; immutables are blanked by the compiler's own list of
places; libraries' addresses are read from the code on the chain where the input leaves them open.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.environment import ROOT

CACHE = ROOT / ".local" / "verifier-cache"
KNOWN_COMPILER = "0.8.30+commit.73712a01"
OUTPUTS = [
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.linkReferences",
    "evm.deployedBytecode.immutableReferences",
]


class NotCompiled(Exception):
    """The compiler's complaint."""


@dataclass(frozen=True)
class Code:
    """Code as compiled, blank where libraries' addresses go; the places of those and of immutables."""

    text: str
    links: list[tuple[int, int]]
    immutables: list[tuple[int, int]]

    def filled(self, onchain: bytes) -> bytes:
        """Blanks of libraries filled from the chain, immutables zero."""
        text = self.text
        for start, length in self.links:
            here = onchain[start : start + length].hex().ljust(2 * length, "0")
            text = text[: 2 * start] + here + text[2 * (start + length) :]
        return blanked(bytes.fromhex(text), self.immutables)


def blanked(code: bytes, places: list[tuple[int, int]]) -> bytes:
    found = bytearray(code)
    for start, length in places:
        found[start : start + length] = bytes(length)
    return bytes(found)


def without_metadata(code: bytes) -> bytes:
    """Without the CBOR text at the end, which hashes comments and file names too."""
    if len(code) < 2:
        return code
    size = int.from_bytes(code[-2:], "big") + 2
    return code[:-size] if size <= len(code) else code


def _places(references: Mapping[str, Any]) -> list[tuple[int, int]]:
    return [(int(place["start"]), int(place["length"])) for places in references.values() for place in places]


def compiled(standard_input: Mapping[str, Any], identifier: str) -> tuple[Code, Code]:
    """(creation code, runtime code) of "file:Name". Raises NotCompiled."""
    file, _, name = identifier.rpartition(":")
    settings = {**standard_input["settings"], "outputSelection": {file: {name: OUTPUTS}}}
    output = _run({**standard_input, "settings": settings})
    errors = [error for error in output.get("errors", ()) if error["severity"] == "error"]
    if errors:
        raise NotCompiled(str(errors[0].get("message")))
    try:
        evm = output["contracts"][file][name]["evm"]
    except KeyError:
        raise NotCompiled(f"there is no {identifier} in the input") from None
    flat = {kind: _flat(evm[kind]["linkReferences"]) for kind in ("bytecode", "deployedBytecode")}
    return (
        Code(evm["bytecode"]["object"], flat["bytecode"], []),
        Code(
            evm["deployedBytecode"]["object"],
            flat["deployedBytecode"],
            _places(evm["deployedBytecode"]["immutableReferences"]),
        ),
    )


def _flat(references: Mapping[str, Mapping[str, Any]]) -> list[tuple[int, int]]:
    return [place for names in references.values() for place in _places(names)]


def _run(request: Mapping[str, Any]) -> dict[str, Any]:
    """The compiler's answer, kept on the disk by the hash of the question."""
    text = json.dumps(request, sort_keys=True)
    kept = CACHE / f"{hashlib.sha256((KNOWN_COMPILER + text).encode()).hexdigest()}.json"
    if not kept.is_file():
        shim = os.environ.get("COMMONHOLD_SOLC", str(ROOT / ".local" / "bin" / "solc"))
        with tempfile.TemporaryDirectory() as empty:
            answer = subprocess.run(
                [shim, "--standard-json"], input=text, cwd=empty, capture_output=True, text=True, check=True
            )
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(answer.stdout)
        draft.replace(kept)
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def runtime_match(code: Code, onchain: bytes) -> str | None:
    """ "exact_match", "match" or None."""
    expected, found = code.filled(onchain), blanked(onchain, code.immutables)
    if expected == found:
        return "exact_match"
    return "match" if without_metadata(expected) == without_metadata(found) else None


def creation_match(code: Code, onchain: bytes, arguments: bytes | None = None) -> str | None:
    """The same of the data of the creating transaction; `arguments` must then be all that follows."""
    expected = code.filled(onchain)
    found, rest = onchain[: len(expected)], onchain[len(expected) :]
    if arguments is not None and rest != arguments:
        return None
    if expected == found:
        return "exact_match"
    # the metadata of the contract inside lies before the arguments
    return (
        "match"
        if expected and without_metadata(expected) == found[: len(without_metadata(expected))]
        else None
    )
