"""The command as a person runs it, in this process: arguments in, output and exit code out."""

import json
import sys
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from commonhold import cli


class Run:
    """`run("fee", "list")` answers standard output; `run.err` is what was said besides."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.err = ""
        monkeypatch.setattr("commonhold.present.out._width", 200)  # the console is older than the test

    def __call__(self, *arguments: object, code: int = 0) -> str:
        """Standard output of a command, which must leave with `code`."""
        self._monkeypatch.setattr(sys, "argv", ["commonhold", *map(str, arguments)])
        found = 0
        try:
            cli.main()
        except SystemExit as left:
            found = left.code if isinstance(left.code, int) else 0
        captured = self._capsys.readouterr()
        self.err = captured.err
        assert found == code, f"{arguments} left with {found}:\n{captured.out}\n{captured.err}"
        return captured.out


def keystore(folder: Path, name: str, account: LocalAccount) -> tuple[str, ...]:
    """Options that sign as this account, from a keystore in the folder."""
    (folder / "keystore").mkdir(exist_ok=True)
    path, word = folder / "keystore" / f"{name}.json", folder / "password"
    path.write_text(json.dumps(Account.encrypt(account.key, "a long password", iterations=2)))
    word.write_text("a long password\n")
    for file in (path, word):
        file.chmod(0o600)
    return ("--key", name, "--password-file", str(word))
