"""Bring a fee schedule on chain, by a maker and a checker; the same file again changes nothing.

plan = plan_schedule(suite, schedule, parties)     what is missing: proposals, and approvals that wait
propose(plan, sender) · approve(plan, sender)       two persons, two runs
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from commonhold.chain.contracts import Suite
from commonhold.chain.send import Order, Sender
from commonhold.errors import InputError
from commonhold.ops.intake.feeschedule import CategoryDraft, Schedule
from commonhold.ops.intake.problems import Problem
from commonhold.rules.calendar import month_of
from commonhold.rules.tariff import MAX_AHEAD, Category, CategoryKind, Tariff


@dataclass(frozen=True, slots=True)
class Step:
    """One category or tariff that is not in force yet. number: of the category, 0 = not proposed yet."""

    name: str
    number: int
    name_hash: bytes
    category: Category | None = None
    month: int = 0
    rate: int = 0
    waiting: bool = False  # proposed as it is, for the checker

    def __str__(self) -> str:
        if self.category is not None:
            return f"category {self.name}"
        return f"tariff of {self.name} from {1970 + self.month // 12}-{self.month % 12 + 1:02}"

    def as_json(self) -> dict[str, Any]:
        what = "category" if self.category is not None else "tariff"
        found = {"what": what, "name": self.name, "waiting": self.waiting}
        return found if what == "category" else {**found, "month": self.month, "rate": str(self.rate)}


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """steps: what is missing. problems: what the chain or the books make of the schedule."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]


def party_of(name: str, parties: Mapping[str, int]) -> int:
    """The id of a party by its name in the books, or written as "party 7"; 0 if unknown."""
    word, _, number = name.partition(" ")
    if word.lower() == "party" and number.isdigit():
        return int(number)
    return parties.get(name, 0)


def plan_schedule(suite: Suite, schedule: Schedule, parties: Mapping[str, int]) -> SchedulePlan:
    """Compare a schedule with the chain. The tariffs of a category come when it is approved."""
    steps: list[Step] = []
    problems: list[Problem] = []
    numbers = suite.tariffs.named([draft.name_hash for draft in schedule.categories])
    now = month_of(suite.fees.today())
    for draft, number in zip(schedule.categories, numbers, strict=True):
        wanted = _wanted(draft, parties, problems)
        if wanted is None:
            continue
        found = suite.tariffs.category_of(number) if number else None
        if found is None:
            waiting = number != 0 and suite.tariffs.proposed(number) == wanted
            steps.append(Step(draft.name, number, draft.name_hash, wanted, waiting=waiting))
            continue
        category, tariff = found
        if category != wanted:
            advice = (
                "Terms of a category never change: give the new ones another name (its payee: proposePayee)."
            )
            problems.append(
                Problem(draft.line, "category", draft.name, "the chain has other terms for it", advice)
            )
            continue
        steps += _tariffs(suite, draft, number, tariff, now, problems)
    return SchedulePlan(tuple(steps), tuple(problems))


def _wanted(draft: CategoryDraft, parties: Mapping[str, int], problems: list[Problem]) -> Category | None:
    payee = party_of(draft.payee, parties)
    manager = party_of(draft.manager, parties) if draft.manager else 0
    for column, name, party in (("payee", draft.payee, payee), ("manager", draft.manager, manager)):
        if name and not party:
            advice = "Import or register it first, or write its number: party 7."
            problems.append(Problem(draft.line, column, name, "the books do not know this party", advice))
    known = payee and (manager or not draft.manager)
    return replace(draft.terms, payee=payee, manager=manager) if known else None


def _tariffs(
    suite: Suite, draft: CategoryDraft, number: int, tariff: Tariff, now: int, problems: list[Problem]
) -> list[Step]:
    """The earliest rate that the chain has not got: one proposal of a category waits at a time."""
    agreed = {version.month: version.rate for version in tariff.versions}
    missing = {month: rate for month, rate in sorted(draft.rates.items()) if agreed.get(month) != rate}
    steps = []
    for month, rate in missing.items():
        if draft.terms.kind == CategoryKind.POSTED:
            continue
        if not now < month <= now + MAX_AHEAD:
            advice = "A tariff begins on the first of a month after this one, at most 24 months ahead."
            problems.append(
                Problem(draft.line, "from", draft.name, "this month cannot be agreed any more", advice)
            )
            continue
        waiting = suite.tariffs.pending_of(number) == (month, rate)
        steps.append(Step(draft.name, number, draft.name_hash, None, month, rate, waiting))
    return steps[:1]


def propose(suite: Suite, plan: SchedulePlan, sender: Sender) -> int:
    """The maker's part; answers how many proposals were sent."""
    steps = [step for step in plan.steps if not step.waiting]
    return _send(
        sender,
        [
            suite.tariffs.propose_category(step.category, step.name_hash)
            if step.category is not None
            else suite.tariffs.propose_tariff(step.number, step.month, step.rate)
            for step in steps
        ],
    )


def approve(suite: Suite, plan: SchedulePlan, sender: Sender) -> int:
    """The checker's part: only what was proposed exactly as the file says; answers how many were sent."""
    steps = [step for step in plan.steps if step.waiting]
    return _send(
        sender,
        [
            suite.tariffs.approve_category(step.number, step.category)
            if step.category is not None
            else suite.tariffs.approve_tariff(step.number, step.month, step.rate)
            for step in steps
        ],
    )


def _send(sender: Sender, calls: list[Any]) -> int:
    outcomes = sender.send_many([Order(sender.signer, call) for call in calls]) if calls else []
    failed = [outcome for outcome in outcomes if outcome.receipt is None]
    if failed:
        raise InputError(
            f"{len(failed)} of {len(outcomes)} were not taken.",
            "Run the command again: what is there already is left alone.",
        )
    return len(outcomes)
