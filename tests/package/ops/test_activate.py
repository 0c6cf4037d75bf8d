"""Activating what came back: everything is checked before anything is sent.

Branches: activated · active already · waiting for a signature · wrong signature · expired · withdrawn offer ·
withdrawn terms · party without a wallet, with a form, without an attestor · contract wallet · refused by the
contract · with skip_bad · dry run · lease taken over: money missing, approved, brought · permits · files of
another chain or hash, of a stranger, signed twice differently, damaged signature.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from commonhold.chain.artifacts import load
from commonhold.chain.call import Call
from commonhold.chain.send import Sender
from commonhold.errors import InputError
from commonhold.ops.leases.activate import Signed, activate, collect
from commonhold.ops.leases.files import SignedFile, read_signed, read_to_sign
from commonhold.ops.leases.prepare import Item, prepare, sign
from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.terms import OneOffFee, Opening
from tests.package.ops.town import CMT, Person, Town


@pytest.fixture(scope="module")
def people(built: Town) -> list[Person]:
    return built.people(3, funds=10_000 * CMT, mandate=20_000 * CMT)


def _signed(town: Town, people: list[Person], **changes: Any) -> Signed:
    ann, ben, _ = people
    return town.signed(town.item("A-1", ann, [ben], **changes), [ann, ben])


def _activate(town: Town, *leases: Signed, **options: Any) -> Any:
    return activate(town.suite, town.sender("MANAGER"), leases, **options)


def test_ready_leases_are_activated_and_a_second_time_nothing_happens(
    town: Town, people: list[Person]
) -> None:
    leases = [_signed(town, people, deposit=500 * CMT), _signed(town, people)]
    heard: list[int] = []
    rows = _activate(town, *leases, progress=heard.append)
    assert [(row.state, row.lease) for row in rows] == [("activated", 1), ("activated", 2)]
    assert sum(heard) == 2
    assert town.suite.escrow.deposit_of(1) == 500 * CMT
    again = _activate(town, *leases)
    assert [(row.state, row.lease) for row in again] == [("active already", 1), ("active already", 2)]
    assert town.suite.leases.lease_count() == 2


def test_a_dry_run_sends_nothing(town: Town, people: list[Person]) -> None:
    rows = _activate(town, _signed(town, people), dry_run=True)
    assert [row.state for row in rows] == ["ready"]
    assert town.suite.leases.lease_count() == 0


def test_one_bad_lease_holds_all_back_unless_it_is_skipped(town: Town, people: list[Person]) -> None:
    good, bad = _signed(town, people), _signed(town, people)
    bad = replace(bad, signatures={people[0].party: bad.signatures[people[0].party]})
    with pytest.raises(InputError, match=f"not signed yet by party {people[1].party}"):
        _activate(town, good, bad)
    assert town.suite.leases.lease_count() == 0
    rows = _activate(town, good, bad, skip_bad=True)
    assert [row.state for row in rows] == ["activated", "waiting"]


@pytest.mark.parametrize("kind", ["stranger", "tenant for landlord", "damaged"])
def test_F1_S8_a_signature_of_another_is_refused(town: Town, people: list[Person], kind: str) -> None:
    lease = _signed(town, people)
    ann, ben, cleo = people
    other = {
        "stranger": town.signed(Item("x", lease.terms), [cleo]).signatures[cleo.party],
        "tenant for landlord": lease.signatures[ben.party],
        "damaged": b"\x01" * 65,
    }[kind]
    forged = replace(lease, signatures={**lease.signatures, ann.party: other})
    with pytest.raises(InputError, match=f"signature of party {ann.party} is not that of its wallet"):
        _activate(town, forged)


def test_S9_an_offer_that_expired_or_was_withdrawn_is_refused(town: Town, people: list[Person]) -> None:
    late = _signed(town, people, deadline=town.connection.block().time - 1)
    with pytest.raises(InputError, match="has expired"):
        _activate(town, late)
    lease = _signed(town, people)
    other = _signed(town, people)
    town.send(people[1].account, town.suite.leases.cancel_terms(other.terms))
    with pytest.raises(InputError, match="a party has withdrawn these terms"):
        _activate(town, other)
    town.send(people[0].account, town.suite.leases.raise_offer_nonce())
    with pytest.raises(InputError, match="landlord has withdrawn"):
        _activate(town, lease)


def test_what_only_the_contract_sees_is_told_in_its_words(town: Town, people: list[Person]) -> None:
    first = _signed(town, people)
    taken = _signed(town, people, unit=first.terms.unit)
    _activate(town, first)
    with pytest.raises(InputError, match="UnitTaken"):
        _activate(town, taken)
    rows = _activate(town, taken, _signed(town, people), skip_bad=True)
    assert [row.state for row in rows] == ["refused", "activated"]
    assert "UnitTaken" in rows[0].why


def test_a_lease_taken_over_brings_exactly_its_deposit_and_prepayment(
    town: Town, people: list[Person]
) -> None:
    sender = town.sender("MANAGER")
    today = town.today
    day = boundary(1, label_of(1, today))
    opening = Opening(day=day, paid=100 * CMT, arrears=30 * CMT, late_fees=2 * CMT, prepaid=50 * CMT)
    lease = _signed(
        town,
        people,
        start_day=day - 400,
        end_day=day + 300,
        billing_day=1,
        opening=opening,
        deposit=900 * CMT,
    )
    with pytest.raises(InputError, match=r"come to 950\.00"):
        _activate(town, lease)
    town.fund(sender.address, 1_000 * CMT)
    (row,) = _activate(town, lease)
    assert town.suite.token.balance_of(sender.address) == 50 * CMT
    assert town.suite.token.allowance(sender.address, town.suite.leases.address) == 0
    (account,) = town.suite.leases.accounts_of(row.lease)
    assert (account.settled, account.pot, account.late_fees) == (100 * CMT, 50 * CMT, 2 * CMT)


def test_a_contract_wallet_signs_by_its_own_rules(town: Town, people: list[Person]) -> None:
    owner = town.account()
    artifact = load("OwnedWallet")
    code = artifact.creation_code([owner.address])
    created = town.sender("MANAGER").send(Call(None, code, "OwnedWallet", "constructor")).created
    assert created is not None
    party = town.party()
    lease = _signed(town, people)
    assert town.connection.code(created)
    terms = replace(lease.terms, tenants=(party,))
    unsigned = Signed("x", terms, town.suite.leases.hash_terms(terms), {}, {}, {}, {})
    rows = activate(town.suite, town.sender("MANAGER"), [unsigned], dry_run=True)
    assert rows[0].state == "waiting"


# ---- from files


def _files(town: Town, item: Item, folder: Path, people: list[Person]) -> list[SignedFile]:
    (prepared,) = prepare(town.suite, [item], folder)
    by_party = {one.party: one.account for one in people}
    documents = [read_to_sign(path) for path in prepared.files]
    return [read_signed(sign(document, by_party[document.party])) for document in documents]


def test_files_that_came_back_are_put_together(town: Town, people: list[Person], tmp_path: Path) -> None:
    ann, ben, cleo = people
    item = town.item("A-7", ann, [ben, cleo])
    files = _files(town, item, tmp_path, people)
    (lease,) = collect(town.suite, files[::-1])
    assert (lease.key, lease.terms) == ("A-7", item.terms)
    assert set(lease.signatures) == {ann.party, ben.party, cleo.party}
    assert _activate(town, lease)[0].state == "activated"


def test_permits_pay_the_first_money_of_tenants_without_a_mandate(town: Town, tmp_path: Path) -> None:
    ann, ben = town.people(2, funds=5_000 * CMT)
    fees = (OneOffFee(ann.party, 200 * CMT, b"\x01" * 32),)
    item = replace(town.item("A-8", ann, [ben], deposit=1_000 * CMT, fees=fees), permits=True)
    (lease,) = collect(town.suite, _files(town, item, tmp_path, [ann, ben]))
    assert _activate(town, lease)[0].state == "activated"
    assert town.suite.token.balance_of(ben.wallet) == 3_800 * CMT
    assert town.suite.token.balance_of(ann.wallet) == 5_200 * CMT


def test_a_first_wallet_joins_with_the_signed_lease(town: Town, people: list[Person], tmp_path: Path) -> None:
    party, account = town.party(), Account.from_key(b"\x31" * 32)
    newcomer = Person(account, party)
    files = _files(town, town.item("A-9", people[0], [newcomer]), tmp_path, [people[0], newcomer])
    (lease,) = collect(town.suite, files)
    assert town.suite.parties.wallet_of(party) == "0x" + "00" * 20
    with pytest.raises(InputError, match="--attestor"):
        _activate(town, lease)
    (row,) = _activate(town, lease, attestor=town.sender("ATTESTOR"))
    assert row.state == "activated"
    assert town.suite.parties.wallet_of(party) == account.address


def test_without_the_form_a_party_without_a_wallet_is_named(town: Town, people: list[Person]) -> None:
    newcomer = Person(Account.from_key(b"\x32" * 32), town.party())
    lease = town.signed(town.item("x", people[0], [newcomer]), [people[0], newcomer])
    with pytest.raises(InputError, match=f"party {newcomer.party} has no wallet"):
        _activate(town, lease)


def test_S10_files_that_were_changed_are_refused(town: Town, people: list[Person], tmp_path: Path) -> None:
    ann, ben, cleo = people
    files = _files(town, town.item("A-1", ann, [ben]), tmp_path, people)
    dearer = {**files[1].terms, "message": {**files[1].terms["message"], "rent": "1"}}
    with pytest.raises(InputError, match="signed for another hash"):
        collect(town.suite, [files[0], replace(files[1], terms=dearer)])
    with pytest.raises(InputError, match=f"party {cleo.party} does not sign this lease"):
        collect(town.suite, [files[0], replace(files[1], party=cleo.party)])
    with pytest.raises(InputError, match="signed twice, differently"):
        collect(town.suite, [*files, replace(files[1], signature="0x" + "11" * 65)])
    for damaged in ("0x12", "zz", ""):
        with pytest.raises(InputError, match="signature is damaged"):
            collect(town.suite, [replace(files[0], signature=damaged)])


def test_a_joining_form_for_another_wallet_is_refused(
    town: Town, people: list[Person], tmp_path: Path
) -> None:
    newcomer = Person(Account.from_key(b"\x33" * 32), town.party())
    files = _files(town, town.item("A-2", people[0], [newcomer]), tmp_path, [people[0], newcomer])
    with pytest.raises(InputError, match="another party or wallet"):
        collect(town.suite, [files[0], replace(files[1], wallet=people[2].wallet)])


def test_B8_two_managers_who_activate_at_once_make_one_lease(town: Town, people: list[Person]) -> None:
    lease = _signed(town, people)
    _activate(town, lease)
    second = Sender(town.connection, town.account())
    assert activate(town.suite, second, [lease])[0].state == "active already"
