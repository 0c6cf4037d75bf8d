"""Settlement runs in a sender's journal.

Besides the entries of the sender (`signed`, `mined`, `dropped`, `lost`) a run leaves

* `run`: its name, book, contract, day, the block it was planned at, the ids that were due, and what each
  owed: "principal/late fees/accounts" [cmt];
* `batch`: which of the ids its n-th transaction settles, written before that is signed; the `signed` entry
  says `for: <run>/<n>`;
* `run-end`: its last block and figures; `run-open`: a reorganisation took something back, so it goes on.

Ids are kept as ranges: "1-250,252".
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonhold.chain.journal import Journal
from commonhold.errors import StoreError
from commonhold.ops.settle.books import Book, Owed
from commonhold.ops.settle.report import Row
from commonhold.units import Day, format_day


@dataclass(slots=True)
class Run:
    """One run.

    owed: what each id owed when it was planned. batches: number → its ids; hashes: number → every transaction
    that was signed for it; written: transaction → what was last written of it: mined, dropped or lost.
    """

    name: str
    book: str
    contract: str
    day: int
    block: int
    ids: tuple[int, ...]
    owed: tuple[Owed, ...]
    batches: dict[int, tuple[int, ...]] = field(default_factory=dict)
    hashes: dict[int, list[str]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    end: dict[str, Any] | None = None

    @property
    def all_hashes(self) -> list[str]:
        return [hash_ for found in self.hashes.values() for hash_ in found]

    def taken_back(self, there: Container[str]) -> list[str]:
        """What was mined and is not there now, of batches of which nothing is there."""
        return [
            hash_
            for hashes in self.hashes.values()
            if not any(one in there for one in hashes)
            for hash_ in hashes
            if self.written.get(hash_) == "mined"
        ]

    def is_of(self, book: Book) -> bool:
        return self.book == book.name and self.contract.lower() == book.address.lower()


class RunLog:
    """The runs of a journal, or of this process where there is no journal."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self._entries: list[dict[str, Any]] = []
        self._reader = _Reader()
        self._read = 0  # entries

    def append(self, *entries: dict[str, Any]) -> None:
        if self._journal is None:
            self._entries.extend(entries)
        else:
            self._journal.append(entries)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return self._entries if self._journal is None else self._journal.entries()

    def runs(self) -> list[Run]:
        """As they are now; each is the same object every time."""
        entries = self.entries
        self._reader.take(entries[self._read :])
        self._read = len(entries)
        return list(self._reader.found.values())

    def run(self, name: str) -> Run:
        self.runs()
        return self._reader.found[name]

    def begin(self, book: Book, *, day: int, block: int, rows: Sequence[Row]) -> Run:
        stem = format_day(Day(day))
        number = sum(run.name.startswith(stem) for run in self.runs()) + 1
        name = f"{stem}.{number}"
        self.append(
            {
                "kind": "run",
                "run": name,
                "book": book.name,
                "contract": book.address,
                "day": day,
                "block": block,
                "ids": packed([row.lease for row in rows]),
                "owed": ",".join(f"{row.principal}/{row.late_fees}/{row.tenants}" for row in rows),
            }
        )
        return self.run(name)

    def batches(self, run: str, first: int, batches: Sequence[Sequence[int]]) -> list[str]:
        """Written down before they are signed; answers what each transaction is sent for."""
        numbered = list(enumerate(batches, first))
        self.append(
            *({"kind": "batch", "run": run, "batch": number, "ids": packed(ids)} for number, ids in numbered)
        )
        return [f"{run}/{number}" for number, _ in numbered]

    def sent(self, reference: str, hash_: str) -> None:
        """For a sender without a journal, which leaves no entry of its own."""
        if self._journal is None:
            self._entries.append({"kind": "signed", "for": reference, "hash": hash_})

    def lost(self, run: Run, hashes: Iterable[str]) -> None:
        """What was mined and is no longer on the chain; the run is open again."""
        entries: list[dict[str, Any]] = [{"kind": "lost", "hash": hash_} for hash_ in hashes]
        if run.end is not None:
            entries.append({"kind": "run-open", "run": run.name})
        self.append(*entries)

    def finish(self, run: str, block: int, figures: Mapping[str, Any]) -> None:
        self.append({"kind": "run-end", "run": run, "block": block, **figures})


def runs_in(entries: Iterable[Mapping[str, Any]]) -> list[Run]:
    """All runs, oldest first. Raises StoreError for a journal that is damaged."""
    reader = _Reader()
    reader.take(entries)
    return list(reader.found.values())


class _Reader:
    """Runs out of entries. owner: of a transaction; asks: what a wallet outside was asked for."""

    def __init__(self) -> None:
        self.found: dict[str, Run] = {}
        self._owner: dict[str, Run] = {}
        self._asks: dict[int, tuple[Run, int]] = {}

    def take(self, entries: Iterable[Mapping[str, Any]]) -> None:
        try:
            for entry in entries:
                self._run(entry)
                self._transaction(entry)
        except (KeyError, ValueError, TypeError) as error:
            raise StoreError(
                f"The journal of the runs is damaged ({error!r}).", "Restore it from a copy."
            ) from error

    def _run(self, entry: Mapping[str, Any]) -> None:
        kind = entry.get("kind")
        if kind == "run":
            self.found[entry["run"]] = Run(
                name=entry["run"],
                book=entry["book"],
                contract=entry["contract"],
                day=int(entry["day"]),
                block=int(entry["block"]),
                ids=unpacked(entry["ids"]),
                owed=tuple(Owed(*map(int, one.split("/"))) for one in entry["owed"].split(",")),
            )
        elif kind == "batch":
            self.found[entry["run"]].batches[int(entry["batch"])] = unpacked(entry["ids"])
        elif kind == "run-end":
            self.found[entry["run"]].end = dict(entry)
        elif kind == "run-open":
            self.found[entry["run"]].end = None

    def _transaction(self, entry: Mapping[str, Any]) -> None:
        """What a wallet outside sent itself has no signed bytes: a question, and the hash that came back."""
        kind = entry.get("kind")
        if kind in ("signed", "asked") and "for" in entry:
            name, _, number = str(entry["for"]).rpartition("/")
            if name not in self.found:
                return
            if kind == "asked":
                self._asks[int(entry["ask"])] = self.found[name], int(number)
            else:
                self._own(self.found[name], int(number), entry["hash"])
        elif kind in ("sent", "answered") and entry["ask"] in self._asks and entry["hash"]:
            self._own(*self._asks[entry["ask"]], entry["hash"])
        elif kind in ("mined", "dropped", "lost") and entry["hash"] in self._owner:
            self._owner[entry["hash"]].written[entry["hash"]] = str(kind)

    def _own(self, run: Run, batch: int, hash_: str) -> None:
        hashes = run.hashes.setdefault(batch, [])
        if hash_ not in hashes:
            hashes.append(hash_)
        self._owner[hash_] = run


def packed(ids: Sequence[int]) -> str:
    """1, 2, 3, 7 → "1-3,7"; the order stays."""
    parts: list[list[int]] = []
    for one in ids:
        if parts and parts[-1][1] + 1 == one:
            parts[-1][1] = one
        else:
            parts.append([one, one])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def unpacked(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)
