"""The twin is arithmetic alone: no chain, no files, no clock, nothing of ours outside `commonhold.rules`.

Branches: every module's imports · calls of `open` and of the clock.
"""

import ast
from pathlib import Path

import pytest

import commonhold.rules

MODULES = sorted(Path(commonhold.rules.__file__).parent.glob("*.py"))
# eth_utils: keccak, a pure function of bytes
ALLOWED = {
    "collections",
    "contextlib",
    "dataclasses",
    "enum",
    "eth_utils",
    "functools",
    "itertools",
    "typing",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_rule_imports_only_rules_and_plain_types(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.startswith("commonhold.rules") or name.split(".")[0] in ALLOWED, name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "input", "print", "exec", "eval"), module.name
