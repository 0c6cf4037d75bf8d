"""Who may do what: the roles, their delays, and every function that changes state.

The deployer applies this table, `docs/roles.md` is written from it, the interfaces say the same with
`@custom:role`, and a test compares all three with the contracts. A function is guarded (`GUARDED`: by
signature, with the role that may call it) or open (`OPEN`: by name, with the reason why it needs no role);
one that stands in neither fails the test.

Order of a set-up, all within the day that `CommunityAccess.setupUntil` leaves:

1. deploy the contracts, the deployer being ADMIN without delay;
2. `setTargetFunctionRole` for every row of `GUARDED` (rows of ADMIN need no call: 0 is the default);
3. `grantRole` for the people of each role and for the contracts of `CONTRACT_ROLES`, with `execution_delay`;
4. `setGrantDelay` of every role and `setTargetAdminDelay` of every contract;
5. the new ADMIN calls `acceptAdmin`, then the deployer renounces ADMIN;
6. read everything back and compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DAY = 86_400  # [s]

# Least execution delay of any ADMIN after set-up: the constructor argument of CommunityAccess. [s]
ADMIN_DELAY = 2 * DAY
# How long a change of a contract's function roles, its closing or its authority waits. [s]
TARGET_ADMIN_DELAY = 2 * DAY


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the AccessManager. Delays in seconds: after a grant, and before each call of a member."""

    id: int
    name: str
    holder: str
    grant_delay: int
    execution_delay: int


ROLES: tuple[Role, ...] = (
    Role(0, "ADMIN", "the owners' multisig", 2 * DAY, ADMIN_DELAY),
    Role(1, "MANAGER", "the property manager's office", DAY, 0),
    Role(2, "TREASURER", "the cashier: bank slips and reserve entries", DAY, 0),
    Role(3, "OFFICER", "credit and compliance officers", DAY, 0),
    Role(4, "ATTESTOR", "the front desk that checks identities", DAY, 0),
    Role(5, "STAFF", "service staff", 0, 0),
    Role(6, "COMMITTEE", "the owners' committee: the second person", 2 * DAY, 0),
    Role(7, "REGISTRY", "the contract PartyRegistry", 2 * DAY, 0),
    Role(8, "RECOVERY", "the contract PartyRecovery", 2 * DAY, 0),
    Role(9, "TRANSFERS", "the contract UnitTransfers", 2 * DAY, 0),
    Role(10, "REVIEW", "the contract CreditReview", 2 * DAY, 0),
    Role(11, "LIMITS", "the contract CreditFormula", 2 * DAY, 0),
)
ROLE_ID: Mapping[str, int] = MappingProxyType({role.name: role.id for role in ROLES})

# Contracts that hold a role: role name -> contract.
CONTRACT_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "REGISTRY": "PartyRegistry",
        "RECOVERY": "PartyRecovery",
        "TRANSFERS": "UnitTransfers",
        "REVIEW": "CreditReview",
        "LIMITS": "CreditFormula",
    }
)

# The shape of a proposal in LeaseChanges, as ABI signatures write it.
_PROPOSAL = "((uint8,uint32,uint8,uint32,uint32,uint64),bool,bytes32,uint64,uint64)"
# A correction of the credit history, and the parameters of a credit formula, in the same way.
_CORRECTION = "(uint256,bool,uint32,uint16,uint8,uint8,bytes32)"
_FORMULA = "(uint16,uint16,uint16,uint16[10],uint8[10],uint16[4],uint8,uint8,uint8,uint64[5],uint64)"
# The structs of BillRuns.
_BILL = "(uint32,uint16,uint32,uint64,bytes32,bytes32)"
_RUN_TERMS = "(bytes32,uint256,uint256,bytes32)"
_ADJUSTMENT = "(uint256,uint8,uint64,uint64,bytes32)"

# A charge category of TariffBook and the reductions that it grants.
_CATEGORY = "(uint8,uint32,uint8,uint32,uint16,uint8,uint8,uint8,uint16,uint16)"
_REDUCTIONS = "(uint16,uint16)"

