"""Reasons of waivers, credit notes and disputes: their text is for the file, the chain keeps its hash."""

from eth_utils.crypto import keccak

from commonhold.errors import InputError
from commonhold.text import clean


def hash_of_reason(text: str) -> bytes:
    """Of the cleaned text, so that a space more changes nothing. Raises InputError for none."""
    reason = clean(text)
    if not reason:
        raise InputError("There is no reason.", "Say in --reason why; the chain keeps its hash.")
    return bytes(keccak(text=reason))
