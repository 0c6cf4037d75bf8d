"""Bank money by the command on a real node: from the slip to the wallet, and back to the bank.

The statements are files, the officers sign with keys of their own, the residents' money moves on chain.
"""

from collections.abc import Iterator

import pytest
from eth_account import Account

from commonhold.chain.send import Sender
from commonhold.ops import keys
from commonhold.ops.bank import mint as minting
from commonhold.ops.bank import proposals
from commonhold.ops.bank.deciders import person
from commonhold.ops.bank.reference import Purpose
from commonhold.ops.bank.slip import is_iban
from commonhold.ops.deploy import local_account
from commonhold.ops.leases.typed import signable, typed_link
from commonhold.store import Store
from commonhold.store.bank import BankMint
from tests.package.bank.files import IBAN, Booking, write
from tests.package.ops.town import CMT, FAR
from tests.system.bank.bank_world import BankWorld

BY = ("--by", "Mei Lin")
WRONG = ("--reason", "a wrong batch", *BY)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with BankWorld.build(tmp_path_factory.mktemp("bank")) as built:
        yield built


def test_from_the_slip_to_the_wallet_and_back_to_the_bank(world: BankWorld) -> None:
    # the slip
    slip = world.run("slip", "1", "--amount", "1,000.00")
    assert slip["reference"] == world.slip(1).replace(" ", "") and is_iban(IBAN)
    assert slip["qr"].split("\n")[:4] == ["BCD", "002", "1", "SCT"] and "EUR1000.00" in slip["qr"]
    text, _ = world.do("slip", "1", "--language", "zh")
    assert world.slip(1) in text and "附言" in text
    world.do("slip", "9", code=2)

    # the first statement: two rents, one of a party without a wallet, one of nobody, charges of the bank
    ann, ben = world.rents(2)
    late = Booking("2026-03-02", "70.00", world.slip(4), "Dora", "B-000004")
    lost = Booking("2026-03-02", "55.00", "thank you", "Somebody", "B-000005")
    cost = Booking("2026-03-02", "-2.50", "charges", "", "B-000006")
    ends = {"opening": ("0.00", "2026-03-02"), "closing": ("2123.50", "2026-03-02")}
    world.statement("first.xml", [ann, ben, late, lost, cost], **ends)
    taken = world.run("bank", "import", "first.xml")["taken"]
    assert (len(taken["new"]), taken["matched"], taken["unmatched"]) == (5, [1, 2, 3], [4])
    assert world.run("bank", "import", "first.xml")["taken"]["new"] == []
    assert "nothing was kept" in world.do("bank", "import", "first.xml", "--dry-run")[1].lower()

    # proposed by one, refused to the same, minted by another, once
    made = world.run("bank", "propose")
    assert [item["entry"] for item in made["items"]] == [1, 2]
    assert made["left_out"] == [{"entry": 3, "why": "party 4 has no wallet yet"}]
    assert world.run("bank", "mint")["minted"] == [1, 2]
    assert world.balances() == [1000, 1001, 0] and world.states() == [
        "minted", "minted", "matched", "unmatched", "other",
    ]  # fmt: skip
    assert "No batch is open" in world.do("bank", "mint")[1]
    assert world.run("bank", "import", "first.xml")["taken"]["new"] == []
    assert world.run("bank", "propose")["items"] == []

    # every difference of the day is named
    found = world.run("bank", "reconcile", "--day", "2026-03-02")
    assert (found["bank"], found["computed"]) == (str(2_123_500_000), str(2_123_500_000))
    assert found["backed"] == str(2001 * CMT) and found["ok"]
    assert {line["amount"]: line["numbers"] for line in found["lines"]} == {
        str(55 * CMT): [4],
        str(70 * CMT): [3],
        str(-2_500_000): [5],
    }

    # the lost one is placed by a person, and an open matter stays one
    world.do("bank", "assign", "4", "3", "--reason", "he showed the receipt", *BY)
    made = world.run("bank", "propose", "4")
    world.run("bank", "propose", "4", code=2)
    assert world.run("bank", "mint", str(made["batch"]))["minted"] == [4]
    assert world.balances() == [1000, 1001, 55]

    # money handed in, completed, paid out by the bank
    suite, holder = world.town.suite, world.people[1]
    Sender(world.town.connection, holder.account).send_many(
        [suite.token.approve(suite.desk.address, 500 * CMT)]
    )
    Sender(world.town.connection, holder.account).send(suite.desk.request(500 * CMT, b"\1" * 32))
    (payout,) = world.run("bank", "payouts")
    assert payout["reference"] == world.slip(1, Purpose.PAYOUT).replace(" ", "")
    printed, _ = world.do("bank", "complete", "1")
    assert printed.strip() == world.slip(1, Purpose.PAYOUT) and world.supply() == 1556
    world.do("bank", "complete", "1", code=2)
    found = world.run("bank", "reconcile")
    amounts = sorted(int(line["amount"]) for line in found["lines"])
    assert found["ok"] and amounts == [-2_500_000, 70 * CMT, 500 * CMT]
    paid = Booking("2026-03-03", "-500.00", f"payout {world.slip(1, Purpose.PAYOUT)}", "Ben", "B-000007")
    wrong = Booking("2026-03-03", "-1000.00", "returned", "Payer 0", ann.ref, reversal=True)
    ends = {"opening": ("2123.50", "2026-03-03"), "closing": ("623.50", "2026-03-03")}
    world.statement("second.xml", [paid, wrong], **ends)
    assert world.run("bank", "import", "second.xml")["taken"]["returned"] == [1]

    # what was minted and is taken back is wrong until it is covered by a burn
    found = world.run("bank", "reconcile", code=8)
    (bad,) = [line for line in found["lines"] if line["wrong"]]
    assert (bad["amount"], bad["numbers"][0]) == (str(-1000 * CMT), 1)
    treasurer = local_account("TREASURER").address
    world.town.send(world.people[0].account, suite.token.transfer(treasurer, 1000 * CMT))
    world.do("bank", "burn", "2", code=2)
    first, again = world.do("bank", "burn", "1")[1], world.do("bank", "burn", "1")[1]
    assert first == again and world.supply() == 556
    found = world.run("bank", "reconcile")
    assert found["ok"] and found["bank"] == str(623_500_000)
    # 70 waits for a wallet, 2.50 was spent
    assert sum(int(line["amount"]) for line in found["lines"]) == 67_500_000 == int(found["difference"])

    # nobody else's figures suffered
    world.do("audit")


