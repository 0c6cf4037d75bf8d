"""Etherscan, version 2 of its interface: one address for many chains, a key, tickets called guid.

It compares the code alone, not the hash of the metadata at its end; addresses of libraries go with the
settings, constructor arguments beside them. Its answers are words in `result`.
"""

import json
import re
from typing import Any, Final

from commonhold.errors import SettingsError
from commonhold.ops.sources.request import SourceRequest
from commonhold.ops.sources.service import Answer, Line, Reply, ServiceAway, State

ADDRESS: Final = "https://api.etherscan.io/v2/api"
_BUSY: Final = ("rate limit", "max calls", "too many")
_TRIES: Final = 20
_GUID: Final = re.compile(r"[A-Za-z0-9_-]{8,100}\Z")


class Etherscan:
    name = "etherscan"

    def __init__(self, line: Line, key: str) -> None:
        self._line = line
        self._key = key

    def look(self, request: SourceRequest) -> Answer | None:
        result = self._get(request, "getsourcecode", address=request.address)
        entries = result if isinstance(result, list) else []
        if entries and isinstance(entries[0], dict) and entries[0].get("SourceCode"):
            return Answer(State.MATCH, "published")
        return None

    def submit(self, request: SourceRequest) -> Answer:
        arguments = request.arguments.hex()
        form = {
            "apikey": self._key,
            "module": "contract",
            "action": "verifysourcecode",
            "contractaddress": request.address,
            "sourceCode": json.dumps(request.linked_input, ensure_ascii=False),
            "codeformat": "solidity-standard-json-input",
            "contractname": request.identifier,
            "compilerversion": "v" + request.compiler,
            "constructorArguments": arguments,
            "constructorArguements": arguments,  # as older versions and services alike spell it
        }
        reply = self._until_free(
            lambda: self._line.post_form("", {"chainid": str(request.chain_id)}, form), wait_for_code=True
        )
        status, result = _parts(reply)
        if status == "1" and _GUID.match(str(result)):
            return Answer(State.WAITING, ticket=str(result))
        words = _clean(result, self._key)
        if "already verified" in words.lower():
            return Answer(State.MATCH, "already published")
        return Answer(State.REFUSED, words)

    def poll(self, request: SourceRequest, ticket: str) -> Answer | None:
        result = self._get(request, "checkverifystatus", guid=ticket)
        words = _clean(result, self._key)
        low = words.lower()
        if low.startswith("pass") or "already verified" in low:
            return Answer(State.MATCH, "published" if low.startswith("pass") else "already published")
        if "pending" in low or "in progress" in low:
            return Answer(State.WAITING, ticket=ticket)
        if "guid" in low:
            return None
        return Answer(State.REFUSED, words)

    def _get(self, request: SourceRequest, action: str, **values: str) -> Any:
        query = {
            "chainid": str(request.chain_id),
            "module": "contract",
            "action": action,
            **values,
            "apikey": self._key,
        }
        return _parts(self._until_free(lambda: self._line.get("", query)))[1]

    def _until_free(self, ask: Any, wait_for_code: bool = False) -> Reply:
        """Etherscan says with status 200 that one asks too often, or that it has not seen the code yet."""
        for _ in range(_TRIES):
            reply: Reply = ask()
            result = _parts(reply)[1]
            said = result.lower() if isinstance(result, str) else ""  # a list holds the sources themselves
            if "invalid api key" in said or ("missing" in said and "api key" in said):
                raise SettingsError(
                    "Etherscan does not accept the key.",
                    "Make one in your account there; commonhold.secret.toml holds it: [etherscan] key.",
                )
            if "unsupported chainid" in said or ("chainid" in said and "not support" in said):
                raise SettingsError("Etherscan does not know this chain.", "Publish with --service sourcify.")
            unseen = wait_for_code and "unable to locate contractcode" in said
            if not unseen and not any(word in said for word in _BUSY):
                return reply
            self._line.sleep(self._line.patience.pause)
        raise ServiceAway(
            "Etherscan asks for more patience than this run has.",
            "What was published is written down. Run this again later: it continues.",
        )


def _parts(reply: Reply) -> tuple[str, Any]:
    if not isinstance(reply.body, dict) or "result" not in reply.body:
        raise ServiceAway(
            f"Etherscan answers with {reply.status} and nothing that is understood.", "Run this again later."
        )
    return str(reply.body.get("status", "")), reply.body["result"]


def _clean(result: Any, key: str) -> str:
    """Its words in one line, without the key, whatever it says."""
    return (
        " ".join(str(result).replace(key, "…").split())[:300] if key else " ".join(str(result).split())[:300]
    )
