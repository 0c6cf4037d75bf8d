"""Is everything here that commonhold needs? A line for each question, and what to do about a no."""

import importlib.metadata
import locale
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from commonhold.chain.artifacts import artifacts_folder, every
from commonhold.chain.connect import Connection, shown_url
from commonhold.chain.node import HOST, NodeError, anvil_program
from commonhold.errors import CommonholdError
from commonhold.ops.keys import list_keys
from commonhold.ops.manifest import FILE, read
from commonhold.settings import Settings

State = Literal["ok", "warning", "problem"]
_PYTHON: Final = (3, 11)
_PACKAGES: Final = ("web3", "eth-account", "coincurve", "sqlalchemy", "openpyxl", "typer", "rich", "jinja2")
_FREE: Final = 500 * 2**20  # on the disk of the data folder [bytes]
_DRIFT: Final = 300  # between this clock and a public chain [s]
_PORT: Final = 8545


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. advice: what to do, empty if nothing."""

    name: str
    state: State
    detail: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in order; none of them raises."""
    for name, look in _CHECKS.items():
        try:
            yield look(settings)
        except CommonholdError as error:
            yield Finding(name, "problem", error.message, error.hint)
        except OSError as error:
            yield Finding(name, "problem", str(error), "Check the path and its rights.")


def _python(settings: Settings) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _PYTHON:
        return Finding("Python", "problem", found, "Install Python 3.11 or newer.")
    return Finding("Python", "ok", found)


def _packages(settings: Settings) -> Finding:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("packages", "problem", f"missing: {', '.join(missing)}", "Install commonhold again.")
    return Finding("packages", "ok", ", ".join(found))


def _text(settings: Settings) -> Finding:
    encoding = locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") != "utf8":
        return Finding("locale", "warning", encoding, "Names may not show: export LC_ALL=C.UTF-8")
    return Finding("locale", "ok", encoding)


def _artifacts(settings: Settings) -> Finding:
    folder = artifacts_folder()
    return Finding("contracts", "ok", f"{sum(1 for _ in every(folder))} compiled, in {folder}")


def _disk(settings: Settings) -> Finding:
    place = settings.data if settings.data.exists() else settings.data.parent
    free = shutil.disk_usage(place).free
    detail = f"{free // 2**20:,} MB free at {place}"
    if free < _FREE:
        return Finding("disk", "problem", detail, "Make room: journals and books are written here.")
    return Finding("disk", "ok", detail)


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((HOST, _PORT)) == 0
    detail = f"{_PORT} is {'in use' if taken else 'free'}"
    return Finding("port", "ok", detail, "" if not taken else "For a chain of your own: chain up --port 8546")


def _anvil(settings: Settings) -> Finding:
    try:
        return Finding("Anvil", "ok", anvil_program())
    except NodeError as error:
        return Finding("Anvil", "warning", str(error), "Only chains of your own need it.")


def _keys(settings: Settings) -> Finding:
    keys = list_keys(settings.keystore)
    shared = [key.path.name for key in keys if key.path.stat().st_mode & 0o077]
    if shared:
        advice = f"Run: chmod 600 {settings.keystore}/*.json"
        return Finding("keystores", "problem", f"others can read {', '.join(shared)}", advice)
    return Finding("keystores", "ok", f"{len(keys)} in {settings.keystore}")


def _node(settings: Settings) -> Finding:
    connection = Connection(settings.rpc, timeout=10, tries=2)
    if settings.chain_id is not None and connection.chain_id != settings.chain_id:
        detail = f"{shown_url(settings.rpc)} is chain {connection.chain_id}, not {settings.chain_id}"
        return Finding("node", "problem", detail, "Correct rpc or chain_id in commonhold.toml.")
    block = connection.block()
    detail = f"{shown_url(settings.rpc)}, chain {connection.chain_id}, block {block.number}"
    drift = abs(block.time - time.time())
    if not connection.is_local and drift > _DRIFT:
        advice = "The node is behind, or this computer's clock is wrong."
        return Finding("node", "warning", f"{detail}, {drift:,.0f} s from this clock", advice)
    return Finding("node", "ok", detail)


def _manifest(settings: Settings) -> Finding:
    if not (settings.deployment / FILE).is_file():
        advice = "commonhold deploy" if os.access(settings.deployments.parent, os.W_OK) else ""
        return Finding("manifest", "warning", f"no deployment in {settings.deployment}", advice)
    deployment = read(settings.deployment)
    deployment.verify(Connection(settings.rpc, timeout=10, tries=2))
    if deployment.pending:
        return Finding("manifest", "warning", "; ".join(deployment.pending), "Then: commonhold deploy")
    return Finding("manifest", "ok", f"{len(deployment.contracts)} contracts, code as deployed")


_CHECKS: Final[dict[str, Callable[[Settings], Finding]]] = {
    "Python": _python,
    "packages": _packages,
    "locale": _text,
    "contracts": _artifacts,
    "disk": _disk,
    "port": _port,
    "Anvil": _anvil,
    "keystores": _keys,
    "node": _node,
    "manifest": _manifest,
}


def place() -> Path:
    """The folder of the package."""
    return Path(__file__).resolve().parent.parent
