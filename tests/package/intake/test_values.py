"""Single values: every declared form is read, with one meaning (I3).

amounts: signs, codes, groups, marks, minus shapes, full-width digits, spaces; any amount in any form
dates: every form, months at both edges, eras, day counts; rates, counts, areas, shares
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.ops.intake.dates import read_day
from commonhold.ops.intake.problems import ValueProblem
from commonhold.ops.intake.values import read_amount, read_area, read_count, read_rate, read_share
from commonhold.units import Money, format_money
from tests.package.intake.rolls import cmt, day


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("¥62,000", 62_000, "¥"),
        ("1,234.50", 1_234.50, ""),
        ("−25.00", -25, ""),
        ("(25.00)", -25, ""),
        ("25.00-", -25, ""),
        ("▲25", -25, ""),
        ("－１，２３４．５０", -1_234.50, ""),
        ("¥-5", -5, "¥"),
        ("-¥5", -5, "¥"),
        ("￥５０００", 5_000, "¥"),
        ("5000元", 5_000, "¥"),
        ("5,000 円", 5_000, "¥"),
        ("RMB 5000.00", 5_000, "¥"),
        ("US$5,000", 5_000, "$"),
        ("5000 EUR", 5_000, "€"),
        ("£1", 1, "£"),
        ("  1 234.50\u00a0", 1_234.50, ""),
        ("1'234'567", 1_234_567, ""),
        ("+5", 5, ""),
        ("0.01", 0.01, ""),
        ("5.10", 5.1, ""),
    ],
)
def test_I3_an_amount_is_read_in_every_declared_form(text: str, amount: float, currency: str) -> None:
    assert read_amount(text) == (cmt(amount), currency)


@pytest.mark.parametrize(
    ("text", "amount"), [("1.234,50", 1_234.50), ("1234,5", 1_234.5), ("1.234", 1_234), ("7", 7)]
)
def test_I3_a_declared_decimal_comma_is_obeyed(text: str, amount: float) -> None:
    assert read_amount(text, decimal=",")[0] == cmt(amount)


@given(st.integers(-9_999_999_00, 9_999_999_00), st.sampled_from([".", ","]), st.booleans(), st.booleans())
def test_I3_any_amount_survives_being_written_and_read(
    cents: int, mark: str, grouped: bool, wide: bool
) -> None:
    text = format_money(Money(cents * 10_000))
    if not grouped:
        text = text.replace(",", "")
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    if wide:
        text = text.translate({ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789,.-"})
    assert read_amount(text, decimal=mark)[0] == cents * 10_000


@pytest.mark.parametrize(
    "text", ["1,2345", "1.2.3", "1,234,56", "1e3", "٣", "--5", "5 5", "¥", "", "$5€", "1,234.5.6", "NaN"]
)
def test_I3_an_amount_with_two_readings_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        read_amount(text)
    assert caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-05",
        "2025-12-5",
        "2025/12/05",
        "2025/12/5",
        "2025.12.5",
        "20251205",
        "2025年12月5日",
        "2025 年 12 月 5 日",
        "２０２５年１２月５日",
        "2025年12月5号",
        "令和7年12月5日",
        "5 December 2025",
        "5 Dec 2025",
        "5-Dec-2025",
        "5th Dec, 2025",
        "Dec 5, 2025",
        "December 5th 2025",
        "2025-12-05 00:00:00",
        "2025-12-05T00:00:00.000",
    ],
)
def test_I3_a_date_without_two_readings_is_read_as_it_stands(text: str) -> None:
    assert read_day(text) == day("2025-12-05")


def test_I3_day_and_month_are_read_in_the_declared_order() -> None:
    for text in ("05/12/2025", "5.12.2025", "5-12-2025"):
        assert read_day(text, order="dmy") == day("2025-12-05")
        assert read_day(text, order="mdy") == day("2025-05-12")
    assert read_day("31/12/2025", order="dmy") == day("2025-12-31")
    assert read_day("12/31/2025", order="mdy") == day("2025-12-31")


@pytest.mark.parametrize("text", ["2022年10月", "2022-10", "2022/10", "2022.10", "令和4年10月"])
def test_I3_a_month_alone_begins_with_its_first_and_ends_with_its_last_day(text: str) -> None:
    assert read_day(text, edge="first") == day("2022-10-01")
    assert read_day(text, edge="last") == day("2022-10-31")
    with pytest.raises(ValueProblem, match="a month is not enough"):
        read_day(text)


def test_I3_the_last_month_of_a_year_ends_in_it() -> None:
    assert read_day("2024年12月", edge="last") == day("2024-12-31")
    assert read_day("2024.02", edge="last") == day("2024-02-29")


def test_I3_eras_begin_with_the_year_gannen() -> None:
    assert read_day("令和元年5月1日") == day("2019-05-01")
    assert read_day("平成31年4月30日") == day("2019-04-30")


def test_I3_day_counts_are_read_where_they_are_declared() -> None:
    assert read_day(Decimal(25_569), serials=True) == 0
    assert read_day("45717", serials=True) == day("2025-03-01")
    assert read_day(Decimal(20_250_301)) == day("2025-03-01")
    for text in (Decimal(2022), Decimal("45717.5"), Decimal(200_000)):
        with pytest.raises(ValueProblem):
            read_day(text, serials=True)


@pytest.mark.parametrize(
    "text",
    ["2022.1", "元年", "25年1月1日", "2025-13-01", "31 Foo 2025", "1969-12-31", "2200-01-01", "1/2/25"],
)
def test_I3_a_date_with_two_readings_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        read_day(text, order="dmy", edge="first")
    assert caught.value.advice


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0.05%", 5),
        ("0.05%/day", 5),
        ("0.05% per day", 5),
        ("０．０５％/日", 5),
        ("万分之五", 5),
        ("万分之3", 3),
        ("5 bps", 5),
        ("5%", 500),
        ("150%", 15_000),
        ("5.000%", 500),
    ],
)
def test_rates_are_read_in_basis_points(text: str, rate: int) -> None:
    assert read_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "count"), [("5", 5), ("5 days", 5), ("５天", 5), ("3个月", 3), ("−5", -5), ("5日", 5)]
)
def test_counts_may_name_their_unit(text: str, count: int) -> None:
    assert read_count(text, -31, 31) == count
    assert read_count(Decimal(5), 0, 31) == 5


def test_areas_and_shares() -> None:
    assert (
        read_area("89.5")
        == read_area("89.50 m²")
        == read_area("８９．５㎡")
        == read_area(Decimal("89.5"))
        == 8950
    )
    assert read_area("1.089,50", decimal=",") == 108_950
    assert read_share("0.5512%") == 5512
    for text in ("0%", "101%", "5"):
        with pytest.raises(ValueProblem):
            read_share(text)
    for text in ("0", "-5", "x"):
        with pytest.raises(ValueProblem):
            read_area(text)