# contract -> function signature -> role
GUARDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CommunityAccess": {"dismiss(uint64,address)": "COMMITTEE"},
        "CommunityToken": {
            "registerCollector(address)": "ADMIN",
            "retireCollector(address)": "ADMIN",
            "markSuite(address,bool)": "ADMIN",
            "setMinter(address,uint96)": "ADMIN",
            "stopMinter(address)": "COMMITTEE",
            "proposeFreeze(address,bytes32,uint256)": "OFFICER",
            "confirmFreeze(address,bytes32,uint256)": "COMMITTEE",
            "liftFreeze(address)": "COMMITTEE",
            "setRecoveryHold(address,bool)": "REGISTRY",
            "replaceWallet(address,address)": "REGISTRY",
        },
        "Reserve": {
            "listAsset(address,uint96)": "ADMIN",
            "setCeiling(address,uint96)": "ADMIN",
            "pauseEntry(address,uint48)": "COMMITTEE",
        },
        "RedemptionDesk": {
            "complete(uint256,bytes32)": "TREASURER",
            "refuse(uint256,bytes32)": "TREASURER",
        },
        "PartyRegistry": {
            "register(uint8,bytes32,address,uint256,bytes)": "MANAGER",
            "linkFirst(uint32,address,uint256,bytes)": "ATTESTOR",
            "setSuspended(uint32,bool,bytes32)": "OFFICER",
            "setRecovery(uint32,uint40,bool)": "RECOVERY",
            "replaceWallet(uint32,address)": "RECOVERY",
        },
        "PartyRecovery": {
            "proposeRecovery(uint32,address,uint256,bytes)": "MANAGER",
            "confirmRecovery(uint32,address)": "COMMITTEE",
            "overruleVeto(uint32,address)": "COMMITTEE",
        },
        "UnitRegistry": {
            "register(uint32,uint24,uint8,uint40,uint24)": "MANAGER",
            "setOwner(uint32,uint32)": "TRANSFERS",
            "correct(uint32,uint40,uint24)": "TRANSFERS",
            "registerLeaseContract(address)": "ADMIN",
            "setBaseURI(string)": "ADMIN",
        },
        "UnitTransfers": {
            "confirmTransfer(uint32,uint32)": "MANAGER",
            "proposeCorrection(uint32,uint32,uint40,uint24,bytes32)": "MANAGER",
            "confirmCorrection(uint32,bytes32)": "COMMITTEE",
            "setClearance(address)": "ADMIN",
        },
        "Attestations": {
            "addIssuer(bytes32,uint32)": "ADMIN",
            "removeIssuer(bytes32,uint32)": "ADMIN",
        },
        "CreditRegistry": {
            "registerReporter(address,uint8)": "ADMIN",
            "retireReporter(address)": "ADMIN",
            "suspendOutcome(uint256,uint32)": "REVIEW",
            "resolveOutcome(uint256,bool)": "REVIEW",
            "correctOutcome(uint256,uint8)": "REVIEW",
            "correctCount(bool,uint32,uint256,uint8,uint8)": "REVIEW",
        },
        "CreditReview": {
            "decide(uint256,bool,bytes32)": "OFFICER",
            f"proposeCorrection({_CORRECTION})": "OFFICER",
            f"approveCorrection({_CORRECTION})": "COMMITTEE",
            "withdrawCorrection(bytes32)": "OFFICER",
        },
        "CreditConsent": {
            "recordRelease(uint32,uint32,bytes32)": "OFFICER",
            "recordLending(uint32,uint32,bytes32)": "LIMITS",
        },
        "CreditFormula": {
            f"proposeFormula({_FORMULA})": "OFFICER",
            f"approveFormula({_FORMULA})": "COMMITTEE",
            "withdrawFormula()": "COMMITTEE",
            "registerLender(address,uint32)": "ADMIN",
            "retireLender(address)": "ADMIN",
        },
        "LeaseAgreement": {"pause(uint64)": "COMMITTEE", "retire()": "ADMIN"},
        "LeaseChanges": {
            f"proposeWaiver({_PROPOSAL})": "MANAGER",
            f"approveWaiver({_PROPOSAL})": "MANAGER",
            "withdrawWaiver(bytes32)": "MANAGER",
            "giveDefaultNoticeAsManager(uint32)": "MANAGER",
            "endForDefaultAsManager(uint32)": "MANAGER",
        },
        "TariffBook": {
            f"proposeCategory({_CATEGORY},{_REDUCTIONS},bytes32)": "MANAGER",
            f"approveCategory(uint16,{_CATEGORY},{_REDUCTIONS})": "COMMITTEE",
            "proposePayee(uint16,uint32,uint8,uint32,uint16)": "MANAGER",
            "approvePayee(uint16,uint32,uint8,uint32,uint16)": "COMMITTEE",
            "proposeTariff(uint16,uint16,uint64)": "MANAGER",
            "approveTariff(uint16,uint16,uint64)": "COMMITTEE",
        },
        "PropertyFee": {
            "subscribe(uint32,uint16,uint32,uint32,uint32)": "MANAGER",
            "close(uint32,uint32)": "MANAGER",
            "handOver(uint32,uint32,uint32)": "MANAGER",
            "reopen(uint32,uint32,bool,bytes32)": "MANAGER",
            "proposeRelief(uint32,uint8,uint96,bytes32)": "MANAGER",
            "approveRelief(uint32,uint8,uint96,bytes32)": "COMMITTEE",
            "offerPlan(uint32,uint8,uint32)": "MANAGER",
            "serveNotice(uint32,uint8,bytes32)": "MANAGER",
            "setFurtherClearance(address)": "ADMIN",
            "pause(uint64)": "COMMITTEE",
            "retire()": "ADMIN",
        },
        "BillRuns": {
            "postRun(uint32,bytes32,uint16,uint16,uint32,uint32,uint64,bytes32)": "MANAGER",
            f"postCharge(uint32,uint16,uint16,uint32,{_BILL},bytes32)": "MANAGER",
            f"approveRun(uint32,{_RUN_TERMS})": "COMMITTEE",
            "objectToRun(uint32,bytes32)": "COMMITTEE",
            "withdrawRun(uint32,bytes32)": "MANAGER",
            "decideDispute(uint256,uint64,bytes32)": "COMMITTEE",
            f"proposeAdjustment({_ADJUSTMENT})": "MANAGER",
            "withdrawAdjustment(bytes32)": "MANAGER",
            f"approveAdjustment({_ADJUSTMENT})": "COMMITTEE",
            "giveClearance(uint32,uint32)": "MANAGER",
            "pause(uint64)": "COMMITTEE",
            "retire()": "ADMIN",
        },
    }
)

