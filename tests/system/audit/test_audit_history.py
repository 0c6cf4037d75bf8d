"""The credit history under review, audited: bills of a real BillRuns tell CreditRegistry, parties dispute in
CreditReview, two officers correct, a contract lends by CreditFormula. Logs alone give every view's answer.

entry ── noticed, entered, paid: closed where it is · disputed and removed · disputed, upheld, corrected
cells ── a full one takes no more · a count corrected, a party's and a provider's word of their own
lending ── within the limit · released · beyond it: named
reporter ── retired: nothing more counts
notice ── whose reporter tells nothing of it any more: named
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.chain.rawlogs import LogReader
from commonhold.roles import GUARDED, ROLE_ID, ROLES
from commonhold.rules.calendar import first_of, month_of
from commonhold.rules.history import CURE_DAYS, Lane, Standing
from tests.bill_world import CMT, GRACE, REASON, BillWorld
from tests.recorded import Raw, Recorded, arguments, differences, replayed
from tests.suite import CAP, OFFSET, START, Person

LENDING = 1
MONTHS = 24  # of punctual payments before anybody lends


class Court:
    """A community with bills, a history, its review and a lender."""

    def __init__(self) -> None:
        self.chain = chain = Recorded(timestamp=START)
        self.world = world = BillWorld(real=True, chain=chain)
        suite, admin = world.suite, world.suite.admin
        self.credit = world.credit
        common = (suite.access, suite.forwarder, suite.parties)
        self.review = chain.deploy("CreditReview", *common, self.credit)
        self.consent = chain.deploy("CreditConsent", *common)
        self.formula = chain.deploy("CreditFormula", *common, self.credit, self.consent)
        self.officer, self.lender = chain.user(), chain.deploy("Puppet")
        self.names = {
            "CreditRegistry": self.credit, "CreditReview": self.review, "CreditConsent": self.consent,
            "CreditFormula": self.formula,
        }  # fmt: skip
        for name, contract in self.names.items():
            for role in ROLES[1:]:
                rows = [sign for sign, granted in GUARDED[name].items() if granted == role.name]
                if rows:
                    selectors = [keccak(text=row)[:4] for row in rows]
                    suite.access.setTargetFunctionRole(contract, selectors, role.id, sender=admin)
        for name, holder in (("REVIEW", self.review), ("LIMITS", self.formula), ("OFFICER", self.officer)):
            suite.access.grantRole(ROLE_ID[name], str(holder), 0, sender=admin)
        self.dora = suite.person()
        self.formula.registerLender(self.lender, self.dora.party, sender=admin)
        addresses = {
            "CommunityToken": suite.token, "PartyRegistry": suite.parties, "UnitRegistry": suite.units,
            "LeaseAgreement": suite.leases, "DepositEscrow": suite.escrow, "TariffBook": world.tariffs,
            "BillRuns": world.bills,
        }  # fmt: skip
        self.given = arguments(addresses | self.names, OFFSET, CAP)
        self.reader = LogReader(self.given.addresses)

    # ---- audits

    def audit(self, raws: list[Raw] | None = None) -> list[str]:
        found = differences(self.chain, self.given, self.chain.raws if raws is None else raws)
        return [str(one).partition(" (transaction")[0] for one in found]

    def place(self, contract: str, event: str) -> int:
        """Of the last such log."""
        logs = ((at, self.reader.read(raw, 0)) for at, raw in enumerate(self.chain.raws))
        return [at for at, log in logs if log and (log.contract, log.event) == (contract, event)][-1]

    def without(self, contract: str, event: str) -> list[Raw]:
        at = self.place(contract, event)
        return self.chain.raws[:at] + self.chain.raws[at + 1 :]

    # ---- acts

    def overdue(self, key: int) -> None:
        self.credit.reportOverdue(self.world.bills, key, sender=self.world.stranger)

    def key(self, bill: int) -> int:
        """Of a bill in the history."""
        return int(self.credit.keyOf(self.world.bills, bill, False))

    def entered(self, who: Person, version: int = 1) -> int:
        """A bill noticed and, after the cure, entered."""
        world = self.world
        bill = world.issued(100 * CMT, who, version=version)
        world.to_day(world.standing(bill)["last_on_time"] + 1)
        self.overdue(bill)
        world.pass_days(CURE_DAYS + 1)
        self.overdue(bill)
        return bill

    def disputed(self, who: Person, upheld: bool) -> int:
        """An entry disputed and decided; its key in the history."""
        key = self.key(self.entered(who))
        self.review.dispute(key, REASON, sender=who)
        assert self.audit() == []
        self.review.decide(key, upheld, REASON, sender=self.officer)
        return key

    def correct(self, *correction: Any) -> None:
        """(key, provider, party, month, from, to) by two persons."""
        whole = (*correction, REASON)
        self.review.proposeCorrection(whole, sender=self.officer)
        self.review.approveCorrection(whole, sender=self.world.checker)

    def standing(self, key: int) -> tuple[int, bool, Standing]:
        """Lane, whether it counts, standing: by the contract."""
        found = self.credit.outcomeOf(key)
        return int(found[4]), bool(found[5]), Standing(found[7])


@cache
def held() -> Court:
    return Court()


@pytest.fixture
def court() -> Iterator[Court]:
    found = held()
    suite = found.world.suite
    mark, time, logs = found.chain.evm.snapshot(), found.chain.timestamp, len(found.chain.raws)
    people = suite.people, suite.minted
    yield found
    found.chain.evm.revert(mark)
    found.chain.warp(time)
    del found.chain.raws[logs:]
    suite.people, suite.minted = people


def test_an_entry_that_is_paid_stays_where_it_is_and_is_closed(court: Court) -> None:
    world, ann = court.world, court.world.ann
    bill = court.entered(ann)
    assert court.audit() == []
    standing = world.standing(bill)
    world.bills.pay(bill, ann.party, standing["open"] + standing["late_fees"], sender=ann)
    assert court.audit() == []
    assert court.standing(court.key(bill)) == (Lane.FEES_LATE, True, Standing.ENTERED)
    books = replayed(court.given, court.chain.raws)
    assert books.credit.grid.outcomes[court.key(bill)].closed
    key = court.key(bill)
    assert any(one.startswith(f"CreditRegistry, outcome {key:#x}") for one in court.audit(
        court.without("CreditRegistry", "OutcomeMoved")
    ))  # fmt: skip


def test_a_dispute_that_is_not_upheld_takes_the_entry_out_for_ever(court: Court) -> None:
    key = court.disputed(court.world.ben, upheld=False)
    assert court.audit() == []
    assert court.standing(key) == (Lane.FEES_LATE, False, Standing.REMOVED)
    missed = court.audit(court.without("CreditReview", "DisputeDecided"))
    assert any(one.startswith(f"CreditRegistry, outcome {key:#x}, standing: expected 3") for one in missed)
    undisputed = court.audit(court.without("CreditReview", "OutcomeDisputed"))
    refused = "DisputeDecided: expected refused: CreditNotDisputed, found done"
    assert f"CreditRegistry, outcome {key:#x}, {refused}" in undisputed


def test_an_entry_upheld_and_corrected_and_a_count_corrected_are_told_by_their_logs(court: Court) -> None:
    world, cleo = court.world, court.world.cleo
    run = world.run([(cleo, CMT)], version=9)
    assert world.bills.payByProof(*run.of(cleo), CMT, sender=cleo)
    month = month_of(run.terms.due_day)
    key = court.disputed(cleo, upheld=True)
    court.correct(key, False, cleo.party, court.credit.outcomeOf(key)[1], Lane.FEES_LATE, Lane.NEUTRAL)
    court.correct(0, False, cleo.party, month, Lane.FEES_ON_TIME, Lane.NEUTRAL)
    court.review.setConsumerStatement(keccak(text="I was abroad"), sender=cleo)
    assert court.audit() == []
    assert court.standing(key) == (Lane.NEUTRAL, True, Standing.UPHELD)
    assert court.credit.countOf(cleo.party, month, Lane.NEUTRAL) == 2  # the entry is of this month too
    for event in ("CorrectionApproved", "CorrectionProposed", "ConsumerStatementSet"):
        assert court.audit(court.without("CreditReview", event)), event
    assert court.audit(court.without("CreditRegistry", "CountCorrected"))


def test_the_sixteenth_entry_of_a_cell_is_told_as_not_counted(court: Court) -> None:
    """Sixteen bills of one month, each paid late and never noticed: they are neutral, and fifteen count."""
    world, ann = court.world, court.world.ann
    bills = [world.issued(CMT, ann, version=version) for version in range(1, 17)]
    world.to_day(world.standing(bills[0])["due_day"] + GRACE + 1)
    for bill in bills:
        world.bills.pay(bill, ann.party, CMT, sender=ann)
    assert court.audit() == []
    month = court.credit.outcomeOf(court.key(bills[0]))[1]
    assert court.credit.countOf(ann.party, month, Lane.NEUTRAL) == 15
    assert court.standing(court.key(bills[-1])) == (Lane.NEUTRAL, False, Standing.ENTERED)
    row = (ann.party, int(month), int(Lane.NEUTRAL), 0)
    missed = court.audit(court.without("CreditRegistry", "OutcomeNotCounted"))
    expected = (
        f"CreditRegistry, party {row[0]} month {month}, OutcomeNotCounted: expected {row}, found no log"
    )
    assert expected in missed


def test_a_retired_reporter_is_heard_no_more(court: Court) -> None:
    world, ann = court.world, court.world.ann
    bill = world.issued(CMT, ann)
    court.credit.retireReporter(world.bills, sender=world.suite.admin)
    run = world.run([(ann, CMT)], version=2)
    assert world.bills.payByProof(*run.of(ann), CMT, sender=ann)
    world.to_day(world.standing(bill)["due_day"] + GRACE + 1)
    world.bills.pay(bill, ann.party, CMT, sender=ann)
    assert court.audit() == []
    books = replayed(court.given, court.chain.raws)
    assert books.credit.grid.grid == books.credit.grid.outcomes == {}
    assert court.audit(court.without("CreditRegistry", "ReporterRetired"))


def test_what_is_lent_stays_within_the_limit_of_the_score(court: Court) -> None:
    world, ann = court.world, court.world.ann
    for _ in range(MONTHS):
        run = world.run([(ann, CMT)])
        assert world.bills.payByProof(*run.of(ann), CMT, sender=ann)
        world.to_day(first_of(month_of(world.today) + 1))
    until = world.chain.timestamp + 90 * 86_400
    court.consent.grant(court.dora.party, LENDING, until, 9, sender=ann)
    limit = court.formula.limitOf(ann.party)[0]
    assert limit > 0
    for function, amount, *reason in (
        ("takeExposure", limit, REASON), ("releaseExposure", limit // 3),
    ):  # fmt: skip
        data = court.formula.data(function, ann.party, amount, *reason)
        court.lender.act(court.formula, data, sender=world.stranger)
        assert court.audit() == []
    lender = court.lender.address.lower()
    books = replayed(court.given, court.chain.raws)
    assert books.formula.exposures == {(ann.party, lender): limit - limit // 3}
    at = court.place("CreditFormula", "ExposureTaken")
    raw = court.chain.raws[at]
    more = {**raw, "data": f"0x{limit + 1:064x}{raw['data'][66:]}"}
    found = court.audit([*court.chain.raws[:at], more, *court.chain.raws[at + 1 :]])
    row = f"CreditFormula, party {ann.party}"
    assert f"{row}, ExposureTaken.amount: expected at most {limit}, found {limit + 1}" in found


def test_every_obligation_of_bills_is_what_the_contract_says(court: Court) -> None:
    world, ann = court.world, court.world.ann
    bill = world.issued(30 * CMT, ann)
    world.bills.dispute(bill, 10 * CMT, REASON, sender=ann)
    world.pass_days(20)
    for _ in range(3):
        moment: list[Any] = []
        books = replayed(court.given, court.chain.raws)
        books.before = moment.append
        books._take("0x0", [_now(court)])
        facts = books.bills.overdue(bill, moment[0])
        assert facts is not None and books.bills.overdue(bill + 1, moment[0]) is None
        told = (facts.kind, facts.party, facts.due_day, facts.last_on_time_day, facts.open)
        assert tuple(world.bills.overdueOf(bill)) == told
        world.pass_days(15)
    assert facts.open == 20 * CMT  # silence took the rest off


def _now(court: Court) -> Any:
    """A log of this moment that says nothing."""
    log = court.reader.read(court.chain.raws[-1], 0)
    assert log is not None
    return log._replace(time=court.chain.timestamp, block=court.chain.number + 1, event="nothing")
