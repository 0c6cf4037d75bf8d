"""A manager's fee schedule: categories and tariffs from a CSV or XLSX file.

One line for each tariff. The first line of a category says its terms; further lines of the same category add
later tariffs, their other cells empty or the same. Columns, in any order:

    category · kind (area, flat, posted) · rate · from (2026-03) · due day · due month (same, next) ·
    grace days · late fee (0.05%/day) · late fee days · payee · mode (lump sum, commission) · manager ·
    manager share (5%) · prompt payment (2%) · vacancy (30%)

Every bad cell is a problem with line, column, value and what to do.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.ops.intake import values
from commonhold.ops.intake.decode import Source, decode, open_source
from commonhold.ops.intake.problems import FileProblem, Problem, ValueProblem, in_order, shorten
from commonhold.ops.intake.workbook import DAMAGED, open_book
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode, problem_of
from commonhold.text import clean, fold

REQUIRED: Final = ("category", "kind", "payee")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "category": ("category", "收费项目", "費目"),
    "kind": ("kind", "type", "计费方式", "種別"),
    "rate": ("rate", "price", "单价", "单价（元）", "単価"),
    "from": ("from", "effective", "valid from", "起始月", "適用月"),
    "due day": ("due day", "due", "应付日", "支払日"),
    "due month": ("due month", "应付月", "支払月"),
    "grace days": ("grace days", "grace", "宽限天数", "猶予日数"),
    "late fee": ("late fee", "late fee rate", "违约金", "遅延損害金"),
    "late fee days": ("late fee days", "违约金天数", "遅延日数上限"),
    "payee": ("payee", "收款人", "受取人"),
    "mode": ("mode", "收费模式", "方式"),
    "manager": ("manager", "物业服务企业", "管理会社"),
    "manager share": ("manager share", "酬金比例", "管理会社割合"),
    "prompt payment": ("prompt payment", "prompt", "按期优惠", "期日割引"),
    "vacancy": ("vacancy", "空置减免", "空室割引"),
}
_KINDS: Final = {
    "area": CategoryKind.AREA, "面积": CategoryKind.AREA, "面積": CategoryKind.AREA,
    "flat": CategoryKind.FLAT, "固定": CategoryKind.FLAT, "定額": CategoryKind.FLAT,
    "posted": CategoryKind.POSTED, "抄表": CategoryKind.POSTED, "実費": CategoryKind.POSTED,
}  # fmt: skip
_MODES: Final = {
    "lump sum": PayeeMode.LUMP_SUM, "包干制": PayeeMode.LUMP_SUM, "包干": PayeeMode.LUMP_SUM,
    "commission": PayeeMode.COMMISSION, "酬金制": PayeeMode.COMMISSION, "酬金": PayeeMode.COMMISSION,
}  # fmt: skip
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月|[-/.]\s*0?1)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category of the schedule; payee and manager by name. rates: month -> rate."""

    name: str
    line: int
    terms: Category  # its parties are 0
    payee: str
    manager: str
    rates: Mapping[int, int]

    @property
    def name_hash(self) -> bytes:
        """What the chain knows of the name."""
        return bytes(keccak(text=self.name))


