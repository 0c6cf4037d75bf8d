"""An event about what was never told of is named, with its row and what should have come before.

Branches: runs, bills · leases, proposals, deposits · redemptions · fee accounts · collectors, reporters,
corrections, parties. The logs are written by hand (tests/package/ops/forged.py).
"""

import pytest

from tests.package.ops.forged import ANN, BEN, DAY, HASH, KEY, MONTH, Forger, Told
from tests.suite import START

PROPOSAL = (3, 9, 0, DAY, 0, 0), 0, HASH, 0, START + 99
UNKNOWN: list[tuple[Told, str]] = [
    (("BillRuns", "RunApproved", (4, ANN)), "run 4, RunApproved: expected posted before"),
    (("BillRuns", "RunDropped", (4, ANN, HASH)), "run 4, RunDropped: expected posted before"),
    (
        ("BillRuns", "ChargePosted", (4, 1, 2, (1, 1, 2, 5, HASH, HASH))),
        "run 4, ChargePosted: expected posted before",
    ),
    (("BillRuns", "BillIssued", (KEY, 4, 2, 5, DAY, HASH)), f"bill {KEY:#x}, BillIssued: expected run 4"),
    (("BillRuns", "BillPaidAtOnce", (KEY, 4, 2, ANN, 5)), f"bill {KEY:#x}, BillPaidAtOnce: expected run 4"),
    (("BillRuns", "BillPaid", (KEY, 2, ANN, 5, 0)), f"bill {KEY:#x}, BillPaid: expected issued before"),
    (("BillRuns", "BillSettled", (KEY, 2, 1, 5, 0)), f"bill {KEY:#x}, BillSettled: expected issued before"),
    (("BillRuns", "CreditRepaid", (KEY, 2, ANN, 5)), f"bill {KEY:#x}, CreditRepaid: expected issued before"),
    (
        ("BillRuns", "DisputeWithdrawn", (KEY, 2)),
        f"bill {KEY:#x}, DisputeWithdrawn: expected issued before",
    ),
    (("LeaseChanges", "ProposalMade", (HASH, 9, 2, 3, PROPOSAL)), "lease 9, ProposalMade: expected activ"),
    (("LeaseChanges", "ProposalWithdrawn", (HASH, 2)), f"proposal {HASH}, ProposalWithdrawn: expected open"),
    (
        ("LeaseChanges", "DefaultNoticeGiven", (9, 2, 5, DAY + 14)),
        "lease 9, DefaultNoticeGiven: expected activated before",
    ),
    (("LeaseChanges", "LeaseDefaulted", (9, 2, 5, DAY)), "lease 9, LeaseDefaulted: expected activated"),
    (
        ("RedemptionDesk", "RedemptionCompleted", (6, ANN, 5, HASH)),
        "redemption 6, RedemptionCompleted: expected requested before",
    ),
    (
        ("RedemptionDesk", "RedemptionRefused", (6, ANN, 5, HASH)),
        "redemption 6, RedemptionRefused: expected requested before",
    ),
    (
        ("RedemptionDesk", "RedemptionTakenBack", (6, ANN, 5)),
        "redemption 6, RedemptionTakenBack: expected requested before",
    ),
    (("PropertyFee", "CreditPaid", (8, 3, 5)), "account 8, CreditPaid: expected opened before"),
    (
        ("PropertyFee", "NoticeServed", (8, 1, DAY, 5, 0, HASH)),
        "account 8, NoticeServed: expected opened before",
    ),
    (("PropertyFee", "PlanAgreed", (8, 2, 5, 2, DAY, 5)), "account 8, PlanAgreed: expected opened before"),
    (("PropertyFee", "DebtTakenOver", (8, 2, 3, 5)), "account 8, DebtTakenOver: expected opened before"),
    (
        ("PropertyFee", "ReliefGranted", (8, 0, MONTH, 5, 5, ANN, BEN)),
        "account 8, ReliefGranted: expected opened before",
    ),
    (
        ("PropertyFee", "CreditDue", (8, 3, 0, 5, 0, 0)),
        "account 8, CreditDue: expected no log, found 5",
    ),
    (
        ("PropertyFee", "PrepaymentMoved", (8, 9, 5)),
        "account 8, PrepaymentMoved.amount: expected no log, found (9, 5)",
    ),
    (("DepositEscrow", "ClockExtended", (9, DAY)), "lease 9, ClockExtended: expected a deposit"),
    (("CommunityToken", "CollectorRetired", (ANN, 1)), f"collector {ANN}, CollectorRetired: expected"),
    (("CreditRegistry", "ReporterRetired", (ANN, 1)), f"reporter {ANN}, ReporterRetired: expected"),
    (("CreditReview", "CorrectionApproved", (HASH, 2, ANN)), f"correction {HASH}, CorrectionApproved: "),
    (("PartyRegistry", "SuspensionSet", (5, 1, HASH)), "party 5, SuspensionSet: expected registered before"),
    (("LeaseAgreement", "OneOffFeePaid", (9, 2, 5)), "lease 9, OneOffFeePaid: expected activated"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "expected"), UNKNOWN, ids=lambda one: ".".join(one[:2])[:60])
def test_an_event_about_what_was_never_told_of_is_named(told: Told, expected: str) -> None:
    found = Forger().tell(told)
    assert found[0].startswith(f"{told[0]}, {expected}")
