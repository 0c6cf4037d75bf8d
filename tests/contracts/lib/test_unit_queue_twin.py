"""The two places of a unit beside their twin (`commonhold.rules.occupancy`): what one takes the other takes.

occupy ── a free unit, before, after, in the middle of a lease · a third · an ended one makes room
change ── the first, the second · up to the next · into it · given up · a lease without a place
After every act both places are compared.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from commonhold.rules.occupancy import NONE, Occupancy, OccupancyRefused, Places
from tests.evm import Reverted
from tests.lease_world import InProcess
from tests.registry_world import DAY, World

NUMBER = 1  # of the lease contract


class Queue:
    """A unit of Ann's in contract and twin; days are counted from the first."""

    def __init__(self, world: World) -> None:
        self.world, self.leases, self.unit = world, world.lease_contract(), world.unit()
        self.begin, self.places = world.today, Places()

    def occupy(self, lease: int, first: int, end: int, user: str = "ben") -> str:
        """The twin's words where both refuse it."""
        use = Occupancy(lease, self.world.party[user], self.begin + first, self.begin + end, contract=NUMBER)
        ann = self.world.party["ann"]
        arguments = (self.unit, lease, ann, use.user, use.from_day, use.until_day)
        return self._both("occupy", arguments, lambda: self.places.place(use, self.world.today))

    def change(self, lease: int, end: int, user: str = "ben") -> str:
        party, until = self.world.party[user], self.begin + end
        return self._both(
            "changeOccupancy",
            (self.unit, lease, party, until),
            lambda: self.places.change(lease, NUMBER, party, until),
        )

    def _both(self, function: str, arguments: tuple[int, ...], twin: Callable[[], Places]) -> str:
        refused, words = "", ""
        try:
            self.world.as_contract(self.leases, self.world.units, function, *arguments)
        except Reverted as error:
            refused = error.name
        try:
            self.places = twin()
        except OccupancyRefused as error:
            words = str(error)
        assert bool(refused) == bool(words), (refused, words)
        found = self.world.units.occupancyOf(self.unit)
        for place, (lease, user, first, end, contract) in zip(self.places, found, strict=True):
            assert place == Occupancy(lease, user, first, end, contract)
        return words

    def days(self, *leases: int) -> list[tuple[int, int]]:
        """First and last of the leases in their places."""
        assert tuple(use.lease for use in self.places) == leases
        return [(use.from_day - self.begin, use.until_day - self.begin) for use in self.places if use.lease]


@cache
def deployed() -> World:
    return World(InProcess())


@pytest.fixture
def queue() -> Iterator[Queue]:
    mark = deployed().backend.snapshot()
    yield Queue(deployed())
    deployed().backend.restore(mark)


def test_a_lease_before_another_comes_first_and_one_after_it_second(queue: Queue) -> None:
    assert queue.occupy(1, 10, 20) == ""
    assert queue.occupy(2, 5, 10) == ""
    assert queue.days(2, 1) == [(5, 10), (10, 20)]
    assert (queue.places.knows(1, NUMBER), queue.places.knows(1, 2)) == (True, False)


@pytest.mark.parametrize(("first", "end"), [(10, 20), (19, 25), (0, 11), (12, 13)])
def test_a_shared_day_is_refused_with_the_lease_that_has_it(queue: Queue, first: int, end: int) -> None:
    assert queue.occupy(1, 10, 20) == ""
    assert queue.occupy(2, first, end) == "lease 1 has the unit on some of these days"
    assert queue.occupy(2, 20, 30) == ""
    assert queue.occupy(3, 29, 40) == "lease 2 has the unit on some of these days"


def test_a_third_lease_waits_until_one_is_over(queue: Queue) -> None:
    for lease, first in ((1, 0), (2, 10)):
        assert queue.occupy(lease, first, first + 10) == ""
    assert queue.occupy(3, 20, 30) == "leases 1 and 2 have both places"
    queue.world.later(10 * DAY)
    assert queue.occupy(3, 20, 30) == ""
    assert queue.days(2, 3) == [(10, 20), (20, 30)]
    queue.world.later(20 * DAY)
    assert queue.occupy(4, 31, 40) == ""  # both are over: the new one is alone
    assert queue.days(4, 0) == [(31, 40)]


def test_a_lease_grows_up_to_the_next_and_no_further(queue: Queue) -> None:
    assert queue.occupy(1, 0, 10) == ""
    assert queue.occupy(2, 15, 25) == ""
    assert queue.change(1, 15, "cleo") == ""
    refused = queue.change(1, 16)
    assert re.fullmatch(rf"lease 2 follows on day {queue.begin + 15}", refused)
    assert queue.change(2, 400) == ""
    assert queue.days(1, 2) == [(0, 15), (15, 400)]


def test_an_end_on_its_first_day_gives_a_place_up_and_the_next_moves_on(queue: Queue) -> None:
    assert queue.occupy(1, 5, 10) == ""
    assert queue.occupy(2, 15, 25) == ""
    assert queue.change(2, 15) == ""
    assert queue.days(1, 0) == [(5, 10)]
    assert queue.occupy(3, 12, 20) == ""
    assert queue.change(1, 5) == ""
    assert queue.days(3, 0) == [(12, 20)]
    assert queue.places.on(queue.begin + 11) == NONE
    assert queue.places.on(queue.begin + 12).lease == 3


def test_a_lease_without_a_place_changes_nothing(queue: Queue) -> None:
    assert queue.occupy(1, 0, 10) == ""
    assert queue.change(9, 12) == "lease 9 has no place"
    assert queue.days(1, 0) == [(0, 10)]
