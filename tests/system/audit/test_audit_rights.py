"""The audit of who may do what: recoveries, attestations, consents, sales and corrections of units.

One story with every event of PartyRecovery, UnitTransfers, Attestations and CreditConsent. Its logs alone
give what every view answers; a log that is left out, or a figure of one that is wrong, is found.
"""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.chain.rawlogs import LogReader
from commonhold.chain.rawviews import Question
from commonhold.ops.audit.compare import compare
from commonhold.ops.audit.findings import Difference, Findings
from commonhold.ops.audit.replay import RIGHTS
from commonhold.ops.audit.views import rows
from tests.backends import InProcess
from tests.credit_world import LENDING, SHARING, CreditWorld
from tests.recorded import Kept, Raw, answers, arguments, replayed
from tests.registry_world import DAY, REASON, UTC_OFFSET, spare
from tests.system.audit.test_audit_alterations import alterations

TOPIC, OTHER = keccak(text="real name"), keccak(text="owner")
COMMITMENT, DECISION = keccak(text="salted"), keccak(text="decision")
NOWHERE = ("LeaseAgreement", "DepositEscrow")  # of no account here: addresses without a contract
# Told for people, or free in a band: nothing else follows from them.
FREE = {
    "CreditConsent.ReadRecorded.decisionHash", "CreditConsent.ReadRecorded.by",
    "CreditConsent.ReadRefused.decisionHash", "CreditConsent.ConsentNonceRaised.party",
    "CreditConsent.ConsentNonceRaised.nonce",  # a signature uses one up without a log
    "Attestations.AttestationRevoked.reasonHash", "UnitTransfers.TransferConfirmed.by",
    "UnitTransfers.CorrectionConfirmed.by", "UnitTransfers.CorrectionDropped.by",
    "PartyRecovery.RecoveryOverruled.by", "PartyRecovery.RecoveryCancelled.by",
}  # fmt: skip
UNMISSED = {"CreditConsent.ReadRefused", "CreditConsent.ConsentNonceRaised", "PartyRecovery.RecoveryExpired"}


