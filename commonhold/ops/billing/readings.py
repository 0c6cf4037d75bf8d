"""Meter readings: from a CSV file into the data folder, each judged, none billed before it is beyond doubt.

Columns (in any order): building, unit, meter, day, reading; and if there are any: photo (hash of the
picture), signer and signature (EIP-712, by the meter's own wallet or the reader's), confirmed_by and note (a
person who looked at an odd or unsigned reading, and what he found), disputed (who disputes it).

A reading waits for a person where it is unsigned, below the one before, rolled over, implausible, out of
order, or in dispute. The same file again changes nothing.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.messages import encode_typed_data

from commonhold.errors import InputError
from commonhold.ops.billing import files
from commonhold.ops.billing.formula import parse_quantity
from commonhold.ops.intake.decode import decode, open_source
from commonhold.ops.intake.problems import Problem, shorten
from commonhold.rules.metering import Counter, Finding, Reading, Use, use_between
from commonhold.text import clean, fold
from commonhold.units import parse_day

NEEDED: Final = ("unit", "meter", "day", "reading")
KNOWN: Final = (*NEEDED, "building", "photo", "signer", "signature", "confirmed_by", "note", "disputed")
_TYPES: Final = {
    "MeterReading": [
        {"name": "meter", "type": "string"},
        {"name": "unit", "type": "uint32"},
        {"name": "day", "type": "uint32"},
        {"name": "value", "type": "uint64"},
        {"name": "photo", "type": "bytes32"},
    ]
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading as it is kept. unit: number on chain; value [0.001 unit]; photo: 0x… or "" """

    meter: str
    unit: int
    day: int
    value: int
    photo: str = ""
    signer: str = ""
    confirmed_by: str = ""
    note: str = ""
    disputed: str = ""

    @property
    def reading(self) -> Reading:
        return Reading(self.meter, str(self.unit), self.day, self.value)


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry, what was used since the one before, and why it waits ("" = it does not)."""

    entry: Entry
    before: Entry | None
    use: Use
    waits: str


@dataclass(slots=True)
class Intake:
    """What a file says. new: entries to keep; same: known already; problems: lines to put right."""

    new: list[Entry] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


def typed_reading(domain: Mapping[str, Any], entry: Entry) -> Any:
    """What a meter or its reader signs, in the domain of BillRuns."""
    message = {
        "meter": entry.meter,
        "unit": entry.unit,
        "day": entry.day,
        "value": entry.value,
        "photo": bytes.fromhex(entry.photo[2:]) if entry.photo else bytes(32),
    }
    return encode_typed_data(dict(domain), _TYPES, message)


def domain_of(chain_id: int, contract: str) -> dict[str, Any]:
    """The EIP-712 domain of readings."""
    return {
        "name": "Commonhold BillRuns",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": contract,
    }


class Readings:
    """All readings of a community, by meter and day."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / files.FOLDER / "readings.json"
        rows = files.read(self.path, [])
        self.entries: dict[tuple[str, int], Entry] = {
            (row["meter"], row["day"]): Entry(**row) for row in rows
        }

    def keep(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.entries[entry.meter, entry.day] = entry
        rows = [asdict(self.entries[key]) for key in sorted(self.entries)]
        files.write(self.path, rows)

    def of(self, meter: str) -> list[Entry]:
        """By day."""
        return sorted((one for one in self.entries.values() if one.meter == meter), key=lambda one: one.day)

    def meters(self) -> list[str]:
        return sorted({meter for meter, _ in self.entries})


def judge(entries: Sequence[Entry], counter: Counter) -> list[Judged]:
    """One meter's readings in order. Those that wait are passed over: the next one is compared with the last
    that counts."""
    found: list[Judged] = []
    before: Entry | None = None
    for entry in entries:
        use = use_between(before.reading if before else None, entry.reading, counter)
        waits = _why(entry, use)
        found.append(Judged(entry, before, use, waits))
        if not waits:
            before = entry
    return found


def _why(entry: Entry, use: Use) -> str:
    if entry.disputed:
        return f"disputed by {entry.disputed}"
    if entry.confirmed_by:
        if use.finding is Finding.NEGATIVE:
            return "below the one before; a new meter needs a name of its own"
        return ""
    if use.waits:
        return use.finding.value
    return "" if entry.signer else "unsigned"


def read_file(
    path: Path,
    known: Readings,
    unit_of: Callable[[str, str], int | None],
    domain: Mapping[str, Any],
    is_member: Callable[[str], bool],
) -> Intake:
    """Read a CSV. unit_of: building and label → number on chain; is_member: whether a wallet is a party's.

    Raises InputError, FileProblem."""
    source = open_source(path)
    if source.kind != "text":
        raise InputError(f"{path} is a workbook.", "Save the sheet as CSV UTF-8.")
    text, _ = decode(source.data)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    if not rows:
        raise InputError(f"{path} is empty.", "Export the readings again.")
    names = [fold(cell).replace(" ", "_") for cell in rows[0]]
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in KNOWN]
    if missing or unknown or len(set(names)) != len(names):
        what = f"the column {', '.join(missing)} is missing" if missing else f"unknown: {', '.join(unknown)}"
        raise InputError(
            f"{path}: {what}; or a column stands there twice.", f"These are known: {', '.join(KNOWN)}."
        )
    intake = Intake()
    seen: dict[tuple[str, int], int] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            entry = _entry(dict(zip(names, map(clean, cells), strict=False)), unit_of, domain, is_member)
            _merge(intake, known, entry, number, seen)
        except _Bad as bad:
            intake.problems.append(Problem(number, bad.column, shorten(bad.value), bad.what, bad.advice))
    return intake


