"""`commonhold credit dispute | decide` as typed: an entry of a history that its party finds wrong.

dispute ── no such key · noticed only · dry · no key · another's key · once
decide  ── not in dispute · dry · not an officer · upheld · removed · too late
"""

import json

import pytest

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.rules.history import Standing
from tests.package.ops.town import Town
from tests.system.credit.credit_town import Run

REASON = ("--reason", "it was paid in time")


def noticed(town: Town, obligation: int) -> tuple[str, str, int]:
    """A rent that fell due yesterday and is open: its reporter, the key of its entry, its due day."""
    suite, due = town.suite, town.today
    puppet = str(suite.credit.events("ReporterRegistered")[-1]["reporter"])
    told = load("ReporterPuppet").function("tell").encode([obligation, (0, 1, due, due, 1)])
    town.sender("MANAGER").send(Call(puppet, told, "ReporterPuppet", "tell"))
    town.to_day(due + 1)
    town.sender("MANAGER").send(suite.credit.report_overdue(puppet, obligation))
    return puppet, f"{suite.credit.key_of(puppet, obligation):#x}", due


def entered(town: Town, obligation: int) -> str:
    puppet, key, due = noticed(town, obligation)
    town.to_day(due + 16)
    town.sender("MANAGER").send(town.suite.credit.report_overdue(puppet, obligation))
    return key


def test_an_entry_is_disputed_by_its_party_once_and_decided_by_an_officer(
    run: Run,
) -> None:
    town, suite = run.town, run.town.suite
    anns, bens = run.keystore(1), run.keystore(2)
    _, early, _ = noticed(town, 7)
    run("credit", "dispute", early, *REASON, *anns, code=2)
    assert "noticed and not entered" in run.err
    key, second = entered(town, 8), entered(town, 9)
    assert key in run("credit", "show", 1)
    for said, word in (
        ("no key of an entry", "0xzz"),
        ("no key of an entry", "0"),
        ("There is no entry", "12"),
    ):
        run("credit", "dispute", word, *REASON, *anns, code=2)
        assert said in run.err
    run("credit", "decide", key, "--upheld", *REASON, code=2)
    assert "not in dispute" in run.err
    run("credit", "dispute", key, "--reason", " ", *anns, code=2)
    run("credit", "dispute", key, *REASON, code=6)
    run("credit", "dispute", key, *REASON, *bens, code=5)
    assert "ReviewNotParty" in run.err
    run("credit", "dispute", key, *REASON, "--dry-run")
    assert "Nothing was sent" in run.err and "Party 1" in run.err
    for one in (key, second):
        told = json.loads(run("credit", "dispute", one, *REASON, *anns, "--json"))
        assert (told["standing"], told["last_day"]) == ("DISPUTED", town.today + 30)
    run("credit", "dispute", key, *REASON, *anns, code=2)
    assert "any more" in run.err

    run("credit", "decide", key, *REASON, code=2)  # neither upheld nor removed
    run("credit", "decide", key, "--removed", *REASON, "--dry-run")
    assert suite.credit.outcome_of(int(key, 16)).standing is Standing.DISPUTED
    run("credit", "decide", key, "--removed", *REASON, *bens, code=5)
    told = json.loads(run("credit", "decide", key, "--removed", *REASON, "--json"))
    assert told["standing"] == "REMOVED" and not suite.credit.outcome_of(int(key, 16)).counted
    town.to_day(town.today + 31)
    run("credit", "decide", second, "--upheld", *REASON, code=2)
    assert "not in dispute" in run.err


def test_an_entry_that_an_officer_upholds_counts_again(run: Run) -> None:
    key = entered(run.town, 8)
    run("credit", "dispute", key, *REASON, *run.keystore(1))
    told = json.loads(run("credit", "decide", key, "--upheld", *REASON, "--json"))
    assert told["standing"] == "UPHELD" and run.town.suite.credit.outcome_of(int(key, 16)).counted


@pytest.mark.parametrize("command", ["dispute", "decide"])
def test_what_can_be_known_without_a_node_is_said_first(command: str, run: Run) -> None:
    (run.folder / "commonhold.toml").write_text('[network]\nrpc = "http://127.0.0.1:9"\n')
    more = ("--upheld",) if command == "decide" else ()
    run("credit", command, "soon", *more, *REASON, code=2)
