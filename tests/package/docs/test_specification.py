"""SPECIFICATION.md: numbered sentences, each with a test that exists."""

import re

from tools.environment import ROOT

SENTENCES = [
    line for line in (ROOT / "SPECIFICATION.md").read_text(encoding="utf-8").splitlines() if " → " in line
]


def test_every_numbered_sentence_names_a_test_that_exists():
    text = (ROOT / "SPECIFICATION.md").read_text(encoding="utf-8")
    numbered = re.findall(r"^[A-Z]\d+\. ", text, re.MULTILINE)
    assert len(numbered) == len(SENTENCES) > 60
    for sentence in SENTENCES:
        path = ROOT / "tests" / sentence.rsplit(" → ", 1)[1].strip()
        assert path.exists(), sentence
        assert path.is_dir() or "def test_" in path.read_text(encoding="utf-8"), sentence


def test_no_number_is_used_twice():
    numbers = [sentence.split(".", 1)[0] for sentence in SENTENCES]
    assert len(numbers) == len(set(numbers))


def test_every_invariant_names_a_state_machine_that_exists_and_says_its_number():
    table = (ROOT / "docs/invariants.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]\d) \|.*\| (tests/\S+) \|$", table, re.MULTILINE)
    assert len(rows) >= 10
    for number, path in rows:
        assert re.search(rf"\b{number}\b", (ROOT / path).read_text(encoding="utf-8")), (number, path)
