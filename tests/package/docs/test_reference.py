"""docs/reference/ is what the compiled NatSpec says, and the interfaces leave nothing unsaid."""

import re
from pathlib import Path

import pytest

from tools.environment import ROOT
from tools.reference import FOLDER, pages

INTERFACES = sorted((ROOT / "interfaces").glob("I*.sol"))


def test_the_reference_is_written_from_the_present_sources() -> None:
    found = pages()
    assert sorted(path.name for path in FOLDER.glob("*.md")) == sorted(found)
    for name, text in found.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run python -m tools.reference"


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_every_function_event_and_error_of_an_interface_is_explained(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        if re.match(r"    (function|event|error) \w+\(", line):
            above = number - 1
            while lines[above].strip().startswith("/// @custom"):
                above -= 1
            assert lines[above].strip().startswith("///"), f"{path.name}:{number + 1} {line.strip()}"
