"""A real PostgreSQL server for tests: its own folder, a free port on 127.0.0.1, gone afterwards.

    with Postgres() as server:
        server.database()        # the URL of a new, empty database

The programs are those on the path or Debian's. PostgreSQL does not run as root: then it runs as `postgres`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql

PASSWORD = "only for this test"
_SECONDS = 60


def program(name: str) -> str | None:
    """Where a program of PostgreSQL's lies."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(found[0]) if found else None)


def missing() -> str:
    """Why there can be no server here; empty if there can."""
    for name in ("initdb", "postgres"):
        if program(name) is None:
            return f"PostgreSQL is not installed ({name} is missing): apt-get install postgresql"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "PostgreSQL does not run as root, and there is no user postgres."
    return ""


class Postgres:
    """A server until left."""

    def __init__(self) -> None:
        self._count = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def __enter__(self) -> Self:
        reason = missing()
        if reason:
            pytest.skip(reason)
        # not below pytest's own folder, into which no other user may look
        self._folder = Path(tempfile.mkdtemp(prefix="commonhold-postgres-"))
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            as_user = {"user": "postgres", "group": owner.pw_gid, "extra_groups": []}
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        data, secret = self._folder / "data", self._folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        begin = [str(program("initdb")), "-D", str(data), "-U", "keeper", "-A", "scram-sha-256"]
        subprocess.run(
            [*begin, "--pwfile", str(secret), "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=self._folder, **as_user,
        )  # fmt: skip
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
        }
        line = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._log = (self._folder / "log").open("wb")
        self._server = subprocess.Popen(
            [str(program("postgres")), "-D", str(data), *line],
            stdout=self._log, stderr=self._log, cwd=self._folder, **as_user,
        )  # fmt: skip
        end = time.monotonic() + _SECONDS
        while True:
            try:
                with self._connect("postgres"):
                    return self
            except psycopg.OperationalError:
                assert self._server.poll() is None and time.monotonic() < end, "PostgreSQL does not start"
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url_of(database), autocommit=True)

    def url_of(self, database: str) -> str:
        return f"postgresql://keeper:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """A new, empty one."""
        self._count += 1
        name = f"index_{self._count}"
        with self._connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)
