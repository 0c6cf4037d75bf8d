"""docs/roles.md, written from the tables."""

from commonhold.roles.guarded import GUARDED
from commonhold.roles.offices import ADMIN_DELAY, DAY, ROLES, TARGET_ADMIN_DELAY
from commonhold.roles.opened import OPEN


def _delay(seconds: int) -> str:
    if seconds == 0:
        return "none"
    days = seconds // DAY
    return f"{days} day" if days == 1 else f"{days} days"


def _short(signature: str) -> str:
    """The signature without the fields of its structs, for people to read."""
    name, _, inner = signature.partition("(")
    return f"{name}(…)" if "(" in inner else signature


def render_markdown() -> str:
    """The text of docs/roles.md."""
    lines = [
        "# Roles",
        "",
        "Written from `commonhold/roles` by `python -m commonhold.roles`; do not edit.",
        "",
        "| id | role | held by | a grant waits | each call waits |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {role.id} | {role.name} | {role.holder} | {_delay(role.grant_delay)} "
        f"| {_delay(role.execution_delay)} |"
        for role in ROLES
    ]
    lines += [
        "",
        f"After the day of set-up every ADMIN waits {_delay(ADMIN_DELAY)} before each call, whatever was "
        f"granted. Changes of a contract's function roles wait {_delay(TARGET_ADMIN_DELAY)}. Changes of a "
        "delay take five days to count. Role functions refuse calls that come through the forwarder.",
        "",
        "## Functions that need a role",
        "",
        "| contract | function | role |",
        "|---|---|---|",
    ]
    lines += [
        f"| {contract} | `{_short(signature)}` | {role} |"
        for contract, functions in GUARDED.items()
        for signature, role in functions.items()
    ]
    lines += ["", "## Functions open to all", "", "| contract | function | why |", "|---|---|---|"]
    lines += [
        f"| {contract} | `{name}` | {reason} |"
        for contract, functions in OPEN.items()
        for name, reason in functions.items()
    ]
    return "\n".join(lines) + "\n"
