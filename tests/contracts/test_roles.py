"""The table of roles against the contracts, their interfaces and docs/roles.md.

- every function that changes state is guarded or open, never both, and nothing else is listed
- `@custom:role` in the interface says what the table says
- docs/roles.md is what the table renders
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.compile import compile_project
from commonhold.roles import CONTRACT_ROLES, GUARDED, OPEN, ROLE_ID, ROLES, render_markdown, role_of

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def artifacts() -> dict[str, dict[str, Any]]:
    """Every contract of ours that can be deployed, and every interface, by name."""
    found = {}
    for name, path in compile_project(ROOT, quiet=True).items():
        artifact = json.loads(path.read_text(encoding="utf-8"))
        if not artifact["source"].startswith("contracts/mocks/"):
            found[name] = artifact
    return found


def deployable() -> list[str]:
    return sorted(
        name
        for name, artifact in artifacts().items()
        if artifact["bytecode"] != "0x" and any(entry["type"] == "constructor" for entry in artifact["abi"])
    )


def changing(name: str) -> dict[str, str]:
    """Signature -> name of the functions that change state."""
    kinds = {
        entry["name"]: entry["stateMutability"]
        for entry in artifacts()[name]["abi"]
        if entry["type"] == "function"
    }
    names = {signature: signature.partition("(")[0] for signature in artifacts()[name]["methodIdentifiers"]}
    return {
        signature: function
        for signature, function in names.items()
        if kinds[function] not in ("view", "pure")
    }


def test_A1_the_table_lists_exactly_the_contracts_that_exist() -> None:
    assert sorted(OPEN) == deployable()
    assert set(GUARDED) <= set(OPEN)


@pytest.mark.parametrize("name", sorted(OPEN))
def test_A1_every_function_that_changes_state_is_guarded_or_open(name: str) -> None:
    functions = changing(name)
    guarded = GUARDED.get(name, {})
    assert set(guarded) <= set(functions)
    rest = {function for signature, function in functions.items() if signature not in guarded}
    assert rest == set(OPEN[name])


@pytest.mark.parametrize("name", sorted(OPEN))
def test_the_interface_names_the_same_roles(name: str) -> None:
    found = {}
    for interface in (name, f"I{name}"):
        methods = artifacts().get(interface, {"devdoc": {}})["devdoc"].get("methods", {})
        found |= {sign: doc["custom:role"] for sign, doc in methods.items() if "custom:role" in doc}
    assert found == dict(GUARDED.get(name, {}))


def test_roles_have_distinct_ids_and_every_row_names_one_of_them() -> None:
    assert [role.id for role in ROLES] == list(range(len(ROLES)))
    assert {role for rows in GUARDED.values() for role in rows.values()} <= set(ROLE_ID)
    assert set(CONTRACT_ROLES) <= set(ROLE_ID)
    assert set(CONTRACT_ROLES.values()) <= set(OPEN)
    assert all(role.execution_delay == 0 for role in ROLES if role.name != "ADMIN")


def test_every_reason_is_one_line_of_words() -> None:
    for name, rows in OPEN.items():
        for function, reason in rows.items():
            assert re.fullmatch(r"[^\n|]{10,100}", reason), (name, function)


def test_a_look_up_of_a_role() -> None:
    assert role_of("UnitRegistry", "setOwner(uint32,uint32)") == "TRANSFERS"
    assert role_of("UnitRegistry", "announce(uint32[])") is None
    assert role_of("Nothing", "at(all)") is None


def test_docs_roles_is_what_the_table_renders() -> None:
    written = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    assert written == render_markdown(), "run: python -m commonhold.roles > docs/roles.md"
