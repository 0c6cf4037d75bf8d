"""How the commands of fees show an account."""

from commonhold.chain.contracts.fees import FeeAccount
from commonhold.commands.options import Desk
from commonhold.ops.fees import accounts as fee_accounts
from commonhold.present import money, print_json, say


def _told(number: int, one: FeeAccount) -> str:
    return (
        f"Account {number}: {money(one.due)} due, {money(one.late_fees)} of late fees, "
        f"{money(one.pot)} prepaid" + (f", {money(one.plan_left)} left of a plan." if one.plan_left else ".")
    )


def done(desk: Desk, number: int, as_json: bool) -> None:
    """How the account stands now."""
    one = fee_accounts.account_of(desk.session.suite, number)
    if as_json:
        print_json({"dry_run": desk.dry, **fee_accounts.AccountRow(number, one).as_json()})
    say(_told(number, one))
    if desk.dry:
        say("Nothing was sent.")
