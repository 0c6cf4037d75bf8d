"""docs/command.md names every command, option, exit code and setting."""

import re
from typing import Any

import typer.main

from commonhold import settings
from commonhold.cli import app
from commonhold.errors import CommonholdError
from tools.environment import ROOT

PAGE = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")


def _commands(group: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= _commands(command, (*path, name))
        if not hasattr(command, "commands") or command.invoke_without_command:
            found[(*path, name)] = command
    return found


def _names(parameter: Any) -> list[str]:
    """Of an option, and of what says the opposite."""
    return [*getattr(parameter, "opts", []), *getattr(parameter, "secondary_opts", [])]


def test_every_command_and_option_is_on_the_page() -> None:
    commands = _commands(typer.main.get_command(app))
    assert len(commands) >= 15
    for path, command in commands.items():
        assert f"`commonhold {' '.join(path)}" in PAGE, path
        for parameter in command.params:
            for option in _names(parameter):
                if option.startswith("--") and option != "--help":
                    assert option in PAGE, f"{path} {option}"


def test_every_option_on_the_page_exists() -> None:
    options = {
        option
        for command in _commands(typer.main.get_command(app)).values()
        for parameter in command.params
        for option in _names(parameter)
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) <= options | {"--help"}


def test_every_setting_is_on_the_page() -> None:
    for section, keys in settings._PUBLIC.items():
        for key in keys:
            assert re.search(rf"^\| {section} \| `{key}` \|", PAGE, re.MULTILINE), f"{section}.{key}"
    for key in settings._NETWORK:
        assert re.search(rf"^\| networks\.NAME \| `{key}` \|", PAGE, re.MULTILINE), f"networks.NAME.{key}"
    assert settings.PRIVATE_FILE in PAGE and settings.FILE in PAGE


def test_every_exit_code_is_on_the_page() -> None:
    def families(kind: type[CommonholdError]) -> set[int]:
        return {kind.exit_code}.union(*(families(child) for child in kind.__subclasses__()))

    codes = families(CommonholdError) | {0, 130}
    assert codes <= {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
