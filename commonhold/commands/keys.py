"""`commonhold keys new | import | list | show`."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.session import (
    ConfigOption,
    JsonOption,
    PasswordFdOption,
    PasswordFileOption,
    settings_of,
)
from commonhold.ops.keys import PasswordSource, find_key, list_keys, new_key
from commonhold.ops.keys_import import FIRST_ACCOUNT, import_file, import_secret
from commonhold.present import out, print_json, say, table

keys_app = typer.Typer(no_args_is_help=True, help="Your own keystores.")

NameArgument = Annotated[str, typer.Argument(help="What you call it.")]


@keys_app.command("new")
def keys_new(
    name: NameArgument,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a key of your own, encrypted with your password. There is no way back if you lose either."""
    settings = settings_of(config)
    password = PasswordSource(password_file, password_fd).read("New password: ", twice=True)
    stored = new_key(settings.keystore, name, password)
    print(stored.address)
    say(f"Written: {stored.path}. Keep a copy, and the password, in two places.")


@keys_app.command("import")
def keys_import(
    name: NameArgument,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Encrypted key file of another program.", show_default="a key or phrase"),
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            "--secret-file",
            help="File with the private key, the phrase, or with --from the password of that file.",
            show_default="you are asked",
        ),
    ] = None,
    secret_fd: Annotated[
        int | None, typer.Option("--secret-fd", help="Open descriptor with the same.", show_default=False)
    ] = None,
    path: Annotated[
        str, typer.Option("--derivation", help="Which account of a recovery phrase.")
    ] = FIRST_ACCOUNT,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    config: ConfigOption = None,
) -> None:
    """Take over a key that you have: a private key, a recovery phrase, or an encrypted file."""
    settings = settings_of(config)
    what = "secret" if source is None else "password of the file"
    secret = PasswordSource(secret_file, secret_fd, what, "secret")
    new = PasswordSource(password_file, password_fd)
    if source is None:
        given = secret.read("Private key or recovery phrase (nothing is shown): ")
        stored = import_secret(settings.keystore, name, given, new.read("New password: ", twice=True), path)
    else:
        given = secret.read(f"Password of {source}: ")
        stored = import_file(settings.keystore, name, source, given, new.read("New password: ", twice=True))
    print(stored.address)
    say(f"Written: {stored.path}. Delete what you took it from, or keep it where nobody reads it.")


@keys_app.command("list")
def keys_list(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """The keystores in the keystore folder."""
    stored = list_keys(settings_of(config).keystore)
    if as_json:
        print_json([{"name": key.path.stem, "address": key.address, "path": str(key.path)} for key in stored])
        return
    out.print(table("Keystores", ["name", "address"], [[key.path.stem, key.address] for key in stored]))


@keys_app.command("show")
def keys_show(
    name: Annotated[str, typer.Argument(help="Its name, file or address.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Address and file of one keystore. It is not opened, and the key is never shown."""
    stored = find_key(name, settings_of(config).keystore)
    private = stored.private
    if as_json:
        entry = {"name": stored.path.stem, "address": stored.address, "path": str(stored.path)}
        print_json({**entry, "private": private})
        return
    print(stored.address)
    say(f"File: {stored.path}" + ("" if private else f"; others can read it: chmod 600 {stored.path}"))
