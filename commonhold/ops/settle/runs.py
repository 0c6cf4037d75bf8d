"""Settlement runs in a sender's journal.

Besides the entries of the sender (`signed`, `mined`, `dropped`, `lost`) a run leaves

* `run`: its name, book, contract, day, the block it was planned at, and the ids that were due;
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
from commonhold.ops.settle.books import Book
from commonhold.units import Day, format_day


@dataclass(slots=True)
class Run:
    """One run. batches: number → its ids; hashes: number → every transaction that was signed for it;
    written: transaction → what was last written of it, mined, dropped or lost."""

    name: str
    book: str
    contract: str
    day: int
    block: int
    ids: tuple[int, ...]
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

    def append(self, *entries: dict[str, Any]) -> None:
        if self._journal is None:
            self._entries.extend(entries)
        else:
            self._journal.append(entries)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return self._entries if self._journal is None else self._journal.entries()

    def runs(self) -> list[Run]:
        return runs_in(self.entries)

    def run(self, name: str) -> Run:
        return next(run for run in self.runs() if run.name == name)

    def begin(self, book: Book, *, day: int, block: int, ids: Sequence[int]) -> Run:
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
                "ids": packed(ids),
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
    found: dict[str, Run] = {}
    owner: dict[str, Run] = {}  # of a transaction
    try:
        for entry in entries:
            _read(entry, found, owner)
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(
            f"The journal of the runs is damaged ({error!r}).", "Restore it from a copy."
        ) from error
    return list(found.values())


def _read(entry: Mapping[str, Any], found: dict[str, Run], owner: dict[str, Run]) -> None:
    kind = entry.get("kind")
    if kind == "run":
        found[entry["run"]] = Run(
            name=entry["run"],
            book=entry["book"],
            contract=entry["contract"],
            day=int(entry["day"]),
            block=int(entry["block"]),
            ids=unpacked(entry["ids"]),
        )
    elif kind == "batch":
        found[entry["run"]].batches[int(entry["batch"])] = unpacked(entry["ids"])
    elif kind == "run-end":
        found[entry["run"]].end = dict(entry)
    elif kind == "run-open":
        found[entry["run"]].end = None
    elif kind == "signed" and "for" in entry:
        name, _, number = str(entry["for"]).rpartition("/")
        if name in found:
            found[name].hashes.setdefault(int(number), []).append(entry["hash"])
            owner[entry["hash"]] = found[name]
    elif kind in ("mined", "dropped", "lost") and entry["hash"] in owner:
        owner[entry["hash"]].written[entry["hash"]] = str(kind)


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
