"""The local store: private, of one chain, honest about states.

open: file rights, folder made, damaged, newer, not writable; older: brought up to date, or left
alone; chain: bound once; identity: keyed, per store
states: planned → prepared → signed → activated → ended, steps back, illegal ones; ids recorded once; wallets
"""

import sqlite3
import stat
from pathlib import Path

import pytest

from commonhold.errors import StoreError
from commonhold.ops.bank import decisions
from commonhold.ops.bank.deciders import Decider
from commonhold.ops.intake.importing import apply_plan, plan_import
from commonhold.store import FILE, Store
from commonhold.store.outbox import put
from commonhold.store.schema import VERSION
from commonhold.units import LeaseId, PartyId, UnitId
from tests.package.intake.rolls import day, read, row
from tests.package.store.fake_chain import FakeChain

KEY = "a/0101 from 2025-03-01"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "data", clock=lambda: 1_767_200_000.5)
    apply_plan(store, plan_import(store, read(tmp_path, [row()])), FakeChain(tmp_path / "chain"))
    return store


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    Store.open(folder).close()
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / FILE).chmod(0o644)
    Store.open(folder).close()
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_a_damaged_a_newer_and_an_unreachable_store_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path / "a")
    Store.open(tmp_path / "b").close()
    with sqlite3.connect(tmp_path / "b" / FILE) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreError, match="newer version"):
        Store.open(tmp_path / "b")
    (tmp_path / "c").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "c")


def test_a_store_belongs_to_one_chain(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.bind_chain(31337, "0xAB")
        store.bind_chain(31337, "0xab")
    with Store.open(tmp_path) as store:
        with pytest.raises(StoreError, match="another chain"):
            store.bind_chain(31337, "0xcd")
        with pytest.raises(StoreError, match="another chain"):
            store.bind_chain(1, "0xab")


def test_P3_an_identity_is_keyed_with_a_secret_of_the_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a") as one, Store.open(tmp_path / "b") as other:
        identity = one.identity_of("anna|1")
        assert len(identity) == 32
        assert identity != one.identity_of("anna|2")
        assert identity != other.identity_of("anna|1")
    with Store.open(tmp_path / "a") as again:
        assert again.identity_of("anna|1") == identity


def test_a_lease_goes_through_its_states(store: Store) -> None:
    store.mark_prepared(KEY, "0xAA")
    store.mark_prepared(KEY, "0xBB")
    assert store.lease_by_hash("0xbB").key == KEY  # type: ignore[union-attr]
    store.mark_signed(KEY)
    store.mark_signed(KEY)
    store.mark_activated(KEY, LeaseId(4))
    store.mark_activated(KEY, LeaseId(4))
    assert store.lease_by_id(LeaseId(4)).state == "activated"  # type: ignore[union-attr]
    assert store.count_by_state() == {"planned": 0, "prepared": 0, "signed": 0, "activated": 1, "ended": 0}
    store.mark_end(KEY, day("2026-06-01"))
    assert store.lease(KEY).end_day == day("2026-06-01")  # type: ignore[union-attr]
    store.mark_end(KEY, day("2026-06-01"), ended=True)
    store.mark_activated(KEY, LeaseId(4))
    assert [lease.key for lease in store.leases("ended")] == [KEY]


def test_a_withdrawn_offer_is_planned_again(store: Store) -> None:
    store.mark_prepared(KEY, "0xaa")
    store.withdraw(KEY)
    assert store.lease(KEY).terms_hash is None  # type: ignore[union-attr]
    store.drop(KEY)
    assert store.leases() == []


def test_steps_that_leave_one_out_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="is planned, and cannot become signed"):
        store.mark_signed(KEY)
    with pytest.raises(StoreError, match="has to be activated"):
        store.mark_end(KEY, day("2026-06-01"))
    store.mark_activated(KEY, LeaseId(4))
    for step in (
        lambda: store.mark_prepared(KEY, "0xaa"),
        lambda: store.withdraw(KEY),
        lambda: store.drop(KEY),
    ):
        with pytest.raises(StoreError):
            step()
    with pytest.raises(StoreError, match="lease 4 on chain already, not 5"):
        store.mark_activated(KEY, LeaseId(5))
    with pytest.raises(StoreError, match="no lease 'x'"):
        store.mark_signed("x")


def test_ids_are_recorded_once(store: Store) -> None:
    ids = store.party_ids()
    store.set_party_ids(ids)
    with pytest.raises(StoreError, match="already"):
        store.set_party_ids({"anna bennett": 99})
    with pytest.raises(StoreError, match="already"):
        store.finish_units({"a/0101": 99})
    with pytest.raises(StoreError, match="no party"):
        store.set_party_ids({"nobody": 1})


def test_names_and_labels_are_found_by_id(store: Store) -> None:
    assert store.name_of(PartyId(store.party_ids()["anna bennett"])) == "Anna Bennett"
    assert store.name_of(PartyId(99)) == "party 99"
    assert store.label_of(UnitId(1)) == "A 0101"
    assert store.label_of(UnitId(99)) == "unit 99"
    store.set_wallet("anna bennett", "0x1")
    party = store.party("anna bennett")
    assert party is not None
    assert party.wallet == "0x1"
    assert store.building_number("A") == store.building_number("A") != store.building_number("C")


