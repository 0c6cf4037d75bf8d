"""What commands share: options, the connection and the manifest, who signs, and questions to the user."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from commonhold.chain.connect import Connection, shown_url
from commonhold.chain.contracts import Suite
from commonhold.chain.journal import Journal
from commonhold.chain.send import AnySigner, Fees, Sender, Waiting
from commonhold.chain.signing import address_of, dev_account
from commonhold.errors import ChainError, SettingsError, SigningError
from commonhold.index import Index, open_index, read_earlier
from commonhold.ops.deploy.suite import LOCAL_DEPLOYER, local_account
from commonhold.ops.keys import PasswordSource, open_key
from commonhold.ops.manifest import Deployment
from commonhold.ops.signers import open_signer
from commonhold.present import err, say
from commonhold.settings import Settings, load_settings

DEPLOYER: Final = "DEPLOYER"  # not a role: who deploys

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file (default: commonhold.toml).", show_default=False),
]
NetworkOption = Annotated[
    str | None,
    typer.Option("--network", help="Of commonhold.toml; its folder in deployments/.", show_default=False),
]
RpcOption = Annotated[str | None, typer.Option("--rpc", help="Address of the node.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; send nothing.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key",
        help="Keystore: its name, file or address; or as --signer.",
        show_default="a development account",
    ),
]
SignerOption = Annotated[
    str | None,
    typer.Option(
        "--signer", help="Who signs: keystore:NAME, browser, safe-json:ADDRESS.", show_default=False
    ),
]
PasswordFileOption = Annotated[
    Path | None, typer.Option("--password-file", help="File with the password.", show_default=False)
]
PasswordFdOption = Annotated[
    int | None,
    typer.Option("--password-fd", help="Open file descriptor with the password.", show_default=False),
]


def settings_of(config: Path | None, network: str | None = None, rpc: str | None = None) -> Settings:
    """The settings, with what the command line says in their place."""
    settings = load_settings(config, network)
    if rpc is not None:
        settings = replace(settings, public_rpc=rpc, secrets=replace(settings.secrets, rpc=None))
    return settings


def connect(settings: Settings) -> Connection:
    """The node of the settings, once its chain id is the one that they name. Raises ChainError."""
    connection = Connection(settings.rpc)
    if settings.chain_id is not None and connection.chain_id != settings.chain_id:
        raise ChainError(
            f"The node {shown_url(connection.url)} has chain id {connection.chain_id}; "
            f"{settings.network} is chain {settings.chain_id}.",
            "Nothing was read or sent. Correct rpc or chain_id in commonhold.toml.",
        )
    return connection


def opened_index(settings: Settings, deployment: Deployment, *, anew: bool = False) -> Index:
    """The index of the settings, for a manifest. anew: without anything that was in it. Raises StoreError."""
    earlier = read_earlier(settings.deployment)
    return open_index(settings.index, deployment, check=settings.index_check, earlier=earlier, anew=anew)


@dataclass(frozen=True, slots=True)
class Session:
    """A checked deployment: chain, genesis and code are those of its manifest."""

    settings: Settings
    connection: Connection
    deployment: Deployment
    suite: Suite


def signer_of(
    settings: Settings, connection: Connection, key: str | None, password: PasswordSource, role: str
) -> AnySigner:
    """The keystore that was named, or on a development chain the account that holds the role."""
    if key is not None and (key == "browser" or key.startswith(("keystore:", "safe-json:"))):
        return open_signer(key, settings, connection, password)
    if key is not None:
        return open_key(key, settings.keystore, password)
    if connection.is_local:
        return dev_account(LOCAL_DEPLOYER) if role == DEPLOYER else local_account(role)
    raise SigningError("Nobody is named who signs.", "Name a keystore with --key; `commonhold keys list`.")


def named_signer(
    settings: Settings,
    connection: Connection,
    key: str | None,
    signer: str | None,
    password: PasswordSource,
    role: str,
) -> AnySigner:
    """`--signer KIND:NAME`, or `--key NAME`, which is short for `--signer keystore:NAME`."""
    if signer is None:
        return signer_of(settings, connection, key, password, role)
    if key is not None:
        raise SettingsError("Both --key and --signer say who signs.", "Give one of them.")
    return open_signer(signer, settings, connection, password)


def fees_of(settings: Settings) -> Fees:
    return Fees(cap=settings.max_fee, tip=settings.tip, patience=settings.patience)


def journal_of(settings: Settings, address: str) -> Path:
    """Where what this key sends is written down; `*` for all keys."""
    return settings.data / f"{settings.network}-{address.lower()}.journal"


@contextmanager
def sending(session: Session, signer: AnySigner) -> Iterator[Sender]:
    """A sender with a journal; first it brings to its end what an earlier run had begun."""
    settings = session.settings
    with Journal(journal_of(settings, address_of(signer)), session.connection) as journal:
        sender = Sender(
            session.connection,
            signer,
            journal=journal,
            fees=fees_of(settings),
            waiting=Waiting(depth=settings.depth),
        )
        found = sender.resume()
        if found:
            say(f"{len(found)} transactions of an earlier run were brought to their end.")
        yield sender


def confirm_chain(question: str, connection: Connection, yes: bool) -> None:
    """Ask before sending on a chain that counts. Raises SigningError where there is nobody to ask."""
    if yes or connection.is_local:
        return
    say(f"Chain {connection.chain_id}, node {shown_url(connection.url)}.")
    if not (sys.stdin.isatty() and err.is_terminal):
        raise SigningError("Nothing is sent without a yes.", "There is no terminal to ask: use --yes.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(0)


def confirm(question: str, session: Session, yes: bool) -> None:
    confirm_chain(f"{session.deployment.network}: {question}", session.connection, yes)
