"""docs/rent-roll.md says what the reader does: every field, key and choice of the mapping is found there."""

import re
import tomllib

from commonhold.ops.intake.headings import FIELDS, known_headings
from commonhold.ops.intake.mapping import Mapping, parse_mapping
from tools.environment import ROOT

PAGE = (ROOT / "docs" / "rent-roll.md").read_text(encoding="utf-8")


def test_every_field_is_in_the_table() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(FIELDS)


def test_the_mapping_on_the_page_is_valid_and_shows_every_key() -> None:
    block = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    document = tomllib.loads(block[1])
    mapping = parse_mapping(document)
    shown = {key for section in document.values() for key in section}
    keys = set(Mapping.__slots__) - {"columns", "defaults"}
    assert keys <= shown
    assert mapping.columns
    assert mapping.defaults


def test_no_heading_names_two_fields() -> None:
    names: dict[str, set[str]] = {}
    path = ROOT / "commonhold" / "ops" / "intake" / "headings.toml"
    for field, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert field in FIELDS
        for word in words:
            names.setdefault(word.casefold(), set()).add(field)
    assert [word for word, fields in names.items() if len(fields) > 1] == []
    assert set(known_headings().values()) == set(FIELDS)
