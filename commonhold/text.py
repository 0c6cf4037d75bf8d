"""Text from and for spreadsheets: cleaned when it is read, harmless when it is written.

Cleaning removes what nobody sees (control, zero-width and direction characters) and what nobody means
(leading, trailing and repeated spaces). Writing CSV keeps a spreadsheet from running a cell as a formula.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TextIO

CsvValue = str | int | Decimal | None

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?", re.ASCII)
# What a spreadsheet takes for the beginning of a formula, in the plain and the full-width form.
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
# Where another delimiter setting would begin a new cell inside this one.
_INNER_FORMULA = re.compile(r"([;\t\r\n,|]\s*)([=+\-@＝＋－＠])")


def clean(text: str) -> str:
    """One line of visible text: composed (NFC), without control, zero-width or direction characters, single
    spaces, none at the ends."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    text = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The form in which names, ids and headings are compared: width, case and spaces do not count."""
    return clean(unicodedata.normalize("NFKC", text)).casefold()


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as plain ones, invisible characters and outer spaces removed."""
    return clean(unicodedata.normalize("NFKC", text))


def harmless(value: CsvValue) -> str:
    """A value as a CSV cell that no spreadsheet runs: numbers as they are, text that would begin a formula
    behind an apostrophe, also where a semicolon, a tab or a line break could begin a new cell."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    if _NUMBER.fullmatch(value):
        return value
    value = _INNER_FORMULA.sub(r"\1'\2", value)
    return f"'{value}" if _FORMULA.match(value) else value


def write_csv(
    target: Path | TextIO, headings: Sequence[str], rows: Iterable[Sequence[CsvValue]], *, bom: bool = True
) -> int:
    """Write a CSV that opens rightly in a spreadsheet and runs nothing there; returns the number of rows.

    target: a file (UTF-8, with the mark that spreadsheets look for unless `bom` is false) or an open text
    stream (no mark). Lines end in CR LF (RFC 4180).
    """
    if isinstance(target, Path):
        encoding = "utf-8-sig" if bom else "utf-8"
        with target.open("w", encoding=encoding, newline="") as stream:
            return write_csv(stream, headings, rows)
    writer = csv.writer(target)
    writer.writerow([harmless(heading) for heading in headings])
    count = 0
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        count += 1
    return count


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[CsvValue]]) -> str:
    """The same as text."""
    stream = StringIO(newline="")
    write_csv(stream, headings, rows)
    return stream.getvalue()
