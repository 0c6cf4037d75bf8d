"""Keys of invented residents, and what they sign.

Only the demo and `simulate` make keys for residents, and only for development chains: each follows from a
seed and a party's number, so that a run can be repeated. Nobody's real key is ever made or kept here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from coincurve import PrivateKey
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.chain.connect import Connection
from commonhold.errors import SigningError

_DOMAIN: Final = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")


@dataclass(frozen=True, slots=True)
class Key:
    """One invented wallet."""

    secret: PrivateKey
    address: str

    def sign(self, digest: bytes) -> bytes:
        """r, s, v of a 32-byte digest."""
        signature = self.secret.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([27 + signature[64]])


class Keys:
    """The wallets of all invented parties; a party that lost its wallet goes on with the next one."""

    def __init__(self, connection: Connection, seed: int) -> None:
        if not connection.is_local:
            raise SigningError(
                f"Residents' keys are invented on development chains alone; {connection} has chain id "
                f"{connection.chain_id}.",
                "Residents sign with their own wallets: `commonhold lease prepare`, then `lease sign`.",
            )
        self._seed = seed
        self._turn: dict[int, int] = {}
        self._made: dict[tuple[int, int], Key] = {}

    def of(self, party: int, *, later: int = 0) -> Key:
        """The present key of a party; `later=1`: the one that will replace it."""
        turn = self._turn.get(party, 0) + later
        if (party, turn) not in self._made:
            secret = PrivateKey(keccak(text=f"invented resident {self._seed} {party} {turn}"))
            public = secret.public_key.format(compressed=False)[1:]
            self._made[party, turn] = Key(secret, to_checksum_address(keccak(public)[-20:]))
        return self._made[party, turn]

    def replace(self, party: int) -> None:
        """The recovery is complete: the next key speaks for the party."""
        self._turn[party] = self._turn.get(party, 0) + 1


def separator(domain: Mapping[str, Any]) -> bytes:
    """The EIP-712 domain separator of a contract."""
    values = [
        _DOMAIN,
        keccak(text=domain["name"]),
        keccak(text=domain["version"]),
        int(domain["chainId"]),
        domain["verifyingContract"],
    ]
    return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], values))


def digest(domain_separator: bytes, form: str, *values: Any) -> bytes:
    """What a wallet signs: a flat EIP-712 struct, written as its type string.

    form: such as "Permit(address owner,address spender,…)"; values in its order.
    """
    kinds = [member.split()[0] for member in form[form.index("(") + 1 : -1].split(",")]
    words = [keccak(value) if kind == "bytes" else value for kind, value in zip(kinds, values, strict=True)]
    kinds = ["bytes32" if kind == "bytes" else kind for kind in kinds]
    body = keccak(encode(["bytes32", *kinds], [keccak(text=form), *words]))
    return keccak(b"\x19\x01" + domain_separator + body)
