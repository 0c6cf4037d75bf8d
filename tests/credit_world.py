"""A community with its credit history: the world of the registries, plus the four credit contracts, two
contracts that report what they are told, and a lending contract.

    world = CreditWorld(backend_for(plugins))
    world.collect("ann")
    world.on_time(RENT, [(world.month, "ann")])
    assert world.cell("ann", world.month, RENT_ON_TIME) == 1
"""

from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.chain.contracts.credit import as_parameters, as_score
from commonhold.roles import GUARDED, ROLE_ID, ROLES
from commonhold.rules import calendar
from commonhold.rules.history import Outcome, Standing
from commonhold.rules.score import Contribution, Parameters, Score
from tests.evm import artifact
from tests.lease_world import Backend
from tests.registry_world import DAY, UTC_OFFSET, World

RENT, FEES, INSTALMENT = range(3)
(
    RENT_ON_TIME, RENT_LATE_1, RENT_LATE_30, RENT_LATE_60, FEES_ON_TIME,
    FEES_LATE, INSTALMENT_ON_TIME, INSTALMENT_LATE, DEFAULT, NEUTRAL,
) = range(10)  # fmt: skip
NOWHERE = 15
ALL_KINDS = 0b11111
SHARING, LENDING = range(2)
CREDIT_CONTRACTS = ("CreditRegistry", "CreditReview", "CreditConsent", "CreditFormula")


