"""One landlord, two tenants, one home: the smallest community with a lease, in contract and twin."""

from commonhold.rules.calendar import boundary, month_of
from tests.mirror import Mirror

RENT = 1_000_000


class Home:
    """A landlord, two tenants with mandates, and the first day of a month."""

    def __init__(self, funds: int = 100 * RENT) -> None:
        self.mirror = Mirror()
        self.landlord = self.mirror.person(units=3, allowance=True)
        self.anna, self.bert = (self.mirror.person(funds=funds, allowance=True) for _ in range(2))
        self.first = boundary(1, month_of(self.mirror.day) + 1)
        self.mirror.to_day(self.first)
        for tenant in (self.anna, self.bert):
            self.mirror.mandate(tenant, 100 * RENT, month_of(self.first) + 60)

    def month(self, months: int, day: int = 1) -> int:
        """A day of a later month."""
        return boundary(day, month_of(self.first) + months)

    def lease(self, **terms: object) -> int:
        values = {"rent": RENT, "start_day": self.first, "end_day": self.month(12)} | terms
        lease = self.mirror.activate(self.landlord, [self.anna], **values)
        assert lease
        return lease
