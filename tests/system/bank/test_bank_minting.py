"""Minting and reconciling when something else happens meanwhile, and when the books are wrong.

proposed: nothing, what is no party's, an entry changed while it is signed, a key that signs no text · taken
back: what the bank returned is not counted, no batch is told for what waits · minted: no such batch, an
allowance that is too small, another officer quicker, undone by the bank meanwhile, under the citation but
over another amount, the proposer no officer any more · reconciled: days before the mint, redemptions paid
too early and over another amount, burned for other reasons, doubtful entries, balances given by hand
"""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.chain.send import Outcome, Sender
from commonhold.chain.signing import DevAccount
from commonhold.errors import InputError, SigningError, StoreError, TwinError
from commonhold.ops.bank import decisions, proposals, read_bank_file, take
from commonhold.ops.bank.deciders import person
from commonhold.ops.bank.mint import Minted, mint
from commonhold.ops.bank.placing import Community
from commonhold.ops.bank.proposals import citation_of
from commonhold.ops.bank.reconcile import Reconciliation, reconcile
from commonhold.ops.bank.reference import Purpose
from commonhold.ops.deploy import local_account
from commonhold.roles import ROLE_ID
from commonhold.store import Store
from commonhold.store.bank import BankEntry
from tests.package.bank.files import ACCOUNT, Booking, day
from tests.package.ops.town import CMT
from tests.system.bank.bank_world import BankWorld

WRONG = ("--reason", "a wrong batch", "--by", "Mei Lin")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with BankWorld.build(tmp_path_factory.mktemp("minting")) as world:
        yield world


class Office:
    """The office's own functions on one store; MANAGER proposes, TREASURER mints."""

    def __init__(self, world: BankWorld, store: Store) -> None:
        self.world, self.store, self.suite = world, store, world.town.suite
        self.treasurer = Sender(world.town.connection, local_account("TREASURER"))

    def bring(self, *bookings: Booking, name: str = "m.xml", **balances: tuple[str, str]) -> None:
        file = self.world.statement(name, list(bookings), **balances)
        take(self.store, read_bank_file(file, None, ACCOUNT), Community(self.world.tag, 4))

    def propose(self, *entries: int) -> int:
        return proposals.propose(self.suite, self.store, local_account("MANAGER"), entries).number

    def mint(self, batch: int, sender: Sender | None = None) -> Minted:
        return mint(self.suite, self.store, sender or self.treasurer, batch)

    def reconcile(self, on: str | None = None, **sums: int) -> Reconciliation:
        return reconcile(self.suite, self.store, ACCOUNT, day=None if on is None else day(on), **sums)

    def entry(self, number: int) -> BankEntry:
        with self.store.reading() as session:
            return session.get_one(BankEntry, number)

    def states(self) -> list[str]:
        with self.store.reading() as session:
            return [one.state for one in session.query(BankEntry).order_by(BankEntry.id)]


@pytest.fixture
def office(built: BankWorld) -> Iterator[Office]:
    with built.fresh(), Store.open(built.folder / ".commonhold") as store:
        yield Office(built, store)


class Late(Sender):
    """A sender to whom something happens between looking at the batch and sending it."""

    def __init__(self, office: Office, meanwhile: Any) -> None:
        super().__init__(office.world.town.connection, local_account("TREASURER"))
        self.meanwhile = meanwhile

    def send_many(self, *orders: Any, **options: Any) -> list[Outcome]:
        self.meanwhile()
        return super().send_many(*orders, **options)


def lines(found: Reconciliation) -> dict[str, tuple[int, tuple[int, ...], bool]]:
    """What -> (amount, numbers, wrong); all lines together are the difference."""
    assert sum(line.amount for line in found.lines) == found.difference
    return {line.what: (line.amount, line.entries, line.wrong) for line in found.lines}


def returned(one: Booking, on: str) -> Booking:
    return Booking(on, f"-{one.amount}", "returned", one.name, one.ref, reversal=True)


# ---- proposed


def test_nothing_is_proposed_of_what_belongs_to_no_party(built: BankWorld) -> None:
    with built.fresh():
        built.statement("m.xml", [Booking("2026-03-02", "55.00", "thank you", "X", "B-000201")])
        built.run("bank", "import", "m.xml")
        assert "Nothing to propose." in built.do("bank", "propose")[1]
        assert built.run("bank", "propose") == {"batch": None, "items": [], "left_out": []}
        said = built.do("bank", "propose", "1", code=2)[1]
        assert "Entry 1 is not a credit that belongs to a party." in said
        assert "There is no open batch 7." in built.do("bank", "mint", "7", code=2)[1]


def test_a_key_that_signs_no_text_cannot_propose(office: Office) -> None:
    with pytest.raises(SigningError, match="cannot sign a text"):
        proposals.propose(office.suite, office.store, DevAccount(local_account("MANAGER").address))


