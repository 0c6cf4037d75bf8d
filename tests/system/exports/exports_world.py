"""A town after a life in which every contract had something to tell, and what is exported of it."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from commonhold.chain.node import Node
from commonhold.chain.rawlogs import Log, LogReader, read_all
from commonhold.ops.audit.audit import arguments_of, logs_of_node
from commonhold.ops.exports import Request, export
from tests.audit_story import tell
from tests.package.ops.town import Town

BEGIN = 1_767_200_400  # 2026-01-01 01:00 in China [unix]
ONE = 10**6


@contextmanager
def a_told_town() -> Iterator[Town]:
    with Node(timestamp=BEGIN) as node:
        built = Town.build(node.rpc_url)
        tell(built)
        yield built


def written(town: Town, kind: str, format_: str = "json", **wanted: Any) -> str:
    stream = io.StringIO()
    report = export(town.connection, town.deployment, Request(kind, format_, **wanted), stream)
    assert report.checked
    return stream.getvalue()


def rows(town: Town, kind: str, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written(town, kind, **wanted))[kind]
    return found


def balance(town: Town, wallet: str) -> int:
    return int(town.suite.token.read("balanceOf", wallet))


def all_logs(town: Town) -> list[Log]:
    given = arguments_of(town.deployment)
    raws = logs_of_node(town.connection, town.deployment, town.connection.block_number())
    return list(read_all(LogReader(given.addresses), raws))
