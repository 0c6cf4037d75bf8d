"""Who signs: any eth-account signer, an account of a development node, or somebody outside.

Bytes are signed here without web3.py's per-transaction overhead when the key is at hand, which is what lets
imports and simulations send hundreds of transactions a second.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Protocol, runtime_checkable

from coincurve import PrivateKey
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from commonhold.chain.call import Call
from commonhold.chain.connect import LOCAL_CHAIN_IDS
from commonhold.chain.node import MNEMONIC
from commonhold.errors import SigningError

# Development accounts that a node offers; more than any node of ours opens by default.
_DEV_ACCOUNTS: Final = 20


class KeyRefused(SigningError):
    """A key that everybody knows, or a node's own account, outside a development chain."""


@runtime_checkable
class Signer(Protocol):
    """What eth-account's accounts offer (keystore and hardware accounts alike)."""

    @property
    def address(self) -> Any: ...

    def sign_transaction(self, transaction_dict: dict[str, Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class DevAccount:
    """An account of a development node that signs by itself."""

    address: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """An EIP-1559 transaction. Fees in [wei/gas], gas in [gas], value in [wei]; `to` None creates."""

    chain_id: int
    nonce: int
    to: str | None
    data: bytes
    value: int
    gas: int
    max_fee: int
    tip: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction for somebody outside to sign: what it means, and its fields."""

    call: Call
    transaction: Transaction


class OutsideSigner(ABC):
    """Signs and broadcasts elsewhere, and gives no bytes: a wallet in a browser, the owners of a Safe.

    sends: whether `hand_over` ends with the transactions sent; otherwise it raises an error that says what
    the person has to do with what was written.
    """

    sends: bool = True

    @property
    @abstractmethod
    def address(self) -> str:
        """Who sends."""

    @abstractmethod
    def hand_over(self, transactions: Sequence[Prepared], sent: Callable[[int, str], None]) -> None:
        """Have them signed and sent, in order; `sent` hears the place and the hash of each at once."""


AnySigner = Signer | DevAccount | OutsideSigner


@dataclass(frozen=True, slots=True)
class Signed:
    """The bytes to broadcast, and their hash."""

    raw: bytes
    hash: str


def address_of(signer: AnySigner) -> str:
    return str(signer.address)


@cache
def dev_account(index: int) -> LocalAccount:
    """The published development account `index`. For chains of ids 31337 and 1337 alone."""
    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return account


@cache
def _published() -> frozenset[str]:
    return frozenset(dev_account(index).address for index in range(_DEV_ACCOUNTS))


def is_published(address: str) -> bool:
    """Whether everybody has the key of this address."""
    return to_checksum_address(address) in _published()


def refuse_dev_key(signer: AnySigner, chain_id: int) -> None:
    """Raises KeyRefused where a published key, or a node itself, would sign on a chain that is in earnest."""
    if chain_id in LOCAL_CHAIN_IDS:
        return
    if isinstance(signer, DevAccount):
        raise KeyRefused(
            f"{signer.address} is an account of the node, which signs nothing on chain {chain_id}.",
            "Use a keystore of your own: `commonhold keys new`.",
        )
    if is_published(address_of(signer)):
        raise KeyRefused(
            f"{address_of(signer)} is a published development key: everybody can take what it holds. "
            f"It is refused on chain {chain_id}.",
            "Make a key of your own with `commonhold keys new`.",
        )


def sign(signer: Signer, transaction: Transaction) -> Signed:
    if isinstance(signer, LocalAccount):
        return _sign_fast(bytes(signer.key), transaction)
    answer = signer.sign_transaction(
        {
            "type": 2,
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            **({"to": to_checksum_address(transaction.to)} if transaction.to is not None else {}),
            "data": transaction.data,
            "value": transaction.value,
            "gas": transaction.gas,
            "maxFeePerGas": transaction.max_fee,
            "maxPriorityFeePerGas": transaction.tip,
        }
    )
    return Signed(bytes(answer.raw_transaction), "0x" + bytes(answer.hash).hex())


def signed_in(raw: bytes) -> Transaction:
    """What signed bytes of ours say (type 2)."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    to = bytes(fields["to"])
    return Transaction(
        chain_id=int(fields["chainId"]),
        nonce=int(fields["nonce"]),
        to=to_checksum_address(to) if to else None,
        data=bytes(fields["data"]),
        value=int(fields["value"]),
        gas=int(fields["gas"]),
        max_fee=int(fields["maxFeePerGas"]),
        tip=int(fields["maxPriorityFeePerGas"]),
    )


@lru_cache(maxsize=4096)
def _curve_key(key: bytes) -> PrivateKey:
    return PrivateKey(key)


def _sign_fast(key: bytes, transaction: Transaction) -> Signed:
    body = [
        _number(transaction.chain_id),
        _number(transaction.nonce),
        _number(transaction.tip),
        _number(transaction.max_fee),
        _number(transaction.gas),
        _text(bytes.fromhex(transaction.to[2:]) if transaction.to is not None else b""),
        _number(transaction.value),
        _text(transaction.data),
        b"\xc0",  # no access list
    ]
    signature = _curve_key(key).sign_recoverable(keccak(b"\x02" + _list(body)), hasher=None)
    r, s, v = (
        int.from_bytes(signature[:32], "big"),
        int.from_bytes(signature[32:64], "big"),
        signature[64],
    )
    raw = b"\x02" + _list([*body, _number(v), _number(r), _number(s)])
    return Signed(raw, "0x" + keccak(raw).hex())


def _number(value: int) -> bytes:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(value: bytes) -> bytes:
    if len(value) == 1 and value[0] < 0x80:
        return value
    return _length(len(value), 0x80) + value


def _list(parts: Sequence[bytes]) -> bytes:
    body = b"".join(parts)
    return _length(len(body), 0xC0) + body


def _length(size: int, offset: int) -> bytes:
    if size < 56:
        return bytes([offset + size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([offset + 55 + len(digits)]) + digits
