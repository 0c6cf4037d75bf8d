"""A deployment on a node, a double that knows the node, and requests to hand in."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commonhold.chain.connect import Connection
from commonhold.ops.manifest import Deployment
from commonhold.ops.sources.publish import Published, publish, service_of
from commonhold.ops.sources.record import Record
from commonhold.ops.sources.request import SourceRequest, request_of
from commonhold.ops.sources.service import Patience, State
from tests.sources.double import KEY, SourcesDouble

QUICK = Patience(pause=0.02, total=250)  # on a busy machine a whole input compiles for a minute or two
SMALL = "OwnedWallet"


@dataclass
class World:
    connection: Connection
    deployment: Deployment
    double: SourcesDouble

    def request(self, name: str = SMALL, **changes: Any) -> SourceRequest:
        return replace(request_of(self.deployment, name), **changes)

    def publish(
        self,
        service: str,
        requests: list[SourceRequest],
        folder: Path,
        patience: Patience = QUICK,
        key: str = KEY,
    ) -> list[Published]:
        address = self.double.sourcify if service == "sourcify" else self.double.etherscan
        return publish(
            service_of(service, address, key, patience), requests, Record(folder), patience=patience
        )


def states(found: list[Published]) -> list[State]:
    return [one.answer.state for one in found]


def with_source(request: SourceRequest, old: str, new: str) -> SourceRequest:
    file = request.identifier.split(":")[0]
    text = request.standard_input["sources"][file]["content"]
    assert old in text
    sources = {**request.standard_input["sources"], file: {"content": text.replace(old, new, 1)}}
    return replace(request, standard_input={**request.standard_input, "sources": sources})
