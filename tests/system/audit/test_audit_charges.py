"""Whatever is altered in tariffs, fees and bills is found: every compared word, every figure of every log,
every log left out. The chains are random lives of tests/lives/audited_fees.py and audited_bills.py.

Exempt are events and fields from which no figure follows, each with its reason.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from commonhold.chain.rawlogs import LogReader
from commonhold.ops.audit.compare import balances, check_supply, compare
from commonhold.ops.audit.findings import Difference, Findings
from commonhold.ops.audit.replay import Arguments
from commonhold.ops.audit.views import rows
from tests.bill_world import BillWorld
from tests.lives import audited_bills, audited_fees
from tests.recorded import Recorded, answers, replayed
from tests.stateful import test_bills
from tests.suite import START
from tests.system.audit.test_audit_alterations import EVIDENCE, alterations

TOLD_ONLY = {
    "CategoryProposed": "counts once it is approved",
    "PayeeProposed": "counts once it is approved",
    "ReliefProposed": "counts once it is granted",
    "PlanOffered": "counts once it is agreed",
    "AccountFollowed": "says which account comes next, which its opening says too",
    "AuthorityUpdated": "roles are compared by `doctor`",
}
# Words without a figure, and how many of the event's there are.
FREE = {
    "BillRuns.RunPosted.terms": 4,  # count and sum are bounds; hash and maker are for people
    "BillRuns.BillPaidAtOnce.party": 1,  # counts in the credit history, to which a double listens here
    "BillRuns.DisputeOpened.amount": 1,  # of a dispute that was decided: a bound
}
TEXTS = EVIDENCE | {"checker", "maker", "linesHash", "proof"}


class Chain:
    """A life as it was lived: its logs, its books, what its views answered."""

    def __init__(self, chain: Recorded, given: Arguments) -> None:
        self.raws, self.given, self.time = chain.raws, given, chain.timestamp
        books = replayed(given, self.raws)
        assert books.findings.differences == []
        self.asked = list(answers(chain, given, rows(books, self.time)))
        self.answers = {question[:3]: answer for question, answer in self.asked}

    def audit(self, raws: list[dict[str, Any]]) -> list[Difference]:
        books = replayed(self.given, raws)
        try:
            questions = list(rows(books, self.time))
        except (ValueError, LookupError, ArithmeticError) as error:
            books.findings.differ("books", "views", "rows", "figures that can be", str(error))
            return books.findings.differences
        compare([(one, self.answers.get(one[:3], "refused")) for one in questions], books.findings)
        for missing in self.answers.keys() - {one[:3] for one in questions}:
            books.findings.differ(str(missing[0]), str(missing[2]), str(missing[1]), "asked", "not asked")
        list(balances(books))
        check_supply(books)
        return books.findings.differences

    def last_of_each(self, contracts: set[str]) -> Mapping[tuple[str, str], int]:
        reader, found = LogReader(self.given.addresses), {}
        for at, raw in enumerate(self.raws):
            log = reader.read(raw, 0)
            if log is not None and log.contract in contracts and log.event not in TOLD_ONLY:
                found[log.contract, log.event] = at
        return found


@pytest.fixture(scope="module")
def fees() -> Chain:
    patch = pytest.MonkeyPatch()
    life = audited_fees.begin(7, patch)
    for _ in range(150):
        audited_fees.step(life, life.dice)
    patch.undo()
    return Chain(life.world.chain, audited_fees.given(life.world))


@pytest.fixture(scope="module")
def bills() -> Chain:
    patch = pytest.MonkeyPatch()
    world = BillWorld(chain=Recorded(timestamp=START))
    patch.setattr(test_bills, "world_once", lambda: world)
    life = audited_bills.Life(7)
    for _ in range(150):
        life.step()
    patch.undo()
    return Chain(world.chain, audited_bills.given(world))


@pytest.fixture(params=["fees", "bills"])
def chain(request: pytest.FixtureRequest) -> tuple[Chain, set[str]]:
    contracts = {"fees": {"TariffBook", "PropertyFee"}, "bills": {"BillRuns"}}[request.param]
    return request.getfixturevalue(request.param), contracts


def test_every_compared_word_is_found_when_it_differs_by_one(chain: tuple[Chain, set[str]]) -> None:
    lived, contracts = chain
    tried = set()
    for question, answer in lived.asked:
        for at, name in enumerate(question.fields):
            if not name or question.contract not in contracts or (question.function, name) in tried:
                continue
            tried.add((question.function, name))
            place = 2 + 64 * at
            word = (int(answer[place : place + 64], 16) + 1) % 2**256
            findings = Findings()
            compare([(question, f"{answer[:place]}{word:064x}{answer[place + 64 :]}")], findings)
            expected = Difference(question.contract, question.id, name, question.expected[at], word)
            assert findings.differences == [expected]
    assert len(tried) > 20


def test_every_log_that_is_left_out_is_missed(chain: tuple[Chain, set[str]]) -> None:
    lived, contracts = chain
    unmissed = [
        name
        for name, at in lived.last_of_each(contracts).items()
        if not lived.audit(lived.raws[:at] + lived.raws[at + 1 :])
    ]
    assert not unmissed


def test_every_figure_of_every_log_is_found_when_it_differs_by_one(chain: tuple[Chain, set[str]]) -> None:
    lived, contracts = chain
    missed: Counter[str] = Counter()
    for (contract, event), at in lived.last_of_each(contracts).items():
        for name, altered in alterations(contract, event, lived.raws[at]):
            if name in TEXTS:
                continue
            if not lived.audit([*lived.raws[:at], altered, *lived.raws[at + 1 :]]):
                missed[f"{contract}.{event}.{name}"] += 1
    assert not missed - Counter(FREE)