_AUTHORITY = "only the AccessManager itself may call it (updateAuthority, ADMIN)"
_ADMIN = "guarded by the AccessManager's own rules: ADMIN, with its delays"
_COLLECTOR = "only a registered collector is accepted"
_REPORTER = "only a registered reporter is accepted"
_SIGNED = "only with the wallet's signature"
_OWN = "works on the caller's own wallet alone"

# contract -> function name -> why it needs no role
OPEN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CommunityAccess": {
            "acceptAdmin": "only an ADMIN whose grant has taken effect, for itself",
            "grantRole": "guarded by the AccessManager's own rules: the role's admin, with its delays",
            "revokeRole": "guarded by the AccessManager's own rules: the role's admin, with its delays",
            "renounceRole": "everybody may leave; the last proven ADMIN may not",
            "labelRole": _ADMIN,
            "setRoleAdmin": _ADMIN,
            "setRoleGuardian": _ADMIN,
            "setGrantDelay": _ADMIN,
            "setTargetAdminDelay": _ADMIN,
            "setTargetClosed": _ADMIN,
            "setTargetFunctionRole": _ADMIN,
            "updateAuthority": _ADMIN,
            "schedule": "only announces what the caller's own role will allow",
            "execute": "runs only what the caller's role allows, after its delay",
            "cancel": "only who announced it, an ADMIN or the role's guardian",
            "consumeScheduledOp": "only a managed contract, while it checks a call",
            "multicall": "each call inside is checked as if it came alone",
        },
        "CommunityForwarder": {
            "execute": "carries a request that its author signed; holds no right of its own",
            "executeBatch": "carries requests that their authors signed; holds no right of its own",
        },
        "CommunityToken": {
            "approve": _OWN,
            "transfer": _OWN,
            "transferFrom": "within the owner's approval",
            "transferWithMemo": _OWN,
            "payFor": _OWN,
            "permit": _SIGNED,
            "transferWithAuthorization": _SIGNED,
            "receiveWithAuthorization": "only with the payer's signature, and only by the payee",
            "cancelAuthorization": _SIGNED,
            "raisePermitNonce": _OWN,
            "setMandate": _OWN,
            "setMandateBySignature": _SIGNED,
            "revokeMandate": _OWN,
            "raiseMandateNonce": _OWN,
            "mint": "only a minter, within its allowance and for a reference never used before",
            "burn": "only a minter, of its own tokens",
            "collect": _COLLECTOR,
            "pull": _COLLECTOR,
            "disburseFrom": _COLLECTOR,
            "pullTo": _COLLECTOR,
            "disburse": _COLLECTOR,
            "setAuthority": _AUTHORITY,
        },
        "Reserve": {
            "enter": "changes the caller's own coins one to one",
            "enterWithPermit": "changes the caller's own coins one to one",
            "exit": "changes the caller's own tokens one to one",
            "exitWithPermit": "changes the caller's own tokens one to one",
            "setAuthority": _AUTHORITY,
        },
        "RedemptionDesk": {
            "request": "hands in the caller's own tokens",
            "requestWithAuthorization": "only with the holder's signature",
            "takeBack": "only the holder, or the wallet that replaced his, after seven days",
            "setAuthority": _AUTHORITY,
        },
        "PartyRegistry": {
            "link": "only the party's current wallet, with the other wallet's signature",
            "unlink": "only the party's current wallet, or the wallet that leaves",
            "switchWallet": "only the party's current wallet",
            "raiseLinkNonce": _OWN,
            "setCollectingConsent": "only the party's current wallet, for the party",
            "setAuthority": _AUTHORITY,
        },
        "PartyRecovery": {
            "setGuardians": "only the party's current wallet; takes effect after seven days",
            "supportRecovery": "only a guardian of the party, with the new wallet's signature",
            "cancelRecovery": "only a wallet linked to the party",
            "completeRecovery": "changes nothing but what guardians or two officers started, after the delay",
            "expireRecovery": "clears only what has lapsed",
            "raiseRecoveryNonce": _OWN,
            "setAuthority": _AUTHORITY,
        },
        "UnitRegistry": {
            "occupy": "only a registered lease contract",
            "changeOccupancy": "only the lease contract of that lease",
            "transferByLease": "only the lease contract of that lease",
            "announce": "emits events that repeat what the views answer",
            "setAuthority": _AUTHORITY,
        },
        "UnitTransfers": {
            "transfer": "only the owner's current wallet",
            "acceptTransfer": "only the buyer's current wallet",
            "withdrawTransfer": "only the owner's or the buyer's current wallet",
            "objectToCorrection": "only the owner's current wallet",
            "applyCorrection": "changes nothing but what two officers agreed, after the delay",
            "setAuthority": _AUTHORITY,
        },
        "Attestations": {
            "attest": "only an issuer that ADMIN trusts on the topic",
            "revoke": "only the issuer of that attestation",
            "drop": "only the party that the attestation is about",
            "setAuthority": _AUTHORITY,
        },
        "CreditRegistry": {
            "countOnTime": _REPORTER,
            "reportLate": _REPORTER,
            "reportDefault": _REPORTER,
            "reportProvider": _REPORTER,
            "reportOverdue": "enters only what the reporting contract says is overdue, after notice and cure",
            "setAuthority": _AUTHORITY,
        },
        "CreditReview": {
            "dispute": "only the party of the outcome, by its current wallet",
            "setConsumerStatement": "only the party's current wallet, about itself",
            "setAuthority": _AUTHORITY,
        },
        "CreditConsent": {
            "grant": "only the party's current wallet, for its own history",
            "grantBySignature": _SIGNED,
            "revoke": "only the party's current wallet, its own consents",
            "raiseConsentNonce": "only the party's current wallet, for its own signatures",
            "recordRead": "only the reader's current wallet, and counted only with the party's consent",
            "setAuthority": _AUTHORITY,
        },
        "CreditFormula": {
            "takeExposure": "only a registered lender, within the limit and with the party's consent",
            "releaseExposure": "only a registered lender, of its own exposure",
            "setAuthority": _AUTHORITY,
        },
        "LeaseAgreement": {
            "activate": "only with the signatures of landlord and tenants",
            "cancelTerms": "only a party of the terms",
            "raiseOfferNonce": "only the landlord's current wallet, for its own offers",
            "pay": "anybody may pay a rent with his own money",
            "payWithAuthorization": "only with the payer's signature",
            "payLandlordDebt": "anybody may pay a debt with his own money",
            "refund": "only the tenant, of his own prepayment",
            "withdrawOwed": "pays only the party that it is owed to",
            "settle": "collects only what is due, within mandates; safe to repeat",
            "previewSettle": "undoes itself and answers what settle would do",
            "settleAndRevert": "always reverts; previewSettle reads its answer",
            "close": "only after the end day; the outcome is computed",
            "applyChange": "only the contract LeaseChanges",
            "finishClosing": "only the contract DepositEscrow",
            "offsetLandlordDebt": "only the contract DepositEscrow",
            "setAuthority": _AUTHORITY,
        },
        "LeaseChanges": {
            "propose": "only a party of the lease",
            "accept": "only a party of the lease",
            "acceptBySignature": "only with the signature of a party of the lease",
            "applySigned": "only with the signatures of the parties of the lease",
            "withdraw": "only who proposed it",
            "giveDefaultNotice": "only the landlord, on arrears that the contract computes",
            "endForDefault": "only the landlord, after notice and cure",
            "raiseAcceptanceNonce": _OWN,
            "setAuthority": _AUTHORITY,
        },
        "TariffBook": {"setAuthority": _AUTHORITY},
        "PropertyFee": {
            "pay": "anybody may pay a fee with his own money",
            "payWithAuthorization": "only with the payer's signature",
            "refund": "only the account's party, of its own prepayment",
            "withdrawOwed": "pays only the party that it is owed to",
            "claimCredit": "pays only the account's party, from what was withheld for it",
            "payCredit": "anybody may pay a debt with his own money",
            "settle": "collects only what is due, within mandates; safe to repeat",
            "previewSettle": "undoes itself and answers what settle would do",
            "settleAndRevert": "always reverts; previewSettle reads its answer",
            "acceptPlan": "only the account's party, on terms that the manager offered",
            "giveClearance": "states what the contract computes",
            "assumeDebt": "only the party that takes the debt over",
            "assumeDebtBySignature": "only with the signature of the party that takes the debt over",
            "raiseAssumptionNonce": _OWN,
            "takeOverDebt": "does what the buyer signed, after the sale",
            "setAuthority": _AUTHORITY,
        },
        "DepositEscrow": {
            "fileClaim": "only the landlord of the lease",
            "acceptClaim": "only a tenant of the lease",
            "makeOffer": "only a tenant of the lease",
            "acceptOffer": "only the landlord of the lease",
            "award": "only the arbiter of the lease, between the two offers",
            "finalise": "does what silence means, after the clocks have run out",
            "extendClock": "once, while a pause or a recovery stands in the way",
            "withdrawOwed": "pays only the party that it is owed to",
            "book": "only the contract LeaseAgreement",
            "openReview": "only the contract LeaseAgreement",
            "takeArrears": "only the contract LeaseAgreement",
            "setAuthority": _AUTHORITY,
        },
        "BillRuns": {
            "issue": "only what two officers agreed to, by its proof",
            "issueMany": "only what two officers agreed to, by its proofs",
            "record": "writes down what its proof and a payment say already",
            "payByProof": "anybody may pay a bill with his own money",
            "pay": "anybody may pay a bill with his own money",
            "payWithAuthorization": "only with the payer's signature",
            "settle": "collects only what is due, within mandates; safe to repeat",
            "previewSettle": "undoes itself and answers what settle would do",
            "settleAndRevert": "always reverts; previewSettle reads its answer",
            "repay": "anybody may repay a credit note with his own money",
            "withdrawOwed": "pays only the party that it is owed to",
            "dispute": "only the billed party's current wallet",
            "withdrawDispute": "only the billed party's current wallet",
            "closeDispute": "does what silence means, after the deadline",
            "setAuthority": _AUTHORITY,
        },
    }
)