class Story:
    """What the community's offices and residents did, by its logs and by the contracts' answers."""

    def __init__(self) -> None:
        backend = InProcess()
        backend.chain = self.chain = Kept(timestamp=backend.chain.timestamp)
        self.world = world = CreditWorld(backend)
        self.attest()
        self.consents()
        self.sales()
        self.corrections()
        self.by_guardians()
        self.by_manager()
        found = {
            "CommunityToken": world.token, "PartyRegistry": world.parties, "UnitRegistry": world.units,
            "CreditRegistry": world.credit, "PartyRecovery": world.recovery, "UnitTransfers": world.transfers,
            "Attestations": world.attestations, "CreditConsent": world.consent,
        }  # fmt: skip
        nowhere = {name: f"0x{number:040x}" for number, name in enumerate(NOWHERE, 1)}
        self.given = arguments(found | nowhere, UTC_OFFSET, 10**15)
        self.raws, self.time = list(self.chain.raws), self.chain.timestamp
        books = replayed(self.given, self.raws)
        assert books.findings.differences == []
        self.asked = list(answers(self.chain, self.given, self._questions(books)))
        self.answers = {question[:3]: answer for question, answer in self.asked}

    def _questions(self, books: Any) -> list[Question]:
        return [one for one in rows(books, self.time) if one.contract in RIGHTS]

    def audit(self, raws: list[Raw]) -> list[Difference]:
        """By altered logs."""
        books = replayed(self.given, raws)
        questions = self._questions(books)
        compare([(one, self.answers.get(one[:3], "refused")) for one in questions], books.findings)
        for missing in self.answers.keys() - {one[:3] for one in questions}:
            books.findings.differ(str(missing[0]), str(missing[2]), str(missing[1]), "asked", "not asked")
        return books.findings.differences

    # ---------------------------------------------------------------- the story

    def attest(self) -> None:
        world, notes = self.world, self.world.attestations
        party, admin, until = world.party, world.wallet("admin"), world.time + 100 * DAY
        for topic, issuers in ((TOPIC, ("cleo", "dora", "ben")), (OTHER, ("dora",))):
            for issuer in issuers:
                notes.addIssuer(topic, party[issuer], sender=admin)
        notes.attest(TOPIC, party["ann"], COMMITMENT, until, sender=world.wallet("dora"))
        notes.attest(TOPIC, party["ann"], COMMITMENT, until + 5, sender=world.wallet("ben"))
        notes.attest(TOPIC, party["ben"], COMMITMENT, until, sender=world.wallet("dora"))
        notes.attest(TOPIC, party["dora"], COMMITMENT, until, sender=world.wallet("cleo"))
        notes.attest(OTHER, party["ben"], COMMITMENT, world.time + DAY, sender=world.wallet("dora"))
        notes.attest(OTHER, party["cleo"], COMMITMENT, until, sender=world.wallet("dora"))
        notes.revoke(TOPIC, party["ben"], REASON, sender=world.wallet("dora"))
        notes.drop(TOPIC, party["dora"], sender=world.wallet("ann"))
        notes.removeIssuer(TOPIC, party["cleo"], sender=admin)

    def consents(self) -> None:
        world, notes = self.world, self.world.consent
        party, ann = world.party, world.wallet("ann")
        notes.grant(party["ben"], SHARING, world.time + 50 * DAY, 3, sender=ann)
        notes.grant(party["ben"], LENDING, world.time + DAY, 1, sender=ann)
        notes.grant(party["cleo"], LENDING, world.time + 90 * DAY, 9, sender=ann)
        assert notes.recordRead(party["ann"], SHARING, DECISION, sender=world.wallet("ben"))
        assert notes.recordRead(party["ann"], LENDING, DECISION, sender=world.wallet("ben"))
        assert not notes.recordRead(party["ann"], LENDING, DECISION, sender=world.wallet("ben"))
        notes.revoke(party["cleo"], LENDING, sender=ann)
        notes.grant(party["dora"], SHARING, world.time + 300 * DAY, 7, sender=ann)
        notes.raiseConsentNonce(sender=ann)

    def sales(self) -> None:
        world, sale = self.world, self.world.transfers
        party, manager = world.party, world.wallet("manager")
        first, second, third, fourth = (world.unit("ann", 8_000 + i) for i in range(4))
        for unit in (first, second, third, fourth):
            sale.transfer(unit, party["ben"], sender=world.wallet("ann"))
        sale.confirmTransfer(first, party["ben"], sender=manager)
        sale.acceptTransfer(first, party["ann"], sender=world.wallet("ben"))
        sale.withdrawTransfer(fourth, sender=world.wallet("ben"))
        sale.acceptTransfer(third, party["ann"], sender=world.wallet("ben"))
        sale.setClearance(world.credit, sender=world.wallet("admin"))
        self.units = (first, second, third, fourth)

    def corrections(self) -> None:
        world, sale = self.world, self.world.transfers
        manager, committee, party = world.wallet("manager"), world.wallet("committee"), world.party
        first, second, third, fourth = self.units
        for unit, owner, area in ((first, 0, 7_777), (second, party["cleo"], 0), (fourth, party["dora"], 0)):
            sale.proposeCorrection(unit, owner, area, 0, REASON, sender=manager)
        sale.objectToCorrection(fourth, sender=world.wallet("ann"))
        sale.proposeCorrection(third, 0, 6_666, 5, REASON, sender=manager)
        for unit in self.units[:3]:
            sale.confirmCorrection(unit, REASON, sender=committee)
        world.later(8 * DAY)
        for unit in self.units[:2]:
            sale.applyCorrection(unit, sender=world.wallet("stranger"))

    def by_guardians(self) -> None:
        world, office = self.world, self.world.recovery
        party = world.party
        world.guard("ann", ["ben", "cleo", "dora"], 2)
        office.setGuardians([party["ben"]], 1, sender=world.wallet("ann"))
        consent = world.sign("ReplaceWallet", spare(1), party["ann"])
        for guardian in ("ben", "cleo"):
            world.support(guardian, "ann", consent, spare(1))
        office.cancelRecovery(sender=world.wallet("ann"))
        world.support("dora", "ann", consent, spare(1))
        world.later(4 * DAY)
        office.completeRecovery(party["ann"], sender=world.wallet("stranger"))
        world.guard("ben", ["cleo", "dora"], 1)
        world.start_by_guardians("ben", ["dora"], spare(2))
        world.later(30 * DAY)
        office.expireRecovery(party["ben"], sender=world.wallet("stranger"))
        office.setGuardians([party["cleo"]], 1, sender=world.wallet("ben"))
        office.raiseRecoveryNonce(sender=world.wallet("dora"))

    def by_manager(self) -> None:
        world, office = self.world, self.world.recovery
        party = world.party
        world.start_by_manager("cleo", spare(3))
        office.cancelRecovery(sender=world.wallet("cleo"))
        world.guard("cleo", ["ben", "dora"], 1)
        world.start_by_manager("cleo", spare(4))
        world.later(15 * DAY)
        office.completeRecovery(party["cleo"], sender=world.wallet("stranger"))
        world.guard("dora", ["ben"], 1)
        world.start_by_guardians("dora", ["ben"], spare(5))
        office.cancelRecovery(sender=world.wallet("dora"))
        world.propose("ben", spare(6))
        office.cancelRecovery(sender=world.wallet("ben"))
        world.propose("ann", spare(7))


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def test_the_logs_give_what_every_view_answers(story: Story) -> None:
    assert story.audit(story.raws) == []
    assert {question.contract for question, _ in story.asked} == set(RIGHTS)


