"""dispute(key, reasonHash) and setConsumerStatement(hash)

dispute
├── by another party, by a linked wallet that is not the current one, by nobody ── reverts
├── while the wallet is being recovered ── reverts
├── unknown outcome ── reverts
├── neutral, noticed only, in time, uncounted, disputed before, upheld, removed ── reverts
└── a negative outcome that counts ── out of its cell at once, 30 days for the review
statement ── the party's own, changed and taken away
"""

from commonhold.rules.history import Standing
from tests.credit_world import NEUTRAL, NOWHERE, RENT_LATE_1, CreditWorld
from tests.registry_world import REASON, spare


def test_a_disputed_outcome_leaves_its_cell_at_once(world: CreditWorld) -> None:
    world.collect("ann")
    month = world.month
    key = world.entered("ann", days=20)
    assert world.cell("ann", month, RENT_LATE_1) == 1
    world.review.dispute(key, REASON, sender=world.wallet("ann"))
    (event,) = world.events("OutcomeDisputed")
    assert (event["key"], event["party"], event["lastDay"]) == (key, world.party["ann"], world.today + 30)
    (moved,) = world.events("OutcomeMoved")
    assert (moved["from"], moved["to"]) == (RENT_LATE_1, NOWHERE)
    assert world.cell("ann", month, RENT_LATE_1) == 0
    outcome = world.outcome(key)
    assert (outcome.standing, outcome.counted) == (Standing.DISPUTED, False)


def test_only_the_party_disputes(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.entered("ann")
    for person in ("ben", "stranger", "officer"):
        with world.reverts("ReviewNotParty", ...):
            world.review.dispute(key, REASON, sender=world.wallet(person))


def test_the_party_disputes_by_its_current_wallet_alone(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.entered("ann")
    world.link("ann", spare(0))
    with world.reverts("ReviewNotParty", world.party["ann"], spare(0).address):
        world.review.dispute(key, REASON, sender=spare(0).address)
    world.parties.switchWallet(spare(0).address, sender=world.wallet("ann"))
    world.review.dispute(key, REASON, sender=spare(0).address)
    assert world.outcome(key).standing is Standing.DISPUTED


def test_not_while_the_wallet_is_being_recovered(world: CreditWorld) -> None:
    world.collect("ann")
    key = world.entered("ann")
    world.start_by_manager("ann", spare(0))
    with world.reverts("ReviewPartyInRecovery", world.party["ann"]):
        world.review.dispute(key, REASON, sender=world.wallet("ann"))


def test_an_unknown_outcome_is_not_disputed(world: CreditWorld) -> None:
    with world.reverts("ReviewOutcomeUnknown", 77):
        world.review.dispute(77, REASON, sender=world.wallet("ann"))


def test_only_a_negative_outcome_that_counts_is_disputable(world: CreditWorld) -> None:
    world.collect("ann")
    ann, due = world.wallet("ann"), world.today
    neutral, noticed = world.key(1), world.owe(2, "ann", due, grace=0)
    world.late(1, "ann", due, due + 40)
    with world.reverts("CreditNotDisputable", neutral, Standing.ENTERED, NEUTRAL, True):
        world.review.dispute(neutral, REASON, sender=ann)
    world.to_day(due + 1)
    world.overdue(2)
    with world.reverts("CreditNotDisputable", noticed, Standing.NOTICED, NOWHERE, False):
        world.review.dispute(noticed, REASON, sender=ann)


def test_an_outcome_is_disputed_once(world: CreditWorld) -> None:
    world.collect("ann")
    ann, officer = world.wallet("ann"), world.wallet("officer")
    key = world.entered("ann", days=20)
    world.review.dispute(key, REASON, sender=ann)
    with world.reverts("CreditNotDisputable", key, Standing.DISPUTED, RENT_LATE_1, False):
        world.review.dispute(key, REASON, sender=ann)
    world.review.decide(key, True, REASON, sender=officer)
    with world.reverts("CreditNotDisputable", key, Standing.UPHELD, RENT_LATE_1, True):
        world.review.dispute(key, REASON, sender=ann)


def test_a_party_attaches_a_statement_and_takes_it_away(world: CreditWorld) -> None:
    ann = world.party["ann"]
    world.review.setConsumerStatement(REASON, sender=world.wallet("ann"))
    assert world.events("ConsumerStatementSet")[0]["party"] == ann
    assert bytes(world.review.consumerStatementOf(ann)) == REASON
    assert bytes(world.review.consumerStatementOf(world.party["ben"])) == bytes(32)
    world.review.setConsumerStatement(bytes(32), sender=world.wallet("ann"))
    assert bytes(world.review.consumerStatementOf(ann)) == bytes(32)
    with world.reverts("ReviewNotParty", 0, world.wallet("stranger")):
        world.review.setConsumerStatement(REASON, sender=world.wallet("stranger"))
