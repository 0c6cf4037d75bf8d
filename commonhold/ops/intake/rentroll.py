"""Reading a rent roll: from a file to drafts and a report. Nothing is applied here, nothing is guessed."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from commonhold.errors import InputError
from commonhold.ops.intake.checks import check_owners, check_units, group_leases
from commonhold.ops.intake.decode import Source, open_source
from commonhold.ops.intake.headings import MONEY_FIELDS
from commonhold.ops.intake.leases import build, gather, name_owner
from commonhold.ops.intake.line import RollLine, read_line
from commonhold.ops.intake.mapping import Mapping, load_mapping
from commonhold.ops.intake.parties import PartyBook
from commonhold.ops.intake.problems import FileProblem, Problem, in_order
from commonhold.ops.intake.reader import Context, RowReader
from commonhold.ops.intake.roll import LeaseDraft, RollReport, RollRow, Totals, UnitDraft
from commonhold.ops.intake.table import Table, TableRow, is_empty, read_csv, text_of
from commonhold.ops.intake.totals import reconcile
from commonhold.ops.intake.workbook import read_xlsx
from commonhold.text import clean
from commonhold.units import Day, Money, Ppm

PROBLEM_LIMIT: Final = 2_000  # a file with more has something wrong as a whole


def read_roll(
    path: Path,
    mapping: Mapping | Path | None = None,
    *,
    cutover: Day | None = None,
    progress: Callable[[int], object] | None = None,
) -> RollReport:
    """Read a CSV or XLSX rent roll.

    mapping: a mapping, or the file of one. cutover: the day at whose end the roll's figures hold; wins over
    the mapping's. progress: called with the number of lines read. Raises InputError where the file or the
    mapping cannot be opened, or no cut-over is declared; whatever is wrong inside is in the report.
    """
    if isinstance(mapping, Path):
        mapping = load_mapping(mapping)
    mapping = mapping or Mapping()
    day = cutover if cutover is not None else mapping.cutover
    if day is None:
        raise InputError(
            "The cut-over day is not declared.",
            "Say in the mapping file at the end of which day the figures of the roll hold: "
            "[lease] cutover = 2025-12-31.",
        )
    try:
        source = open_source(path)
    except FileProblem as error:
        return RollReport(path.name, "", cutover=day, problems=(error.problem,))
    try:
        table = read_xlsx(source, mapping) if source.kind == "xlsx" else read_csv(source, mapping)
    except FileProblem as error:
        return RollReport(path.name, source.sha256, cutover=day, problems=(error.problem,))
    return _report(source, table, mapping, day, progress)


def _report(
    source: Source, table: Table, mapping: Mapping, cutover: Day, progress: Callable[[int], object] | None
) -> RollReport:
    context = Context(
        mapping=mapping,
        columns=table.columns,
        workbook=source.kind == "xlsx",
        sheet=table.sheet,
        yen_backslash=table.encoding == "shift-jis",
    )
    lines = _lines(table, context, progress)
    notes = list(table.notes)
    book = PartyBook()
    vacant = [line for line in lines if line.kind == "vacant"]
    groups = [gather(group, book) for group in group_leases([line for line in lines if line.kind == "let"])]
    owners = {line.line: name_owner(line.reader, book) for line in vacant}
    notes += book.settle()
    check_units([group.head for group in groups], vacant, cutover)
    named = [(group.head, group.landlord) for group in groups]
    check_owners([*named, *((line, owners[line.line]) for line in vacant)], book)
    drafts: list[LeaseDraft] = []
    rows: list[RollRow] = []
    for group in groups:
        draft, more = build(group, book, cutover)
        notes += more
        drafts += [draft] if draft is not None else []
        key = draft.key if draft is not None else ""
        rows.append(RollRow(group.numbers, group.head.unit, key, good=draft is not None))
    rows += [RollRow((line.line,), line.unit, good=not line.reader.failed) for line in vacant]
    comparisons, more = reconcile(lines)
    notes += more
    landlords = {draft.lines[0]: draft.landlord for draft in drafts}
    landlords |= {line: book.key(owner) for line, owner in owners.items() if owner is not None}
    units = _units([line for line in lines if not line.reader.failed], landlords)
    keys = {unit.owner for unit in units}
    for draft in drafts:
        keys |= {*draft.tenants, draft.landlord, draft.manager, draft.arbiter}
    return RollReport(
        path=source.path.name,
        sha256=source.sha256,
        cutover=cutover,
        encoding=table.encoding,
        sheet=table.sheet,
        rows=tuple(sorted(rows, key=lambda row: row.lines)),
        parties=book.drafts(keys),
        units=units,
        leases=tuple(drafts),
        problems=in_order(context.problems),
        notes=tuple(sorted(notes, key=lambda note: note.line)),
        totals=_totals(lines, drafts),
        buildings={name: _totals(part, drafts) for name, part in _by_building(lines).items()},
        reconciliation=tuple(comparisons),
    )


def _lines(table: Table, context: Context, progress: Callable[[int], object] | None) -> list[RollLine]:
    """All lines, until the file cannot be read any further or has too many problems."""
    lines: list[RollLine] = []
    above: dict[str, str] = {}
    rows = iter(table.rows)
    while len(context.problems) < PROBLEM_LIMIT:
        try:
            row = next(rows, None)
        except FileProblem as error:
            context.problems.append(error.problem)
            return lines
        if row is None:
            break
        if progress is not None:
            progress(row.line)
        if is_empty(row):
            continue
        reader = RowReader(context, row)
        if not _fits(row, table, reader):
            continue
        line = read_line(reader, above)
        lines.append(line)
        above = {} if line.marker else {"building": line.building, "unit": line.label}
    if not lines and not context.problems:
        context.problems.append(
            Problem(
                table.heading_line, "", "", "there is no line below the headings", "Export the roll again."
            )
        )
    return lines


def _fits(row: TableRow, table: Table, reader: RowReader) -> bool:
    """Whether the row has the cells that the headings have. A workbook leaves empty ones at the end out."""
    cells = len(row.cells)
    if cells == table.width or not table.delimiter:
        return True
    surplus = next((text_of(cell) for cell in row.cells[table.width :] if clean(text_of(cell))), "")
    reader.context.problems.append(
        Problem(
            row.line,
            "",
            surplus,
            f"the line has {cells} cells, the headings have {table.width}",
            "Put amounts and names that hold the delimiter in quotation marks, or export the file anew.",
        )
    )
    return False


def _units(lines: Iterable[RollLine], owners: dict[int, str]) -> tuple[UnitDraft, ...]:
    """Every unit once, as the first good line that names its owner describes it."""
    found: dict[str, UnitDraft] = {}
    for line in lines:
        if line.marker or line.unit in found or line.line not in owners or line.area is None:
            continue
        found[line.unit] = UnitDraft(
            key=line.unit,
            building=line.building,
            label=line.label,
            kind=line.unit_kind,
            area=line.area,
            share=line.share or Ppm(0),
            address=line.reader.text("address"),
            owner=owners[line.line],
            line=line.line,
        )
    return tuple(found.values())


def _by_building(lines: Iterable[RollLine]) -> dict[str, list[RollLine]]:
    parts: dict[str, list[RollLine]] = {}
    for line in lines:
        if not line.marker:
            parts.setdefault(line.building, []).append(line)
    return parts


def _totals(lines: list[RollLine], drafts: list[LeaseDraft]) -> Totals:
    """Counts and sums of these lines; the leases among them are those without a problem."""
    rows = [line for line in lines if not line.marker]
    numbers = {line.line for line in rows}
    leases = [draft for draft in drafts if draft.lines[0] in numbers]
    heads: dict[str, RollLine] = {}
    for line in rows:
        heads.setdefault(line.ref or f"line {line.line}", line)
    money = {field: Money(sum(line.money.get(field, 0) for line in heads.values())) for field in MONEY_FIELDS}
    return Totals(
        units=len({line.unit for line in rows}),
        leases=len(leases),
        running=sum(draft.running for draft in leases),
        vacant=sum(line.kind == "vacant" for line in rows),
        parties=len({key for draft in leases for key in (*draft.tenants, draft.landlord)}),
        money=money,
    )
