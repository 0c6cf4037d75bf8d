"""What the party of a fee account does, or anybody for it: pay, take prepaid money back, pay in parts.

Whatever the contract would refuse is an InputError with what to do, as far as it can be known. [cmt, day]
"""

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.fees import FeeAccount
from commonhold.errors import InputError
from commonhold.rules.fee_book import MAX_INSTALMENTS, MAX_START_DAYS
from commonhold.units import Day, Money, format_day, format_money


def sum_to_pay(account: FeeAccount, wanted: int | None) -> int:
    """The sum that is asked for; all that is owed where none is. Raises InputError. [cmt]"""
    if wanted is not None:
        if wanted == 0:
            raise InputError("Nothing is paid by 0.", "Give an amount, or none for all that is owed.")
        return wanted
    if not account.owing:
        raise InputError("Nothing is owed on this account.", "Give an amount to pay ahead.")
    return account.owing


def sum_to_refund(account: FeeAccount, wanted: int | None) -> int:
    """Of what was paid ahead; all of it where no sum is asked for. Raises InputError. [cmt]"""
    if not account.pot:
        raise InputError("Nothing was paid ahead on this account.", "fee list shows what is prepaid.")
    if wanted is None:
        return account.pot
    if not 0 < wanted <= account.pot:
        most = format_money(Money(account.pot))
        raise InputError(f"{format_money(Money(wanted))} cannot be taken back.", f"At most {most}.")
    return wanted


def pay(suite: Suite, number: int, account: FeeAccount, amount: int) -> Call:
    """The payer names what he pays for."""
    return suite.fees.pay(number, account.unit, account.category, account.party, amount)


def check_plan(account: FeeAccount, parts: int, first: int, today: int) -> None:
    """Raises InputError for a plan that nobody could agree to. first, today [day]"""
    if not 2 <= parts <= MAX_INSTALMENTS:
        raise InputError(f"A plan has 2 to {MAX_INSTALMENTS} parts, not {parts}.", "Such as --parts 6.")
    if not today < first <= today + MAX_START_DAYS:
        days = format_day(Day(today + 1)), format_day(Day(today + MAX_START_DAYS))
        raise InputError("The first part cannot fall due on that day.", f"From {days[0]} to {days[1]}.")
    if account.plan_left:
        raise InputError("A plan is running on this account.", "Another one can follow when it is paid.")
    if account.due < parts:
        raise InputError("There is nothing due to be paid in parts.", "fee list shows what is due.")
