"""CommunityToken: the community's unit of account. Amounts in [cmt], months since 1970-01 [month]."""

from collections.abc import Iterable
from dataclasses import dataclass

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


@dataclass(frozen=True, slots=True)
class Mandate:
    """A standing permission to collect: most per month [cmt, a multiple of 10^4], who, until which month."""

    limit: int
    collectors: int
    expiry_month: int
    allow_partial: bool = False


class CommunityToken(Contract):
    """ERC-20 with permit, authorisations and mandates."""

    NAME = "CommunityToken"

    # ---- money

    def transfer(self, to: str, amount: int) -> Call:
        return self.call("transfer", to, amount)

    def approve(self, spender: str, amount: int) -> Call:
        return self.call("approve", spender, amount)

    def pay_for(self, to: str, amount: int, purpose: bytes, memo_hash: bytes = bytes(32)) -> Call:
        return self.call("payFor", to, amount, purpose, memo_hash)

    def mint(self, to: str, amount: int, citation: bytes) -> Call:
        """citation: the 32-byte name of the bank slip or reserve entry that covers it; each counts once."""
        return self.call("mint", to, amount, citation)

    def citations_used(self, citations: Iterable[bytes], block: int | str = "latest") -> list[bool]:
        """Whether each was minted under already."""
        asked = [("citationUsed", (citation,)) for citation in citations]
        return [bool(answer) for answer in self.read_many(asked, block=block)]

    def minter_allowance(self, account: str) -> tuple[bool, int]:
        """(whether the account is a minter, how much it may still create [cmt])"""
        minter, allowance = self.read("minterAllowance", account)
        return bool(minter), int(allowance)

    def burn(self, amount: int, citation: bytes) -> Call:
        return self.call("burn", amount, citation)

    def balance_of(self, wallet: str, block: int | str = "latest") -> int:
        return int(self.read("balanceOf", wallet, block=block))

    def balances_of(self, wallets: Iterable[str], block: int | str = "latest") -> list[int]:
        return [int(x) for x in self.read_many([("balanceOf", (wallet,)) for wallet in wallets], block=block)]

    def allowance(self, owner: str, spender: str) -> int:
        return int(self.read("allowance", owner, spender))

    def total_supply(self, block: int | str = "latest") -> int:
        return int(self.read("totalSupply", block=block))

    def nonce(self, wallet: str) -> int:
        """The nonce of the wallet's next permit."""
        return int(self.read("nonces", wallet))

    # ---- mandates

    def set_mandate(self, mandate: Mandate) -> Call:
        return self.call("setMandate", mandate)

    def set_mandate_by_signature(
        self, wallet: str, mandate: Mandate, nonce: int, deadline: int, signature: bytes
    ) -> Call:
        return self.call("setMandateBySignature", wallet, mandate, nonce, deadline, signature)

    def revoke_mandate(self) -> Call:
        return self.call("revokeMandate")

    def mandate_of(self, wallet: str) -> tuple[Mandate, int, int]:
        """(mandate, collected in its last month [cmt], that month [month])"""
        (limit, collectors, expiry, partial), spent, month = self.read("mandateOf", wallet)
        return Mandate(int(limit), int(collectors), int(expiry), bool(partial)), int(spent), int(month)

    def mandate_nonce(self, wallet: str) -> int:
        return int(self.read("mandateNonce", wallet))

    def current_month(self) -> int:
        return int(self.read("currentMonth"))

    def collector_bit(self, collector: str) -> int:
        return int(self.read("collectorBit", collector))

    # ---- set up and officers

    def register_collector(self, collector: str) -> Call:
        return self.call("registerCollector", collector)

    def mark_suite(self, account: str, suite: bool = True) -> Call:
        return self.call("markSuite", account, suite)

    def set_minter(self, minter: str, allowance: int) -> Call:
        return self.call("setMinter", minter, allowance)

    def is_suite(self, account: str) -> bool:
        return bool(self.read("statusOf", account)[0])
