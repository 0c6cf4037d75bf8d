"""From bytes to text: the encoding is declared, or it is found beyond doubt, or the file is refused.

Found: a byte order mark decides; then strict UTF-8; then GB18030 and Shift-JIS, of which exactly one must
read as text that people write (common characters; half-width katakana only by themselves). Everything else is
unclear, and the answer is to declare the encoding in the mapping file. A GB18030 file is not mistaken for
UTF-8 when its few Chinese characters happen to be valid UTF-8: such a file is unclear too, unless its only
foreign characters are ¥ or £ before digits.
"""

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonhold.errors import InputError
from commonhold.ops.intake.problems import FileProblem, Problem, shorten

SIZE_LIMIT: Final = 50 * 1024 * 1024  # of a file [bytes]

# As people name them, and the codec that reads them (the vendors' supersets, which spreadsheets write).
ENCODINGS: Final = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "shift-jis": "cp932",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
_ALIASES: Final = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "shift_jis": "shift-jis",
    "sjis": "shift-jis",
    "cp932": "shift-jis",
    "windows-31j": "shift-jis",
    "utf16": "utf-16",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ADVICE = (
    "Declare it in the mapping file: [file] encoding = "
    '"utf-8", "gb18030", "shift-jis" or "utf-16"; or save the file as "CSV UTF-8".'
)
_BESIDE_LETTER = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
_CURRENCY = re.compile(r"[¥£](?=\s*-?\d)")
_COMMON = 0.8  # least share of a text's non-ASCII characters that are common ones


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes. sha256: its fingerprint. kind: "text" or "xlsx"."""

    path: Path
    data: bytes
    sha256: str
    kind: str


def open_source(path: Path) -> Source:
    """Read a file of at most 50 MB and tell by its first bytes what it is. Raises InputError, FileProblem."""
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise FileProblem(
                _whole(
                    f"{size / 2**20:.0f} MB",
                    "the file is larger than 50 MB",
                    "Split it by building, or save it without pictures and formats.",
                )
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "Check the name and your rights."
        ) from None
    kind = "text"
    if data.startswith(b"PK\x03\x04"):
        kind = "xlsx"
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileProblem(
            _whole(
                path.name,
                "this is an old .xls workbook, or an .xlsx with a password",
                "Save it in the spreadsheet program as .xlsx without a password, or as CSV UTF-8.",
            )
        )
    elif data.startswith(b"%PDF"):
        raise FileProblem(_whole(path.name, "this is a PDF", "Export the roll as .xlsx or CSV instead."))
    elif not data.strip():
        raise FileProblem(_whole(path.name, "the file is empty", "Export the roll again."))
    return Source(path, data, hashlib.sha256(data).hexdigest(), kind)


def encoding_name(text: str) -> str:
    """The name of an encoding as ENCODINGS has it. Raises InputError for one that is not read."""
    name = text.strip().lower()
    name = _ALIASES.get(name, name)
    if name not in ENCODINGS:
        raise InputError(
            f"The encoding {text!r} is not known.",
            f"Use one of {', '.join(ENCODINGS)}; or save as CSV UTF-8.",
        )
    return name


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text of a file and the name of its encoding. Raises FileProblem."""
    for mark, name in _MARKS:
        if data.startswith(mark) and not declared:
            return _strict(data[len(mark) :], name), name
    if declared:
        name = encoding_name(declared)
        for mark, marked in _MARKS:
            if data.startswith(mark) and not marked.startswith(name):
                raise FileProblem(
                    _at_line(data, 0, "utf-8", f"the file begins with the mark of {marked}, not of {name}")
                )
        return _strict(data, name).removeprefix("\ufeff"), name
    name = _found(data)
    return _strict(data, name), name


def _strict(data: bytes, name: str) -> str:
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        raise FileProblem(
            _at_line(data, error.start, name, f"the byte 0x{data[error.start]:02X} here is not {name} text")
        ) from None
    zero = text.find("\0")
    if zero >= 0:
        line = len(_line_ends(text[:zero])) + 1
        raise FileProblem(
            Problem(
                line, "", "", "there is a zero byte in the text: the file is damaged or not text", _ADVICE
            )
        )
    return text


def _found(data: bytes) -> str:
    if data[:4096].count(0) > len(data[:4096]) // 8:
        raise FileProblem(
            _whole("", "this looks like UTF-16 without a byte order mark, or is no text file", _ADVICE)
        )
    if data.isascii():
        return "utf-8"
    likely = [name for name, check in _CHECKS.items() if check(data)]
    if len(likely) == 1:
        return likely[0]
    doubt = f"it reads as {' and as '.join(likely)}" if likely else "it reads as none of them with certainty"
    start = next(index for index, byte in enumerate(data) if byte > 127)
    raise FileProblem(
        _at_line(data, start, "latin-1", f"the encoding is unclear between {', '.join(_CHECKS)}: {doubt}")
    )


def _text_or_none(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_utf8(data: bytes) -> bool:
    return _text_or_none(data, "utf-8") is not None


def _is_gb18030(data: bytes) -> bool:
    """Common Chinese characters. Where the bytes are valid UTF-8 too, they must be words of their own: no
    three-byte sequence, none beside a Latin letter, and not just currency signs before digits."""
    chinese = _text_or_none(data, "gb18030")
    if chinese is None or _share(chinese, _in_gb2312) < _COMMON:
        return False
    other = _text_or_none(data, "utf-8")
    if other is None:
        return True
    if any(character > "\u07ff" for character in other) or _BESIDE_LETTER.search(chinese):
        return False
    return not _CURRENCY.sub("", other).isascii()


def _is_shift_jis(data: bytes) -> bool:
    text = _text_or_none(data, "cp932")
    if text is None or _text_or_none(data, "utf-8") is not None:
        return False
    foreign = [character for character in text if ord(character) > 127]
    narrow = sum("\uff61" <= character <= "\uff9f" for character in foreign)
    if narrow:
        # a few Chinese words read like this too: then the file is unclear
        return narrow == len(foreign)
    return _share(text, _in_jis_level_1) >= _COMMON


def _share(text: str, common: Callable[[str], bool]) -> float:
    foreign = [character for character in text if ord(character) > 127]
    return sum(map(common, foreign)) / len(foreign) if foreign else 1.0


def _in_gb2312(character: str) -> bool:
    if character in "·—～¥€•〇":
        return True
    try:
        first = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return first in (0xA1, 0xA3) or 0xB0 <= first <= 0xF7  # signs, full-width forms, Chinese characters


def _in_jis_level_1(character: str) -> bool:
    code = character.encode("cp932")
    return len(code) == 2 and 0x8140 <= int.from_bytes(code) <= 0x9872


_CHECKS: Final[dict[str, Callable[[bytes], bool]]] = {
    "utf-8": _is_utf8,
    "gb18030": _is_gb18030,
    "shift-jis": _is_shift_jis,
}


def _line_ends(text: str) -> list[str]:
    return re.findall(r"\r\n|\r|\n", text)


def _at_line(data: bytes, position: int, name: str, what: str) -> Problem:
    """A problem at a byte: its line, and what stands before it on that line."""
    before = data[:position].decode(ENCODINGS.get(name, name), errors="replace")
    line = len(_line_ends(before)) + 1
    shown = data[position : position + 12].hex(" ")
    head = re.split(r"[\r\n]", before)[-1]
    return Problem(line, f"character {len(head) + 1}", shorten(shown), what, _ADVICE)


def _whole(value: str, what: str, advice: str) -> Problem:
    return Problem(0, "", value, what, advice)
