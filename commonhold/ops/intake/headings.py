"""Which column holds what: headings as people write them, matched to the fields of a lease.

A heading matches a field if the whole of it, or one of its parts, is one of the field's names, which
`headings.toml` lists; parts are what stands between brackets, slashes and line breaks, and a Chinese or
Japanese name beside an English one ("月租金 Monthly rent (CNY)"). A heading that names two fields, and a
field named by two headings, are refused: the mapping file says which one is meant.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from commonhold.text import clean, fold

FIELDS: Final = (
    "building",
    "unit",
    "kind",
    "area",
    "unit_share",
    "address",
    "landlord",
    "landlord_contact",
    "landlord_wallet",
    "tenant",
    "tenant_contact",
    "tenant_wallet",
    "shares",
    "status",
    "lease_ref",
    "start",
    "end",
    "rent",
    "deposit",
    "deposit_held",
    "billing_day",
    "interval",
    "due_offset",
    "rent_free_days",
    "steps",
    "grace_days",
    "late_fee_rate",
    "late_fee_max_days",
    "notice_days",
    "break_day",
    "break_fee",
    "commission",
    "holdover_rate",
    "day_count",
    "cover",
    "key_money",
    "agency_fee",
    "manager",
    "arbiter",
    "arrears",
    "prepaid",
    "balance",
    "late_fees",
)
REQUIRED: Final = ("unit", "tenant", "rent", "start", "end")
MONEY_FIELDS: Final = ("rent", "deposit", "deposit_held", "arrears", "prepaid", "late_fees")
DEFAULTS_ONLY: Final = ("manager", "arbiter")

_PARTS = re.compile(r"[/|()\[\]【】〔〕:;,·、\n]+")
_SCRIPTS = re.compile(r"[぀-ヿ㐀-鿿豈-﫿々ー]+|[a-z0-9][a-z0-9 .'%#&+-]*")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands. index: from 0. heading: as it stands in the file."""

    index: int
    heading: str


@dataclass(frozen=True, slots=True)
class Headings:
    """What a row says if it is read as headings."""

    columns: Mapping[str, Column]
    doubts: tuple[tuple[Column, str], ...]  # a heading, and what is unclear about it
    unread: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


@cache
def known_headings() -> Mapping[str, str]:
    """Every known heading in the form in which they are compared, and its field."""
    document = tomllib.loads(files(__package__).joinpath("headings.toml").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for field in FIELDS:
        for word in (field, *document[field]):
            names[_bare(fold(word.replace("_", " ")))] = field
    return names


def _bare(part: str) -> str:
    return part.strip(" .#*")


def parts_of(heading: str) -> list[str]:
    """The whole heading and its parts, in the form in which names are compared."""
    whole = fold(heading.replace("\n", "/").replace("\r", "/"))
    parts = [_bare(whole)]
    for part in _PARTS.split(whole):
        parts.append(_bare(part))
        parts.extend(_bare(run) for run in _SCRIPTS.findall(part))
    return list(dict.fromkeys(part for part in parts if part))


def match(
    cells: Sequence[str], declared: Mapping[str, tuple[str, ...]], ignored: Iterable[str] = ()
) -> Headings:
    """Read a row as headings. declared: field → the headings that the mapping file names for it."""
    left_out = {fold(name) for name in ignored}
    by_name = {fold(name): field for field, names in declared.items() for name in names}
    found: dict[str, list[Column]] = {}
    doubts: list[tuple[Column, str]] = []
    unread: list[str] = []
    for index, cell in enumerate(cells):
        heading = clean(cell)
        if not heading or fold(heading) in left_out:
            continue
        column = Column(index, heading)
        fields = _fields_of(heading, by_name, declared)
        if len(fields) > 1:
            doubts.append((column, f"the heading could mean {' or '.join(fields)}"))
        elif fields:
            found.setdefault(fields[0], []).append(column)
        else:
            unread.append(heading)
    for field, columns in found.items():
        if len(columns) > 1:
            named = " and ".join(repr(column.heading) for column in columns)
            doubts.append((columns[1], f"{named} both mean {field}"))
    return Headings(
        columns={field: columns[0] for field, columns in found.items()},
        doubts=tuple(doubts),
        unread=tuple(unread),
        missing=tuple(field for field in REQUIRED if field not in found),
    )


def _fields_of(
    heading: str, by_name: Mapping[str, str], declared: Mapping[str, tuple[str, ...]]
) -> list[str]:
    if fold(heading) in by_name:
        return [by_name[fold(heading)]]
    known = known_headings()
    parts = parts_of(heading)
    if parts and parts[0] in known:
        fields = [known[parts[0]]]
    else:
        fields = list(dict.fromkeys(known[part] for part in parts if part in known))
    return [field for field in fields if field not in declared]
