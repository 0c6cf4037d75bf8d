"""`commonhold credit show | explain | statement | verify` as typed: output, files and exit codes.

show, explain ── table and JSON, each language · too few records: no score anywhere · unknown party: 2
statement ── written, selective, signed by an officer · nobody's consent for a reader: 2 · not an officer: 6
verify ── without a node: 0 · altered: 6 · unknown signer: 6 · of another community: 2
"""

import json

from commonhold.ops.deploy import local_account
from commonhold.words import LANGUAGES
from tests.system.credit.credit_town import Run


def test_a_credit_file_is_shown_with_its_reasons(run: Run) -> None:
    score = run.town.suite.formula.score_of(1).score
    out = run("credit", "show", 1)
    assert f"Credit score: {score} (excellent, 48 records)" in out
    assert "rent paid in time" in out and "+14.16" in out
    assert "needs the party's consent" in run.err
    for language in LANGUAGES:
        assert str(score) in run("credit", "show", 1, "--language", language)
        run("credit", "explain", 1, "--language", language)
    told = json.loads(run("credit", "show", 1, "--json"))
    assert told["score"]["value"] == score and len(told["reasons"]) == 48
    assert told == json.loads(run("credit", "explain", 1, "--json"))


def test_what_is_explained_adds_up(run: Run) -> None:
    score = run.town.suite.formula.score_of(1)
    out = run("credit", "explain", 1)
    assert f"good {score.good:,}  bad 0  (formula version 1)" in out
    assert f"= {score.score}" in out


def test_too_few_records_show_no_score(run: Run) -> None:
    out = run("credit", "show", 2)
    assert "too few records for a score (0 records)" in out and "575" not in out
    assert json.loads(run("credit", "show", 2, "--json"))["score"]["value"] is None
    run("credit", "show", 99, code=2)


def test_a_statement_is_made_and_checked_without_a_node(run: Run) -> None:
    out = run("credit", "statement", 1, "--only", "rent,score")
    assert "24 of 24 rents paid in time (in the 24 months to " in out
    (run.folder / "commonhold.toml").write_text('[network]\nrpc = "http://127.0.0.1:9"\n')
    run("credit", "verify", "credit.json")
    assert "Correct: signed by the officer" in run.err
    (run.folder / "deployments").rename(run.folder / "away")
    run("credit", "verify", "credit.json", code=6)
    assert "nobody here knows that address" in run.err
    officer = local_account("OFFICER").address
    told = json.loads(run("credit", "verify", "credit.json", "--issuer", officer, "--json"))
    assert told["claims"] == [{"what": "rent", "count": 24, "total": 24}] and told["known"]
    text = (run.folder / "credit.json").read_text()
    (run.folder / "credit.json").write_text(text.replace('"count": "24"', '"count": "23"', 1))
    run("credit", "verify", "credit.json", "--issuer", officer, code=6)


def test_a_statement_of_another_community_is_called_so(run: Run) -> None:
    run("credit", "statement", 1)
    manifest = next(run.folder.rglob("manifest.json"))
    address = run.town.suite.credit.address
    manifest.write_text(manifest.read_text().replace(address, "0x" + "11" * 20))
    run("credit", "verify", "credit.json", code=2)
    assert "another community" in run.err


def test_what_is_not_allowed_leaves_no_file(run: Run) -> None:
    run("credit", "statement", 1, "--reader", 2, code=2)
    run("credit", "statement", 2, "--only", "score", code=2)
    run("credit", "statement", 1, "--only", "height", code=2)
    assert not (run.folder / "credit.json").exists()


def test_a_release_to_a_reader_is_on_record(run: Run) -> None:
    suite, town = run.town.suite, run.town
    until = town.connection.block().time + 86_400
    town.send(run.account(1), suite.consent.call("grant", 2, 0, until, 1))
    run("credit", "statement", 1, "--reader", 2)
    assert len(suite.consent.events("ReadRecorded")) == 1
    told = json.loads(
        run("credit", "verify", "credit.json", "--issuer", local_account("OFFICER").address, "--json")
    )
    assert told["reader"] == 2
    run("credit", "statement", 1, "--reader", 2, "--out", "again.json", code=2)
