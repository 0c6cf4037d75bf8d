"""A town with a story on a real Anvil, and databases to index it into."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commonhold.chain.node import Node
from tests.audit_story import tell
from tests.package.ops.town import Town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Told once a module. Tests leave it as they like: an index is compared with the chain as it is then, and
    Anvil cannot put a chain back that it has reorganised."""
    with Node() as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that is not there yet."""
    return f"sqlite:///{tmp_path}/index.sqlite"


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], str]:
    """Any number of them."""
    made: list[str] = []

    def another() -> str:
        made.append(f"sqlite:///{tmp_path}/index-{len(made)}.sqlite")
        return made[-1]

    return another
