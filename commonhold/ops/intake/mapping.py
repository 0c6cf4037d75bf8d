"""The mapping file: what a manager declares about a roll, so that nothing has to be guessed.

    [file]      encoding, delimiter ("," ";" "tab"), sheet, header_row, formulas ("refuse" | "cached")
    [format]    dates ("dmy" | "mdy"; the year first is always understood), decimal ("." | ","), decimals,
                serial_dates, end ("last-day" | "day-after"), empty (list of words), separators (list)
    [columns]   field = "heading" or a list of headings; ignore = list of headings
    [rows]      subtotal, total, vacant (lists of words), vacant_when_empty, fill_down (list of fields)
    [lease]     cutover = 2025-12-31, balance ("arrears" | "prepaid": what a positive balance means),
                shares = "equal"
    [defaults]  field = "what an empty or missing cell means", written as the cell would say it

Every key may be left out. The fields are those of `commonhold.ops.intake.headings.FIELDS`.
"""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from commonhold.errors import InputError
from commonhold.ops.intake.decode import encoding_name
from commonhold.ops.intake.headings import FIELDS
from commonhold.ops.intake.toml_file import (
    check_columns,
    check_keys,
    number_of,
    read_document,
    unknown,
    words_of,
)
from commonhold.text import fold
from commonhold.units import Day, day_of, parse_day

EMPTY: Final = ("-", "—", "–", "－", "/", "n/a", "无", "無", "なし", "nil", "none")
SEPARATORS: Final = ("、", ";", "；", "\n", "/", "&", "＆")
SUBTOTAL: Final = ("小计", "小計", "subtotal", "sub-total")
TOTAL: Final = ("合计", "总计", "合計", "総計", "总合计", "grand total", "total")
VACANT: Final = ("空置", "空房", "待租", "空室", "募集中", "vacant", "empty")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file as a value; `Mapping()` declares nothing."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0
    formulas: Literal["refuse", "cached"] = "refuse"
    dates: Literal["", "dmy", "mdy"] = ""
    decimal: Literal[".", ","] = "."
    decimals: int = 2
    serial_dates: bool = False
    end: Literal["last-day", "day-after"] = "last-day"
    empty: tuple[str, ...] = EMPTY
    separators: tuple[str, ...] = SEPARATORS
    columns: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    subtotal: tuple[str, ...] = SUBTOTAL
    total: tuple[str, ...] = TOTAL
    vacant: tuple[str, ...] = VACANT
    vacant_when_empty: bool = False
    fill_down: tuple[str, ...] = ()
    cutover: Day | None = None
    balance: Literal["", "arrears", "prepaid"] = ""
    shares: Literal["", "equal"] = ""
    defaults: Dict[str, str] = field(default_factory=dict)

    def means_empty(self, text: str) -> bool:
        """Whether a cell's text stands for nothing."""
        folded = fold(text)
        return not folded or folded in _folded(self.empty)


@cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


_SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "file": ("encoding", "delimiter", "sheet", "header_row", "formulas"),
    "format": ("dates", "decimal", "decimals", "serial_dates", "end", "empty", "separators"),
    "columns": (*FIELDS, "ignore"),
    "rows": ("subtotal", "total", "vacant", "vacant_when_empty", "fill_down"),
    "lease": ("cutover", "balance", "shares"),
    "defaults": FIELDS,
}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "formulas": ("refuse", "cached"),
    "dates": ("dmy", "mdy"),
    "decimal": (".", ","),
    "end": ("last-day", "day-after"),
    "balance": ("arrears", "prepaid"),
    "shares": ("equal",),
    "delimiter": (",", ";", "tab", "\t"),
}
_LISTS: Final = {"empty", "separators", "ignore", "subtotal", "total", "vacant", "fill_down"}
_FLAGS: Final = {"serial_dates", "vacant_when_empty"}
_NUMBERS: Final = {"header_row": (1, 1_000_000), "decimals": (0, 6)}


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file (TOML, UTF-8). Raises InputError naming the key."""
    return parse_mapping(read_document(path, 'rent = "月租金"'), str(path))


def parse_mapping(document: Dict[str, Any], name: str = "the mapping") -> Mapping:
    """A mapping from the parsed document. Raises InputError naming the key."""
    check_keys(document, _SECTIONS, name)
    values: dict[str, Any] = {}
    for section, content in document.items():
        if section == "columns":
            values["columns"] = {
                key: words_of(name, key, value) for key, value in content.items() if key != "ignore"
            }
            values["ignore"] = words_of(name, "ignore", content.get("ignore", ()))
        elif section == "defaults":
            values["defaults"] = {key: _text(name, key, value) for key, value in content.items()}
        else:
            values.update({key: _value(name, key, value) for key, value in content.items()})
    check_columns(name, values.get("columns", {}))
    for key in values.get("fill_down", ()):
        if key not in FIELDS:
            raise unknown(name, f"[rows] fill_down {key!r}", key, FIELDS)
    known = {one.name for one in fields(Mapping)}
    return Mapping(**{key: value for key, value in values.items() if key in known})


def _value(name: str, key: str, value: Any) -> Any:
    if key in _LISTS:
        return words_of(name, key, value)
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise InputError(f"{name}: {key} is {value!r}.", f"Write {key} = true or {key} = false.")
        return value
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        return number_of(name, key, value, least, most)
    if key == "cutover":
        return _day(name, value)
    text = _text(name, key, value)
    if key in _CHOICES and text not in _CHOICES[key]:
        choices = " or ".join(f'"{choice}"' for choice in _CHOICES[key] if choice != "\t")
        raise InputError(f"{name}: {key} is {value!r}.", f"Write {key} = {choices}.")
    if key == "encoding":
        return encoding_name(text)
    return "\t" if text == "tab" else text


def _text(name: str, key: str, value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{name}: {key} is {value!r}, not a text.", f'Write it in quotes: {key} = "…".')
    return str(value)


def _day(name: str, value: Any) -> Day:
    if isinstance(value, date) and not isinstance(value, datetime):
        return day_of(value)
    try:
        return parse_day(str(value))
    except ValueError as error:
        raise InputError(f"{name}: cutover: {error}.", "Write cutover = 2025-12-31.") from None
