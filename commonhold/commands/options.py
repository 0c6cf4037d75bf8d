"""What most commands take, said once: where the chain is, and who signs.

    @on_chain                       --network --rpc --config; the command gets the checked deployment
    @signed("MANAGER")              and --key --password-file --password-fd --yes; the command gets a Desk
    @signed("MANAGER", dry=True)    and --dry-run

The command takes what it gets as its first parameter; its own parameters come before those added here.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

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
    YesOption,
    confirm,
    open_session,
    sending,
    signer_of,
)
from commonhold.ops.keys import PasswordSource

P = ParamSpec("P")
R = TypeVar("R")

_CHAIN = {"network": NetworkOption, "rpc": RpcOption, "config": ConfigOption}
_KEY = {"key": KeyOption, "password_file": PasswordFileOption, "password_fd": PasswordFdOption}


@dataclass(frozen=True)
class Desk:
    """A deployment, checked when it is first looked at, and who signs there. dry: nothing is sent."""

    place: tuple[Path | None, str | None, str | None]  # settings file, network, node
    role: str
    key: str | None
    password: PasswordSource
    yes: bool
    dry: bool = False

    @functools.cached_property
    def session(self) -> Session:
        """Raises SettingsError, ChainError."""
        return open_session(*self.place)

    def confirm(self, question: str) -> None:
        """Ask before sending on a chain that counts."""
        confirm(question, self.session, self.yes)

    def signer(self, role: str | None = None) -> AnySigner:
        """The key that was named, or on a development chain the account of the role."""
        settings, connection = self.session.settings, self.session.connection
        return signer_of(settings, connection, self.key, self.password, role or self.role)

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


def on_chain(command: Callable[Concatenate[Session, P], R]) -> Callable[..., R]:
    """A command that looks at a deployment."""

    def run(
        *, network: str | None = None, rpc: str | None = None, config: Path | None = None, **own: Any
    ) -> R:
        return command(open_session(config, network, rpc), **own)  # type: ignore[call-arg]

    made: Callable[..., R] = _taking(command, {name: (kind, None) for name, kind in _CHAIN.items()}, run)
    return made


def signed(
    role: str, *, dry: bool = False
) -> Callable[[Callable[Concatenate[Desk, P], R]], Callable[..., R]]:
    """A command that sends. role: whose development account signs where no key is named."""

    def decorate(command: Callable[Concatenate[Desk, P], R]) -> Callable[..., R]:
        def run(
            *,
            dry_run: bool = False,
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
            desk = Desk((config, network, rpc), role, key, password, yes, dry_run)
            return command(desk, **own)  # type: ignore[call-arg]

        added: dict[str, tuple[Any, Any]] = {"dry_run": (DryRunOption, False)} if dry else {}
        added |= {name: (kind, None) for name, kind in _KEY.items()} | {"yes": (YesOption, False)}
        added |= {name: (kind, None) for name, kind in _CHAIN.items()}
        made: Callable[..., R] = _taking(command, added, run)
        return made

    return decorate