def test_reconcile_names_what_should_not_be(world: BankWorld) -> None:
    with world.fresh():
        ann, ben = world.rents(5)[3:]
        world.statement(
            "m.xml", [ann, ben], opening=("10.00", "2026-03-04"), closing=("9999.00", "2026-03-04")
        )
        world.run("bank", "import", "m.xml")
        world.town.fund(world.people[2].wallet, 33 * CMT)  # without any bank entry
        found = world.run("bank", "reconcile", code=8)
        wrong = {line["what"]: line["amount"] for line in found["lines"] if line["wrong"]}
        assert wrong == {"minted without a bank entry of this day or before (1 times)": str(-33 * CMT)}
        assert any("off the sum of its entries" in fault for fault in found["faults"])
        assert any("a statement missing" in fault for fault in found["faults"])
        assert sum(int(line["amount"]) for line in found["lines"]) == int(found["difference"])
        table, said = world.do("bank", "reconcile", code=8)
        assert "! minted without" in table and "do not agree" in said


def test_one_key_cannot_propose_and_mint_and_a_changed_batch_is_refused(world: BankWorld) -> None:
    with world.fresh():
        world.statement("m.xml", world.rents(12)[6:])
        world.run("bank", "import", "m.xml")
        with Store.open(world.folder / ".commonhold") as store:
            made = proposals.propose(world.town.suite, store, local_account("TREASURER"))
        assert "proposed with this very key" in world.do("bank", "mint", code=6)[1]
        world.do("bank", "withdraw", str(made.number), *WRONG)
        world.do("bank", "withdraw", str(made.number), *WRONG, code=2)
        batch = world.run("bank", "propose")["batch"]
        with Store.open(world.folder / ".commonhold") as store, store.writing() as session:
            item = session.query(BankMint).filter_by(proposal=batch).order_by(BankMint.entry).first()
            assert item is not None
            item.amount *= 10
        before = world.supply()
        assert "is not what" in world.do("bank", "mint", code=6)[1]
        assert world.supply() == before


def test_a_batch_that_was_withdrawn_can_be_proposed_again_in_the_same_second(world: BankWorld) -> None:
    with world.fresh():
        world.statement("m.xml", world.rents(12)[6:])
        world.run("bank", "import", "m.xml")
        suite, manager = world.town.suite, local_account("MANAGER")
        with Store.open(world.folder / ".commonhold", clock=lambda: 1_900_000_000) as store:
            first = proposals.propose(suite, store, manager)
            proposals.withdraw(store, first.number, "a wrong batch", person("Mei Lin"))
            again = proposals.propose(suite, store, manager)
            assert again.items == first.items and again.number != first.number
        assert len(world.run("bank", "mint")["minted"]) == len(again.items)


