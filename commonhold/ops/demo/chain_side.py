"""The contracts' side of the story: every act as the transaction that a manager or a resident sends."""

from collections.abc import Sequence
from typing import Final

from eth_utils.crypto import keccak

from commonhold.chain.call import Call
from commonhold.chain.contracts import changes, token
from commonhold.chain.send import Order
from commonhold.ops.demo.keys import Key, digest, separator
from commonhold.ops.demo.relay import Relay
from commonhold.ops.demo.sides import AccountFigures, LeaseFigures, Line, Picture, Result, Settled
from commonhold.ops.demo.stage import Stage, mint_to
from commonhold.rules.codes import Code
from commonhold.rules.ledger import LANDLORD_INDEX, Change, State
from commonhold.rules.mandates import Mandate
from commonhold.rules.rent import ChangeKind
from commonhold.units import Day

_MANDATE: Final = (
    "SetMandate(address wallet,uint256 limit,uint16 collectors,uint16 expiryMonth,bool allowPartial,"
    "uint256 nonce,uint256 deadline)"
)
_REPLACE: Final = "ReplaceWallet(uint32 party,address newWallet,uint256 nonce,uint256 deadline)"
_LIFE: Final = 86_400 * 30  # of a proposal [s]
_WAIVERS: Final = (ChangeKind.WAIVE_RENT, ChangeKind.WAIVE_FEES)
_SETTLE_GAS: Final = 16_000_000
_ACT_GAS: Final = 3_000_000
_MOST: Final = 500  # leases of one preview


