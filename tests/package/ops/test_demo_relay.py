"""Residents of the story act through the office (what is refused is told by the contract), and two credit
files stand side by side.

relay ── nothing to send · sent and carried out in order · refused: by the name of the contract's own error
credit ── two files with their reasons, by name where there is one
"""

from io import StringIO
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_utils.crypto import keccak
from rich.console import Console

from commonhold.chain.contracts.parties import PartyKind
from commonhold.chain.send import CallRefused
from commonhold.ops.demo.credit import read_all, read_files, side_by_side, two_of
from commonhold.ops.demo.keys import Keys
from commonhold.ops.demo.relay import Relay
from commonhold.ops.demo.stage import Stage
from commonhold.ops.leases.typed import digest, typed_link
from tests.package.ops.test_credit import Credit
from tests.package.ops.town import FAR, Town


def stage_of(town: Town, **more: Any) -> Stage:
    """What the relay needs of a stage."""
    offices = SimpleNamespace(manager=town.sender("MANAGER"))
    until = town.connection.block().time + 86_400
    return cast(Stage, SimpleNamespace(suite=town.suite, offices=offices, until=until, **more))


def test_residents_act_in_their_order_and_hear_the_contracts_own_refusal(town: Town) -> None:
    keys, parties = Keys(town.connection, 7), town.suite.parties
    identity = keccak(text="a resident of the story")
    town.sender("MANAGER").send(parties.register(PartyKind.PERSON, identity))
    party = parties.party_of_identity(identity)
    key = keys.of(party)
    form = typed_link(parties.domain(), party, key.address, 0, FAR)
    signature = key.sign(digest(form))
    town.sender("ATTESTOR").send(parties.link_first(party, key.address, FAR, signature))
    relay = Relay(stage_of(town))
    assert relay.send([]) == []
    consent = [parties.set_collecting_consent(value) for value in (True, False, True)]
    receipts = relay.send([(key, call) for call in consent])
    assert [receipt.ok for receipt in receipts] == [True] * 3
    assert town.connection.balance(key.address) == 0, "without any of the chain's coin"
    with pytest.raises(CallRefused) as caught:
        relay.send([(key, town.suite.token.call("transfer", town.suite.leases.address, 5))])
    assert (caught.value.contract, caught.value.error) == ("CommunityToken", "ERC20InsufficientBalance")


@pytest.fixture
def good(town: Town) -> Credit:
    """Ann paid 24 rents and fees in time, Ben half as many."""
    made = Credit(town)
    for person, months in ((made.ann, 24), (made.ben, 12)):
        made.in_time(person, 0, months)
        made.in_time(person, 1, months)
    return made


def test_two_credit_files_stand_side_by_side_with_their_reasons(good: Credit) -> None:
    stage, parties = stage_of(good.town), [good.ann.party, good.ben.party]
    scores = read_all(stage, parties)
    assert two_of(scores) == (good.ann.party, good.ben.party)
    files = read_files(stage, parties)
    assert [found.score for found in files] == [scores[party] for party in parties]
    screen = Console(file=StringIO(), width=200)
    screen.print(side_by_side(files, {f"party {good.ann.party}": "Ann"}))
    assert isinstance(screen.file, StringIO)
    told = screen.file.getvalue()
    assert "Ann" in told and f"party {good.ben.party}" in told
    for found in files:
        assert str(found.score.score) in told
    assert "–" in told, "nobody has entries"