def test_an_entry_decided_otherwise_while_the_batch_is_signed_is_not_proposed(office: Office) -> None:
    office.bring(*office.world.rents(2))
    manager = local_account("MANAGER")

    class Slow:
        """Reads the text for long; meanwhile a colleague decides that the money goes back."""

        address = manager.address

        def sign_transaction(self, transaction_dict: dict[str, Any]) -> Any:
            return manager.sign_transaction(transaction_dict)

        def sign_message(self, signable_message: Any) -> Any:
            decisions.send_back(office.store, 2, "not ours", person("Mei Lin"))
            return manager.sign_message(signable_message)

    with pytest.raises(StoreError, match="Entry 2 was changed meanwhile"):
        proposals.propose(office.suite, office.store, Slow())
    assert office.states() == ["matched", "to_return"]


def test_a_batch_taken_back_frees_what_the_bank_did_not_return_and_is_told_no_more(built: BankWorld) -> None:
    with built.fresh():
        ann, ben = built.rents(2)
        built.statement("m.xml", [ann, ben])
        built.statement("n.xml", [returned(ben, "2026-03-03")])
        built.run("bank", "import", "m.xml")
        built.run("bank", "propose")
        built.run("bank", "import", "n.xml")
        said = built.do("bank", "withdraw", "1", *WRONG)[1]
        assert "Batch 1 is withdrawn; 1 entries can be proposed anew." in said
        assert built.states() == ["matched", "returned", "reversal"]
        (one,) = built.run("bank", "list")["entries"]
        assert (one["entry"], one["batch"], one["transaction"]) == (1, None, "")
        assert built.run("bank", "propose")["batch"] == 2
        assert built.run("bank", "list")["entries"][0]["batch"] == 2
        assert "There is no open batch 1." in built.do("bank", "withdraw", "1", *WRONG, code=2)[1]


# ---- minted


def test_a_refused_mint_stays_in_its_batch_until_another_minter_has_room_for_it(built: BankWorld) -> None:
    with built.fresh():
        large = Booking("2026-03-02", "999999500.00", built.slip(1), "Payer 0", "B-000205")
        _, ben = built.rents(2)  # 1,001 are more than what is left of the thousand million
        built.statement("m.xml", [large, ben])
        built.run("bank", "import", "m.xml")
        built.run("bank", "propose")
        said = built.do("bank", "mint", code=7)[1]
        assert "1 entries minted, 999,999,500.00; 0 had been minted before." in said
        assert "Entry 2:" in said and "1 entries were not minted." in said
        found = built.run("bank", "mint", code=7)
        (failed,) = found["failed"]
        assert found["minted"] == [] and failed["entry"] == 2
        assert failed["why"].startswith("TokenMintAllowanceExceeded(")
        treasurer, token = built.town.sender("TREASURER"), built.town.suite.token
        built.town.send(built.people[0].account, token.transfer(treasurer.address, 501 * CMT))
        treasurer.send(token.burn(501 * CMT, keccak(text="paid back")))
        officer = Sender(built.town.connection, local_account("OFFICER"))
        with Store.open(built.folder / ".commonhold") as store:
            assert mint(built.town.suite, store, officer, 1).minted == [2]
        assert built.balances() == [999_998_999, 1001, 0]
        assert "No batch is open" in built.do("bank", "mint")[1]


def test_B8_what_another_officer_minted_at_the_same_moment_is_found_and_not_a_failure(office: Office) -> None:
    office.bring(*office.world.rents(2))
    batch = office.propose()
    token, (first, _) = office.suite.token, office.world.people[:2]
    citation = citation_of(office.store, office.entry(1))
    officer = Sender(office.world.town.connection, local_account("OFFICER"))
    late = Late(office, lambda: officer.send(token.mint(first.wallet, 1000 * CMT, citation)))
    report = office.mint(batch, late)
    assert (report.minted, report.found, report.failed) == ([2], [1], [])
    assert office.world.balances() == [1000, 1001, 0] and office.states() == ["minted", "minted"]
    with pytest.raises(InputError, match=f"no open batch {batch}"):
        office.mint(batch)


def test_what_the_bank_takes_back_while_it_is_minted_is_owed(office: Office) -> None:
    (ann,) = office.world.rents(1)
    office.bring(ann)
    batch = office.propose()
    back = returned(ann, "2026-03-02")
    assert office.mint(batch, Late(office, lambda: office.bring(back, name="n.xml"))).minted == [1]
    assert office.states() == ["taken_back", "reversal"]
    assert office.entry(1).why.endswith("while it was being minted")
    what = "minted, and then taken back by the bank: the party owes it"
    assert lines(office.reconcile()) == {what: (-1000 * CMT, (1, 2), True)}


def test_a_mint_over_another_amount_under_the_same_citation_is_named(office: Office) -> None:
    office.bring(*office.world.rents(1))
    batch = office.propose()
    citation = citation_of(office.store, office.entry(1))
    wallet = office.world.people[0].wallet
    Sender(office.world.town.connection, local_account("OFFICER")).send(
        office.suite.token.mint(wallet, 999 * CMT, citation)
    )
    with pytest.raises(TwinError, match=f"minted as {999 * CMT} to {wallet}, not as {1000 * CMT}"):
        office.mint(batch)
    assert lines(office.reconcile()) == {"minted over another amount": (CMT, (1,), True)}


