"""What the contracts that pay shares out have in common: shares that wait for a party, the pause, the end."""

from typing import Any, ClassVar

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.parties import PartyBook
from commonhold.rules.shares import Outgo


class Payer:
    """The part of a book of leases, fees or bills that is the same in all three."""

    NAME: ClassVar[str]  # of the contract

    findings: Findings
    parties: PartyBook
    owed: Outgo
    paused_until: int
    retired: bool

    def pay_party(self, party: int, amount: int, moment: Moment) -> None:
        """A share goes out, or waits in `owed`. [cmt]"""
        self.owed.add(party, self.parties.pay(self.NAME, party, amount, moment))

    def share_held(self, values: tuple[Any, ...], moment: Moment) -> None:
        moment.held_back(self.NAME, *values)

    def owed_withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, amount = values
        expected = self.owed.pop(party, 0)
        self.findings.check(self.NAME, f"party {party}", "OwedWithdrawn.amount", expected, amount)
        moment.purpose("share_withdrawn", "party", party)
        self.pay_party(party, expected, moment)

    def paused(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.paused_until = values[0]

    def retire(self, values: tuple[Any, ...], moment: Moment) -> None:
        self.retired = True
