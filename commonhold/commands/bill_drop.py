"""`commonhold bill object | withdraw`: a posted run that is not to be approved."""

from collections.abc import Callable

from commonhold.chain.call import Call
from commonhold.commands.arguments import ReasonOption, RunArgument
from commonhold.commands.options import Desk, signed
from commonhold.ops.billing.desk import check_droppable
from commonhold.ops.reasons import hash_of_reason
from commonhold.present import say


def _drop(desk: Desk, run: int, reason: str, word: str, call: Callable[[int, bytes], Call]) -> None:
    hashed, suite = hash_of_reason(reason), desk.session.suite
    posted = check_droppable(suite, run)
    if desk.dry:
        say(f"Run {run}, {posted}, can be {word}. Nothing was sent.")
        return
    desk.confirm(f"Run {run}, {posted}: nobody will ever owe its bills?")
    with desk.sending() as sender:
        sender.send(call(run, hashed))
    say(f"Run {run} is {word}: it can be posted again, put right, under the next number.")


@signed("COMMITTEE", dry=True)
def object_to(desk: Desk, run: RunArgument, reason: ReasonOption) -> None:
    """The committee's no to a posted run; a corrected one can be posted."""
    _drop(desk, run, reason, "objected to", lambda one, why: desk.session.suite.bills.object_to_run(one, why))


@signed("MANAGER", dry=True)
def withdraw(desk: Desk, run: RunArgument, reason: ReasonOption) -> None:
    """Take a run back that nobody has approved; a corrected one can be posted."""
    _drop(desk, run, reason, "withdrawn", lambda one, why: desk.session.suite.bills.withdraw_run(one, why))
