"""BillRuns: billing runs, bills paid by proof, and the debts that come of them. Amounts [cmt], days [day]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract
from commonhold.rules.codes import Code

Leaf = tuple[int, int, int, int, bytes, bytes]  # unit, version, party, amount, hash of the lines, salt


class RunState(IntEnum):
    NONE = 0
    POSTED = 1
    APPROVED = 2
    DROPPED = 3


class AdjustmentKind(IntEnum):
    """The same numbers as `IBillRuns.AdjustmentKind`."""

    WAIVER = 0
    CREDIT_NOTE = 1


class BillState(IntEnum):
    NONE = 0
    ISSUED = 1
    PAID_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A waiver or a credit note of one bill. principal, late_fees [cmt]; reason_hash: of the reason's text"""

    key: int
    kind: AdjustmentKind
    principal: int
    late_fees: int
    reason_hash: bytes

    def as_tuple(self) -> tuple[int, int, int, int, bytes]:
        """As the contract takes it."""
        return (self.key, int(self.kind), self.principal, self.late_fees, self.reason_hash)


@dataclass(frozen=True, slots=True)
class Standing:
    """A bill on the books as of a block."""

    state: BillState
    run: int
    party: int
    issued_day: int
    due_day: int
    last_on_time_day: int
    dispute_until: int
    amount: int
    open: int
    late_fees: int
    removed: int
    disputed: int
    repayable: int


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of a settlement for one bill."""

    key: int
    code: Code
    amount: int


class BillRuns(Contract):
    """Charges that the manager posts."""

    NAME = "BillRuns"

    def post_run(
        self,
        run: int,
        root: bytes,
        category: int,
        period: int,
        due_day: int,
        count: int,
        total: int,
        formulas_hash: bytes,
    ) -> Call:
        """period [month], due_day [day], total [cmt]"""
        return self.call("postRun", run, root, category, period, due_day, count, total, formulas_hash)

    def post_charge(
        self, run: int, category: int, period: int, due_day: int, bill: Leaf, formulas_hash: bytes
    ) -> Call:
        return self.call("postCharge", run, category, period, due_day, bill, formulas_hash)

    def approve_run(self, run: int, posted: Any) -> Call:
        """posted: the terms, as `posted_terms` answers them."""
        return self.call("approveRun", run, posted)

    def object_to_run(self, run: int, reason_hash: bytes) -> Call:
        return self.call("objectToRun", run, reason_hash)

    def withdraw_run(self, run: int, reason_hash: bytes) -> Call:
        return self.call("withdrawRun", run, reason_hash)

    def issue(self, run: int, bill: Leaf, proof: Sequence[bytes]) -> Call:
        return self.call("issue", run, bill, list(proof))

    def issue_many(self, run: int, bills: Sequence[Leaf], proofs: Sequence[Sequence[bytes]]) -> Call:
        return self.call("issueMany", run, list(bills), [list(proof) for proof in proofs])

    def pay_by_proof(self, run: int, bill: Leaf, proof: Sequence[bytes], amount: int) -> Call:
        return self.call("payByProof", run, bill, list(proof), amount)

    def pay(self, key: int, party: int, amount: int) -> Call:
        return self.call("pay", key, party, amount)

    def repay(self, key: int, amount: int) -> Call:
        """amount [cmt]"""
        return self.call("repay", key, amount)

    def settle(self, keys: Iterable[int]) -> Call:
        return self.call("settle", list(keys))

    def preview_settle(self, keys: Iterable[int], block: int | str = "latest") -> list[Result]:
        answers = self.read("previewSettle", list(keys), block=block)
        return [Result(int(key), Code(code), int(amount)) for key, code, amount in answers]

    def dispute(self, key: int, amount: int, reason_hash: bytes) -> Call:
        return self.call("dispute", key, amount, reason_hash)

    def withdraw_dispute(self, key: int) -> Call:
        return self.call("withdrawDispute", key)

    def decide_dispute(self, key: int, removed: int, reason_hash: bytes) -> Call:
        return self.call("decideDispute", key, removed, reason_hash)

    def record(self, run: int, bill: Leaf, proof: Sequence[bytes]) -> Call:
        """Puts a bill that was paid at once on the books."""
        return self.call("record", run, bill, list(proof))

    def propose_adjustment(self, adjustment: Adjustment) -> Call:
        return self.call("proposeAdjustment", adjustment.as_tuple())

    def approve_adjustment(self, adjustment: Adjustment) -> Call:
        return self.call("approveAdjustment", adjustment.as_tuple())

    def give_clearance(self, unit: int, buyer: int) -> Call:
        return self.call("giveClearance", unit, buyer)

    def run_count(self, block: int | str = "latest") -> int:
        return int(self.read("runCount", block=block))

    def run_of(self, run: int, block: int | str = "latest") -> tuple[RunState, bytes]:
        """State and root; the root is zero before the run is approved."""
        state, root, _ = self.read("runOf", run, block=block)
        return RunState(state), bytes(root)

    def bills_of(self, keys: Iterable[int], block: int | str = "latest") -> list[Standing]:
        answers = self.read_many([("billOf", (key,)) for key in keys], block=block)
        return [Standing(BillState(answer[0]), *map(int, answer[1:])) for answer in answers]

    def open_bills(self, unit: int, party: int, block: int | str = "latest") -> int:
        return int(self.read("openBills", unit, party, block=block))

    def posted_terms(self, run: int) -> tuple[Any, str, int] | None:
        """The terms with which a run was posted, its transaction and block; None if it was not."""
        found = self.events("RunPosted", topics=[run])
        if not found:
            return None
        return found[-1]["terms"], found[-1].transaction, found[-1].block

    def payments_of(self, key: int) -> list[tuple[int, str, int]]:
        """(amount [cmt], transaction, block) of everything that was paid for a bill."""
        found = []
        for event in self.events("BillPaid", "BillSettled", "BillPaidAtOnce", topics=[key]):
            values = event.values
            amount = (
                values["amount"]
                if event.name == "BillPaidAtOnce"
                else values["principal"] + values["lateFees"]
            )
            if amount:
                found.append((int(amount), event.transaction, event.block))
        return found

    def held(self, block: int | str = "latest") -> int:
        return int(self.read("held", block=block))

    def owed(self, party: int, block: int | str = "latest") -> int:
        return int(self.read("owed", party, block=block))
