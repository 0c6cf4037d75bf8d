"""Faults that the design makes impossible or harmless, each shown where it would strike.

who reads ── reading needs no role, and nobody who only reads can write
callbacks ── the only foreign code that is ever called answers about signatures, and can change nothing ·
nobody is joined to a party by a contract that is still being built
time ── near the ends of the clocks · a clock that is off by some seconds · time zones with daylight saving
"""

import dataclasses
import re
from datetime import datetime, timedelta, timezone

import pytest

from commonhold.chain.artifacts import create_address, load
from commonhold.ops.deploy.plan import CONTRACTS
from commonhold.roles import GUARDED
from commonhold.rules import calendar
from commonhold.rules.codes import Code
from commonhold.rules.rent import LAST_DAY
from commonhold.rules.validate import TermsInvalid, validate_terms
from commonhold.units import Day, date_of
from tests.evm import Chain, Reverted
from tests.lives.home import RENT, Home
from tests.suite import as_tuple
from tools.environment import ROOT

# Where low-level calls may stand: questions about signatures (all gas bounded), an outside token's decimals,
# and questions to our own registry of parties.
# Calls of our own token and credit registry, whose addresses are fixed when a contract is made.
OWN = {"contracts/lib/SuiteCalls.sol"}
FOREIGN = {"contracts/lib/Signatures.sol", "contracts/token/Reserve.sol", "contracts/lib/ConsentBits.sol"}


def test_A7_no_reading_function_is_guarded() -> None:
    for contract in CONTRACTS:
        views = {
            entry["name"]
            for entry in load(contract).abi
            if entry["type"] == "function" and entry["stateMutability"] in ("view", "pure")
        }
        guarded = {signature.partition("(")[0] for signature in GUARDED.get(contract, {})}
        assert not views & guarded


def test_A7_a_stranger_reads_every_figure_that_takes_no_argument() -> None:
    suite = Home().mirror.suite
    read = 0
    for name, contract in (("LeaseAgreement", suite.leases), ("CommunityToken", suite.token)):
        for entry in load(name).abi:
            if entry["type"] == "function" and entry["stateMutability"] == "view" and not entry["inputs"]:
                getattr(contract, entry["name"])()
                read += 1
    assert read > 20


def test_E2_the_only_foreign_code_that_is_called_can_change_nothing() -> None:
    found = set()
    for file in sorted((ROOT / "contracts").rglob("*.sol")):
        source = re.sub(r"//[^\n]*|/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        name = file.relative_to(ROOT).as_posix()
        if name.startswith("contracts/mocks/"):
            continue
        calls = re.search(r"\.(call|delegatecall|callcode|send)\s*[({]|\b(call|callcode)\(gas", source)
        assert bool(calls) is (name in OWN), name
        if re.search(r"\bstaticcall\s*\(", source):
            found.add(name)
    assert found == FOREIGN


def test_E4_a_contract_that_is_still_being_built_joins_no_party() -> None:
    home = Home()
    parties, chain = home.mirror.suite.parties, home.mirror.suite.chain
    maker = chain.user()
    address = create_address(maker, 0)
    # its constructor asks for itself as a wallet of Anna's: it has no code that could answer, and no key
    ask = parties.data("link", home.anna, address, 2**40, b"")
    size = len(ask).to_bytes(2, "big").hex()
    code = bytes.fromhex(
        f"61{size}80602d5f395f5f61{size}5f5f73{parties.address[2:]}5af15f5260205ff3".ljust(2 * 0x2D, "0")
    )
    assert chain.evm.deploy(maker, code + ask).lower() == address.lower()
    assert not any(chain.evm.get_code(address))  # what it kept as its code is the answer: refused
    assert parties.partyOf(address) == 0


@pytest.mark.parametrize("moment", [2**40 - 1, 2**40, 2**48, 2**63])
def test_M4_near_the_end_of_a_clock_money_still_leaves(moment: int) -> None:
    home = Home()
    lease = home.lease()
    mirror = home.mirror
    mirror.pay(lease, home.anna, 3 * RENT, home.anna)
    chain: Chain = mirror.suite.chain
    chain.warp(moment)
    stranger, landlord = mirror.people[home.bert], mirror.people[home.landlord]
    mirror.leases.settle([lease], sender=stranger)  # all mandates have ended: what is prepaid goes out
    assert mirror.token.balanceOf(landlord.wallet) == 3 * RENT
    terms = mirror.leases.hashTerms(as_tuple(mirror.suite.terms[lease]))
    mirror.leases.pay(lease, home.anna, 9 * RENT, terms, sender=stranger)
    mirror.leases.close(lease, sender=stranger)
    assert mirror.token.balanceOf(landlord.wallet) == 12 * RENT and mirror.leases.held() == 0


@pytest.mark.parametrize("second", range(-15, 0))
def test_M7_a_clock_that_is_off_by_fifteen_seconds_begins_no_period(second: int) -> None:
    home = Home()
    lease = home.lease(start_day=home.first + 1)
    suite = home.mirror.suite
    suite.to_day(home.first + 1, second)
    assert [int(answer[1]) for answer in home.mirror.leases.settle([lease], sender=suite.admin)] == [
        Code.NOTHING_DUE
    ]
    suite.to_day(home.first + 1, 15 + second)
    assert [int(answer[1]) for answer in home.mirror.leases.settle([lease], sender=suite.admin)] == [
        Code.COLLECTED
    ]


@pytest.mark.parametrize("hours", [-12, -5, 0, 1, 5.5, 8, 9, 14])
def test_M8_the_day_that_is_shown_is_the_contract_s(hours: float) -> None:
    """The community's clock is one offset that never changes; zones with daylight saving keep winter time."""
    harness = Chain().deploy("MathHarness")
    offset = int(hours * 3600)
    for moment in range(1_774_000_000, 1_774_900_000, 89_137):  # around the change to summer time in Europe
        local = datetime.fromtimestamp(moment, timezone(timedelta(seconds=offset)))
        day = harness.dayOf(moment, offset)
        assert day == calendar.day_of(moment, offset)
        assert date_of(Day(day)) == local.date()


@pytest.mark.parametrize("moment", [LAST_DAY * 86_400, 2**38, 2**48 - 1])
def test_M4_no_lease_begins_in_a_month_that_its_words_cannot_hold(moment: int) -> None:
    home = Home()
    suite = home.mirror.suite
    landlord, anna = home.mirror.people[home.landlord], home.mirror.people[home.anna]
    last = suite.draft(home.mirror.units[home.landlord][-1], landlord, [anna], end_day=LAST_DAY)
    suite.to_day(LAST_DAY - 40)
    fits = dataclasses.replace(last, start_day=LAST_DAY - 40, deadline=2**60)
    assert suite.leases.stateOf(suite.activate(fits, [landlord, anna])) == 1
    suite.chain.warp(moment)
    later = dataclasses.replace(
        last,
        unit=home.mirror.units[home.landlord][0],
        start_day=suite.day,
        end_day=suite.day + 31,
        deadline=2**60,
    )
    with pytest.raises(Reverted) as caught:
        suite.activate(later, [landlord, anna])
    assert caught.value.name == "LeaseTermsInvalid"
    assert caught.value.values[1:] == (suite.day + 31, LAST_DAY)
    with pytest.raises(TermsInvalid, match="endDay"):
        validate_terms(later, suite.day)