class ChainSide:
    """Drives the contracts of one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.suite = stage.suite
        self.relay = Relay(stage)
        self._token = separator(self.suite.token.domain())
        self._recovery = separator(self.suite.recovery.domain())
        self._mandate_nonces: dict[str, int] = {}
        # who signs and acts for each lease: the landlord, then the tenants
        self._people = {
            lease: [terms.landlord, *terms.tenants] for lease, terms in enumerate(stage.forms, start=1)
        }
        self._slips = 0
        self._day = stage.cutover
        self.gas = 0  # of all settlements [gas]
        self.batches = 0

    def _key(self, party: int) -> Key:
        return self.stage.keys.of(party)

    def _tenants(self, lease: int) -> list[int]:
        return self._people[lease][1:]

    def _landlord(self, lease: int) -> int:
        return self._people[lease][0]

    def begin_day(self, day: Day) -> None:
        self._day = day
        self.stage.clock.go_to(day)

    # ---------------------------------------------------------------- money

    def fund(self, sums: Sequence[tuple[int, int]]) -> None:
        self._slips += 1
        mint_to(
            self.stage,
            [(self._key(party).address, amount) for party, amount in sums],
            f"bank slip {self._day} {self._slips}",
        )

    def mandate(self, mandates: Sequence[tuple[int, Mandate]]) -> None:
        calls = []
        for party, given in mandates:
            key = self._key(party)
            nonce = self._mandate_nonces.get(key.address, 0)
            self._mandate_nonces[key.address] = nonce + 1
            fields = (given.limit, given.collectors, given.expiry_month, given.allow_partial)
            text = digest(self._token, _MANDATE, key.address, *fields, nonce, self.stage.until)
            calls.append(
                self.suite.token.set_mandate_by_signature(
                    key.address, token.Mandate(*fields), nonce, self.stage.until, key.sign(text)
                )
            )
        manager = self.stage.offices.manager
        manager.send_many([Order(manager.signer, call, 200_000) for call in calls])

    def revoke(self, party: int) -> None:
        self.relay.send([(self._key(party), self.suite.token.revoke_mandate())])

    def pay(self, payments: Sequence[tuple[int, int, int]]) -> None:
        requests = []
        for lease, index, amount in payments:
            tenant = self._tenants(lease)[index]
            key = self._key(tenant)
            requests.append((key, self.suite.token.approve(self.suite.leases.address, amount)))
            terms_hash = self.stage.hashes[lease - 1]
            requests.append((key, self.suite.leases.pay(lease, tenant, amount, terms_hash)))
        self.relay.send(requests)

    def refund(self, lease: int, index: int, amount: int) -> None:
        self.relay.send([(self._key(self._tenants(lease)[index]), self.suite.leases.refund(lease, amount))])

    def settle(self, leases: Sequence[int]) -> Settled:
        """The contract's own preview says the results; the events of the transaction say the lines."""
        results = tuple(Result(*answer) for answer in self._preview(leases))
        manager = self.stage.offices.manager
        call = self.suite.leases.settle(leases)
        outcome = manager.send_many([Order(manager.signer, call, _SETTLE_GAS)])[0]
        lines = []
        if outcome.receipt is not None:
            self.gas += outcome.receipt.gas_used
            self.batches += 1
            for event in self.suite.leases.events_in(outcome.receipt, "Settled"):
                code = Code(event["code"])
                lines.append(Line(int(event["lease"]), int(event["tenant"]), code, int(event["amount"])))
        return Settled(results, tuple(sorted(lines)))

    def _preview(self, leases: Sequence[int]) -> list[Result]:
        return [
            Result(answer.lease, answer.code, answer.amount)
            for start in range(0, len(leases), _MOST)
            for answer in self.suite.leases.preview_settle(leases[start : start + _MOST])
        ]

    # ---------------------------------------------------------------- changes

    def change(self, lease: int, change: Change, *, notice: bool = False) -> None:
        kind = change.kind
        proposal = changes.Proposal(
            change=changes.Change(kind, lease, change.index, change.day, change.party, change.amount),
            notice=notice,
            reason_hash=keccak(text=f"agreed on {self._day} about lease {lease}"),
            version=self.suite.changes.version_of(lease, kind),
            deadline=self.stage.clock.morning(self._day) + _LIFE,
        )
        if change.kind in _WAIVERS:
            landlord = self._landlord(lease)
            signature = self._accepted(proposal, [landlord])[0]
            self._send(self.suite.changes.propose_waiver(proposal))
            self._send(self.suite.changes.accept_by_signature(proposal, landlord, signature))
        else:
            signatures = self._accepted(proposal, self._bound(lease, change, notice))
            self._send(self.suite.changes.apply_signed(proposal, signatures))
        if change.kind == ChangeKind.SALE:
            self._people[lease][0] = change.party
        elif change.kind == ChangeKind.TENANT:
            self._people[lease][1 + change.index] = change.party

    def _send(self, call: Call) -> None:
        manager = self.stage.offices.manager
        manager.send_many([Order(manager.signer, call, _ACT_GAS)])

    def _accepted(self, proposal: changes.Proposal, parties: Sequence[int]) -> list[bytes]:
        hashes = self.suite.changes.read_many([("hashAcceptance", (proposal, party)) for party in parties])
        return [self._key(party).sign(bytes(one)) for party, one in zip(parties, hashes, strict=True)]

    def _bound(self, lease: int, change: Change, notice: bool) -> list[int]:
        """Whom a change binds, in the order in which the contract takes their signatures."""
        landlord, tenants = self._landlord(lease), self._tenants(lease)
        if notice:
            return [landlord] if change.index == LANDLORD_INDEX else tenants
        if change.kind == ChangeKind.SALE:
            return [landlord, change.party]
        newcomer = [change.party] if change.kind == ChangeKind.TENANT else []
        return [landlord, *tenants, *newcomer]

    def default_notice(self, lease: int) -> None:
        self._send(self.suite.changes.give_default_notice_as_manager(lease))

    def default_end(self, lease: int, day: int) -> None:
        self._send(self.suite.changes.end_for_default_as_manager(lease))

    def close(self, leases: Sequence[int]) -> None:
        self.relay.send(
            [(self._key(self._landlord(lease)), self.suite.leases.close(lease)) for lease in leases]
        )

    def give_back(self, leases: Sequence[int]) -> None:
        self.relay.send(
            [(self._key(self._landlord(one)), self.suite.escrow.file_claim(one, [], [])) for one in leases]
        )

    # ---------------------------------------------------------------- the deposit's review

    def claim(self, lease: int, amounts: Sequence[int]) -> None:
        evidence = [keccak(text=f"photograph {index} of lease {lease}") for index in range(len(amounts))]
        call = self.suite.escrow.file_claim(lease, amounts, evidence)
        self.relay.send([(self._key(self._landlord(lease)), call)])

    def offer(self, lease: int, index: int, amount: int) -> None:
        call = self.suite.escrow.make_offer(lease, amount)
        self.relay.send([(self._key(self._tenants(lease)[index]), call)])

    def accept_claim(self, lease: int, index: int) -> None:
        call = self.suite.escrow.accept_claim(lease, self.suite.escrow.review_of(lease).claim)
        self.relay.send([(self._key(self._tenants(lease)[index]), call)])

    def accept_offer(self, lease: int) -> None:
        call = self.suite.escrow.accept_offer(lease, self.suite.escrow.review_of(lease).offer)
        self.relay.send([(self._key(self._landlord(lease)), call)])

    def award(self, lease: int, amount: int) -> None:
        arbiter = self.stage.forms[lease - 1].arbiter
        self.relay.send([(self._key(arbiter), self.suite.escrow.award(lease, amount))])

    def finalise(self, lease: int) -> None:
        self._send(self.suite.escrow.finalise(lease))

    # ---------------------------------------------------------------- a lost wallet

    def guardians(self, party: int, guardians: Sequence[int]) -> None:
        call = self.suite.recovery.set_guardians(sorted(guardians), len(guardians))
        self.relay.send([(self._key(party), call)])

    def lost(self, party: int, guardians: Sequence[int]) -> None:
        fresh = self.stage.keys.of(party, later=1)
        consent = fresh.sign(digest(self._recovery, _REPLACE, party, fresh.address, 0, self.stage.until))
        call = self.suite.recovery.support_recovery(party, fresh.address, self.stage.until, consent)
        for guardian in guardians:
            self.relay.send([(self._key(guardian), call)])

    def recovered(self, party: int) -> None:
        self._send(self.suite.recovery.complete_recovery(party))
        self.stage.keys.replace(party)
        if self.suite.leases.owed(party):
            self._send(self.suite.leases.withdraw_owed(party))

    # ---------------------------------------------------------------- look

    def picture(self, leases: Sequence[int], parties: Sequence[int]) -> Picture:
        book = self.suite.leases
        accounts = book.accounts_of_many(leases)
        phases = self.suite.escrow.read_many([("reviewOf", (lease,)) for lease in leases])
        summaries, states = book.terms_of_many(leases), book.states_of(leases)
        deposits = self.suite.escrow.deposits_of(leases)
        debts = iter(
            book.read_many(
                [
                    ("landlordDebt", (lease, account.tenant))
                    for lease, found in zip(leases, accounts, strict=True)
                    for account in found
                ]
            )
        )
        figures = {
            lease: LeaseFigures(
                state=State(int(states[at])),
                end_day=summaries[at].end_day,
                landlord=summaries[at].landlord,
                accounts=tuple(
                    AccountFigures(
                        one.tenant, one.share, one.due, one.settled, one.pot, one.late_fees, int(next(debts))
                    )
                    for one in accounts[at]
                ),
                deposit=deposits[at],
                phase=int(phases[at][0]),
            )
            for at, lease in enumerate(leases)
        }
        wallets = [self._key(party).address for party in parties]
        owed = book.read_many([("owed", (party,)) for party in parties])
        return Picture(
            day=self._day,
            leases=figures,
            preview={answer.lease: answer for answer in self._preview(leases)},
            purses=dict(zip(parties, self.suite.token.balances_of(wallets), strict=True)),
            owed={party: int(sum_) for party, sum_ in zip(parties, owed, strict=True) if sum_},
            held=(book.held(), self.suite.escrow.held()),
            cash=(
                self.suite.token.balance_of(book.address),
                self.suite.token.balance_of(self.suite.escrow.address),
                self.suite.token.total_supply(),
            ),
        )
