"""An XML file as a tree that knows its lines, read by a parser that expands no entity and fetches nothing.

A document type declaration is refused as a whole: bank files have none, and everything that can be done to a
reader by XML (entities within entities, files and addresses of others) begins with one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from commonhold.ops.intake.problems import FileProblem, Problem
from commonhold.text import clean

DEEPEST: Final = 64  # elements within elements; a statement has about twelve


@dataclass(slots=True)
class Node:
    """One element. name: without its namespace. line: on which it begins."""

    name: str
    line: int
    namespace: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """One line of visible text."""
        return clean("".join(self.pieces))

    def each(self, path: str) -> Iterator["Node"]:
        """All elements at a path of names, such as "RmtInf/Ustrd"."""
        head, _, rest = path.partition("/")
        for child in self.children:
            if child.name == head:
                if rest:
                    yield from child.each(rest)
                else:
                    yield child

    def first(self, *paths: str) -> "Node | None":
        """The first element at any of the paths, tried in order."""
        return next((node for path in paths for node in self.each(path)), None)

    def says(self, *paths: str) -> str:
        """Its text, "" if there is none."""
        node = self.first(*paths)
        return node.text if node is not None else ""


class _TooDeep(Exception):
    pass


class _Builder(ContentHandler):
    """Gathers the tree while the parser walks."""

    def __init__(self) -> None:
        super().__init__()
        self.top = Node("", 0)
        self._open = [self.top]
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:
        self._locator = locator

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        line = (self._locator.getLineNumber() or 0) if self._locator is not None else 0
        attributes = {key[1]: value for key, value in attrs.items()}
        node = Node(name[1], line, name[0] or "", attributes)
        self._open[-1].children.append(node)
        self._open.append(node)
        if len(self._open) > DEEPEST:
            raise _TooDeep

    def endElementNS(self, name: Any, qname: Any) -> None:
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].pieces.append(content)


def read_xml(data: bytes) -> Node:
    """The outermost element. Raises FileProblem with line and column."""
    parser, builder = make_parser(), _Builder()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(builder)
    try:
        parser.parse(BytesIO(data))
    except SAXParseException as error:
        raise _problem(
            error.getLineNumber() or 0,
            f"column {(error.getColumnNumber() or 0) + 1}",
            f"the XML breaks off or is damaged here ({error.getMessage()})",
            "Export the statement again and leave the file as the bank gives it.",
        ) from None
    except DefusedXmlException:
        raise _problem(
            1,
            "",
            "the file declares a document type or entities, which no bank statement needs",
            "Do not open it. Get the statement from the bank's own site.",
        ) from None
    except _TooDeep:
        raise _problem(
            0, "", "the elements are nested too deep for a statement", "Export it again."
        ) from None
    return builder.top.children[0]


def _problem(line: int, column: str, what: str, advice: str) -> FileProblem:
    return FileProblem(Problem(line, column.removeprefix("column "), "", what, advice))
