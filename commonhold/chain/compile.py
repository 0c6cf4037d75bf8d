"""Compile the contracts into `artifacts/`: one JSON file per contract, interface and library.

    python -m commonhold.chain.compile                 # everything that changed
    python -m commonhold.chain.compile contracts/token # only these files or folders, and what they import

An artifact holds `name`, `source`, `abi`, `bytecode`, `deployedBytecode`, `linkReferences`,
`immutableReferences`, `metadata`, `storageLayout`, `methodIdentifiers`, `devdoc`, `userdoc` and `compiler`.
`artifacts/standard-input.json` is the self-contained compiler input of the whole project, and
`artifacts/source-numbers.json` the last number that the compiler gave in each of its files: of the two,
explorers get what one contract needs (`ops.sources.request`).

The compiler numbers everything it reads, and the order of a contract's functions can follow those numbers:
the code of a contract may depend on files that it does not import. So all files are compiled at once whenever
one of them changed; with nothing to do the compiler is not loaded. For some paths alone, the compiler reads
all files and writes the code of those that changed, or import what did. Warnings are errors.

How our Solidity files import, so that this step, brownie, forge and slither all resolve the same file under
the same name (which the metadata hash, and so the bytecode, contains):

* our interfaces and libraries by relative path: `import {ILease} from "../../interfaces/ILease.sol";`
* OpenZeppelin by package name: `import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";`
"""

import argparse
import hashlib
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

# All settings of the compiler. brownie-config.yaml and foundry.toml repeat them; a test compares.
SOLC_VERSION = "0.8.30"
EVM_VERSION = "shanghai"
OPTIMIZER_RUNS = 200
VIA_IR = True
REMAPPING = ("@openzeppelin/", "node_modules/@openzeppelin/")
# Optimizer runs for a source file that would pass 24,576 bytes with the usual figure; empty while none does.
RUNS_OF_FILE: dict[str, int] = {}

SOURCE_FOLDERS = ("contracts", "interfaces")
STAMP = ".stamp.json"
STANDARD_INPUT = "standard-input.json"
NUMBERS = "source-numbers.json"

_OUTPUTS = [
    "abi",
    "devdoc",
    "userdoc",
    "metadata",
    "storageLayout",
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.methodIdentifiers",
]
# The compiler's code for "larger than 24,576 bytes": reported like any warning, but the artifact is good.
_TOO_LARGE = "5574"
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"""^\s*import\b[^;"']*["']([^"']+)["']""", re.MULTILINE)


class CompileError(Exception):
    """The contracts do not compile; the message is the compiler's own, one paragraph per error."""


def settings(runs: int = OPTIMIZER_RUNS) -> dict[str, Any]:
    """The compiler settings that decide the bytecode, as standard JSON names them."""
    return {
        "optimizer": {"enabled": True, "runs": runs},
        "evmVersion": EVM_VERSION,
        "viaIR": VIA_IR,
        "remappings": ["=".join(REMAPPING)],
    }


def own_sources(root: Path) -> list[str]:
    """The Solidity files of the project, as paths relative to `root`, sorted."""
    return sorted(
        file.relative_to(root).as_posix()
        for folder in SOURCE_FOLDERS
        for file in (root / folder).rglob("*.sol")
    )


