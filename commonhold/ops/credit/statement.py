"""The portable statement: what a party shows of its credit file to whom it likes, signed by an officer.

It says only what the party chooses ("24 of 24 rents in time"), for all of the latest months asked for, never
for picked ones; it names block, formula version and the wallet of whom it is about, and proves itself
offline: the signature (EIP-712) over every word, and, where it has a score, the score recomputed from its
reasons.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode
from eth_account import Account
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.chain.contracts import Suite
from commonhold.chain.contracts.credit import Purpose
from commonhold.errors import InputError, SigningError
from commonhold.ops.credit.file import CreditFile
from commonhold.ops.leases.typed import digest, signable
from commonhold.ops.manifest import Deployment
from commonhold.roles import ROLE_ID
from commonhold.rules.history import Lane
from commonhold.rules.score import DEPTH, Parameters, check, score_of
from commonhold.units import SECONDS_PER_DAY

FORMAT: Final = "commonhold-credit-statement-1"
TYPE: Final = "CreditStatement"
# What a party can choose to show: word -> (lanes of what went well, lanes of what did not).
PARTS: Final[Mapping[str, tuple[tuple[Lane, ...], tuple[Lane, ...]]]] = {
    "rent": ((Lane.RENT_ON_TIME,), (Lane.RENT_LATE_1, Lane.RENT_LATE_30, Lane.RENT_LATE_60)),
    "fees": ((Lane.FEES_ON_TIME,), (Lane.FEES_LATE,)),
    "instalments": ((Lane.INSTALMENT_ON_TIME,), (Lane.INSTALMENT_LATE,)),
    "defaults": ((), (Lane.DEFAULT,)),
}
SCORE: Final = "score"
MOST_DAYS: Final = 365  # that a statement can be valid

_DOMAIN: Final = "name:string version:string chainId:uint256 verifyingContract:address"
_TYPES: Final = {
    TYPE: (
        "party:uint32 subject:address reader:uint32 block:uint256 blockHash:bytes32 issued:uint64 "
        "expires:uint64 month:uint16 months:uint16 claims:Claim[] formulaVersion:uint32 "
        "formulaHash:bytes32 score:uint16 reasons:Reason[] consumerStatement:bytes32"
    ),
    "Claim": "what:string count:uint32 total:uint32",
    "Reason": "month:uint16 lane:uint8 count:uint8",
}
_FORMULA: Final = "(uint16,uint16,uint16,uint16[10],uint8[10],uint16[4],uint8,uint8,uint8,uint64[5],uint64)"


def _members(text: str) -> list[dict[str, str]]:
    return [dict(zip(("name", "type"), part.split(":"), strict=True)) for part in text.split()]


TYPES: Final = {"EIP712Domain": _members(_DOMAIN)} | {name: _members(text) for name, text in _TYPES.items()}


class StatementForged(SigningError):
    """The signature does not fit the words, or the words do not fit each other."""


@dataclass(frozen=True, slots=True)
class Claim:
    """count of total; for defaults, count declared in the months."""

    what: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good statement says. score: None if it shows none; times [unix]; known: by whom we trust"""

    party: int
    subject: str
    reader: int
    chain_id: int
    contract: str
    block: int
    issued: int
    expires: int
    month: int
    months: int
    claims: tuple[Claim, ...]
    formula_version: int
    score: int | None
    reason_counts: tuple[tuple[Lane, int], ...]
    signer: str
    known: bool

    def as_json(self) -> dict[str, Any]:
        """What it says, as one JSON document."""
        return asdict(self) | {
            "reason_counts": [{"lane": lane.name, "count": count} for lane, count in self.reason_counts]
        }


def claims_of(found: CreditFile, parts: Sequence[str], months: int) -> list[Claim]:
    """What the history says of the parts over the latest months. Neutral outcomes count neither way."""
    recent = range(found.score.month - months + 1, found.score.month + 1)
    made = []
    for part in parts:
        well, badly = (
            sum(found.counts.get((month, lane), 0) for month in recent for lane in lanes)
            for lanes in PARTS[part]
        )
        made.append(Claim(part, badly, badly) if part == "defaults" else Claim(part, well, well + badly))
    return made


