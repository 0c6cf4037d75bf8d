"""A town with a story on a real Anvil, and databases to index it into."""

from collections.abc import Callable, Iterator

import pytest

from commonhold.chain.node import Node
from tests.audit_story import tell
from tests.index.postgres import Postgres
from tests.package.ops.town import Town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Told once a module. Tests leave it as they like: an index is compared with the chain as it is then, and
    Anvil cannot put a chain back that it has reorganised."""
    with Node() as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of this process; they are skipped where there is none."""
    with Postgres() as running:
        yield running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Any number of databases that are not there yet, of either kind."""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("server")
        return running.database
    folder = tmp_path_factory.mktemp("indexes")
    made: list[str] = []

    def another() -> str:
        made.append(f"sqlite:///{folder}/index-{len(made)}.sqlite")
        return made[-1]

    return another


@pytest.fixture
def url(fresh: Callable[[], str]) -> str:
    """One of them."""
    return fresh()
