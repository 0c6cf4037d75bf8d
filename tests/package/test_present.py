"""What people read: words in three languages for everything, and tables whose columns stay aligned."""

import re
from io import StringIO
from string import Formatter

import pytest
from rich.console import Console

from commonhold import present, words
from commonhold.errors import InputError
from commonhold.ops.leases.summary import aligned, moment, width
from commonhold.ops.settle import Report, Row
from commonhold.rules.codes import Code
from commonhold.rules.lease_parts import State
from commonhold.rules.rent import ChangeKind
from commonhold.rules.terms import DayCount
from commonhold.settings import LANGUAGES
from commonhold.words import _WORDS, reason, word
from tools.environment import ROOT

PACKAGE = ROOT / "commonhold"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_state_and_convention_has_words(language: str) -> None:
    told = {reason(code, language) for code in Code}
    assert len(told) == len(Code) and all(told)
    assert all(word(language, state.name) for state in State)
    assert all(word(language, convention.name) for convention in DayCount)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_of_a_lease_has_words(language: str) -> None:
    kinds = [kind.name for kind in ChangeKind if not kind.name.startswith("WAIVE")]
    assert all(word(language, f"changed_{kind}") for kind in kinds)


def test_every_language_that_can_be_set_has_words_and_a_name() -> None:
    assert tuple(words.LANGUAGES) == tuple(LANGUAGES)


def test_reasons_are_never_names_of_constants() -> None:
    for language in LANGUAGES:
        for code in Code:
            assert code.name not in reason(code, language) and "_" not in reason(code, language)


def test_no_word_is_missing_and_none_is_left_over() -> None:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*")
        if path.suffix in (".py", ".html") and path.name != "words.py"
    )
    names = {state.name for state in State} | {convention.name for convention in DayCount}
    families = set(re.findall(r"""f["']([a-z_]+_)\{""", text))  # keys such as f"changed_{kind}"
    unused = [
        key
        for key in _WORDS
        if not re.search(f"[\"']{key}[\"']", text)
        and key not in names
        and not any(key.startswith(family) for family in families)
    ]
    assert unused == []
    template = (PACKAGE / "templates" / "statement.html").read_text(encoding="utf-8")
    assert set(re.findall(r'word\("(\w+)"\)', template)) <= set(_WORDS)
    assert all(len(set(words)) >= 1 and all(words) for words in _WORDS.values())


def test_a_sentence_leaves_the_same_places_open_in_every_language() -> None:
    for key, texts in _WORDS.items():
        places = [sorted(name for _, name, *_ in Formatter().parse(text) if name) for text in texts]
        assert places == [places[0]] * len(LANGUAGES), key


def _shown(renderable: object) -> list[str]:
    stream = StringIO()
    Console(file=stream, width=100).print(renderable)
    return stream.getvalue().rstrip("\n").split("\n")


def test_tables_keep_wide_characters_aligned() -> None:
    lines = _shown(
        present.table(
            "名簿", ["name", "金额"], [["王芳", "1.00"], ["Ann", "22.00"], ["山田 太郎", "3.00"]], right=(1,)
        )
    )
    assert len({width(line) for line in lines[1:]}) == 1


def test_cells_are_shown_as_they_are_never_as_markup() -> None:
    lines = _shown(present.table("t", ["x"], [["[red]not markup[/red]"]]))
    assert any("[red]not markup[/red]" in line for line in lines)


def test_a_summary_is_aligned_too() -> None:
    lines = aligned("租约", [("承租人", "a"), ("Rent per month", "b"), ("押金", "c")]).split("\n")
    places = {width(line[: line.rindex(value)]) for line, value in zip(lines[3:], "abc", strict=False)}
    assert len(places) == 1 and lines[1] == "===="


def test_a_far_time_is_shown_as_seconds() -> None:
    assert moment(0) == "1970-01-01 00:00 UTC" and moment(2**60) == f"{2**60} s"


def test_a_report_names_what_failed_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        Row(1, Code.COLLECTED, 5_000_000, 5_000_000, 0),
        Row(2, Code.NO_FUNDS, 0, 7_000_000, 250_000),
        Row(3, Code.RENT_ONLY, 9_000_000, 9_000_000, 1),
    )
    report = Report(7, 20_000, 9, rows, (), dry=False)
    text = "\n".join(
        line for made in present.settle_report(report, {2: "3号楼 1201"}, "en") for line in _shown(made)
    )
    assert "not enough money" in text and "3号楼 1201" in text and "7.25" in text
    assert re.search(r"all +│ +3 │ +14\.00 │ +7\.250001", text)
    present.show_error(InputError("what", "do this"), as_json=True)
    captured = capsys.readouterr()
    assert '"exit_code": 2' in captured.out and "do this" in captured.err
