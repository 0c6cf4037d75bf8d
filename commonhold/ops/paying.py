"""Money that a signer brings: his mandate gives it where it covers the sum, an allowance otherwise."""

from typing import Final

from commonhold.chain.call import Call
from commonhold.chain.contracts import Suite
from commonhold.chain.send import CallRefused, Sender
from commonhold.errors import InputError
from commonhold.units import Money, format_money

_NO_ALLOWANCE: Final = "ERC20InsufficientAllowance"


def send_with_money(suite: Suite, sender: Sender, call: Call, amount: int) -> None:
    """A call that takes `amount` from its sender; an allowance over exactly that is sent first if need be.

    amount [cmt]. Raises InputError where there is not so much, CallRefused.
    """
    there = suite.token.balance_of(sender.address)
    if there < amount:
        raise InputError(
            f"{sender.address} has {format_money(Money(there))}, less than {format_money(Money(amount))}.",
            "Give it community money, or name another key. Nothing was sent.",
        )
    try:
        sender.simulate(call)
    except CallRefused as error:
        if error.refusal.name != _NO_ALLOWANCE or call.to is None:
            raise
        sender.send(suite.token.approve(call.to, amount))
    sender.send(call)
