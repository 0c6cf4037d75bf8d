"""What a service needs to compile one contract again: from its artifact and the manifest, nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import Artifact, ArtifactError, artifacts_folder, load
from commonhold.errors import SettingsError
from commonhold.ops.manifest import Deployed, Deployment
from commonhold.ops.sources.stand_ins import with_stand_ins

STANDARD_INPUT: Final = "standard-input.json"
NUMBERS: Final = "source-numbers.json"
# What the services compare; they set their own selection, this one is for whoever compiles it by hand.
_OUTPUTS: Final = ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"]


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """One contract to publish.

    identifier: file and name, as "contracts/token/CommunityToken.sol:CommunityToken"
    compiler: the long version, as "0.8.30+commit.73712a01"
    standard_input: the contract's sources with stand-ins for what else was read, and the settings, without
        addresses of libraries
    libraries: file -> name -> address, of those that it is linked to
    arguments: encoded constructor arguments
    creation: hash of the transaction that created it, if the manifest knows
    """

    contract: str
    chain_id: int
    address: str
    identifier: str
    compiler: str
    standard_input: Mapping[str, Any]
    libraries: Mapping[str, Mapping[str, str]]
    arguments: bytes
    creation: str | None = None

    @property
    def fingerprint(self) -> str:
        """Of everything that decides the answer, so that no earlier answer is believed for something else."""
        parts = [
            self.chain_id,
            self.address.lower(),
            self.identifier,
            self.compiler,
            self.standard_input,
            {file: dict(names) for file, names in self.libraries.items()},
            self.arguments.hex(),
        ]
        return "0x" + keccak(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hex()

    @property
    def linked_input(self) -> dict[str, Any]:
        """The standard input with the addresses of libraries among the settings."""
        settings = dict(self.standard_input["settings"])
        if self.libraries:
            settings["libraries"] = {file: dict(names) for file, names in self.libraries.items()}
        return {**self.standard_input, "settings": settings}


@dataclass(frozen=True, slots=True)
class _Read:
    """What the compiler read. sources: by file; numbers: the last number of each."""

    sources: Mapping[str, Any]
    numbers: Mapping[str, int]


@cache
def _parsed(path: Path, stamp: int) -> Any:
    return orjson.loads(path.read_bytes())


def _read(folder: Path) -> _Read:
    path = folder / STANDARD_INPUT
    try:
        sources = _parsed(path, path.stat().st_mtime_ns)["sources"]
        path = folder / NUMBERS
        numbers = _parsed(path, path.stat().st_mtime_ns)
        if set(sources) - set(numbers):
            raise KeyError("numbers of other sources")
        return _Read(sources, numbers)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}, which holds the sources, is missing or damaged ({type(error).__name__}).",
            "Run `commonhold compile --force` in the project.",
        ) from error


def requests_of(
    deployment: Deployment, names: list[str] | None = None, folder: Path | None = None
) -> list[SourceRequest]:
    """One request for each contract and library of the manifest, or for those named. Raises SettingsError."""
    wanted = names or list(deployment.contracts)
    for name in wanted:
        deployment.address(name)  # says which there are
    return [request_of(deployment, name, folder) for name in wanted]


def request_of(deployment: Deployment, name: str, folder: Path | None = None) -> SourceRequest:
    """Raises SettingsError, ArtifactError."""
    place = folder or artifacts_folder()
    artifact = load(name, place)
    entry = deployment.contracts[name]
    metadata = json.loads(artifact.raw["metadata"])
    source = str(artifact.raw["source"])
    return SourceRequest(
        contract=name,
        chain_id=deployment.chain_id,
        address=entry.address,
        identifier=f"{source}:{name}",
        compiler=str(metadata["compiler"]["version"]),
        standard_input=_standard_input(artifact, metadata, _read(place)),
        libraries=_libraries(artifact, deployment),
        arguments=_arguments(artifact, entry),
        creation=entry.transaction or None,
    )


def _standard_input(artifact: Artifact, metadata: Mapping[str, Any], read: _Read) -> dict[str, Any]:
    """Of the files that the metadata names, which are those that the contract imports."""
    sources = read.sources
    for file, known in metadata["sources"].items():
        if file not in sources:
            raise ArtifactError(
                f"{STANDARD_INPUT} has no {file}, of which {artifact.name} was compiled.",
                "Run `commonhold compile --force` in the project.",
            )
        content = str(sources[file]["content"])
        if "0x" + keccak(text=content).hex() != known["keccak256"]:
            raise ArtifactError(
                f"{file} in {STANDARD_INPUT} is not the file of which {artifact.name} was compiled.",
                "Run `commonhold compile --force` in the project, from the commit of the deployment.",
            )
    selection = {str(artifact.raw["source"]): {artifact.name: _OUTPUTS}}
    settings = {**artifact.raw["compiler"]["settings"], "outputSelection": selection}
    needed = {file: {"content": sources[file]["content"]} for file in metadata["sources"]}
    return {"language": "Solidity", "sources": with_stand_ins(needed, read.numbers), "settings": settings}


def _libraries(artifact: Artifact, deployment: Deployment) -> dict[str, dict[str, str]]:
    return {
        file: {name: deployment.address(name) for name in names}
        for file, names in artifact.raw["linkReferences"].items()
    }


def _arguments(artifact: Artifact, entry: Deployed) -> bytes:
    wanted = artifact.constructor_inputs.names
    if list(entry.arguments) != list(wanted):
        raise SettingsError(
            f"The manifest says that {artifact.name} was constructed with ({', '.join(entry.arguments)}); "
            f"its artifact wants ({', '.join(wanted)}).",
            "Use the version of commonhold that deployed it, or compile its commit.",
        )
    return artifact.constructor_inputs.encode(list(entry.arguments.values()))
