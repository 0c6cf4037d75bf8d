"""The twin of the deposit review.

book ── again: refused
take_arrears ── less than the part · more: the part · unknown tenant or lease: nothing · after the lease:
refused open_review ── nothing left: false · something left: the landlord's clock file_claim ── too late,
too many items, an item of nothing, more than is left, twice, too early: refused ── nothing: all goes back ·
less than all: the rest goes back at once answers ── all accept: paid · one offer: the lowest stands; the
offer is paid, the rest waits ── no arbiter: the difference is split · strangers, second answers, offers not
below the claim: refused award ── below the offer, above the claim, too late: refused · between: paid
accept_offer ── the rest goes back finalise ── while a clock runs: refused · silence on every clock ·
hindered: extended, once money ── nothing is lost or made; the landlord's debt comes first; split_parts
takes no more than a part
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.deposit import (
    ANSWER_DAYS,
    AWARD_DAYS,
    CLAIM_DAYS,
    EXTENSION_DAYS,
    MAX_ITEMS,
    DepositBook,
    DepositRefused,
    Phase,
    middle,
    split_parts,
)

LANDLORD, ANN, BEN, ARBITER = 1, 2, 3, 9
END = 20_000  # [day]


@dataclass
class Account:
    tenant: int
    landlord_debt: int = 0


@dataclass
class Lease:
    """A lease as far as its deposit goes."""

    landlord: int = LANDLORD
    accounts: list[Account] = field(default_factory=lambda: [Account(ANN), Account(BEN)])
    closed: bool = False

    def finish_closing(self) -> None:
        self.closed = True


@pytest.fixture
def lease() -> Lease:
    return Lease()


@pytest.fixture
def book() -> DepositBook:
    """Lease 1 holds 600 and 400 and has ended."""
    book = DepositBook()
    book.book(1, [600, 400], ARBITER)
    assert book.open_review(1, END)
    return book


def refusal(call, *arguments, **options) -> tuple[str, tuple[int, ...]]:
    with pytest.raises(DepositRefused) as caught:
        call(*arguments, **options)
    return caught.value.error, caught.value.values


def test_a_deposit_is_booked_once():
    book = DepositBook()
    book.book(1, [600, 400], 0)
    assert (book.deposit(1).left, book.held) == (1000, 1000)
    assert refusal(book.book, 1, [1], 0) == ("DepositBookedAlready", (1,))


@pytest.mark.parametrize(("amount", "taken"), [(250, 250), (600, 600), (601, 600), (0, 0)])
def test_arrears_come_out_of_that_tenants_part_alone(amount: int, taken: int):
    book = DepositBook()
    book.book(1, [600, 400], 0)
    assert book.take_arrears(1, 0, amount) == taken
    assert book.deposit(1).parts == [600 - taken, 400]


def test_nothing_is_taken_where_no_deposit_is():
    book = DepositBook()
    assert book.take_arrears(1, 0, 5) == 0
    book.book(1, [600], 0)
    assert book.take_arrears(1, 1, 5) == 0


def test_no_arrears_are_taken_once_the_review_is_open(book: DepositBook):
    assert refusal(book.take_arrears, 1, 0, 5) == ("DepositPhaseWrong", (1, Phase.CLAIMING))


def test_there_is_nothing_to_review_without_a_deposit():
    book = DepositBook()
    assert not book.open_review(1, END)
    book.book(1, [600], 0)
    book.take_arrears(1, 0, 600)
    assert not book.open_review(1, END)


def test_a_review_is_opened_once(book: DepositBook):
    assert book.deposit(1).last_day == END + CLAIM_DAYS
    assert refusal(book.open_review, 1, END) == ("DepositPhaseWrong", (1, Phase.CLAIMING))


def test_what_is_not_claimed_goes_back_at_once(book: DepositBook, lease: Lease):
    assert book.file_claim(1, lease, [100, 201], END + CLAIM_DAYS) == {ANN: 419, BEN: 280}
    deposit = book.deposit(1)
    assert (deposit.parts, deposit.claim, deposit.offer) == ([181, 120], 301, 301)
    assert deposit.last_day == END + CLAIM_DAYS + ANSWER_DAYS
    assert not lease.closed


def test_a_claim_of_everything_returns_nothing_yet(book: DepositBook, lease: Lease):
    assert book.file_claim(1, lease, [1000], END) == {}


def test_no_claim_gives_everything_back(book: DepositBook, lease: Lease):
    assert book.file_claim(1, lease, [], END) == {ANN: 600, BEN: 400}
    assert lease.closed and book.deposit(1).phase == Phase.SETTLED


@pytest.mark.parametrize(
    ("amounts", "day", "error"),
    [
        ([1], END + CLAIM_DAYS + 1, ("DepositDeadlinePassed", (1, END + CLAIM_DAYS, END + CLAIM_DAYS + 1))),
        ([1] * (MAX_ITEMS + 1), END, ("DepositItemsInvalid", (33, 33, MAX_ITEMS))),
        ([5, 0], END, ("DepositItemZero", (1,))),
        ([1, 1000], END, ("DepositClaimTooLarge", (1, 1001, 1000))),
    ],
)
def test_r4_claims_out_of_bounds_are_refused(book: DepositBook, lease: Lease, amounts, day, error):
    assert refusal(book.file_claim, 1, lease, amounts, day) == error


def test_a_claim_is_filed_once_and_after_the_end(book: DepositBook, lease: Lease):
    book.book(2, [5], 0)
    assert refusal(book.file_claim, 2, lease, [1], END) == ("DepositPhaseWrong", (2, Phase.HELD))
    book.file_claim(1, lease, [300], END)
    assert refusal(book.file_claim, 1, lease, [1], END) == ("DepositPhaseWrong", (1, Phase.ANSWERING))


@pytest.fixture
def claimed(book: DepositBook, lease: Lease) -> DepositBook:
    """300 of the 1,000 are claimed; 180 and 120 are left."""
    book.file_claim(1, lease, [300], END)
    return book


def test_a_claim_that_all_accept_is_paid(claimed: DepositBook, lease: Lease):
    assert claimed.accept_claim(1, lease, ANN, END + ANSWER_DAYS) == {}
    assert claimed.accept_claim(1, lease, BEN, END + ANSWER_DAYS) == {LANDLORD: 300}
    assert lease.closed and claimed.held == 0


def test_one_offer_disputes_the_claim_and_the_lowest_stands(claimed: DepositBook, lease: Lease):
    assert claimed.make_offer(1, lease, BEN, 100, END) == {}
    assert claimed.make_offer(1, lease, ANN, 200, END + 3) == {LANDLORD: 100}
    deposit = claimed.deposit(1)
    assert (deposit.phase, deposit.offer, deposit.left) == (Phase.AWARDING, 100, 200)
    assert deposit.last_day == END + 3 + AWARD_DAYS


def test_without_an_arbiter_the_difference_is_split_at_once(lease: Lease):
    book = DepositBook()
    book.book(1, [1000], 0)
    book.open_review(1, END)
    alone = Lease(accounts=[Account(ANN)])
    assert book.file_claim(1, alone, [301], END) == {ANN: 699}
    assert book.make_offer(1, alone, ANN, 100, END) == {LANDLORD: 200, ANN: 101}
    assert alone.closed


@pytest.mark.parametrize("arbiter", [LANDLORD, ANN])
def test_an_arbiter_who_became_a_party_decides_nothing(lease: Lease, arbiter: int):
    book = DepositBook()
    book.book(1, [600, 400], arbiter)
    book.open_review(1, END)
    book.file_claim(1, lease, [300], END)
    book.make_offer(1, lease, ANN, 100, END)
    assert book.accept_claim(1, lease, BEN, END)[LANDLORD] == 200
    assert lease.closed


def test_answers_that_do_not_count_are_refused(claimed: DepositBook, lease: Lease):
    assert refusal(claimed.make_offer, 1, lease, ANN, 300, END) == ("DepositOfferTooLarge", (1, 300, 299))
    assert refusal(claimed.make_offer, 1, lease, LANDLORD, 1, END) == ("DepositNotParty", (1,))
    claimed.accept_claim(1, lease, ANN, END)
    assert refusal(claimed.make_offer, 1, lease, ANN, 1, END) == ("DepositAnsweredAlready", (1, ANN))
    late = END + ANSWER_DAYS + 1
    assert refusal(claimed.accept_claim, 1, lease, BEN, late) == (
        "DepositDeadlinePassed",
        (1, END + ANSWER_DAYS, late),
    )


@pytest.fixture
def disputed(claimed: DepositBook, lease: Lease) -> DepositBook:
    """The claim is 300, the offer 101."""
    claimed.make_offer(1, lease, ANN, 101, END)
    claimed.accept_claim(1, lease, BEN, END)
    return claimed


def test_the_landlord_takes_the_offer(disputed: DepositBook, lease: Lease):
    paid = disputed.accept_offer(1, lease)
    assert paid.get(LANDLORD) is None and sum(paid.values()) == 199
    assert lease.closed


@pytest.mark.parametrize("award", [101, 200, 300])
def test_the_arbiter_decides_between_offer_and_claim(disputed: DepositBook, lease: Lease, award: int):
    paid = disputed.award(1, lease, award, END + AWARD_DAYS)
    assert paid.get(LANDLORD, 0) == award - 101
    assert sum(paid.values()) == 199 and lease.closed


@pytest.mark.parametrize("award", [100, 301])
def test_an_award_outside_is_refused(disputed: DepositBook, lease: Lease, award: int):
    assert refusal(disputed.award, 1, lease, award, END) == ("DepositAwardOutside", (1, award, 101, 300))


def test_a_late_award_is_refused(disputed: DepositBook, lease: Lease):
    assert refusal(disputed.award, 1, lease, 200, END + AWARD_DAYS + 1)[0] == "DepositDeadlinePassed"


def test_silence_of_the_landlord_gives_everything_back(book: DepositBook, lease: Lease):
    running = ("DepositClockRunning", (1, END + CLAIM_DAYS, END + CLAIM_DAYS))
    assert refusal(book.finalise, 1, lease, END + CLAIM_DAYS) == running
    assert book.finalise(1, lease, END + CLAIM_DAYS + 1) == {ANN: 600, BEN: 400}


def test_silence_of_the_tenants_accepts(claimed: DepositBook, lease: Lease):
    assert claimed.finalise(1, lease, END + ANSWER_DAYS + 1) == {LANDLORD: 300}


def test_silence_after_one_offer_makes_it_final(claimed: DepositBook, lease: Lease):
    claimed.make_offer(1, lease, ANN, 0, END)
    day = END + ANSWER_DAYS + 5
    assert claimed.finalise(1, lease, day) == {}
    assert claimed.deposit(1).last_day == day + AWARD_DAYS


def test_silence_of_the_arbiter_splits_the_difference_for_the_tenants(disputed: DepositBook, lease: Lease):
    paid = disputed.finalise(1, lease, END + AWARD_DAYS + 1)
    assert paid[LANDLORD] == 99 and paid[ANN] + paid[BEN] == 100
    assert refusal(disputed.finalise, 1, lease, END + 99) == ("DepositPhaseWrong", (1, Phase.SETTLED))


def test_a_clock_is_extended_once(book: DepositBook, lease: Lease):
    late = END + CLAIM_DAYS + 1
    assert book.finalise(1, lease, late, hindered=True) == {}
    assert book.deposit(1).last_day == END + CLAIM_DAYS + EXTENSION_DAYS
    assert refusal(book.extend_clock, 1, True) == ("DepositClockNotExtendable", (1,))
    assert refusal(book.finalise, 1, lease, late, hindered=True)[0] == "DepositClockRunning"
    assert sum(book.finalise(1, lease, late + EXTENSION_DAYS, hindered=True).values()) == 1000


def test_a_clock_is_not_extended_without_a_reason(book: DepositBook):
    assert refusal(book.extend_clock, 1, False) == ("DepositClockNotExtendable", (1,))
    assert refusal(book.extend_clock, 2, True) == ("DepositPhaseWrong", (2, Phase.NONE))


def test_each_clock_can_be_extended(book: DepositBook, lease: Lease):
    book.extend_clock(1, True)
    book.file_claim(1, lease, [300], END)
    book.extend_clock(1, True)
    assert book.deposit(1).last_day == END + ANSWER_DAYS + EXTENSION_DAYS


def test_what_the_landlord_owes_a_tenant_comes_first_from_that_tenants_part(claimed: DepositBook):
    lease = Lease(accounts=[Account(ANN, 50), Account(BEN, 500)])
    claimed.accept_claim(1, lease, ANN, END)
    assert claimed.accept_claim(1, lease, BEN, END) == {ANN: 50, BEN: 120, LANDLORD: 130}
    assert [account.landlord_debt for account in lease.accounts] == [0, 380]


@given(st.lists(st.integers(0, 2**56 - 1), min_size=1, max_size=4), st.data())
def test_r1_a_split_is_exact_and_takes_no_more_than_a_part(parts: list[int], data: st.DataObject):
    amount = data.draw(st.integers(0, sum(parts)))
    shares = split_parts(parts, amount)
    assert sum(shares) == amount
    assert all(0 <= share <= part for share, part in zip(shares, parts, strict=True))
    assert split_parts(parts, sum(parts)) == parts
    for share, part in zip(shares, parts, strict=True):
        assert abs(share * sum(parts) - amount * part) < 4 * max(1, sum(parts))


def test_a_split_of_more_than_there_is_is_an_error():
    with pytest.raises(ValueError, match="cannot be split"):
        split_parts([1, 2], 4)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_the_middle_favours_the_tenants_by_the_odd_unit(one: int, other: int):
    offer, claim = sorted((one, other))
    award = middle(offer, claim)
    assert award - offer in (claim - award, claim - award - 1)


@given(st.data())
def test_l1_every_review_ends_by_time_alone_and_pays_out_exactly_what_was_booked(data: st.DataObject):
    parts = data.draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
    book = DepositBook()
    book.book(1, parts, data.draw(st.sampled_from([0, ARBITER])))
    debts = data.draw(st.lists(st.integers(0, 3_000), min_size=len(parts), max_size=len(parts)))
    lease = Lease(accounts=[Account(10 + i, debt) for i, debt in enumerate(debts)])
    paid: dict[int, int] = {}

    def add(out: dict[int, int]) -> None:
        for party, amount in out.items():
            paid[party] = paid.get(party, 0) + amount
        assert sum(paid.values()) + book.held == sum(parts)

    day = END
    if book.open_review(1, day):
        claim = data.draw(st.integers(0, sum(parts)))
        if claim and data.draw(st.booleans()):
            add(book.file_claim(1, lease, [claim], day))
            for account in lease.accounts:
                if book.deposit(1).phase == Phase.ANSWERING and data.draw(st.booleans()):
                    offer = data.draw(st.integers(0, claim))
                    if offer == claim:
                        add(book.accept_claim(1, lease, account.tenant, day))
                    else:
                        add(book.make_offer(1, lease, account.tenant, offer, day))
        while book.deposit(1).phase != Phase.SETTLED:
            day = book.deposit(1).last_day + 1
            add(book.finalise(1, lease, day))
        assert lease.closed and day <= END + CLAIM_DAYS + ANSWER_DAYS + AWARD_DAYS + 3
        assert sum(paid.values()) == sum(parts)
