"""Whatever is altered is found: every word that is compared, every figure of every log, every log left out.

The chain is that of tests/audit_story.py. Its logs and the answers of its views are taken once; each case
alters one thing and audits again.

Branches: one word of a view · one figure of a log · one log left out · one log twice · logs out of order.
Exempt are only events and fields from which no figure follows, each with its reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.node import Node
from commonhold.chain.rawlogs import LogReader, read_all, stream
from commonhold.chain.rawviews import Question, ask
from commonhold.ops.audit.audit import arguments_of
from commonhold.ops.audit.compare import balances, check_supply, compare
from commonhold.ops.audit.findings import Difference, Findings
from commonhold.ops.audit.replay import READ, RIGHTS, Arguments, Books
from commonhold.ops.audit.views import rows
from tests.audit_story import tell
from tests.package.ops.town import Town

Raw = dict[str, Any]

# Events from which no compared figure follows: records for people.
TOLD_ONLY = {
    ("CommunityToken", "Approval"): "allowances are consents, not books; spending leaves no log of its own",
    ("CommunityToken", "TransferMemo"): "a note beside a Transfer",
    ("CommunityToken", "FreezeProposed"): "counts once it is confirmed",
    ("CommunityToken", "EIP712DomainChanged"): "never emitted",
    ("UnitRegistry", "Transfer"): "announces what owner and wallets say",
    ("UnitRegistry", "UpdateUser"): "announces what occupancy and wallets say",
    ("LeaseChanges", "SaleNotified"): "a notice to the tenants",
}
# Fields that are evidence, texts or names.
EVIDENCE = {
    "documentHash", "termsHash_", "reasonHash", "payoutHash", "memoHash", "evidence", "confirmer", "officer",
    "by", "treasurer", "nonce",
}  # fmt: skip
# Fields without a figure, by event; why.
FREE = {
    ("Reserve", "EntryPaused", "by"): "who",
    ("Reserve", "Exited", "to"): "where outside money went; the asset's own books",
    ("Reserve", "Exited", "received"): "bounded above; an asset may have lost value",
    ("PartyRegistry", "RecoveryPendingSet", "byManager"): "who started it: no view answers it",
    ("LeaseChanges", "ProposalApplied", "id"): "all signed at once: the hash is then new",
    ("LeaseChanges", "DefaultNoticeGiven", "by"): "who",
    ("LeaseChanges", "LeaseDefaulted", "by"): "who",
    ("UnitRegistry", "LeaseContractRegistered", "effectiveAt"): "guards the future only",
    (
        "RedemptionDesk",
        "RedemptionTakenBack",
        "holder",
    ): "the wallet that replaced the holder's, by the token",
    ("CommunityToken", "Minted", "citation"): "any that is new; the Reserve's own are recomputed",
    ("CommunityToken", "Burned", "citation"): "any; those of Reserve and desk are compared",
    ("CommunityToken", "AuthorizationUsed", "nonce"): "any",
    ("CreditFormula", "FormulaApproved", "checker"): "who",
    ("PropertyFee", "FurtherClearanceSet", "effectiveAt"): "past by then",
}


@dataclass
class Record:
    """The chain of the story, taken once."""

    given: Arguments
    reader: LogReader
    raws: list[Raw]
    answers: dict[tuple[Any, ...], str]
    asked: list[tuple[Question, str]]
    time: int

    def audit(self, raws: list[Raw]) -> list[Difference]:
        """By altered logs. A question that was not asked before has no answer to agree with."""
        books = Books(self.given)
        books.replay(read_all(self.reader, raws))
        try:
            questions = list(rows(books, self.time))
        except (ValueError, LookupError) as error:
            books.findings.differ("books", "views", "rows", "figures that can be", str(error))
            questions = []
        known = {question[:3] for question in questions}
        found = [(one, self.answers.get(one[:3], "refused: not asked before")) for one in questions]
        compare(found, books.findings)
        for question in self.answers.keys() - known:
            books.findings.differ(str(question[0]), str(question[2]), str(question[1]), "asked", "not asked")
        list(balances(books))
        check_supply(books)
        return books.findings.differences


@pytest.fixture(scope="module")
def record() -> Iterator[Record]:
    with Node() as node:
        town = Town.build(node.rpc_url)
        tell(town)
        given = arguments_of(town.deployment)
        head = town.connection.block()
        raws = list(stream(town.connection, list(given.addresses.values()), 0, head.number))
        reader = LogReader(given.addresses)
        books = Books(given)
        books.replay(read_all(reader, raws))
        asked = list(ask(town.connection, dict(given.addresses), rows(books, head.time), head.number))
        answers = {question[:3]: answer for question, answer in asked}
        yield Record(given, reader, raws, answers, asked, head.time)


def test_the_story_audits_clean(record: Record) -> None:
    assert record.audit(record.raws) == []


def test_every_compared_word_of_every_view_is_found_when_it_differs_by_one(record: Record) -> None:
    tried: set[tuple[str, str, str]] = set()
    for question, answer in record.asked:
        for at, name in enumerate(question.fields):
            key = (question.contract, question.function, name)
            if not name or key in tried:
                continue
            tried.add(key)
            place = 2 + 64 * at
            word = (int(answer[place : place + 64], 16) + 1) % 2**256
            twisted = f"{answer[:place]}{word:064x}{answer[place + 64 :]}"
            findings = Findings()
            compare([(question, twisted)], findings)
            assert findings.differences == [
                Difference(question.contract, question.id, name, question.expected[at], word)
            ]
    contracts = {contract for contract, _, _ in tried}
    # nobody reports to the review before somebody disputes
    assert (contracts - set(RIGHTS)) | {"CreditReview"} == set(READ)
    assert len(tried) > 100


def test_every_log_that_is_left_out_is_missed(record: Record) -> None:
    for contract, event, at in _first_of_each(record):
        if (contract, event) in TOLD_ONLY:
            continue
        found = record.audit(record.raws[:at] + record.raws[at + 1 :])
        assert found, f"nobody misses {contract}.{event}"


def test_every_figure_of_every_log_is_found_when_it_differs_by_one(record: Record) -> None:
    missed = []
    for contract, event, at in _first_of_each(record):
        if (contract, event) in TOLD_ONLY:
            continue
        for name, altered in alterations(contract, event, record.raws[at]):
            if name in EVIDENCE or (contract, event, name) in FREE:
                continue
            if not record.audit([*record.raws[:at], altered, *record.raws[at + 1 :]]):
                missed.append(f"{contract}.{event}.{name}")
    assert not missed, "\n".join(missed)


def test_a_log_that_comes_twice_or_too_late_is_found(record: Record) -> None:
    raws = record.raws
    at = len(raws) // 2
    assert record.audit([*raws[: at + 1], raws[at], *raws[at + 1 :]])
    assert record.audit([*raws[: at - 1], raws[at], raws[at - 1], *raws[at + 1 :]])


def test_every_exemption_is_of_an_event_that_exists() -> None:
    for contract, event in [*TOLD_ONLY, *((c, e) for c, e, _ in FREE)]:
        assert event in {entry["name"] for entry in load(contract).abi if entry["type"] == "event"}


# ---------------------------------------------------------------- altering


def _first_of_each(record: Record) -> list[tuple[str, str, int]]:
    """For every event of the audited contracts that the story has: one log, the last of its kind, because
    what comes first is often overwritten by what comes later."""
    found = {}
    for at, raw in enumerate(record.raws):
        log = record.reader.read(raw, 0)
        if log is not None and log.contract in READ and log.event != "AuthorityUpdated":  # roles: `doctor`
            found[log.contract, log.event] = at
    return [(contract, event, at) for (contract, event), at in found.items()]


def alterations(contract: str, event: str, raw: Raw) -> Iterator[tuple[str, Raw]]:
    """The log with one of its words greater by one, for each of its fields of fixed size; of a list, its
    first and its last word."""
    entry = next(e for e in load(contract).abi if e["type"] == "event" and e["name"] == event)
    topic, place = 0, 0
    for part in entry["inputs"]:
        if part["indexed"]:
            topic += 1
            topics = list(raw["topics"])
            topics[topic] = f"0x{(int(topics[topic], 16) + 1) % 2**256:064x}"
            yield part["name"], {**raw, "topics": topics}
        elif part["type"].endswith("[]"):
            begin = int(raw["data"][2 + 64 * place : 66 + 64 * place], 16) // 32
            count = int(raw["data"][2 + 64 * begin : 66 + 64 * begin], 16)
            for at in range(count):
                yield part["name"], {**raw, "data": _more(raw["data"], begin + 1 + at)}
            place += 1
        else:
            width = _words(part)
            for at in range(width):
                yield (
                    part["name"],
                    {**raw, "data": _more(raw["data"], place + at, flip=part["type"] == "bool")},
                )
            place += width


def _words(part: dict[str, Any]) -> int:
    if part["type"].endswith("]"):
        kind, _, count = part["type"][:-1].rpartition("[")
        return int(count) * _words({**part, "type": kind})
    return sum(map(_words, part["components"])) if part["type"] == "tuple" else 1


def _more(data: str, word: int, flip: bool = False) -> str:
    at = 2 + 64 * word
    value = int(data[at : at + 64], 16)
    return f"{data[:at]}{value ^ 1 if flip else (value + 1) % 2**256:064x}{data[at + 64 :]}"
