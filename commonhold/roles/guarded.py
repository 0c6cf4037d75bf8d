"""Functions that need a role, by signature."""

from collections.abc import Mapping
from types import MappingProxyType

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


def role_of(contract: str, signature: str) -> str | None:
    """The name of the role that may call a function, None if it is open or unknown."""
    return GUARDED.get(contract, {}).get(signature)
