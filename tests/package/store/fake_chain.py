"""A registrar over a file: what a chain is for these tests. It can die at any of its writes.

Each registration is one line, flushed before the answer; `die_at` kills the process with SIGKILL at the n-th
write of its life, before or after the line is on the disk, as a crash around a transaction does.
"""

import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commonhold.ops.intake.registering import PartyRequest, UnitRequest


class FakeChain:
    def __init__(self, path: Path, *, die_at: int = 0, after: bool = True, chunk: int = 1000) -> None:
        self.path = path
        self.die_at, self.after = die_at, after
        self.writes = 0
        self.chunk = chunk
        self.calls: list[str] = []
        path.touch()

    def _rows(self, kind: str) -> list[Any]:
        rows = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [row[1:] for row in rows if row[0] == kind]

    def _write(self, *row: object) -> None:
        self.writes += 1
        if self.writes == self.die_at and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        with self.path.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        if self.writes == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def parties_of(self, identities: Sequence[bytes]) -> list[int]:
        known = {row[0]: number for number, row in enumerate(self._rows("party"), start=1)}
        return [known.get(identity.hex(), 0) for identity in identities]

    def register_parties(self, requests: Sequence[PartyRequest]) -> list[int]:
        self.calls.append(f"parties {len(requests)}")
        known = self._rows("party")
        for request in requests:
            assert [request.identity.hex(), request.kind] not in known, "registered twice"
            self._write("party", request.identity.hex(), request.kind)
        return list(range(len(known) + 1, len(known) + len(requests) + 1))

    def unit_count(self) -> int:
        return len(self._rows("unit"))

    def units_from(self, first: int) -> list[UnitRequest]:
        return [UnitRequest(*row) for row in self._rows("unit")[first - 1 :]]

    def register_units(self, requests: Sequence[UnitRequest]) -> list[int]:
        self.calls.append(f"units {len(requests)}")
        before = self.unit_count()
        for request in requests:
            self._write("unit", request.owner, request.building, request.kind, request.area, request.share)
        return list(range(before + 1, before + len(requests) + 1))

    def strangers_unit(self) -> None:
        """Somebody else registers a unit meanwhile."""
        self._write("unit", 1, 99, "shop", 1, 0)
