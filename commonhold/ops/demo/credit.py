"""The credit file in the story: everybody consents, the office serves notices, one delay is disputed.

Nothing is invented here: what of the rents is overdue the twin says, what becomes of it the contracts decide,
and the audit at the end derives every cell and score from the raw logs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from eth_utils.crypto import keccak
from rich.table import Table
from rich.text import Text

from commonhold.chain.send import Order
from commonhold.ops.chart import Series, bars
from commonhold.ops.credit.file import CreditFile, read_credit
from commonhold.ops.credit.lines import entry_rows, headline, reason_rows
from commonhold.ops.demo.relay import Relay
from commonhold.ops.demo.stage import Stage
from commonhold.rules.community import Community
from commonhold.rules.history import CURE_DAYS, Kind, Lane, late_lane
from commonhold.rules.rent import share_of
from commonhold.rules.score import Score
from commonhold.units import Day

_NOTICE_GAS: Final = 400_000
_REASON: Final = keccak(text="the bank confirms that the payment was ordered in time")
_WIDTH: Final = 560  # of the chart: a telephone shows all of it [px]
_STEPS: Final = (300, 500, 600, 700, 750, 850)  # of the chart of scores


@dataclass(slots=True)
class CreditDesk:
    """The office's side of the credit history: notices once a month, and one review."""

    stage: Stage
    relay: Relay
    notices: dict[int, Day] = field(default_factory=dict)  # obligation -> day of its notice [day]
    lanes: dict[int, Lane] = field(default_factory=dict)  # obligation -> where it was entered
    removed: int = 0  # the obligation whose entry was taken back

    def consent(self, parties: Sequence[int]) -> None:
        """Everybody lets the payments be kept on record, signed and sponsored."""
        call = self.stage.suite.parties.set_collecting_consent(True)
        self.relay.send([(self.stage.keys.of(party), call) for party in parties])

    def day(self, day: Day) -> str:
        """Nothing: the office looks through the rents at the end of a month."""
        return ""

    def month_end(self, community: Community, day: Day) -> str:
        """Notices for what is overdue, entries for what was not cured; once, a dispute: in words."""
        orders, entered = [], []
        reporter = self.stage.suite.leases.address
        office = self.stage.offices.manager.signer
        for obligation, due_day in overdue(community, day):
            if obligation == self.removed:
                continue
            noticed = self.notices.get(obligation)
            if noticed is None:
                self.notices[obligation] = day
            elif day <= noticed + CURE_DAYS:
                continue
            else:
                lane = late_lane(Kind.RENT, day - due_day)
                if self.lanes.get(obligation) == lane:
                    continue
                self.lanes[obligation] = lane
                entered.append(obligation)
            call = self.stage.suite.credit.report_overdue(reporter, obligation)
            orders.append(Order(office, call, _NOTICE_GAS))
        if orders:
            self.stage.offices.manager.send_many(orders)
        served = f"Credit: {len(orders) - len(entered)} notices served, {len(entered)} delays entered"
        told = served if orders else ""
        if entered and not self.removed:
            self.removed = entered[0]
            told = f"{told}; {self._review(community, day)}"
        return told

    def _review(self, community: Community, day: Day) -> str:
        """The tenant disputes an entry, an officer looks at the evidence and takes it back."""
        suite, obligation = self.stage.suite, self.removed
        lease, index = obligation >> 24, obligation >> 16 & 0xFF
        party = community.leases[lease].accounts[index].tenant
        key = suite.credit.key_of(suite.leases.address, obligation)
        self.relay.send([(self.stage.keys.of(party), suite.review.dispute(key, _REASON))])
        officer = self.stage.offices.officer
        officer.send_many([Order(officer.signer, suite.review.decide(key, False, _REASON), _NOTICE_GAS)])
        return f"party {party} disputed an entry of lease {lease}; it was reviewed and removed"


def overdue(community: Community, day: Day) -> Iterator[tuple[int, int]]:
    """(obligation, due day) of every rent that is past its grace and open, of leases that run."""
    for lease, ledger in community.leases.items():
        schedule = ledger.schedule
        last = schedule.last_label_due(day)
        for index, account in enumerate(ledger.accounts):
            label = schedule.first
            while label <= last:
                first, until = schedule.group(label)
                due_day = schedule.due_day(first)
                paid = account.settled + account.pot
                open_ = share_of(ledger.terms.shares, index, schedule.cum(until)) > paid
                carried = first == schedule.first and ledger.terms.opening.arrears
                if open_ and not carried and day > due_day + ledger.terms.grace_days:
                    yield lease << 24 | index << 16 | first, due_day
                label = until + 1


def two_of(scores: Mapping[int, Score]) -> tuple[int, int]:
    """The parties with the best and with the worst score, of those with enough records."""
    known = [party for party, score in scores.items() if score.sufficient]
    best = max(known, key=lambda party: (scores[party].score, -party))
    return best, min(known, key=lambda party: (scores[party].score, party))


def side_by_side(files: Sequence[CreditFile], names: Mapping[str, str]) -> Table:
    """Two credit files beside each other: a score is never shown without its reasons."""
    table = Table(title="Two credit files", title_justify="left", title_style="bold", show_lines=True)
    for found in files:
        table.add_column(Text(names.get(f"party {found.party}", f"party {found.party}")), overflow="fold")
    table.add_row(*(Text("\n".join(headline(found, "", "en")[1:])) for found in files))
    table.add_row(*(Text("\n".join(" ".join(row) for row in reason_rows(found, "en"))) for found in files))
    table.add_row(
        *(Text("\n".join(" ".join(row[1:]) for row in entry_rows(found, "en")) or "–") for found in files)
    )
    return table


def read_all(stage: Stage, parties: Sequence[int]) -> dict[int, Score]:
    """Every party's score."""
    return {party: stage.suite.formula.score_of(party) for party in parties}


def read_files(stage: Stage, parties: Sequence[int]) -> list[CreditFile]:
    """Credit files, each compared with the twin of the formula."""
    return [read_credit(stage.suite, party) for party in parties]


def chart_of_scores(scores: Mapping[int, Score]) -> str:
    """How many people have which score; those with too few records stand apart."""
    known = [score.score for score in scores.values() if score.sufficient]
    labels = [f"{low}–{high - (high != _STEPS[-1])}" for low, high in pairwise(_STEPS)]
    counts = [
        float(sum(low <= score < high + (high == _STEPS[-1]) for score in known))
        for low, high in pairwise(_STEPS)
    ]
    few = len(scores) - len(known)
    return bars(
        "Credit scores",
        [*labels, "no score yet"],
        [Series("people and companies", "#5b8fd6", [*counts, float(few)])],
        width=_WIDTH,
    )
