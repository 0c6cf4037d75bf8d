"""The credit file and the portable statement, on a real chain.

read: no party ── InputError · too few records ── said, no score
      · enough ── score, reasons, limit by contract and twin
      · a contract that says something else than the twin ── TwinError, nothing shown
statement: only what is chosen, over all of the latest months · no score from too few records
verify (no chain): good ── says so · unknown signer ── known is False · one word changed ── StatementForged
      · a score that its reasons do not give, another formula ── StatementForged
      · expired, not ours ── InputError
words: every word of the credit file exists in every language
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.contracts.credit import CreditFormula, Purpose
from commonhold.errors import InputError, SigningError, TwinError
from commonhold.ops.credit.file import as_json, read_credit
from commonhold.ops.credit.lines import (
    claim_lines,
    contribution_rows,
    entry_rows,
    headline,
    month_rows,
    pieces,
    provider_rows,
    reason_rows,
    sum_lines,
)
from commonhold.ops.credit.statement import (
    Claim,
    StatementForged,
    document,
    draft,
    formula_hash,
    may_share,
    officers_of,
    require_officer,
    statement_hash,
    verify,
    write,
)
from commonhold.ops.deploy import local_account
from commonhold.rules.calendar import month_of
from commonhold.rules.history import Lane, Standing
from commonhold.rules.score import FIRST, Band
from commonhold.words import LANGUAGES
from tests.faults.chainfaults import set_back
from tests.package.ops.town import Person, Town


class Credit:
    """A town whose credit history is written by a contract that reports what it is told."""

    def __init__(self, town: Town) -> None:
        self.town, self.suite = town, town.suite
        admin = town.sender("ADMIN")
        receipt = admin.send(
            Call(None, load("ReporterPuppet").creation_code([]), "ReporterPuppet", "constructor")
        )
        self.reporter = str(receipt.created)
        call = self.suite.credit.register_reporter(self.reporter, 31)
        admin.send(self.suite.access.schedule(call))
        town.to_day(town.today + 3)
        admin.send(call)
        town.to_day(town.today + 3)  # reporters of later days wait two days
        self.ann, self.ben = town.people(2)
        for person in (self.ann, self.ben):
            town.send(person.account, self.suite.parties.call("setCollectingConsent", True))
        self.month = month_of(town.today)

    def report(self, function: str, *arguments: Any) -> None:
        data = self.suite.credit.call(function, *arguments).data
        act = load("ReporterPuppet").function("act").encode([self.suite.credit.address, data])
        self.town.sender("MANAGER").send(Call(self.reporter, act, "ReporterPuppet", "act"))

    def in_time(self, person: Person, kind: int, months: int) -> None:
        items = [(self.month - age) << 32 | person.party for age in range(months)]
        self.report("countOnTime", kind, items)

    def read(self, person: Person) -> Any:
        return read_credit(self.suite, person.party)

    def default(self, person: Person, obligation: int) -> int:
        self.report("reportDefault", obligation, person.party, self.town.today)
        return self.suite.credit.key_of(self.reporter, obligation, default=True)


@pytest.fixture(scope="module")
def made(built: Town) -> Credit:
    return Credit(built)


@pytest.fixture
def credit(made: Credit) -> Iterator[Credit]:
    with set_back(made.town.connection):
        yield made


@pytest.fixture
def good(credit: Credit) -> Credit:
    """Ann paid 24 rents and 24 fees in time."""
    credit.in_time(credit.ann, 0, 24)
    credit.in_time(credit.ann, 1, 24)
    return credit


def signed(credit: Credit, path: Path, parts: list[str], **options: Any) -> dict[str, Any]:
    """A statement of Ann's, written to a file."""
    found = credit.read(credit.ann)
    typed = draft(credit.suite, found, parts, **options)
    made = document(typed, found.parameters, local_account("OFFICER"))
    write(path, made)
    return made


NOW = 0  # long before any statement ends


def test_an_unknown_party_has_no_file(credit: Credit) -> None:
    with pytest.raises(InputError, match="no party 999"):
        read_credit(credit.suite, 999)


def test_too_few_records_are_said_and_no_score_is_shown(credit: Credit) -> None:
    found = credit.read(credit.ann)
    assert found.score.band is Band.INSUFFICIENT
    assert as_json(found)["score"]["value"] is None
    for language in LANGUAGES:
        assert not any("575" in line for line in headline(found, "Ann", language))
    assert sum_lines(found)[-1] == "0 of 6 records, 0 of 6 months needed"


def test_the_file_is_what_contract_and_twin_say(good: Credit) -> None:
    found = good.read(good.ann)
    assert (found.score.records, found.score.months, found.score.verified) == (48, 24, 24)
    assert found.score == good.suite.formula.score_of(good.ann.party)
    assert found.limit == good.suite.formula.limit_of(good.ann.party)
    assert sum(row.good for row in found.reasons) == found.score.good
    assert [lane for lane, _, _ in found.by_lane()] == [Lane.RENT_ON_TIME, Lane.FEES_ON_TIME]
    told = as_json(found)
    assert told["score"]["value"] == found.score.score and len(told["reasons"]) == 48
    assert str(found.score.score) in sum_lines(found)[-1]


