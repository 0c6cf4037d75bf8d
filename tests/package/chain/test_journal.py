"""The journal: what was signed survives, a torn line does not hurt, another chain or process is refused."""

from pathlib import Path

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal, JournalError, read_entries

SIGNED = {"kind": "signed", "hash": "0x1", "raw": "0x", "from": "0x", "nonce": 0, "label": "a"}


def test_entries_are_there_again_after_reopening(tmp_path: Path, connection: Connection) -> None:
    with Journal(tmp_path / "deep" / "j", connection) as journal:
        journal.append([SIGNED, {**SIGNED, "hash": "0x2"}, {**SIGNED, "hash": "0x3"}])
        journal.append([{"kind": "mined", "hash": "0x1"}, {"kind": "dropped", "hash": "0x3"}])
        journal.append([])
    with Journal(tmp_path / "deep" / "j", connection) as journal:
        assert [entry["hash"] for entry in journal.unfinished()] == ["0x2"]


def test_the_last_note_of_a_name_counts(tmp_path: Path, connection: Connection) -> None:
    with Journal(tmp_path / "j", connection) as journal:
        assert journal.note("plan") is None
        journal.append([{"kind": "note", "name": "plan", "n": 1}, {"kind": "note", "name": "plan", "n": 2}])
        note = journal.note("plan")
        assert note is not None and note["n"] == 2


def test_N6_a_line_cut_off_by_a_crash_is_ignored_and_later_ones_are_whole(
    tmp_path: Path, connection: Connection
) -> None:
    path = tmp_path / "j"
    with Journal(path, connection) as journal:
        journal.append([SIGNED])
    with path.open("ab") as stream:
        stream.write(b'{"kind":"signed","ha')
    with Journal(path, connection) as journal:
        assert len(journal.unfinished()) == 1
        journal.append([{**SIGNED, "hash": "0x2"}])
    with Journal(path, connection) as journal:
        assert [entry["hash"] for entry in journal.unfinished()] == ["0x1", "0x2"]


def test_a_torn_line_is_taken_away_whole_and_damage_inside_stops(
    tmp_path: Path, connection: Connection
) -> None:
    path = tmp_path / "j"
    with Journal(path, connection) as journal:
        journal.append([SIGNED])
    whole = path.read_bytes()
    for torn in (b"{", b'{"kind":"signed","hash":"0x2"}'):  # the second lacks nothing but its line end
        path.write_bytes(whole + torn)
        assert [entry["kind"] for entry in read_entries(path)] == ["chain", "signed"]
        with Journal(path, connection) as journal:
            assert len(journal.unfinished()) == 1
        assert path.read_bytes() == whole
    path.write_bytes(whole.replace(b'"kind":"signed"', b'"kind:"signed"'))
    with pytest.raises(JournalError, match="line 2: not an entry") as caught:
        Journal(path, connection)
    assert "Restore it" in caught.value.hint


def test_N14_a_journal_of_another_chain_is_refused(tmp_path: Path, connection: Connection) -> None:
    path = tmp_path / "j"
    path.write_text('{"kind":"chain","chainId":31337,"genesis":"0x00"}\n')
    with pytest.raises(JournalError, match="belongs to another chain"):
        Journal(path, connection)
    path.write_text("[1]\n")
    with pytest.raises(JournalError, match="line 1: not an entry"):
        Journal(path, connection)


def test_one_process_at_a_time(tmp_path: Path, connection: Connection) -> None:
    with Journal(tmp_path / "j", connection), pytest.raises(JournalError, match="in use"):
        Journal(tmp_path / "j", connection)
    Journal(tmp_path / "j", connection).close()
