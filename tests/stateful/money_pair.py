"""Token, reserve and desk as contracts and as a model, of which every act is asked alike."""

from collections import defaultdict
from functools import cache
from typing import Any

from tests.evm import Reverted
from tests.lease_world import InProcess
from tests.money_world import NOBODY, Money
from tests.stateful.money_model import RESIDENTS, SUITE, Asset, MoneyModel, Refused

CMT = 10**6
WHOLE = 1_000  # of each asset, per resident
DECIMALS = {"six": 6, "eighteen": 18, "two": 2}
CEILING = 3_000 * CMT


@cache
def deployed() -> tuple[Money, dict[str, Any]]:
    """One deployment for all runs; each starts from it."""
    world = Money(InProcess())
    odd = {name: world.asset(decimals, CEILING) for name, decimals in DECIMALS.items()}
    for name, asset in odd.items():
        for who in RESIDENTS:
            world.supply(asset, who, WHOLE * 10 ** DECIMALS[name])
    return world, odd


class MoneyPair:
    """The contracts and their model, side by side."""

    def __init__(self) -> None:
        self.world, self.odd = deployed()
        self.mark = self.world.backend.snapshot(), self.world.citations
        self.contracts = {
            "leases": self.world.leases, "fees": self.world.fees, "escrow": self.world.escrow,
            "reserve": self.world.reserve, "desk": self.world.desk,
        }  # fmt: skip
        self.names = {self.address(name): name for name in (*RESIDENTS, *SUITE)}
        self.model = MoneyModel(self.world.time)
        for name, decimals in DECIMALS.items():
            asset = Asset(decimals, CEILING)
            asset.purses.update(dict.fromkeys(RESIDENTS, WHOLE * 10**decimals))
            self.model.assets[name] = asset
        self.moved: dict[str, int] = defaultdict(int)  # by Transfer events

    def address(self, name: str) -> str:
        return self.world.address(self.contracts.get(name, name))

    def both(self, expected: Any, actual: Any) -> Any:
        """The model's act and the contracts': the same error, or none. Returns both answers."""
        try:
            wanted = expected()
        except Refused as refusal:
            try:
                actual()
            except Reverted as error:
                assert error.name == refusal.error, f"expected {refusal.error}, got {error}"
                return None
            raise AssertionError(f"expected {refusal.error}, but nothing reverted") from None
        answer = actual()
        self._follow_events()
        return wanted, answer

    def _follow_events(self) -> None:
        for event in self.world.backend.events("Transfer"):
            if event["address"] != self.world.token.address:
                continue
            for end, sign in (("from", -1), ("to", 1)):
                if event[end] != NOBODY:
                    self.moved[self.names[event[end]]] += sign * event["value"]