def test_every_compared_word_is_found_when_it_differs_by_one(story: Story) -> None:
    tried = set()
    for question, answer in story.asked:
        for at, name in enumerate(question.fields):
            if not name or (question.contract, question.function, name) in tried:
                continue
            tried.add((question.contract, question.function, name))
            place = 2 + 64 * at
            word = (int(answer[place : place + 64], 16) + 1) % 2**256
            findings = Findings()
            compare([(question, f"{answer[:place]}{word:064x}{answer[place + 64 :]}")], findings)
            expected = Difference(question.contract, question.id, name, question.expected[at], word)
            assert findings.differences == [expected]
    assert len(tried) > 30


def _logs(story: Story) -> dict[tuple[str, str], int]:
    """Of every event of these contracts, the place of the last log."""
    reader, found = LogReader(story.given.addresses), {}
    for at, raw in enumerate(story.raws):
        log = reader.read(raw, 0)
        if (
            log is not None
            and log.contract in RIGHTS
            and log.event not in ("AuthorityUpdated", "EIP712DomainChanged")
        ):
            found[log.contract, log.event] = at
    return found


def test_the_story_has_every_event(story: Story) -> None:
    from commonhold.chain.artifacts import load

    quiet = {"AuthorityUpdated", "EIP712DomainChanged"}
    told = {event for _, event in _logs(story)}
    events = {e["name"] for name in RIGHTS for e in load(name).abi if e["type"] == "event"}
    assert events - told - quiet == set()


def test_every_log_that_is_left_out_is_missed(story: Story) -> None:
    unmissed = {
        f"{contract}.{event}"
        for (contract, event), at in _logs(story).items()
        if not story.audit(story.raws[:at] + story.raws[at + 1 :])
    }
    assert unmissed <= UNMISSED


def test_every_figure_of_every_log_is_found_when_it_differs_by_one(story: Story) -> None:
    missed = set()
    for (contract, event), at in _logs(story).items():
        for name, altered in alterations(contract, event, story.raws[at]):
            if not story.audit([*story.raws[:at], altered, *story.raws[at + 1 :]]):
                missed.add(f"{contract}.{event}.{name}")
    assert missed <= FREE
