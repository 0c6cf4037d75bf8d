"""An invented chain's raw logs, as many as wanted: what an audit of 100,000 leases has to read.

    python -m tools.bench.audit_logs LEASES MONTHS > logs

Every lease has a tenant, a unit, a deposit and a mandate; fifty leases have one landlord. One tenant in
twenty-five has no mandate and pays by hand ten days late, with his late fee. Amounts [cmt], days [day].
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load
from commonhold.ops.audit.replay import READ, Arguments
from commonhold.rules.calendar import first_of, month_of

CMT: Final = 10**6
RENT: Final = 1_000 * CMT
DEPOSIT: Final = 2_000 * CMT
BATCH: Final = 500  # leases in one settlement
A_LANDLORD: Final = 50  # leases of one landlord
BY_HAND: Final = 25  # one in so many pays by hand, late
LATE_DAYS: Final = 10  # after the due day
GRACE: Final = 5  # [days]
RATE: Final = 5  # [bps/day]
MOST: Final = 90  # [days]
FIRST_DAY: Final = first_of(month_of(20_454))
FAR_MONTH: Final = 4_000

ADDRESS: Final = {name: f"0x{number:040x}" for number, name in enumerate(READ, start=0xA000)}
GIVEN: Final = Arguments(ADDRESS, 31337, 0, 10**30)


def _word(value: int | str) -> str:
    return f"{int(value, 16) if isinstance(value, str) else value:064x}"


class Chain:
    """Numbers blocks, transactions and logs."""

    def __init__(self, leases: int, months: int) -> None:
        self.leases, self.months = leases, months
        self.block, self.transaction, self.place = 0, 0, 0
        self.time = FIRST_DAY * 86_400
        self._topics: dict[tuple[str, str], tuple[str, int]] = {}
        for name in READ:
            for entry in load(name).abi:
                if entry["type"] == "event":
                    key = (name, entry["name"])
                    count = sum(part["indexed"] for part in entry["inputs"])
                    self._topics[key] = (load(name).topic(entry["name"]), count)

    def step(self, day: int | None = None) -> None:
        """The next transaction, in a block of its own; perhaps on a later day."""
        self.block += 1
        self.transaction += 1
        self.place = 0
        self.time = max(self.time + 1, (day or 0) * 86_400)

    def log(self, contract: str, event: str, *values: int | str) -> str:
        """One line; the indexed values come first."""
        topic, indexed = self._topics[contract, event]
        topics = "".join(f',"0x{_word(value)}"' for value in values[:indexed])
        data = "".join(_word(value) for value in values[indexed:])
        self.place += 1
        return (
            f'{{"address":"{ADDRESS[contract]}","topics":["{topic}"{topics}],'
            f'"data":"0x{data}","blockNumber":"{self.block:#x}","blockTimestamp":"{self.time:#x}",'
            f'"transactionHash":"0x{self.transaction:064x}","logIndex":"{self.place:#x}"}}\n'
        )

    # ---- people and leases

    def tenant(self, lease: int) -> int:
        """The party of a lease's tenant; landlords come after all tenants."""
        return lease

    def landlord(self, lease: int) -> int:
        return self.leases + 1 + (lease - 1) // A_LANDLORD

    def by_hand(self, lease: int) -> bool:
        return lease % BY_HAND == 0

    def _people(self) -> Iterator[str]:
        landlords = -(-self.leases // A_LANDLORD)
        for party in range(1, self.leases + landlords + 1):
            self.step()
            yield self.log("PartyRegistry", "PartyRegistered", party, 1, _hash(f"identity {party}"))
            yield self.log("PartyRegistry", "WalletLinked", party, wallet(party))
            yield self.log("PartyRegistry", "CurrentWalletChanged", party, NOBODY, wallet(party))

    def _funds(self) -> Iterator[str]:
        for lease in range(1, self.leases + 1):
            self.step()
            to, amount = wallet(self.tenant(lease)), 20 * RENT
            yield self.log("CommunityToken", "Minted", MINTER, to, _hash(f"slip {lease}"), amount)
            yield self.log("CommunityToken", "Transfer", NOBODY, to, amount)
            if self.by_hand(lease):
                continue
            self.step()
            yield self.log("CommunityToken", "MandateSet", to, 5 * RENT, 1, FAR_MONTH, 0)

    def _leases(self) -> Iterator[str]:
        end = first_of(month_of(FIRST_DAY) + self.months + 12)
        first = month_of(FIRST_DAY)
        for lease in range(1, self.leases + 1):
            tenant, landlord = self.tenant(lease), self.landlord(lease)
            self.step()
            yield self.log("UnitRegistry", "UnitRegistered", lease, landlord, 1, 1, 8_900, 1)
            yield self.log("UnitRegistry", "UnitOwnerChanged", lease, 0, landlord)
            self.step()
            hot = RENT << 112 | first << 156 | first + self.months + 12 << 168 | 1 << 180 | 1 << 185
            hot |= tenant << 192 | landlord << 224
            plan = FIRST_DAY | end << 24 | FIRST_DAY << 48 | 1 << 72 | 32 << 76 | 1 << 84 | lease << 91
            plan |= RATE << 227 | GRACE << 234 | MOST << 240
            words = (64, 5, hot, plan, 0, 0, DEPOSIT)
            yield self.log(
                "LeaseAgreement", "LeaseActivated", lease, lease, _hash(f"terms {lease}"), 0, *words
            )
            use = (lease, lease, tenant, FIRST_DAY, end, ADDRESS["LeaseAgreement"])
            yield self.log("UnitRegistry", "UnitOccupied", *use)
            yield self.log("CommunityToken", "Transfer", wallet(tenant), ADDRESS["DepositEscrow"], DEPOSIT)
            yield self.log("DepositEscrow", "DepositBooked", lease, DEPOSIT)

    # ---- months

    def _settle(self, some: Sequence[int]) -> Iterator[str]:
        """One settlement as the contract tells it: what is collected, the answers, what goes out."""
        self.step()
        paying = [lease for lease in some if not self.by_hand(lease)]
        agreement = ADDRESS["LeaseAgreement"]
        for lease in paying:
            yield self.log("CommunityToken", "Transfer", wallet(self.tenant(lease)), agreement, RENT)
        for lease in some:
            code, amount = (4, 0) if self.by_hand(lease) else (1, RENT)
            yield self.log("LeaseAgreement", "Settled", lease, self.tenant(lease), code, amount)
        out: dict[int, int] = {}
        for lease in paying:
            out[self.landlord(lease)] = out.get(self.landlord(lease), 0) + RENT
        for party, amount in out.items():
            yield self.log("CommunityToken", "Transfer", agreement, wallet(party), amount)

    def _pay_by_hand(self, lease: int, day: int) -> Iterator[str]:
        self.step(day)
        fee = RENT * RATE * (LATE_DAYS - GRACE) // 10_000
        payer = wallet(self.tenant(lease))
        yield self.log("LeaseAgreement", "RentPaid", lease, self.tenant(lease), payer, RENT, fee, 0)
        yield self.log("CommunityToken", "Transfer", payer, wallet(self.landlord(lease)), RENT + fee)

    def lines(self) -> Iterator[str]:
        """All of it, in order."""
        self.step()
        yield self.log("CommunityToken", "CollectorRegistered", ADDRESS["LeaseAgreement"], 1, 0)
        yield self.log("CommunityToken", "MinterSet", MINTER, 10**30)
        yield self.log("UnitRegistry", "LeaseContractRegistered", ADDRESS["LeaseAgreement"], 1, 0)
        yield from self._people()
        yield from self._funds()
        yield from self._leases()
        everyone = range(1, self.leases + 1)
        for month in range(self.months):
            day = first_of(month_of(FIRST_DAY) + month)
            self.step(day)
            for begin in range(0, self.leases, BATCH):
                yield from self._settle(everyone[begin : begin + BATCH])
            for lease in range(BY_HAND, self.leases + 1, BY_HAND):
                yield from self._pay_by_hand(lease, day + LATE_DAYS)


NOBODY: Final = "0x" + "00" * 20
MINTER: Final = "0x" + "11" * 20


def wallet(party: int) -> str:
    """The wallet of a party."""
    return f"0x{0xB0B0000000000000 + party:040x}"


def _hash(text: str) -> str:
    return "0x" + keccak(text=text).hex()


if __name__ == "__main__":
    sys.stdout.writelines(Chain(int(sys.argv[1]), int(sys.argv[2])).lines())
