"""The reference of the contracts, from their compiled NatSpec: docs/reference/, one page a contract, and one
page with every error by its selector.

    python -m tools.reference          # write the pages
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.artifacts import load, signature_of
from commonhold.ops.deploy.plan import CONTRACTS
from commonhold.roles import OPEN, role_of

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "reference"
_SECTION: Final = {"function": "methods", "event": "events", "error": "errors"}
_NOTE: Final = "Written from the sources by `python -m tools.reference`; do not edit."

Entry = Mapping[str, Any]


def _selector(entry: Entry) -> str:
    return "0x" + keccak(text=signature_of(entry))[:4].hex()


def _said(raw: Entry, entry: Entry) -> tuple[str, str, Mapping[str, str], Mapping[str, str]]:
    """Notice, details, and what is said of each parameter and each returned value."""
    section, key = _SECTION[entry["type"]], signature_of(entry)
    user = raw["userdoc"].get(section, {}).get(key, {})
    dev = raw["devdoc"].get(section, {}).get(key, {})
    if entry["type"] == "error":  # one error can stand in several files
        user, dev = (one[0] if isinstance(one, list) else one for one in (user or {}, dev or {}))
    return (
        user.get("notice", ""),
        dev.get("details", ""),
        dev.get("params", {}),
        dev.get("returns", {}),
    )


def _written(entry: Entry) -> str:
    """As in Solidity, with names."""

    def one(part: Entry) -> str:
        kind = str(part.get("internalType", part["type"])).removeprefix("struct ").removeprefix("enum ")
        kind = kind.removeprefix("contract ")
        words = [kind, "indexed" if part.get("indexed") else "", part["name"]]
        return " ".join(word for word in words if word)

    return f"{entry['name']}({', '.join(one(part) for part in entry['inputs'])})"


def _who(contract: str, entry: Entry) -> str:
    if entry["stateMutability"] in ("view", "pure"):
        return "reads only"
    role = role_of(contract, signature_of(entry))
    if role is not None:
        return f"only {role}"
    reason = OPEN.get(contract, {}).get(entry["name"])
    return f"open: {reason}" if reason else "open"


def _entry(contract: str, raw: Entry, entry: Entry) -> Iterator[str]:
    notice, details, params, returns = _said(raw, entry)
    yield f"**`{_written(entry)}`**"
    facts = []
    if entry["type"] == "function":
        facts.append(_who(contract, entry))
    if entry["type"] != "event":
        facts.append(f"`{_selector(entry)}`")
    if facts:
        yield " · ".join(facts) + "  "
    for text in (notice, details):
        if text:
            yield text
    for name, text in params.items():
        yield f"- `{name}`: {text}"
    for name, text in returns.items():
        yield f"- answers {'' if name.startswith('_') else f'`{name}`: '}{text}"
    yield ""


def page(contract: str) -> str:
    """The text of docs/reference/<contract>.md."""
    raw = load(contract).raw
    title = raw["devdoc"].get("title", contract)
    lines = [f"# {contract}: {title[:1].lower()}{title[1:]}" if title != contract else f"# {contract}", ""]
    lines += [
        _NOTE,
        "",
        f"Source: `{raw['source']}`. Units stand in brackets: [docs/units.md](../units.md).",
        "",
    ]
    notice = raw["userdoc"].get("notice")
    if notice:
        lines += [notice, ""]
    for kind, head in (("function", "Functions"), ("event", "Events"), ("error", "Errors")):
        entries = sorted((one for one in raw["abi"] if one["type"] == kind), key=lambda one: one["name"])
        if entries:
            lines += [f"## {head}", ""]
            for entry in entries:
                lines += _entry(contract, raw, entry)
    return "\n".join(lines).rstrip("\n") + "\n"


def errors_page() -> str:
    """Every error by the four bytes that a wallet or an explorer shows."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    for contract in CONTRACTS:
        raw = load(contract).raw
        for entry in raw["abi"]:
            if entry["type"] == "error":
                notice = _said(raw, entry)[0]
                known = found.setdefault(_selector(entry), (_written(entry), notice, set()))
                known[2].add(contract)
    lines = ["# Errors by selector", "", _NOTE, "", "| selector | error | says | of |", "|---|---|---|---|"]
    for selector, (written, notice, contracts) in sorted(found.items(), key=lambda one: one[1][0]):
        lines.append(f"| `{selector}` | `{written}` | {notice} | {', '.join(sorted(contracts))} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name → text, of all pages."""
    index = ["# Reference of the contracts", "", _NOTE, "", "| contract | is |", "|---|---|"]
    for contract in CONTRACTS:
        title = load(contract).raw["devdoc"].get("title", "")
        index.append(f"| [{contract}]({contract}.md) | {title} |")
    index += ["", "[Every error by its selector](errors.md)"]
    found = {f"{contract}.md": page(contract) for contract in CONTRACTS}
    return found | {"errors.md": errors_page(), "README.md": "\n".join(index) + "\n"}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(found)} pages in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
