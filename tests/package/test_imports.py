"""Who may import whom, read from the sources: the rooms of the contracts and of the package.

Solidity: own interfaces, libraries and one common base only · no implementation of another contract · token
before registry before finance, never back · libraries no room · no cycle · nobody the mocks
Python: each room its list · rules neither files, clock nor web3 · brownie nowhere in the package · one sender
no cycle
"""

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "commonhold"

# ------------------------------------------------------------------------------------------------ Solidity

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"""^\s*import\b[^;"']*["']([^"']+)["']""", re.MULTILINE)
_KIND = re.compile(r"^(abstract contract|contract|library|interface)\s+(\w+)", re.MULTILINE)
ORDER = ("access", "token", "registry", "finance")  # each may know those before it
# what libraries may take of OpenZeppelin: pure code and interfaces
PURE = ("@openzeppelin/contracts/utils/", "@openzeppelin/contracts/interfaces/")


@cache
def sources() -> Mapping[str, str]:
    """Our Solidity files without their comments, by path."""
    files = [
        file for folder in ("contracts", "interfaces") for file in sorted((ROOT / folder).rglob("*.sol"))
    ]
    return {
        file.relative_to(ROOT).as_posix(): _COMMENT.sub("", file.read_text(encoding="utf-8"))
        for file in files
    }


def imported(name: str) -> list[str]:
    """What a file imports: ours by path, OpenZeppelin's by name."""
    found = _IMPORT.findall(sources()[name])
    return [
        posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path.startswith(".") else path
        for path in found
    ]


def room(name: str) -> str:
    """`contracts/finance/X.sol` → finance, `interfaces/IX.sol` → interfaces."""
    parts = name.split("/")
    return parts[1] if parts[0] == "contracts" else parts[0]


def kinds(name: str) -> set[str]:
    """What a file defines."""
    return {kind for kind, _ in _KIND.findall(sources()[name])}


# The one common base: who speaks in a call. It has no storage, so that it cannot collide with anything.
BASE = "contracts/access/Sponsored.sol"
PRODUCT = [name for name in sources() if room(name) != "mocks"]


@pytest.mark.parametrize("name", PRODUCT)
def test_a_contract_reaches_others_through_interfaces_alone(name: str) -> None:
    for other in imported(name):
        if other.startswith("@openzeppelin/") or other == BASE:
            continue
        assert other in sources(), f"{name} imports {other}, which is neither ours nor OpenZeppelin's"
        assert room(other) in {room(name), "lib", "interfaces"}, f"{name} reaches into {other}"
        assert "contract" not in kinds(other), f"{name} imports the implementation {other}"


def test_the_common_base_is_abstract_and_has_no_storage() -> None:
    assert kinds(BASE) == {"abstract contract"}
    body = sources()[BASE].split("abstract contract", 1)[1].split("{", 1)[1]
    within_functions = re.findall(r"\{[^{}]*\}", body)
    for inner in within_functions:
        body = body.replace(inner, ";")
    statements = [part.strip() for part in re.split(r"[;}]", body) if part.strip()]
    assert [part for part in statements if not part.startswith(("function", "constructor"))] == []


@pytest.mark.parametrize("name", [name for name in PRODUCT if room(name) in ("lib", "interfaces")])
def test_libraries_and_interfaces_are_pure(name: str) -> None:
    allowed = {"interfaces"} if room(name) == "interfaces" else {"lib", "interfaces"}
    for other in imported(name):
        if other.startswith("@"):
            assert other.startswith(PURE) or "/I" in other, f"{name} imports {other}"
        else:
            assert room(other) in allowed, f"{name} imports {other}"
    wanted = {"library"} if room(name) == "lib" else {"interface"}
    assert kinds(name) <= wanted, f"{name} defines more than a {wanted}"


def home_of(interface: str) -> str | None:
    """The room of the contract that an interface is for."""
    contract = posixpath.basename(interface)[1:]
    found = [room(name) for name in PRODUCT if posixpath.basename(name) == contract]
    return found[0] if found else None


@pytest.mark.parametrize("name", [name for name in PRODUCT if room(name) in ORDER])
def test_no_room_knows_a_later_one(name: str) -> None:
    for other in imported(name):
        home = home_of(other) if other.startswith("interfaces/") else None
        if home in ORDER:
            assert ORDER.index(home) <= ORDER.index(room(name)), f"{name} knows {other}"


