"""Importing a rent roll: what is new, what is there already, what changed; then parties and units on chain.

    plan = plan_import(store, report)        changes nothing; show it
    apply_plan(store, plan, registrar)       saves the drafts, then registers what has no id yet

Importing the same file twice changes nothing. A changed line of an imported lease becomes an amendment: it is
listed, and nothing is overwritten. An interrupted import continues where it was: parties are found again on
chain by their identity, units by the intent that was saved before they were sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from commonhold.errors import InputError
from commonhold.ops.intake.codec import draft_from_json, draft_to_json
from commonhold.ops.intake.registering import Registrar, register_waiting
from commonhold.ops.intake.roll import LeaseDraft, PartyDraft, RollReport, UnitDraft
from commonhold.rules.calendar import label_of
from commonhold.rules.rent import Schedule
from commonhold.store.schema import Amendment, Batch, Building, Lease, Party, Unit
from commonhold.store.store import Store
from commonhold.units import Area, Day, Money, format_area, format_day, format_money

_STEP_DAY: Final = 10  # characters of the day at the head of a step's text


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a later roll says differently. kind: "lease" or "unit"; subject: its key."""

    kind: str
    subject: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A new lease of the roll that the store's books leave no room for."""

    lease: LeaseDraft
    other: str
    what: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What applying would do. unchanged: keys of leases that are there already, as the roll says.

    missing: keys of running leases of the store that the roll does not name; nothing happens to them.
    waiting_parties, waiting_units: imported before, but not registered yet (an import was interrupted).
    """

    sha256: str
    file: str
    cutover: Day
    parties: tuple[PartyDraft, ...]
    units: tuple[UnitDraft, ...]
    leases: tuple[LeaseDraft, ...]
    unchanged: tuple[str, ...]
    amendments: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...]
    waiting_parties: int
    waiting_units: int

    @property
    def empty(self) -> bool:
        """Whether applying would change nothing."""
        new = self.parties or self.units or self.leases or self.amendments
        return not (new or self.waiting_parties or self.waiting_units)

    def as_json(self) -> dict[str, Any]:
        """Counts and keys. Amendments quote what changed, names too."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "cutover": format_day(self.cutover),
            "new": {"parties": len(self.parties), "units": len(self.units), "leases": len(self.leases)},
            "unchanged": len(self.unchanged),
            "waiting": {"parties": self.waiting_parties, "units": self.waiting_units},
            "amendments": [
                {"kind": one.kind, "subject": one.subject, "field": one.field, "old": one.old, "new": one.new}
                for one in self.amendments
            ],
            "missing": list(self.missing),
            "conflicts": [{"lines": list(one.lease.lines), "what": one.what} for one in self.conflicts],
        }


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did: counts of what was saved and of what was registered on chain."""

    leases: int
    amendments: int
    parties: int
    units: int


# ------------------------------------------------------------------ plan


def plan_import(store: Store, report: RollReport, *, skip_bad: bool = False) -> ImportPlan:
    """Compare a roll with the store. Changes nothing.

    Raises InputError if the report has problems, unless skip_bad: then only its good lines count. Conflicts
    are problems too, and left out likewise.
    """
    if report.cutover is None or (report.problems and not skip_bad):
        first = f": {report.problems[0]}" if report.problems else ""
        raise InputError(
            f"{report.path} has {len(report.problems)} problems{first}",
            "Put them right, or leave the bad lines out with --skip-bad.",
        )
    with store.writing() as session:
        stored = {row.key: row for row in session.scalars(select(Lease))}
        parties = {row.key: row for row in session.scalars(select(Party))}
        units = {row.key: row for row in session.scalars(select(Unit))}
        told = list(session.scalars(select(Amendment).order_by(Amendment.id)))
    seen = {(row.subject, row.field, row.new) for row in told}
    applied = {(row.subject, row.field): row.new for row in told if row.state == "applied"}
    conflicts = [found for draft in report.leases if (found := _conflict(draft, stored)) is not None]
    if conflicts and not skip_bad:
        lines = ", ".join(str(one.lease.lines[0]) for one in conflicts)
        raise InputError(
            f"{report.path}, line {lines}: {conflicts[0].what}",
            "End the earlier lease first, or correct the days; or leave these lines out with --skip-bad.",
        )
    left_out = {one.lease.key for one in conflicts}
    known = [draft for draft in report.leases if draft.key in stored]
    leases = tuple(draft for draft in report.leases if draft.key not in stored and draft.key not in left_out)
    changes = [change for draft in known for change in _lease_changes(draft, stored[draft.key], applied)]
    changes += [change for unit in report.units if unit.key in units for change in _unit_changes(unit, units)]
    changed = {change.subject for change in changes}
    new_units = tuple(unit for unit in report.units if unit.key not in units)
    # somebody named by a changed line alone is an amendment's matter, not a new party
    needed = {unit.owner for unit in new_units}
    for draft in leases:
        needed |= {draft.landlord, *draft.tenants, draft.manager, draft.arbiter}
    return ImportPlan(
        sha256=report.sha256,
        file=report.path,
        cutover=report.cutover,
        parties=tuple(one for one in report.parties if one.key in needed and one.key not in parties),
        units=new_units,
        leases=leases,
        unchanged=tuple(draft.key for draft in known if draft.key not in changed),
        amendments=tuple(
            change for change in changes if (change.subject, change.field, change.new) not in seen
        ),
        conflicts=tuple(conflicts),
        missing=_missing(report, stored),
        waiting_parties=sum(row.id is None for row in parties.values()),
        waiting_units=sum(row.id is None for row in units.values()),
    )


def _missing(report: RollReport, stored: dict[str, Lease]) -> tuple[str, ...]:
    """Leases of the books that no line is about, not even a bad one."""
    named = {draft.key for draft in report.leases}
    unclear = {row.unit for row in report.rows if not row.good}
    left = [row for key, row in stored.items() if key not in named and row.unit not in unclear]
    return tuple(sorted(row.key for row in left if row.state != "ended"))


def _conflict(draft: LeaseDraft, stored: dict[str, Lease]) -> Conflict | None:
    if draft.key in stored:
        return None
    for row in stored.values():
        if row.unit == draft.unit and row.state != "ended":
            start, end = draft.terms.start_day, draft.terms.end_day
            if start < row.end_day and row.start_day < end:
                days = f"{format_day(Day(row.start_day))} to {format_day(Day(row.end_day - 1))}"
                return Conflict(draft, row.key, f"the unit {draft.unit} is leased from {days} by the books")
    return None


def _lease_changes(draft: LeaseDraft, row: Lease, applied: dict[tuple[str, str], str]) -> list[Change]:
    """What the roll says of an imported lease that differs from what was imported and amended since.

    Figures at the cut-over count only if the cut-over is the same: later ones are kept by the chain."""
    before = draft_from_json(row.draft)
    old, new = dict(before.agreed), dict(draft.agreed)
    old |= {field: text for (subject, field), text in applied.items() if subject == draft.key}
    if before.cutover == draft.cutover:
        for name in sorted({*before.books, *draft.books}):
            old[name] = format_money(Money(before.books.get(name, 0)))
            new[name] = format_money(Money(draft.books.get(name, 0)))
    else:
        later = max(before.cutover, draft.cutover)
        for one in (old, new):
            one["steps"] = _steps_after(one.get("steps", ""), later)
        if new.get("rent") == _rent_on(before, draft.cutover):
            new["rent"] = old["rent"]
    return [
        Change("lease", draft.key, name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]


def _steps_after(steps: str, day: Day) -> str:
    parts = [part for part in steps.split("; ") if part]
    return "; ".join(part for part in parts if part[:_STEP_DAY] > format_day(day))


def _rent_on(before: LeaseDraft, day: Day) -> str:
    """The rent that the imported terms foresee on a day, as the roll writes it."""
    schedule = Schedule.of(before.terms)
    label = label_of(schedule.anchor, day)
    rents = [segment.rent for segment in schedule.segments if segment.label <= label]
    return format_money(Money(rents[-1] if rents else before.terms.rent))


def _unit_changes(unit: UnitDraft, units: dict[str, Unit]) -> list[Change]:
    row = units[unit.key]
    pairs = [
        ("owner", row.owner, unit.owner),
        ("kind", row.kind, unit.kind),
        ("area", format_area(Area(row.area)), format_area(unit.area)),
        ("share", f"{row.share / 10_000:g}%", f"{unit.share / 10_000:g}%"),
    ]
    return [Change("unit", unit.key, name, old, new) for name, old, new in pairs if old != new]


# ------------------------------------------------------------------ apply


def apply_plan(
    store: Store,
    plan: ImportPlan,
    registrar: Registrar,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Applied:
    """Save the drafts in one transaction, then register every party and unit without an id.

    progress: called with how many are registered, of how many. Raises StoreError if another import runs, and
    what the registrar raises; running the same import again continues.
    """
    with store.exclusive():
        if plan.parties or plan.units or plan.leases or plan.amendments:
            _save(store, plan)
        parties, units = register_waiting(store, registrar, progress=progress)
    return Applied(len(plan.leases), len(plan.amendments), parties, units)


def _save(store: Store, plan: ImportPlan) -> None:
    with store.writing() as session:
        batch = session.scalar(select(Batch).where(Batch.sha256 == plan.sha256))
        if batch is None:
            batch = Batch(sha256=plan.sha256, file=plan.file, cutover=plan.cutover, imported_at=store.now())
            session.add(batch)
            session.flush()
        for party in plan.parties:
            session.add(
                Party(
                    key=party.key,
                    kind=party.kind,
                    name=party.name,
                    contact=party.contact,
                    wallet=party.wallet,
                    roles=list(party.roles),
                )
            )
        session.flush()
        for unit in plan.units:
            session.add(_unit_row(session, unit))
        session.flush()
        for draft in plan.leases:
            session.add(
                Lease(
                    key=draft.key,
                    unit=draft.unit,
                    batch=batch.id,
                    state="planned",
                    draft=draft_to_json(draft),
                    start_day=draft.terms.start_day,
                    end_day=draft.terms.end_day,
                )
            )
        for change in plan.amendments:
            session.add(
                Amendment(
                    kind=change.kind,
                    subject=change.subject,
                    batch=batch.id,
                    field=change.field,
                    old=change.old,
                    new=change.new,
                    state="open",
                )
            )


def _unit_row(session: Session, unit: UnitDraft) -> Unit:
    building = session.scalar(select(Building).where(Building.name == unit.building))
    if building is None:
        building = Building(name=unit.building)
        session.add(building)
        session.flush()
    return Unit(
        key=unit.key,
        building=building.number,
        label=unit.label,
        kind=unit.kind,
        area=unit.area,
        share=unit.share,
        address=unit.address,
        owner=unit.owner,
    )


# ------------------------------------------------------------------ drafts of the store


def drafts(store: Store, *states: str) -> list[LeaseDraft]:
    """The drafts of the leases in these states (none named: all)."""
    return [draft_from_json(row.draft) for row in store.leases(*states)]
