"""What was published, and what is under way: `deployments/<network>/sources.json`.

Written after every answer, whole or not at all, so that a second run asks only for what is missing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from commonhold.errors import SettingsError
from commonhold.ops.sources.request import SourceRequest
from commonhold.ops.sources.service import Answer, State

FILE: Final = "sources.json"
_FORMAT: Final = 1


class Record:
    """The file of one network."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._entries: dict[str, dict[str, dict[str, Any]]] = self._read()

    def _read(self) -> dict[str, dict[str, dict[str, Any]]]:
        try:
            raw = orjson.loads(self.path.read_bytes())
            if raw["format"] != _FORMAT:
                raise SettingsError(f"{self.path} was written by another version.", "Update commonhold.")
            found: dict[str, dict[str, dict[str, Any]]] = raw["services"]
            for entries in found.values():
                for entry in entries.values():
                    State(entry["state"])
                    entry["fingerprint"], entry["words"], entry["ticket"]
        except FileNotFoundError:
            return {}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise SettingsError(
                f"{self.path} is damaged ({type(error).__name__}).",
                "Move it away: every contract is then asked for once more, which changes nothing.",
            ) from error
        return found

    def answer(self, service: str, request: SourceRequest) -> Answer | None:
        """The last answer to this very request."""
        entry = self._entries.get(service, {}).get(request.contract)
        if entry is None or entry["fingerprint"] != request.fingerprint:
            return None
        return Answer(State(entry["state"]), entry["words"], entry["ticket"])

    def write(self, service: str, request: SourceRequest, answer: Answer) -> None:
        entry: Mapping[str, Any] = {
            "address": request.address,
            "fingerprint": request.fingerprint,
            "state": str(answer.state),
            "words": answer.words,
            "ticket": answer.ticket,
        }
        self._entries.setdefault(service, {})[request.contract] = dict(entry)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        content = {"format": _FORMAT, "services": self._entries}
        draft.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
        draft.replace(self.path)
