"""One way to write a document, so that its hash means the same everywhere: JSON with sorted keys, no spaces,
whole numbers alone, UTF-8."""

import json
from typing import Any

from eth_utils.crypto import keccak


def text_of(value: Any) -> str:
    """The canonical text of a document of dicts, lists, texts, whole numbers, booleans and None."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(value: Any) -> bytes:
    """keccak256 of the canonical text."""
    return keccak(text_of(value).encode())


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is no text: names of fields are")
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{value!r} has no canonical form: use whole numbers and texts")
