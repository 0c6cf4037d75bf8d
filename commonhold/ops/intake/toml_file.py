"""What every TOML file that describes an input has in common: how it is read, and what it may not say."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from commonhold.errors import InputError
from commonhold.text import fold


def read_document(path: Path, example: str) -> dict[str, Any]:
    """The TOML in a mapping file; `example`: a line as it should be. Raises InputError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "Check the name and your rights."
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text.", "Save the mapping file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path} is not valid TOML: {error}.", f"Texts stand in quotes: {example}."
        ) from None


def check_keys(document: Mapping[str, Any], sections: Mapping[str, Collection[str]], name: str) -> None:
    """Only known sections with known keys. Raises InputError naming the key and one like it."""
    for section, content in document.items():
        if section not in sections:
            raise unknown(name, f"[{section}]", section, sections)
        if not isinstance(content, dict):
            raise InputError(
                f"{name}: {section} is not a section.", f"Write [{section}] on a line of its own."
            )
        for key in content:
            if key not in sections[section]:
                raise unknown(name, f"[{section}] {key}", key, sections[section])


def words_of(name: str, key: str, value: Any) -> tuple[str, ...]:
    """One text or several. Raises InputError."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise InputError(
            f"{name}: {key} is {value!r}.", f'Write one text or a list of texts: {key} = ["…", "…"].'
        )
    return tuple(value)


def number_of(name: str, key: str, value: Any, least: int, most: int) -> int:
    """A whole number from `least` to `most`. Raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(f"{name}: {key} is {value!r}.", f"Write a whole number from {least} to {most}.")
    return value


def check_columns(name: str, columns: Mapping[str, Collection[str]]) -> None:
    """No heading is named for two fields. Raises InputError."""
    seen: dict[str, str] = {}
    for key, headings in columns.items():
        for heading in headings:
            other = seen.setdefault(fold(heading), key)
            if other != key:
                raise InputError(
                    f"{name}: the heading {heading!r} is named for {other} and for {key}.", "Name it once."
                )


def unknown(name: str, shown: str, key: str, known: Collection[str]) -> InputError:
    """The refusal of a key, with the known one nearest to it."""
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
    return InputError(f"{name}: {shown} is not known.", hint)