def test_a_batch_of_somebody_who_is_no_officer_any_more_is_refused(office: Office) -> None:
    office.bring(*office.world.rents(1))
    batch = office.propose()
    manager = office.world.town.sender("MANAGER")
    manager.send(office.suite.access.renounce_role(ROLE_ID["MANAGER"], manager.address))
    with pytest.raises(SigningError, match="holds none of the roles MANAGER"):
        office.mint(batch)
    assert office.world.supply() == 0


# ---- reconciled


def test_a_day_before_the_mint_says_what_was_done_later(office: Office) -> None:
    ann, ben, cem = office.world.rents(3)
    office.bring(ann, ben, cem)
    batch = office.propose(1, 2)
    decisions.send_back(office.store, 3, "a mistake of his", person("Mei Lin"))
    office.world.town.to_day(day("2026-03-03"))
    assert office.mint(batch).minted == [1, 2]
    sent = Booking("2026-03-04", "-1002.00", office.world.slip(3, Purpose.RETURN), "Cem", "B-000202")
    office.bring(returned(ben, "2026-03-04"), sent, name="n.xml")
    found = office.reconcile("2026-03-02")
    assert (found.computed, found.backed) == (3003 * CMT, 0)
    assert lines(found) == {
        "credits minted later": (1000 * CMT, (1,), False),
        "credits sent or taken back later": (1002 * CMT, (3,), False),
        "credits minted later and taken back": (1001 * CMT, (2,), False),
    }
    assert found.ok and office.reconcile("2026-03-03").backed == 2001 * CMT
    assert lines(office.reconcile("2026-03-04")) == {
        "minted, and then taken back by the bank: the party owes it": (-1001 * CMT, (2, 4), True)
    }


def test_redemptions_paid_too_early_or_over_another_amount_are_wrong(office: Office) -> None:
    world, suite = office.world, office.suite
    ann = world.people[0]
    office.bring(*world.rents(1))
    office.mint(office.propose())
    world.town.send(ann.account, suite.token.approve(suite.desk.address, 300 * CMT))
    for number, amount in enumerate((200, 100), start=1):
        world.town.send(ann.account, suite.desk.request(amount * CMT, bytes([number]) * 32))
    world.town.sender("TREASURER").send(suite.desk.complete(1, keccak(text="one")))
    first = Booking("2026-03-02", "-199.00", world.slip(1, Purpose.PAYOUT), "Ann", "B-000203")
    early = Booking("2026-03-02", "-100.00", world.slip(2, Purpose.PAYOUT), "Ann", "B-000204")
    office.bring(first, early, name="n.xml")
    found = office.reconcile()
    assert lines(found) == {
        "redemption paid over another amount than was completed": (CMT, (1,), True),
        "redemption paid before it was completed": (-100 * CMT, (2,), True),
    }
    assert found.waiting == 100 * CMT
    text, said = world.do("bank", "reconcile", code=8)
    assert "! redemption paid before" in text and "100.00 is handed in for redemption" in said


def test_burns_for_other_reasons_and_doubtful_entries_are_pointed_out(office: Office) -> None:
    (ann,) = office.world.rents(1)
    office.bring(ann, opening=("5.00", ann.day), closing=("1005.00", ann.day))
    office.bring(Booking("2026-03-03", ann.amount, "who knows", "Ann", ann.ref), name="n.xml")
    office.mint(office.propose())
    treasurer = local_account("TREASURER").address
    ann_paid = office.suite.token.transfer(treasurer, 3 * CMT)
    office.world.town.send(office.world.people[0].account, ann_paid)
    office.treasurer.send(office.suite.token.burn(3 * CMT, keccak(text="a whim")))
    found = office.reconcile()
    assert lines(found) == {
        "on the account before the first entry": (5 * CMT, (), False),
        "burned by a minter for other reasons": (3 * CMT, (), True),
    }
    assert found.faults == ["entries 2 are doubtful: are they payments of their own?"]


def test_balances_given_by_hand_stand_in_for_those_that_no_statement_says(built: BankWorld) -> None:
    with built.fresh():
        assert "nothing of the bank yet" in built.do("bank", "reconcile", code=2)[1]
        built.statement("m.xml", built.rents(1))
        built.run("bank", "import", "m.xml")
        assert "not said" in built.do("bank", "reconcile")[0]
        found = built.run("bank", "reconcile", "--opening", "10.00", "--closing", "1,010.00")
        assert (found["bank"], found["computed"], found["ok"]) == ("1010000000", "1010000000", True)
        text, said = built.do("bank", "reconcile", "--opening", "10.00", "--closing", "1,011.00", code=8)
        assert "1,011.00" in text and "the bank's balance is 1.00 off the sum of its entries" in said
        for words in (("--day", "soon"), ("--closing", "much")):
            assert "--day 2026-01-31 --closing 1,234.50" in built.do("bank", "reconcile", *words, code=2)[1]
