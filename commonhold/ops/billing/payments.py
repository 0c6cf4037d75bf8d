"""Money for bills outside mandates: what somebody pays for one, and what is repaid after a credit note.

Whoever pays brings the money. Amounts [cmt].
"""

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.bills import BillState, RunState
from commonhold.chain.send import Sender
from commonhold.errors import InputError
from commonhold.ops.billing.corrections import OneBill, at_most, need_issued
from commonhold.ops.paying import send_with_money


def payable(suite: Suite, found: OneBill) -> int:
    """What can be paid for a bill now; what is in dispute is not among it. Raises InputError if nothing."""
    one, run = found.standing, found.run.values["run"]
    if one.state is BillState.NONE:
        if suite.bills.run_of(run)[0] is not RunState.APPROVED:
            raise InputError(f"Run {run} is not approved: nobody owes its bills.", "bill approve does that.")
        return found.run.bills[found.index].amount
    if one.state is BillState.PAID_AT_ONCE:
        raise InputError("This bill was paid by its proof: nothing of it is owed.", "Nothing was sent.")
    most = one.open - one.disputed + one.late_fees
    if not most:
        words = "What is open of this bill is in dispute" if one.disputed else "Nothing of this bill is owed"
        raise InputError(f"{words}.", "Nothing was sent.")
    return most


def repayable(found: OneBill) -> int:
    """What is to be repaid for a bill. Raises InputError if nothing."""
    if found.standing.state is BillState.NONE:
        need_issued(found)
    if not found.standing.repayable:
        raise InputError(
            "Nothing of this bill is to be repaid.", "What was paid too much is said by bill credit-note."
        )
    return found.standing.repayable


def sum_of(wanted: int | None, what: str, most: int) -> int:
    """The sum that is asked for, all of it where none is. Raises InputError."""
    if wanted is None:
        return most
    if wanted == 0:
        raise InputError("Nothing is paid by 0.", "Give an amount, or none for all.")
    at_most(what, wanted, most)
    return wanted


def pay(suite: Suite, sender: Sender, found: OneBill, amount: int) -> None:
    """By its key where the bill is on the books, otherwise by its proof. Raises InputError, CallRefused."""
    bill = found.run.bills[found.index]
    if found.standing.state is BillState.ISSUED:
        call = suite.bills.pay(found.key, bill.party, amount)
    else:
        proof = found.run.tree.proof(found.index)
        call = suite.bills.pay_by_proof(found.run.values["run"], bill.as_tuple(), proof, amount)
    send_with_money(suite, sender, call, amount)


def repay(suite: Suite, sender: Sender, found: OneBill, amount: int) -> None:
    """To the billed party. Raises InputError, CallRefused."""
    send_with_money(suite, sender, suite.bills.repay(found.key, amount), amount)
