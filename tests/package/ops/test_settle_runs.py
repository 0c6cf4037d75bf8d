"""Runs as the journal keeps them: read again, whole or damaged.

Branches: ids packed and unpacked · signed, mined, dropped, lost, in whatever order · a wallet outside · a run
of another contract · damage named
"""

from typing import Any

import pytest

from commonhold.errors import StoreError
from commonhold.ops.settle.books import Owed
from commonhold.ops.settle.runs import packed, runs_in, unpacked

PLANNED = {
    "kind": "run",
    "run": "2026-01-05.1",
    "book": "lease",
    "contract": "0xAA",
    "day": 20_458,
    "block": 7,
    "ids": "1-3,9",
    "owed": "5/0/1,6/1/1,7/0/2,8/0/1",
}
BATCH = {"kind": "batch", "run": "2026-01-05.1", "batch": 1, "ids": "1-3"}


def signed(hash_: str, batch: int = 1) -> dict[str, Any]:
    return {"kind": "signed", "for": f"2026-01-05.1/{batch}", "hash": hash_}


@pytest.mark.parametrize(
    ("ids", "text"),
    [([], ""), ([4], "4"), ([1, 2, 3], "1-3"), ([3, 1, 2, 7], "3,1-2,7"), ([2**80, 2**80 + 1], None)],
)
def test_ids_come_back_in_their_order(ids: list[int], text: str | None) -> None:
    assert text is None or packed(ids) == text
    assert list(unpacked(packed(ids))) == ids


def test_a_run_is_what_its_entries_say() -> None:
    (run,) = runs_in([PLANNED, BATCH, signed("0x1"), signed("0x2"), {"kind": "mined", "hash": "0x2"}])
    assert run.ids == (1, 2, 3, 9) and run.owed[2] == Owed(7, 0, 2)
    assert run.batches == {1: (1, 2, 3)} and run.hashes == {1: ["0x1", "0x2"]}
    assert run.written == {"0x2": "mined"} and run.end is None
    assert run.taken_back(()) == ["0x2"] and run.taken_back({"0x1"}) == []


def test_what_was_lost_and_dropped_is_not_taken_back_once_more() -> None:
    entries = [PLANNED, BATCH, signed("0x1"), {"kind": "mined", "hash": "0x1"}]
    for kind in ("lost", "dropped"):
        (run,) = runs_in([*entries, {"kind": kind, "hash": "0x1"}])
        assert run.taken_back(()) == []


def test_an_end_is_undone_when_the_run_is_open_again() -> None:
    ended = [PLANNED, BATCH, {"kind": "run-end", "run": "2026-01-05.1", "block": 9}]
    assert runs_in(ended)[0].end is not None
    assert runs_in([*ended, {"kind": "run-open", "run": "2026-01-05.1"}])[0].end is None


def test_what_a_wallet_sent_belongs_to_its_batch() -> None:
    asked = {"kind": "asked", "ask": 0, "for": "2026-01-05.1/1"}
    sent = {"kind": "sent", "ask": 0, "hash": "0x5"}
    answered = {"kind": "answered", "ask": 0, "hash": "0x5"}
    (run,) = runs_in([PLANNED, BATCH, asked, sent, answered, {"kind": "answered", "ask": 8, "hash": "0x6"}])
    assert run.hashes == {1: ["0x5"]}
    (run,) = runs_in([PLANNED, BATCH, asked, {"kind": "answered", "ask": 0, "hash": None}])
    assert run.hashes == {}


def test_transactions_of_other_things_are_none_of_a_run() -> None:
    others = [{"kind": "signed", "hash": "0x8"}, {"kind": "signed", "for": "elsewhere/1", "hash": "0x9"}]
    (run,) = runs_in([PLANNED, *others, {"kind": "mined", "hash": "0x8"}])
    assert run.hashes == {} and run.written == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "run", "run": "x"},
        {"kind": "batch", "run": "?", "batch": 1, "ids": "1"},
        BATCH | {"ids": "x"},
    ],
)
def test_a_damaged_journal_is_named(entry: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="damaged"):
        runs_in([PLANNED, entry])
