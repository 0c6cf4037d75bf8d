"""What LeaseAgreement never asks of the escrow is refused to it as well: a puppet stands in its place here.

book ── a lease twice, money that has not arrived, money of other leases: refused
takeArrears ── no deposit, no such part, nothing asked: nothing · in review: refused
openReview ── nothing left: false · twice: refused
"""

from typing import Any

import pytest

from tests.lease_world import World

LEASE, ARBITER, TODAY = 7, 9, 20_000


class Leases:
    """The puppet, with an escrow that takes orders from it alone and holds 1,000 for nobody yet."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._puppet = world.backend.deploy("LeasesPuppet")
        houses = (world.access, world.forwarder, world.token, world.parties)
        self.escrow = world.backend.deploy("DepositEscrow", *houses, self._puppet, world.credit)
        world.token.transfer(self.escrow, 1_000, sender=world.wallet("ann"))

    def ask(self, function: str, *arguments: Any) -> None:
        data = self.escrow.data(function, *arguments)
        self._puppet.act(self.escrow, data, sender=self._world.wallet("stranger"))


@pytest.fixture
def leases(world: World) -> Leases:
    return Leases(world)


def test_a_lease_has_one_deposit(world: World, leases: Leases):
    leases.ask("book", LEASE, 600 | 300 << 56)
    with world.reverts("DepositBookedAlready", LEASE):
        leases.ask("book", LEASE, 1)


def test_what_has_not_arrived_is_not_booked(world: World, leases: Leases):
    with world.reverts("DepositNotReceived", LEASE, 1_001, 1_000):
        leases.ask("book", LEASE, 1 | 1_000 << 168 | ARBITER << 224)


def test_t11_the_money_of_other_leases_is_no_deposit(world: World, leases: Leases):
    leases.ask("book", LEASE, 600 | ARBITER << 224)
    with world.reverts("DepositNotReceived", LEASE + 1, 401, 400):
        leases.ask("book", LEASE + 1, 401)
    leases.ask("book", LEASE + 1, 400)
    assert leases.escrow.held() == 1_000


def test_nothing_is_taken_where_nothing_is(leases: Leases):
    leases.ask("book", LEASE, 600 | ARBITER << 224)
    for arguments in ((LEASE, 1, 5), (LEASE, 4, 5), (LEASE, 5, 5), (LEASE, 0, 0), (LEASE + 1, 0, 5)):
        leases.ask("takeArrears", *arguments)
    assert leases.escrow.depositOf(LEASE) == leases.escrow.held() == 600
    assert [leases.escrow.partOf(LEASE, index) for index in range(6)] == [600, 0, 0, 0, 0, 0]
    assert leases.escrow.reviewOf(LEASE)[4] == ARBITER


def test_nothing_is_taken_once_the_review_is_open(world: World, leases: Leases):
    leases.ask("book", LEASE, 600 | ARBITER << 224)
    leases.ask("openReview", LEASE)
    with world.reverts("DepositPhaseWrong", LEASE, 2):
        leases.ask("takeArrears", LEASE, 0, 5)


def test_a_review_is_opened_once(world: World, leases: Leases):
    leases.ask("openReview", LEASE)
    assert leases.escrow.reviewOf(LEASE)[0] == 0
    leases.ask("book", LEASE, 600 | ARBITER << 224)
    leases.ask("openReview", LEASE)
    assert leases.escrow.reviewOf(LEASE)[3] == TODAY + 14
    with world.reverts("DepositPhaseWrong", LEASE, 2):
        leases.ask("openReview", LEASE)