@dataclass(frozen=True, slots=True)
class Schedule:
    """What was read. categories: those without a problem."""

    path: str
    sha256: str
    categories: tuple[CategoryDraft, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Reader:
    """One line's cells by field."""

    line: int
    cells: Mapping[str, Any]
    headings: Mapping[str, str]
    problems: list[Problem]
    failed: bool = False
    seen: dict[str, Any] = field(default_factory=dict)

    def problem(self, name: str, what: str, advice: str) -> None:
        self.failed = True
        shown = shorten(self.cells.get(name))
        self.problems.append(Problem(self.line, self.headings.get(name, name), shown, what, advice))

    def read(self, name: str, reader: Any, default: Any = None) -> Any:
        cell = self.cells.get(name)
        if cell is None or cell == "":
            return default
        try:
            self.seen[name] = reader(cell)
        except ValueProblem as error:
            self.problem(name, error.what, error.advice)
            return default
        return self.seen[name]

    def choice(self, name: str, words: Mapping[str, Any], default: Any = None) -> Any:
        def read(cell: str) -> Any:
            word = fold(cell).replace("-", " ").replace("_", " ")
            if word not in words:
                raise ValueProblem("this word is not known here", f"Write one of {', '.join(list(words))}.")
            return words[word]

        return self.read(name, read, default)

    def count(self, name: str, least: int, most: int, default: int) -> int:
        return int(self.read(name, lambda cell: values.read_count(cell, least, most), default))

    def bps(self, name: str) -> int:
        return int(self.read(name, values.read_rate, 0))


def read_schedule(path: Path, *, decimal: str = ".") -> Schedule:
    """Read a fee schedule. Raises InputError and FileProblem where the file cannot be read at all."""
    source = open_source(path)
    rows = _sheet(source) if source.kind == "xlsx" else _text(source.data)
    problems: list[Problem] = []
    drafts: dict[str, CategoryDraft] = {}
    bad: set[str] = set()
    headings: dict[str, int] | None = None
    titles: dict[str, str] = {}
    for line, cells in rows:
        if not any(cells):
            continue
        if headings is None:
            headings, titles = _headings(line, cells)
            continue
        by_field = {name: cells[index] if index < len(cells) else "" for name, index in headings.items()}
        reader = _Reader(line, by_field, titles, problems)
        name = clean(by_field["category"])
        if not name:
            reader.problem("category", "the line names no category", "Write its name, or delete the line.")
        elif name in drafts:
            _add_rate(reader, drafts, name, decimal)
        elif name not in bad:
            draft = _category(reader, name, decimal)
            if draft is not None:
                drafts[name] = draft
        if reader.failed:
            bad.add(name)
    if headings is None:
        raise FileProblem(
            Problem(0, "", "", "the file has no headings", f"Name at least {', '.join(REQUIRED)}.")
        )
    good = tuple(draft for name, draft in drafts.items() if name not in bad)
    return Schedule(str(path), source.sha256, good, in_order(problems))


def _text(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text, _ = decode(data)
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [clean(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        advice = "Write a quotation mark inside a cell twice, or export anew."
        raise FileProblem(Problem(line, "", "", "a quotation mark is not closed", advice)) from None


def _sheet(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that can be seen. Raises FileProblem."""
    book, _ = open_book(source)
    sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
    if sheet is None:
        advice = "Put the schedule on a sheet of its own, and show it."
        raise FileProblem(Problem(0, "", source.path.name, "the workbook shows no sheet with cells", advice))
    try:
        yield from _rows(sheet)
    except DAMAGED as error:
        what = f"the sheet is damaged ({type(error).__name__})"
        advice = "Open the workbook in the spreadsheet program and save it again."
        raise FileProblem(Problem(0, "", source.path.name, what, advice)) from None


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Texts of the cells, as a person sees them."""
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells = []
        for cell in row:
            value = cell.value
            if cell.data_type == "f":
                advice = "Replace it by its value (copy, paste values)."
                raise FileProblem(Problem(line, "", shorten(value), "the cell is a formula", advice))
            if isinstance(value, date):
                value = value.strftime("%Y-%m-%d")
            if isinstance(value, float) and "%" in (cell.number_format or ""):
                value = f"{round(value * 100, 6):g}%"
            cells.append("" if value is None else clean(str(value)))
        yield line, cells


def _headings(line: int, cells: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    known = {fold(word): name for name, words in FIELDS.items() for word in words}
    found: dict[str, int] = {}
    titles: dict[str, str] = {}
    for index, cell in enumerate(cells):
        name = known.get(fold(cell).replace("_", " "))
        if name is None:
            continue
        if name in found:
            advice = "Keep one of the two columns."
            raise FileProblem(Problem(line, cell, "", f"two columns hold the {name}", advice))
        found[name], titles[name] = index, cell
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        advice = f"Name a column {missing[0]!r}; docs/command.md lists all of them."
        shown = shorten(", ".join(cells))
        raise FileProblem(Problem(line, "", shown, f"there is no column {', '.join(missing)}", advice))
    return found, titles


def _rate(reader: _Reader, decimal: str) -> tuple[int, int] | None:
    """Month and rate of a line; None if it has none, or a problem."""

    def read_month(cell: str) -> int:
        match = _MONTH.fullmatch(cell)
        if match is None or not 1 <= int(match[2]) <= 12:
            raise ValueProblem("this is not the first of a month", "Write year and month: 2026-03.")
        return (int(match[1]) - 1970) * 12 + int(match[2]) - 1

    def read_rate(cell: str) -> int:
        amount, _ = values.read_amount(cell, decimal=decimal, decimals=4)
        if amount < 0:
            raise ValueProblem("the rate is negative", "Write 0 to end a charge.")
        return int(amount)

    month, rate = reader.read("from", read_month), reader.read("rate", read_rate)
    if (month is None) != (rate is None) and not reader.failed:
        empty = "from" if month is None else "rate"
        reader.problem(empty, "a tariff needs a rate and its first month", "Fill in both, or neither.")
    return None if month is None or rate is None else (month, rate)


def _terms(reader: _Reader) -> Category:
    kind = reader.choice("kind", _KINDS, CategoryKind.NONE)
    if kind == CategoryKind.NONE and not reader.failed:
        reader.problem("kind", "the kind is missing", "Write area, flat or posted.")
    return Category(
        kind=kind,
        payee=0,
        mode=reader.choice("mode", _MODES, PayeeMode.LUMP_SUM),
        manager_bps=reader.bps("manager share"),
        due_day=reader.count("due day", 1, 28, 1),
        due_month=reader.choice("due month", {"same": 0, "next": 1, "当月": 0, "次月": 1, "翌月": 1}, 0),
        grace_days=reader.count("grace days", 0, 60, 0),
        late_fee_rate=reader.bps("late fee"),
        late_fee_max_days=reader.count("late fee days", 0, 400, 0),
        prompt_bps=reader.bps("prompt payment"),
        vacancy_bps=reader.bps("vacancy"),
    )


_COLUMNS: Final = {
    "lateFeeRate": "late fee", "promptBps": "prompt payment", "vacancyBps": "vacancy",
    "managerBps": "manager share", "manager": "manager", "kind": "kind",
}  # fmt: skip


def _category(reader: _Reader, name: str, decimal: str) -> CategoryDraft | None:
    terms, rate = _terms(reader), _rate(reader, decimal)
    payee, manager = clean(reader.cells.get("payee", "")), clean(reader.cells.get("manager", ""))
    if not payee:
        reader.problem("payee", "nobody is named who is paid", "Write a name of the books, or party 7.")
    commission = terms.mode == PayeeMode.COMMISSION
    if commission and not manager:
        reader.problem("manager", "commission mode needs the manager", "Write who earns the share.")
    if rate is not None and terms.kind == CategoryKind.POSTED:
        reader.problem("rate", "a posted category has no rate", "Leave rate and first month empty.")
    if reader.failed:
        return None
    wrong = problem_of(replace(terms, payee=1, manager=2 if commission else 0))
    if wrong:
        field_, value, bound = wrong
        column = _COLUMNS.get(field_, field_)
        reader.problem(
            column, f"{value} is out of bounds", f"The bound is {bound} (hundredths of a percent)."
        )
        return None
    return CategoryDraft(
        name, reader.line, terms, payee, manager if commission else "", dict([rate] if rate else [])
    )


def _add_rate(reader: _Reader, drafts: dict[str, CategoryDraft], name: str, decimal: str) -> None:
    """A further tariff of a category that is there already; its other cells must not say something else."""
    draft, rate = drafts[name], _rate(reader, decimal)
    again = _terms(_Reader(reader.line, {**reader.cells}, reader.headings, []))
    fields = {"kind": "kind", "due day": "due_day", "due month": "due_month", "grace days": "grace_days"}
    for column, attribute in fields.items():
        if reader.cells.get(column) and getattr(again, attribute) != getattr(draft.terms, attribute):
            advice = "Terms of a category never change: leave the cell empty, or name another category."
            reader.problem(column, f"line {draft.line} says otherwise", advice)
    if rate is None:
        if not reader.failed:
            reader.problem(
                "rate", "the category is there already", "Give a rate and its first month, or delete it."
            )
        return
    if rate[0] in draft.rates:
        reader.problem("from", "this month has a rate already", "Keep one of the two lines.")
        return
    drafts[name] = replace(draft, rates={**draft.rates, rate[0]: rate[1]})
