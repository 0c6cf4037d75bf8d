"""What a keeper must still know after a restart: failures, the hour's cost, the highest block, open bills.

One JSON file beside the journal, replaced whole. Losing it costs gas for tries that come early, no money.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from commonhold.errors import StoreError


@dataclass(slots=True)
class Memory:
    """backoff: book → its failures; spent: as Budget keeps it; seen: number of the highest block;
    bills: as `OpenBills` keeps them."""

    path: Path
    genesis: str
    backoff: dict[str, Any] = field(default_factory=dict)
    spent: list[Any] = field(default_factory=list)
    seen: int = 0
    bills: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, genesis: str) -> "Memory":
        """Empty where there is no file, or one of another chain. Raises StoreError."""
        try:
            found = orjson.loads(path.read_bytes())
            if found["genesis"] != genesis:
                return cls(path, genesis)
            bills = dict(found.get("bills", {}))  # older files have none
            return cls(path, genesis, dict(found["backoff"]), list(found["spent"]), int(found["seen"]), bills)
        except FileNotFoundError:
            return cls(path, genesis)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"{path} is damaged ({error}).", "Remove it: the keeper then begins to learn anew."
            ) from error

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        values = {
            "genesis": self.genesis,
            "backoff": self.backoff,
            "spent": self.spent,
            "seen": self.seen,
            "bills": self.bills,
        }
        with draft.open("wb") as file:
            file.write(orjson.dumps(values, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
