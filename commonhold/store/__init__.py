"""The local store of a property manager's machine: names, contacts, addresses, and the states of imports."""

from commonhold.store.schema import STATES, Amendment, Batch, Building, Intent, Lease, Party, Unit
from commonhold.store.store import FILE, Store

__all__ = [
    "FILE",
    "STATES",
    "Amendment",
    "Batch",
    "Building",
    "Intent",
    "Lease",
    "Party",
    "Store",
    "Unit",
]