class CreditWorld(World):
    """The contracts, the people, and short ways to what the tests do all the time."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        houses, admin = (self.access, self.forwarder), self.wallet("admin")
        self.credit = backend.deploy("CreditRegistry", *houses, self.parties, UTC_OFFSET)
        self.review = backend.deploy("CreditReview", *houses, self.parties, self.credit)
        self.consent = backend.deploy("CreditConsent", *houses, self.parties)
        self.formula = backend.deploy("CreditFormula", *houses, self.parties, self.credit, self.consent)
        self.reporter = backend.deploy("ReporterPuppet")
        self.other = backend.deploy("ReporterPuppet")
        self.lender = backend.deploy("Puppet")
        for name, contract in zip(
            CREDIT_CONTRACTS, (self.credit, self.review, self.consent, self.formula), strict=True
        ):
            self._allow(name, contract)
        self.access.grantRole(ROLE_ID["REVIEW"], self.review, 0, sender=admin)
        self.access.grantRole(ROLE_ID["LIMITS"], self.formula, 0, sender=admin)
        self.credit.registerReporter(self.reporter, ALL_KINDS, sender=admin)
        self.credit.registerReporter(self.other, ALL_KINDS, sender=admin)
        self.formula.registerLender(self.lender, self.party["dora"], sender=admin)

    def _allow(self, name: str, contract: Any) -> None:
        for role in ROLES[1:]:
            rows = [sign for sign, granted in GUARDED[name].items() if granted == role.name]
            if rows:
                selectors = [keccak(text=row)[:4] for row in rows]
                self.access.setTargetFunctionRole(contract, selectors, role.id, sender=self.wallet("admin"))

    # ---------------------------------------------------------------- time

    @property
    def month(self) -> int:
        """[month]"""
        return calendar.month_of(self.today)

    def to_day(self, day: int) -> None:
        """Midday of a day that is not before today."""
        self.backend.warp(day * DAY - UTC_OFFSET + DAY // 2)

    # ---------------------------------------------------------------- reporting

    def collect(self, *people: str, consent: bool = True) -> None:
        """These people consent to collecting, or withdraw that."""
        for person in people:
            self.parties.setCollectingConsent(consent, sender=self.wallet(person))

    def _report(self, function: str, *arguments: Any, by: Any = None) -> None:
        self.as_contract(by or self.reporter, self.credit, function, *arguments)

    def on_time(self, kind: int, items: list[tuple[int, str]], *, by: Any = None) -> None:
        """(month of the due day, person) of obligations discharged in time."""
        words = [month << 32 | self.party[person] for month, person in items]
        self._report("countOnTime", kind, words, by=by)

    def late(
        self,
        obligation: int,
        person: str,
        due: int,
        day: int,
        *,
        waived: bool = False,
        kind: int = RENT,
        by: Any = None,
    ) -> None:
        """An obligation discharged after its grace."""
        self._report("reportLate", kind, [(obligation, self.party[person], due, day, waived)], by=by)

    def default(self, obligation: int, person: str, day: int, *, by: Any = None) -> None:
        self._report("reportDefault", obligation, self.party[person], day, by=by)

    def provide(self, person: str, month: int, lane: int, *, by: Any = None) -> None:
        self._report("reportProvider", self.party[person], month, lane, by=by)

    def owe(
        self,
        obligation: int,
        person: str,
        due: int,
        *,
        grace: int = 5,
        open: int = 1,
        kind: int = RENT,
        by: Any = None,
    ) -> int:
        """The reporter says from now on that this is open; answers the key of the obligation."""
        by = by or self.reporter
        told = (kind, self.party[person], due, due + grace, open)
        by.tell(obligation, told, sender=self.wallet("stranger"))
        return self.key(obligation, by=by)

    def overdue(self, obligation: int, *, by: Any = None) -> None:
        """Somebody asks the registry to look at an obligation."""
        self.credit.reportOverdue(by or self.reporter, obligation, sender=self.wallet("stranger"))

    def entered(self, person: str = "ann", *, obligation: int = 1, days: int = 15, kind: int = RENT) -> int:
        """A delinquency of an obligation that fell due today, noticed and entered; answers its key."""
        due = self.today
        key = self.owe(obligation, person, due, grace=0, kind=kind)
        self.to_day(due + 1)
        self.overdue(obligation)
        self.to_day(due + max(days, 16))
        self.overdue(obligation)
        return key

    # ---------------------------------------------------------------- looking

    def key(self, obligation: int, *, default: bool = False, by: Any = None) -> int:
        return int(self.credit.keyOf(by or self.reporter, obligation, default))

    def cell(self, person: str, month: int, lane: int) -> int:
        return int(self.credit.countOf(self.party[person], month, lane))

    def provided(self, person: str, month: int, lane: int) -> int:
        return int(self.credit.providerCountOf(self.party[person], month, lane))

    def outcome(self, key: int) -> Outcome:
        *values, standing, last = self.credit.outcomeOf(key)
        return Outcome(*values, Standing(standing), last)

    def score(self, person: str) -> Score:
        return as_score(self.formula.scoreOf(self.party[person]))

    def explained(self, person: str) -> tuple[Score, list[Contribution]]:
        score, rows = self.formula.explain(self.party[person])
        return as_score(score), [Contribution(*row) for row in rows]

    def parameters(self, version: int = 1) -> Parameters:
        return as_parameters(self.formula.parametersOf(version))

    def punctual(self, person: str, months: int, *, kind: int = RENT) -> None:
        """This many months in time, the current one and those before it."""
        self.on_time(kind, [(self.month - age, person) for age in range(months)])

    def as_admin(self, contract: Any, function: str, *arguments: Any) -> None:
        """An act of ADMIN after the first day: announced, and done two days later."""
        admin = self.wallet("admin")
        self.access.schedule(contract, contract.data(function, *arguments), 0, sender=admin)
        self.later(2 * DAY)
        getattr(contract, function)(*arguments, sender=admin)

    def store(self, person: str, half: int, words: list[int]) -> None:
        """Writes half-years straight into the registry's storage (in the EVM of this process)."""
        layout = artifact("CreditRegistry")["storageLayout"]["storage"]
        place = next(int(item["slot"]) for item in layout if item["label"] == "_grid")
        for index, cells in enumerate(words):
            key = (half + index) << 32 | self.party[person]
            slot = int.from_bytes(keccak(encode(["uint256", "uint256"], [key, place])), "big")
            self.backend.chain.evm.insert_account_storage(self.credit.address, slot, cells)