def formula_hash(parameters: Parameters) -> bytes:
    """The same as `CreditFormula.hashParameters`."""
    values = tuple(getattr(parameters, field.name) for field in fields(parameters))
    return keccak(encode([_FORMULA], [values]))


def draft(
    suite: Suite,
    found: CreditFile,
    parts: Sequence[str],
    *,
    months: int = 24,
    days: int = 90,
    reader: int = 0,
) -> dict[str, Any]:
    """The typed data of a statement, unsigned. parts: of PARTS, and SCORE. Raises InputError."""
    unknown = [part for part in parts if part not in (*PARTS, SCORE)]
    if unknown or not parts:
        raise InputError(
            f"{', '.join(unknown) or 'Nothing'} cannot be shown.", f"Choose of {', '.join((*PARTS, SCORE))}."
        )
    if not 1 <= months <= DEPTH or not 1 <= days <= MOST_DAYS:
        raise InputError(
            f"A statement covers 1 to {DEPTH} months and is valid 1 to {MOST_DAYS} days.",
            "Put --months or --days right.",
        )
    if SCORE in parts and not found.score.sufficient:
        raise InputError(
            f"Party {found.party} has too few records for a score.", "Leave the score out: --only rent,fees"
        )
    wallet = suite.parties.wallet_of(found.party)
    shown = SCORE in parts
    message = {
        "party": str(found.party),
        "subject": wallet,
        "reader": str(reader),
        "block": str(found.block),
        "blockHash": found.block_hash,
        "issued": str(found.time),
        "expires": str(found.time + days * SECONDS_PER_DAY),
        "month": str(found.score.month),
        "months": str(months),
        "claims": [
            {"what": claim.what, "count": str(claim.count), "total": str(claim.total)}
            for claim in claims_of(found, [part for part in parts if part != SCORE], months)
        ],
        "formulaVersion": str(found.score.version if shown else 0),
        "formulaHash": "0x" + (formula_hash(found.parameters) if shown else bytes(32)).hex(),
        "score": str(found.score.score if shown else 0),
        "reasons": [
            {"month": str(row.month), "lane": str(row.lane), "count": str(row.count)}
            for row in (found.reasons if shown else ())
        ],
        "consumerStatement": "0x" + found.consumer_statement.hex(),
    }
    domain = {
        "name": "Commonhold CreditStatement",
        "version": "1",
        "chainId": str(suite.connection.chain_id),
        "verifyingContract": suite.credit.address,
    }
    return {"types": TYPES, "primaryType": TYPE, "domain": domain, "message": message}


def statement_hash(typed: Mapping[str, Any]) -> bytes:
    """The digest that is signed, and that a release names on chain."""
    return digest(typed)


def document(typed: Mapping[str, Any], parameters: Parameters, signer: Any) -> dict[str, Any]:
    """The file: typed data, the formula's parameters, signer and signature. signer: an eth-account account"""
    signature = bytes(signer.sign_message(signable(typed)).signature)
    formula = {
        field.name: list(value) if isinstance(value := getattr(parameters, field.name), tuple) else value
        for field in fields(parameters)
    }
    shown = int(typed["message"]["formulaVersion"]) != 0
    return {
        "format": FORMAT,
        "typed": typed,
        "formula": formula if shown else None,
        "signer": str(signer.address),
        "signature": "0x" + signature.hex(),
    }


def may_share(suite: Suite, party: int, reader: int) -> None:
    """Raises InputError unless the party has consented to sharing with this reader."""
    if not suite.consent.allows(party, reader, Purpose.SHARING):
        raise InputError(
            f"Party {party} has not consented to sharing with party {reader}, or no more.",
            "The party grants it by its own wallet; without --reader the statement is for the party itself.",
        )


def require_officer(suite: Suite, signer: Any) -> None:
    """Raises SigningError unless the signer is an OFFICER now, and signs messages."""
    if not hasattr(signer, "sign_message"):
        raise SigningError(
            f"{signer.address} signs transactions only, no statements.", "Sign with a keystore: --key NAME."
        )
    member, _ = suite.access.read("hasRole", ROLE_ID["OFFICER"], str(signer.address))
    if not member:
        raise SigningError(f"{signer.address} is no OFFICER.", "Sign with an officer's keystore: --key.")


