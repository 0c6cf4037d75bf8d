"""Whose logs an index keeps: the contracts of a manifest, and earlier versions of them.

A contract is never changed; a new version is a new address, and may tell its events in another way. An
earlier version is read by the ABI that it was deployed with, under the name `<contract>@<version>`, so that
nobody takes its lease 7 for today's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from commonhold.chain.artifacts import exists, load
from commonhold.chain.rawlogs import LogReader, Spoken, events_of
from commonhold.errors import SettingsError

EARLIER_FILE: Final = "earlier.json"  # beside a manifest


class Placed(Protocol):
    """A contract of a manifest."""

    @property
    def address(self) -> str: ...


class Manifest(Protocol):
    """What the index needs of a deployment (`commonhold.ops.manifest.Deployment` has it)."""

    @property
    def chain_id(self) -> int: ...

    @property
    def genesis(self) -> str: ...

    @property
    def utc_offset(self) -> int: ...

    @property
    def begin(self) -> int: ...

    @property
    def contracts(self) -> Mapping[str, Placed]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """One address. contract: with @version for an earlier one; first, last: the blocks in which its logs
    count, last None for no end; topics: of its events."""

    contract: str
    address: str  # lower-case hex
    topics: frozenset[str]
    first: int = 0
    last: int | None = None
    abi: tuple[Mapping[str, Any], ...] = ()  # of an earlier version

    def counts(self, block: int) -> bool:
        """Whether a log of this block is one of this source."""
        return self.first <= block and (self.last is None or block <= self.last)

    def as_row(self) -> dict[str, Any]:
        """What tells it from another, for the database."""
        return {"contract": self.contract, "address": self.address, "first": self.first, "last": self.last}


def sources_of(deployment: Manifest, earlier: Iterable[Source] = ()) -> tuple[Source, ...]:
    """Every contract of a manifest that tells events of its own. Libraries tell theirs under the address of
    the contract that uses them."""
    names = [name for name in deployment.contracts if exists(name)]
    libraries = {library for name in names for library in load(name).libraries}
    today = tuple(
        Source(name, deployment.contracts[name].address.lower(), frozenset(events_of(load(name).abi)))
        for name in names
        if name not in libraries
    )
    return (*today, *earlier)


def reader_of(sources: Iterable[Source]) -> LogReader:
    """What turns their raw logs into values."""
    listed = list(sources)
    return LogReader(
        {one.contract: one.address for one in listed if not one.abi},
        [Spoken(one.contract, one.address, one.abi) for one in listed if one.abi],
    )


def read_earlier(folder: Path) -> tuple[Source, ...]:
    """The earlier versions listed in `earlier.json` beside a manifest; none where there is no such file.

    A list of {"contract", "version", "address", "abi", "first", "last"}. Raises SettingsError."""
    path = folder / EARLIER_FILE
    try:
        entries = orjson.loads(path.read_bytes())
        found = tuple(_earlier(entry) for entry in entries)
    except FileNotFoundError:
        return ()
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(
            f"{path} is no list of earlier contracts: {error!r}.",
            "Each entry has contract, version, address, abi, and first and last block if they are known.",
        ) from None
    return found


def _earlier(entry: Mapping[str, Any]) -> Source:
    abi = tuple(part for part in entry["abi"] if part["type"] == "event")
    address = str(entry["address"]).lower()
    if len(address) != 42 or not abi:
        raise ValueError(f"{entry['contract']} at {entry['address']}")
    last = entry.get("last")
    return Source(
        f"{entry['contract']}@{entry['version']}",
        address,
        frozenset(events_of(abi)),
        int(entry.get("first", 0)),
        None if last is None else int(last),
        abi,
    )
