"""The journal of a sender: what was signed is on disk before it is sent.

One JSON object per line, only ever appended. Kinds of entries:

* `chain`: chain id and genesis hash; the first line. A journal of another chain is refused.
* `signed`: a transaction, with its bytes; written and flushed to the disk before the broadcast.
* `mined`: its block and status. `dropped`: it can never be mined, because its nonce was used otherwise.
* `lost`: a reorganisation took it back although it was written down as mined; it is unfinished again.
* `note`: anything else that must survive (a deployment's plan), with a `name`.

A last line cut off by a crash is taken away: it was not flushed, so its transaction was not sent. Any other
line that cannot be read is damage, and stops everything: what it said may be out there.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson
from filelock import FileLock, Timeout

from commonhold.chain.connect import Connection
from commonhold.errors import StoreError


class JournalError(StoreError):
    """The journal is in use, damaged, or of another chain."""


class JournalBusy(JournalError):
    """Another process has the journal open."""


class Journal:
    """An open journal; only one process has it open at a time. Use it in a `with` block."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{path}.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise JournalBusy(
                f"{path} is in use by another process.", "Wait until it has finished."
            ) from None
        try:
            self._entries = read_entries(path)
            new = not path.exists()
            self._file: IO[bytes] = path.open("ab")
            if new:
                flush_folder(path.parent)
            self._take_torn_end_away()
            self._check_chain(connection)
        except BaseException:
            self._lock.release()
            raise

    def _take_torn_end_away(self) -> None:
        """After a crash in the middle of a line."""
        content = self.path.read_bytes()
        if content and not content.endswith(b"\n"):
            self._file.truncate(content.rfind(b"\n") + 1)
            os.fsync(self._file.fileno())

    def _check_chain(self, connection: Connection) -> None:
        if not self._entries:
            self.append([_identity(connection)])
        else:
            refuse_other_chain(self.path, self._entries, connection)

    def append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Write entries and wait until they are on the disk."""
        new = [dict(entry) for entry in entries]
        if not new:
            return
        self._file.write(b"".join(orjson.dumps(entry) + b"\n" for entry in new))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._entries.extend(new)

    def entries(self, kind: str | None = None) -> list[dict[str, Any]]:
        return [entry for entry in self._entries if kind is None or entry.get("kind") == kind]

    def note(self, name: str) -> dict[str, Any] | None:
        """The last note of that name."""
        named = [entry for entry in self.entries("note") if entry.get("name") == name]
        return named[-1] if named else None

    def unfinished(self) -> list[dict[str, Any]]:
        """Signed transactions whose outcome is not written yet, oldest first."""
        done: set[str] = set()
        for entry in self._entries:
            if entry.get("kind") in ("mined", "dropped"):
                done.add(entry["hash"])
            elif entry.get("kind") == "lost":
                done.discard(entry["hash"])
        return [entry for entry in self.entries("signed") if entry["hash"] not in done]

    def close(self) -> None:
        self._file.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_entries(path: Path) -> list[dict[str, Any]]:
    """All whole lines, without the lock: for whoever only looks while another process writes."""
    if not path.exists():
        return []
    found = []
    *lines, _ = path.read_bytes().split(b"\n")  # after the last line end: nothing, or a torn line
    for number, line in enumerate(lines, start=1):
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            entry = None
        if not isinstance(entry, dict):
            raise JournalError(
                f"{path}, line {number}: not an entry of a journal.",
                "The file is damaged, or another one. Restore it from a copy: it says what was sent.",
            )
        found.append(entry)
    return found


def _identity(connection: Connection) -> dict[str, Any]:
    return {"kind": "chain", "chainId": connection.chain_id, "genesis": connection.genesis_hash}


def refuse_other_chain(path: Path, entries: Sequence[Mapping[str, Any]], connection: Connection) -> None:
    """Raises JournalError for entries of another chain than that of the node."""
    identity, first = _identity(connection), entries[0] if entries else {}
    if {key: first.get(key) for key in identity} != identity:
        raise JournalError(
            f"{path} belongs to another chain (chain id {first.get('chainId')}, genesis "
            f"{first.get('genesis')}); this node has chain id {connection.chain_id}, genesis "
            f"{connection.genesis_hash}.",
            "Connect to the right node, or move the file away if that chain is gone.",
        )


def flush_folder(folder: Path) -> None:
    """The names in a folder are on the disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