def test_only_an_officer_proposes_and_only_a_minter_mints(
    world: BankWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.fresh():
        world.statement("m.xml", world.rents(12)[6:])
        world.run("bank", "import", "m.xml")
        write(world.folder / "password", "correct horse battery")
        (world.folder / "password").chmod(0o600)
        real = Account.encrypt
        monkeypatch.setattr(
            keys.Account, "encrypt", lambda key, password: real(key, password, kdf="pbkdf2", iterations=1)
        )
        own = ("--password-file", "password")
        world.do("keys", "new", "stranger", *own)
        assert "none of the roles" in world.do("bank", "propose", "--key", "stranger", *own, code=6)[1]
        world.run("bank", "propose")
        said = world.do("bank", "mint", "--key", "stranger", *own, "--yes", code=6)[1]
        assert "no minter" in said


def test_a_party_with_another_wallet_and_a_credit_returned_meanwhile_are_not_minted(world: BankWorld) -> None:
    with world.fresh():
        ann, ben, cem = world.rents(9)[6:]
        world.statement("m.xml", [ann, ben, cem])
        world.run("bank", "import", "m.xml")
        world.run("bank", "propose")
        back = Booking("2026-03-05", f"-{ben.amount}", "returned", ben.name, ben.ref, reversal=True)
        world.statement("n.xml", [back])
        world.run("bank", "import", "n.xml")
        before, other = world.balances(), world.town.account()
        parties = world.town.suite.parties
        person = world.people[0]
        form = typed_link(parties.domain(), person.party, other.address, 0, FAR)
        signature = bytes(other.sign_message(signable(form)).signature)
        world.town.send(person.account, parties.link(person.party, other.address, FAR, signature))
        world.town.send(person.account, parties.switch_wallet(other.address))
        report = world.run("bank", "mint", code=7)
        assert len(report["minted"]) == 1 and len(report["skipped"]) == 1
        assert "another wallet" in report["failed"][0]["why"]
        assert world.balances() == [before[0], before[1], before[2] + 1008]
        world.do("bank", "withdraw", "1", *WRONG, code=2)


def test_every_decision_says_who_made_it_a_person_by_name_a_key_by_its_office(world: BankWorld) -> None:
    with world.fresh():
        ann, ben, cem = world.rents(12)[9:]
        lost = Booking("2026-03-02", "55.00", "thank you", "Somebody", "B-000105")
        world.statement("m.xml", [ann, ben, cem, lost])
        first, second, third, nobody = world.run("bank", "import", "m.xml")["taken"]["new"]
        for command in ("assign", "accept", "dismiss", "return"):  # none without a name
            party = ("1",) if command == "assign" else ()
            world.do("bank", command, str(nobody), *party, "--reason", "x", code=2)
            said = world.do("bank", command, str(nobody), *party, "--reason", "x", "--by", " ", code=2)[1]
            assert "needs the name" in said
        world.do("bank", "withdraw", "1", "--reason", "x", code=2)

        world.do("bank", "assign", str(nobody), "3", "--reason", "he rang", *BY)
        batch = world.run("bank", "propose", str(first))["batch"]
        world.do("bank", "withdraw", str(batch), *WRONG)
        world.do("bank", "return", str(second), "--reason", "not ours", "--by", "Omar")
        world.run("bank", "propose", str(first), str(third))
        world.run("bank", "mint")
        # what was minted is taken back: minted and burned by a key
        back = Booking("2026-03-05", f"-{ann.amount}", "returned", ann.name, ann.ref, reversal=True)
        world.statement("n.xml", [back])
        world.run("bank", "import", "n.xml")
        treasurer, manager = local_account("TREASURER").address, local_account("MANAGER").address
        world.town.fund(treasurer, 2_000 * CMT)
        for _ in range(2):
            world.do("bank", "burn", str(first))

        told = world.run("bank", "decisions", str(first))
        assert [(one["decision"], one["by"], one["office"]) for one in told] == [
            ("propose", manager, "MANAGER"),
            (f"withdraw batch {batch}", "Mei Lin", None),
            ("propose", manager, "MANAGER"),
            ("mint", treasurer, "TREASURER"),
            ("burn", treasurer, "TREASURER"),
        ]
        (row,) = [one for one in world.run("bank", "list")["entries"] if one["entry"] == second]
        assert "says Omar" in row["why"] and [one["by"] for one in row["decisions"]] == ["Omar"]
        shown, _ = world.do("bank", "decisions")
        assert "Mei Lin" in shown and "he rang" in shown
        world.do("bank", "decisions", "--csv", "decisions.csv")
        lines = (world.folder / "decisions.csv").read_text("utf-8-sig").splitlines()
        assert lines[0] == "entry,at,decision,party,by,office,reason" and any("Omar" in one for one in lines)


def test_what_another_office_minted_is_on_record_with_the_key_that_minted_it(world: BankWorld) -> None:
    with world.fresh():
        world.statement("m.xml", world.rents(14)[13:])
        (entry,) = world.run("bank", "import", "m.xml")["taken"]["new"]
        made = world.run("bank", "propose")
        with Store.open(world.folder / ".commonhold") as store:
            (item,) = minting.items_of(store, made["batch"])
        officer = Sender(world.town.connection, local_account("OFFICER"))
        officer.send(world.town.suite.token.mint(item.wallet, item.amount, item.citation))
        assert world.run("bank", "mint")["found"] == [entry]
        last = world.run("bank", "decisions", str(entry))[-1]
        assert (last["decision"], last["by"], last["office"]) == ("mint", officer.address, "OFFICER")