def role_of(contract: str, signature: str) -> str | None:
    """The name of the role that may call a function, None if it is open or unknown."""
    return GUARDED.get(contract, {}).get(signature)


def _delay(seconds: int) -> str:
    if seconds == 0:
        return "none"
    days = seconds // DAY
    return f"{days} day" if days == 1 else f"{days} days"


def _short(signature: str) -> str:
    """The signature without the fields of its structs, for people to read."""
    name, _, inner = signature.partition("(")
    return f"{name}(…)" if "(" in inner else signature


def render_markdown() -> str:
    """The text of docs/roles.md."""
    lines = [
        "# Roles",
        "",
        "Written from `commonhold/roles.py` by `python -m commonhold.roles`; do not edit.",
        "",
        "| id | role | held by | a grant waits | each call waits |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {role.id} | {role.name} | {role.holder} | {_delay(role.grant_delay)} "
        f"| {_delay(role.execution_delay)} |"
        for role in ROLES
    ]
    lines += [
        "",
        f"After the day of set-up every ADMIN waits {_delay(ADMIN_DELAY)} before each call, whatever was "
        f"granted. Changes of a contract's function roles wait {_delay(TARGET_ADMIN_DELAY)}. Changes of a "
        "delay take five days to count. Role functions refuse calls that come through the forwarder.",
        "",
        "## Functions that need a role",
        "",
        "| contract | function | role |",
        "|---|---|---|",
    ]
    lines += [
        f"| {contract} | `{_short(signature)}` | {role} |"
        for contract, functions in GUARDED.items()
        for signature, role in functions.items()
    ]
    lines += ["", "## Functions open to all", "", "| contract | function | why |", "|---|---|---|"]
    lines += [
        f"| {contract} | `{name}` | {reason} |"
        for contract, functions in OPEN.items()
        for name, reason in functions.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(render_markdown(), end="")
