"""The contracts and their Python twin side by side: every act is done to both and every figure compared.

    mirror = Mirror()
    anna = mirror.person("anna", funds=5_000_000)
    lease = mirror.activate(landlord, [anna], rent=1_000_000)
    mirror.to_day(day)
    mirror.settle([lease])        # the same answers from contract, preview and twin, or an assertion
    mirror.compare()              # balances, accounts, states, what is held and owed

An act that the contract refuses must be refused by the twin with the same error and figures, and keep
nothing.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from commonhold.rules.community import ESCROW, LEASES, Community, Result
from commonhold.rules.deposit import DepositRefused
from commonhold.rules.ledger import Change, LeaseRefused
from commonhold.rules.mandates import Mandate, MoneyRefused
from commonhold.rules.rent import ChangeInvalid
from commonhold.rules.validate import TermsInvalid
from tests.evm import Reverted, artifact
from tests.suite import Person, Suite

REASON = b"\7" * 32
UNLIMITED = 2**200


class Mirror:
    """One community twice."""

    def __init__(self) -> None:
        self.suite = Suite()
        self.leases, self.escrow, self.token = self.suite.leases, self.suite.escrow, self.suite.token
        code = artifact("Puppet")["deployedBytecode"]
        self.suite.chain.set_code(self.suite.changes.address, bytes.fromhex(code[2:]))
        self.changes = self.suite.chain.at("Puppet", self.suite.changes.address)
        double = artifact("CreditDouble")["deployedBytecode"]
        self.suite.chain.set_code(self.suite.credit.address, bytes.fromhex(double[2:]))
        self.suite.chain.at("CreditDouble", self.suite.credit.address)
        self.refusal = ""  # the error of the last act that both refused
        self.people: dict[int, Person] = {}
        self.units: dict[int, list[int]] = {}  # free ones by landlord
        self.told: Counter[tuple[Any, ...]] = Counter()  # what the contracts told the credit history
        self.twin = Community(bit=self.token.collectorBit(self.leases))

    # ---------------------------------------------------------------- people and time

    @property
    def day(self) -> int:
        """Today. [day]"""
        return self.suite.day

    def to_day(self, day: int) -> None:
        """On to midday of a day."""
        if day > self.day:
            self.suite.to_day(day)

    def person(self, *, funds: int = 0, units: int = 0, allowance: bool = False) -> int:
        """A party with money and units, on the first day; `allowance`: it also approved the lease contract.
        Answers its id."""
        who = self.suite.person(funds=funds)
        self.people[who.party] = who
        self.units[who.party] = [self.suite.unit(who) for _ in range(units)]
        self.twin.money.mint(who.party, funds)
        if allowance:
            self.token.approve(self.leases, UNLIMITED, sender=who)
            self.twin.money.purse(who.party).allowance = UNLIMITED
        return who.party

    def fund(self, party: int, amount: int) -> None:
        """New money."""
        self.suite.fund(self.people[party], amount)
        self.twin.money.mint(party, amount)

    def transfer(self, sender: int, receiver: int, amount: int) -> bool:
        """Money from one party to another."""
        to = self.people[receiver].wallet
        return self._both(
            lambda: self.token.transfer(to, amount, sender=self.people[sender]),
            lambda: self.twin.money.transfer(sender, receiver, amount),
        )

    def mandate(self, party: int, limit: int, expiry: int, partial: bool = False) -> None:
        """A mandate for the leases. [cmt/month], [month]"""
        mandate = (limit, self.twin.bit, expiry, partial)
        self.token.setMandate(mandate, sender=self.people[party])
        self.twin.money.set_mandate(party, Mandate(*mandate))

    def revoke(self, party: int) -> None:
        """The mandate ends."""
        self.token.revokeMandate(sender=self.people[party])
        self.twin.money.revoke_mandate(party)

    # ---------------------------------------------------------------- leases

    def activate(self, landlord: int, tenants: list[int], **terms: Any) -> int:
        """A lease signed by all and submitted by the landlord; 0 if both refuse it."""
        owner, signers = self.people[landlord], [self.people[tenant] for tenant in tenants]
        draft = self.suite.draft(self.units[landlord][-1], owner, signers, **terms)
        done = self._both(
            lambda: self.suite.activate(draft, [owner, *signers], sender=owner),
            lambda: self.twin.activate(draft, self.day, submitter=landlord),
        )
        if not done:
            return 0
        self.units[landlord].pop()
        return len(self.twin.leases)

    def pay(self, lease: int, tenant: int, amount: int, payer: int) -> bool:
        """`payer` pays for `tenant`."""
        terms_hash = self.suite.hash_of(lease)
        return self._both(
            lambda: self.leases.pay(lease, tenant, amount, terms_hash, sender=self.people[payer]),
            lambda: self.twin.pay(lease, tenant, amount, self.day, payer),
        )

    def refund(self, lease: int, tenant: int, amount: int) -> bool:
        """A tenant takes prepaid cash back."""
        return self._both(
            lambda: self.leases.refund(lease, amount, sender=self.people[tenant]),
            lambda: self.twin.refund(lease, tenant, amount, self.day),
        )

    def settle(self, leases: list[int]) -> list[Result]:
        """A batch: contract, its preview and both previews' twins must answer alike."""
        sender = self.suite.admin
        preview = self.leases.previewSettle(leases, sender=sender)
        twin_preview = self.twin.preview_settle(leases, self.day)
        answer = self.leases.settle(leases, sender=sender)
        self._note_told()
        events = {}
        for event in self.suite.chain.events("Settled"):
            # by place: the fees' event of this name has the same words under other names
            id_, tenant, code, amount = (v for k, v in event.items() if k not in ("event", "address"))
            events[id_, tenant] = (code, amount)
        results = self.twin.settle(leases, self.day)
        expected = [tuple(map(int, result)) for result in results]
        same("answers", [tuple(result) for result in answer], expected)
        same("preview", [tuple(result) for result in preview], expected)
        same("the twin's preview", expected, [tuple(map(int, result)) for result in twin_preview])
        if len(set(leases)) == len(leases):
            lines = {
                (lease, line.tenant): (int(line.code), line.amount)
                for lease, settled in self.twin.last_lines.items()
                for line in settled.lines
            }
            same("Settled events", events, lines)
        return results

    def change(self, lease: int, change: Change) -> bool:
        """An agreed change, told in the place of LeaseChanges."""
        told = (int(change.kind), lease, change.index, change.day, change.party, change.amount)
        data = self.leases.data("applyChange", told)
        return self._both(
            lambda: self.changes.act(self.leases, data, sender=self.suite.admin),
            lambda: self.twin.apply(lease, change, self.day),
        )

    def close(self, lease: int) -> bool:
        """The landlord closes a lease."""
        landlord = self.people[self.twin.lease(lease).landlord]
        return self._both(
            lambda: self.leases.close(lease, sender=landlord), lambda: self.twin.close(lease, self.day)
        )

    def pay_landlord_debt(self, lease: int, tenant: int, amount: int, payer: int) -> bool:
        """Somebody pays what the landlord owes a tenant."""
        return self._both(
            lambda: self.leases.payLandlordDebt(lease, tenant, amount, sender=self.people[payer]),
            lambda: self.twin.pay_landlord_debt(lease, tenant, amount, self.day, payer),
        )

    # ---------------------------------------------------------------- deposits

    def claim(self, lease: int, amounts: list[int]) -> bool:
        """The landlord claims."""
        landlord = self.people[self.twin.lease(lease).landlord]
        return self._both(
            lambda: self.escrow.fileClaim(lease, amounts, [REASON] * len(amounts), sender=landlord),
            lambda: self.twin.file_claim(lease, amounts, self.day),
        )

    def accept_claim(self, lease: int, tenant: int) -> bool:
        """A tenant agrees."""
        claim = self.twin.deposits.deposit(lease).claim
        return self._both(
            lambda: self.escrow.acceptClaim(lease, claim, sender=self.people[tenant]),
            lambda: self.twin.accept_claim(lease, tenant, self.day),
        )

    def offer(self, lease: int, tenant: int, amount: int) -> bool:
        """A tenant answers with less."""
        return self._both(
            lambda: self.escrow.makeOffer(lease, amount, sender=self.people[tenant]),
            lambda: self.twin.make_offer(lease, tenant, amount, self.day),
        )

    def accept_offer(self, lease: int) -> bool:
        """The landlord takes the offer."""
        landlord = self.people[self.twin.lease(lease).landlord]
        offer = self.twin.deposits.deposit(lease).offer
        return self._both(
            lambda: self.escrow.acceptOffer(lease, offer, sender=landlord),
            lambda: self.twin.accept_offer(lease),
        )

    def award(self, lease: int, arbiter: int, amount: int) -> bool:
        """The arbiter decides."""
        return self._both(
            lambda: self.escrow.award(lease, amount, sender=self.people[arbiter]),
            lambda: self.twin.award(lease, amount, self.day),
        )

    def finalise(self, lease: int) -> bool:
        """A clock has run out."""
        return self._both(
            lambda: self.escrow.finalise(lease, sender=self.suite.admin),
            lambda: self.twin.finalise(lease, self.day),
        )

    # ---------------------------------------------------------------- compare

    def _both(self, contract: Callable[[], Any], twin: Callable[[], Any]) -> bool:
        """Do it in both; true if both did it, false if both refused it alike."""
        refusal: Reverted | None = None
        try:
            contract()
            self._note_told()
        except Reverted as error:
            refusal = error
        self.refusal = refusal.name if refusal else ""
        try:
            twin()
        except (LeaseRefused, MoneyRefused, DepositRefused) as error:
            assert refusal is not None, f"only the twin refused: {error}"
            figures = tuple(value for value in refusal.values if not isinstance(value, str))
            found = (refusal.name, *figures[len(figures) - len(error.values) :])
            same("refusal", found, (error.error, *error.values))
            return False
        except ChangeInvalid as error:
            assert refusal is not None, f"only the twin refused: {error}"
            expected = (int(error.kind), error.value, error.bound)
            same("refusal", (refusal.name, *refusal.values[1:]), ("LeaseChangeInvalid", *expected))
            return False
        except TermsInvalid as error:
            assert refusal is not None, f"only the twin refused: {error}"
            found = tuple(v.rstrip(b"\0").decode() if isinstance(v, bytes) else v for v in refusal.values)
            same("refusal", found, (error.field, error.value, error.bound))
            return False
        assert refusal is None, f"only the contract refused: {refusal}"
        return True

    def _note_told(self) -> None:
        """What the last transaction told the credit history, in the twin's words."""
        for event in self.events("InTime"):
            self.told["in time", event["party"], event["month"]] += 1
        for event in self.events("Late"):
            key = ("obligation", "party", "dueDay", "day", "waived")
            self.told["late", *(event[name] for name in key)] += 1

    def events(self, name: str) -> list[dict[str, Any]]:
        """Those of the last transaction."""
        return self.suite.chain.events(name)

    def _twin_told(self) -> Counter[tuple[Any, ...]]:
        told: Counter[tuple[Any, ...]] = Counter()
        for lease, ledger in self.twin.leases.items():
            for outcome in ledger.told:
                if outcome.in_time:
                    told["in time", outcome.party, outcome.month] += 1
                else:
                    obligation = lease << 24 | outcome.account << 16 | outcome.label
                    told["late", obligation, outcome.party, outcome.due_day, outcome.day, outcome.waived] += 1
        return told

    def compare(self) -> None:
        """Every figure of every lease, party and pot."""
        twin, money, leases = self.twin, self.twin.money, self.leases
        for lease, ledger in twin.leases.items():
            accounts = [tuple(account) for account in leases.accountsOf(lease)]
            same(f"accounts of lease {lease}", accounts, twin.figures(lease, self.day))
            same(f"state of lease {lease}", leases.stateOf(lease), int(ledger.state_on(self.day)))
            left = twin.deposits.deposit(lease).left
            same(f"deposit of lease {lease}", self.escrow.depositOf(lease), left)
            for account in ledger.accounts:
                debt = leases.landlordDebt(lease, account.tenant)
                same(f"landlord's debt of lease {lease}", debt, account.landlord_debt)
        for party, person in self.people.items():
            same(f"balance of party {party}", self.suite.balance(person), money.balance(party))
            same(f"owed to party {party}", leases.owed(party), twin.owed.get(party, 0))
            purse, (_, spent, month) = money.purse(party), self.token.mandateOf(person.wallet)
            same(f"collected from party {party}", (spent, month), (purse.spent, purse.spent_month))
        same("told to the credit history", dict(self.told), dict(self._twin_told()))
        same("held", leases.held(), twin.held)
        same("money of the leases", self.suite.balance(leases), money.balance(LEASES))
        same("money of the deposits", self.suite.balance(self.escrow), money.balance(ESCROW))


def same(what: str, contract: Any, twin: Any) -> None:
    """The contract's figure and the twin's."""
    if contract != twin:
        raise AssertionError(f"{what}: the contract says {contract}, the twin {twin}")
