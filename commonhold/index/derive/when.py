"""Where and when a log was told."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

Handler = Callable[[tuple[Any, ...], "When"], None]
NOBODY: Final = "0x" + "00" * 20


class When(NamedTuple):
    """One log's place. time [unix], day [day]."""

    block: int
    place: int
    time: int
    day: int
    transaction: str
    contract: str
    event: str


def payment(
    when: When,
    subject: int,
    party: int,
    *,
    payer: str = "",
    code: int = 0,
    principal: int = 0,
    late_fees: int = 0,
    prepaid: int = 0,
    amount: int | None = None,
) -> dict[str, Any]:
    """One line of `payments`. amount: where it is not the sum of the other three [cmt]."""
    return {
        "block": when.block,
        "place": when.place,
        "time": when.time,
        "day": when.day,
        "transaction": when.transaction,
        "contract": when.contract,
        "event": when.event,
        "subject": subject,
        "party": party,
        "payer": payer,
        "code": code,
        "principal": principal,
        "late_fees": late_fees,
        "prepaid": prepaid,
        "amount": principal + late_fees + prepaid if amount is None else amount,
    }
