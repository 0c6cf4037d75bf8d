"""LeaseChanges replayed: proposals and who accepted them, versions, waivers by month, default notices.

What was agreed reaches LeaseAgreement in the same transaction: each ProposalApplied wants its LeaseChanged.
Amounts [cmt], days [day], months [month].
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.ops.audit.findings import Findings
from commonhold.ops.audit.leases import LEASES, LeaseBook
from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import Handler
from commonhold.ops.audit.outcomes import Default, tell
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.rent import ChangeKind, share_of

CHANGES: Final = "LeaseChanges"
DEFAULT_AGE_DAYS: Final = 14
CURE_DAYS: Final = 14
RECOVERY_DAYS: Final = 30
DEFAULT_LEAVE_DAYS: Final = 14
_LANDLORD, _NEWCOMER, _MANAGER = 1, 32, 64
_WAIVERS: Final = (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES)


_TYPE: Final = keccak(
    text="LeaseProposal(uint8 kind,uint32 lease,uint8 index,uint32 day,uint32 party,uint64 amount,"
    "bool notice,bytes32 reasonHash,uint64 version,uint64 deadline)"
)


def _hash(words: Sequence[int]) -> str:
    """The EIP-712 struct hash that is a proposal's id: of its members in order."""
    return "0x" + keccak(_TYPE + b"".join(word.to_bytes(32, "big") for word in words)).hex()


@dataclass(slots=True)
class Proposal:
    """One open proposal."""

    lease: int
    kind: int
    proposer: int  # party, 0 = the office
    required: int  # mask
    accepted: int  # mask
    version: int
    deadline: int  # [unix]
    newcomer: int  # party
    change: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[int, int, int]:
        """One open proposal for each of these."""
        return self.lease, self.kind, self.proposer


