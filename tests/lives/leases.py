"""Random lives of small communities with leases, in the contracts and in their twin."""

from random import Random
from typing import Any

from commonhold.rules.calendar import boundary, label_of, month_day, month_of
from commonhold.rules.deposit import Phase
from commonhold.rules.ledger import LANDLORD_INDEX, Change, ChangeKind, State
from commonhold.rules.terms import DayCount, OneOffFee, Opening, RentStep
from tests.mirror import Mirror

ACTS = 90
RENT = 1_000_000


_REVIEW = {
    Phase.CLAIMING: ("claim",),
    Phase.ANSWERING: ("accept", "offer"),
    Phase.AWARDING: ("take", "award"),
}
_ANY = ("claim", "accept", "offer", "take", "award", "silence")


class Life:
    """A community of a few people and leases that lives by the dice."""

    def __init__(self, seed: int, mirror: Mirror | None = None) -> None:
        self.rng, self.mirror = Random(seed), mirror or Mirror()
        self.landlords = [self.mirror.person(funds=10 * RENT, units=9, allowance=True) for _ in range(2)]
        self.tenants = [
            self.mirror.person(funds=self.rng.randint(5, 60) * RENT, allowance=self.rng.random() < 0.7)
            for _ in range(4)
        ]
        self.manager, self.arbiter = self.mirror.person(), self.mirror.person()
        self.mirror.to_day(self.mirror.day + self.rng.randint(1, 1_000))
        for party in (*self.tenants, *self.landlords):
            self.set_mandate(party)
        while len(self.mirror.twin.leases) < 4:
            self.activate()

    # ---- what may happen

    def set_mandate(self, party: int | None = None) -> None:
        rng = self.rng
        party = party or rng.choice(self.tenants)
        limit = rng.choice((RENT // 10_000 * 10_000, 3 * RENT, 1_000 * RENT))
        expiry = month_of(self.mirror.day) + rng.choice((0, 3, 60, 60, 60))
        self.mirror.mandate(party, limit, expiry, partial=rng.random() < 0.4)

    def revoke_mandate(self) -> None:
        self.mirror.revoke(self.rng.choice(self.tenants))

    def activate(self) -> None:
        rng = self.rng
        tenants = rng.sample(self.tenants, rng.choice((1, 1, 1, 2, 3, 4)))
        terms = self._any_terms(len(tenants))
        if rng.random() < 0.4:
            anchor = month_day(self.mirror.day)[1]
            terms["end_day"] = boundary(anchor, label_of(anchor, self.mirror.day) + rng.randint(2, 15))
        else:
            terms |= self._any_shape(len(tenants))
        if rng.random() < 0.3:
            anchor = terms.get("billing_day") or month_day(terms["start_day"])[1]
            day = boundary(anchor, label_of(anchor, self.mirror.day) + rng.randint(1, 8))
            terms["steps"] = (RentStep(day, rng.randint(9_000, 3 * RENT)),)
        self.mirror.activate(rng.choice(self.landlords), tenants, **terms)

    def _any_terms(self, count: int) -> dict[str, Any]:
        rng, today = self.rng, self.mirror.day
        shares = {2: (6_667, 3_333), 3: (3_333, 3_333, 3_334), 4: (9_700, 100, 100, 100)}
        return {
            "shares": shares.get(count, (10_000,)),
            "rent": rng.choice((RENT, rng.randint(10_000, 3 * RENT))),
            "deposit": rng.choice((0, 2 * RENT, 77_777)),
            "start_day": today,
            "end_day": today + rng.choice((365, rng.randint(20, 500))),
            "late_fee_rate": rng.choice((0, 5, 100)),
            "late_fee_max_days": rng.choice((30, 400)),
            "grace_days": rng.choice((0, 5)),
            "arbiter": rng.choice((0, self.arbiter)),
        }

    def _any_shape(self, count: int) -> dict[str, Any]:
        rng, today = self.rng, self.mirror.day
        shape: dict[str, Any] = {
            "start_day": today + rng.choice((0, 0, rng.randint(0, 19))),
            "billing_day": rng.choice((0, 0, 1, 31, rng.randint(1, 31))),
            "interval": rng.choice((1, 1, 3)),
            "due_offset": rng.choice((0, 0, -10, 20)),
            "rent_free_days": rng.choice((0, 0, 15)),
            "day_count": rng.choice(tuple(DayCount)),
            "manager": self.manager,
            "commission": rng.choice((0, 777)),
            "cover_mask": rng.randrange(2**count) if count > 1 else 0,
        }
        if rng.random() < 0.3:
            shape["fees"] = (OneOffFee(self.manager, 12_345, bytes(32)),)
        elif rng.random() < 0.4:  # begun long ago and taken over
            start = today - rng.randint(30, 900)
            anchor = shape["billing_day"] or month_day(start)[1]
            day = max(start, boundary(anchor, label_of(anchor, today)))
            figures = [rng.choice((0, rng.randint(0, RENT))) for _ in range(4)]
            shape |= {"start_day": start, "rent_free_days": 0, "opening": Opening(day, *figures)}
        return shape

    def pay(self) -> None:
        lease = self.lease()
        account = self.rng.choice(self.mirror.twin.figures(lease, self.mirror.day))
        amount = self.rng.choice(
            (1, RENT, self.rng.randint(1, 4 * RENT), max(0, account.due - account.settled))
        )
        self.mirror.pay(lease, account.tenant, amount, self.rng.choice((account.tenant, *self.landlords)))

    def refund(self) -> None:
        twin, day = self.mirror.twin, self.mirror.day
        prepaid = [lease for lease in twin.leases if any(f.pot for f in twin.figures(lease, day))]
        lease = self.rng.choice(prepaid or [self.lease()])
        account = max(twin.figures(lease, day), key=lambda figures: figures.pot)
        amount = self.rng.choice((0, 1, account.pot // 2, account.pot, self.rng.randint(1, RENT)))
        self.mirror.refund(lease, account.tenant, amount)

    def settle(self) -> None:
        leases = list(self.mirror.twin.leases)
        self.rng.shuffle(leases)
        if self.rng.random() < 0.2:
            leases += [self.lease(), 0, 99]
        self.mirror.settle(leases)

    def change(self) -> None:
        rng, lease = self.rng, self.lease()
        schedule = self.mirror.twin.lease(lease).schedule
        kind = rng.choice(tuple(ChangeKind))
        count = len(self.mirror.twin.lease(lease).accounts)
        index, party, amount, day = rng.randrange(count), 0, rng.randint(9_000, 3 * RENT), 0
        today = self.mirror.day
        if kind in (ChangeKind.RENT, ChangeKind.END, ChangeKind.RENEWAL, ChangeKind.HOLDOVER):
            day = rng.choice((today, schedule.end_day, rng.randint(today, today + 400)))
            if rng.random() < 0.6:
                day = boundary(schedule.anchor, label_of(schedule.anchor, day) + 1)
        if kind == ChangeKind.END:
            index, party, amount = 0, 0, 0
            if rng.random() < 0.3:
                index, party, amount = LANDLORD_INDEX, self.mirror.twin.lease(lease).landlord, 123_457
        elif kind in (ChangeKind.TENANT, ChangeKind.SALE):
            party, amount = rng.choice((*self.tenants, self.landlords[0])), 0
            if kind == ChangeKind.SALE:
                return  # the unit must change hands with it: see the tests of UnitRegistry
        self.mirror.change(lease, Change(kind, index, day, party, amount))

    def drain(self) -> None:
        party = self.rng.choice(self.tenants)
        self.mirror.transfer(party, self.landlords[0], self.mirror.twin.money.balance(party) // 2)

    def fund(self) -> None:
        self.mirror.fund(self.rng.choice(self.tenants), self.rng.randint(1, 5) * RENT)

    def close(self) -> None:
        self.mirror.close(self.lease())

    def review(self) -> None:
        rng, twin = self.rng, self.mirror.twin
        in_review = [i for i, ledger in twin.leases.items() if ledger.state == State.DEPOSIT_REVIEW]
        lease = rng.choice(in_review) if in_review and rng.random() < 0.9 else self.lease()
        ledger, deposit = twin.lease(lease), twin.deposits.deposit(lease)
        if not deposit.left:
            return
        tenant = rng.choice(ledger.accounts).tenant
        act = rng.choice(_REVIEW.get(deposit.phase, _ANY) if rng.random() < 0.8 else _ANY)
        if act == "claim":
            self.mirror.claim(lease, [rng.randint(1, RENT) for _ in range(rng.randint(0, 3))])
        elif act == "accept":
            self.mirror.accept_claim(lease, tenant)
        elif act == "offer":
            self.mirror.offer(lease, tenant, rng.randint(0, max(1, deposit.claim)))
        elif act == "take":
            self.mirror.accept_offer(lease)
        elif act == "award" and deposit.arbiter:
            self.mirror.award(
                lease, deposit.arbiter, rng.randint(deposit.offer, max(deposit.offer, deposit.claim))
            )
        else:
            self.mirror.finalise(lease)

    # ---- the dice

    def lease(self) -> int:
        return self.rng.choice(list(self.mirror.twin.leases))

    def step(self) -> None:
        acts = (
            self.pay,
            self.pay,
            self.settle,
            self.settle,
            self.settle,
            self.refund,
            self.change,
            self.change,
        )
        acts += (
            self.drain,
            self.fund,
            self.close,
            self.review,
            self.review,
            self.set_mandate,
            self.revoke_mandate,
        )
        if self.rng.random() < 0.5:
            self.mirror.to_day(self.mirror.day + self.rng.choice((1, 3, self.rng.randint(1, 45))))
        if self.rng.random() < 0.04 and len(self.mirror.twin.leases) < 9:
            self.activate()
        else:
            self.rng.choice(acts)()

    def walk_out(self) -> None:
        """Everybody leaves: every lease is closed, every deposit settled, nothing is left behind."""
        twin, mirror = self.mirror.twin, self.mirror
        mirror.to_day(max([ledger.schedule.end_day for ledger in twin.leases.values()] + [mirror.day + 1]))
        for lease, ledger in twin.leases.items():
            if ledger.state <= State.HOLDOVER:
                assert mirror.close(lease)
        for _ in range(3):
            mirror.to_day(mirror.day + 40)
            for lease, ledger in twin.leases.items():
                if ledger.state == State.DEPOSIT_REVIEW:
                    mirror.finalise(lease)
        mirror.compare()
        assert {ledger.state for ledger in twin.leases.values()} == {State.CLOSED}
        assert twin.held == twin.deposits.held == 0
