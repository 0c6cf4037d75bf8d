"""A stand-in for Sourcify (v2) and Etherscan (v2) on 127.0.0.1 that really compiles what it is given.

    with SourcesDouble(node.rpc_url) as double:
        double.sourcify, double.etherscan       # addresses to hand the sources in
        double.fault("busy", times=2)           # the next two requests meet it

It knows the chain by a node and believes nothing else. Written from the public descriptions of the two
interfaces; the live services are not reached by tests.
"""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from commonhold.chain.connect import Connection
from tests.sources.compare import (
    KNOWN_COMPILER,
    NotCompiled,
    compiled,
    creation_match,
    runtime_match,
)

MOST_SOURCES = 500_000  # characters, of Etherscan: github.com/NomicFoundation/hardhat/issues/4708
KEY = "MARKEDETHERSCANKEY0123456789ABCDEF"


@dataclass
class Job:
    """A ticket. left: how often it is still answered with "wait"."""

    address: str
    request: dict[str, Any]
    left: int
    result: dict[str, Any] | None = None


class SourcesDouble:
    def __init__(self, rpc_url: str, waits: int = 1) -> None:
        self._connection = Connection(rpc_url)
        self.chain = str(self._connection.chain_id)
        self.waits = waits
        self.log: list[str] = []  # questions in order: "POST verify 0x…", "GET job", …
        self.bodies: list[dict[str, Any]] = []
        self._faults: list[tuple[str, str]] = []
        self._jobs: dict[str, Job] = {}
        self._contracts: dict[str, dict[str, Any]] = {}  # Sourcify's, by address
        self._published: dict[str, str] = {}  # Etherscan's
        self._lock = threading.RLock()
        self._creations: dict[str, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.sourcify, self.etherscan = f"{origin}/server", f"{origin}/v2/api"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, args=(0.05,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._connection.close()

    def fault(self, kind: str, times: int = 1, on: str = "") -> None:
        """kind: busy, limit (Etherscan's own), trouble, closed, garbage, huge, redirect, unseen.

        on: part of the question that meets it
        """
        with self._lock:
            self._faults += [(kind, on)] * times

    def forget(self) -> None:
        """Nothing was ever handed in."""
        with self._lock:
            self._jobs.clear()
            self._contracts.clear()
            self._published.clear()
            self._faults.clear()
            self.log.clear()
            self.bodies.clear()

    def forget_tickets(self) -> None:
        with self._lock:
            self._jobs.clear()

    def count(self, question: str) -> int:
        return sum(entry.startswith(question) for entry in self.log)

    # ---- faults

    def meet(self, question: str) -> str | None:
        with self._lock:
            self.log.append(question)
            for index, (kind, on) in enumerate(self._faults):
                if on in question:
                    del self._faults[index]
                    return kind
        return None

    # ---- the chain

    def _code(self, address: str) -> bytes:
        return self._connection.code(address)

    def _creation_input(self, address: str, hash_: str | None = None) -> bytes | None:
        """Data of the transaction that created the contract; by its hash, or as an explorer knows it."""
        if hash_ is None:
            hash_ = self._found().get(address.lower())
            if hash_ is None:
                return None
        receipt = self._connection.call("eth_getTransactionReceipt", hash_)
        if not receipt or str(receipt.get("contractAddress")).lower() != address.lower():
            return None
        return bytes.fromhex(self._connection.call("eth_getTransactionByHash", hash_)["input"][2:])

    def _found(self) -> dict[str, str]:
        if self._creations is None:
            self._creations = {}
            for number in range(self._connection.block_number() + 1):
                for receipt in self._connection.call("eth_getBlockReceipts", hex(number)) or ():
                    if receipt.get("contractAddress"):
                        self._creations[receipt["contractAddress"].lower()] = receipt["transactionHash"]
        return self._creations

    # ---- Sourcify

    def contract(self, chain: str, address: str) -> tuple[int, Any]:
        if chain != self.chain:
            return _problem(404, "unsupported_chain", f"The chain with chainId {chain} is not supported")
        nothing = {"match": None, "creationMatch": None, "runtimeMatch": None}
        found = self._contracts.get(address.lower())
        known = {"chainId": chain, "address": address}
        return (404, nothing | known) if found is None else (200, found | known)

    def verify(self, chain: str, address: str, body: Any) -> tuple[int, Any]:
        if chain != self.chain:
            return _problem(404, "unsupported_chain", f"The chain with chainId {chain} is not supported")
        fits = isinstance(body, dict) and set(body) <= {
            "stdJsonInput",
            "compilerVersion",
            "contractIdentifier",
            "creationTransactionHash",
        }
        if not fits or not {"stdJsonInput", "compilerVersion", "contractIdentifier"} <= set(body):
            return _problem(400, "invalid_parameter", "request/body does not fit")
        if not isinstance(body["stdJsonInput"], dict) or ":" not in body["contractIdentifier"]:
            return _problem(400, "invalid_parameter", "request/body/stdJsonInput does not fit")
        with self._lock:
            known = self._contracts.get(address.lower())
            if known is not None and known["match"] == "exact_match":
                return _problem(409, "already_verified", f"Contract {address} is already verified")
            if any(job.address == address.lower() and job.result is None for job in self._jobs.values()):
                return _problem(429, "duplicate_verification_request", f"{address} is being verified")
            ticket = str(uuid.uuid4())
            self.bodies.append(body)
            self._jobs[ticket] = Job(address.lower(), body, self.waits)
        return 202, {"verificationId": ticket}

    def job(self, ticket: str) -> tuple[int, Any]:
        job = self._jobs.get(ticket)
        if job is None:
            return _problem(404, "job_not_found", f"No job found for id {ticket}")
        with self._lock:
            if job.left > 0:
                job.left -= 1
                return 200, {"isJobCompleted": False, "verificationId": ticket}
            if job.result is None:
                job.result = self._judge(job)
            return 200, {"isJobCompleted": True, "verificationId": ticket, **job.result}

    def _judge(self, job: Job) -> dict[str, Any]:
        request, nothing = job.request, {"match": None, "runtimeMatch": None, "creationMatch": None}

        def failed(code: str, message: str) -> dict[str, Any]:
            return {"contract": nothing, "error": {"customCode": code, "message": message, "errorId": "1"}}

        if request["compilerVersion"] != KNOWN_COMPILER:
            return failed("unsupported_compiler_version", f"{request['compilerVersion']} is not supported")
        code = self._code(job.address)
        if not code:
            return failed("contract_not_deployed", f"There is no contract at {job.address}")
        try:
            creation, runtime = compiled(request["stdJsonInput"], request["contractIdentifier"])
        except NotCompiled as error:
            return failed("compiler_error", str(error))
        match = runtime_match(runtime, code)
        if match is None:
            return failed("no_match", "The onchain and recompiled bytecodes don't match.")
        hash_ = request.get("creationTransactionHash")
        data = self._creation_input(job.address, hash_) if hash_ else None
        created = creation_match(creation, data) if data is not None else None
        found = {"match": match, "runtimeMatch": match, "creationMatch": created}
        known = self._contracts.get(job.address)
        if known is not None and not (known["match"] == "match" and match == "exact_match"):
            return failed("already_verified", "The contract is already verified, and not better now.")
        self._contracts[job.address] = found
        return {"contract": {**found, "chainId": self.chain, "address": job.address}}

    # ---- Etherscan

    def explorer(self, fields: Mapping[str, str]) -> tuple[int, Any]:
        if fields.get("apikey") != KEY:
            return _no("Invalid API Key (#err2)|" + str(fields.get("apikey", "")))
        if fields.get("chainid") != self.chain:
            return _no("Missing or unsupported chainid parameter (required for v2 api)")
        action = fields.get("action")
        if fields.get("module") != "contract":
            return _no("Error! Missing Or invalid Module name")
        if action == "getsourcecode":
            source = self._published.get(fields["address"].lower(), "")
            return 200, {"status": "1", "message": "OK", "result": [{"SourceCode": source}]}
        if action == "verifysourcecode":
            return self._hand_in(fields)
        if action == "checkverifystatus":
            return self._status(fields.get("guid", ""))
        return _no("Error! Missing Or invalid Action name")

    def _hand_in(self, fields: Mapping[str, str]) -> tuple[int, Any]:
        address = fields["contractaddress"].lower()
        if not self._code(address):
            return _no(f"Unable to locate ContractCode at {address}")
        if address in self._published:
            return _no("Contract source code already verified")
        if fields.get("codeformat") != "solidity-standard-json-input":
            return _no("Unsupported codeformat")
        if len(fields["sourceCode"]) > MOST_SOURCES:
            return _no("Source code exceeds max accepted (500k chars) length")
        ticket = uuid.uuid4().hex
        self._jobs[ticket] = Job(address, dict(fields), self.waits)
        self.bodies.append(dict(fields))
        return 200, {"status": "1", "message": "OK", "result": ticket}

    def _status(self, ticket: str) -> tuple[int, Any]:
        job = self._jobs.get(ticket)
        if job is None:
            return _no("Unable to locate guid")
        with self._lock:
            if job.left > 0:
                job.left -= 1
                return _no("Pending in queue")
            if job.result is None:
                job.result = {"words": self._verdict(job)}
        words = job.result["words"]
        return (200, {"status": "1", "message": "OK", "result": words}) if "Pass" in words else _no(words)

    def _verdict(self, job: Job) -> str:
        fields = job.request
        if fields["compilerversion"] != f"v{KNOWN_COMPILER}":
            return "Fail - Unable to verify. Invalid compiler version"
        try:
            creation, runtime = compiled(json.loads(fields["sourceCode"]), fields["contractname"])
        except NotCompiled as error:
            return f"Fail - Unable to verify. Solidity Compilation Error: {error}"
        if creation.links:
            return "Fail - Unable to verify. Library was not given"
        data = self._creation_input(job.address)
        arguments = bytes.fromhex(fields["constructorArguments"])
        if runtime_match(runtime, self._code(job.address)) is None:
            return "Fail - Unable to verify"
        if data is None or creation_match(creation, data, arguments) is None:
            return "Fail - Unable to verify. Constructor arguments differ"
        self._published[job.address] = fields["sourceCode"]
        return "Pass - Verified"


def _problem(status: int, code: str, message: str) -> tuple[int, Any]:
    return status, {"customCode": code, "message": message, "errorId": str(uuid.uuid4())}


def _no(words: str) -> tuple[int, Any]:
    return 200, {"status": "0", "message": "NOTOK", "result": words}


def _handler(double: SourcesDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def _content(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _answer(self, method: str) -> tuple[int, Any]:
            place, content = urlsplit(self.path), self._content()
            parts = place.path.strip("/").split("/")
            if parts[:2] == ["v2", "api"]:
                fields = {name: values[0] for name, values in parse_qs(place.query).items()}
                if method == "POST":
                    form = parse_qs(content.decode(), keep_blank_values=True)
                    fields |= {name: values[0] for name, values in form.items()}
                self._meet(f"{method} {fields.get('action')}")
                return double.explorer(fields)
            if parts == ["elsewhere"]:  # somebody who says yes to everything
                return 200, dict.fromkeys(("match", "runtimeMatch", "creationMatch"), "exact_match")
            if parts[:3] == ["server", "v2", "contract"] and method == "GET":
                self._meet("GET contract")
                return double.contract(parts[3], parts[4])
            if parts[:3] == ["server", "v2", "verify"] and method == "POST":
                self._meet("POST verify")
                return double.verify(parts[3], parts[4], json.loads(content))
            if parts[:3] == ["server", "v2", "verify"] and method == "GET":
                self._meet("GET job")
                return double.job(parts[3])
            return _problem(404, "route_not_found", "no such route")

        def _meet(self, question: str) -> None:
            kind = double.meet(question)
            if kind is not None:
                raise Fault(kind)

        def _serve(self, method: str) -> None:
            headers = {"Content-Type": "application/json"}
            try:
                status, body = self._answer(method)
                content = json.dumps(body).encode()
            except Fault as fault:
                if fault.kind == "closed":
                    self.close_connection = True
                    return
                status, content = fault.reply()
                if fault.kind == "busy":
                    headers["Retry-After"] = "1"
                if fault.kind == "redirect":
                    headers["Location"] = "/elsewhere"
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

    return Handler


class Fault(Exception):
    """A request that goes wrong."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def reply(self) -> tuple[int, bytes]:
        return {
            "busy": (429, b'{"message": "too many requests"}'),
            "limit": (200, json.dumps(_no("Max calls per sec rate limit reached (3/sec)")[1]).encode()),
            "unseen": (200, json.dumps(_no("Unable to locate ContractCode at 0x12")[1]).encode()),
            "trouble": (502, b"<html>bad gateway</html>"),
            "garbage": (200, b"<html>not what you expect"),
            "redirect": (302, b"{}"),
            "huge": (200, b'"' + b"x" * (1 << 24) + b'"'),
        }[self.kind]
