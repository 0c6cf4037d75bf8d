"""A payment slip: where to pay, how much, and under which reference, as text and as a page to print.

With an IBAN in euro the square is the one that banks' apps scan (EPC069-12, "SCT" 002). Elsewhere there is no
common form; the square then holds the same lines as the page.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import segno

from commonhold.errors import InputError, SettingsError
from commonhold.ops.bank.entries import account_name
from commonhold.ops.bank.reference import Purpose, Reference
from commonhold.ops.letters.words import text
from commonhold.ops.pages import render, write
from commonhold.settings import BankAccount
from commonhold.text import clean
from commonhold.units import MONEY_ONE, Money, format_money

_CENT: Final = MONEY_ONE // 100
_EPC_MOST: Final = 99_999_999_999  # 999,999,999.99 in cents
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slip:
    """name: who it is for, as the office calls them. amount: None leaves it open [cmt]."""

    account: BankAccount
    reference: Reference
    name: str
    amount: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "holder": self.account.holder,
            "account": self.account.account,
            "bank": self.account.bank,
            "bic": self.account.bic,
            "currency": self.account.currency,
            "amount": None if self.amount is None else str(self.amount),
            "reference": self.reference.plain,
            "qr": qr_text(self),
        }


def slip_of(account: BankAccount, tag: int, party: int, name: str, amount: int | None = None) -> Slip:
    """The slip of a party. Raises SettingsError without an account, InputError for an odd amount. [cmt]"""
    if not account.account or not account.holder:
        raise SettingsError(
            "The settings name no bank account that slips could print.",
            'Write [bank] account = "…" and holder = "…" into commonhold.toml.',
        )
    if amount is not None and (amount <= 0 or amount % _CENT):
        raise InputError(
            "A slip takes an amount above zero in whole hundredths.", "Such as --amount 1234.50."
        )
    return Slip(account, Reference(tag, Purpose.PARTY, party), clean(name), amount)


def is_iban(account: str) -> bool:
    """Whether an account is an IBAN, check digits included."""
    plain = account_name(account)
    if _IBAN.fullmatch(plain) is None:
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def shown_account(account: str) -> str:
    """An IBAN in groups of four, as people read it; any other number as its bank writes it."""
    plain = account_name(account)
    if not is_iban(account):
        return clean(account)
    return " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def qr_text(slip: Slip) -> str:
    """What the square says."""
    account = slip.account
    sendable = slip.amount is None or slip.amount // _CENT <= _EPC_MOST
    if account.currency.upper() == "EUR" and is_iban(account.account) and sendable:
        amount = (
            "" if slip.amount is None else f"EUR{slip.amount // MONEY_ONE}.{slip.amount // _CENT % 100:02d}"
        )
        lines = ["BCD", "002", "1", "SCT", account_name(account.bic), clean(account.holder)[:70]]
        return "\n".join([*lines, account_name(account.account), amount, "", slip.reference.plain])
    return "\n".join(f"{name}: {value}" for name, value in _rows(slip, "en"))


def _rows(slip: Slip, language: str) -> list[tuple[str, str]]:
    """What is to be filled in at the bank, in its order."""
    account = slip.account
    amount = text(language, "any_amount") if slip.amount is None else format_money(Money(slip.amount))
    rows = [
        ("pay_to", clean(account.holder)),
        ("account", shown_account(account.account)),
        ("bank", clean(" ".join(filter(None, (account.bank, account.bic))))),
        ("amount", amount if slip.amount is None else f"{amount} {account.currency.upper()}"),
        ("reference", str(slip.reference)),
    ]
    return [(text(language, key), value) for key, value in rows if value]


def slip_text(slip: Slip, language: str) -> str:
    """The slip for a terminal or a message."""
    lines = [text(language, "slip"), text(language, "slip_for", name=slip.name), ""]
    lines += [f"{name}: {value}" for name, value in _rows(slip, language)]
    lines += [
        "",
        text(language, "reference_why"),
        text(language, "reference_keep"),
        text(language, "slip_after"),
    ]
    return "\n".join(lines)


def slip_parts(slip: Slip, language: str) -> dict[str, Any]:
    """What a page that carries a slip shows of it."""
    rows = _rows(slip, language)
    inside = qr_text(slip)
    picture = segno.make(inside, error="m", micro=False)
    return {
        "rows": rows[:-1],
        "reference": rows[-1],
        "why": text(language, "reference_why"),
        "keep": text(language, "reference_keep"),
        "after": text(language, "slip_after"),
        "qr_words": text(language, "qr_bank" if inside.startswith("BCD\n") else "qr_plain"),
        "qr": picture.svg_inline(scale=4, border=2),  # drawn here: holds no text of others
    }


def slip_page(slip: Slip, language: str) -> str:
    """The page to print."""
    return render(
        "slip.html",
        language=language,
        title=text(language, "slip"),
        name=text(language, "slip_for", name=slip.name),
        slip=slip_parts(slip, language),
    )


def write_slip(slip: Slip, language: str, path: Path) -> None:
    write(path, slip_page(slip, language))