def test_batches_say_when_and_from_which_file(store: Store) -> None:
    (batch,) = store.batches()
    assert (batch.file, batch.imported_at, batch.cutover) == ("roll.csv", 1_767_200_000, day("2025-12-31"))
    assert len(batch.sha256) == 64


def test_amendments_are_closed_as_applied_or_dismissed(tmp_path: Path, store: Store) -> None:
    report = read(tmp_path, [row(rent="1", deposit="2")])
    apply_plan(store, plan_import(store, report), FakeChain(tmp_path / "chain"))
    first, second = store.amendments()
    store.close_amendments([first.id], "applied")
    store.close_amendments([second.id], "dismissed")
    assert store.amendments() == []
    assert len(store.amendments("applied", "dismissed")) == 2
    with pytest.raises(ValueError, match="neither"):
        store.close_amendments([first.id], "forgotten")


def _as_version_1(path: Path) -> None:
    """The file as the first version wrote it: its tables and rows, none of the later ones."""
    with sqlite3.connect(path) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name in tables:
            if name.startswith("bank_") or name == "outbox":
                connection.execute(f"DROP TABLE {name}")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")


def test_D4_a_store_of_the_first_version_is_brought_up_to_date_with_its_rows(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "data" / FILE
    rows = {row.key: (row.name, row.id) for row in store.parties()}
    secret = store.identity_of("anna|1")
    store.close()
    _as_version_1(path)
    with Store.open(tmp_path / "data") as newer:
        assert {row.key: (row.name, row.id) for row in newer.parties()} == rows and rows
        assert newer.identity_of("anna|1") == secret
        assert newer.leases()[0].key == KEY
        with newer.writing() as session:
            assert put(session, "k", "cause", "office", {}, 7)
            assert not put(session, "k", "cause", "office", {}, 8)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == (str(VERSION),)
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM bank_entries").fetchone() == (0,)


# as the second version wrote it
_DECISIONS_2 = """
CREATE TABLE bank_decisions (
    id INTEGER NOT NULL, entry INTEGER NOT NULL, at INTEGER NOT NULL, decision VARCHAR NOT NULL,
    party INTEGER, reason VARCHAR NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(entry) REFERENCES bank_entries (id)
);
CREATE INDEX ix_bank_decisions_entry ON bank_decisions (entry);
INSERT INTO bank_entries (
    id, identity, kin, account, side, amount, currency, day, reference, counterparty, text, reversal, state,
    why
)
    VALUES (7, 'i', 'k', 'a', 'credit', 5, 'EUR', 20000, '', '', '', 0, 'matched', '');
INSERT INTO bank_decisions VALUES (1, 7, 1700000000, 'assign', 3, 'he showed the receipt');
UPDATE meta SET value = '2' WHERE key = 'schema';
"""


def _as_version_2(path: Path) -> None:
    """The file as the second version wrote it, with a decision of nobody knows whom."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE bank_decisions")
        connection.executescript(_DECISIONS_2)


def test_D4_decisions_of_the_second_version_stay_and_are_of_nobody(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "data" / FILE
    rows = {row.key: (row.name, row.id) for row in store.parties()}
    store.close()
    _as_version_2(path)
    with Store.open(tmp_path / "data") as newer:
        (old,) = decisions.decisions_of(newer)
        told = decisions.as_json(old)
        assert told == {
            "entry": 7, "at": 1_700_000_000, "decision": "assign", "party": 3, "by": None, "office": None,
            "reason": "he showed the receipt",
        }  # fmt: skip
        with newer.writing() as session:
            decisions.note(session, newer, 7, "mint", "in 0x1", Decider("0xAB", "TREASURER"))
        assert [one.decided_by for one in decisions.decisions_of(newer)] == ["", "0xAB"]
        assert {row.key: (row.name, row.id) for row in newer.parties()} == rows and rows
    Store.open(tmp_path / "data").close()
    with sqlite3.connect(path) as connection:
        upgraded = connection.execute("PRAGMA table_info(bank_decisions)").fetchall()
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == (str(VERSION),)
    Store.open(tmp_path / "fresh").close()
    with sqlite3.connect(tmp_path / "fresh" / FILE) as connection:
        fresh = connection.execute("PRAGMA table_info(bank_decisions)").fetchall()
    assert [(name, kind, needed) for _, name, kind, needed, _, _ in upgraded] == [
        (name, kind, needed) for _, name, kind, needed, _, _ in fresh
    ]


def test_D4_an_upgrade_of_the_second_version_that_fails_leaves_the_file_as_it_was(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "data" / FILE
    store.close()
    _as_version_2(path)
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE bank_decisions ADD COLUMN office VARCHAR")  # in the way of the second
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path / "data")
    with sqlite3.connect(path) as connection:
        names = [name for _, name, *_ in connection.execute("PRAGMA table_info(bank_decisions)")]
        assert "decided_by" not in names and "office" in names
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("2",)


def test_D4_an_upgrade_that_fails_leaves_the_file_as_it_was(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "data" / FILE
    store.close()
    _as_version_1(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE INDEX ix_outbox_state ON parties (name)")  # in the way of a new one
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path / "data")
    with sqlite3.connect(path) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert not any(name.startswith("bank_") for name in names)
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("1",)
