"""Put probes into Solidity sources, by the compiler's own syntax tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.coverage.probes import LIBRARY, LIBRARY_FILE

Node = dict[str, Any]

_BLOCKS = ("Block", "UncheckedBlock")


@dataclass
class Plan:
    """The probes of one file. Lines count from 1; a branch has the line, what it is, and its probe."""

    file: str
    statements: list[tuple[int, int]] = field(default_factory=list)  # line, probe
    branches: list[tuple[int, str, int]] = field(default_factory=list)  # line, words, probe


class _Instrumenter:
    def __init__(self, file: str, text: bytes, first: int) -> None:
        self.plan = Plan(file)
        self._text = text
        self._next = first
        self._opening: list[tuple[int, bytes]] = []
        self._closing: list[tuple[int, bytes]] = []

    def result(self) -> bytes:
        """The text with all insertions; at one place closings come before openings."""
        edits: dict[int, list[bytes]] = {}
        for place, piece in [*self._closing, *self._opening]:
            edits.setdefault(place, []).append(piece)
        parts, last = [], 0
        for place in sorted(edits):
            parts += [self._text[last:place], *edits[place]]
            last = place
        return b"".join([*parts, self._text[last:]])

    def _number(self, count: int = 1) -> int:
        number = self._next
        self._next += count
        return number

    @staticmethod
    def _span(node: Node) -> tuple[int, int]:
        start, length, _ = map(int, node["src"].split(":"))
        return start, start + length

    def _line(self, node: Node) -> int:
        return self._text.count(b"\n", 0, self._span(node)[0]) + 1

    def _mark(self, place: int) -> int:
        number = self._number()
        self._opening.append((place, f"{LIBRARY}.at({number}); ".encode()))
        return number

    def _wrap(self, node: Node) -> int:
        """Wrap a condition; the number is for true, the next one for false."""
        number = self._number(2)
        self._opening.append((self._span(node)[0], f"{LIBRARY}.on(".encode()))
        return number

    def _unwrap(self, node: Node, number: int) -> None:
        self._closing.append((self._span(node)[1], f", {number})".encode()))

    def source(self, tree: Node) -> None:
        """The whole file."""
        for node in tree["nodes"]:
            if node["nodeType"] == "PragmaDirective":
                line = f' import {{{LIBRARY}}} from "{LIBRARY_FILE}";'
                self._opening.append((self._span(node)[1], line.encode()))
            else:
                self.visit(node)

    def visit(self, node: Node) -> None:
        kind = node["nodeType"]
        if kind == "InlineAssembly" or (kind == "VariableDeclaration" and node["constant"]):
            return
        if kind in _BLOCKS:
            self._block(node)
        elif kind == "IfStatement":
            self._if(node)
        elif kind in ("ForStatement", "WhileStatement"):
            self._loop(node)
        elif kind == "Conditional":
            self._condition(node, "choice", ["condition"])
        elif kind == "FunctionCall" and node["expression"].get("name") == "require":
            self._require(node)
        elif kind == "TryStatement":
            self._try(node)
        else:
            for child in _children(node):
                self.visit(child)

    def _block(self, node: Node) -> None:
        for statement in node["statements"]:
            if statement["nodeType"] not in _BLOCKS:
                self.plan.statements.append((self._line(statement), self._mark(self._span(statement)[0])))
            self.visit(statement)

    def _condition(self, node: Node, words: str, first: list[str]) -> int:
        """Wrap node[first[0]] and visit the rest; both outcomes are branches."""
        condition = node[first[0]]
        number = self._wrap(condition)
        self.plan.branches.append((self._line(node), f"{words} true", number))
        self.plan.branches.append((self._line(node), f"{words} false", number + 1))
        self.visit(condition)
        self._unwrap(condition, number)
        for child in _children(node):
            if child is not condition:
                self.visit(child)
        return number

    def _body(self, statement: Node | None, number: int) -> None:
        """A statement that stands alone, without braces, is reached when its condition's probe is."""
        if statement is not None and statement["nodeType"] not in _BLOCKS:
            self.plan.statements.append((self._line(statement), number))

    def _if(self, node: Node) -> None:
        number = self._condition(node, "if", ["condition"])
        self._body(node["trueBody"], number)
        self._body(node.get("falseBody"), number + 1)

    def _loop(self, node: Node) -> None:
        condition = node.get("condition")
        if condition is None or node["body"]["nodeType"] in _BLOCKS:
            for child in _children(node):
                self.visit(child)
            return
        number = self._wrap(condition)
        self._body(node["body"], number)
        for child in _children(node):
            self.visit(child)
            if child is condition:
                self._unwrap(condition, number)

    def _require(self, node: Node) -> None:
        condition, *others = node["arguments"]
        number = self._wrap(condition)
        self.plan.branches.append((self._line(node), "require true", number))
        self.plan.branches.append((self._line(node), "require false", number + 1))
        self.visit(condition)
        self._unwrap(condition, number)
        for other in others:
            self.visit(other)

    def _try(self, node: Node) -> None:
        self.visit(node["externalCall"])
        for index, clause in enumerate(node["clauses"]):
            words = "catch" if index else "try"
            number = self._mark(self._span(clause["block"])[0] + 1)
            self.plan.branches.append((self._line(clause), words, number))
            self.visit(clause["block"])


def _children(node: Node) -> Iterator[Node]:
    """The child nodes in the order of the text."""
    found: list[Node] = []
    for value in node.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "nodeType" in item and "src" in item:
                found.append(item)
    return iter(sorted(found, key=lambda child: int(child["src"].split(":")[0])))


def instrument(file: str, text: bytes, tree: Node, first: int) -> tuple[bytes, Plan]:
    """The source with probes numbered from `first`, and what they stand for."""
    work = _Instrumenter(file, text, first)
    work.source(tree)
    return work.result(), work.plan
