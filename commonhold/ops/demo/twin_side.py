"""The twin's side of the story: `commonhold.rules` alone. Nothing here has ever seen a node."""

from collections.abc import Sequence

from commonhold.ops.demo.sides import AccountFigures, LeaseFigures, Line, Picture, Result, Settled
from commonhold.rules.community import ESCROW, LEASES, MAX_BATCH, Community
from commonhold.rules.ledger import Change
from commonhold.rules.mandates import Mandate
from commonhold.rules.rent import ChangeKind
from commonhold.rules.terms import LeaseTerms
from commonhold.units import Day


class TwinSide:
    """A community replayed from the terms, the scenario and the calendar.

    collectors: bits of all contracts that mandates name, the leases' among them."""

    def __init__(self, bit: int, office: int, collectors: int = 0) -> None:
        self.community = Community(bit)
        self.collectors = collectors | bit
        self._office = office
        self._day = Day(0)

    def begin_day(self, day: Day) -> None:
        self._day = day

    def activate(self, forms: Sequence[LeaseTerms], first_money: Sequence[tuple[int, int]]) -> None:
        """All leases, on the present day. first_money: what tenants of new leases bring, with a permit."""
        money = self.community.money
        brought = sum(terms.deposit + terms.opening.prepaid for terms in forms if terms.opening.day)
        money.mint(self._office, brought)
        money.purse(self._office).allowance = brought
        for party, amount in first_money:
            money.mint(party, amount)
            money.purse(party).allowance += amount
        for terms in forms:
            self.community.activate(terms, self._day, self._office)

    def fund(self, sums: Sequence[tuple[int, int]]) -> None:
        for party, amount in sums:
            self.community.money.mint(party, amount)

    def mandate(self, mandates: Sequence[tuple[int, Mandate]]) -> None:
        for party, mandate in mandates:
            self.community.money.set_mandate(party, mandate)

    def revoke(self, party: int) -> None:
        self.community.money.revoke_mandate(party)

    def pay(self, payments: Sequence[tuple[int, int, int]]) -> None:
        for lease, index, amount in payments:
            tenant = self._tenant(lease, index)
            self.community.money.purse(tenant).allowance = amount
            self.community.pay(lease, tenant, amount, self._day)

    def refund(self, lease: int, index: int, amount: int) -> None:
        self.community.refund(lease, self._tenant(lease, index), amount, self._day)

    def settle(self, leases: Sequence[int]) -> Settled:
        answers = self.community.settle(leases, self._day)
        lines = [
            Line(lease, line.tenant, line.code, line.amount)
            for lease, settlement in self.community.last_lines.items()
            for line in settlement.lines
        ]
        return Settled(tuple(Result(*answer) for answer in answers), tuple(sorted(lines)))

    # ---------------------------------------------------------------- changes

    def change(self, lease: int, change: Change, *, notice: bool = False) -> None:
        self.community.apply(lease, change, self._day)

    def default_notice(self, lease: int) -> None:
        """Changes no figure: it starts the tenants' time to pay."""

    def default_end(self, lease: int, day: int) -> None:
        if day < self.community.lease(lease).schedule.end_day:
            self.community.apply(lease, Change(ChangeKind.END, day=day), self._day)

    def close(self, leases: Sequence[int]) -> None:
        for lease in leases:
            self.community.close(lease, self._day)

    def give_back(self, leases: Sequence[int]) -> None:
        for lease in leases:
            self.claim(lease, [])

    # ---------------------------------------------------------------- the deposit's review

    def claim(self, lease: int, amounts: Sequence[int]) -> None:
        self.community.file_claim(lease, amounts, self._day)

    def offer(self, lease: int, index: int, amount: int) -> None:
        self.community.make_offer(lease, self._tenant(lease, index), amount, self._day)

    def accept_claim(self, lease: int, index: int) -> None:
        self.community.accept_claim(lease, self._tenant(lease, index), self._day)

    def accept_offer(self, lease: int) -> None:
        self.community.accept_offer(lease)

    def award(self, lease: int, amount: int) -> None:
        self.community.award(lease, amount, self._day)

    def finalise(self, lease: int) -> None:
        self.community.finalise(lease, self._day)

    # ---------------------------------------------------------------- a lost wallet

    def guardians(self, party: int, guardians: Sequence[int]) -> None:
        """Wallets are nothing to the twin; who may replace one changes no figure."""

    def lost(self, party: int, guardians: Sequence[int]) -> None:
        self.community.money.purse(party).reachable = False

    def recovered(self, party: int) -> None:
        self.community.money.purse(party).reachable = True
        if party in self.community.owed:
            self.community.withdraw_owed(party)

    # ---------------------------------------------------------------- look

    def _tenant(self, lease: int, index: int) -> int:
        return self.community.lease(lease).accounts[index].tenant

    def lease_figures(self, lease: int) -> LeaseFigures:
        """One lease as of the present day."""
        ledger = self.community.lease(lease)
        deposit = self.community.deposits.deposit(lease)
        accounts = [
            AccountFigures(*figures, account.landlord_debt)
            for figures, account in zip(
                self.community.figures(lease, self._day), ledger.accounts, strict=True
            )
        ]
        return LeaseFigures(
            state=ledger.state_on(self._day),
            end_day=ledger.schedule.end_day,
            landlord=ledger.landlord,
            accounts=tuple(accounts),
            deposit=deposit.left,
            phase=int(deposit.phase),
        )

    def picture(self, leases: Sequence[int], parties: Sequence[int]) -> Picture:
        preview: dict[int, Result] = {}
        for start in range(0, len(leases), MAX_BATCH):
            for answer in self.community.preview_settle(leases[start : start + MAX_BATCH], self._day):
                preview[answer.lease] = Result(*answer)
        money = self.community.money
        owed = {party: amount for party, amount in self.community.owed.items() if amount}
        return Picture(
            day=self._day,
            leases={lease: self.lease_figures(lease) for lease in leases},
            preview=preview,
            purses={party: money.balance(party) for party in parties},
            owed=owed,
            held=(self.community.held, self.community.deposits.held),
            cash=(money.balance(LEASES), money.balance(ESCROW), money.total()),
        )
