"""Sourcify, version 2 of its interface: tickets for standard JSON inputs, answers "exact_match" and "match".

Addresses of libraries stay out of the input, since they would change the metadata and with it the last bytes
of the code: the service finds them in the code on the chain by itself.
"""

from collections.abc import Mapping
from typing import Any, Final

from commonhold.errors import CommonholdError, SettingsError
from commonhold.ops.sources.request import SourceRequest
from commonhold.ops.sources.service import Answer, Line, Reply, ServiceAway, State

ADDRESS: Final = "https://sourcify.dev/server"
_STATES: Final = {"exact_match": State.EXACT, "match": State.MATCH}


class Sourcify:
    name = "sourcify"

    def __init__(self, line: Line) -> None:
        self._line = line

    def look(self, request: SourceRequest) -> Answer | None:
        reply = self._line.get(f"/v2/contract/{request.chain_id}/{request.address}")
        if reply.status in (200, 404) and isinstance(reply.body, dict) and "customCode" not in reply.body:
            return _matched(reply.body)
        raise _unexpected(reply)

    def submit(self, request: SourceRequest) -> Answer:
        body: dict[str, Any] = {
            "stdJsonInput": request.standard_input,
            "compilerVersion": request.compiler,
            "contractIdentifier": request.identifier,
        }
        if request.creation is not None:
            body["creationTransactionHash"] = request.creation
        reply = self._line.post_json(f"/v2/verify/{request.chain_id}/{request.address}", body)
        code = _code(reply)
        if reply.status == 202 and isinstance(reply.body, dict) and reply.body.get("verificationId"):
            return Answer(State.WAITING, ticket=str(reply.body["verificationId"]))
        if code == "already_verified":
            return self.look(request) or Answer(State.MATCH, "already published")
        if code == "duplicate_verification_request":
            return Answer(State.WAITING, "somebody has handed it in already")
        raise _unexpected(reply)

    def poll(self, request: SourceRequest, ticket: str) -> Answer | None:
        reply = self._line.get(f"/v2/verify/{ticket}")
        if _code(reply) == "job_not_found" or reply.status == 404:
            return None
        if reply.status != 200 or not isinstance(reply.body, dict):
            raise _unexpected(reply)
        if not reply.body.get("isJobCompleted"):
            return Answer(State.WAITING, ticket=ticket)
        error = reply.body.get("error")
        if isinstance(error, Mapping):
            if error.get("customCode") == "already_verified":
                return self.look(request) or Answer(State.MATCH, "already published")
            return Answer(State.REFUSED, _plain(error))
        found = _matched(reply.body.get("contract") or {})
        return found or Answer(State.REFUSED, "it compiled to other code than lies at the address")


def _matched(body: Mapping[str, Any]) -> Answer | None:
    state = _STATES.get(str(body.get("match")))
    if state is None:
        return None
    runtime, creation = body.get("runtimeMatch"), body.get("creationMatch")
    words = "" if creation else "the code agrees; how it was created was not compared"
    if not runtime:
        words = "how it was created agrees; the code that lies there was not compared"
    return Answer(state, words)


def _plain(error: Mapping[str, Any]) -> str:
    text = " ".join(str(error.get("message") or "no reason was given").split())
    return f"{error.get('customCode', 'error')}: {text[:300]}"


def _code(reply: Reply) -> str:
    return str(reply.body.get("customCode", "")) if isinstance(reply.body, dict) else ""


def _unexpected(reply: Reply) -> CommonholdError:
    if _code(reply) == "unsupported_chain":
        return SettingsError(
            "Sourcify does not know this chain.",
            "Publish with --service etherscan, or name another server as verifier in commonhold.toml.",
        )
    said = _plain(reply.body) if isinstance(reply.body, Mapping) else "nothing that is understood"
    return ServiceAway(
        f"Sourcify answers with {reply.status}: {said}.",
        "Run this again later; if it stays, its interface has changed.",
    )
