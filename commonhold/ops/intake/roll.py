"""What a rent roll becomes: parties, units and leases as drafts, and a report about the reading.

Drafts name each other by local keys; ids come with the registration. Names, contacts and addresses stay in
the local store: nothing of them enters the terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from commonhold.ops.intake.problems import Note, Problem
from commonhold.rules.terms import LeaseTerms
from commonhold.units import Area, Day, Money, Ppm

PartyKind = Literal["person", "company"]
UnitKind = Literal["home", "parking", "shop"]

_NO_AREA = Area(0)
_NO_SHARE = Ppm(0)


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A person or company of the roll. key: local identity, of name and contact."""

    key: str
    kind: PartyKind
    name: str
    contact: str = ""
    wallet: str = ""
    roles: tuple[str, ...] = ()  # landlord, tenant, manager, arbiter
    line: int = 0


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """A unit of the roll, let or vacant.

    key: "building/unit" as compared. area: [0.01 m²], share: of the community [ppm], 0 = not in the roll.
    owner: key of a party, "" if unnamed.
    """

    key: str
    building: str
    label: str
    kind: UnitKind = "home"
    area: Area = _NO_AREA
    share: Ppm = _NO_SHARE
    address: str = ""
    owner: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """As people call it."""
        return f"{self.building} {self.label}".strip()


@dataclass(frozen=True, slots=True)
class LeaseDraft:
    """A lease of the roll. `terms` is complete but for ids, nonce, salt, document hash and deadline.

    key: local identity: the roll's own lease number, or unit and start day. lines: where it stands.
    unit, landlord, tenants, manager, arbiter, fee_payees (one for each of terms.fees): keys.
    agreed: what was agreed, field by field as text, for comparing with a later roll.
    books: the figures at the cut-over [cmt]: arrears, prepaid, late_fees.
    """

    key: str
    lines: tuple[int, ...]
    unit: str
    landlord: str
    tenants: tuple[str, ...]
    manager: str
    arbiter: str
    fee_payees: tuple[str, ...]
    terms: LeaseTerms
    cutover: Day
    agreed: Mapping[str, str] = field(default_factory=dict)
    books: Mapping[str, int] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it is taken over while it runs."""
        return self.terms.opening.day != 0

    def terms_with(
        self,
        units: Mapping[str, int],
        parties: Mapping[str, int],
        *,
        nonce: int = 0,
        salt: bytes = bytes(32),
        document_hash: bytes = bytes(32),
        deadline: int = 0,
    ) -> LeaseTerms:
        """The terms for signing. units, parties: key → id on chain. Raises KeyError for one without an id."""
        fees = tuple(
            replace(fee, payee=parties[payee])
            for fee, payee in zip(self.terms.fees, self.fee_payees, strict=True)
        )
        return replace(
            self.terms,
            unit=units[self.unit],
            landlord=parties[self.landlord],
            tenants=tuple(parties[tenant] for tenant in self.tenants),
            manager=parties[self.manager] if self.manager else 0,
            arbiter=parties[self.arbiter] if self.arbiter else 0,
            fees=fees,
            nonce=nonce,
            salt=salt,
            document_hash=document_hash,
            deadline=deadline,
        )


@dataclass(frozen=True, slots=True)
class RollRow:
    """One lease or one vacant unit of the roll, as its lines say. lease: key of the draft, "" if vacant."""

    lines: tuple[int, ...]
    unit: str
    lease: str = ""
    good: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of a total row beside the sum of its rows. [cmt]

    line: of the total row. label: what it calls itself. first, last: lines that it covers.
    suspects: the units whose figure explains the difference.
    """

    line: int
    label: str
    column: str
    field: str
    stated: Money
    summed: Money
    first: int
    last: int
    suspects: tuple[str, ...] = ()

    @property
    def difference(self) -> Money:
        """Stated less summed: above zero if the roll says more than its rows. [cmt]"""
        return Money(self.stated - self.summed)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts, and the sums of the money columns over all rows [cmt]."""

    units: int = 0
    leases: int = 0
    running: int = 0
    vacant: int = 0
    parties: int = 0
    money: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RollReport:
    """All that was read. `ok` says whether it may be applied as it is.

    parties, units, leases: of good rows alone. reconciliation: every figure of every total row.
    """

    path: str
    sha256: str
    cutover: Day | None = None
    encoding: str = ""
    sheet: str = ""
    rows: tuple[RollRow, ...] = ()
    parties: tuple[PartyDraft, ...] = ()
    units: tuple[UnitDraft, ...] = ()
    leases: tuple[LeaseDraft, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    totals: Totals = Totals()
    buildings: Mapping[str, Totals] = field(default_factory=dict)
    reconciliation: tuple[Comparison, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def bad_lines(self) -> Sequence[int]:
        return sorted({problem.line for problem in self.problems})
