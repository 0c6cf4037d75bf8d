"""Accounts of the money ledger: who has the community's money, and who answers for it.

    Assets:Parties:P5                        all wallets of a party
    Assets:Wallets:0x…                       a wallet that belongs to no party
    Assets:LeaseAgreement:Prepaid:Lease7     a pot that a contract holds
    Liabilities:Issued:Bank                  money that was issued against the bank, or the reserve

The names are those of a beancount file; every other format shows the same.
"""

from typing import Final, NamedTuple

PARTY, WALLET, ISSUED = "Parties", "Wallets", "Issued"
BANK, RESERVE_SIDE = "Bank", "Reserve"


class Account(NamedTuple):
    """owner: PARTY, WALLET, ISSUED or a contract. what: the kind of pot of a contract. about: what `id`
    counts. wallet: lower-case hex; of ISSUED its side."""

    owner: str
    what: str = ""
    about: str = ""
    id: int = 0
    wallet: str = ""

    @property
    def name(self) -> str:
        """As a beancount account."""
        if self.owner == PARTY:
            return f"Assets:{PARTY}:P{self.id}"
        if self.owner == WALLET:
            return f"Assets:{WALLET}:{self.wallet}"
        if self.owner == ISSUED:
            return f"Liabilities:{ISSUED}:{self.wallet}"
        return f"Assets:{self.owner}:{self.what.capitalize()}:{self.about.capitalize()}{self.id}"

    @property
    def party(self) -> int:
        """The party whose account it is, 0 for none."""
        return self.id if self.owner == PARTY or self.about == "party" else 0


def of_party(party: int) -> Account:
    return Account(PARTY, about="party", id=party)


def of_wallet(wallet: str) -> Account:
    return Account(WALLET, wallet=wallet)


BY_BANK: Final = Account(ISSUED, wallet=BANK)
BY_RESERVE: Final = Account(ISSUED, wallet=RESERVE_SIDE)
