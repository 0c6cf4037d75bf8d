"""Bank money: what comes in on the community's account, who it belongs to, and its way onto the chain.

found = read_bank_file(path, mapping, account)      # CSV or CAMT.053, nothing kept
report = take(store, found, community)               # into the store, each entry once
propose(...), mint(...)                              # one officer proposes, another mints
reconcile(...)                                       # the bank's balance against the token's supply
"""

from commonhold.ops.bank.read import read_bank_file
from commonhold.ops.bank.taking import take

__all__ = ["read_bank_file", "take"]
