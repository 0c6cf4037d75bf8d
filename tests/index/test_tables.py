"""What is worked out from the logs is what the audit's books say, whatever life the logs tell of.

The lives are those of the audit's own tests: leases of all shapes, fees, bills, random and told. Branches:
each life whole, in spans, with its last blocks taken back and put in again · the tables made anew from the
raw logs · an altered row of every kind is named · a log that no contract tells.
"""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from sqlalchemy import text

from commonhold.chain.artifacts import load
from commonhold.chain.rawlogs import LogsDamaged
from commonhold.index import Index, open_index, tables
from commonhold.ops.audit.replay import Arguments, Books
from commonhold.ops.index_check import compare_tables, verify
from tests.bill_world import BillWorld
from tests.examples import LONG
from tests.index.lives import Raw, one_block_each, opened, put, rolled_back
from tests.index.worlds import dump
from tests.lives import audited_bills, audited_fees, audited_leases, leases
from tests.mirror import Mirror
from tests.package.ops.town import Town
from tests.recorded import Recorded, arguments
from tests.stateful import test_bills
from tests.suite import CAP, OFFSET, START

LIVES = 12 if LONG else 2
Lived = tuple[Arguments, list[Raw]]


def lease_life(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    patch.setattr("tests.mirror.Suite", audited_leases.suite)
    patch.setattr(Mirror, "compare", lambda mirror: None)
    life, dice = leases.Life(seed), Random(seed)
    suite = life.mirror.suite
    for person in life.mirror.people.values():
        suite.parties.setCollectingConsent(True, sender=person)
    for _ in range(leases.ACTS):
        life.step()
        if life.mirror.twin.leases and dice.random() < 0.3:
            audited_leases.report_overdue(life.mirror, dice)
    life.walk_out()
    addresses = {
        "CommunityToken": suite.token.address,
        "PartyRegistry": suite.parties.address,
        "UnitRegistry": suite.units.address,
        "LeaseAgreement": suite.leases.address,
        "DepositEscrow": suite.escrow.address,
        "CreditRegistry": suite.credit.address,
    }
    assert isinstance(suite.chain, Recorded)
    return arguments(addresses, OFFSET, CAP), suite.chain.raws


def fee_life(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    life = audited_fees.begin(seed, patch)
    for _ in range(audited_fees.ACTS):
        audited_fees.step(life, life.dice)
    return audited_fees.given(life.world), life.world.chain.raws


def bill_life(seed: int, patch: pytest.MonkeyPatch) -> Lived:
    world = BillWorld(chain=Recorded(timestamp=START))
    patch.setattr(test_bills, "world_once", lambda: world)
    life = audited_bills.Life(seed)
    for _ in range(audited_bills.ACTS):
        life.step()
    assert isinstance(world.chain, Recorded)
    return audited_bills.given(world), world.chain.raws


def wrong(index: Index, given: Arguments) -> list[str]:
    """What the audit's books and the tables say differently."""
    books = Books(given)
    books.replay(index.logs())
    assert books.findings.differences == []
    assert compare_tables(index, books) > 10
    return [str(one) for one in books.findings.differences]


@pytest.mark.parametrize("seed", range(LIVES))
@pytest.mark.parametrize("live", [lease_life, fee_life, bill_life])
def test_the_tables_of_a_random_life_are_what_the_books_of_the_audit_say(
    live: Callable[[int, pytest.MonkeyPatch], Lived],
    seed: int,
    fresh: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given, told = live(seed, monkeypatch)
    raws, rng = one_block_each(told), Random(seed)
    last = int(raws[-1]["blockNumber"], 16)
    with opened(fresh(), given) as whole:
        put(whole, raws)
        assert wrong(whole, given) == []
        expected = dump(whole)
        whole.derive_anew()
        assert dump(whole) == expected
    with opened(fresh(), given) as index:
        put(index, raws, together=rng.randint(1, 60), depth=25)
        for back in (1, rng.randint(2, 50), rng.randint(60, last // 2)):
            kept = [raw for raw in raws if int(raw["blockNumber"], 16) <= last - back]
            rolled_back(index, last - back)
            with opened(fresh(), given) as part:
                put(part, kept)
                assert dump(index) == dump(part)
            put(index, raws[len(kept) :], depth=25)
            assert dump(index) == expected


# ---------------------------------------------------------------- a told life on a real chain


@pytest.fixture(scope="module")
def filled(town: Town, fresh: Callable[[], str]) -> Iterator[Index]:
    with open_index(fresh(), town.deployment) as index:
        index.update(town.connection)
        yield index


def test_the_index_of_a_told_life_is_verified_against_node_and_books(filled: Index, town: Town) -> None:
    verdict = verify(filled, town.deployment, town.connection)
    assert [str(one) for one in verdict.differences] == []
    assert verdict.logs > 400 and verdict.rows > 30


def test_figures_are_what_the_contracts_answer(filled: Index, town: Town) -> None:
    day = town.today
    figures = list(filled.lease_figures())
    ids = [one.lease for one in figures]
    assert ids == list(range(1, town.suite.leases.lease_count() + 1))
    answers = town.suite.leases.accounts_of_many(ids)
    states = town.suite.leases.states_of(ids)
    for one, accounts, state in zip(figures, answers, states, strict=True):
        assert int(one.ledger.state_on(day)) == int(state)
        for touched, account in zip(one.ledger.all_touched(day), accounts, strict=True):
            found = (touched.account.tenant, touched.due, touched.settled, touched.pot, touched.late_fees)
            assert found == (account.tenant, account.due, account.settled, account.pot, account.late_fees)


ALTERED = {
    "balances": "UPDATE balances SET balance = '1'",
    "mandates": "UPDATE mandates SET collectors = 0",
    "parties": "UPDATE parties SET wallet = ''",
    "units": "UPDATE units SET owner = owner + 1",
    "leases": "UPDATE leases SET landlord = landlord + 1",
    "lease_accounts": "UPDATE lease_accounts SET settled = settled + 1",
}


@pytest.mark.parametrize("table", ALTERED)
def test_an_altered_row_is_named(table: str, filled: Index, town: Town) -> None:
    with filled.database.writing() as connection:
        before = connection.execute(tables.KEPT[table].select()).all()
        connection.execute(text(ALTERED[table]))
    try:
        verdict = verify(filled, town.deployment)
        assert not verdict.ok
        first = verdict.differences[0]
        assert first.field.startswith("index ") and first.id
    finally:
        filled.derive_anew()
    with filled.database.reading() as connection:
        assert sorted(connection.execute(tables.KEPT[table].select()).all()) == sorted(before)


def test_a_log_that_is_not_there_is_named(filled: Index, town: Town, url: str) -> None:
    with open_index(url, town.deployment) as index:
        index.update(town.connection)
        with index.database.writing() as connection:
            connection.execute(text("DELETE FROM logs WHERE block = (SELECT max(block) FROM logs)"))
        verdict = verify(index, town.deployment, town.connection)
        assert verdict.differences[0].found == "no log"


def test_an_altered_outcome_is_named(fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    given, told = lease_life(0, monkeypatch)
    with opened(fresh(), given) as index:
        put(index, one_block_each(told))
        with index.database.writing() as connection:
            connection.execute(text("UPDATE outcomes SET party = party + 1"))
        assert any("outcome 0x" in one for one in wrong(index, given))


def test_a_settlement_of_a_lease_of_which_nothing_was_told_is_refused(
    fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given, told = lease_life(3, monkeypatch)
    activated = load("LeaseAgreement").topic("LeaseActivated")
    raws = [raw for raw in one_block_each(told) if raw["topics"][0] != activated]
    with opened(fresh(), given) as index, pytest.raises(LogsDamaged, match="index rebuild"):
        put(index, raws)