class _Bad(Exception):
    def __init__(self, column: str, value: str, what: str, advice: str) -> None:
        self.column, self.value, self.what, self.advice = column, value, what, advice


def _merge(
    intake: Intake, known: Readings, entry: Entry, line: int, seen: dict[tuple[str, int], int]
) -> None:
    key = (entry.meter, entry.day)
    if key in seen:
        raise _Bad("meter", entry.meter, f"line {seen[key]} has this meter and day too", "Keep one of them.")
    seen[key] = line
    old = known.entries.get(key)
    if old == entry:
        intake.same += 1
        return
    if old is not None and old.value != entry.value and not (entry.confirmed_by and entry.note):
        raise _Bad(
            "reading", str(entry.value), f"this meter's reading of that day is known as {old.value / 1000:g}",
            "To correct it, say who looked at it (confirmed_by) and what was found (note).",
        )  # fmt: skip
    intake.new.append(entry)


def _entry(
    row: Mapping[str, str],
    unit_of: Callable[[str, str], int | None],
    domain: Mapping[str, Any],
    is_member: Callable[[str], bool],
) -> Entry:
    def cell(name: str) -> str:
        return row.get(name, "")

    for name in NEEDED:
        if not cell(name):
            raise _Bad(name, "", "the cell is empty", "Every reading needs unit, meter, day and reading.")
    unit = unit_of(cell("building"), cell("unit"))
    if unit is None:
        raise _Bad(
            "unit", f"{cell('building')} {cell('unit')}".strip(), "no such unit is registered",
            "Write building and unit as in the rent roll, or the unit's number on chain.",
        )  # fmt: skip
    try:
        day = int(parse_day(cell("day")))
    except ValueError as error:
        raise _Bad("day", cell("day"), str(error), "Write it as 2026-01-31.") from None
    try:
        value = parse_quantity(cell("reading"))
    except ValueError as error:
        raise _Bad("reading", cell("reading"), str(error), "Write what the counter shows: 1234.567") from None
    photo = cell("photo").lower()
    if photo and not (len(photo) == 66 and photo.startswith("0x") and _is_hex(photo[2:])):
        raise _Bad("photo", photo, "this is no hash", "0x and 64 digits: the hash of the picture.")
    if cell("confirmed_by") and not cell("note"):
        raise _Bad("note", "", "a confirmation needs a note", "Say what was found: new meter, leak, typo…")
    entry = Entry(
        meter=cell("meter"), unit=unit, day=day, value=value, photo=photo,
        confirmed_by=cell("confirmed_by"), note=cell("note"), disputed=cell("disputed"),
    )  # fmt: skip
    signer = _signer(entry, cell("signer"), cell("signature"), domain, is_member)
    return Entry(**{**asdict(entry), "signer": signer})


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)


def _signer(
    entry: Entry,
    signer: str,
    signature: str,
    domain: Mapping[str, Any],
    is_member: Callable[[str], bool],
) -> str:
    """The wallet that signed, "" if nobody did."""
    if not signature:
        return ""
    raw = signature.removeprefix("0x").lower()
    if len(raw) != 130 or not _is_hex(raw):
        raise _Bad("signature", signature, "a signature has 65 bytes", "0x and 130 digits.")
    try:
        found = str(Account.recover_message(typed_reading(domain, entry), signature=bytes.fromhex(raw)))
    except Exception as error:  # noqa: BLE001 - whatever the curve says of a wrong signature
        raise _Bad("signature", signature, f"it is no signature: {error}", "Read the meter again.") from None
    if signer and found.lower() != signer.lower():
        raise _Bad("signature", signature, f"{found} signed this, or signed other figures", "Sign it again.")
    if not is_member(found):
        raise _Bad("signer", found, "this wallet belongs to nobody here", "Register the meter or the reader.")
    return found
