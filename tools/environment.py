"""Where the project's tools live, and the environment in which they see each other and nothing else."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from commonhold.chain.node import KINDS, MNEMONIC, Node, foundry_program, free_port

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
PYTHON = ROOT / ".venv" / "bin" / "python"

# Anvil and Ganache as brownie starts them: our chain ids, the published development accounts, room in a block
# for two of the largest transactions. Steps tracing is what brownie's coverage needs; it slows everything.
_NETWORKS = """\
live: []
development:
  - &anvil
    name: Anvil
    id: anvil
    cmd: anvil
    host: http://127.0.0.1
    cmd_settings: &settings
      port: {anvil}
      chain_id: 31337
      accounts: 32
      default_balance: 10000
      gas_limit: 33554432
      mnemonic: "{mnemonic}"
      steps_tracing: {tracing}
  - <<: *anvil
    id: development
  - name: Ganache
    id: ganache-cli
    cmd: ganache
    host: http://127.0.0.1
    cmd_settings:
      port: {ganache}
      chain_id: 1337
      network_id: 1337
      accounts: 32
      default_balance: 10000
      gas_limit: 33554432
      evm_version: shanghai
      mnemonic: "{mnemonic}"
"""


def _link(tool: str) -> None:
    """.local/bin/<tool> is Anvil or forge itself, before npm's launchers in PATH."""
    link, program = LOCAL / "bin" / tool, foundry_program(tool)
    if not link.is_symlink() or link.readlink() != program:
        link.unlink(missing_ok=True)
        link.symlink_to(program)


def tool_environment(home: Path | None = None) -> dict[str, str]:
    """The environment with the project's tools first in PATH and, if given, another HOME."""
    _link("anvil")
    _link("forge")
    folders = [ROOT / ".venv" / "bin", LOCAL / "bin", ROOT / "node_modules" / ".bin"]
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([*map(str, folders), environment.get("PATH", os.defpath)])
    environment["SOLCX_BINARY_PATH"] = str(LOCAL / "solcx")
    environment["VIRTUAL_ENV"] = str(ROOT / ".venv")
    if home is not None:
        environment["HOME"] = str(home)
    return environment


@contextlib.contextmanager
def brownie_home(tracing: bool = False, node: Node | None = None) -> Iterator[Path]:
    """A HOME for one run of brownie, with networks on ports of its own, or on that of a node that runs.

    Brownie reads ports, and packages that change the bytecode, from its folder in HOME, and it attaches to
    any node on its port and reverts that node's state. So no two runs share one. Accounts that somebody makes
    with `brownie accounts` are kept in .local/brownie-accounts.
    """
    homes = LOCAL / "homes"
    homes.mkdir(parents=True, exist_ok=True)
    accounts = LOCAL / "brownie-accounts"
    accounts.mkdir(mode=0o700, exist_ok=True)
    home = Path(tempfile.mkdtemp(dir=homes))
    try:
        folder = home / ".brownie"
        folder.mkdir()
        (folder / "accounts").symlink_to(accounts)
        ports = {kind: node.port if node and node.kind == kind else free_port() for kind in KINDS}
        networks = _NETWORKS.format(**ports, mnemonic=MNEMONIC, tracing=str(tracing).lower())
        (folder / "network-config.yaml").write_text(networks, encoding="utf-8")
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
