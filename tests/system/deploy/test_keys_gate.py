"""The gate of secrets (fault K2, with K1, K4, K5): real processes with marked secrets, and a search.

A marked password, private key and key of Etherscan go through `keys import`, `keys new`, `deploy`, `deploy
verify-source` on a chain with a test network's id, rightly and wrongly. Then everything that could have kept
them is searched: the arguments and environments of all processes while they ran, what they printed, every
file that they wrote, the sources of the project.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from eth_account import Account

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.signing import dev_account
from tests.sources.double import KEY as SERVICE_KEY
from tests.sources.double import SourcesDouble
from tools.environment import ROOT

CHAIN = 11155111
PASSWORD = "MARKEDpasswordOfTheDeployer"
SECRET = "d1" * 4 + "a5c3e7" * 9 + "b2"  # of nobody, marked by its pattern


@dataclass
class Desk:
    """A folder with settings and secrets, from which commands are run; notes what processes show."""

    folder: Path
    said: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    secrets: dict[str, Path] = field(default_factory=dict)

    def secret(self, name: str, content: str) -> Path:
        path = self.folder.parent / f"secret-{name}"
        path.write_text(content + "\n")
        path.chmod(0o600)
        self.secrets[name] = path
        return path

    def run(self, *arguments: str, fds: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
        """The command in a process of its own; `{0}` in an argument is the number of the first open file."""
        opened = [path.open("rb") for path in fds]
        numbers = [str(stream.fileno()) for stream in opened]
        argv = [sys.executable, "-m", "commonhold.cli", *(part.format(*numbers) for part in arguments)]
        child = subprocess.Popen(
            argv,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[stream.fileno() for stream in opened],
        )
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(child.pid, ended))
        watcher.start()
        out, err = child.communicate(timeout=240)
        ended.set()
        watcher.join()
        for stream in opened:
            stream.close()
        self.said += [out, err]
        return subprocess.CompletedProcess(argv, child.returncode, out, err)

    def _watch(self, pid: int, ended: threading.Event) -> None:
        """Arguments and environments of the command and of whatever it starts."""
        while not ended.wait(0.05):
            for place in [Path(f"/proc/{pid}"), *_children(pid)]:
                for name in ("cmdline", "environ"):
                    try:
                        self.seen.add((place / name).read_bytes().decode(errors="replace"))
                    except OSError:
                        continue


def _children(pid: int) -> list[Path]:
    try:
        numbers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [Path(f"/proc/{number}") for number in numbers]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One deployment, with everything that went before it."""
    folder = tmp_path_factory.mktemp("gate") / "work"
    folder.mkdir()
    with Node(chain_id=CHAIN) as node, SourcesDouble(node.rpc_url) as double:
        made = Desk(folder)
        password, key = made.secret("password", PASSWORD), made.secret("key", SECRET)
        account = Account.from_key(SECRET).address
        connection = Connection(node.rpc_url)
        connection.call("anvil_setBalance", account, hex(10**20))
        (folder / "commonhold.toml").write_text(
            f'[network]\nname = "gate"\n[networks.gate]\nrpc = "{node.rpc_url}"\nchain_id = {CHAIN}\n'
            f'testnet = true\nverifier = "{double.sourcify}"\n'
        )
        secret = folder / "commonhold.secret.toml"
        secret.write_text(f'[etherscan]\nkey = "{SERVICE_KEY}"\n')
        secret.chmod(0o600)
        made.secrets["settings"] = secret
        parameters = (ROOT / "deployments/example/config.toml").read_text()
        target = folder / "deployments" / "gate"
        target.mkdir(parents=True)
        (target / "config.toml").write_text(_for_a_test(parameters, account))
        yield _lived(made, password, key, double)


def _for_a_test(text: str, account: str) -> str:
    """The example's parameters with every person being the deployer's account, who stays ADMIN."""
    text = re.sub(r"^admin = .*$", "", text, flags=re.MULTILINE)
    return re.sub(r"0x[0-9a-fA-F]{40}", account, text)


