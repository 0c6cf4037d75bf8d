"""The reference on a slip: check digits, fixed length, whose it is.

check digits: the standard's own example · every wrong digit · every pair of neighbours exchanged
found: spaces, case, width, signs, line breaks, text around · digits behind it · cut off · not ours · several
refused: number 0, number beyond eight digits
"""

import random

import pytest

from commonhold.errors import InputError
from commonhold.ops.bank.reference import MOST, Purpose, Reference, check_digits, found_in, tag_of

ANN = Reference(427, Purpose.PARTY, 7)


def test_check_digits_are_those_of_the_standards_example() -> None:
    assert check_digits("539007547034") == "18"


def test_every_wrong_digit_and_every_exchanged_pair_is_found() -> None:
    for number in (1, 7, 90_210, MOST):
        plain = Reference(427, Purpose.PARTY, number).plain
        assert found_in(plain) == {Reference(427, Purpose.PARTY, number)}
        for place in range(2, 16):
            for digit in "0123456789":
                wrong = plain[:place] + digit + plain[place + 1 :]
                assert wrong == plain or found_in(wrong) == set(), wrong
            if place < 15:
                swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
                assert swapped == plain or found_in(swapped) == set(), swapped


@pytest.mark.parametrize(
    "text",
    [
        ANN.plain,
        str(ANN),
        str(ANN).lower(),
        f"rent for March {ANN}, thank you",
        f"SVWZ+{ANN.plain}",
        " - ".join(str(ANN).split()),
        "R F" + ANN.plain[2:],
        ".".join(ANN.plain),
        "".join(chr(ord(sign) + 0xFEE0) for sign in ANN.plain),
        f"三月房租　{ANN}　谢谢",
        f"{ANN.plain[:9]}\n{ANN.plain[9:]}",
        f"\u200b{ANN.plain[:6]}\u200d{ANN.plain[6:]}",
        f"{ANN.plain}20260301",
        f"{ANN} 2026 03",
        f"RF {ANN}",
    ],
)
def test_I3_a_reference_is_found_however_people_write_it(text: str) -> None:
    assert found_in(text) == {ANN}


@pytest.mark.parametrize(
    "text", ["", "rent", ANN.plain[:-1], ANN.plain[2:], str(ANN).replace("0", "O"), "RF" + "0" * 14, "7"]
)
def test_what_is_not_a_whole_reference_is_none(text: str) -> None:
    assert found_in(text) == set()


def test_right_check_digits_over_no_purpose_or_over_number_nought_are_no_reference() -> None:
    for digits in ("427900000007", "427100000000"):
        assert found_in(f"RF{check_digits(digits)}{digits}") == set()
    assert found_in(f"RF{check_digits('427100000007')}427100000007") == {ANN}


def test_two_references_are_two() -> None:
    other = Reference(427, Purpose.PARTY, 8)
    assert found_in(f"{ANN} {other}") == {ANN, other}
    assert found_in(str(ANN), str(ANN).lower()) == {ANN}


def test_random_references_come_back_and_random_text_holds_none() -> None:
    dice = random.Random(11649)
    for _ in range(2_000):
        made = Reference(dice.randrange(1000), dice.choice(list(Purpose)), dice.randint(1, MOST))
        assert found_in(f"{dice.choice('abc ')}{made}{dice.choice(' xyz/')}") == {made}
    text = " ".join(str(dice.randrange(10**12)) for _ in range(5_000))
    assert found_in(text) == set()


def test_a_number_that_does_not_fit_is_refused() -> None:
    for number in (0, -1, MOST + 1):
        with pytest.raises(InputError):
            Reference(1, Purpose.PARTY, number)


def test_every_community_has_a_tag_of_its_own() -> None:
    tags = {tag_of(1, "0xAB", f"0x{number:040x}") for number in range(200)}
    assert len(tags) > 170 and all(0 <= tag < 1000 for tag in tags)
    assert tag_of(1, "0xAB", "0xCD") == tag_of(1, "0xab", "0xcd") != tag_of(2, "0xab", "0xcd")
