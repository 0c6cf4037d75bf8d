"""What a contract said: custom errors of any artifact, texts, panics, nothing, and bytes nobody knows."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.chain.errors_decode import decode


def _error(signature: str, *values: object) -> bytes:
    types = signature[signature.index("(") + 1 : -1]
    return keccak(text=signature)[:4] + encode(types.split(",") if types else [], values)


_CUT = _error("LeaseUnknown(uint256)", 1)[:10]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (_error("LeasePaymentTooLarge(uint256,uint256,uint256)", 9, 5, 4),
         "LeasePaymentTooLarge(lease=9, amount=5, most=4)"),
        (_error("ERC20InsufficientBalance(address,uint256,uint256)", "0x" + "11" * 20, 1, 2),
         "ERC20InsufficientBalance(sender=0x1111111111111111111111111111111111111111, balance=1, needed=2)"),
        (_error("LeaseTermsInvalid(bytes32,uint256,uint256)", b"rent".ljust(32, b"\0"), 0, 1),
         "LeaseTermsInvalid(field=rent, value=0, bound=1)"),
        (_error("LeaseTermsUsed(bytes32,uint256)", b"\xff" * 32, 1),
         f"LeaseTermsUsed(termsHash=0x{'ff' * 32}, lease=1)"),
        (_error("LeaseAmountZero()"), "LeaseAmountZero"),
        (_error("Error(string)", "plain words"), "Error(message=plain words)"),
        (_error("Panic(uint256)", 0x11), "Panic(code=17, meaning=an amount overflowed or went below zero)"),
        (_error("Panic(uint256)", 0x99), "Panic(code=153, meaning=unknown)"),
        (b"", "NoReason"),
        (b"\x01\x02\x03\x04\x05", "UnknownError(data=0x0102030405)"),
        (_CUT, f"UnknownError(data=0x{_CUT.hex()})"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_by_name_with_its_values(data: bytes, text: str) -> None:
    assert str(decode(data)) == text
    assert decode(data).data == data