def _lived(made: Desk, password: Path, key: Path, double: SourcesDouble) -> Desk:
    """What is done at the desk, rightly and wrongly."""
    wrong = made.secret("wrong", "a wrong MARKEDpassword")
    done = made.run(
        "keys", "import", "deployer", "--secret-fd", "{0}", "--password-fd", "{1}", fds=(key, password)
    )
    assert done.returncode == 0, done.stderr
    assert made.run("keys", "new", "second", "--password-file", str(password)).returncode == 0
    first = ["deploy", "--yes", "--key", "deployer"]
    assert made.run(*first, "--password-fd", "{0}", fds=(wrong,)).returncode == 6
    done = made.run(*first, "--password-fd", "{0}", fds=(password,))
    assert done.returncode == 0, done.stderr
    base = ["deploy", "verify-source", "--contract", "LeaseReading", "--patience", "60"]
    assert made.run(*base).returncode == 0
    settings = made.folder / "commonhold.toml"
    settings.write_text(settings.read_text().replace(double.sourcify, double.etherscan))
    assert made.run(*base, "--service", "etherscan", "--json").returncode == 0
    settings.write_text(settings.read_text().replace(double.etherscan, "http://127.0.0.1:9/v2/api"))
    away = made.run(
        *base[:2], "--service", "etherscan", "--contract", "LeaseCredit", "--patience", "0.1",
        "--api-key-fd", "{0}", fds=(made.secret("other", SERVICE_KEY[::-1]),),
    )  # fmt: skip
    assert away.returncode == 7 and "cannot be reached" in away.stderr
    return made


MARKS = [PASSWORD, "MARKEDpassword", SECRET, SECRET.upper(), SERVICE_KEY, SERVICE_KEY[::-1]]


def test_K2_no_secret_was_among_the_arguments_or_in_the_environment(desk: Desk) -> None:
    assert any("verify-source" in text for text in desk.seen), "the watcher saw the commands"
    assert any("PYTHONPATH" in text for text in desk.seen), "and their environments"
    assert not [text for text in desk.seen if any(mark in text for mark in MARKS)]


def test_K2_no_secret_was_printed(desk: Desk) -> None:
    assert len(desk.said) >= 12 and "Traceback" not in "".join(desk.said)
    assert not [text for text in desk.said if any(mark in text for mark in MARKS)]


def test_K2_no_secret_is_in_a_file_that_was_written(desk: Desk) -> None:
    paths = [path for path in desk.folder.rglob("*") if path.is_file()]
    names = {path.name for path in paths}
    assert {"deployer.json", "journal.jsonl", "manifest.json", "sources.json"} <= names
    for path in paths:
        if path not in desk.secrets.values():
            content = path.read_bytes()
            assert not any(mark.encode() in content for mark in MARKS), path
            assert bytes.fromhex(SECRET) not in content, path


def test_K2_the_project_holds_no_secret() -> None:
    """No private key but the published ones and those that tests call nobody's."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    ours = [
        ROOT / name for name in tracked if name.endswith((".py", ".toml", ".md", ".json", ".yaml", ".sh"))
    ]
    if not ours:
        pytest.skip("LOUD: this is no git tree, so its files cannot be listed")
    for path in ours:
        if path.is_file() and "tests" not in path.relative_to(ROOT).parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(
                r"(private_?key|api_?key|password)['\"]?\s*[=:]\s*['\"][0-9A-Za-z]{16,}", text, re.I
            ), path
            assert bytes(dev_account(0).key).hex() not in text.lower(), path


def test_K1_K5_a_wrong_password_is_a_clear_error(desk: Desk) -> None:
    assert any("The password does not open" in text for text in desk.said)


def test_K4_a_keystore_that_others_can_read_deploys_nothing(desk: Desk) -> None:
    path = desk.folder / "keystore" / "deployer.json"
    path.chmod(0o644)
    try:
        refused = desk.run("deploy", "--yes", "--key", "deployer", "--fresh")
        assert refused.returncode == 6 and "chmod 600" in refused.stderr
    finally:
        path.chmod(0o600)


def test_what_was_published_is_written_down(desk: Desk) -> None:
    kept = json.loads((desk.folder / "deployments/gate/sources.json").read_text())["services"]
    assert kept["sourcify"]["LeaseReading"]["state"] == "exact"
    assert kept["etherscan"]["LeaseReading"]["state"] == "match"
