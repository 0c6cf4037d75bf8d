"""Amounts, rates, counts and names as people write them, read by declared rules or refused.

An amount may carry a currency sign or code before or behind it, full-width digits, spaces, a minus of any
shape (also behind, in brackets, ▲ or △) and groups of three digits. Its decimal mark is the declared one.
"""

import re
from decimal import Decimal
from typing import Final

from commonhold.ops.intake.problems import ValueProblem
from commonhold.ops.intake.table import BadCell, Cell, text_of
from commonhold.text import clean, fold, narrow
from commonhold.units import Area, Bps, Money, Ppm, money_from_decimal

# Signs and codes, and the currency family that they name. ¥ is both yen and yuan.
CURRENCIES: Final = {
    "¥": "¥",
    "元": "¥",
    "円": "¥",
    "cny": "¥",
    "rmb": "¥",
    "人民币": "¥",
    "jpy": "¥",
    "$": "$",
    "us$": "$",
    "usd": "$",
    "€": "€",
    "eur": "€",
    "£": "£",
    "gbp": "£",
}
MIN_RENT: Final = Money(10_000)  # 0.01 [cmt/month]
MAX_RENT: Final = Money(9_999_999_000_000)  # [cmt/month]
MAX_AMOUNT: Final = Money(2**53)  # nine billion: a larger figure in a roll is a slip [cmt]

_SIGNS = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_AFFIXES = re.compile(rf"(?P<before>{_SIGNS})?\s*(?P<number>.*?)\s*(?P<after>{_SIGNS})?", re.IGNORECASE)
_MINUS = re.compile(r"[−‐‑‒–—－▲△]")
_PLAIN = {".": re.compile(r"(\d+)(?:\.(\d+))?", re.ASCII), ",": re.compile(r"(\d+)(?:,(\d+))?", re.ASCII)}
_GROUPED = {
    ".": re.compile(r"(\d{1,3}(?:([, '’])\d{3})(?:\2\d{3})*)(?:\.(\d+))?", re.ASCII),
    ",": re.compile(r"(\d{1,3}(?:([. '’])\d{3})(?:\2\d{3})*)(?:,(\d+))?", re.ASCII),
}
_PERMYRIAD = re.compile(r"万分之([一二三四五六七八九十]|\d+)", re.ASCII)
_DIGITS: Final = "一二三四五六七八九十"
_COUNT = re.compile(r"(-?\d{1,5}) ?(days?|months?|天|日|个月|月|か月|ヶ月|カ月)?", re.ASCII)
_PER_DAY = re.compile(r" ?(/|每|per )?(day|日|天)$")


def read_amount(
    cell: Cell, *, decimal: str = ".", decimals: int = 2, yen_backslash: bool = False
) -> tuple[Money, str]:
    """A cell as an amount [cmt] and its currency family ("" without a sign). Raises ValueProblem.

    decimal: the decimal mark. decimals: how many an amount of the roll has at most.
    yen_backslash: the file is Shift-JIS, where ¥ and the backslash are one character.
    """
    if isinstance(cell, Decimal):
        return _money(cell, decimals), ""
    text = narrow(text_of(cell))
    if yen_backslash:
        text = text.replace("\\", "¥")
    number, family = _without_currency(text)
    number, negative = _without_sign(number)
    if not family:
        number, family = _without_currency(number)
    value = _decimal(number, decimal)
    return _money(-value if negative else value, decimals), family


def _without_currency(text: str) -> tuple[str, str]:
    match = _AFFIXES.fullmatch(text)
    if match is None:
        return text, ""
    families = {CURRENCIES[sign.lower()] for sign in (match["before"], match["after"]) if sign}
    if len(families) > 1:
        raise ValueProblem("two different currencies stand in one cell", "Write the amount alone.")
    return match["number"], families.pop() if families else ""


def _without_sign(text: str) -> tuple[str, bool]:
    text = _MINUS.sub("-", text).strip()
    signs = text.count("-") + text.count("(")
    if signs > 1:
        raise ValueProblem("the amount has two signs", "Write one minus before the digits: -25.00.")
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text.removeprefix("+").strip(), False


