"""The words of a LeaseActivated log as the terms that were signed.

The layouts are those of contracts/lib/LeaseWords.sol, DepositMath.sol and RentMath.sol, low bits first.
Amounts [cmt], days [day], months [month], rates [bps].
"""

from collections.abc import Sequence

from commonhold.rules.calendar import boundary
from commonhold.rules.rent import BPS
from commonhold.rules.terms import DayCount, LeaseTerms, Opening, RentStep

M16, M24, M32, M44, M56, M64 = (2**bits - 1 for bits in (16, 24, 32, 44, 56, 64))


def read_terms(unit: int, words: Sequence[int]) -> tuple[LeaseTerms, int]:
    """Terms of one lease and its break fee. The money that is paid once at activation is not in them."""
    hot, plan, fee, figures, parts = words[:5]
    count = plan >> 84 & 7
    accounts = words[5 : 5 + count] if count > 1 else [(hot >> 192 & M32) | BPS << 32]
    segments = words[5 + (count if count > 1 else 0) :]
    anchor, start, rent_start = hot >> 180 & 31, plan >> 48 & M24, plan & M24
    steps = tuple(RentStep(boundary(anchor, word & M16), word >> 16 & M64) for word in segments[1:])
    terms = LeaseTerms(
        unit=unit,
        landlord=hot >> 224,
        tenants=tuple(word & M32 for word in accounts),
        shares=tuple(word >> 32 & M16 for word in accounts),
        rent=segments[0] >> 16 & M64 if segments else hot >> 112 & M44,
        deposit=sum(parts >> 56 * i & M56 for i in range(4)),
        start_day=start,
        end_day=plan >> 24 & M24,
        billing_day=anchor,
        interval=plan >> 72 & 15,
        due_offset=(plan >> 76 & 63) - 32,
        rent_free_days=rent_start - start,
        steps=steps,
        grace_days=plan >> 234 & 63,
        late_fee_rate=plan >> 227 & 127,
        late_fee_max_days=plan >> 240,
        notice_days=plan >> 123 & M16,
        break_day=plan >> 139 & M24,
        break_fee=fee >> 136,
        manager=plan >> 179 & M32,
        commission=plan >> 163 & M16,
        holdover_rate=plan >> 211 & M16,
        day_count=DayCount(plan >> 82 & 3),
        arbiter=parts >> 224,
        cover_mask=plan >> 87 & 15,
        opening=Opening(
            paid=figures & M64,
            arrears=figures >> 64 & M64,
            late_fees=figures >> 128 & M64,
            prepaid=figures >> 192,
        ),
    )
    return terms, fee >> 136