class _Reader:
    """Reads source files once and follows their imports."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, str] = {}
        self._imports: dict[str, list[str]] = {}

    def text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = (self._root / name).read_text(encoding="utf-8")
        return self._texts[name]

    def imports(self, name: str) -> list[str]:
        if name not in self._imports:
            found = _IMPORT.findall(_COMMENT.sub("", self.text(name)))
            self._imports[name] = [self._resolve(name, path) for path in found]
        return self._imports[name]

    def _resolve(self, importer: str, path: str) -> str:
        if path.startswith("."):
            resolved = posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))
        elif path.startswith(REMAPPING[0]):
            resolved = REMAPPING[1] + path[len(REMAPPING[0]) :]
        else:
            resolved = path
        if not (self._root / resolved).is_file():
            raise CompileError(
                f'{importer}: import "{path}" names no file ({resolved}). '
                "Import our own files by relative path and OpenZeppelin as @openzeppelin/…"
            )
        return resolved

    def closure(self, names: Iterable[str]) -> list[str]:
        """The files and everything they import, sorted."""
        seen: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo.extend(self.imports(name))
        return sorted(seen)

    def key(self, names: Iterable[str]) -> str:
        """A hash of these files, all they import, and their settings."""
        names = list(names)
        digest = hashlib.sha256(json.dumps([SOLC_VERSION, _OUTPUTS, *map(_settings_of, names)]).encode())
        for part in self.closure(names):
            digest.update(f"\0{part}\0{self.text(part)}".encode())
        return digest.hexdigest()


def _settings_of(name: str) -> dict[str, Any]:
    return settings(RUNS_OF_FILE.get(name, OPTIMIZER_RUNS))


def _standard_input(reader: _Reader, read: list[str], names: list[str], runs: int) -> dict[str, Any]:
    """Input that reads some files with what they import, and writes the code of `names` among them.

    Asking for everything under the one name "*" lets the shim share the answer with brownie.
    """
    selection = {name: {"*": _OUTPUTS} for name in (["*"] if names == read else names)}
    return {
        "language": "Solidity",
        "sources": {name: {"content": reader.text(name)} for name in reader.closure(read)},
        "settings": {**settings(runs), "outputSelection": selection},
    }


def tree_request(root: Path) -> dict[str, Any]:
    """The compiler input that answers with the syntax trees of all sources, and no code."""
    reader = _Reader(root)
    every = own_sources(root)
    request = _standard_input(reader, every, every, OPTIMIZER_RUNS)
    request["settings"]["outputSelection"] = {"*": {"": ["ast"]}}
    return request


def run_compiler(root: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """The compiler's answer to a standard JSON input. Raises CompileError when it does not run at all."""
    shim = Path(os.environ.get("COMMONHOLD_SOLC", root / ".local" / "bin" / "solc"))
    if not shim.is_file():
        raise CompileError(f"No Solidity compiler at {shim}: run `python3 bootstrap.py` first.")
    answer = subprocess.run(
        [str(shim), "--standard-json"], input=json.dumps(request), cwd=root, capture_output=True, text=True
    )
    if answer.returncode != 0:
        raise CompileError(f"The compiler stopped with code {answer.returncode}: {answer.stderr.strip()}")
    output: dict[str, Any] = json.loads(answer.stdout)
    return output


def _artifact(source: str, name: str, output: Mapping[str, Any]) -> dict[str, Any]:
    evm = output["evm"]
    return {
        "name": name,
        "source": source,
        "abi": output["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "deployedBytecode": "0x" + evm["deployedBytecode"]["object"],
        "linkReferences": evm["bytecode"]["linkReferences"],
        "immutableReferences": evm["deployedBytecode"]["immutableReferences"],
        "metadata": output["metadata"],
        "storageLayout": output["storageLayout"],
        "methodIdentifiers": evm["methodIdentifiers"],
        "devdoc": output["devdoc"],
        "userdoc": output["userdoc"],
        "compiler": {"version": SOLC_VERSION, "settings": _settings_of(source)},
    }


def _by_runs(names: Iterable[str]) -> dict[int, list[str]]:
    """The files by optimizer setting: one run of the compiler each."""
    groups: dict[int, list[str]] = {}
    for name in names:
        groups.setdefault(RUNS_OF_FILE.get(name, OPTIMIZER_RUNS), []).append(name)
    return groups


def _write(path: Path, value: Any) -> None:
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)


def _read_stamp(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        stamp: dict[str, dict[str, Any]] = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _selected(root: Path, every: list[str], only: Iterable[str | Path]) -> list[str]:
    wanted = [(root / path).resolve().relative_to(root.resolve()).as_posix() for path in only]
    for path in wanted:
        if not any(name == path or name.startswith(path + "/") for name in every):
            raise CompileError(
                f"{path}: no Solidity file of the project; contracts/ and interfaces/ hold them."
            )
    return [name for name in every if any(name == path or name.startswith(path + "/") for path in wanted)]


def compile_project(
    root: Path, *, force: bool = False, only: Iterable[str | Path] = (), quiet: bool = False
) -> dict[str, Path]:
    """Bring `root/artifacts` up to date and return the artifact file of each contract, by contract name.

    `only` limits the work to some files or folders: quick while one works on them; when others change later,
    their code may differ in the order of functions from what all files at once give. `force` compiles even
    what did not change. Raises CompileError with the compiler's messages; files that compile keep their new
    artifacts all the same.
    """
    folder = root / "artifacts"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / ".lock"):
        return _compile_locked(root, folder, force, tuple(only), quiet)