def cycles(graph: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Every way that leads back to where it began."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> Iterator[list[str]]:
        if name in path:
            yield [*path[path.index(name) :], name]
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                yield from walk(other, [*path, name])
            done.add(name)

    for name in sorted(graph):
        yield from walk(name, [])


def test_no_solidity_file_imports_itself_by_a_detour() -> None:
    assert list(cycles({name: set(imported(name)) for name in sources()})) == []


# ------------------------------------------------------------------------------------------------ Python

LEAVES = {"units", "errors", "roles", "text"}  # know nothing of ours
SMALL = LEAVES | {"keeping", "settings", "words"}
ALLOWED: Mapping[str, set[str]] = {
    **{leaf: {leaf} for leaf in LEAVES},  # a leaf may be a package
    "keeping": {"errors"},
    "settings": {"errors", "keeping"},
    "words": {"rules"},
    "rules": {"rules"},
    "chain": {"chain", "rules"} | SMALL,
    "store": {"store"} | SMALL,
    "index": {"index", "chain", "rules"} | SMALL,
    "ops": {"ops", "index", "store", "chain", "rules"} | SMALL,
    "relay": {"relay", "index", "chain", "rules"} | SMALL,
    "present": {"ops"} | SMALL,
    "commands": {"commands", "present", "ops", "index", "store", "chain", "rules"} | SMALL,
    "cli": {"commands", "present"} | SMALL,
}
FOR_RULES = {
    "bisect", "collections", "contextlib", "dataclasses", "enum", "fractions", "functools", "itertools",
    "math", "operator", "typing",
    "eth_utils",  # for keccak alone, which is as pure as any sum
}  # fmt: skip


@cache
def modules() -> Mapping[str, ast.Module]:
    """The package's modules, parsed, by dotted name."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


def names_imported(tree: ast.AST) -> set[str]:
    """Dotted names of all imports, wherever they stand; of `from a import b` both a and a.b."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "import by the whole name"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def part(name: str) -> str:
    """`commonhold.ops.intake.roll` → ops."""
    return name.split(".")[1] if "." in name else ""


MODULES = [name for name in modules() if part(name)]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_its_room_may(name: str) -> None:
    assert part(name) in ALLOWED, f"{name}: a room without a list of what it may import"
    ours = {other for other in names_imported(modules()[name]) if other.startswith("commonhold.")}
    rooms = {part(other) for other in ours if (PACKAGE / part(other)).exists() or _is_file(other)}
    assert rooms <= ALLOWED[part(name)], f"{name} imports {sorted(rooms - ALLOWED[part(name)])}"


def _is_file(name: str) -> bool:
    return (PACKAGE / f"{part(name)}.py").exists()


@pytest.mark.parametrize("name", MODULES)
def test_the_package_needs_neither_brownie_nor_the_repository(name: str) -> None:
    heads = {other.split(".")[0] for other in names_imported(modules()[name])}
    assert not heads & {"brownie", "tests", "tools", "scripts", "pytest", "hypothesis"}, name


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) == "rules"])
def test_the_rules_know_no_files_no_clock_and_no_chain(name: str) -> None:
    heads = {other.split(".")[0] for other in names_imported(modules()[name])}
    assert heads <= FOR_RULES | {"commonhold"}, name
    calls = {
        node.func.id
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "input", "print", "exec", "eval", "__import__"}, name


def test_only_use_cases_and_commands_send() -> None:
    senders = {name for name in MODULES if "commonhold.chain.send" in names_imported(modules()[name])}
    assert {part(name) for name in senders} <= {"chain", "ops", "relay", "commands"}


def test_leaves_and_rooms_exist() -> None:
    """A list of what nobody has any more would allow what nobody meant."""
    there = {part(name) for name in MODULES}
    assert LEAVES | {"rules", "chain", "ops", "cli"} <= there


def _at_load(tree: ast.Module) -> set[str]:
    """What a module imports while it is loaded: not inside functions, not for the type checker alone."""
    found, todo = set(), list(ast.iter_child_nodes(tree))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= names_imported(node)
        todo.extend(ast.iter_child_nodes(node))
    return found


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {
        name: {other for other in _at_load(tree) if other in modules() and other != name}
        for name, tree in modules().items()
        if name != "commonhold"
    }
    packages = {name for name in graph if any(other.startswith(f"{name}.") for other in graph)}
    # a package that gathers its own modules is no detour of theirs
    for name in graph:
        graph[name] -= {package for package in packages if name.startswith(f"{package}.")}
    assert list(cycles(graph)) == []


def test_brownie_is_imported_by_scripts_and_tests_alone() -> None:
    for file in sorted((ROOT / "tools").rglob("*.py")):
        heads = {name.split(".")[0] for name in names_imported(ast.parse(file.read_text(encoding="utf-8")))}
        assert "brownie" not in heads, file


# ------------------------------------------------------------------------------------------------ the readers


def test_a_detour_is_found() -> None:
    assert list(cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == [["a", "b", "c", "a"]]
    assert list(cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()})) == []


def test_every_way_to_import_is_read() -> None:
    tree = ast.parse("import a.b\ndef f():\n    from c.d import e\n")
    assert names_imported(tree) == {"a.b", "c.d", "c.d.e"}
    assert _at_load(tree) == {"a.b"}
