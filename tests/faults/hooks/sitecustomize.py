"""Loaded by Python when a child of a test starts: counts moments and kills the child at one of them.

COMMONHOLD_KILL_AT: the moment, from 1; 0 kills never. COMMONHOLD_KILL_ON: what is counted, of fsync,
replace, send, commit. COMMONHOLD_KILL_LOG: a file that gets the name of each moment. COMMONHOLD_KILL_TEAR:
half of what was last written to the file is lost as well.
"""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

AT = os.environ.get("COMMONHOLD_KILL_AT")
ON = os.environ.get("COMMONHOLD_KILL_ON", "fsync,replace,send,commit").split(",")
LOG = os.environ.get("COMMONHOLD_KILL_LOG")
TEAR = "COMMONHOLD_KILL_TEAR" in os.environ
_count = 0
_sizes: dict[int, int] = {}  # bytes that the last flush made last, by file


def _moment(name: str) -> bool:
    """Count one; True if this is the last."""
    global _count
    _count += 1
    if LOG:
        with Path(LOG).open("a", encoding="utf-8") as file:
            file.write(name + "\n")
    return str(_count) == AT


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **values: Any) -> Any:
        if _moment(f"before {name}"):
            _die()
        result = function(*args, **values)
        if _moment(f"after {name}"):
            _die()
        return result

    return wrapped


def _flush(real: Callable[[int], None]) -> Callable[[int], None]:
    def fsync(descriptor: int) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        status = os.fstat(number)
        if _moment("before fsync"):
            if TEAR and stat.S_ISREG(status.st_mode):
                old = _sizes.get(status.st_ino, 0)
                os.ftruncate(number, old + (status.st_size - old) // 2)
            _die()
        real(descriptor)
        _sizes[status.st_ino] = status.st_size
        if _moment("after fsync"):
            _die()

    return fsync


def _install() -> None:
    if "fsync" in ON:
        os.fsync = _flush(os.fsync)
    if "replace" in ON:
        os.replace = _wrap("replace", os.replace)
        os.rename = _wrap("rename", os.rename)
    if "send" in ON:
        import requests

        plain = requests.Session.send
        counted = _wrap("send", plain)

        def send(session: Any, request: Any, **values: Any) -> Any:
            body = request.body or b""
            body = body if isinstance(body, bytes) else str(body).encode()
            reads = b'"jsonrpc"' in body and b'"eth_send' not in body
            return (plain if reads or request.method == "GET" else counted)(session, request, **values)

        requests.Session.send = send
    if "commit" in ON:
        from sqlalchemy.engine.default import DefaultDialect

        DefaultDialect.do_commit = _wrap("commit", DefaultDialect.do_commit)


if AT is not None:
    _install()
