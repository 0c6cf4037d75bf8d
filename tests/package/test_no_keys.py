"""No command but `simulate` and the demo makes a resident's key; nobody's key comes from the environment."""

import ast
from pathlib import Path

from tools.environment import ROOT

PACKAGE = ROOT / "commonhold"
# What makes a key out of nothing, or out of something everybody knows.
MAKERS = {"create", "create_with_mnemonic", "from_mnemonic", "from_key", "PrivateKey", "token_bytes"}
# Who may: a user's own new keystore, opening it, the published development keys, and invented residents.
ALLOWED = {
    "ops/keys.py": {"create", "from_key"},
    "ops/keys_import.py": {"from_mnemonic", "from_key", "PrivateKey"},  # a key that its owner brings
    "chain/signing.py": {"from_mnemonic", "PrivateKey"},
    "commands/lease.py": {"token_bytes"},  # the salt of a lease
}
INVENTED = ("ops/demo/", "ops/simulate")


def _makers(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in MAKERS:
                found.add(name)
    return found


def test_only_the_named_files_make_or_open_keys() -> None:
    seen = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        makers = _makers(path)
        if makers and not name.startswith(INVENTED):
            seen[name] = makers
    assert {name: makers for name, makers in seen.items() if makers - ALLOWED.get(name, set())} == {}
    assert "create" in seen["ops/keys.py"], "the test looks at the right names"


def test_the_commands_of_a_lease_never_reach_the_makers_of_keys() -> None:
    forbidden = ("commonhold.ops.demo", "commonhold.ops.simulate", "new_key")
    for name in (
        "commands/lease.py",
        "commands/imports.py",
        "commands/money.py",
        "ops/leases/prepare.py",
        "ops/leases/activate.py",
    ):
        text = (PACKAGE / name).read_text(encoding="utf-8")
        assert not any(word in text for word in forbidden), name


def test_K2_no_password_or_key_is_read_from_arguments_or_the_environment() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.lower()
                assert text not in ("--password", "--private-key", "private_key", "mnemonic"), path
                assert not (text.startswith("commonhold_") and ("key" in text or "password" in text)), path
