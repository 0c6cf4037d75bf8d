"""Local chains: start and stop Anvil (the default) or Ganache on 127.0.0.1.

    with Node() as node:
        w3 = Web3(Web3.HTTPProvider(node.rpc_url))

Each node gets a free port picked at run time, the published development mnemonic and a chain id that says
"development" (Anvil 31337, Ganache 1337). The node ends with its `Node`, with this process, and even when
this process is killed; `keep=True` lets it live on.
"""

import atexit
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, get_args

Kind = Literal["anvil", "ganache"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

HOST: Final = "127.0.0.1"
MNEMONIC: Final = "test test test test test test test test test test test junk"
CHAIN_IDS: Final[dict[Kind, int]] = {"anvil": 31337, "ganache": 1337}
# Two transactions of the largest size that a public network takes (2^24 gas each, EIP-7825) fit a block.
GAS_LIMIT: Final = 2 * 2**24

_ROOT = Path(__file__).resolve().parent.parent.parent
_TRIES = 5
_LINES_SHOWN = 12

# Waits on its input, which closes when this process ends in whatever way; then ends the node and clears up.
_GUARD = 'read -r _; kill "$0" 2>/dev/null; while kill -0 "$0" 2>/dev/null; do sleep 0.2; done; rm -rf "$1"'


class NodeError(Exception):
    """The node's program is missing, or it did not start."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def foundry_program(tool: str) -> Path:
    """Where the project's Anvil or forge is: the program, not npm's launcher.

    The launcher leaves its child running when it is ended, and ends with 0 whatever the child said.
    """
    machine = platform.machine().lower()
    processor = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    package = f"{tool}-{platform.system().lower()}-{processor}"
    return _ROOT / "node_modules" / "@foundry-rs" / package / "bin" / tool


def anvil_program() -> str:
    """The path of Anvil: the one COMMONHOLD_ANVIL names, the project's own, or the machine's."""
    chosen = os.environ.get("COMMONHOLD_ANVIL")
    if chosen:
        return chosen
    bundled = foundry_program("anvil")
    if bundled.is_file():
        return str(bundled)
    found = shutil.which("anvil")
    if found is None:
        raise NodeError(
            f"Anvil is not installed ({bundled} is missing): run `python3 bootstrap.py` in the project, "
            "or set COMMONHOLD_ANVIL to the program's path."
        )
    return found


def ganache_command() -> list[str]:
    """The command that starts Ganache."""
    script = _ROOT / "node_modules" / "ganache" / "dist" / "node" / "cli.js"
    own = _ROOT / ".local" / "bin" / "node"
    node = str(own) if own.exists() else shutil.which("node")
    if not script.is_file() or node is None:
        raise NodeError(
            f"Ganache is not installed ({script} and Node): run `python3 bootstrap.py` in the project."
        )
    return [node, str(script)]


class Node:
    """One running node. Starts on `start()` or on entering the `with` block.

    kind: "anvil" or "ganache". port: a fixed port; by default a free one is picked.
    state: file that Anvil loads at start and writes at stop (for Ganache a folder).
    timestamp: time of the first block [unix]. gas_limit: of a block [gas].
    accounts, balance [ether]: funded development accounts.
    steps_tracing: keep instruction traces (Anvil; slow). log: file for the node's output.
    keep: leave the node running when this process ends. history: folder for the states of old blocks, which
    goes when the node is stopped (default: a new one among the temporary files).
    options: further arguments, as the program takes them.
    """

    def __init__(
        self,
        kind: Kind = "anvil",
        *,
        port: int | None = None,
        chain_id: int | None = None,
        state: Path | None = None,
        timestamp: int | None = None,
        gas_limit: int = GAS_LIMIT,
        accounts: int = 10,
        balance: int = 10_000,
        steps_tracing: bool = False,
        log: Path | None = None,
        keep: bool = False,
        history: Path | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        self.kind = kind
        self.chain_id = CHAIN_IDS[kind] if chain_id is None else chain_id
        self._fixed_port = port
        self._port: int | None = None
        self._state = state
        self._timestamp = timestamp
        self._gas_limit = gas_limit
        self._accounts = accounts
        self._balance = balance
        self._steps_tracing = steps_tracing
        self._log = log
        self._keep = keep
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        # where Anvil keeps the states of old blocks, gigabytes in a long run
        self._history: Path | None = history
        self._history_chosen = history

    @property
    def port(self) -> int:
        """The TCP port the node listens on."""
        if self._port is None:
            raise NodeError("The node is not running: call start() first.")
        return self._port

    @property
    def rpc_url(self) -> str:
        """The address for JSON-RPC."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the node itself."""
        if self._process is None:
            raise NodeError("The node is not running: call start() first.")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, timeout: float = 60) -> Self:
        """Start the node and wait until it answers, at most `timeout` seconds. Raises NodeError."""
        if self.running:
            return self
        tries = 1 if self._fixed_port is not None else _TRIES
        failure = ""
        for _ in range(tries):
            port = free_port() if self._fixed_port is None else self._fixed_port
            failure = self._try_port(port, timeout)
            if not failure:
                return self
        raise NodeError(f"{self.kind} did not start: {failure}")

    def stop(self, timeout: float = 60) -> None:
        """End the node; Anvil writes its state first. Calling it again does nothing."""
        process, guard = self._process, self._guard
        self._process = self._guard = self._port = None
        if guard is not None:
            guard.kill()
            guard.wait()
            if guard.stdin is not None:
                guard.stdin.close()
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._history is not None:
            shutil.rmtree(self._history, ignore_errors=True)
            self._history = self._history_chosen
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _try_port(self, port: int, timeout: float) -> str:
        """Start on this port; returns an empty text, or why it failed."""
        if _answers(port) is not None:
            return f"something else already answers on {HOST}:{port}"
        with tempfile.TemporaryFile() if self._log is None else self._log.open("ab+") as output:
            process = subprocess.Popen(
                self._command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._process, self._port = process, port
            if not self._keep:
                self._guard = subprocess.Popen(
                    ["/bin/sh", "-c", _GUARD, str(process.pid), str(self._history or "")],
                    stdin=subprocess.PIPE,
                    start_new_session=True,
                )
                atexit.register(self.stop)
            end = time.monotonic() + timeout
            while time.monotonic() < end and process.poll() is None:
                chain_id = _answers(port)
                if chain_id is not None and process.poll() is None:
                    if chain_id == self.chain_id:
                        return ""
                    self.stop()
                    return f"the node on port {port} has chain id {chain_id}, not {self.chain_id}"
                time.sleep(0.02)
            code = process.poll()
            self.stop(timeout=5)
            output.seek(0)
            lines = output.read().decode(errors="replace").strip().splitlines()[-_LINES_SHOWN:]
        words = f"no answer within {timeout:g} s" if code is None else f"it ended with code {code}"
        return "\n".join([words, *(line[:200] for line in lines)])

    def _command(self, port: int) -> list[str]:
        return self._anvil(port) if self.kind == "anvil" else self._ganache(port)

    def _anvil(self, port: int) -> list[str]:
        self._history = self._history or Path(tempfile.mkdtemp(prefix="commonhold-anvil-"))
        self._history.mkdir(parents=True, exist_ok=True)
        command = [anvil_program(), "--quiet", "--host", HOST, "--port", str(port)]
        command += ["--cache-path", str(self._history)]
        command += ["--chain-id", str(self.chain_id), "--mnemonic", MNEMONIC, "--order", "fifo"]
        command += ["--accounts", str(self._accounts), "--balance", str(self._balance)]
        command += ["--gas-limit", str(self._gas_limit)]
        if self._state is not None:
            command += ["--state", str(self._state)]
        if self._timestamp is not None:
            command += ["--timestamp", str(self._timestamp)]
        if self._steps_tracing:
            command.append("--steps-tracing")
        return [*command, *self._options]

    def _ganache(self, port: int) -> list[str]:
        command = [*ganache_command(), "--logging.quiet", "--server.host", HOST, "--server.port", str(port)]
        command += ["--chain.chainId", str(self.chain_id), "--chain.networkId", str(self.chain_id)]
        command += ["--chain.hardfork", "shanghai", "--wallet.mnemonic", MNEMONIC]
        command += [
            "--wallet.totalAccounts",
            str(self._accounts),
            "--wallet.defaultBalance",
            str(self._balance),
        ]
        command += ["--miner.blockGasLimit", str(self._gas_limit)]
        if self._state is not None:
            command += ["--database.dbPath", str(self._state)]
        if self._timestamp is not None:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._timestamp))
            command += ["--chain.time", moment]
        return [*command, *self._options]


def _answers(port: int) -> int | None:
    """The chain id of the node on this port, or None while there is none."""
    question = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
    request = urllib.request.Request(
        f"http://{HOST}:{port}", data=question, headers={"Content-Type": "application/json"}
    )
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=5) as answer:
            return int(json.load(answer)["result"], 16)
    except (urllib.error.URLError, OSError, ValueError, KeyError, TypeError):
        return None