def officers_of(deployment: Deployment) -> list[str]:
    """The officers whom the manifest names."""
    return [str(account) for account in deployment.parameters.get("roles", {}).get("OFFICER", {})]


def write(path: Path, made: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def verify(path: Path, trusted: Sequence[str], *, now: int) -> Verified:
    """Checks a statement without a chain. trusted: addresses of officers; now [unix].

    Raises InputError for a file that is no statement or has expired, StatementForged where the words and the
    signature do not fit.
    """
    made = _load(path)
    typed, message = made["typed"], made["typed"]["message"]
    try:
        signer = str(Account.recover_message(signable(typed), signature=made["signature"]))
        named = to_checksum_address(made["signer"])
    except Exception as error:
        raise StatementForged("The signature cannot be read.", "Ask for the statement again.") from error
    if signer != named:
        raise StatementForged(
            f"The words are not those that {made['signer']} signed.",
            "Something in it was changed: do not rely on it.",
        )
    if int(message["expires"]) < now:
        raise InputError("The statement has expired.", "Ask its holder for a new one.")
    claims = tuple(Claim(str(one["what"]), int(one["count"]), int(one["total"])) for one in message["claims"])
    if any(claim.count > claim.total or claim.what not in PARTS for claim in claims):
        raise StatementForged("It claims more than all.", "Do not rely on it.")
    shown = int(message["formulaVersion"]) != 0
    return Verified(
        party=int(message["party"]),
        subject=str(message["subject"]),
        reader=int(message["reader"]),
        chain_id=int(typed["domain"]["chainId"]),
        contract=str(typed["domain"]["verifyingContract"]),
        block=int(message["block"]),
        issued=int(message["issued"]),
        expires=int(message["expires"]),
        month=int(message["month"]),
        months=int(message["months"]),
        claims=claims,
        formula_version=int(message["formulaVersion"]),
        score=_recompute(made, message) if shown else None,
        reason_counts=_by_lane(message["reasons"]),
        signer=signer,
        known=signer in {to_checksum_address(one) for one in trusted},
    )


def _by_lane(reasons: Sequence[Mapping[str, Any]]) -> tuple[tuple[Lane, int], ...]:
    """How many records of each kind stand behind the score."""
    sums: dict[Lane, int] = {}
    for one in reasons:
        lane = Lane(int(one["lane"]))
        sums[lane] = sums.get(lane, 0) + int(one["count"])
    return tuple(sorted(sums.items()))


def _recompute(made: Mapping[str, Any], message: Mapping[str, Any]) -> int:
    """The score from the reasons in the statement; it must be the one that was signed."""
    try:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in made["formula"].items()
        }
        parameters = Parameters(**values)
        check(parameters)
    except Exception as error:
        raise StatementForged("Its formula is not lawful.", "Do not rely on it.") from error
    if "0x" + formula_hash(parameters).hex() != message["formulaHash"]:
        raise StatementForged("Its formula is not the one that was signed.", "Do not rely on it.")
    counts = {(int(one["month"]), int(one["lane"])): int(one["count"]) for one in message["reasons"]}
    score, _ = score_of(parameters, counts, int(message["month"]), int(message["formulaVersion"]))
    if score.score != int(message["score"]) or not score.sufficient:
        raise StatementForged(
            f"Its reasons give {score.score}, but it says {message['score']}.", "Do not rely on it."
        )
    return score.score


def _load(path: Path) -> dict[str, Any]:
    try:
        made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check the path.") from None
    except ValueError:
        raise InputError(f"{path} is no JSON.", "Ask for the file again.") from None
    typed = made.get("typed") if isinstance(made, dict) and made.get("format") == FORMAT else None
    good = (
        isinstance(typed, dict)
        and typed.get("types") == TYPES
        and typed.get("primaryType") == TYPE
        and isinstance(typed.get("message"), dict)
        and list(typed["message"]) == [part["name"] for part in TYPES[TYPE]]
        and isinstance(typed.get("domain"), dict)
        and all(isinstance(made.get(name), str) for name in ("signer", "signature"))
    )
    if not good:
        raise InputError(f"{path} is no credit statement of this version.", "Ask for the file again.")
    return made