def test_a_file_of_an_earlier_block_stays_what_it_was(good: Credit) -> None:
    before = good.read(good.ann)
    good.default(good.ann, 1)
    after = good.read(good.ann)
    assert after.score.score < before.score.score
    assert read_credit(good.suite, good.ann.party, block=before.block) == before


def test_what_the_contract_says_otherwise_than_the_twin_is_not_shown(
    good: Credit, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = CreditFormula.explain

    def lie(self: CreditFormula, party: int, **options: Any) -> Any:
        score, rows = true(self, party, **options)
        return replace(score, score=score.score + 1), rows

    monkeypatch.setattr(CreditFormula, "explain", lie)
    with pytest.raises(TwinError, match="differ"):
        good.read(good.ann)


def test_entries_and_disputes_are_told(good: Credit) -> None:
    key = good.default(good.ann, 5)
    (entry,) = good.read(good.ann).entries
    assert (entry.key, entry.obligation, entry.outcome.standing) == (key, 5, Standing.ENTERED)
    good.town.send(good.ann.account, good.suite.review.dispute(key, b"\x01" * 32))
    found = good.read(good.ann)
    assert found.entries[0].outcome.standing is Standing.DISPUTED
    assert found.score.bad == 0
    assert as_json(found)["entries"][0]["review_until"] == found.today + 30
    assert len(entry_rows(found, "en")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_exists_in_every_language(good: Credit, language: str) -> None:
    ann = good.ann
    good.default(ann, 5)
    good.report("reportProvider", ann.party, good.month, 0)
    good.town.send(ann.account, good.suite.review.set_consumer_statement(b"\x07" * 32))
    found = good.read(ann)
    rows = [
        *reason_rows(found, language), *month_rows(found, language), *provider_rows(found, language),
        *entry_rows(found, language), *contribution_rows(found, language),
    ]  # fmt: skip
    assert all(cell for row in rows for cell in row)
    bare = replace(found, collecting=False, suspended=True)
    assert len(headline(bare, "Ann", language)) == 6
    for standing in Standing:
        if standing is not Standing.NONE:
            outcome = replace(found.entries[0].outcome, standing=standing)
            assert entry_rows(replace(found, entries=(replace(found.entries[0], outcome=outcome),)), language)
    everything = replace(found, counts={(good.month, lane): 1 for lane in Lane})
    assert len(month_rows(everything, language)[0][1].split(" × ")) == 11
    for band in Band:
        score = replace(found.score, band=band, sufficient=band is not Band.INSUFFICIENT)
        assert headline(replace(found, score=score), "Ann", language)


@pytest.mark.parametrize(
    ("evidence", "shown"), [(10**8, "+1.00"), (-150_000_000, "-1.50"), (999_999, "+0.00"), (0, "+0.00")]
)
def test_evidence_is_shown_in_pieces_of_a_month(evidence: int, shown: str) -> None:
    assert pieces(evidence) == shown


# ---- statements


def test_a_statement_says_what_was_chosen_and_verifies_without_a_chain(good: Credit, tmp_path: Path) -> None:
    path = tmp_path / "ann.json"
    signed(good, path, ["rent"])
    found = verify(path, officers_of(good.town.deployment), now=NOW)
    assert found.known and found.signer == local_account("OFFICER").address
    assert found.claims == (Claim("rent", 24, 24),)
    assert found.score is None and found.reason_counts == ()
    assert (found.party, found.subject) == (good.ann.party, good.ann.wallet)
    assert found.contract == good.suite.credit.address
    assert claim_lines(found, "en")[0].startswith("24 of 24 rents paid in time (in the 24 months to ")
    assert claim_lines(found, "zh")[0].startswith("24期租金按时支付：24")
    assert claim_lines(found, "ja")[0].startswith("24回の家賃を期日内に支払：24")


def test_a_default_cannot_be_hidden_in_the_months_that_are_shown(good: Credit, tmp_path: Path) -> None:
    good.default(good.ann, 5)
    signed(good, tmp_path / "a.json", ["defaults", "fees"], months=3)
    found = verify(tmp_path / "a.json", [], now=NOW)
    assert found.claims == (Claim("defaults", 1, 1), Claim("fees", 3, 3))
    assert not found.known


def test_a_score_travels_with_its_reasons_and_is_recomputed(good: Credit, tmp_path: Path) -> None:
    made = signed(good, tmp_path / "a.json", ["score", "rent"])
    found = verify(tmp_path / "a.json", [], now=NOW)
    assert found.score == good.read(good.ann).score.score
    assert found.reason_counts == ((Lane.RENT_ON_TIME, 24), (Lane.FEES_ON_TIME, 24))
    assert made["typed"]["message"]["formulaHash"] == "0x" + formula_hash(FIRST).hex()
    assert formula_hash(FIRST) == bytes(good.suite.formula.read("hashParameters", FIRST))
    assert any("fees paid in time × 24" in line for line in claim_lines(found, "en"))


def changes(value: Any) -> Iterator[tuple[list[Any], Any]]:
    """(path, other value) of every leaf of a document."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            for path, other in changes(inner):
                yield [key, *path], other
    elif isinstance(value, int):
        yield [], value + 1
    elif isinstance(value, str) and value.startswith("0x"):
        yield [], value[:-1] + ("0" if value[-1] != "0" else "1")
    elif isinstance(value, str):
        yield [], str(int(value) + 1) if value.isdigit() else value + "s"


def test_one_change_anywhere_is_found(good: Credit, tmp_path: Path) -> None:
    good.default(good.ann, 5)
    made = signed(good, tmp_path / "a.json", ["score", "rent", "defaults"])
    del made["typed"]["types"]  # compared as a whole
    tried = 0
    for path, other in changes(made):
        if path[:2] == ["typed", "message"] and path[2] == "reasons" and path[3] > 1:
            continue  # one like the others
        forged = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
        place = forged
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = other
        write(tmp_path / "forged.json", forged)
        with pytest.raises((StatementForged, InputError)):
            verify(tmp_path / "forged.json", [], now=NOW)
        tried += 1
    assert tried > 60


def test_a_signer_cannot_make_a_score_that_its_reasons_do_not_give(good: Credit, tmp_path: Path) -> None:
    found = good.read(good.ann)
    typed = draft(good.suite, found, ["score"])
    for field, value in (("score", str(found.score.score + 1)), ("formulaHash", "0x" + "11" * 32)):
        other = copy.deepcopy(typed)
        other["message"][field] = value
        write(tmp_path / "a.json", document(other, found.parameters, local_account("OFFICER")))
        with pytest.raises(StatementForged):
            verify(tmp_path / "a.json", [], now=NOW)
    other = copy.deepcopy(draft(good.suite, found, ["rent"]))
    other["message"]["claims"][0]["count"] = "25"
    write(tmp_path / "a.json", document(other, found.parameters, local_account("OFFICER")))
    with pytest.raises(StatementForged, match="more than all"):
        verify(tmp_path / "a.json", [], now=NOW)


def test_S5_a_statement_ends_with_its_last_second(good: Credit, tmp_path: Path) -> None:
    made = signed(good, tmp_path / "a.json", ["rent"], days=1)
    expires = int(made["typed"]["message"]["expires"])
    verify(tmp_path / "a.json", [], now=expires)
    with pytest.raises(InputError, match="expired"):
        verify(tmp_path / "a.json", [], now=expires + 1)


@pytest.mark.parametrize(
    ("parts", "options", "words"),
    [
        (["height"], {}, "height cannot be shown"),
        ([], {}, "Nothing cannot be shown"),
        (["rent"], {"months": 37}, "1 to 36 months"),
        (["rent"], {"months": 0}, "1 to 36 months"),
        (["rent"], {"days": 366}, "1 to 365 days"),
    ],
)
def test_what_cannot_be_stated_is_refused(
    good: Credit, parts: list[str], options: dict[str, int], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        draft(good.suite, good.read(good.ann), parts, **options)


def test_too_few_records_make_no_score_in_a_statement(good: Credit) -> None:
    with pytest.raises(InputError, match="too few records"):
        draft(good.suite, good.read(good.ben), ["score"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "commonhold-credit-statement-1"}', "not json"])
def test_what_is_no_statement_is_called_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        verify(tmp_path / "a.json", [], now=NOW)
    with pytest.raises(InputError, match="cannot be read"):
        verify(tmp_path / "nothing.json", [], now=NOW)


def test_a_reader_needs_the_partys_consent_and_the_release_is_on_record(good: Credit) -> None:
    suite, ann, ben = good.suite, good.ann.party, good.ben.party
    with pytest.raises(InputError, match="not consented to sharing"):
        may_share(suite, ann, ben)
    until = good.town.connection.block().time + 86_400
    good.town.send(good.ann.account, suite.consent.grant(ben, Purpose.SHARING, until, 1))
    may_share(suite, ann, ben)
    typed = draft(suite, good.read(good.ann), ["rent"], reader=ben)
    good.town.sender("OFFICER").send(suite.consent.record_release(ann, ben, statement_hash(typed)))
    (event,) = suite.consent.events("ReadRecorded")
    assert bytes(event["decisionHash"]) == statement_hash(typed)


def test_only_an_officer_signs(good: Credit) -> None:
    require_officer(good.suite, local_account("OFFICER"))
    with pytest.raises(SigningError, match="no OFFICER"):
        require_officer(good.suite, local_account("MANAGER"))
