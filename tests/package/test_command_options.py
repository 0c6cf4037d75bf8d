"""Options that commands share: said once, the same everywhere.

places ── whoever takes a node takes network and settings · senders ── a key and its password
order  ── a file is read before a node is asked · a deployment is checked before anything else
kinds  ── on a chain · placed · signed, with a dry run, without asking, with other ways to sign
"""

import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from commonhold import cli
from commonhold.commands.options import Desk, Place, on_chain, placed, signed
from commonhold.commands.session import Session
from commonhold.errors import SettingsError

PLACE = {"--network", "--rpc", "--config"}
KEY = {"--key", "--password-file", "--password-fd"}


def commands(group: Any, path: str = "") -> dict[str, set[str]]:
    """Every command with its options."""
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{path}{name} ")
        else:
            found[path + name] = {option for one in command.params for option in one.opts}
    return found


ALL = commands(typer.main.get_command(cli.app))


@pytest.mark.parametrize("name", [name for name, options in ALL.items() if "--rpc" in options])
def test_a_command_that_asks_a_node_says_which_and_by_which_settings(name: str) -> None:
    assert ALL[name] >= PLACE


@pytest.mark.parametrize("name", [name for name, options in ALL.items() if {"--rpc", "--key"} <= options])
def test_a_command_that_takes_a_key_takes_its_password(name: str) -> None:
    assert ALL[name] >= KEY


def test_a_shared_option_keeps_the_commands_own_parameters_and_words() -> None:
    @on_chain
    def look(session: Session, unit: int, every: bool = False) -> None:
        """Looks."""

    @signed("MANAGER", dry=True)
    def send(desk: Desk, unit: int) -> None:
        """Sends."""

    app = typer.Typer()
    app.command("look")(look)
    app.command("send")(send)
    group: Any = typer.main.get_command(app)
    assert [one.name for one in group.commands["look"].params] == [
        "unit",
        "every",
        "network",
        "rpc",
        "config",
    ]
    assert commands(group)["send"] >= PLACE | KEY | {"--dry-run", "--yes"}
    assert (group.commands["look"].help, group.commands["send"].help) == ("Looks.", "Sends.")


def test_each_kind_of_command_takes_its_own_options_and_no_more() -> None:
    @placed
    def somewhere(place: Place) -> None:
        """Looks later."""

    @signed("MANAGER")
    def send(desk: Desk) -> None:
        """Sends."""

    @signed("MANAGER", ask=False)
    def note(desk: Desk) -> None:
        """Signs, and sends nothing."""

    @signed("MANAGER", ways=True)
    def with_wallet(desk: Desk) -> None:
        """Sends, however it is signed."""

    app = typer.Typer()
    for command in (somewhere, send, note, with_wallet):
        app.command()(command)
    ask = {"--yes", "-y"}
    assert commands(typer.main.get_command(app)) == {
        "somewhere": PLACE,
        "send": PLACE | KEY | ask,
        "note": PLACE | KEY,
        "with-wallet": PLACE | KEY | ask | {"--signer"},
    }


def test_a_place_is_looked_at_when_the_command_asks_and_not_before(tmp_path: Path) -> None:
    place = Place(tmp_path / "commonhold.toml", None, None)
    (tmp_path / "commonhold.toml").write_text("")
    assert place.settings.rpc
    with pytest.raises(SettingsError, match="There is no deployment"):
        _ = place.deployment


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "rent-roll", "roll.csv"), 2),  # the roll is bad, whatever the node is
        (("fee", "list"), 3),  # there is no manifest
        (("fee", "close", "1", "--on", "soon"), 2),
        (("bill", "dispute", "1", "1", "x", "--reason", "why"), 2),
        (("bank", "reconcile", "--day", "soon"), 2),
        (("slip", "1", "--amount", "much"), 2),
        (("export", "ledger", "--format", "xlsx"), 2),
        (("letter", "--age", "7"), 2),
        (("bank", "list"), 3),
        (("index", "status"), 3),
    ],
)
def test_what_can_be_known_without_a_node_is_said_first(
    arguments: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roll.csv").write_text("Nothing,of,use\n1,2,3\n")
    monkeypatch.setattr(sys, "argv", ["commonhold", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == code
