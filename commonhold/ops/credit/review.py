"""A dispute of one entry of a credit history: by its party, decided by an OFFICER.

What the contract would refuse is an InputError with what to do, before anything is sent.
"""

from commonhold.chain.contracts import Suite
from commonhold.errors import InputError
from commonhold.rules.history import Outcome, Standing


def key_of(word: str) -> int:
    """As `credit show` prints it, or in decimals."""
    try:
        key = int(word, 16 if word.startswith("0x") else 10)
    except ValueError:
        key = -1
    if not 0 < key < 1 << 256:
        raise InputError(f"{word} is no key of an entry.", "credit show PARTY prints the keys.")
    return key


def outcome_of(suite: Suite, key: int) -> Outcome:
    found = suite.credit.outcome_of(key)
    if not found.party:
        raise InputError(f"There is no entry {key:#x}.", "credit show PARTY prints the keys.")
    return found


def check_dispute(found: Outcome) -> None:
    """Only what was entered counts against anybody, and it can be disputed once."""
    if found.standing is Standing.NOTICED:
        raise InputError("This was noticed and not entered: it does not count.", "Pay it, or wait.")
    if found.standing is not Standing.ENTERED:
        raise InputError("This entry cannot be disputed any more.", "credit show says how it stands.")


def check_decision(found: Outcome) -> None:
    """Where the time to decide is over, the entry is gone and no longer in dispute."""
    if found.standing is not Standing.DISPUTED:
        raise InputError("This entry is not in dispute.", "credit show says how it stands.")
