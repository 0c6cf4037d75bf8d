"""Random lives of small communities, audited: the logs alone give what every view answers.

The lives are those of tests/lives/leases.py: leases of all shapes, payments, refunds, settlements,
changes, closings, claims, offers, awards, mandates with limits, empty wallets. The credit history is the real
one; three of four parties consent, and now and then somebody reports what is overdue. Of retired
reporters nothing counts; a change can complete a rent.
"""

from random import Random

import pytest

from commonhold.rules.calendar import boundary, label_of, month_of
from commonhold.rules.history import Lane
from commonhold.rules.ledger import Change, ChangeKind
from tests.examples import LONG
from tests.lives.audited_leases import books, found, report_overdue, suite
from tests.lives.leases import ACTS, RENT, Life
from tests.mirror import Mirror
from tests.recorded import Recorded, arguments, differences, replayed
from tests.suite import CAP, OFFSET

LIVES = 60 if LONG else 6


@pytest.mark.parametrize("seed", range(LIVES))
def test_the_logs_of_a_random_life_give_what_every_view_answers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mirror.Suite", suite)
    monkeypatch.setattr(Mirror, "compare", lambda mirror: None)
    life = Life(seed)
    mirror, dice = life.mirror, Random(seed)
    for number, who in enumerate(mirror.people.values()):
        if number % 4:
            mirror.suite.parties.setCollectingConsent(True, sender=who)
    for _ in range(ACTS):
        life.step()
        if mirror.twin.leases and dice.random() < 0.3:
            report_overdue(mirror, dice)
    assert found(mirror) == []
    life.walk_out()
    assert found(mirror) == []


def test_of_reporters_that_are_retired_nothing_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A life of leases and deposits whose history hears of nothing any more."""
    monkeypatch.setattr("tests.mirror.Suite", suite)
    monkeypatch.setattr(Mirror, "compare", lambda mirror: None)
    mirror = Mirror()
    for reporter in (mirror.leases, mirror.escrow):
        mirror.suite.credit.retireReporter(reporter, sender=mirror.suite.admin)
    life = Life(3, mirror)
    for _ in range(ACTS // 2):
        life.step()
    life.walk_out()
    assert found(mirror) == []
    history = books(mirror).credit.grid
    assert history.grid == history.providers == history.outcomes == {}


def test_an_end_agreed_on_can_complete_a_rent_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a month was paid, and half a month it becomes: the change completes the obligation."""
    monkeypatch.setattr("tests.mirror.Suite", suite)
    monkeypatch.setattr(Mirror, "compare", lambda mirror: None)
    mirror = Mirror()
    landlord, tenant = mirror.person(units=1), mirror.person(funds=RENT, allowance=True)
    first = boundary(1, label_of(1, mirror.day) + 1)
    mirror.to_day(first)
    terms = {"start_day": first, "end_day": first + 365, "rent": RENT, "grace_days": 5}
    lease = mirror.activate(landlord, [tenant], **terms)
    end = first + 12
    days = boundary(1, label_of(1, first) + 1) - first
    assert mirror.pay(lease, tenant, RENT * 12 // days, tenant)
    assert found(mirror) == []
    assert mirror.change(lease, Change(ChangeKind.END, 0, end, 0, 0))
    assert found(mirror) == []
    assert books(mirror).credit.grid.grid == {(tenant, month_of(first), Lane.RENT_ON_TIME): 1}
    assert mirror.suite.credit.countOf(tenant, month_of(first), Lane.RENT_ON_TIME) == 1


@pytest.mark.parametrize("heard", [True, False])
def test_a_default_counts_by_the_changes_of_leases_while_they_may_report(heard: bool) -> None:
    found = suite()
    landlord, tenant, punctual = found.person(), found.person(), found.person(funds=10 * RENT)
    if not heard:
        found.credit.retireReporter(found.changes, sender=found.admin)
    found.mandate(punctual)
    unit = found.unit(landlord)
    lease = found.lease(unit, landlord, [tenant, punctual], mandates=False, rent=2 * RENT)
    found.to_day(found.day + 60)
    found.leases.settle([lease], sender=landlord)
    found.changes.giveDefaultNotice(lease, sender=landlord)
    found.to_day(found.day + 15)
    found.changes.endForDefault(lease, sender=landlord)
    addresses = {
        "CommunityToken": found.token, "PartyRegistry": found.parties, "UnitRegistry": found.units,
        "LeaseAgreement": found.leases, "LeaseChanges": found.changes, "DepositEscrow": found.escrow,
        "CreditRegistry": found.credit,
    }  # fmt: skip
    given, chain = arguments(addresses, OFFSET, CAP), found.chain
    assert isinstance(chain, Recorded)
    assert differences(chain, given, chain.raws) == []
    counted = replayed(given, chain.raws).credit.grid.grid
    month = month_of(found.day)
    defaults = {party: count for (party, _, lane), count in counted.items() if lane == Lane.DEFAULT}
    assert defaults == ({tenant.party: 1} if heard else {})  # who paid his share is in no default
    assert found.credit.countOf(punctual.party, month, Lane.DEFAULT) == 0
    assert found.credit.countOf(tenant.party, month, Lane.DEFAULT) == heard
