"""The mapping file of a bank's CSV: what the columns are called and what their words mean.

    [account]   number, currency       where the file names neither
    [file]      encoding, delimiter ("," ";" "tab"), header_row
    [format]    dates ("dmy" | "mdy"; the year first is always understood), decimal ("." | ","), decimals
    [columns]   day, value_day, amount, credit, debit, side, counterparty, text, reference, balance, currency,
                account, status, reversal: a heading, or a list of headings; ignore = list of headings
    [meaning]   credit, debit, booked, reversal: lists of the words that stand in side, status and reversal

An amount stands in `amount` (below zero for a debit, or beside `side`), or in `credit` and `debit`. All
columns named for `text` are read together. Every key may be left out.
"""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from commonhold.errors import InputError
from commonhold.ops.intake.decode import encoding_name
from commonhold.ops.intake.toml_file import check_columns, check_keys, number_of, read_document, words_of
from commonhold.text import fold

# field -> headings that are understood without being declared
FIELDS: Final[Dict[str, tuple[str, ...]]] = {
    "day": (
        "booking date", "date", "booked", "buchungstag", "buchungsdatum", "交易日期", "记账日期", "日期",
        "取引日", "日付",
    ),
    "value_day": ("value date", "valuta", "wertstellung", "起息日", "起算日"),
    "amount": ("amount", "betrag", "交易金额", "发生额", "金额", "金額", "取引金額"),
    "credit": (
        "credit", "credit amount", "paid in", "haben", "收入", "贷方发生额", "贷方金额", "入金",
        "お預入金額", "預入金額",
    ),
    "debit": (
        "debit", "debit amount", "paid out", "soll", "支出", "借方发生额", "借方金额", "出金",
        "お引出金額", "引出金額",
    ),
    "side": ("credit/debit", "debit/credit", "dr/cr", "cr/dr", "借贷标志", "借贷", "入出金区分"),
    "counterparty": (
        "counterparty", "name", "payer", "beneficiary/payer", "zahlungspflichtiger", "对方户名",
        "对方名称", "振込依頼人",
    ),
    "text": (
        "text", "details", "description", "reference text", "verwendungszweck", "摘要", "附言", "用途",
        "备注", "お取り扱い内容", "取引内容",
    ),
    "reference": (
        "bank reference", "transaction id", "transaction reference", "交易流水号", "流水号", "取引番号",
    ),
    "balance": ("balance", "saldo", "余额", "账户余额", "残高", "差引残高"),
    "currency": ("currency", "währung", "币种", "通貨"),
    "account": ("account", "iban", "konto", "账号", "本方账号", "口座番号"),
    "status": ("status", "状态", "状態"),
    "reversal": ("reversal", "storno", "冲正", "取消"),
}  # fmt: skip
_CREDIT: Final = ("credit", "c", "cr", "crdt", "+", "h", "haben", "贷", "贷方", "收入", "入金")
_DEBIT: Final = ("debit", "d", "dr", "dbit", "-", "s", "soll", "借", "借方", "支出", "出金")
_BOOKED: Final = ("booked", "book", "posted", "completed", "gebucht", "已入账", "成功", "確定")
_REVERSAL: Final = ("true", "yes", "y", "1", "reversal", "storno", "是", "冲正", "取消")
_SECTIONS: Final[Dict[str, tuple[str, ...]]] = {
    "account": ("number", "currency"),
    "file": ("encoding", "delimiter", "header_row"),
    "format": ("dates", "decimal", "decimals"),
    "columns": (*FIELDS, "ignore"),
    "meaning": ("credit", "debit", "booked", "reversal"),
}
_CHOICES: Final[Dict[str, tuple[str, ...]]] = {
    "delimiter": (",", ";", "tab"),
    "dates": ("dmy", "mdy"),
    "decimal": (".", ","),
}
_NUMBERS: Final = {"header_row": (1, 1_000), "decimals": (0, 6)}


@dataclass(frozen=True, slots=True)
class BankMapping:
    """A mapping file as a value; `BankMapping()` declares nothing. credits … reversals: words, folded."""

    account: str = ""
    currency: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    dates: Literal["", "dmy", "mdy"] = ""
    decimal: Literal[".", ","] = "."
    decimals: int = 2
    columns: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    credits: frozenset[str] = frozenset(_CREDIT)
    debits: frozenset[str] = frozenset(_DEBIT)
    booked: frozenset[str] = frozenset(_BOOKED)
    reversals: frozenset[str] = frozenset(_REVERSAL)


def load_bank_mapping(path: Path) -> BankMapping:
    """Read a mapping file (TOML, UTF-8). Raises InputError naming the key."""
    return parse_bank_mapping(read_document(path, 'day = "Date"'), str(path))


def parse_bank_mapping(document: Dict[str, Any], name: str = "the mapping") -> BankMapping:
    """A mapping from the parsed document. Raises InputError naming the key."""
    check_keys(document, _SECTIONS, name)
    account, file, form = (document.get(part, {}) for part in ("account", "file", "format"))
    columns = {key: words_of(name, key, value) for key, value in document.get("columns", {}).items()}
    ignore = columns.pop("ignore", ())
    check_columns(name, columns)
    words = {
        key: frozenset(map(fold, words_of(name, key, value)))
        for key, value in document.get("meaning", {}).items()
    }
    default = BankMapping()
    delimiter = _choice(name, "delimiter", file.get("delimiter", ""))
    encoding = _text(name, "encoding", file.get("encoding", ""))
    return BankMapping(
        account=_text(name, "number", account.get("number", "")),
        currency=_text(name, "currency", account.get("currency", "")),
        encoding=encoding_name(encoding) if encoding else "",
        delimiter="\t" if delimiter == "tab" else delimiter,
        header_row=_number(name, "header_row", file.get("header_row"), 0),
        dates=_choice(name, "dates", form.get("dates", "")),
        decimal=_choice(name, "decimal", form.get("decimal", ".")),
        decimals=_number(name, "decimals", form.get("decimals"), 2),
        columns=columns,
        ignore=ignore,
        credits=words.get("credit", default.credits),
        debits=words.get("debit", default.debits),
        booked=words.get("booked", default.booked),
        reversals=words.get("reversal", default.reversals),
    )


def _text(name: str, key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{name}: {key} is {value!r}, not a text.", f'Write it in quotes: {key} = "…".')
    return str(value)


def _choice(name: str, key: str, value: Any) -> Any:
    text = _text(name, key, value)
    if text and text not in _CHOICES[key]:
        choices = " or ".join(f'"{choice}"' for choice in _CHOICES[key])
        raise InputError(f"{name}: {key} is {value!r}.", f"Write {key} = {choices}.")
    return text


def _number(name: str, key: str, value: Any, default: int) -> int:
    least, most = _NUMBERS[key]
    return default if value is None else number_of(name, key, value, least, most)
