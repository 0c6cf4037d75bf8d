"""From files into the store: every entry once, whatever the files.

the same file, the same entry in another file and form, equal payments of one day, any cut of a month into
overlapping files · what may be a copy is doubtful and waits · matching by slip · returns before and after
minting, in any order · decisions of people · two imports at once · a kill at every commit
"""

import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from commonhold.errors import InputError, StoreError
from commonhold.ops.bank import decisions, read_bank_file, take
from commonhold.ops.bank.deciders import person
from commonhold.ops.bank.placing import Community
from commonhold.ops.bank.proposals import citation_of
from commonhold.ops.bank.reference import Purpose
from commonhold.ops.bank.taking import Taken
from commonhold.store import Store
from commonhold.store.bank import BankEntry, BankSighting
from commonhold.store.outbox import Message
from tests.faults.processes import KILLED, moments, run_killed
from tests.package.bank.files import ACCOUNT, CMT, TAG, Booking, camt, csv_of, reference, stmt, write

COMMUNITY = Community(TAG, 20)
ANN = Booking("2026-03-02", "1000.00", f"rent {reference(7)}", "Ann Lee", "B-000001")
BEN = Booking("2026-03-02", "1000.00", f"{reference(8)} rent", "Ben", "B-000002")
LOST = Booking("2026-03-03", "55.00", "thank you", "Somebody", "B-000003")


CLERK = person("Mei Lin")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", clock=lambda: 1_772_500_000) as opened:
        yield opened


def bring(store: Store, text: str, name: str = "") -> Taken:
    folder = store.folder.parent
    path = write(folder / (name or f"{len(list(folder.iterdir()))}.txt"), text)
    return take(store, read_bank_file(path, None, ACCOUNT), COMMUNITY)


def rows(store: Store) -> list[BankEntry]:
    with store.reading() as session:
        return list(session.scalars(select(BankEntry).order_by(BankEntry.id)))


def row(store: Store, number: int) -> BankEntry:
    return rows(store)[number - 1]


def states(store: Store) -> list[str]:
    return [one.state for one in rows(store)]


# ---- once


def test_I4_the_same_file_again_changes_nothing(store: Store) -> None:
    text = camt(stmt([ANN, BEN, LOST]))
    first = bring(store, text, "a.xml")
    assert (first.new, first.matched, first.unmatched) == ([1, 2, 3], [1, 2], [3])
    before = [(one.id, one.state, one.party) for one in rows(store)]
    again = bring(store, text, "a.xml")
    assert (again.new, sorted(again.again)) == ([], [1, 2, 3])
    assert [(one.id, one.state, one.party) for one in rows(store)] == before
    with store.reading() as session:
        assert len(session.scalars(select(BankSighting)).all()) == 3


def test_an_entry_with_the_banks_reference_is_one_in_every_form(store: Store) -> None:
    bring(store, camt(stmt([ANN, BEN], version=2), version=2))
    assert bring(store, camt(stmt([ANN, BEN, LOST]))).new == [3]
    told_otherwise = [Booking(one.day, one.amount, "cut", "", one.ref) for one in (ANN, BEN, LOST)]
    assert bring(store, csv_of(told_otherwise)).new == []
    assert len(rows(store)) == 3


def test_equal_payments_of_one_day_without_references_are_as_many_as_they_are(store: Store) -> None:
    coin = Booking("2026-03-02", "5.00", f"wash {reference(7)}", "Ann Lee")
    assert len(bring(store, csv_of([coin], refs=False)).new) == 1
    assert len(bring(store, csv_of([coin, coin, coin], refs=False)).new) == 2
    assert bring(store, camt(stmt([coin, coin]))).new == []
    assert states(store) == ["matched"] * 3
    assert len({one.identity for one in rows(store)}) == 3


