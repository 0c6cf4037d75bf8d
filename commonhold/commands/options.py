"""What most commands take, said once: where the chain is, and who signs.

    @on_chain                       --network --rpc --config; the command gets the checked deployment
    @placed                         the same; the command gets a Place and says itself when it looks there
    @signed("MANAGER")              and --key --password-file --password-fd --yes; the command gets a Desk
    @signed("MANAGER", dry=True)    and --dry-run
    @signed("MANAGER", ask=False)   without --yes: what is signed is not sent
    @signed("MANAGER", ways=True)   and --signer

The command takes what it gets as its first parameter; its own parameters come before those added here.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from commonhold.chain.connect import Connection
from commonhold.chain.send import AnySigner, Sender
from commonhold.commands.session import (
    ConfigOption,
    DryRunOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    Session,
    SignerOption,
    YesOption,
    confirm,
    connect,
    named_signer,
    sending,
    settings_of,
)
from commonhold.ops.keys import PasswordSource
from commonhold.ops.manifest import Deployment, read
from commonhold.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

_CHAIN = {"network": NetworkOption, "rpc": RpcOption, "config": ConfigOption}
_KEY = {"key": KeyOption, "password_file": PasswordFileOption, "password_fd": PasswordFdOption}


@dataclass(frozen=True)
class Place:
    """Where the chain is, by what the command line says; everything is read when it is first asked for."""

    config: Path | None
    network: str | None
    rpc: str | None

    @functools.cached_property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        return settings_of(self.config, self.network, self.rpc)

    @functools.cached_property
    def deployment(self) -> Deployment:
        """The manifest, not compared with anything. Raises SettingsError."""
        return read(self.settings.deployment)

    def connect(self) -> Connection:
        """The node, whatever is deployed there. Raises SettingsError, ChainError."""
        return connect(self.settings)

    @functools.cached_property
    def session(self) -> Session:
        """Raises SettingsError, ChainError; the chain is compared with the manifest before anything else."""
        deployment, connection = self.deployment, self.connect()
        deployment.verify(connection)
        return Session(self.settings, connection, deployment, deployment.suite(connection))


@dataclass(frozen=True)
class Desk:
    """A deployment, checked when it is first looked at, and who signs there. dry: nothing is sent."""

    place: Place
    role: str
    key: str | None
    password: PasswordSource
    yes: bool
    dry: bool = False
    way: str | None = None  # of signing: --signer

    @property
    def session(self) -> Session:
        """Raises SettingsError, ChainError."""
        return self.place.session

    def confirm(self, question: str) -> None:
        """Ask before sending on a chain that counts."""
        confirm(question, self.session, self.yes)

    def signer(self, role: str | None = None) -> AnySigner:
        """Who was named, or on a development chain the account of the role."""
        settings, connection = self.session.settings, self.session.connection
        return named_signer(settings, connection, self.key, self.way, self.password, role or self.role)

    @contextmanager
    def sending(self, role: str | None = None) -> Iterator[Sender]:
        """The one sender."""
        with sending(self.session, self.signer(role)) as sender:
            yield sender


def _taking(command: Callable[..., Any], added: dict[str, tuple[Any, Any]], run: Callable[..., R]) -> Any:
    """`run` under the name and with the parameters of `command`: the first one replaced by those added."""
    _, *own = inspect.signature(command).parameters.values()
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in added.items()
    ]
    functools.update_wrapper(run, command)
    parameters = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *extra]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def placed(command: Callable[Concatenate[Place, P], R]) -> Callable[..., R]:
    """A command that has something to do before it looks at a deployment, or needs none."""

    def run(
        *, network: str | None = None, rpc: str | None = None, config: Path | None = None, **own: Any
    ) -> R:
        return command(Place(config, network, rpc), **own)  # type: ignore[call-arg]

    made: Callable[..., R] = _taking(command, {name: (kind, None) for name, kind in _CHAIN.items()}, run)
    return made


def on_chain(command: Callable[Concatenate[Session, P], R]) -> Callable[..., R]:
    """A command that looks at a deployment."""

    def look(place: Place, /, **own: Any) -> R:
        return command(place.session, **own)  # type: ignore[call-arg]

    return placed(functools.update_wrapper(look, command))


def signed(
    role: str, *, dry: bool = False, ask: bool = True, ways: bool = False
) -> Callable[[Callable[Concatenate[Desk, P], R]], Callable[..., R]]:
    """A command that signs. role: whose development account signs where no key is named."""

    def decorate(command: Callable[Concatenate[Desk, P], R]) -> Callable[..., R]:
        def run(
            *,
            dry_run: bool = False,
            signer: str | None = None,
            key: str | None = None,
            password_file: Path | None = None,
            password_fd: int | None = None,
            yes: bool = False,
            network: str | None = None,
            rpc: str | None = None,
            config: Path | None = None,
            **own: Any,
        ) -> R:
            password = PasswordSource(password_file, password_fd)
            desk = Desk(Place(config, network, rpc), role, key, password, yes, dry_run, signer)
            return command(desk, **own)  # type: ignore[call-arg]

        added: dict[str, tuple[Any, Any]] = {"dry_run": (DryRunOption, False)} if dry else {}
        added |= {"signer": (SignerOption, None)} if ways else {}
        added |= {name: (kind, None) for name, kind in _KEY.items()}
        added |= {"yes": (YesOption, False)} if ask else {}
        added |= {name: (kind, None) for name, kind in _CHAIN.items()}
        made: Callable[..., R] = _taking(command, added, run)
        return made

    return decorate
