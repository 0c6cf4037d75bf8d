"""The manifest of a deployment: `deployments/<network>/manifest.json`.

It says which contract lies where since which block, with which code, arguments and roles, on which chain, and
from which sources. Every command compares it with the chain first, and stops where they differ, before
anything is signed.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.chain.journal import flush_folder
from commonhold.errors import ChainError, SettingsError

FORMAT: Final = 2
_READ: Final = (
    1,
    2,
)  # 1 had neither blocks and transactions of contracts nor commit, first_nonce, openzeppelin
FILE: Final = "manifest.json"


class ManifestMismatch(ChainError):
    """The chain is not the one that the manifest describes. Nothing was signed."""


class CodeMissing(ManifestMismatch):
    """Nothing lies where a contract should."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """One contract or library: where it lies, the hash of its code, what it was constructed with.

    block, transaction: where and by which it was created; 0 and empty where the manifest is older
    """

    address: str
    code_hash: str
    arguments: dict[str, Any]
    block: int = 0
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What was deployed.

    genesis: hash of the chain's block 0. version: of the package. compiler, openzeppelin: their versions.
    commit: of the sources, with + behind it where they were changed since; empty where there is no git.
    block: of the last step. first_nonce: of the deployer. parameters: as in `plan.Parameters`.
    pending: what is still to be done, by whom.
    """

    network: str
    chain_id: int
    genesis: str
    version: str
    compiler: str
    deployer: str
    block: int
    parameters: dict[str, Any]
    contracts: dict[str, Deployed]
    pending: list[str]
    first_nonce: int = 0
    commit: str = ""
    openzeppelin: str = ""

    @property
    def utc_offset(self) -> int:
        """Of the community's calendar [s]."""
        return int(self.parameters["utc_offset"])

    def address(self, contract: str) -> str:
        """Raises SettingsError for a contract that was not deployed."""
        try:
            return self.contracts[contract].address
        except KeyError:
            raise SettingsError(
                f"The manifest of {self.network} has no contract {contract}.",
                f"It has {', '.join(self.contracts)}. Was it written by another version?",
            ) from None

    @property
    def addresses(self) -> dict[str, str]:
        return {name: contract.address for name, contract in self.contracts.items()}

    @property
    def begin(self) -> int:
        """The block of the first contract; 0 where the manifest is older than that it says so."""
        return min((contract.block for contract in self.contracts.values()), default=0)

    def suite(self, connection: Connection) -> Suite:
        """Wrappers for all contracts."""
        return Suite(connection, self.addresses, self.begin)

    def verify(self, connection: Connection) -> None:
        """Raises ManifestMismatch unless chain id, genesis and the code of every contract are as written."""
        if connection.chain_id != self.chain_id:
            raise ManifestMismatch(
                f"The node's chain id is {connection.chain_id}; the manifest of {self.network} "
                f"is for {self.chain_id}.",
                "Connect to the right node (rpc in commonhold.toml, or --rpc).",
            )
        if connection.genesis_hash != self.genesis:
            raise ManifestMismatch(
                f"The node's chain has another beginning (genesis {connection.genesis_hash}) than the one "
                f"that the manifest of {self.network} was written for ({self.genesis}).",
                "A restarted development chain is a new chain: deploy again, or start it with --state.",
            )
        for name, contract, code in zip(
            self.contracts,
            self.contracts.values(),
            connection.codes([contract.address for contract in self.contracts.values()]),
            strict=True,
        ):
            if not code:
                raise CodeMissing(
                    f"There is no {name} at {contract.address}.",
                    "Is the node fully synchronised? If a reorganisation took it back, `commonhold deploy "
                    "resume` sends the same again.",
                )
            if code_hash(code) != contract.code_hash:
                raise ManifestMismatch(
                    f"The code at {contract.address} is not the {name} that was deployed.",
                    "Do not send anything there. Compare the manifest with a copy from its source.",
                )

    # ---- on disk

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    def write(self, folder: Path) -> Path:
        """Write `folder/manifest.json`, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(orjson.dumps(self.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        flush_folder(folder)
        return path


def read(folder: Path) -> Deployment:
    """The manifest in a folder. Raises SettingsError."""
    path = folder / FILE
    try:
        raw = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise SettingsError(
            f"There is no deployment in {folder}.",
            "Deploy first (`commonhold deploy`), or name the network with --network.",
        ) from None
    except orjson.JSONDecodeError as error:
        raise SettingsError(f"{path} is damaged: {error}.", "Restore it from a copy.") from error
    return _from_json(raw, path)


def _from_json(raw: Any, path: Path) -> Deployment:
    if not isinstance(raw, Mapping) or raw.get("format") not in _READ:
        raise SettingsError(
            f"{path} is no manifest that this version reads (format {FORMAT}).", "Update commonhold."
        )
    try:
        fields = {key: value for key, value in raw.items() if key != "format"}
        fields["contracts"] = {name: Deployed(**entry) for name, entry in raw["contracts"].items()}
        return Deployment(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} is incomplete: {error}.", "Restore it from a copy.") from error


def code_hash(code: bytes) -> str:
    """keccak256 of deployed code, as 0x…"""
    return "0x" + keccak(code).hex()