@pytest.mark.parametrize("seed", range(12))
def test_I4_any_cut_of_a_month_into_overlapping_files_gives_the_month(store: Store, seed: int) -> None:
    dice = random.Random(seed)
    with_refs = seed % 2 == 0
    month = [
        Booking(
            f"2026-03-{dice.randint(1, 28):02d}",
            dice.choice(["5.00", "1000.00", "-7.50"]),
            dice.choice([reference(7), reference(8), "thanks"]),
            dice.choice(["Ann", "Ben"]),
            f"B-{number:06d}" if with_refs else "",
        )
        for number in range(60)
    ]
    month.sort(key=lambda one: one.day)
    days = sorted({one.day for one in month})
    for _ in range(8):
        first = dice.randrange(len(days))
        last = dice.randrange(first, len(days))
        part = [one for one in month if days[first] <= one.day <= days[last]]
        if with_refs:
            dice.shuffle(part)
        bring(store, camt(stmt(part)) if dice.random() < 0.5 else csv_of(part, refs=with_refs))
    bring(store, camt(stmt(month)))
    bring(store, csv_of(month, refs=with_refs))
    wanted = Counter((one.day, one.amount, one.text, one.name, one.ref) for one in month)
    found = Counter(
        (
            one.day,
            (one.amount if one.side == "credit" else -one.amount) / CMT,
            one.text,
            one.counterparty,
            one.reference,
        )
        for one in rows(store)
    )
    assert sorted(wanted.values()) == sorted(found.values()) and len(rows(store)) == 60
    assert "doubtful" not in states(store)


# ---- what may be a copy


def test_the_same_payment_from_a_file_without_references_is_doubtful(store: Store) -> None:
    bring(store, camt(stmt([ANN, LOST])))
    # another slip on it: another payment, however much they look alike
    slip_of_ben = Booking(ANN.day, ANN.amount, reference(8), "Ben")
    assert bring(store, csv_of([slip_of_ben], refs=False)).matched == [3]
    shorn = Booking(ANN.day, ANN.amount, "RENT", "LEE, ANN")
    taken = bring(store, csv_of([slip_of_ben, shorn], refs=False))
    assert taken.doubtful == [4] and row(store, 4).like == 1


def test_a_reference_that_comes_back_on_another_day_amount_or_twice_in_a_file_is_doubtful(
    store: Store,
) -> None:
    bring(store, camt(stmt([ANN])))
    later = Booking("2026-03-09", ANN.amount, ANN.text, ANN.name, ANN.ref)
    more = Booking(ANN.day, "1000.01", ANN.text, ANN.name, ANN.ref)
    assert bring(store, camt(stmt([later]))).doubtful == [2]
    assert bring(store, camt(stmt([more]))).doubtful == [3]
    assert bring(store, camt(stmt([LOST, LOST]))).doubtful == [5]
    for text in (camt(stmt([later])), camt(stmt([more])), camt(stmt([LOST, LOST]))):
        assert bring(store, text).new == []
    assert states(store) == ["matched", "doubtful", "doubtful", "unmatched", "doubtful"]


def test_a_person_says_whether_a_doubtful_entry_counts(store: Store) -> None:
    bring(store, camt(stmt([ANN])))
    bring(store, camt(stmt([Booking("2026-03-09", ANN.amount, ANN.text, ANN.name, ANN.ref)])))
    bring(store, camt(stmt([Booking("2026-03-10", ANN.amount, "what?", ANN.name, ANN.ref)])))
    assert decisions.accept(store, 2, "two rents", TAG, CLERK).state == "matched"
    assert row(store, 2).party == 7
    assert decisions.dismiss(store, 3, "the bank's second list", CLERK).state == "doubled"
    with pytest.raises(InputError, match="only a doubtful one"):
        decisions.dismiss(store, 1, "no", CLERK)
    told = [decisions.as_json(one) for one in decisions.decisions_of(store)]
    assert [(one["entry"], one["decision"], one["by"], one["office"], one["reason"]) for one in told] == [
        (2, "accept", "Mei Lin", None, "two rents"),
        (3, "dismiss", "Mei Lin", None, "the bank's second list"),
    ]
    assert [one.entry for one in decisions.decisions_of(store, [3])] == [3]
    assert "says Mei Lin" in row(store, 2).why and "says Mei Lin" in row(store, 3).why


@pytest.mark.parametrize("name", ["", " \u200b ", "x" * 81])
def test_a_decision_without_the_name_of_a_person_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="who made it") as caught:
        person(name)
    assert "--by" in caught.value.hint
    assert person("  Mei\u200b  Lin ") == CLERK


