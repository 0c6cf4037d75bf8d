"""Money and mandates of the twin.

Branches: no mandate, one for other collectors, expired, limit, funds, part payments (limit, balance, both,
none left) · the month turns · a lowered limit · order within one collection · pull by mandate, by
allowance, without either, without funds · disburse to somebody unreachable · limits that are no limit.
"""

import pytest

from commonhold.rules.codes import Code
from commonhold.rules.mandates import Mandate, MandateBook, MoneyRefused
from commonhold.rules.shares import Outgo

LEASES, ANNA, BERT, CARL = -1, 1, 2, 3
BIT, MONTH = 2, 685
FULL = Mandate(1_000_000, BIT, MONTH + 12)
PART = Mandate(1_000_000, BIT, MONTH + 12, allow_partial=True)


def book(mandate: Mandate | None = FULL, balance: int = 900_000) -> MandateBook:
    money = MandateBook()
    money.mint(ANNA, balance)
    if mandate:
        money.set_mandate(ANNA, mandate)
    return money


def ask(money: MandateBook, amount: int, month: int = MONTH, bit: int = BIT) -> tuple[Code, int]:
    answer = money.collect(LEASES, bit, month, [(ANNA, amount)])[0]
    return answer.code, answer.amount


@pytest.mark.parametrize(
    ("mandate", "balance", "amount", "month", "expected"),
    [
        (None, 900_000, 1, MONTH, (Code.NO_MANDATE, 0)),
        (Mandate(1_000_000, 4, MONTH), 900_000, 1, MONTH, (Code.NO_MANDATE, 0)),
        (FULL, 900_000, 1, MONTH + 13, (Code.MANDATE_EXPIRED, 0)),
        (FULL, 900_000, 1, MONTH + 12, (Code.COLLECTED, 1)),
        (FULL, 2_000_000, 1_000_001, MONTH, (Code.LIMIT_EXCEEDED, 0)),
        (FULL, 2_000_000, 1_000_000, MONTH, (Code.COLLECTED, 1_000_000)),
        (FULL, 900_000, 900_001, MONTH, (Code.NO_FUNDS, 0)),
        (FULL, 900_000, 1_000_001, MONTH, (Code.LIMIT_EXCEEDED, 0)),
        (PART, 900_000, 1_200_000, MONTH, (Code.PARTIAL, 900_000)),
        (PART, 2_000_000, 1_200_000, MONTH, (Code.PARTIAL, 1_000_000)),
        (PART, 0, 1_200_000, MONTH, (Code.NO_FUNDS, 0)),
        (PART, 0, 5, MONTH, (Code.NO_FUNDS, 0)),
    ],
)
def test_one_collection_answers_code_and_amount(
    mandate: Mandate | None, balance: int, amount: int, month: int, expected: tuple[Code, int]
) -> None:
    money = book(mandate, balance)
    assert ask(money, amount, month) == expected
    assert (money.balance(ANNA), money.balance(LEASES)) == (balance - expected[1], expected[1])


def test_the_limit_is_for_one_month_over_all_collections() -> None:
    money = book(balance=5_000_000)
    assert ask(money, 600_000) == (Code.COLLECTED, 600_000)
    assert ask(money, 400_001) == (Code.LIMIT_EXCEEDED, 0)
    assert ask(money, 400_000) == (Code.COLLECTED, 400_000)
    assert ask(money, 400_000, MONTH + 1) == (Code.COLLECTED, 400_000)


def test_with_nothing_left_of_the_limit_a_part_payment_says_so() -> None:
    money = book(PART, 5_000_000)
    ask(money, 1_000_000)
    assert ask(money, 1) == (Code.LIMIT_EXCEEDED, 0)
    money.set_mandate(ANNA, Mandate(500_000, BIT, MONTH, allow_partial=True))
    assert ask(money, 1) == (Code.LIMIT_EXCEEDED, 0)
    assert money.purse(ANNA).left(MONTH) == money.purse(BERT).left(MONTH) == 0
    assert money.purse(ANNA).left(MONTH + 1) == 500_000


def test_items_of_one_collection_are_taken_in_order_and_zero_is_skipped() -> None:
    money = book()
    money.purse(BERT).has_wallet = False
    answers = money.collect(LEASES, BIT, MONTH, [(ANNA, 500_000), (ANNA, 0), (BERT, 1), (ANNA, 500_000)])
    assert [answer.code for answer in answers] == [Code.COLLECTED, Code.NONE, Code.NO_WALLET, Code.NO_FUNDS]
    assert money.balance(LEASES) == 500_000


def test_a_revoked_mandate_collects_nothing_but_keeps_what_was_spent() -> None:
    money = book(balance=5_000_000)
    ask(money, 600_000)
    money.revoke_mandate(ANNA)
    assert ask(money, 1) == (Code.NO_MANDATE, 0)
    money.set_mandate(ANNA, FULL)
    assert ask(money, 400_001) == (Code.LIMIT_EXCEEDED, 0)


def test_a_payer_is_charged_within_the_mandate_first_then_from_the_allowance() -> None:
    money = book(balance=5_000_000)
    money.purse(ANNA).allowance = 1_500_000
    money.pull(LEASES, BIT, MONTH, ANNA, 700_000)
    assert (money.purse(ANNA).spent, money.purse(ANNA).allowance) == (700_000, 1_500_000)
    money.pull(LEASES, BIT, MONTH, ANNA, 700_000)
    assert (money.purse(ANNA).spent, money.purse(ANNA).allowance) == (700_000, 800_000)
    assert money.balance(LEASES) == 1_400_000


@pytest.mark.parametrize(
    ("mandate", "allowance", "amount", "error", "values"),
    [
        (FULL, 0, 950_000, "ERC20InsufficientBalance", (900_000, 950_000)),
        (None, 949_999, 950_000, "ERC20InsufficientAllowance", (949_999, 950_000)),
        (None, 950_000, 950_000, "ERC20InsufficientBalance", (900_000, 950_000)),
        (PART, 0, 950_000, "ERC20InsufficientAllowance", (0, 950_000)),
    ],
)
def test_a_payment_that_is_refused_moves_nothing(
    mandate: Mandate | None, allowance: int, amount: int, error: str, values: tuple[int, ...]
) -> None:
    money = book(mandate)
    money.purse(ANNA).allowance = allowance
    with pytest.raises(MoneyRefused) as caught:
        money.pull(LEASES, BIT, MONTH, ANNA, amount)
    assert (caught.value.error, caught.value.values) == (error, values)
    assert (money.balance(ANNA), money.purse(ANNA).allowance) == (900_000, allowance)


def test_what_cannot_be_delivered_stays_with_the_payer() -> None:
    money = book()
    money.mint(LEASES, 100)
    money.purse(CARL).reachable = False
    assert money.disburse(LEASES, Outgo({BERT: 60, CARL: 40})) == {CARL: 40}
    assert (money.balance(BERT), money.balance(CARL), money.balance(LEASES)) == (60, 0, 40)
    assert money.total() == 900_100


@pytest.mark.parametrize("limit", [0, 9_999, 2**40 * 10_000])
def test_a_limit_that_does_not_fit_is_refused(limit: int) -> None:
    with pytest.raises(MoneyRefused, match="TokenMandateLimitInvalid"):
        book(None).set_mandate(ANNA, Mandate(limit, BIT, MONTH))


def test_a_copy_of_the_book_is_independent() -> None:
    money = book()
    trial = money.copy()
    ask(trial, 500_000)
    assert (money.balance(ANNA), trial.balance(ANNA)) == (900_000, 400_000)
    assert money.balance(99) == 0
