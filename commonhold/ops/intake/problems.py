"""What is wrong with a row, where it stands, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from commonhold.errors import InputError

_SHOWN = 60  # characters of a value that are shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right before the row can be taken.

    line: of the file, or row of the sheet, from 1 (0: the file as a whole). column: the heading as it stands
    in the file. value: what stands there. what: what is wrong. advice: what to do. cell: such as "K14".
    """

    line: int
    column: str
    value: str
    what: str
    advice: str
    sheet: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for a person: "line 14, column rent" or "Sheet1!K14"."""
        if self.cell:
            return f"{self.sheet}!{self.cell}" if self.sheet else self.cell
        parts = [f"line {self.line}"] if self.line else []
        parts += [f"column {self.column}"] if self.column else []
        return ", ".join(parts) or "the file"

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.place}:{shown} {self.what}. {self.advice}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the manager should know, though nothing has to be put right."""

    line: int
    text: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class ValueProblem(Exception):
    """A cell's value cannot be read. The reader of the row adds where it stands."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


class FileProblem(InputError):
    """The file cannot be read any further: `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.place}: {problem.what}", problem.advice)
        self.problem = problem


def shorten(value: object) -> str:
    """A value as a problem shows it: one line, not too long."""
    text = "" if value is None else str(value).replace("\r", "⏎").replace("\n", "⏎").strip()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By line, then column, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column)))
