"""Gas and data of a year: homes whose rent and property fee are collected every month on a real Anvil.

Every tenant gave one mandate for both and consented to the payment history, so that every write of the real
thing is paid for; fifty homes have one landlord. The first month of each is left out: its slots are new and
dearer. What a batch costs by itself is spread over its homes as it is.
"""

import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonhold.chain.contracts.token import Mandate
from commonhold.chain.node import Node
from commonhold.ops.fees.schedule import approve, plan_schedule, propose
from commonhold.ops.intake.feeschedule import read_schedule
from commonhold.rules.calendar import boundary, first_of, month_day, month_of
from commonhold.units import Month, format_month
from tests.package.ops.town import CMT, Person, Town

HOMES: Final = 100
MONTHS: Final = 12
BEGIN: Final = 1_767_200_400  # 2026-01-01 01:00 in China [unix]
RENT: Final = 1_000 * CMT
_A_LANDLORD: Final = 50
_FEE_DUE: Final = 5  # day of the month
_HEAD: Final = "category,kind,rate,from,due day,grace days,late fee,late fee days,payee\n"


@dataclass(frozen=True)
class Work:
    """What one kind of work needs for one home and year, if it is done `times` a year. gas; data: bytes of
    signed transactions; packed: the same, compressed."""

    work: str
    times: int
    gas: int
    data: int
    packed: int


def measure(progress: Callable[[str], None], homes: int = HOMES) -> list[Work]:
    """Activation for one home, and a year of rents and fees."""
    progress(f"living a year of {homes} homes on Anvil, rents and fees from mandates")
    with Node(timestamp=BEGIN, gas_limit=10**9) as node:
        return _Year(Town.build(node.rpc_url), homes).works()


class _Year:
    def __init__(self, town: Town, homes: int) -> None:
        self.town, self.homes = town, homes

    def works(self) -> list[Work]:
        town = self.town
        landlords = town.people(-(-self.homes // _A_LANDLORD))
        tenants = town.people(self.homes, funds=40 * RENT)
        self._permit(tenants)
        before = town.connection.block_number()
        leases = self._activate(landlords, tenants)
        activation = self._work("activate a lease, once", 1, self._sent_since(before), self.homes)
        accounts = self._fees(landlords[0], tenants)
        rents: list[str] = []
        fees: list[str] = []
        start = month_of(town.today)
        anchor = month_day(town.today)[1]
        for month in range(MONTHS + 2):
            for day, contract, ids, hashes in (
                (boundary(anchor, start + month), town.suite.leases, leases, rents),
                (first_of(start + month) + _FEE_DUE - 1, town.suite.fees, accounts, fees),
            ):
                if day > town.today:
                    town.to_day(day)
                receipt = town.sender("MANAGER").send(contract.settle(ids))
                if month > 1:
                    hashes.append(receipt.hash)
        return [
            activation,
            self._work("collect the rent, every month", MONTHS, rents, self.homes),
            self._work("collect the property fee, every month", MONTHS, fees, self.homes),
        ]

    def _permit(self, tenants: list[Person]) -> None:
        """One mandate for rent and fees, and the consent to a payment history."""
        suite = self.town.suite
        bits = suite.token.collector_bit(suite.leases.address) | suite.token.collector_bit(suite.fees.address)
        mandate = Mandate(5 * RENT, bits, suite.token.current_month() + 240, False)
        for one in tenants:
            consent = suite.parties.call("setCollectingConsent", True)
            self.town.send(one.account, suite.token.set_mandate(mandate), consent)

    def _activate(self, landlords: list[Person], tenants: list[Person]) -> list[int]:
        town, leases = self.town, []
        end = boundary(month_day(town.today)[1], month_of(town.today) + 2 * MONTHS)
        usual = {"rent": RENT, "deposit": 2 * RENT, "end_day": end}
        late = {"grace_days": 5, "late_fee_rate": 5, "late_fee_max_days": 90}
        for number, tenant in enumerate(tenants):
            landlord = landlords[number // _A_LANDLORD]
            leases.append(town.lease(landlord, [tenant], **usual, **late))
        return leases

    def _fees(self, payee: Person, tenants: list[Person]) -> list[int]:
        """One category with a tariff from this month on; an account for each home."""
        town, suite = self.town, self.town.suite
        first = format_month(Month(month_of(town.today) + 1))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "schedule.csv"
            path.write_text(
                _HEAD + f"Fee,area,2.5,{first},{_FEE_DUE},10,0.05%/day,100,party {payee.party}\n",
                encoding="utf-8",
            )
            for _ in range(2):
                propose(suite, plan_schedule(suite, read_schedule(path), {}), town.sender("MANAGER"))
                approve(suite, plan_schedule(suite, read_schedule(path), {}), town.sender("COMMITTEE"))
        units = [suite.leases.terms_of(lease).unit for lease in range(1, self.homes + 1)]
        calls = [
            suite.fees.subscribe(unit, 1, one.party, town.today)
            for unit, one in zip(units, tenants, strict=True)
        ]
        town.sender("MANAGER").send_many(calls)
        return list(range(1, self.homes + 1))

    # ---- what it cost

    def _sent_since(self, block: int) -> list[str]:
        """Calls of the lease contract since a block."""
        connection, wanted = self.town.connection, self.town.suite.leases.address.lower()
        found = []
        for number in range(block + 1, connection.block_number() + 1):
            for one in connection.call("eth_getBlockByNumber", hex(number), True)["transactions"]:
                if (one["to"] or "").lower() == wanted:
                    found.append(one["hash"])
        return found

    def _work(self, name: str, times: int, hashes: list[str], homes: int) -> Work:
        gas = data = packed = 0
        for hash_ in hashes:
            receipt = self.town.connection.call("eth_getTransactionReceipt", hash_)
            if receipt["status"] != "0x1":
                raise RuntimeError(f"{name}: {hash_} was refused")
            raw = bytes.fromhex(self.town.connection.call("eth_getRawTransactionByHash", hash_)[2:])
            gas += int(receipt["gasUsed"], 16)
            data += len(raw)
            packed += len(zlib.compress(raw))
        return Work(name, times, round(gas / homes), round(data / homes), round(packed / homes))
