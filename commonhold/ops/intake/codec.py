"""Lease drafts and terms as plain JSON objects and back, for the local store and for files to sign.

Bytes are hexadecimal with 0x, everything else is what JSON has; amounts in base units [cmt], days as numbers.
"""

from dataclasses import asdict, fields
from typing import Any

from commonhold.ops.intake.roll import LeaseDraft
from commonhold.rules.terms import DayCount, LeaseTerms, OneOffFee, Opening, RentStep
from commonhold.units import Day


def terms_to_json(terms: LeaseTerms) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for one in fields(terms):
        value = getattr(terms, one.name)
        if isinstance(value, bytes):
            answer[one.name] = f"0x{value.hex()}"
        elif one.name == "opening":
            answer[one.name] = asdict(value)
        elif one.name == "steps":
            answer[one.name] = [asdict(step) for step in value]
        elif one.name == "fees":
            answer[one.name] = [
                {"payee": fee.payee, "amount": fee.amount, "kind": f"0x{fee.kind.hex()}"} for fee in value
            ]
        else:
            answer[one.name] = list(value) if isinstance(value, tuple) else int(value)
    return answer


def terms_from_json(document: dict[str, Any]) -> LeaseTerms:
    """Raises KeyError or TypeError for an object that is not one of `terms_to_json`."""
    values = dict(document)
    for name in ("document_hash", "salt"):
        values[name] = bytes.fromhex(values[name][2:])
    for name in ("tenants", "shares"):
        values[name] = tuple(values[name])
    values["steps"] = tuple(RentStep(**step) for step in values["steps"])
    values["fees"] = tuple(
        OneOffFee(fee["payee"], fee["amount"], bytes.fromhex(fee["kind"][2:])) for fee in values["fees"]
    )
    values["opening"] = Opening(**values["opening"])
    values["day_count"] = DayCount(values["day_count"])
    return LeaseTerms(**values)


def draft_to_json(draft: LeaseDraft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "lines": list(draft.lines),
        "unit": draft.unit,
        "landlord": draft.landlord,
        "tenants": list(draft.tenants),
        "manager": draft.manager,
        "arbiter": draft.arbiter,
        "fee_payees": list(draft.fee_payees),
        "terms": terms_to_json(draft.terms),
        "cutover": draft.cutover,
        "agreed": dict(draft.agreed),
        "books": dict(draft.books),
    }


def draft_from_json(document: dict[str, Any]) -> LeaseDraft:
    values = dict(document)
    for name in ("lines", "tenants", "fee_payees"):
        values[name] = tuple(values[name])
    values["terms"] = terms_from_json(values["terms"])
    values["cutover"] = Day(values["cutover"])
    return LeaseDraft(**values)
