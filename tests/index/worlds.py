"""What an index must give: the chain's own logs, read in the plainest way."""

from typing import Any

from commonhold.chain.connect import Connection
from commonhold.chain.rawlogs import Log, LogReader, read_all, stream
from commonhold.index import Index, schema, tables
from commonhold.ops.audit.audit import arguments_of
from commonhold.ops.manifest import Deployment


def plain_logs(connection: Connection, deployment: Deployment, last: int | None = None) -> list[Log]:
    """Every log of the deployment, without any index."""
    addresses = arguments_of(deployment).addresses
    until = connection.block_number() if last is None else last
    return list(read_all(LogReader(addresses), stream(connection, list(addresses.values()), 0, until)))


def assert_whole(index: Index, connection: Connection, deployment: Deployment) -> None:
    """Nothing lost, nothing twice, nothing of another chain: the index is what the chain is."""
    head = connection.block()
    at = index.at()
    assert (at.block, at.hash) == (head.number, head.hash)
    assert list(index.logs()) == plain_logs(connection, deployment)


def part_way(connection: Connection, deployment: Deployment, part: int = 2) -> int:
    """A block between the deployment's last and the newest, so that some of the logs come before it and some
    after. How many blocks a deployment takes is the node's: a busy one is woken with empty blocks."""
    began, head = deployment.block, connection.block_number()
    assert head > began + part
    return began + (head - began) // part


def dump(index: Index) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the notes for taking back, in order."""
    every = [*schema.METADATA.sorted_tables, *tables.METADATA.sorted_tables]
    found = {}
    with index.database.reading() as connection:
        for table in every:
            if table.name not in ("undo", "cursor", "meta", "blocks"):
                found[table.name] = sorted(map(tuple, connection.execute(table.select())))
    return found
