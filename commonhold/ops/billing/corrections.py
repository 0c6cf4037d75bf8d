"""What is done about a bill that somebody finds wrong: disputes, waivers, credit notes.

Waivers and credit notes take two persons: the manager proposes, the committee repeats it word for word. The
chain keeps the hash of the reason; its text is for the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.bills import Adjustment, AdjustmentKind, BillState, Standing
from commonhold.chain.send import Sender
from commonhold.errors import InputError
from commonhold.ops.billing.runs import RunFile
from commonhold.ops.reasons import hash_of_reason
from commonhold.rules.bills import key_of
from commonhold.units import Day, Money, format_day, format_money


@dataclass(frozen=True, slots=True)
class OneBill:
    """A bill of a run, as its file and the chain have it."""

    run: RunFile
    index: int
    key: int
    standing: Standing

    def as_json(self) -> Mapping[str, Any]:
        """Amounts in base units as decimal strings [cmt]."""
        one = self.standing
        sums = {
            "open": one.open,
            "late_fees": one.late_fees,
            "removed": one.removed,
            "disputed": one.disputed,
        }
        sums |= {"amount": self.run.bills[self.index].amount, "repayable": one.repayable}
        return {
            "run": self.run.values["run"],
            "unit": self.run.bills[self.index].unit,
            "party": self.run.bills[self.index].party,
            "key": str(self.key),
            "state": one.state.name,
            **{name: str(amount) for name, amount in sums.items()},
        }


def find(suite: Suite, run: RunFile, unit: int) -> OneBill:
    """The bill of a unit. Raises InputError if the run has none."""
    index, v = run.index_of(unit), run.values
    key = key_of(unit, v["category"], v["period"], run.bills[index].version)
    return OneBill(run, index, key, suite.bills.bills_of([key])[0])


def need_issued(found: OneBill) -> None:
    """Raises InputError for a bill that is not on the books."""
    if found.standing.state is BillState.NONE:
        raise InputError("This bill is not on the books yet.", "bill issue puts it there.")
    if found.standing.state is BillState.PAID_AT_ONCE:
        raise InputError(
            "This bill was paid by its proof: nothing of it is owed.",
            "What was wrong in it goes back by a credit note.",
        )


def at_most(what: str, amount: int, most: int) -> None:
    """Raises InputError beyond `most`. [cmt]"""
    if amount > most:
        raise InputError(f"{format_money(Money(amount))} is more than {what}.", _upto(most))
    if amount < 0:
        raise InputError("An amount is not negative.", _upto(most))


def _upto(most: int) -> str:
    return f"At most {format_money(Money(most))}." if most else "There is nothing of it left."


def check_dispute(found: OneBill, amount: int, today: int) -> None:
    """Raises InputError where the contract would refuse. amount [cmt], today [day]"""
    need_issued(found)
    one = found.standing
    if today > one.last_on_time_day:
        last = format_day(Day(one.last_on_time_day))
        raise InputError(f"This bill could be disputed until {last}.", "Ask for a waiver or a credit note.")
    if amount == 0:
        raise InputError("Nothing is disputed by 0.", "Give the part that is wrong.")
    at_most("what is open", amount, one.open)


def check_disputed(found: OneBill) -> None:
    """Raises InputError for a bill that is not in dispute."""
    need_issued(found)
    if not found.standing.dispute_until:
        raise InputError("This bill is not in dispute.", "commonhold receipt RUN UNIT shows how it stands.")


def check_decision(found: OneBill, removed: int) -> None:
    """Raises InputError where the contract would refuse. [cmt]"""
    check_disputed(found)
    at_most("what is disputed", removed, found.standing.disputed)


def adjustment_of(
    found: OneBill, kind: AdjustmentKind, principal: int, late_fees: int, reason: str
) -> Adjustment:
    """A waiver or credit note that the contract would take now. Raises InputError. [cmt]"""
    one = found.standing
    if one.dispute_until:
        until = format_day(Day(one.dispute_until))
        raise InputError(f"This bill is in dispute until {until}.", "Decide that first: bill resolve.")
    if principal + late_fees == 0:
        raise InputError("Nothing is taken off by 0.", "Give an amount, or --late-fees.")
    if kind is AdjustmentKind.WAIVER:
        need_issued(found)
        most = one.open
    else:
        if one.state is BillState.NONE:
            need_issued(found)
        most = found.run.bills[found.index].amount - one.removed
    at_most("what is open" if kind is AdjustmentKind.WAIVER else "the bill", principal, most)
    at_most("the late fees that are owed", late_fees, one.late_fees)
    return Adjustment(found.key, kind, principal, late_fees, hash_of_reason(reason))


def propose(suite: Suite, sender: Sender, found: OneBill, adjustment: Adjustment) -> None:
    """The manager's part. A bill that was paid by its proof comes onto the books first."""
    if found.standing.state is BillState.PAID_AT_ONCE:
        leaf, proof = found.run.bills[found.index].as_tuple(), found.run.tree.proof(found.index)
        sender.send(suite.bills.record(found.run.values["run"], leaf, proof))
    sender.send(suite.bills.propose_adjustment(adjustment))


def approve(suite: Suite, sender: Sender, adjustment: Adjustment) -> None:
    """The committee's part: the same once more."""
    sender.send(suite.bills.approve_adjustment(adjustment))