@dataclass(slots=True)
class ChangeBook:
    """All proposals that are open, and what was agreed."""

    findings: Findings
    leases: LeaseBook
    proposals: dict[str, Proposal] = field(default_factory=dict)
    open: dict[tuple[int, int, int], str] = field(default_factory=dict)
    changes: dict[int, int] = field(default_factory=dict)  # by lease
    waivers: dict[int, int] = field(default_factory=dict)  # by lease
    waived: dict[int, tuple[int, int]] = field(default_factory=dict)  # month → rent, late fees [cmt]
    notices: dict[int, tuple[int, int]] = field(default_factory=dict)  # lease → day, changes then
    nonces: dict[int, int] = field(default_factory=dict)  # of acceptances, by party

    def handlers(self) -> dict[str, Handler]:
        """By event."""
        return {
            "ProposalMade": self.made,
            "ProposalAccepted": self.accepted,
            "ProposalWithdrawn": self.withdrawn,
            "ProposalApplied": self.applied,
            "Waived": self.waived_told,
            "AcceptanceNonceRaised": self.nonce_raised,
            "DefaultNoticeGiven": self.notice_given,
            "LeaseDefaulted": self.defaulted,
        }

    # ---- look

    def version(self, lease: int, kind: int) -> int:
        """Rises with every change; for waivers with every waiver too."""
        changes = self.changes.get(lease, 0)
        return changes + self.waivers.get(lease, 0) if kind in _WAIVERS else changes

    def unpaid(self, ledger: LeaseLedger, day: int) -> int:
        """Principal that had fallen due by a day and is unpaid now; prepaid cash counts as paid. [cmt]"""
        due, shares = ledger.schedule.due(day), ledger.terms.shares
        return sum(
            max(0, share_of(shares, i, due) - account.settled - account.pot)
            for i, account in enumerate(ledger.accounts)
        )

    def old_arrears(self, ledger: LeaseLedger, day: int) -> int:
        """What counts for a default noticed on a day. [cmt]"""
        return self.unpaid(ledger, day - ledger.terms.grace_days - DEFAULT_AGE_DAYS)

    def cure_day(self, ledger: LeaseLedger, day: int, time: int) -> int:
        """The last day on which paying undoes a notice of a day. [day]"""
        parties = self.leases.parties
        recovering = any(parties.pending(account.tenant, time) for account in ledger.accounts)
        return day + CURE_DAYS + (RECOVERY_DAYS if recovering else 0)

    def notice(self, lease: int, time: int) -> tuple[int, int]:
        """The standing default notice: arrears and cure day, zeros if there is none. [cmt], [day]"""
        day, changes = self.notices.get(lease, (0, 0))
        if not day or changes != self.changes.get(lease, 0):
            return 0, 0
        ledger = self.leases.leases[lease]
        return self.old_arrears(ledger, day), self.cure_day(ledger, day, time)

    def _bits(self, lease: int, party: int, newcomer: int) -> int:
        """The acceptors that a party is."""
        if party == 0:
            return _MANAGER
        ledger = self.leases.leases[lease]
        bits = _LANDLORD if party == ledger.landlord else 0
        bits |= _NEWCOMER if party == newcomer else 0
        for index, account in enumerate(ledger.accounts):
            bits |= 2 << index if account.tenant == party else 0
        return bits

    def _required(self, ledger: LeaseLedger, kind: int, notice: int, index: int) -> int:
        """Who has to accept, by the table of ILeaseChanges."""
        tenants = (2 << len(ledger.accounts)) - 2
        if kind in _WAIVERS:
            return _LANDLORD | _MANAGER
        if kind == ChangeKind.SALE:
            return _LANDLORD | _NEWCOMER
        if kind == ChangeKind.TENANT:
            return _LANDLORD | tenants | _NEWCOMER
        if kind == ChangeKind.END and notice:
            return _LANDLORD if index == 0xFF else tenants
        return _LANDLORD | tenants

    # ---- events

    def _ledger(self, lease: int, event: str) -> LeaseLedger | None:
        found = self.leases.leases.get(lease)
        if found is None:
            self.findings.differ(CHANGES, f"lease {lease}", event, "activated before", "no log")
        return found

    def made(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, lease, proposer, required, (change, notice, reason, version, deadline) = values
        ledger = self._ledger(lease, "ProposalMade")
        kind, newcomer = change[0], change[4]
        if ledger is None:
            return
        row = f"proposal {id_}"
        words = (*change, notice, int(reason, 16), version, deadline)
        self.findings.check(CHANGES, row, "id", _hash(words), id_)
        self.findings.check(CHANGES, row, "version", self.version(lease, kind), version)
        expected = self._required(ledger, kind, notice, change[2])
        self.findings.check(CHANGES, row, "required", expected, required)
        bits = self._bits(lease, proposer, newcomer) & expected
        made = Proposal(lease, kind, proposer, expected, bits, version, deadline, newcomer, tuple(change))
        if bits == expected:
            moment.announce(CHANGES, "ProposalApplied", row, "applied", (lease, kind))
            moment.scratch["agreed", lease, kind] = made.change
            return
        old = self.open.pop(made.key, None)
        if old is not None:
            self.proposals.pop(old, None)
        self.open[made.key] = id_
        self.proposals[id_] = made

    def accepted(self, values: tuple[Any, ...], moment: Moment) -> None:
        id_, party = values
        found, row = self.proposals.get(id_), f"proposal {id_}"
        if found is None:
            self.findings.differ(CHANGES, row, "ProposalAccepted", "made before", "no log")
            return
        found.accepted |= self._bits(found.lease, party, found.newcomer) & found.required
        if found.accepted == found.required:
            moment.announce(CHANGES, "ProposalApplied", row, "applied", (found.lease, found.kind))

    def _forget(self, id_: str) -> Proposal | None:
        found = self.proposals.pop(id_, None)
        if found is not None and self.open.get(found.key) == id_:
            del self.open[found.key]
        return found

    def withdrawn(self, values: tuple[Any, ...], moment: Moment) -> None:
        if self._forget(values[0]) is None:
            self.findings.differ(CHANGES, f"proposal {values[0]}", "ProposalWithdrawn", "open", "not open")

    def applied(self, values: tuple[Any, ...], moment: Moment) -> None:
        """By acceptances one by one, or all signed at once: then no proposal was made before."""
        id_, lease, kind, _ = values
        row = f"proposal {id_}"
        found = self._forget(id_)
        change = found.change if found is not None else moment.scratch.pop(("agreed", lease, kind), None)
        if found is not None or moment.awaits(CHANGES, "ProposalApplied", row, "applied"):
            moment.meet(CHANGES, "ProposalApplied", row, "applied", (lease, kind))
        counts = self.waivers if kind in _WAIVERS else self.changes
        counts[lease] = counts.get(lease, 0) + 1
        moment.announce(LEASES, "LeaseChanged", f"lease {lease}", "change", (kind, change))

    def changed(self, values: tuple[Any, ...], moment: Moment) -> None:
        """A LeaseChanged log: exactly what was agreed. A change that all had signed is known by it alone."""
        lease, kind, change = values
        id_ = f"lease {lease}"
        waiting = moment.announced.get((LEASES, "LeaseChanged", id_, "change"))
        if waiting and waiting[0][1] is None:
            waiting[0] = (waiting[0][0], tuple(change))
        moment.meet(LEASES, "LeaseChanged", id_, "change", (kind, tuple(change)))
        if kind in _WAIVERS:
            self._count_waiver(lease, kind, change, moment)

    def _count_waiver(self, lease: int, kind: int, change: tuple[int, ...], moment: Moment) -> None:
        rent = change[5] if kind == ChangeKind.WAIVE_RENT else 0
        fees = change[5] if kind == ChangeKind.WAIVE_FEES else 0
        told = moment.scratch.pop(("waived", lease, change[4]), "no log")
        expected = (moment.month, rent, fees)
        self.findings.check(
            CHANGES, f"lease {lease} party {change[4]}", "Waived (month, rent, fees)", expected, told
        )
        before = self.waived.get(moment.month, (0, 0))
        self.waived[moment.month] = (before[0] + rent, before[1] + fees)

    def waived_told(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, tenant, month, principal, late_fees, _ = values
        moment.scratch["waived", lease, tenant] = (month, principal, late_fees)

    def nonce_raised(self, values: tuple[Any, ...], moment: Moment) -> None:
        party, nonce = values
        expected = self.nonces.get(party, 0) + 1
        self.findings.check(CHANGES, f"party {party}", "AcceptanceNonceRaised.nonce", expected, nonce)
        self.nonces[party] = expected

    # ---- default

    def notice_given(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, _, arrears, cure_day = values
        ledger = self._ledger(lease, "DefaultNoticeGiven")
        if ledger is None:
            return
        expected = self.old_arrears(ledger, moment.day)
        self.findings.check(CHANGES, f"lease {lease}", "DefaultNoticeGiven.arrears", expected, arrears)
        self.findings.check(
            CHANGES, f"lease {lease}", "DefaultNoticeGiven.cureDay", moment.day + CURE_DAYS, cure_day
        )
        self.notices[lease] = (moment.day, self.changes.get(lease, 0))

    def defaulted(self, values: tuple[Any, ...], moment: Moment) -> None:
        lease, _, arrears, end_day = values
        ledger, id_ = self._ledger(lease, "LeaseDefaulted"), f"lease {lease}"
        if ledger is None:
            return
        day, _ = self.notices.pop(lease, (0, 0))
        if not day:
            self.findings.differ(CHANGES, id_, "LeaseDefaulted", "noticed before", "no log")
            return
        self.findings.check(CHANGES, id_, "LeaseDefaulted.arrears", self.old_arrears(ledger, day), arrears)
        for index, touched in enumerate(ledger.all_touched(moment.day)):
            if touched.due > touched.settled:
                obligation = lease << 24 | index << 16
                tell(moment, Default(CHANGES, obligation, touched.account.tenant, moment.day))
        leave, end = moment.day + DEFAULT_LEAVE_DAYS, ledger.schedule.end_day
        self.findings.check(CHANGES, id_, "LeaseDefaulted.endDay", min(leave, end), end_day)
        if leave < end:
            self.changes[lease] = self.changes.get(lease, 0) + 1
            change = (int(ChangeKind.END), lease, 0, leave, 0, 0)
            moment.announce(LEASES, "LeaseChanged", id_, "change", (int(ChangeKind.END), change))