# ---- whose


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thank you", "no reference"),
        (f"{reference(7)} {reference(8)}", "2 references"),
        (reference(21), "no party 21"),
        (reference(7, tag=TAG + 1), "another community"),
        (reference(7, Purpose.PAYOUT), "outgoing money"),
        (f"{reference(7)} {reference(7, tag=TAG + 1)}", "2 references"),
    ],
)
def test_what_is_not_clear_is_left_to_a_person_and_told_to_the_office(
    store: Store, text: str, words: str
) -> None:
    bring(store, camt(stmt([Booking("2026-03-02", "5", text, "X", "B-000009")])))
    assert row(store, 1).state == "unmatched" and words in row(store, 1).why
    with store.reading() as session:
        (message,) = session.scalars(select(Message))
    assert (message.cause, message.audience, message.facts["entry"]) == ("bank_unmatched", "office", 1)
    assert decisions.assign(store, 1, 9, "he came by", 20, CLERK).party == 9
    for party in (0, 21):
        with pytest.raises(InputError, match="no party"):
            decisions.assign(store, 1, party, "x", 20, CLERK)
    with pytest.raises(InputError, match="needs a reason"):
        decisions.assign(store, 1, 9, " ", 20, CLERK)


def test_a_file_with_a_problem_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(InputError, match="1 problems; nothing was taken"):
        bring(store, camt(stmt([ANN, BEN])).replace("1000.00<", "x<", 1))
    assert rows(store) == []


# ---- returned


def back(one: Booking, text: str = "returned", ref: str | None = None) -> Booking:
    return Booking(
        "2026-03-05", f"-{one.amount}", text, one.name, one.ref if ref is None else ref, reversal=True
    )


def test_a_credit_that_the_bank_takes_back_is_returned_in_whatever_order_they_come(store: Store) -> None:
    assert bring(store, camt(stmt([ANN, BEN, back(ANN)]))).returned == [1]
    assert states(store) == ["returned", "matched", "reversal"]
    assert bring(store, camt(stmt([back(LOST)]))).returned == []
    assert row(store, 4).state == "other" and "0 fit" in row(store, 4).why
    assert bring(store, camt(stmt([LOST]))).returned == [5]
    assert states(store)[3:] == ["reversal", "returned"]


def test_a_reversal_points_by_the_slip_or_by_the_text_too(store: Store) -> None:
    bring(store, camt(stmt([ANN, BEN])))
    by_slip = back(ANN, f"returned {reference(7)}", "C-100001")
    by_text = back(BEN, f"returned, our {BEN.ref}", "C-100002")
    assert sorted(bring(store, camt(stmt([by_slip, by_text]))).returned) == [1, 2]


def test_a_reversal_that_fits_two_credits_is_left_to_a_person(store: Store) -> None:
    other = Booking("2026-03-03", ANN.amount, ANN.text, ANN.name, "B-000008")
    bring(store, camt(stmt([ANN, other, back(ANN, f"returned {reference(7)}", "")])))
    assert states(store) == ["matched", "matched", "other"] and "2 fit" in row(store, 3).why
    credit, debit = decisions.link(store, 2, 3, "the bank said so on the telephone", CLERK)
    assert (credit.state, debit.state, debit.like) == ("returned", "reversal", 2)
    with pytest.raises(InputError, match="no open debit"):
        decisions.link(store, 1, 3, "again", CLERK)


def test_money_sent_back_is_known_by_its_reference(store: Store) -> None:
    bring(store, camt(stmt([LOST])))
    decisions.send_back(store, 1, "nobody knows him", CLERK)
    short = Booking("2026-03-06", "-54.99", reference(1, Purpose.RETURN), ref="C-100003")
    whole = Booking("2026-03-06", "-55.00", reference(1, Purpose.RETURN), ref="C-100004")
    assert bring(store, camt(stmt([short]))).returned == []
    assert bring(store, camt(stmt([whole]))).returned == [1]
    assert states(store) == ["returned", "other", "return"]


