"""What an office does with bank money day by day, by the command on a real node.

listed: what waits, one state, batches, copies counted, references of what goes back · decided: accepted,
a copy, sent back, undone by a debit, and what cannot be decided · read: problems, notes, nothing kept,
pending, a page missing · slips: refused sums, a page · payouts as a table · the office told by mail
"""

import base64
from collections.abc import Iterator

import pytest

from commonhold.chain.send import Sender
from commonhold.ops.bank.reference import Purpose
from tests.package.bank.files import Booking, camt, stmt, write
from tests.package.ops.town import CMT
from tests.package.outbox.servers import mail_server
from tests.system.bank.bank_world import BankWorld

LOST = Booking("2026-03-03", "55.00", "thank you", "Somebody", "B-000101")
BY = ("--by", "Mei Lin")
COST = Booking("2026-03-02", "-2.50", "charges", "", "B-000102")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with BankWorld.build(tmp_path_factory.mktemp("office")) as world:
        yield world


@pytest.fixture
def world(built: BankWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[BankWorld]:
    monkeypatch.setattr("commonhold.present.out._width", 200)  # the console is older than the test
    with built.fresh():
        yield built


def bring(world: BankWorld, *bookings: Booking, name: str = "s.xml") -> None:
    world.statement(name, list(bookings))
    world.run("bank", "import", name)


# ---- listed


def test_the_list_shows_what_waits_and_how_far_each_entry_has_come(world: BankWorld) -> None:
    ann, ben = world.rents(2)
    bring(world, LOST)
    bring(world, ann, ben, COST, name="b.xml")
    bring(world, ann, name="again.xml")
    found = world.run("bank", "list")
    assert [(one["entry"], one["day"], one["state"]) for one in found["entries"]] == [
        (2, "2026-03-02", "matched"),
        (3, "2026-03-02", "matched"),
        (1, "2026-03-03", "unmatched"),
    ]
    assert [one["statements"] for one in found["entries"]] == [2, 1, 1] and found["batches"] == []
    first = found["entries"][0]
    assert (first["amount"], first["party"], first["batch"], first["transaction"]) == (
        str(1000 * CMT), 1, None, "",
    )  # fmt: skip
    assert len(first["citation"]) == 66 and "return_reference" not in first
    (cost,) = world.run("bank", "list", "--state", "other")["entries"]
    assert (cost["amount"], cost["side"]) == ("2500000", "debit") and "citation" not in cost
    assert "-2.50" in world.do("bank", "list", "--state", "other")[0]

    world.run("bank", "propose")
    (batch,) = world.run("bank", "list")["batches"]
    assert (batch["batch"], batch["entries"], batch["total"]) == (1, 2, str(2001 * CMT))
    assert "Batch 1: 2 entries, 2,001.00, by 0x" in world.do("bank", "list")[1]
    assert [one["batch"] for one in world.run("bank", "list", "--state", "proposed")["entries"]] == [1, 1]
    world.run("bank", "mint")
    minted = world.run("bank", "list", "--state", "minted", "--state", "unmatched")["entries"]
    assert [one["state"] for one in minted] == ["minted", "minted", "unmatched"]
    assert [len(one["transaction"]) for one in minted] == [66, 66, 0]
    assert {str(bytes.fromhex(one["citation"][2:])) for one in minted[:2]} == set(world.mints())
    assert "Batch" not in world.do("bank", "list")[1]
    _, said = world.do("bank", "list", "--state", "lost", code=2)
    assert "There is no state 'lost'." in said and "unmatched, doubtful" in said


# ---- decided


def test_a_credit_that_is_sent_back_is_listed_with_the_reference_of_its_return(world: BankWorld) -> None:
    bring(world, LOST)
    printed, said = world.do("bank", "return", "1", "--reason", "nobody knows him", *BY)
    assert printed.strip() == world.slip(1, Purpose.RETURN) and "under this reference" in said
    (one,) = world.run("bank", "list")["entries"]
    assert one["state"] == "to_return" and one["why"] == "to be sent back, says Mei Lin: nobody knows him"
    assert one["return_reference"] == printed.strip().replace(" ", "")
    # the transfer carried another text: a person says which debit it was
    bring(world, Booking("2026-03-05", "-55.00", "as agreed", "Somebody", "B-000103"), name="b.xml")
    _, said = world.do("bank", "return", "1", "--debit", "2", "--reason", "I ordered it", *BY)
    assert "Entry 1 was undone by entry 2 and is returned." in said
    assert world.states() == ["returned", "return"]
    _, said = world.do("bank", "return", "1", "--reason", "again", *BY, code=2)
    assert "Entry 1 is a credit and returned: this cannot be decided any more." in said


def test_a_debit_undoes_only_a_whole_credit_that_was_booked_by_then(world: BankWorld) -> None:
    bring(world, LOST, COST)
    _, said = world.do("bank", "return", "2", "--debit", "1", "--reason", "a part", *BY, code=2)
    assert "Entries 2 and 1 are over different amounts." in said
    bring(world, Booking("2026-03-02", "-55.00", "paper", "Shop", "B-000107"), name="b.xml")
    _, said = world.do("bank", "return", "2", "--debit", "3", "--reason", "looks so", *BY, code=2)
    assert "Entry 3 was booked before entry 2." in said
    assert world.states() == ["other", "unmatched", "other"]


def test_a_doubtful_entry_is_a_copy_or_counts_as_a_person_says(world: BankWorld) -> None:
    (ann,) = world.rents(1)
    paid = Booking("2026-03-06", "-5", "first", "Ben", "B-000104")
    bring(world, ann, paid)
    later = Booking("2026-03-09", ann.amount, ann.text, ann.name, ann.ref)
    shorn = Booking("2026-03-10", ann.amount, "who knows", ann.name, ann.ref)
    again = Booking("2026-03-10", "-5", world.slip(3, Purpose.PAYOUT), "Ben", "B-000104")
    bring(world, later, shorn, again, name="b.xml")
    assert world.states() == ["matched", "other", "doubtful", "doubtful", "doubtful"]
    _, said = world.do("bank", "dismiss", "3", "--reason", "printed twice", *BY)
    assert "Entry 3 is a copy of entry 1." in said
    assert (
        "counts by itself and is unmatched"
        in world.do("bank", "accept", "4", "--reason", "two rents", *BY)[1]
    )
    # a debit of its own is looked at anew: its text names a redemption
    assert "is payout" in world.do("bank", "accept", "5", "--reason", "two payouts", *BY)[1]
    assert world.states() == ["matched", "other", "doubled", "unmatched", "payout"]
    _, said = world.do("bank", "assign", "4", "2", "--reason", "Ben paid", *BY)
    assert f"Entry 4, {1000:,}.00, belongs to" in said
    assert (
        "Entry 5 is payout, not doubtful." in world.do("bank", "accept", "5", "--reason", "x", *BY, code=2)[1]
    )
    said = world.do("bank", "dismiss", "4", "--reason", "x", *BY, code=2)[1]
    assert "only a doubtful one" in said and "commonhold bank return" in said
    assert "There is no bank entry 99." in world.do("bank", "accept", "99", "--reason", "x", *BY, code=2)[1]
    said = world.do("bank", "return", "4", "--reason", "x" * 401, *BY, code=2)[1]
    assert "at most 400 characters" in said


# ---- read


def test_a_file_with_problems_says_each_and_keeps_nothing(world: BankWorld) -> None:
    text = camt(stmt(world.rents(2))).replace("1000.00<", "x<").replace("1001.00<", "y<")
    write(world.folder / "bad.xml", text)
    _, said = world.do("bank", "import", "bad.xml", code=2)
    assert said.count("this is not an amount") == 2 and "2 problems; nothing was taken" in said
    found = world.run("bank", "import", "bad.xml", code=2)
    assert found["taken"] is None and len(found["file"]["problems"]) == 2
    assert world.run("bank", "list")["entries"] == []


def test_a_dry_run_reads_the_file_and_keeps_nothing(world: BankWorld) -> None:
    empty = Booking("2026-03-02", "0.00", ref="B-000105")
    world.statement("m.xml", [*world.rents(2), empty])
    found = world.run("bank", "import", "m.xml", "--dry-run")
    assert found["taken"] is None and (found["file"]["statements"], found["file"]["entries"]) == (1, 2)
    _, said = world.do("bank", "import", "m.xml", "--dry-run")
    assert "an entry over nothing is left out" in said and "2 entries can be read. Nothing was kept." in said
    assert world.run("bank", "list")["entries"] == []


def test_an_import_tells_of_what_is_not_booked_yet_and_of_a_page_that_may_be_missing(
    world: BankWorld,
) -> None:
    soon = Booking("2026-03-02", "7", ref="B-000106", status="PDNG")
    ends = {"opening": ("0.00", "2026-03-02"), "closing": ("1100.00", "2026-03-02")}
    world.statement("m.xml", [*world.rents(1), soon], **ends)
    _, said = world.do("bank", "import", "m.xml")
    assert "1 entries are not booked yet" in said
    assert "Statement m.xml: its balances are 100.00 off its entries. Is a page missing?" in said


# ---- slips and payouts


@pytest.mark.parametrize(
    ("amount", "words"), [("many", "--amount 1,234.50"), ("0.001", "whole hundredths"), ("0", "above zero")]
)
def test_a_slip_over_an_odd_sum_is_refused(built: BankWorld, amount: str, words: str) -> None:
    assert words in built.do("slip", "1", "--amount", amount, code=2)[1]


def test_a_slip_becomes_a_page_in_the_language_that_is_asked_for(world: BankWorld) -> None:
    out, said = world.do("slip", "1", "--amount", "12.50", "--html", "slip.html", "--language", "zh")
    page = (world.folder / "slip.html").read_text(encoding="utf-8")
    assert out == "" and "Written: slip.html" in said
    assert world.slip(1) in page and "附言" in page and "12.50 EUR" in page and "<svg" in page


def test_payouts_show_what_is_asked_for_and_all_of_them_if_wished(world: BankWorld) -> None:
    suite, holder = world.town.suite, world.people[1]
    world.town.fund(holder.wallet, 900 * CMT)
    Sender(world.town.connection, holder.account).send_many(
        [suite.token.approve(suite.desk.address, 900 * CMT)]
    )
    for number, amount in enumerate((500, 400), start=1):
        order = suite.desk.request(amount * CMT, bytes([number]) * 32)
        Sender(world.town.connection, holder.account).send(order)
    world.do("bank", "complete", "1")
    shown, _ = world.do("bank", "payouts")
    assert world.slip(2, Purpose.PAYOUT) in shown and "400.00" in shown and "500.00" not in shown
    every, _ = world.do("bank", "payouts", "--all")
    assert world.slip(1, Purpose.PAYOUT) in every and "completed" in every and "500.00" in every
    assert "Redemption 3 is unknown." in world.do("bank", "complete", "3", code=2)[1]
    found = world.run("bank", "payouts", "--all")
    assert [one["state"] for one in found] == ["completed", "requested"]


# ---- the office is told


def test_what_nobody_can_place_is_mailed_to_the_office_with_the_password_that_is_given(
    world: BankWorld,
) -> None:
    bring(world, LOST)
    _, said = world.do("notify", "run", code=7)  # there is no way yet
    assert "1 messages were given up, 0 may or may not have arrived." in said
    shown, _ = world.do("notify", "list", "--state", "dead")
    assert "bank_unmatched" in shown and "no e-mail address" in shown
    assert "1 messages will be sent at the next" in world.do("notify", "retry", "1")[1]
    write(world.folder / "word", "a long password\n").chmod(0o600)
    with mail_server(offers=("AUTH PLAIN",)) as server:
        with (world.folder / "commonhold.toml").open("a") as settings:
            settings.write(
                f'[notify]\nsmtp = "127.0.0.1:{server.port}"\nsender = "office@example.org"\n'
                'office = "office@example.org"\nuser = "office"\n'
            )
        server.plan += ["lost"]
        _, said = world.do("notify", "run", "--password-file", "word", code=7)
        assert "Unknown whether they arrived, not sent again by itself: 1." in said
        assert "1 messages will not be sent." in world.do("notify", "drop", "1")[1]
        ((address, mail),) = server.mails
        (login,) = server.logins
    assert address == "office@example.org" and "55.00" in mail and login.startswith("AUTH PLAIN")
    assert base64.b64decode(login.split()[-1]).split(b"\0")[1:] == [b"office", b"a long password"]
