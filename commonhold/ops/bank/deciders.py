"""Who decides about bank money: a person by name, or a key by its address and the offices that it holds."""

from dataclasses import dataclass
from typing import Final

from commonhold.chain.contracts import Suite
from commonhold.errors import InputError
from commonhold.roles import CONTRACT_ROLES, ROLES
from commonhold.text import clean

MINTER: Final = "minter"  # who mints without holding a role
_NAME_MOST: Final = 80


@dataclass(frozen=True, slots=True)
class Decider:
    """by: a name, or the address of a key. office: the roles of that key, "" for a name."""

    by: str
    office: str = ""


def person(name: str) -> Decider:
    """Who decides without a signature. Raises InputError for no name."""
    found = clean(name)
    if not found or len(found) > _NAME_MOST:
        raise InputError(
            f"A decision needs the name of who made it, of at most {_NAME_MOST} letters.",
            'Write it as --by "…".',
        )
    return Decider(found)


def signer(suite: Suite, address: str) -> Decider:
    """Who decides with a key, and the offices that it holds now."""
    roles = [role for role in ROLES if role.name not in CONTRACT_ROLES]
    answers = suite.access.read_many([("hasRole", (role.id, address)) for role in roles])
    held = [role.name for role, (member, _) in zip(roles, answers, strict=True) if member]
    return Decider(address, ", ".join(held) or MINTER)
