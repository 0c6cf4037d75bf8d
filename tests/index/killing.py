"""Work in a child of this process that is killed (SIGKILL) at a statement or commit that is chosen.

The moments are those at which something reaches the database: before every statement, and before and after
every commit. A child is a copy of this process, so a run costs little and every moment can have its own.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect


def run_child(work: Callable[[], object], at: int = 0) -> bool:
    """Whether it was killed: at its `at`th moment, from 1; 0 kills never. AssertionError if it failed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _arm(at)
            work()
            code = 0
        except BaseException:  # noqa: BLE001 — a child must not go on as a second test run
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the child failed"
    return False


def _arm(at: int) -> None:
    count = 0

    def moment() -> None:
        nonlocal count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "before_cursor_execute")
    def _before(*_: Any) -> None:
        moment()

    real = DefaultDialect.do_commit

    def commit(dialect: DefaultDialect, connection: Any) -> None:
        moment()
        real(dialect, connection)
        moment()

    DefaultDialect.do_commit = commit  # type: ignore[method-assign]
