"""What commands take from the index in place of the node."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from commonhold.chain.rawlogs import Log
from commonhold.commands.session import Session, opened_index
from commonhold.ops.planning import same_block

IndexOption = Annotated[
    bool, typer.Option("--index", help="The logs of the index, up to its block, in place of the node's.")
]


@contextlib.contextmanager
def kept_logs(session: Session, from_index: bool) -> Iterator[tuple[Iterable[Log] | None, int | None]]:
    """The logs of the index and its block, if wanted. Raises StoreError, ChainError."""
    if not from_index:
        yield None, None
        return
    with opened_index(session.settings, session.deployment) as index:
        at = index.at()
        same_block(session.connection, at)
        yield index.logs(last=at.block), at.block
