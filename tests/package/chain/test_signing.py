"""Signing: the fast way gives what eth-account gives; published keys stay on development chains (K3)."""

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from commonhold.chain.signing import (
    DevAccount,
    KeyRefused,
    Transaction,
    dev_account,
    refuse_dev_key,
    sign,
)

KEY = Account.from_key(b"\x07" * 32)


class Hardware:
    """A signer without a key at hand, as a hardware wallet's account is."""

    address = KEY.address

    def sign_transaction(self, transaction_dict: dict[str, object]) -> object:
        return KEY.sign_transaction(transaction_dict)


@given(
    nonce=st.integers(0, 2**32),
    to=st.one_of(st.none(), st.binary(min_size=20, max_size=20)),
    data=st.binary(max_size=300),
    value=st.integers(0, 2**90),
    gas=st.integers(21_000, 2**24),
    fee=st.integers(1, 2**50),
    chain=st.integers(1, 2**32),
)
def test_the_bytes_are_those_that_eth_account_signs(
    nonce: int, to: bytes | None, data: bytes, value: int, gas: int, fee: int, chain: int
) -> None:
    address = None if to is None else "0x" + to.hex()
    transaction = Transaction(chain, nonce, address, data, value, gas, fee, fee // 2)
    fast, slow = sign(KEY, transaction), sign(Hardware(), transaction)
    assert (fast.raw, fast.hash) == (slow.raw, slow.hash)
    assert Account.recover_transaction(fast.raw) == KEY.address


@pytest.mark.parametrize("index", [0, 1, 9, 19])
def test_K3_published_keys_are_refused_off_development_chains(index: int) -> None:
    refuse_dev_key(dev_account(index), 31337)
    refuse_dev_key(dev_account(index), 1337)
    for chain in (1, 137, 11155111, 31338):
        with pytest.raises(KeyRefused, match="published development key"):
            refuse_dev_key(dev_account(index), chain)


def test_K3_a_nodes_own_account_is_refused_off_development_chains() -> None:
    with pytest.raises(KeyRefused, match="account of the node"):
        refuse_dev_key(DevAccount(KEY.address), 1)
    refuse_dev_key(DevAccount(KEY.address), 31337)


def test_a_key_of_ones_own_signs_anywhere() -> None:
    refuse_dev_key(KEY, 1)
