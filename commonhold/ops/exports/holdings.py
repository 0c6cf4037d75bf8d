"""What each contract of the suite holds, and for whom: the pots behind its one balance.

A transaction can change only the pots that its logs name; those are read again from the books after it.
Amounts [cmt].
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from commonhold.chain.rawlogs import Log
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.exchange import DESK
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.leases import ESCROW, LEASES
from commonhold.ops.audit.replay import Books
from commonhold.ops.exports.accounts import Account

_REQUESTED: Final = 1  # state of a redemption that is open
_WAITING: Final = ("ShareHeld", "OwedWithdrawn")
_MANY: Final = ("PausedUntil", "Retired", "TermsCancelled", "OfferNonceRaised")


def prepaid(lease: int) -> Account:
    return Account(LEASES, "prepaid", "lease", lease)


def deposit(lease: int) -> Account:
    return Account(ESCROW, "deposit", "lease", lease)


def fee_prepaid(account: int) -> Account:
    return Account(FEES, "prepaid", "account", account)


def withheld(payee: int) -> Account:
    return Account(FEES, "withheld", "party", payee)


def owed(contract: str, party: int) -> Account:
    """A share that waits for a party."""
    return Account(contract, "owed", "party", party)


def requested(redemption: int) -> Account:
    return Account(DESK, "request", "redemption", redemption)


def touched(log: Log) -> Iterator[Account]:
    """The pots that a log may have changed."""
    contract, event, values = log.contract, log.event, log.values
    if contract in (LEASES, ESCROW, FEES, BILLS) and event in _WAITING:
        yield owed(contract, values[0])
    elif contract == LEASES:
        if event not in _MANY:
            yield prepaid(values[0])
    elif contract == ESCROW:
        yield deposit(values[0])
        yield prepaid(values[0])
    elif contract == DESK:
        yield requested(values[0])
    elif contract == FEES:
        yield from _of_fees(event, values)


def _of_fees(event: str, values: tuple[int, ...]) -> Iterator[Account]:
    if event == "ShareWithheld":
        yield withheld(values[0])
        return
    if event in ("PausedUntil", "Retired", "FurtherClearanceSet", "AssumptionNonceRaised"):
        return
    if event in ("ClearanceGiven", "DebtAssumption"):
        return
    yield fee_prepaid(values[0])
    if event in ("PrepaymentMoved", "AccountFollowed"):
        yield fee_prepaid(values[1])
    if event in ("CreditDue", "CreditPaid"):
        yield withheld(values[1])


def held(books: Books, account: Account) -> int:
    """What is in one pot now. [cmt]"""
    return _READ[account.owner, account.what](books, account.id)


def _lease_pot(books: Books, lease: int) -> int:
    found = books.leases.leases.get(lease)
    return sum(account.pot for account in found.accounts) if found is not None else 0


def _fee_pot(books: Books, account: int) -> int:
    found = books.fees.accounts.get(account)
    return found.pot if found is not None else 0


def _request(books: Books, redemption: int) -> int:
    found = books.desk.requests.get(redemption)
    return found.amount if found is not None and found.state == _REQUESTED else 0


_READ: Final[Mapping[tuple[str, str], Callable[[Books, int], int]]] = {
    (LEASES, "prepaid"): _lease_pot,
    (LEASES, "owed"): lambda books, party: books.leases.owed.get(party, 0),
    (ESCROW, "deposit"): lambda books, lease: books.escrow.twin.deposit(lease).left,
    (ESCROW, "owed"): lambda books, party: books.escrow.twin.owed.get(party, 0),
    (DESK, "request"): _request,
    (FEES, "prepaid"): _fee_pot,
    (FEES, "withheld"): lambda books, payee: books.fees.withheld.get(payee, 0),
    (FEES, "owed"): lambda books, party: books.fees.owed.get(party, 0),
    (BILLS, "owed"): lambda books, party: books.bills.owed.get(party, 0),
}