def _compile_locked(
    root: Path, folder: Path, force: bool, only: tuple[str | Path, ...], quiet: bool
) -> dict[str, Path]:
    reader = _Reader(root)
    every = own_sources(root)
    chosen = _selected(root, every, only) if only else every
    stamp = {name: entry for name, entry in _read_stamp(folder).items() if name in every}
    keys = {name: reader.key([name]) for name in chosen}
    whole = reader.key(every)

    def current(name: str) -> bool:
        entry = stamp.get(name)
        return (
            entry is not None
            and entry["key"] == keys[name]
            and all((folder / f"{contract}.json").is_file() for contract in entry["contracts"])
        )

    changed = [name for name in chosen if force or not current(name)]
    stale = changed
    one_build = all(entry.get("whole") == whole for entry in stamp.values())
    complete = all((folder / name).is_file() for name in (STANDARD_INPUT, NUMBERS))
    if not only and (changed or not one_build or not complete):
        stale = every
    if stale:
        if not quiet:
            print(f"Compiling {len(stale)} of {len(every)} Solidity files …", file=sys.stderr, flush=True)
        complaints: dict[str, None] = {}
        for runs, group in _by_runs(stale).items():
            compiled, output, of_all = _compile_good(root, reader, every, group, changed, runs, complaints)
            _store(folder, stamp, keys, compiled, output, whole if of_all else None)
            if of_all and not only:
                _write(folder / STANDARD_INPUT, _standard_input(reader, every, every, OPTIMIZER_RUNS))
                numbers = {name: tree["ast"]["id"] for name, tree in output["sources"].items()}
                _write(folder / NUMBERS, numbers)
        _write(folder / STAMP, stamp)
        if complaints:
            raise CompileError("\n\n".join(complaints))
    _remove_orphans(folder, stamp)
    return {
        contract: folder / f"{contract}.json"
        for entry in stamp.values()
        for contract in sorted(entry["contracts"])
    }


def _compile_good(
    root: Path,
    reader: _Reader,
    every: list[str],
    names: list[str],
    changed: list[str],
    runs: int,
    complaints: dict[str, None],
) -> tuple[list[str], dict[str, Any], bool]:
    """Compile `names` among all files. Returns what was compiled, the answer, and whether all were read.

    While some files have errors, note those that concern `names`, and try again without the files that they
    reach, for those that changed.
    """
    read = every
    while names:
        request = _standard_input(reader, read, names, runs)
        if read == every:
            request["settings"]["outputSelection"].setdefault("*", {})[""] = ["ast"]
        output = run_compiler(root, request)
        errors = [error for error in output.get("errors", ()) if error["severity"] != "info"]
        own = {"", *reader.closure(names)}
        complaints.update(
            (str(error["formattedMessage"]).strip(), None) for error in errors if _blamed([error]) & own
        )
        broken = [error for error in errors if error.get("errorCode") != _TOO_LARGE]
        if not broken:
            return names, output, read == every
        blamed = _blamed(broken)
        good = [name for name in read if blamed.isdisjoint(reader.closure([name]))]
        if len(good) == len(read):
            break
        read, names = good, [name for name in names if name in good and name in changed]
    return [], {}, False


def _blamed(errors: Iterable[Mapping[str, Any]]) -> set[str]:
    return {(error.get("sourceLocation") or {}).get("file", "") for error in errors}


def _store(
    folder: Path,
    stamp: dict[str, dict[str, Any]],
    keys: Mapping[str, str],
    group: list[str],
    output: Mapping[str, Any],
    whole: str | None,
) -> None:
    """whole: key of all the files that the compiler read, if it read all."""
    for source in group:
        contracts = output["contracts"].get(source, {})
        for name, compiled in contracts.items():
            for other, entry in stamp.items():
                if other != source and name in entry["contracts"]:
                    raise CompileError(f"Two contracts are named {name}: {other} and {source}. Rename one.")
            _write(folder / f"{name}.json", _artifact(source, name, compiled))
        stamp[source] = {"key": keys[source], "whole": whole, "contracts": sorted(contracts)}


def _remove_orphans(folder: Path, stamp: Mapping[str, Mapping[str, Any]]) -> None:
    known = {f"{contract}.json" for entry in stamp.values() for contract in entry["contracts"]}
    for file in folder.glob("*.json"):
        if file.name not in known and file.name not in (STAMP, STANDARD_INPUT, NUMBERS):
            file.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile the contracts into artifacts/.")
    parser.add_argument(
        "paths", nargs="*", type=Path, help="only these files or folders (default: everything)"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something is compiled")
    parser.add_argument("--force", action="store_true", help="compile also what did not change")
    arguments = parser.parse_args()
    root = Path(__file__).resolve().parent.parent.parent
    only = [path if path.is_absolute() else Path.cwd() / path for path in arguments.paths]
    try:
        artifacts = compile_project(root, force=arguments.force, only=only)
    except CompileError as error:
        print(error, file=sys.stderr)
        return 1
    if not arguments.quiet:
        print(f"{len(artifacts)} artifacts in {root / 'artifacts'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
