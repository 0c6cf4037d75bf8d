"""Reserve and RedemptionDesk replayed: money that enters and leaves, each time against the token's own logs.

Amounts [cmt], outside tokens in their own units [asset], times [unix].
"""

from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import TOKEN, Handler

RESERVE: Final = "Reserve"
DESK: Final = "RedemptionDesk"
_DECIMALS: Final = 6  # of the community's money


@dataclass(slots=True)
class Asset:
    """One outside token."""

    decimals: int
    ceiling: int  # [cmt]
    minted: int = 0  # net [cmt]
    paused: int = 0  # entry, until [unix]

    def as_money(self, amount: int) -> int | None:
        """[asset] → [cmt]; None if it is no whole sum."""
        if self.decimals <= _DECIMALS:
            return int(amount * 10 ** (_DECIMALS - self.decimals))
        whole, rest = divmod(amount, 10 ** (self.decimals - _DECIMALS))
        return None if rest else whole

    def as_asset(self, money: int) -> int:
        """[cmt] → [asset], rounded down."""
        if self.decimals <= _DECIMALS:
            return int(money // 10 ** (_DECIMALS - self.decimals))
        return int(money * 10 ** (self.decimals - _DECIMALS))


@dataclass(slots=True)
class ReserveBook:
    """All outside tokens, in the order in which they were listed."""

    findings: Findings
    address: str
    chain_id: int
    assets: dict[str, Asset] = field(default_factory=dict)
    count: int = 0  # entries and exits, for citations

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "AssetListed": self.listed,
            "CeilingSet": self.ceiling_set,
            "EntryPaused": self.entry_paused,
            "Entered": self.entered,
            "Exited": self.exited,
        }

    def _asset(self, asset: str, event: str) -> Asset:
        found = self.assets.get(asset)
        if found is None:
            self.findings.differ(RESERVE, f"asset {asset}", event, "listed before", "no log")
            found = self.assets[asset] = Asset(_DECIMALS, 0)
        return found

    def _citation(self, asset: str) -> str:
        self.count += 1
        words = (self.chain_id, int(self.address, 16), int(asset, 16), self.count)
        return "0x" + keccak(b"".join(word.to_bytes(32, "big") for word in words)).hex()

    def listed(self, values: tuple[Any, ...], moment: Moment) -> None:
        asset, decimals, ceiling = values
        self.assets[asset] = Asset(decimals, ceiling)

    def ceiling_set(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._asset(values[0], "CeilingSet").ceiling = values[1]

    def entry_paused(self, values: tuple[Any, ...], moment: Moment) -> None:
        self._asset(values[0], "EntryPaused").paused = values[2]

    def entered(self, values: tuple[Any, ...], moment: Moment) -> None:
        asset, holder, paid, amount, citation = values
        book, id_ = self._asset(asset, "Entered"), f"asset {asset} entry {self.count + 1}"
        expected = book.as_money(paid)
        self.findings.check(RESERVE, id_, "Entered.amount", expected, amount)
        self.findings.check(RESERVE, id_, "Entered.citation", self._citation(asset), citation)
        book.minted += amount if expected is None else expected
        if book.minted > book.ceiling:
            self.findings.differ(RESERVE, id_, "netMinted", f"at most {book.ceiling}", book.minted)
        wanted = (self.address, holder, amount if expected is None else expected)
        moment.scratch.setdefault("entries", []).append((id_, citation, wanted))

    def exited(self, values: tuple[Any, ...], moment: Moment) -> None:
        asset, holder, _, amount, received, citation = values
        book, id_ = self._asset(asset, "Exited"), f"asset {asset} exit {self.count + 1}"
        self.findings.check(RESERVE, id_, "Exited.citation", self._citation(asset), citation)
        most = book.as_asset(amount)
        if received > most:
            self.findings.differ(RESERVE, id_, "Exited.received", f"at most {most}", received)
        if amount > book.minted:
            self.findings.differ(RESERVE, id_, "Exited.amount", f"at most {book.minted}", amount)
        book.minted -= amount
        burnt = moment.scratch.get(("burned", citation))
        self.findings.check(RESERVE, id_, "Exited.amount", burnt, (self.address, amount))
        moment.purpose("reserve_exit", "", 0)
        moment.take(RESERVE, holder, amount)

    def close_moment(self, moment: Moment) -> None:
        """Each entry was minted under its citation."""
        for id_, citation, wanted in moment.scratch.get("entries", ()):
            found = moment.scratch.get(("minted", citation), "no log")
            self.findings.check(TOKEN, id_, "Minted (minter, to, amount)", wanted, found)


@dataclass(slots=True)
class Redemption:
    """One request. state: 1 requested, 2 completed, 3 refused, 4 taken back."""

    holder: str
    amount: int  # [cmt]
    time: int  # [unix]
    state: int = 1


@dataclass(slots=True)
class DeskBook:
    """All redemptions by id."""

    findings: Findings
    address: str
    requests: dict[int, Redemption] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "RedemptionRequested": self.requested,
            "RedemptionCompleted": self.completed,
            "RedemptionRefused": self.refused,
            "RedemptionTakenBack": self.taken_back,
        }

    @property
    def held(self) -> int:
        """Σ open requests. [cmt]"""
        return sum(one.amount for one in self.requests.values() if one.state == 1)

    def requested(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, holder, amount, _ = values
        self.findings.check(DESK, f"redemption {id_}", "id", len(self.requests) + 1, id_)
        self.requests[id_] = Redemption(holder, amount, moment.time)
        moment.purpose("redemption", "redemption", id_)
        moment.take(DESK, holder, amount)

    def _end(self, id_: int, amount: int, state: int, event: str) -> Redemption | None:
        found = self.requests.get(id_)
        if found is None:
            self.findings.differ(DESK, f"redemption {id_}", event, "requested before", "no log")
            return None
        self.findings.check(DESK, f"redemption {id_}", f"{event}.amount", found.amount, amount)
        self.findings.check(DESK, f"redemption {id_}", "state before", 1, found.state)
        found.state = state
        return found

    def completed(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, _, amount, reference = values
        found = self._end(id_, amount, 2, "RedemptionCompleted")
        if found is None:
            return
        self.references.add(reference)
        moment.scratch.setdefault("completed", []).append((id_, reference, (self.address, found.amount)))

    def close_moment(self, moment: Moment) -> None:
        """What was completed was burned under the bank's reference."""
        for id_, reference, wanted in moment.scratch.get("completed", ()):
            found = moment.scratch.get(("burned", reference), "no log")
            self.findings.check(TOKEN, f"redemption {id_}", "Burned (by, amount)", wanted, found)

    def refused(self, values: tuple[Any, ...], moment: Moment) -> None:
        found = self._end(values[0], values[2], 3, "RedemptionRefused")
        moment.purpose("redemption_returned", "redemption", values[0])
        if found is not None:
            moment.give(DESK, found.holder, found.amount)

    def taken_back(self, values: tuple[Any, ...], moment: Moment) -> None:
        found = self._end(values[0], values[2], 4, "RedemptionTakenBack")
        moment.purpose("redemption_returned", "redemption", values[0])
        if found is not None:
            moment.give(DESK, found.holder, found.amount)
