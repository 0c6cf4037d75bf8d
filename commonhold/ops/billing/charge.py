"""A single charge: one bill for one unit, with its reason in words, as a run of its own.

What was said of runs holds for it: its file is kept before anything is sent, the committee approves it, and
its receipt proves itself. Its version counts from FIRST_VERSION on, so that it never takes the place of the
bill that a run of the same category and month has for the unit.
"""

from pathlib import Path
from typing import Final

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.bills import BillState
from commonhold.errors import InputError
from commonhold.ops.billing import runs
from commonhold.ops.billing.desk import place_of
from commonhold.ops.billing.draft import Draft, DraftBill
from commonhold.ops.billing.formula import Fixed, Formula
from commonhold.ops.billing.lines import lines_of
from commonhold.ops.billing.runs import RunFile
from commonhold.rules.bills import key_of
from commonhold.rules.metering import Counter
from commonhold.rules.tiers import ONE, Method, Tier
from commonhold.text import clean

FIRST_VERSION: Final = 1_001
_MOST: Final = 50  # charges of one unit, category and month
_LONGEST: Final = 80  # of the reason [characters]


def formula_of(text: str, category: int, amount: int) -> Formula:
    """The formula of one charge: nothing but its amount. Raises InputError. [cmt]"""
    name = clean(text)
    if not 0 < len(name) <= _LONGEST:
        raise InputError(f"The reason has {len(name)} characters.", f"Say in 1 to {_LONGEST} what it is for.")
    if amount <= 0:
        raise InputError("A charge is more than nothing.", "What is too much goes back by a credit note.")
    return Formula(
        name=name,
        category=category,
        use="unit",
        method=Method.CUMULATIVE,
        bills="owner",
        tiers=(Tier(0, None, 0),),
        fixed=(Fixed(name, amount),),
        shared=(),
        counter=Counter(100_000 * ONE, 1_000 * ONE),
        dispute_days=0,
    )


def draft_of(formula: Formula, period: int, unit: int, party: int) -> Draft:
    """The one bill. period [month]"""
    return Draft(formula, period, (DraftBill(unit, party, (), tuple(lines_of(formula, (), ()))),), ())


def prepare(suite: Suite, folder: Path, draft: Draft, due_day: int) -> RunFile:
    """The charge's file, written already; as it was left if posting the same charge was interrupted."""
    here, (bill,) = place_of(suite), draft.bills
    number = here.bills.run_count() + 1
    for run in runs.every(folder):
        if _is(run, draft, due_day) and not run.values["transaction"]:
            landed = here.bills.posted_terms(run.values["run"])
            if run.values["run"] == number or (landed is not None and bytes(landed[0][0]) == run.root):
                return run
    made = runs.make_run(
        draft,
        chain_id=here.chain_id,
        contract=here.bills.address,
        run=number,
        due_day=due_day,
        version=_version(suite, folder, draft, bill.unit),
        single=True,
    )
    runs.save(folder, made)
    return made


def _is(run: RunFile, draft: Draft, due_day: int) -> bool:
    """Whether a file is of this charge."""
    v, (bill,) = run.values, draft.bills
    if not run.single:
        return False
    same = (v["category"], v["period"], v["due_day"]) == (draft.formula.category, draft.period, due_day)
    one = v["bills"][0]
    lines_hash = "0x" + bill.lines_hash(draft.formula).hex()
    return same and (one["unit"], one["party"], one["lines_hash"]) == (bill.unit, bill.party, lines_hash)


def _version(suite: Suite, folder: Path, draft: Draft, unit: int) -> int:
    """The first version that neither the chain nor a file of this folder has used."""
    category, period = draft.formula.category, draft.period
    versions = range(FIRST_VERSION, FIRST_VERSION + _MOST)
    keys = [key_of(unit, category, period, version) for version in versions]
    standings = suite.bills.bills_of(keys)
    taken = {
        key_of(one["unit"], run.values["category"], run.values["period"], one["version"])
        for run in runs.every(folder)
        if run.single
        for one in run.values["bills"]
    }
    for version, key, one in zip(versions, keys, standings, strict=True):
        if one.state is BillState.NONE and key not in taken:
            return version
    raise InputError(
        f"Unit {unit} has {_MOST} single charges of this category and month.", "Choose another month."
    )