def _decimal(text: str, mark: str) -> Decimal:
    other = "," if mark == "." else "."
    if match := _PLAIN[mark].fullmatch(text):
        return Decimal(f"{match[1]}.{match[2] or 0}")
    if match := _GROUPED[mark].fullmatch(text):
        whole = re.sub(r"\D", "", match[1])
        return Decimal(f"{whole}.{match[3] or 0}")
    if text.count(mark) > 1 or (mark in text and other in text[text.find(mark) :]):
        raise ValueProblem(
            f"the decimal mark is declared as {mark!r}, and these separators do not fit it",
            _other_mark(mark, other),
        )
    if re.fullmatch(r"[\d.,]+", text, re.ASCII):
        raise ValueProblem(
            f"the digits are not in groups of three, with {mark!r} as the declared decimal mark",
            _other_mark(mark, other),
        )
    if re.search(r"[万千百億亿]", text):
        raise ValueProblem("the amount is written with a word", f"Write the digits out: {_sample(mark)}.")
    raise ValueProblem("this is not an amount", f"Write it as {_sample(mark)}.")


def _other_mark(mark: str, other: str) -> str:
    return f'Write it as {_sample(mark)}; or, if all are like this, declare [format] decimal = "{other}".'


def _sample(mark: str) -> str:
    return "1234.50" if mark == "." else "1234,50"


def _money(value: Decimal, decimals: int) -> Money:
    if value != round(value, decimals):
        raise ValueProblem(
            f"the amount has more than {decimals} decimals",
            "Round it in the roll as it is charged; if a point groups thousands there, "
            'declare [format] decimal = ",".',
        )
    amount = money_from_decimal(value)
    if abs(amount) > MAX_AMOUNT:
        raise ValueProblem(
            "the amount is larger than any rent or deposit", "Check the digits and the decimal mark."
        )
    return amount


def read_rate(cell: Cell) -> Bps:
    """A percentage ("0.05%", "0.05%/day", "万分之五", "5 bps") in basis points. Raises ValueProblem."""
    text = _PER_DAY.sub("", fold(text_of(cell)))
    if match := _PERMYRIAD.fullmatch(text):
        return Bps(_DIGITS.index(match[1]) + 1 if match[1] in _DIGITS else int(match[1]))
    if match := re.fullmatch(r"(\d+) ?bps", text, re.ASCII):
        return Bps(int(match[1]))
    if match := re.fullmatch(r"(\d{1,5})(?:\.(\d{1,2})0*)? ?%", text, re.ASCII):
        return Bps(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")))
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise ValueProblem("the rate has no unit", "Write it as a percentage, such as 5% or 0.05%.")
    raise ValueProblem(
        "this is not a rate in steps of 0.01%", "Write it as a percentage, such as 5% or 0.05%."
    )


def read_count(cell: Cell, least: int, most: int) -> int:
    """A whole number, with or without "days" or "months" behind it. Raises ValueProblem."""
    text = _MINUS.sub("-", fold(text_of(cell)))
    match = _COUNT.fullmatch(text)
    if match is None and isinstance(cell, Decimal) and cell == cell.to_integral_value():
        match = _COUNT.fullmatch(str(int(cell)))
    if match is None:
        raise ValueProblem("this is not a whole number", f"Write a number from {least} to {most}.")
    number = int(match[1])
    if not least <= number <= most:
        raise ValueProblem(
            f"{number} is not between {least} and {most}", f"Write a number from {least} to {most}."
        )
    return number


def read_area(cell: Cell, *, decimal: str = ".") -> Area:
    """Square metres as hundredths [0.01 m²]. Raises ValueProblem."""
    text = re.sub(r" ?(m2|m²|㎡|sqm|平方米|平米)$", "", narrow(text_of(cell)), flags=re.IGNORECASE)
    value = cell if isinstance(cell, Decimal) else _decimal(text, decimal)
    scaled = value * 100
    if scaled != scaled.to_integral_value() or not 0 < scaled < 2**32:
        raise ValueProblem("the area is not above zero with at most two decimals", "Write it as 89.50.")
    return Area(int(scaled))


def read_share(cell: Cell) -> Ppm:
    """A unit's share of the community, as a percentage with at most four decimals. Raises ValueProblem."""
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,4}))? ?%", narrow(text_of(cell)), re.ASCII)
    share = int(match[1]) * 10_000 + int((match[2] or "").ljust(4, "0")) if match else 0
    if not 0 < share <= 1_000_000:
        raise ValueProblem(
            "this is not a share of the community", "Write it as a percentage, such as 0.5512%."
        )
    return Ppm(share)


def read_name(cell: Cell) -> str:
    """One line of visible text, such as a name or an id; a whole number without its decimals."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return clean(text_of(cell))


def refuse_bad(cell: Cell) -> None:
    """Raise the problem that a cell carries already: a formula, an error, a value of no use."""
    if isinstance(cell, BadCell):
        raise ValueProblem(cell.what, cell.advice)
    if isinstance(cell, str) and re.match(r"\s*[=＝]", cell):
        raise ValueProblem("the cell holds a formula, not a value", "Copy the column and paste it as values.")