def test_what_was_minted_and_is_taken_back_is_told_to_the_office(store: Store) -> None:
    bring(store, camt(stmt([ANN])))
    with store.writing() as session:
        session.get_one(BankEntry, 1).state = "minted"
    bring(store, camt(stmt([back(ANN)])))
    assert states(store) == ["taken_back", "reversal"]
    with store.reading() as session:
        assert [one.cause for one in session.scalars(select(Message))] == ["bank_taken_back"]


def test_a_payout_is_known_by_its_reference(store: Store) -> None:
    bring(store, camt(stmt([Booking("2026-03-06", "-5", reference(3, Purpose.PAYOUT), ref="C-100005")])))
    assert (row(store, 1).state, row(store, 1).target) == ("payout", 3)


# ---- at once, and cut off

PROGRAM = """
import sys
from pathlib import Path
from commonhold.ops.bank import read_bank_file, take
from commonhold.store import Store
from tests.package.bank.test_take import ACCOUNT, COMMUNITY
with Store.open(Path("data")) as store:
    for name in sys.argv[1:]:
        take(store, read_bank_file(Path(name), None, ACCOUNT), COMMUNITY)
"""


def test_B8_two_programs_that_import_at_once_keep_each_entry_once(store: Store) -> None:
    folder = store.folder.parent
    many = [Booking("2026-03-02", f"{n}.00", reference(7), "Ann", f"B-{n:06d}") for n in range(1, 120)]
    write(folder / "a.xml", camt(stmt(many)))
    write(folder / "b.csv", csv_of(many[40:]))
    argv = [sys.executable, "-c", PROGRAM, "a.xml", "b.csv", "a.xml"]
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(run_killed(argv, folder, after=60).returncode))
        for _ in "12"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert len(rows(store)) == 119 and set(states(store)) == {"matched"}


def test_an_import_waits_for_another_and_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.ops.bank.taking._WAIT", 0)
    with store.exclusive(), pytest.raises(StoreError, match="Another import"):
        bring(store, camt(stmt([ANN])))


def test_D1_an_import_killed_at_any_commit_is_whole_or_not_there(tmp_path: Path) -> None:
    write(tmp_path / "a.xml", camt(stmt([ANN, LOST])))
    write(tmp_path / "b.xml", camt(stmt([ANN, BEN, back(ANN)])))
    argv = [sys.executable, "-c", PROGRAM, "a.xml", "b.xml"]
    (tmp_path / "whole").mkdir()
    for name in ("a.xml", "b.xml"):
        write(tmp_path / "whole" / name, (tmp_path / name).read_bytes())
    names = moments(argv, tmp_path / "whole", tmp_path / "log", on="commit")
    with Store.open(tmp_path / "whole" / "data") as store:
        wanted = [(one.identity, one.state) for one in rows(store)]
    assert len(names) >= 6 and len(wanted) == 4
    for number in range(1, len(names) + 1):
        folder = tmp_path / f"killed-{number}"
        folder.mkdir()
        for name in ("a.xml", "b.xml"):
            write(folder / name, (tmp_path / name).read_bytes())
        assert run_killed(argv, folder, at=number, on="commit").returncode == KILLED
        with Store.open(folder / "data") as store:
            assert len(rows(store)) in (0, 2, 4)
            for name in ("a.xml", "b.xml"):
                take(store, read_bank_file(folder / name, None, ACCOUNT), COMMUNITY)
            assert [(one.identity, one.state) for one in rows(store)] == wanted
            with store.reading() as session:
                assert len(session.scalars(select(Message)).all()) == 1


def test_P3_what_the_chain_learns_of_an_entry_tells_no_name(store: Store, tmp_path: Path) -> None:
    """With the bank's reference the citation is the same in every store; otherwise it is keyed."""
    shorn = Booking("2026-03-09", "5.00", "thanks from Ann", "Ann Lee")
    with Store.open(tmp_path / "other" / "data") as other:
        found = []
        for one in (store, other):
            bring(one, camt(stmt([ANN, shorn])))
            found.append([citation_of(one, entry) for entry in rows(one)])
        assert [entry.identity for entry in rows(store)] == [entry.identity for entry in rows(other)]
    assert found[0][0] == found[1][0] and found[0][1] != found[1][1]
    assert all(len(one) == 32 for one in (*found[0], *found[1]))
